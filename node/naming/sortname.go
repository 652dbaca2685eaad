package naming

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

const sortDigits = 10 // numbers in sort names are padded to this width

// SortName is the key a name sorts by, compared bytewise: folded, without accents
// and a leading article, punctuation gone, numbers padded so that 2 comes before 10.
func SortName(name string) string {
	s := strings.ToLower(strings.TrimSpace(name))
	for _, article := range []string{"the ", "a ", "an "} {
		if strings.HasPrefix(s, article) && len(s) > len(article) {
			s = s[len(article):]
			break
		}
	}
	if !isASCII(s) {
		s = Unaccent(s)
	}
	var b strings.Builder
	b.Grow(len(s) + 8)
	space := false
	for i := 0; i < len(s); {
		c := s[i]
		if isDigit(c) {
			j := i
			for j < len(s) && isDigit(s[j]) {
				j++
			}
			if space && b.Len() > 0 {
				b.WriteByte(' ')
			}
			space = false
			for k := j - i; k < sortDigits; k++ {
				b.WriteByte('0')
			}
			b.WriteString(s[i:j])
			i = j
			continue
		}
		i++
		switch {
		case isWord(c):
			if space && b.Len() > 0 {
				b.WriteByte(' ')
			}
			space = false
			b.WriteByte(c)
		case c == '\'' || c == ',' || c == '&' || c == '{' || c == '}' || c == '!' || c == '?' || c == '"':
		default:
			space = true
		}
	}
	if b.Len() == 0 {
		return s
	}
	return b.String()
}

// Unaccent removes accents: "Amélie" is "Amelie". Letters that are no accented
// ones stay.
func Unaccent(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range norm.NFD.String(s) {
		if !unicode.Is(unicode.Mn, r) {
			b.WriteRune(r)
		}
	}
	return norm.NFC.String(b.String())
}
