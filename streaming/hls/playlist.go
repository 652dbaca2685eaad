package hls

import (
	"bytes"
	"fmt"
	"math"
	"strings"

	"sett/node/library"
	"sett/streaming/ffmpeg"
)

// InitSegment is the number under which [Session.Playlist] asks for the init
// segment's URI. Jellyfin's clients know it by this number.
const InitSegment = -1

// Playlist is the media playlist of the whole runtime. uri names a segment, or
// [InitSegment], relative to the playlist; it must not hold a quote or a line end.
func (s *Session) Playlist(uri func(n int, start, length library.Ticks) string) []byte {
	s.Touch()
	job := &s.spec.Job
	var b bytes.Buffer
	b.WriteString("#EXTM3U\n#EXT-X-PLAYLIST-TYPE:VOD\n")
	if job.Container == ffmpeg.MP4 {
		b.WriteString("#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n")
	} else {
		b.WriteString("#EXT-X-VERSION:3\n")
	}
	longest := 0.0
	for n := range job.Segments() {
		_, length := job.Span(n)
		longest = max(longest, length.Seconds())
	}
	fmt.Fprintf(&b, "#EXT-X-TARGETDURATION:%d\n#EXT-X-MEDIA-SEQUENCE:0\n", int(math.Ceil(longest)))
	if job.Container == ffmpeg.MP4 {
		fmt.Fprintf(&b, "#EXT-X-MAP:URI=\"%s\"\n", uri(InitSegment, 0, 0))
	}
	for n := range job.Segments() {
		start, length := job.Span(n)
		fmt.Fprintf(&b, "#EXTINF:%.6f,\n%s\n", length.Seconds(), uri(n, start, length))
	}
	b.WriteString("#EXT-X-ENDLIST\n")
	return b.Bytes()
}

// Master is the master playlist, whose one variant is the media playlist at uri.
func (s *Session) Master(uri string) []byte {
	s.Touch()
	asOne := s.Spec()
	sp := &asOne
	version := 3
	if sp.Job.Container == ffmpeg.MP4 {
		version = 7
	}
	attrs := []string{fmt.Sprintf("BANDWIDTH=%d", sp.bandwidth())}
	if c := sp.codecs(); c != "" {
		attrs = append(attrs, fmt.Sprintf("CODECS=\"%s\"", c))
	}
	if sp.Job.Video.Action != ffmpeg.Omit {
		if sp.Width > 0 && sp.Height > 0 {
			attrs = append(attrs, fmt.Sprintf("RESOLUTION=%dx%d", sp.Width, sp.Height))
		}
		if sp.FrameRate > 0 {
			attrs = append(attrs, fmt.Sprintf("FRAME-RATE=%.3f", sp.FrameRate))
		}
	}
	return fmt.Appendf(nil, "#EXTM3U\n#EXT-X-VERSION:%d\n#EXT-X-STREAM-INF:%s\n%s\n", version, strings.Join(attrs, ","), uri)
}

// MediaType is the MIME type of the segments.
func (s *Session) MediaType() string {
	video := s.spec.Job.Video.Action != ffmpeg.Omit
	switch {
	case s.spec.Job.Container == ffmpeg.TS:
		return "video/mp2t"
	case video:
		return "video/mp4"
	}
	return "audio/mp4"
}

// PlaylistType is the MIME type of both playlists.
const PlaylistType = "application/vnd.apple.mpegurl"

func (sp *Spec) bandwidth() int64 {
	if sp.Bandwidth > 0 {
		return sp.Bandwidth
	}
	var sum int64
	if v := sp.Job.Video; v.Action != ffmpeg.Omit {
		if sum = max(v.MaxRate, v.Bitrate); sum == 0 {
			sum = 8_000_000
		}
	}
	if a := sp.Job.Audio; a.Action != ffmpeg.Omit {
		sum += max(a.Bitrate, 128_000)
	}
	return sum
}

var soundCodecs = map[ffmpeg.Codec]string{
	ffmpeg.AAC: "mp4a.40.2", ffmpeg.MP3: "mp4a.40.34", ffmpeg.AC3: "ac-3", ffmpeg.EAC3: "ec-3",
	ffmpeg.Opus: "Opus", ffmpeg.FLAC: "fLaC", "alac": "alac",
}

// soundName is "" for a sound that is not known.
func soundName(a ffmpeg.Audio) string {
	if a.Action == ffmpeg.Omit {
		return ""
	}
	return soundCodecs[a.Codec]
}

// codecs is "" when any part is not known: players take a wrong list worse than
// none.
func (sp *Spec) codecs() string {
	if sp.Codecs != "" {
		return sp.Codecs
	}
	var parts []string
	if v := sp.Job.Video; v.Action != ffmpeg.Omit {
		c := pictureCodec(v)
		if c == "" {
			return ""
		}
		parts = append(parts, c)
	}
	if a := sp.Job.Audio; a.Action != ffmpeg.Omit {
		c := soundName(a)
		if c == "" {
			return ""
		}
		parts = append(parts, c)
	}
	return strings.Join(parts, ",")
}

func pictureCodec(v ffmpeg.Video) string {
	if v.Action != ffmpeg.Encode {
		return ""
	}
	level := v.Level
	if level == 0 {
		level = 41
	}
	switch v.Codec {
	case ffmpeg.H264:
		profile := "6400"
		switch {
		case strings.Contains(v.Profile, "baseline"):
			profile = "42E0"
		case v.Profile == "main":
			profile = "4D40"
		}
		return fmt.Sprintf("avc1.%s%02X", profile, level)
	case ffmpeg.HEVC:
		return fmt.Sprintf("hvc1.1.6.L%d.90", level*3)
	}
	return ""
}
