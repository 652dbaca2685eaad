package subtitle

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Format of a subtitle file.
type Format uint8

// The formats. JS is a list of track events as JSON, which Jellyfin's web client
// reads; it can be written only.
const (
	Unknown Format = iota
	SRT
	VTT
	ASS
	TTML
	JS
)

// Errors that callers branch on.
var (
	ErrFormat   = errors.New("not a subtitle format we know")
	ErrTooLarge = errors.New("larger than any subtitle")
	ErrNoText   = errors.New("not a text subtitle")
)

// maxSize bounds a file, maxCues and maxText what comes of it: karaoke in ASS
// reaches 20 MB and 100,000 lines.
const (
	maxSize = 32 << 20
	maxCues = 250_000
	maxText = 16 << 10
)

// ParseFormat reads the name of a format as it stands in URLs, file names and
// ffprobe's codecs.
func ParseFormat(name string) (Format, bool) {
	switch strings.TrimPrefix(strings.ToLower(name), ".") {
	case "srt", "subrip":
		return SRT, true
	case "vtt", "webvtt":
		return VTT, true
	case "ass", "ssa":
		return ASS, true
	case "ttml", "dfxp":
		return TTML, true
	case "js", "json":
		return JS, true
	}
	return Unknown, false
}

// MIME is the media type of a format.
func (f Format) MIME() string {
	switch f {
	case SRT:
		return "application/x-subrip; charset=utf-8"
	case VTT:
		return "text/vtt; charset=utf-8"
	case ASS:
		return "text/x-ssa; charset=utf-8"
	case TTML:
		return "application/ttml+xml; charset=utf-8"
	case JS:
		return "application/json; charset=utf-8"
	}
	return "application/octet-stream"
}

// Cue is one thing said.
type Cue struct {
	Start, End time.Duration
	Text       string // lines end in \n; may hold <i>, <b>, <u>
}

// Track is a subtitle, in order of time.
type Track struct{ Cues []Cue }

// Parse reads a file that is UTF-8 already; see [Decode]. It takes what it can of
// a damaged one.
func Parse(text string, f Format) (*Track, error) {
	if len(text) > maxSize {
		return nil, ErrTooLarge
	}
	text = strings.ReplaceAll(strings.ReplaceAll(strings.TrimPrefix(text, "\ufeff"), "\r\n", "\n"), "\r", "\n")
	t := new(Track)
	var err error
	switch f {
	case SRT:
		t.parseBlocks(text, false)
	case VTT:
		t.parseBlocks(text, true)
	case ASS:
		t.parseASS(text)
	case TTML:
		err = t.parseTTML(text)
	default:
		return nil, ErrFormat
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	slices.SortStableFunc(t.Cues, func(a, b Cue) int {
		if a.Start != b.Start {
			return int(a.Start/1000 - b.Start/1000)
		}
		return 0
	})
	return t, nil
}

// add keeps a cue that says something at a possible time.
func (t *Track) add(c Cue) {
	c.Text = strings.Trim(c.Text, "\n ")
	if c.Text == "" || c.Start < 0 || c.End <= c.Start || len(t.Cues) >= maxCues {
		return
	}
	t.Cues = append(t.Cues, c)
}

// From is the track as seen by a player whose time 0 is at start: cues that are
// over are left out, the others come so much earlier. end, if not 0, is where it
// stops, on the film's clock.
func (t *Track) From(start, end time.Duration) *Track {
	if start == 0 && end == 0 {
		return t
	}
	out := new(Track)
	for _, c := range t.Cues {
		if c.End <= start || end > 0 && c.Start >= end {
			continue
		}
		c.Start, c.End = max(0, c.Start-start), c.End-start
		out.Cues = append(out.Cues, c)
	}
	return out
}

// marks are the tags a cue's text may hold.
var marks = [...]string{"<i>", "</i>", "<b>", "</b>", "<u>", "</u>"}

// mark returns the mark that s begins with, in any case.
func mark(s string) string {
	for _, m := range marks {
		if len(s) >= len(m) && strings.EqualFold(s[:len(m)], m) {
			return m
		}
	}
	return ""
}

// rewrite passes a cue's marks and its plain text to two functions.
func rewrite(s string, tag, plain func(string) string) string {
	var b strings.Builder
	from := 0
	for i := 0; i < len(s); i++ {
		if s[i] != '<' {
			continue
		}
		if m := mark(s[i:]); m != "" {
			b.WriteString(plain(s[from:i]))
			b.WriteString(tag(m))
			from = i + len(m)
			i = from - 1
		}
	}
	b.WriteString(plain(s[from:]))
	return b.String()
}

func same(s string) string { return s }
