package tag

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf16"
)

// decode takes the first text from a buffer, up to its zero.
func decode(encoding byte, b []byte) (string, []byte) {
	switch encoding {
	case 1, 2:
		return decodeWide(encoding == 2, b)
	case 3:
		text, rest := cut(b)
		return strings.ToValidUTF8(string(text), "\ufffd"), rest
	}
	text, rest := cut(b)
	return latin(text), rest
}

func cut(b []byte) (text, rest []byte) {
	if n := bytes.IndexByte(b, 0); n >= 0 {
		return b[:n], b[n+1:]
	}
	return b, nil
}

func latin(b []byte) string {
	var out strings.Builder
	for _, c := range b {
		out.WriteRune(rune(c))
	}
	return out.String()
}

func decodeWide(big bool, b []byte) (string, []byte) {
	if !big && len(b) >= 2 {
		switch {
		case b[0] == 0xfe && b[1] == 0xff:
			big, b = true, b[2:]
		case b[0] == 0xff && b[1] == 0xfe:
			b = b[2:]
		}
	}
	var u []uint16
	for ; len(b) >= 2; b = b[2:] {
		c := binary.LittleEndian.Uint16(b)
		if big {
			c = binary.BigEndian.Uint16(b)
		}
		if c == 0 {
			return string(utf16.Decode(u)), b[2:]
		}
		u = append(u, c)
	}
	return string(utf16.Decode(u)), nil
}
