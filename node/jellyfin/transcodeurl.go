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

// transcodingURL is where the client fetches a converted source. It carries the
// whole plan, so that it works after a restart, and for clients that edit it.
//
// Where the road has a limit, and the picture is encoded anyway, the player may
// choose lower qualities as it goes.
func transcodingURL(c *call, item *library.Item, src *library.Source, p decide.Plan, lim decide.Limits, play string) string {
	var u urlQuery
	u.add("DeviceId", c.device().ID)
	u.add("MediaSourceId", src.ID.String())
	u.add("PlaySessionId", play)
	u.add("ApiKey", c.auth.Token)
	u.add("Tag", sourceTag(src))
	if p.Video.Action == decide.Encode {
		u.add("AllowVideoStreamCopy", "false")
	}
	if p.Audio.Action == decide.Encode {
		u.add("AllowAudioStreamCopy", "false")
	}
	if lim.MaxBitrate > 0 && p.Protocol == decide.HLS && p.Video.Action == decide.Encode {
		u.add("EnableAdaptiveBitrateStreaming", "true")
	}
	for _, o := range p.Query() {
		u.add(o.Name, o.Value)
	}
	return streamPath(item, p) + "?" + u.b.String()
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
