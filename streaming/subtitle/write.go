package subtitle

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"strconv"
	"strings"
	"time"
)

// Options of [Track.Format].
type Options struct {
	// MPEGTS ties WebVTT to the segments of an HLS stream: the 90 kHz time stamp
	// the stream has at its time 0. 0 leaves it out.
	MPEGTS int64
}

// Format writes the track.
func (t *Track) Format(f Format, o Options) ([]byte, error) {
	var b bytes.Buffer
	switch f {
	case SRT:
		t.writeSRT(&b)
	case VTT:
		t.writeVTT(&b, o)
	case ASS:
		t.writeASS(&b)
	case TTML:
		t.writeTTML(&b)
	case JS:
		return t.writeJS()
	default:
		return nil, ErrFormat
	}
	return b.Bytes(), nil
}

func (t *Track) writeSRT(b *bytes.Buffer) {
	for i, c := range t.Cues {
		fmt.Fprintf(b, "%d\n%s --> %s\n%s\n\n", i+1, stamp(c.Start, ","), stamp(c.End, ","), noEmptyLines(c.Text))
	}
}

func (t *Track) writeVTT(b *bytes.Buffer, o Options) {
	b.WriteString("WEBVTT\n")
	if o.MPEGTS != 0 {
		fmt.Fprintf(b, "X-TIMESTAMP-MAP=MPEGTS:%d,LOCAL:00:00:00.000\n", o.MPEGTS)
	}
	b.WriteByte('\n')
	for _, c := range t.Cues {
		fmt.Fprintf(b, "%s --> %s\n%s\n\n", stamp(c.Start, "."), stamp(c.End, "."),
			noEmptyLines(rewrite(c.Text, same, escapeVTT)))
	}
}

// escapeVTT also keeps "-->" out of the text.
var escapeVTT = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace

const headASS = `[Script Info]
ScriptType: v4.00+
PlayResX: 384
PlayResY: 288
WrapStyle: 0

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding
Style: Default,Arial,16,&H00FFFFFF,&H00FFFFFF,&H00000000,&H00000000,0,0,0,0,100,100,0,0,1,1,0,2,10,10,10,1

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
`

func (t *Track) writeASS(b *bytes.Buffer) {
	b.WriteString(headASS)
	tag := func(m string) string {
		if m[1] == '/' {
			return `{\` + m[2:3] + `0}`
		}
		return `{\` + m[1:2] + `1}`
	}
	// A brace would begin a tag.
	plain := strings.NewReplacer("\n", `\N`, "{", "(", "}", ")").Replace
	for _, c := range t.Cues {
		fmt.Fprintf(b, "Dialogue: 0,%s,%s,Default,,0,0,0,,%s\n", stampASS(c.Start), stampASS(c.End), rewrite(c.Text, tag, plain))
	}
}

func (t *Track) writeTTML(b *bytes.Buffer) {
	b.WriteString(`<?xml version="1.0" encoding="utf-8"?>` + "\n" +
		`<tt xmlns="http://www.w3.org/ns/ttml" xmlns:tts="http://www.w3.org/ns/ttml#styling" xml:lang="">` + "\n<body><div>\n")
	tag := func(m string) string {
		switch m {
		case "<i>":
			return `<span tts:fontStyle="italic">`
		case "<b>":
			return `<span tts:fontWeight="bold">`
		case "<u>":
			return `<span tts:textDecoration="underline">`
		}
		return "</span>"
	}
	plain := func(s string) string {
		s = strings.Map(func(r rune) rune {
			if r < ' ' && r != '\n' && r != '\t' {
				return -1
			}
			return r
		}, s)
		return strings.ReplaceAll(html.EscapeString(s), "\n", "<br/>")
	}
	for _, c := range t.Cues {
		fmt.Fprintf(b, "<p begin=\"%s\" end=\"%s\">%s</p>\n", stamp(c.Start, "."), stamp(c.End, "."), rewrite(balance(c.Text), tag, plain))
	}
	b.WriteString("</div></body>\n</tt>\n")
}

// writeJS writes what Jellyfin's web client takes for itself: ticks of 100 ns, and
// text that it shows as HTML.
func (t *Track) writeJS() ([]byte, error) {
	type event struct {
		ID    string `json:"Id"`
		Text  string `json:"Text"`
		Start int64  `json:"StartPositionTicks"`
		End   int64  `json:"EndPositionTicks"`
	}
	events := make([]event, len(t.Cues))
	plain := strings.NewReplacer("<", "&lt;", ">", "&gt;").Replace
	for i, c := range t.Cues {
		events[i] = event{strconv.Itoa(i + 1), rewrite(c.Text, same, plain), int64(c.Start / 100), int64(c.End / 100)}
	}
	return json.Marshal(struct {
		TrackEvents []event `json:"TrackEvents"`
	}{events})
}

func stamp(d time.Duration, point string) string {
	ms := d.Milliseconds()
	return fmt.Sprintf("%02d:%02d:%02d%s%03d", ms/3600000, ms/60000%60, ms/1000%60, point, ms%1000)
}

func stampASS(d time.Duration) string {
	cs := d.Milliseconds() / 10
	return fmt.Sprintf("%d:%02d:%02d.%02d", cs/360000, cs/6000%60, cs/100%60, cs%100)
}

// noEmptyLines keeps a cue from ending early.
func noEmptyLines(s string) string {
	if !strings.Contains(s, "\n") {
		return s
	}
	var lines []string
	for line := range strings.SplitSeq(s, "\n") {
		if strings.TrimSpace(line) != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// balance closes marks that are open and drops ends that close nothing, for
// formats whose readers insist.
func balance(s string) string {
	var open []string
	out := rewrite(s, func(m string) string {
		if m[1] != '/' {
			open = append(open, m)
			return m
		}
		if len(open) == 0 || open[len(open)-1][1:] != m[2:] {
			return ""
		}
		open = open[:len(open)-1]
		return m
	}, same)
	for i := len(open) - 1; i >= 0; i-- {
		out += "</" + open[i][1:]
	}
	return out
}
