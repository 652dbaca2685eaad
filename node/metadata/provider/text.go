package provider

import (
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/html"
)

// maxText bounds a text, in bytes.
const maxText = 16 << 10

// Plain makes plain text of HTML: tags go, paragraphs become lines.
func Plain(s string) string {
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(s[:min(len(s), 4*maxText)]))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return Text(b.String())
		case html.TextToken:
			b.WriteString(html.UnescapeString(string(z.Raw())))
		case html.EndTagToken, html.SelfClosingTagToken, html.StartTagToken:
			if name, _ := z.TagName(); string(name) == "p" || string(name) == "br" {
				b.WriteString("\n")
			}
		}
	}
}

// Text takes text as it came: trimmed, bounded, without control characters other than
// line ends, valid UTF-8.
func Text(s string) string {
	if len(s) > maxText {
		s = s[:maxText]
	}
	s = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' || r == 0x7f {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	for strings.Contains(s, "\n\n\n") {
		s = strings.ReplaceAll(s, "\n\n\n", "\n\n")
	}
	return strings.TrimSpace(s)
}

// Date reads "2001-02-03"; the zero time for anything else.
func Date(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil || t.Year() < 1000 {
		return time.Time{}
	}
	return t
}

// Year reads the year that "2001-02-03", "2001-02" or "2001" begins with; 0 for none.
func Year(s string) int {
	if len(s) < 4 || len(s) > 4 && s[4] != '-' {
		return 0
	}
	y, err := strconv.Atoi(s[:4])
	if err != nil || y < 1000 {
		return 0
	}
	return y
}

// IsNumber reports whether an id is all digits, as is fit to stand in a URL's path.
func IsNumber(id string) bool {
	n, err := strconv.ParseUint(id, 10, 63)
	return err == nil && n > 0 && strconv.FormatUint(n, 10) == id
}
