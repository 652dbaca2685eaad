package jellyfin

import (
	"encoding/json"
	"strconv"
)

// appendString appends s as a JSON string. Plain ASCII, which nearly everything
// is, costs one scan and one copy.
func appendString(dst []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		if b := s[i]; b < 0x20 || b >= 0x7f || b == '"' || b == '\\' || b == '<' || b == '>' || b == '&' {
			quoted, err := json.Marshal(s)
			if err != nil {
				return append(dst, `""`...)
			}
			return append(dst, quoted...)
		}
	}
	dst = append(dst, '"')
	dst = append(dst, s...)
	return append(dst, '"')
}

func appendInt(dst []byte, n int64) []byte { return strconv.AppendInt(dst, n, 10) }

func appendMember(dst []byte, name, value string) []byte {
	dst = append(dst, ',', '"')
	dst = append(dst, name...)
	dst = append(dst, '"', ':')
	return append(dst, value...)
}

func appendStringMember(dst []byte, name, value string) []byte {
	dst = append(dst, ',', '"')
	dst = append(dst, name...)
	dst = append(dst, '"', ':')
	return appendString(dst, value)
}

// appendTag appends a picture's tag unless there is no picture.
func appendTag(dst []byte, name, tag string) []byte {
	if tag == "" {
		return dst
	}
	return appendStringMember(dst, name, tag)
}

func boolText(b bool) string {
	if b {
		return "true"
	}
	return "false"
}
