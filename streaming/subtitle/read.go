package subtitle

import (
	"encoding/xml"
	"errors"
	"html"
	"io"
	"strconv"
	"strings"
	"time"
)

// parseBlocks reads SRT and WebVTT: blocks with a line of times in them, which
// end at an empty line. Numbers, identifiers, styles and notes are passed over.
func (t *Track) parseBlocks(text string, vtt bool) {
	var cue Cue
	var lines []string
	inside := false
	flush := func() {
		if inside {
			cue.Text = clean(strings.Join(lines, "\n"), vtt)
			t.add(cue)
		}
		inside, lines = false, lines[:0]
	}
	for line := range strings.SplitSeq(text, "\n") {
		if strings.Contains(line, "-->") {
			start, end, ok := times(line)
			if ok {
				if inside && len(lines) > 0 && number(lines[len(lines)-1]) {
					lines = lines[:len(lines)-1] // no empty line before the next block
				}
				flush()
				cue, inside = Cue{Start: start, End: end}, true
				continue
			}
		}
		if strings.TrimSpace(line) == "" {
			// Some files have empty lines inside a cue; then its first line is missing.
			if len(lines) > 0 {
				flush()
			}
			continue
		}
		if inside {
			lines = append(lines, line)
		}
	}
	flush()
}

func number(s string) bool {
	_, err := strconv.Atoi(strings.TrimSpace(s))
	return err == nil
}

// times reads "00:00:01,000 --> 00:00:02.5 line:0".
func times(line string) (start, end time.Duration, ok bool) {
	a, b, _ := strings.Cut(line, "-->")
	start, ok1 := clock(strings.TrimSpace(a))
	b, _, _ = strings.Cut(strings.TrimSpace(b), " ")
	b, _, _ = strings.Cut(b, "\t")
	end, ok2 := clock(b)
	return start, end, ok1 && ok2
}

// clock reads [h:]m:s with a comma or a point.
func clock(s string) (time.Duration, bool) {
	parts := strings.Split(strings.Replace(s, ",", ".", 1), ":")
	if len(parts) < 2 || len(parts) > 3 {
		return 0, false
	}
	var total float64
	for i, p := range parts {
		f, err := strconv.ParseFloat(strings.TrimSpace(p), 64)
		if err != nil || !(f >= 0 && f < 1e5) || i < len(parts)-1 && f != float64(int(f)) {
			return 0, false
		}
		total = total*60 + f
	}
	if total > 1e6 {
		return 0, false
	}
	return time.Duration(total*1e3+0.5) * time.Millisecond, true
}

// clean keeps the marks and drops every other tag, and braces with an ASS tag,
// which some SRT files have.
func clean(s string, entities bool) string {
	if len(s) > maxText {
		s = strings.ToValidUTF8(s[:maxText], "")
	}
	s = dropBraces(s)
	var b strings.Builder
	for i := 0; i < len(s); {
		if s[i] == '<' {
			if m := mark(s[i:]); m != "" {
				b.WriteString(m)
				i += len(m)
				continue
			}
			if n := tagLength(s[i:]); n > 0 {
				i += n
				continue
			}
		}
		b.WriteByte(s[i])
		i++
	}
	if entities {
		return html.UnescapeString(b.String())
	}
	return b.String()
}

// tagLength is the length of the tag that s begins with, 0 when the "<" is one.
func tagLength(s string) int {
	end := strings.IndexByte(s, '>')
	if end < 2 || strings.ContainsAny(s[1:end], "<\n") {
		return 0
	}
	c := s[1]
	if c == '/' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' {
		return end + 1
	}
	return 0
}

func dropBraces(s string) string {
	for {
		i := strings.Index(s, `{\`)
		if i < 0 {
			return s
		}
		end := strings.IndexByte(s[i:], '}')
		if end < 0 {
			return s
		}
		s = s[:i] + s[i+end+1:]
	}
}

// parseASS reads the events of Advanced SubStation Alpha.
func (t *Track) parseASS(text string) {
	start, end, body, columns := 1, 2, 9, 10
	events := false
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "[") {
			events = strings.EqualFold(line, "[events]")
			continue
		}
		key, value, _ := strings.Cut(line, ":")
		switch {
		case !events:
		case strings.EqualFold(key, "format"):
			names := strings.Split(value, ",")
			columns = len(names)
			for i, n := range names {
				switch strings.ToLower(strings.TrimSpace(n)) {
				case "start":
					start = i
				case "end":
					end = i
				case "text":
					body = i
				}
			}
		case strings.EqualFold(key, "dialogue"):
			f := strings.SplitN(value, ",", columns)
			if len(f) <= max(start, end, body) {
				continue
			}
			from, ok1 := clock(strings.TrimSpace(f[start]))
			to, ok2 := clock(strings.TrimSpace(f[end]))
			if ok1 && ok2 {
				t.add(Cue{from, to, plainASS(f[body])})
			}
		}
	}
}

// plainASS turns italics, bold and underline into marks and drops the rest,
// drawings with it.
func plainASS(s string) string {
	var b strings.Builder
	open := map[byte]bool{}
	drawing := false
	text := func(s string) {
		if !drawing {
			b.WriteString(strings.NewReplacer(`\N`, "\n", `\n`, "\n", `\h`, " ").Replace(s))
		}
	}
	for s != "" {
		i := strings.IndexByte(s, '{')
		if i < 0 {
			text(s)
			break
		}
		n := strings.IndexByte(s[i:], '}')
		if n < 0 {
			text(s)
			break
		}
		text(s[:i])
		for _, tag := range strings.Split(s[i+1:i+n], `\`)[1:] {
			drawing = overrideASS(&b, strings.TrimSpace(tag), open, drawing)
		}
		s = s[i+n+1:]
	}
	for _, c := range []byte("ubi") {
		if open[c] {
			b.WriteString("</" + string(c) + ">")
		}
	}
	return b.String()
}

// overrideASS handles one override tag and returns whether a drawing follows.
func overrideASS(b *strings.Builder, tag string, open map[byte]bool, drawing bool) bool {
	if len(tag) < 2 {
		return drawing
	}
	value, err := strconv.Atoi(tag[1:])
	if err != nil {
		return drawing
	}
	switch c := tag[0]; c {
	case 'p':
		return value > 0
	case 'i', 'b', 'u':
		on := value != 0
		if on == open[c] {
			break
		}
		open[c] = on
		if on {
			b.WriteString("<" + string(c) + ">")
		} else {
			b.WriteString("</" + string(c) + ">")
		}
	}
	return drawing
}

// parseTTML reads the paragraphs of Timed Text.
func (t *Track) parseTTML(text string) error {
	d := xml.NewDecoder(strings.NewReader(text))
	d.Strict = false
	var cue Cue
	var b strings.Builder
	inside := false
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			if len(t.Cues) > 0 {
				return nil
			}
			return err
		}
		switch e := tok.(type) {
		case xml.StartElement:
			switch e.Name.Local {
			case "p":
				cue, inside = cueTTML(e), true
				b.Reset()
			case "br":
				b.WriteByte('\n')
			}
		case xml.CharData:
			if inside {
				b.WriteString(strings.Join(strings.Fields(" "+string(e)+" "), " "))
			}
		case xml.EndElement:
			if e.Name.Local == "p" && inside {
				cue.Text, inside = b.String(), false
				t.add(cue)
			}
		}
	}
}

func cueTTML(e xml.StartElement) Cue {
	var c Cue
	for _, a := range e.Attr {
		v, ok := timeTTML(a.Value)
		if !ok {
			continue
		}
		switch a.Name.Local {
		case "begin":
			c.Start += v
			c.End += v
		case "end":
			c.End = v
		case "dur":
			c.End += v
		}
	}
	return c
}

// timeTTML reads a clock, "12.5s", "100ms" or ticks of 100 ns, "12500000t".
func timeTTML(s string) (time.Duration, bool) {
	if d, ok := clock(s); ok {
		return d, true
	}
	for _, u := range []struct {
		suffix string
		unit   float64
	}{{"ms", 1e6}, {"s", 1e9}, {"t", 100}} {
		if n, ok := strings.CutSuffix(s, u.suffix); ok {
			f, err := strconv.ParseFloat(n, 64)
			if err != nil || !(f >= 0 && f*u.unit < 1e15) {
				return 0, false
			}
			return time.Duration(f * u.unit), true
		}
	}
	return 0, false
}
