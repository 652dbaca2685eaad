package segment

import (
	"cmp"
	"slices"
	"time"

	"sett/node/library"
)

// Kind is what a part is, by the clients' names.
type Kind string

// The kinds.
const (
	Intro      Kind = "Intro"
	Outro      Kind = "Outro"
	Recap      Kind = "Recap"
	Preview    Kind = "Preview"
	Commercial Kind = "Commercial"
)

// Found is how a segment was found.
type Found string

// The ways, surest first.
const (
	ByChapter Found = "chapter"
	BySound   Found = "sound"
	ByPicture Found = "picture"
)

// Segment is a part of a film.
type Segment struct {
	Kind       Kind
	Start, End library.Ticks
	By         Found
}

func (s Segment) overlaps(o Segment) bool { return s.Start < o.End && o.Start < s.End }

// Merge joins what was found in several ways, surest first: a kind that one way
// knows is not taken from a later one, nor is what overlaps another part. The
// result is in the order of time.
func Merge(ways ...[]Segment) []Segment {
	var all []Segment
	for _, list := range ways {
		sure := len(all)
		for _, s := range list {
			known := func(o Segment) bool { return o.Kind == s.Kind || o.overlaps(s) }
			if s.End > s.Start && !slices.ContainsFunc(all[:sure], known) {
				all = append(all, s)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b Segment) int { return cmp.Compare(a.Start, b.Start) })
	return all
}

// Has reports whether a kind is among the segments.
func Has(list []Segment, k Kind) bool {
	return slices.ContainsFunc(list, func(s Segment) bool { return s.Kind == k })
}

func ticks(seconds float64) library.Ticks {
	return library.TicksOf(time.Duration(seconds * float64(time.Second)))
}
