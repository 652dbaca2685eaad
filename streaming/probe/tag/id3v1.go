package tag

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"sett/streaming/probe/facts"
)

// ID3v1 reads the 128 bytes at the end of a file, for what is not known yet.
func (s *Set) ID3v1(r *facts.Reader) (found bool, err error) {
	if r.Size() < 128 {
		return false, nil
	}
	b, err := r.Load(r.Size()-128, 128)
	if err != nil || string(b[:3]) != "TAG" {
		return false, err
	}
	text := func(b []byte) string {
		b, _ = cut(b)
		v := strings.TrimSpace(string(b))
		if !utf8.ValidString(v) {
			v = strings.TrimSpace(latin(b))
		}
		return v
	}
	s.add("title", text(b[3:33]))
	s.add("artist", text(b[33:63]))
	s.add("album", text(b[63:93]))
	s.add("date", text(b[93:97]))
	s.add("comment", text(b[97:127]))
	if b[125] == 0 && b[126] != 0 {
		s.add("track", strconv.Itoa(int(b[126])))
	}
	s.add("genre", Genre(int(b[127])))
	return true, nil
}
