package tag

import (
	"bytes"
	"context"
	"strconv"
	"strings"

	"sett/streaming/probe/bitstream"
	"sett/streaming/probe/facts"
)

// Set is what the tags of one file say.
type Set struct {
	Values   map[string]string
	Chapters []facts.Chapter
	Pictures []Picture
}

// Picture is one in the tags: where it lies in what a reader reads.
type Picture struct {
	From        *facts.Reader
	At, Size    int64
	Kind        int
	Description string
}

const (
	maxPictures = 64
	maxText     = 1 << 20 // bytes of one tag
	maxJoined   = 1 << 16 // bytes of one with several values
	maxTags     = 2048
)

// New returns an empty set.
func New() *Set { return &Set{Values: make(map[string]string)} }

// add sets a value where there is none.
func (s *Set) add(key, value string) {
	if key == "" || value == "" || len(s.Values) >= maxTags {
		return
	}
	if _, ok := s.find(key); !ok {
		s.Values[key] = value
	}
}

// find looks for a key whatever its case.
func (s *Set) find(key string) (string, bool) {
	if _, ok := s.Values[key]; ok {
		return key, true
	}
	for k := range s.Values {
		if strings.EqualFold(k, key) {
			return k, true
		}
	}
	return "", false
}

// join adds a further value of the same key.
func (s *Set) join(key, value string) {
	if len(s.Values) >= maxTags {
		return
	}
	if k, ok := s.find(key); ok {
		if len(s.Values[k]) < maxJoined {
			s.Values[k] += ";" + value
		}
		return
	}
	s.Values[key] = value
}

// AddPictures appends a stream for each picture of a document.
func (s *Set) AddPictures(d *facts.Document) error {
	for _, p := range s.Pictures {
		st := &facts.Stream{TimeBase: "1/90000", Tags: make(map[string]string)}
		if p.Description != "" {
			st.Tags["title"] = p.Description
		}
		st.Tags["comment"] = kinds[0]
		if p.Kind >= 0 && p.Kind < len(kinds) {
			st.Tags["comment"] = kinds[p.Kind]
		}
		d.Add(st)
		if err := bitstream.Picture(p.From, p.At, p.Size, st); err != nil {
			return err
		}
	}
	return nil
}

// kinds are the kinds of picture that ID3 and FLAC number.
var kinds = [...]string{
	"Other", "32x32 pixels 'file icon'", "Other file icon", "Cover (front)", "Cover (back)", "Leaflet page",
	"Media (e.g. label side of CD)", "Lead artist/lead performer/soloist", "Artist/performer", "Conductor", "Band/Orchestra",
	"Composer", "Lyricist/text writer", "Recording Location", "During recording", "During performance",
	"Movie/video screen capture", "A bright coloured fish", "Illustration", "Band/artist logotype", "Publisher/Studio logotype",
}

// memory reads bytes that are no part of the file as they are.
func memory(b []byte) *facts.Reader {
	return facts.NewReader(context.Background(), bytes.NewReader(b), int64(len(b)))
}

func digits(s string, n int) bool {
	if len(s) != n {
		return false
	}
	_, err := strconv.ParseUint(s, 10, 32)
	return err == nil
}

// Merge adds what another set knows and this one does not.
func (s *Set) Merge(other *Set) {
	for k, v := range other.Values {
		s.add(k, v)
	}
}
