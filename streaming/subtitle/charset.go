package subtitle

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
)

// Decode turns a subtitle file's bytes into UTF-8. Where they do not tell their
// character set, the language (ISO 639-2, "" unknown) does: it says which one was
// usual before UTF-8.
func Decode(b []byte, lang string) string {
	switch {
	case bytes.HasPrefix(b, []byte("\xef\xbb\xbf")):
		return strings.ToValidUTF8(string(b[3:]), "\ufffd")
	case bytes.HasPrefix(b, []byte("\xff\xfe")), bytes.HasPrefix(b, []byte("\xfe\xff")):
		return decode(b, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM))
	}
	if e := wide(b); e != nil {
		return decode(b, e)
	}
	if utf8.Valid(b) {
		return string(b)
	}
	return decode(b, legacy(b, lang))
}

func decode(b []byte, e encoding.Encoding) string {
	out, err := e.NewDecoder().Bytes(b)
	if err != nil {
		return strings.ToValidUTF8(string(b), "\ufffd")
	}
	return strings.ToValidUTF8(string(out), "\ufffd")
}

// wide knows UTF-16 without a mark by its zeros: digits and line ends have one on
// the same side.
func wide(b []byte) encoding.Encoding {
	head := b[:min(len(b), 4096)]
	var zeros [2]int
	for i, c := range head {
		if c == 0 {
			zeros[i%2]++
		}
	}
	switch half := len(head) / 2; {
	case half < 8:
		return nil
	case zeros[1] > half/4 && zeros[0] < half/20:
		return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	case zeros[0] > half/4 && zeros[1] < half/20:
		return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	}
	return nil
}

// legacy picks an 8-bit or East Asian character set.
func legacy(b []byte, lang string) encoding.Encoding {
	switch lang {
	case "jpn":
		if broken(b, japanese.ShiftJIS) && !broken(b, japanese.EUCJP) {
			return japanese.EUCJP
		}
		return japanese.ShiftJIS
	case "kor":
		return korean.EUCKR
	case "chi":
		if broken(b, simplifiedchinese.GB18030) && !broken(b, traditionalchinese.Big5) {
			return traditionalchinese.Big5
		}
		return simplifiedchinese.GB18030
	case "rus", "ukr", "bel", "bul", "srp", "mac", "mkd", "kaz":
		return charmap.Windows1251
	case "pol", "cze", "slo", "slk", "hun", "rum", "ron", "hrv", "scr", "slv", "bos", "alb":
		return charmap.Windows1250
	case "gre":
		return charmap.Windows1253
	case "tur", "aze":
		return charmap.Windows1254
	case "heb":
		return charmap.Windows1255
	case "ara", "per", "urd":
		return charmap.Windows1256
	case "est", "lav", "lit":
		return charmap.Windows1257
	case "vie":
		return charmap.Windows1258
	case "tha":
		return charmap.Windows874
	case "":
		return guess(b)
	}
	return charmap.Windows1252
}

// broken reports whether b is impossible in a character set.
func broken(b []byte, e encoding.Encoding) bool { return strings.ContainsRune(decode(b, e), '\ufffd') }

// guess tells scripts apart by how letters stand together. Western text has an
// accent here and there; in Cyrillic nearly every letter is above ASCII, and in
// East Asian sets bytes above it come in pairs.
func guess(b []byte) encoding.Encoding {
	var ascii, high, cyrillic int
	for _, c := range b {
		switch {
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z':
			ascii++
		case c >= 0xe0:
			high++
			cyrillic++ // small letters of Windows-1251
		case c >= 0x80:
			high++
		}
	}
	if high < 2*ascii/5 {
		return charmap.Windows1252
	}
	if cyrillic*10 > high*8 {
		return charmap.Windows1251
	}
	kana := func(s string) bool { return strings.ContainsAny(s, "のはをにがでとたし") }
	switch {
	case !broken(b, japanese.ShiftJIS) && kana(decode(b, japanese.ShiftJIS)):
		return japanese.ShiftJIS
	case !broken(b, korean.EUCKR) && hangul(decode(b, korean.EUCKR)):
		return korean.EUCKR
	case !broken(b, simplifiedchinese.GB18030):
		return simplifiedchinese.GB18030
	case !broken(b, traditionalchinese.Big5):
		return traditionalchinese.Big5
	}
	return charmap.Windows1252
}

// hangul reports whether the text is Korean syllables and next to nothing else.
func hangul(s string) bool {
	syllables, others := 0, 0
	for _, r := range s {
		switch {
		case r >= 0xac00 && r <= 0xd7a3:
			syllables++
		case r > 0x2e80:
			others++
		}
	}
	return syllables > 9*others
}
