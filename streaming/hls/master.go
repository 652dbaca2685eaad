package hls

import (
	"bytes"
	"fmt"
	"strings"

	"sett/streaming/ffmpeg"
)

// Variant is one quality in a master playlist.
type Variant struct {
	URI  string // of its media playlist
	Spec Spec
}

// Rendition is a subtitle in a master playlist.
type Rendition struct {
	URI      string // of its media playlist
	Name     string // for people; differs from the others'
	Language string // RFC 5646, "" unknown
	Default  bool
	Forced   bool
}

// Master is the master playlist whose first variant is the session, at uri. others
// are further qualities of the same film, each for a session of its own.
func (s *Session) Master(uri string, others []Variant, subtitles []Rendition) []byte {
	s.Touch()
	variants := append([]Variant{{URI: uri, Spec: s.Spec()}}, others...)
	version := 3
	for _, v := range variants {
		if v.Spec.Job.Container == ffmpeg.MP4 {
			version = 7
		}
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "#EXTM3U\n#EXT-X-VERSION:%d\n", version)
	for _, r := range subtitles {
		r.write(&b)
	}
	for i := range variants {
		v := &variants[i]
		attrs := v.Spec.attributes()
		if len(subtitles) > 0 {
			attrs = append(attrs, `SUBTITLES="subs"`)
		}
		fmt.Fprintf(&b, "#EXT-X-STREAM-INF:%s\n%s\n", strings.Join(attrs, ","), v.URI)
	}
	return b.Bytes()
}

func (r *Rendition) write(b *bytes.Buffer) {
	yes := func(is bool) string {
		if is {
			return "YES"
		}
		return "NO"
	}
	fmt.Fprintf(b, `#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="subs",NAME="%s",DEFAULT=%s,AUTOSELECT=YES,FORCED=%s`, quotable(r.Name), yes(r.Default), yes(r.Forced))
	if r.Language != "" {
		fmt.Fprintf(b, `,LANGUAGE="%s"`, quotable(r.Language))
	}
	fmt.Fprintf(b, ",URI=\"%s\"\n", r.URI)
}

// quotable keeps a name from ending its attribute.
func quotable(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '"' {
			return '\''
		}
		if r < ' ' {
			return -1
		}
		return r
	}, s)
}

func (sp *Spec) attributes() []string {
	attrs := []string{fmt.Sprintf("BANDWIDTH=%d", sp.bandwidth())}
	if c := sp.codecs(); c != "" {
		attrs = append(attrs, fmt.Sprintf("CODECS=\"%s\"", c))
	}
	if sp.Job.Video.Action == ffmpeg.Omit {
		return attrs
	}
	if sp.Width > 0 && sp.Height > 0 {
		attrs = append(attrs, fmt.Sprintf("RESOLUTION=%dx%d", sp.Width, sp.Height))
	}
	if sp.FrameRate > 0 {
		attrs = append(attrs, fmt.Sprintf("FRAME-RATE=%.3f", sp.FrameRate))
	}
	if sp.Job.Video.Action == ffmpeg.Encode { // always to SDR
		attrs = append(attrs, "VIDEO-RANGE=SDR")
	} else if sp.VideoRange != "" {
		attrs = append(attrs, "VIDEO-RANGE="+sp.VideoRange)
	}
	return attrs
}

// Clock is the time stamp, in units of 90 kHz, that the segments have at the film's
// time 0: what ties WebVTT to them.
func (s *Session) Clock() int64 {
	const rate = 90_000
	if s.out == nil && s.spec.Job.Container == ffmpeg.TS {
		return ffmpeg.Offset*rate + muxerDelay
	}
	return ffmpeg.Offset * rate
}

// muxerDelay is what ffmpeg's MPEG-TS muxer adds to all time stamps: 1.4 s.
const muxerDelay = 126_000

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
