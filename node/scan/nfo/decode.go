package nfo

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
)

// text turns a file's bytes into UTF-8. Byte order marks and the bytes themselves
// are believed before the declaration: tools declare utf-16 and write utf-8, or
// declare utf-8 and write windows-1252.
func text(b []byte) []byte {
	switch {
	case bytes.HasPrefix(b, []byte("\xef\xbb\xbf")):
		b = b[3:]
	case bytes.HasPrefix(b, []byte("\xff\xfe")):
		return fromUTF16(b[2:], false)
	case bytes.HasPrefix(b, []byte("\xfe\xff")):
		return fromUTF16(b[2:], true)
	case len(b) >= 4 && b[0] != 0 && b[1] == 0 && b[3] == 0:
		return fromUTF16(b, false)
	case len(b) >= 4 && b[0] == 0 && b[1] != 0 && b[2] == 0:
		return fromUTF16(b, true)
	}
	if utf8.Valid(b) || validButCut(b) {
		return b
	}
	if enc, err := htmlindex.Get(declared(b)); err == nil {
		if name, _ := htmlindex.Name(enc); name != "utf-8" && name != "utf-16le" && name != "utf-16be" {
			if out, err := enc.NewDecoder().Bytes(b); err == nil {
				return out
			}
		}
	}
	out, err := charmap.Windows1252.NewDecoder().Bytes(b)
	if err != nil {
		return bytes.ToValidUTF8(b, []byte("\uFFFD"))
	}
	return out
}

// validButCut accepts UTF-8 whose last rune was cut off with the file, and mostly
// good UTF-8 with a few broken bytes, which another encoding would only spoil.
func validButCut(b []byte) bool {
	good, bad := 0, 0
	for len(b) > 0 && bad <= 16 {
		if b[0] < utf8.RuneSelf {
			b = b[1:]
			continue
		}
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n == 1 {
			bad++
		} else {
			good++
		}
		b = b[n:]
	}
	return good >= 4*bad && good > 0 && bad <= 16
}

// declared reads the encoding from the XML declaration.
func declared(b []byte) string {
	if len(b) > 256 {
		b = b[:256]
	}
	_, rest, ok := bytes.Cut(b, []byte("encoding="))
	if !ok || len(rest) < 3 {
		return ""
	}
	end := bytes.IndexByte(rest[1:], rest[0])
	if end < 0 {
		return ""
	}
	return string(rest[1 : 1+end])
}

func fromUTF16(b []byte, bigEndian bool) []byte {
	out := make([]byte, 0, len(b)*3/4)
	for i := 0; i+1 < len(b); i += 2 {
		r := unit(b, i, bigEndian)
		if utf16.IsSurrogate(r) {
			low := rune(0)
			if i+3 < len(b) {
				low = unit(b, i+2, bigEndian)
			}
			if r = utf16.DecodeRune(r, low); r != utf8.RuneError {
				i += 2
			}
		}
		out = utf8.AppendRune(out, r)
	}
	return out
}

func unit(b []byte, i int, bigEndian bool) rune {
	if bigEndian {
		return rune(b[i])<<8 | rune(b[i+1])
	}
	return rune(b[i+1])<<8 | rune(b[i])
}
