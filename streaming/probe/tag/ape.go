package tag

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf8"

	"sett/streaming/probe/facts"
)

var apeNames = map[string]string{
	"album artist": "album_artist", "year": "date", "disc": "disc", "media": "",
}

// APE reads an APE tag that ends at a position, for what is not known yet.
func (s *Set) APE(r *facts.Reader, end int64) (found bool, err error) {
	if end < 32 {
		return false, nil
	}
	f, err := r.Load(end-32, 32)
	if err != nil || string(f[:8]) != "APETAGEX" {
		return false, err
	}
	size, count := int64(binary.LittleEndian.Uint32(f[12:])), binary.LittleEndian.Uint32(f[16:])
	if size < 32 || size > 4<<20 || size > end || f[20]&0x20 != 0 {
		return true, nil
	}
	b, err := r.Load(end-size, size-32)
	if err != nil {
		return true, err
	}
	for range min(count, maxTags) {
		if len(b) < 9 {
			break
		}
		n, flags := int64(binary.LittleEndian.Uint32(b)), binary.LittleEndian.Uint32(b[4:])
		k := bytes.IndexByte(b[8:], 0)
		if k < 0 || n > int64(len(b)-9-k) {
			break
		}
		key, value := string(b[8:8+k]), b[9+k:9+int64(k)+n]
		b = b[9+int64(k)+n:]
		if flags&6 != 0 || !utf8.Valid(value) {
			continue // a picture, or a link
		}
		if name, ok := apeNames[strings.ToLower(key)]; ok {
			key = name
		}
		s.add(strings.ToLower(key), strings.ReplaceAll(string(value), "\x00", ";"))
	}
	return true, nil
}
