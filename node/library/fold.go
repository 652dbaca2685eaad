package library

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Fold makes texts comparable the way people type them: lower case, without accents,
// ligatures spelled out, so that "Amélie" is found by "amelie" and "Ærø" by "aero".
// Latin, Greek and Cyrillic are known; other scripts only lose their case.
func Fold(s string) string {
	i := 0
	for i < len(s) && s[i] < utf8.RuneSelf && (s[i] < 'A' || s[i] > 'Z') {
		i++
	}
	if i == len(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 2)
	b.WriteString(s[:i])
	for _, r := range s[i:] {
		foldRune(&b, r)
	}
	return b.String()
}

func foldRune(b *strings.Builder, r rune) {
	switch {
	case r < utf8.RuneSelf:
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		b.WriteByte(byte(r))
		return
	case isMark(r):
		return
	case foldPair(b, r):
		return
	}
	if c := foldOne(r); c != 0 {
		b.WriteRune(c)
		return
	}
	b.WriteRune(unicode.ToLower(r))
}

// isMark reports combining accents and vowel points, which fold to nothing. Marks that
// carry meaning, as in the scripts of India, stay.
func isMark(r rune) bool {
	switch {
	case r < 0x300:
		return false
	case r <= 0x36F, 0x1AB0 <= r && r <= 0x1AFF, 0x20D0 <= r && r <= 0x20F0:
		return true
	case 0x0591 <= r && r <= 0x05C7, 0x064B <= r && r <= 0x065F, r == 0x0670:
		return unicode.Is(unicode.Mn, r)
	}
	return false
}

func foldPair(b *strings.Builder, r rune) bool {
	switch r {
	case 'ß', 'ẞ':
		b.WriteString("ss")
	case 'æ', 'Æ', 'ǽ', 'Ǽ', 'ǣ', 'Ǣ':
		b.WriteString("ae")
	case 'œ', 'Œ':
		b.WriteString("oe")
	case 'þ', 'Þ':
		b.WriteString("th")
	case 'ĳ', 'Ĳ':
		b.WriteString("ij")
	case 'ǆ', 'ǅ', 'Ǆ':
		b.WriteString("dz")
	case 'ǉ', 'ǈ', 'Ǉ':
		b.WriteString("lj")
	case 'ǌ', 'ǋ', 'Ǌ':
		b.WriteString("nj")
	default:
		return false
	}
	return true
}

// foldOne looks a rune up in the tables; 0 means it is in none.
func foldOne(r rune) rune {
	switch {
	case 0xC0 <= r && r < 0x250:
		return oneByte(foldLatin, r-0xC0)
	case 0x1E00 <= r && r < 0x1F00:
		return oneByte(foldLatinMore, r-0x1E00)
	case 0x370 <= r && r < 0x400:
		return twoBytes(foldGreek, r-0x370)
	case 0x1F00 <= r && r < 0x2000:
		return twoBytes(foldGreekMore, r-0x1F00)
	case 0x400 <= r && r < 0x500:
		return twoBytes(foldCyrillic, r-0x400)
	case 0xFF01 <= r && r <= 0xFF5E: // full-width forms
		return unicode.ToLower(r - 0xFF01 + '!')
	}
	return 0
}

func oneByte(table string, i rune) rune {
	if c := table[i]; c != '.' {
		return rune(c)
	}
	return 0
}

func twoBytes(table string, i rune) rune {
	r, _ := utf8.DecodeRuneInString(table[2*i : 2*i+2])
	return r
}

// Words splits a text into folded words. Apostrophes vanish ("Ocean's" is "oceans"),
// everything else that is neither letter nor digit separates. Scripts written without
// spaces give one word for each character.
func Words(s string) []string {
	return appendWords(nil, Fold(s))
}

func appendWords(to []string, folded string) []string {
	start := -1
	cut := func(end int) {
		if start >= 0 {
			to = append(to, dropApostrophes(folded[start:end]))
			start = -1
		}
	}
	for i, r := range folded {
		switch {
		case r < utf8.RuneSelf && ('a' <= r && r <= 'z' || '0' <= r && r <= '9'):
			if start < 0 {
				start = i
			}
		case r == '\'' || r == '’' || r == 'ʼ':
		case unspaced(r):
			cut(i)
			to = append(to, folded[i:i+utf8.RuneLen(r)])
		case r >= utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)):
			if start < 0 {
				start = i
			}
		default:
			cut(i)
		}
	}
	cut(len(folded))
	return to
}

func dropApostrophes(w string) string {
	if !strings.ContainsAny(w, "'’ʼ") {
		return w
	}
	return strings.NewReplacer("'", "", "’", "", "ʼ", "").Replace(w)
}

// unspaced reports scripts whose words are not separated by spaces.
func unspaced(r rune) bool {
	return r >= 0x0E00 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai)
}
