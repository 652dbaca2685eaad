package jellyfin

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"sett/node/library"
	"sett/streaming/ffmpeg"
	"sett/streaming/hls"
	"sett/streaming/subtitle"
)

// rung is one quality of the ladder that a player may climb down.
type rung struct {
	height  int
	bitrate int64 // of the picture
}

// ladder lists the qualities, best first.
func ladder() []rung {
	return []rung{{1080, 6_000_000}, {720, 3_000_000}, {480, 1_200_000}, {360, 600_000}}
}

// maxVariants bounds a master playlist: each may cost a conversion.
const maxVariants = 3

// variants are further qualities beside the one that the URL asks for, where it
// allows the player to change between them.
func (c *call) variants(cv conversion) []hls.Variant {
	if !c.q.flag("enableadaptivebitratestreaming", false) || cv.spec.Job.Video.Action == ffmpeg.Omit || c.q.integer("variant", 0) > 0 {
		return nil
	}
	height, rate := cv.spec.Height, cv.spec.Bandwidth
	var list []hls.Variant
	for _, r := range ladder() {
		if height > 0 && r.height > height || rate > 0 && r.bitrate*10 > rate*7 || len(list) == maxVariants {
			continue
		}
		spec := cv.spec
		if spec.Job.Video.Action == ffmpeg.Copy {
			spec.Job.Video, spec.Job.Cuts = spec.Fallback, nil
		}
		if spec.Job.Video.Action != ffmpeg.Encode {
			return nil // only asked for as it is
		}
		spec.Codecs, spec.Bandwidth, spec.Job.Video.MaxRate = "", 0, r.bitrate
		spec.Height, spec.Width = r.height, evenly(cv.spec.Width, r.height, cv.spec.Height)
		query := fmt.Sprintf("&Variant=%d&AllowVideoStreamCopy=false&VideoBitrate=%d&MaxHeight=%d&EnableAdaptiveBitrateStreaming=false", len(list)+1, r.bitrate, r.height)
		list = append(list, hls.Variant{URI: "main.m3u8?" + overridden(c.Request().URL.RawQuery, "variant", "allowvideostreamcopy", "videobitrate", "maxheight", "enableadaptivebitratestreaming") + query, Spec: spec})
	}
	return list
}

// overridden is a query without some parameters, in its own order and spelling.
func overridden(raw string, names ...string) string {
	var kept []string
	for pair := range strings.SplitSeq(raw, "&") {
		name, _, _ := strings.Cut(pair, "=")
		drop := false
		for _, n := range names {
			drop = drop || strings.EqualFold(name, n)
		}
		if !drop {
			kept = append(kept, pair)
		}
	}
	return strings.Join(kept, "&")
}

func evenly(n, to, from int) int {
	if from <= 0 {
		return 0
	}
	return n * to / from / 2 * 2
}

// size is how large an encoded picture comes out, as package ffmpeg fits it.
func size(s library.Stream, v ffmpeg.Video) (width, height int) {
	width, height = s.Width, s.Height
	if s.Rotation%180 != 0 {
		width, height = height, width
	}
	if v.Action != ffmpeg.Encode || width <= 0 || height <= 0 {
		return width, height
	}
	if v.Width > 0 && width > v.Width {
		width, height = v.Width, v.Width*height/width
	}
	if v.Height > 0 && height > v.Height {
		width, height = width*v.Height/height, v.Height
	}
	return width / 2 * 2, height / 2 * 2
}

// playlistRange is a stream's dynamic range as playlists name it.
func playlistRange(s library.Stream) string {
	switch s.VideoRangeType() {
	case library.RangeTypeUnknown:
		return ""
	case library.RangeTypeSDR, library.RangeDOVIWithSDR:
		return "SDR"
	}
	if strings.EqualFold(s.ColorTransfer, "arib-std-b67") {
		return "HLG"
	}
	return "PQ"
}

// renditions are the text subtitles, where the URL wants them in the playlist.
func (c *call) renditions(src *library.Source, s *hls.Session) []hls.Rendition {
	if !c.q.flag("enablesubtitlesinmanifest", false) && !strings.EqualFold(c.q.str("subtitlemethod"), "Hls") {
		return nil
	}
	chosen := c.q.integer("subtitlestreamindex", -1)
	names := make(map[string]int)
	var list []hls.Rendition
	for _, st := range src.Streams {
		if st.Kind != library.StreamSubtitle || !st.TextSubtitle() {
			continue
		}
		name := st.Title
		if name == "" {
			name = st.Language
		}
		if name == "" {
			name = "Subtitle " + strconv.Itoa(st.Index)
		}
		if names[name]++; names[name] > 1 {
			name += " " + strconv.Itoa(names[name])
		}
		var u urlQuery
		u.add("SegmentLength", strconv.Itoa(pieceLength))
		u.add("TimeMap", strconv.FormatInt(s.Clock(), 10))
		u.add("ApiKey", c.auth.Token)
		list = append(list, hls.Rendition{
			URI:  src.ID.String() + "/Subtitles/" + strconv.Itoa(st.Index) + "/subtitles.m3u8?" + u.b.String(),
			Name: name, Language: st.Language, Default: st.Index == chosen, Forced: st.Forced,
		})
	}
	return list
}

// pieceLength is the usual length of a piece of subtitle, in seconds.
const pieceLength = 30

// subtitlePlaylist lists a subtitle's pieces over the whole runtime.
func (a *API) subtitlePlaylist(c *call) error {
	src, err := c.named()
	if err != nil {
		return err
	}
	index, err := strconv.Atoi(c.Param("index"))
	if err != nil {
		return errNotFound
	}
	if st, ok := src.Stream(index); !ok || !st.TextSubtitle() || src.Runtime <= 0 {
		return errNotFound
	}
	length := library.Ticks(bounded(c.q.integer("segmentlength", pieceLength), 2, 600)) * 1e7
	if src.Runtime/length > 10_000 {
		length = src.Runtime/10_000 + 1
	}
	var b strings.Builder
	fmt.Fprintf(&b, "#EXTM3U\n#EXT-X-PLAYLIST-TYPE:VOD\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:%d\n#EXT-X-MEDIA-SEQUENCE:0\n", (length+1e7-1)/1e7)
	for start := library.Ticks(0); start < src.Runtime; start += length {
		end := min(start+length, src.Runtime)
		var u urlQuery
		u.add("CopyTimestamps", "true")
		u.add("AddVttTimeMap", "true")
		u.add("StartPositionTicks", strconv.FormatInt(int64(start), 10))
		u.add("EndPositionTicks", strconv.FormatInt(int64(end), 10))
		u.add("TimeMap", strconv.FormatInt(c.timeMap(), 10))
		u.add("ApiKey", c.auth.Token)
		fmt.Fprintf(&b, "#EXTINF:%.6f,\nStream.vtt?%s\n", (end - start).Seconds(), u.b.String())
	}
	b.WriteString("#EXT-X-ENDLIST\n")
	return c.m3u8([]byte(b.String()))
}

// timeMap is the segments' clock at the film's time 0, as the master playlist put
// it into the URL.
func (c *call) timeMap() int64 {
	if n, ok := c.q.number("timemap"); ok && n > 0 && n < 1<<33 {
		return n
	}
	return ffmpeg.Offset * 90_000
}

// subtitlePiece sends the cues of a stretch of the film. Their times are the
// film's, so that a cue in two pieces is the same in both.
func (a *API) subtitlePiece(c *call, req subtitle.Request) error {
	start, end := req.Start, req.End
	req.Start, req.End, req.Format = 0, 0, subtitle.VTT
	b, err := a.Subtitles.Get(c.Request().Context(), req)
	if err != nil {
		return subtitleError(err)
	}
	whole, err := subtitle.Parse(string(b), subtitle.VTT)
	if err != nil {
		return subtitleError(err)
	}
	var piece subtitle.Track
	for _, cue := range whole.Cues {
		if cue.End > start && (end == 0 || cue.Start < end) {
			piece.Cues = append(piece.Cues, cue)
		}
	}
	var o subtitle.Options
	if c.q.flag("addvtttimemap", false) {
		o.MPEGTS = c.timeMap()
	}
	if b, err = piece.Format(subtitle.VTT, o); err != nil {
		return err
	}
	c.Response().Header().Set("Cache-Control", "private, max-age=3600")
	return c.Blob(http.StatusOK, subtitle.VTT.MIME(), b)
}
