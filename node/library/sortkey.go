package library

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// SortKey is what a name sorts by: folded, without a leading English article and
// without punctuation, its numbers in numeric order. Compare bytewise.
//
// A run of digits is written as the count of its digits and the digits without leading
// zeros, so that 2 ("12") comes before 10 ("210").
func SortKey(name string) string {
	f := strings.TrimSpace(Fold(name))
	for _, article := range [...]string{"the ", "a ", "an "} {
		if rest, ok := strings.CutPrefix(f, article); ok && rest != "" {
			f = rest
			break
		}
	}
	if plainKey(f) {
		return f
	}
	var b strings.Builder
	b.Grow(len(f) + 4)
	space := false
	for i := 0; i < len(f); {
		if isDigit(f[i]) {
			end := i
			for end < len(f) && isDigit(f[end]) {
				end++
			}
			writeGap(&b, &space)
			writeNumber(&b, f[i:end])
			i = end
			continue
		}
		r, n := utf8.DecodeRuneInString(f[i:])
		i += n
		switch {
		case r == '\'' || r == '’':
		case unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r):
			writeGap(&b, &space)
			b.WriteRune(r)
		default:
			space = true
		}
	}
	if b.Len() == 0 {
		return f // only punctuation: better that than nothing
	}
	return b.String()
}

func plainKey(f string) bool {
	for i := range len(f) {
		if c := f[i]; (c < 'a' || c > 'z') && (c != ' ' || i > 0 && f[i-1] == ' ') {
			return false
		}
	}
	return true
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func writeGap(b *strings.Builder, space *bool) {
	if *space && b.Len() > 0 {
		b.WriteByte(' ')
	}
	*space = false
}

func writeNumber(b *strings.Builder, digits string) {
	digits = strings.TrimLeft(digits, "0")
	if digits == "" {
		digits = "0"
	}
	b.WriteByte(byte('0' + min(len(digits), 9)))
	b.WriteString(digits)
}
