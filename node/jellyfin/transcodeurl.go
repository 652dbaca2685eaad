package jellyfin

import (
	"net/url"
	"strconv"
	"strings"

	"sett/node/library"
	"sett/streaming/decide"
)

// urlQuery builds a query string in order: some clients cut transcoding URLs apart
// and rely on what comes first and what does not.
type urlQuery struct{ b strings.Builder }

func (u *urlQuery) add(name, value string) {
	if value == "" {
		return
	}
	if u.b.Len() > 0 {
		u.b.WriteByte('&')
	}
	u.b.WriteString(name)
	u.b.WriteByte('=')
	// Lists keep their commas: clients split on them without decoding.
	u.b.WriteString(strings.ReplaceAll(url.QueryEscape(value), "%2C", ","))
}

func (u *urlQuery) num(name string, n int64) {
	if n > 0 {
		u.add(name, strconv.FormatInt(n, 10))
	}
}

func (u *urlQuery) yes(name string, b bool) {
	if b {
		u.add(name, "true")
	}
}

// transcodingURL is where the client fetches a converted source. It carries the
// whole plan, so that it works after a restart, and for clients that edit it.
func transcodingURL(c *call, item *library.Item, src *library.Source, p decide.Plan, sel decide.Selection, play string) string {
	var u urlQuery
	t := p.Transcoding
	u.add("DeviceId", c.device().ID)
	u.add("MediaSourceId", src.ID.String())
	u.add("VideoCodec", strings.Join(t.VideoCodecs, ","))
	u.add("AudioCodec", strings.Join(t.AudioCodecs, ","))
	if p.AudioIndex >= 0 {
		u.add("AudioStreamIndex", strconv.Itoa(p.AudioIndex))
	}
	if p.SubtitleIndex >= 0 {
		u.add("SubtitleStreamIndex", strconv.Itoa(p.SubtitleIndex))
		u.add("SubtitleMethod", string(p.Subtitle.Delivery))
		u.add("SubtitleCodec", strings.Join(t.SubtitleCodecs, ","))
	}
	u.num("VideoBitrate", t.VideoBitrate)
	u.num("AudioBitrate", t.AudioBitrate)
	u.num("AudioSampleRate", int64(t.AudioSampleRate))
	if t.MaxFramerate > 0 {
		u.add("MaxFramerate", strconv.FormatFloat(t.MaxFramerate, 'f', -1, 64))
	}
	u.num("MaxWidth", int64(t.MaxWidth))
	u.num("MaxHeight", int64(t.MaxHeight))
	u.num("TranscodingMaxAudioChannels", int64(t.MaxAudioChannels))
	u.num("MaxAudioChannels", int64(t.GlobalMaxAudioChannels))
	u.add("PlaySessionId", play)
	u.add("ApiKey", c.auth.Token)
	if p.Protocol == decide.HLS {
		u.add("SegmentContainer", p.Container)
		u.num("SegmentLength", int64(t.SegmentLength))
		u.num("MinSegments", int64(t.MinSegments))
	}
	u.num("StartTimeTicks", progressiveStart(p, sel))
	u.yes("RequireAvc", t.RequireAvc)
	u.yes("RequireNonAnamorphic", t.RequireNonAnamorphic)
	if p.Video.Action == decide.Encode {
		u.add("AllowVideoStreamCopy", "false")
	}
	if p.Audio.Action == decide.Encode {
		u.add("AllowAudioStreamCopy", "false")
	}
	for _, o := range t.Options {
		u.add(o.Name, o.Value)
	}
	u.add("Tag", sourceTag(src))
	u.add("TranscodeReasons", p.Reasons.String())
	return streamPath(item, p) + "?" + u.b.String()
}

// progressiveStart is where a stream without segments begins; a playlist holds the
// whole film and the player seeks in it.
func progressiveStart(p decide.Plan, sel decide.Selection) int64 {
	if p.Protocol == decide.HLS {
		return 0
	}
	return int64(sel.StartTicks)
}

func streamPath(item *library.Item, p decide.Plan) string {
	root := "/videos/"
	if item.Kind.Media() == library.MediaAudio {
		root = "/audio/"
	}
	if p.Protocol == decide.HLS {
		return root + item.ID.Dashed() + "/master.m3u8"
	}
	return root + item.ID.Dashed() + "/stream." + p.Container
}

// sourceTag changes when the file does, so that no cache keeps an old film.
func sourceTag(src *library.Source) string {
	return library.NewID(src.Path, src.Modified.String(), strconv.FormatInt(src.Size, 10)).String()
}

// subtitleURL is where a subtitle is fetched as a file of its own.
func subtitleURL(c *call, item *library.Item, src *library.Source, index int, format string) string {
	var u urlQuery
	u.add("ApiKey", c.auth.Token)
	return "/Videos/" + item.ID.Dashed() + "/" + src.ID.String() + "/Subtitles/" + strconv.Itoa(index) + "/0/Stream." + format + "?" + u.b.String()
}
