package decide

import (
	"slices"
	"strings"
)

// split cuts a comma list; empty parts and blanks go.
func split(s string) []string {
	var out []string
	for part := range strings.SplitSeq(s, ",") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

// listed reports whether one of the comma-separated values of is in the wanted
// list. An empty list wants anything that is there at all; one that begins with
// "-" wants anything but what it names.
func listed(want, is string) bool {
	want, negative := strings.CutPrefix(strings.TrimSpace(want), "-")
	if is == "" {
		return negative
	}
	if want == "" {
		return true
	}
	wanted := split(want)
	for _, v := range split(is) {
		if slices.ContainsFunc(wanted, func(w string) bool { return sameName(w, v) }) {
			return !negative
		}
	}
	return negative
}

// has reports whether the codec is in a list that has been split already. Here an
// empty list holds nothing.
func has(codecs []string, codec string) bool {
	return codec != "" && slices.ContainsFunc(codecs, func(c string) bool { return sameName(c, codec) })
}

func sameName(a, b string) bool { return canonical(a) == canonical(b) }

// canonical brings the names under which containers and subtitle codecs go by in
// the wild to one: clients write ffmpeg's, Jellyfin's and file extensions.
func canonical(name string) string {
	name = strings.ToLower(strings.TrimSpace(name))
	switch name {
	case "mpegts":
		return "ts"
	case "matroska":
		return "mkv"
	case "hdmv_pgs_subtitle", "pgs":
		return "pgssub"
	case "dvd_subtitle":
		return "dvdsub"
	case "dvb_subtitle":
		return "dvbsub"
	case "srt":
		return "subrip"
	case "vtt":
		return "webvtt"
	}
	return name
}

// supports reports whether the device plays the container in this profile.
func (p DirectPlayProfile) supports(container string) bool { return listed(p.Container, container) }

// covers reports whether the profile speaks of any of the codecs in the container.
// Inside HLS a profile for "hls" speaks of its SubContainer instead.
func (p CodecProfile) covers(container string, inHLS bool, codecs ...string) bool {
	want := p.Container
	if inHLS && strings.EqualFold(want, "hls") {
		want = p.SubContainer
	}
	if !listed(want, container) {
		return false
	}
	return slices.ContainsFunc(codecs, func(c string) bool {
		return p.Codec == "" || has(split(p.Codec), c)
	})
}

// single names the one container clients should ask for when a source's container
// is a family ("mov,mp4,m4a"): the first that fits the profiles.
func single(container string, of ProfileType, profiles []DirectPlayProfile) string {
	if !strings.Contains(container, ",") {
		return container
	}
	for _, c := range split(container) {
		for _, p := range profiles {
			if p.Type == of && p.supports(c) {
				return c
			}
		}
	}
	return container
}
