package decide

import (
	"slices"
	"strings"

	"sett/node/library"
)

// route is what a subtitle travels with.
type route struct {
	converted bool // streams are copied or encoded into a new container
	container string
	protocol  Protocol
}

// DeliverSubtitle says how any subtitle stream of the source would reach the
// device beside the plan: the delivery and the format. Clients want to know it of
// every subtitle, chosen or not.
func DeliverSubtitle(src library.Source, s library.Stream, dev Device, lim Limits, p Plan) (Delivery, string) {
	j := job{src: &src, dev: &dev, lim: lim}
	return j.deliver(&s, route{converted: p.Method != DirectPlay && p.Method != None, container: p.Container, protocol: p.Protocol})
}

func (j *job) subtitleTrack(r route) Track {
	t := Track{Index: j.subtitle.Index, Action: Copy}
	t.Delivery, t.Format = j.deliver(j.subtitle, r)
	switch {
	case t.Delivery == DeliverDrop:
		t.Action = Absent
	case t.Delivery == DeliverEncode, !sameName(t.Format, j.subtitle.Codec):
		t.Action = Encode
	}
	if t.Format != "" {
		t.Codecs = []string{t.Format}
	}
	return t
}

// deliver picks a subtitle profile: inside the container, unchanged before
// converted; then beside it, unchanged before converted; else into the picture.
func (j *job) deliver(s *library.Stream, r route) (Delivery, string) {
	for _, convert := range []bool{false, true} {
		for _, p := range j.dev.SubtitleProfiles {
			if p.Method == DeliverEmbed && speaks(p, s) && j.embeds(p, s, r, convert) {
				return p.Method, p.Format
			}
		}
	}
	for _, convert := range []bool{false, true} {
		for _, p := range j.dev.SubtitleProfiles {
			if (p.Method == DeliverExternal || p.Method == DeliverHLS) && speaks(p, s) && j.accompanies(p, s, r, convert) {
				return p.Method, p.Format
			}
		}
	}
	return DeliverEncode, s.Codec
}

// speaks reports whether the profile is for the subtitle's language.
func speaks(p SubtitleProfile, s *library.Stream) bool {
	lang := s.Language
	if lang == "" {
		lang = "und"
	}
	return p.Language == "" || listed(p.Language, lang)
}

// embeds reports whether the subtitle can go inside the container by the profile.
func (j *job) embeds(p SubtitleProfile, s *library.Stream, r route, convert bool) bool {
	switch {
	case r.converted && (r.protocol == HLS || !sameName(r.container, "mkv")):
		return false // segments carry no subtitles, and of the rest only Matroska carries all
	case !r.converted && s.External:
		return false // the file is sent as it is
	case !listed(p.Container, r.container):
		return false
	case convert:
		return convertible(s, p.Format)
	}
	return isText(s) == textFormat(p.Format) && sameName(p.Format, s.Codec)
}

// accompanies reports whether the subtitle can go beside the stream by the profile.
func (j *job) accompanies(p SubtitleProfile, s *library.Stream, r route, convert bool) bool {
	if p.Method == DeliverHLS && !r.converted {
		return false
	}
	if !s.External && r.converted && j.lim.NoSubtitleExtraction && !drawnByClient(s) {
		return false
	}
	vobsub := vobsubInMKS(p) && vobsubFormat(s.Codec) && (!s.External || strings.HasSuffix(strings.ToLower(s.Path), ".mks"))
	switch {
	case vobsub:
		return p.Method == DeliverExternal
	case p.Method == DeliverHLS && !isText(s):
		return false
	case p.Method == DeliverExternal && (vobsubInMKS(p) || isText(s) != textFormat(p.Format)):
		return false
	case sameName(s.Codec, p.Format):
		return true
	}
	return convert && convertible(s, p.Format)
}

// vobsubInMKS: VobSub cannot be written back as .idx and .sub, so clients that
// draw it (jellyfin-web) take it in a Matroska of its own.
func vobsubInMKS(p SubtitleProfile) bool {
	return vobsubFormat(p.Format) && p.Container != "" && listed(p.Container, "mks")
}

func vobsubFormat(codec string) bool {
	codec = canonical(codec)
	return strings.Contains(codec, "dvdsub") || strings.Contains(codec, "vobsub")
}

// drawnByClient: pictures that can be lifted out of the file without conversion.
func drawnByClient(s *library.Stream) bool {
	codec := canonical(s.Codec)
	return strings.Contains(codec, "pgs") || codec == "sup" || vobsubFormat(codec)
}

func isText(s *library.Stream) bool {
	return s.Kind == library.StreamSubtitle && (s.Codec != "" || s.External) && textFormat(s.Codec)
}

// textFormat reports whether a subtitle format is text. MicroDVD shares VobSub's
// extension and is text.
func textFormat(format string) bool {
	f := canonical(format)
	if strings.Contains(f, "microdvd") {
		return true
	}
	for _, part := range []string{"pgs", "dvdsub", "vobsub", "dvbsub"} {
		if strings.Contains(f, part) {
			return false
		}
	}
	return !slices.Contains([]string{"sup", "sub", "xsub"}, f)
}

// convertible reports whether a text subtitle may become the format. Styled ones
// would lose their look, and there is none to invent for plain ones.
func convertible(s *library.Stream, format string) bool {
	styled := func(f string) bool { return strings.EqualFold(f, "ass") || strings.EqualFold(f, "ssa") }
	return isText(s) && textFormat(format) && format != "" && !styled(s.Codec) && !styled(format)
}
