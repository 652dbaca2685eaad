package image

import "math"

// Size says how large a picture should be. Zero fields do not restrict. A picture
// never grows and never loses its shape.
type Size struct {
	Width, Height         int // fit in, as clients use it; with one of the two the other follows
	MaxWidth, MaxHeight   int // fit in
	FillWidth, FillHeight int // cover, so that the client can crop
}

// maxSide bounds what a URL can ask for.
const maxSide = 8192

// Of is the size of a w×h picture made to fit.
func (s Size) Of(w, h int) (int, int) {
	scale := 1.0
	limit := func(want, have int) {
		if want > 0 {
			scale = min(scale, float64(want)/float64(have))
		}
	}
	limit(s.Width, w)
	limit(s.Height, h)
	limit(s.MaxWidth, w)
	limit(s.MaxHeight, h)
	limit(maxSide, w)
	limit(maxSide, h)
	if s.FillWidth > 0 || s.FillHeight > 0 {
		scale = min(scale, max(float64(s.FillWidth)/float64(w), float64(s.FillHeight)/float64(h)))
	}
	return max(1, int(math.Round(float64(w)*scale))), max(1, int(math.Round(float64(h)*scale)))
}

// box is the size itself, for pictures that have none of their own.
func (s Size) box(w, h int) (int, int) {
	for _, b := range [][2]int{{s.Width, s.Height}, {s.FillWidth, s.FillHeight}, {s.MaxWidth, s.MaxHeight}} {
		if b[0] > 0 || b[1] > 0 {
			return Size{MaxWidth: b[0], MaxHeight: b[1]}.Of(w, h)
		}
	}
	return w, h
}
