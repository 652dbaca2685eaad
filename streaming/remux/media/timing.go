package media

import "slices"

// A Grid turns the rough times that Matroska (whole milliseconds) and MPEG-TS
// (several packets to a time stamp) give to sound into exact ones: packets of one
// length, end to end, from wherever one looks. It is a plain value.
type Grid struct {
	Base      int64 // the first packet's time, in samples
	Frame     int64 // samples in a packet, 0: not constant
	Tolerance int64 // samples by which a time may be off and still be on the grid
}

// At is the time of a packet that begins a segment, given its rough time. It
// depends on nothing else, so the segment before knows it too.
func (g Grid) At(rough int64) int64 {
	if g.Frame <= 0 {
		return rough
	}
	exact := g.Base + divRound(rough-g.Base, g.Frame)*g.Frame
	if abs(exact-rough) <= g.Tolerance {
		return exact
	}
	return rough
}

// Lay sets the times of a segment's audio packets, whose PTS are rough. next is the
// rough time of the packet after them, where more says that there is one. A packet's
// Dur, where it is set, is its length; else it is the grid's.
func (g Grid) Lay(p []Packet, next int64, more bool) {
	for i := range p {
		rough := p[i].PTS
		switch {
		case i == 0:
			p[i].PTS = g.At(rough)
		default:
			length := g.length(&p[i-1])
			p[i].PTS = p[i-1].PTS + length
			if length == 0 || abs(p[i].PTS-rough) > g.Tolerance {
				p[i].PTS = max(rough, p[i-1].PTS+1)
			}
			p[i-1].Dur = p[i].PTS - p[i-1].PTS
		}
		p[i].DTS = p[i].PTS
	}
	if len(p) == 0 {
		return
	}
	last := &p[len(p)-1]
	length := g.length(last)
	last.Dur = length
	if more {
		// The next segment begins where it begins: meet it, unless there is a hole.
		if gap := g.At(next) - last.PTS; gap > 0 && (length == 0 || gap < 2*length) {
			last.Dur = gap
		}
	}
	if last.Dur <= 0 {
		last.Dur = max(1, g.Frame)
		if len(p) > 1 {
			last.Dur = p[len(p)-2].Dur
		}
	}
}

func (g Grid) length(p *Packet) int64 {
	if p.Dur > 0 {
		return p.Dur
	}
	return g.Frame
}

// Decode sets the decoding times of a segment's video packets, of which only the
// PTS are known: the presentation times in order, delay earlier. next is the first
// presentation time after the segment, where more says that there is one; usual is
// the length of the last picture where there is none. scratch is memory to use;
// what it became is returned.
func Decode(p []Packet, delay, next, usual int64, more bool, scratch []int64) []int64 {
	order := scratch[:0]
	for i := range p {
		order = append(order, p[i].PTS)
	}
	slices.Sort(order)
	for i := 1; i < len(order); i++ {
		order[i] = max(order[i], order[i-1]+1) // no two pictures at once
	}
	for i := range p {
		p[i].DTS = order[i] - delay
		if i+1 < len(p) {
			p[i].Dur = order[i+1] - order[i]
		} else if p[i].Dur = next - order[i]; !more || p[i].Dur <= 0 {
			p[i].Dur = max(1, usual)
		}
	}
	return order
}

// Reorder is the largest amount by which a picture is decoded after others that are
// shown later: what Decode's delay must be for no picture to be shown before it is
// decoded.
func Reorder(p []Packet) int64 {
	order := make([]int64, len(p))
	for i := range p {
		order[i] = p[i].PTS
	}
	slices.Sort(order)
	var most int64
	for i := range p {
		most = max(most, order[i]-p[i].PTS)
	}
	return most
}

// Scale converts a time from one timescale to another, to the nearest. It does not
// overflow for any time a film can have.
func Scale(t, from, to int64) int64 {
	if from == to || from <= 0 {
		return t
	}
	whole, rest := t/from, t%from
	return whole*to + divRound(rest*to, from)
}

func divRound(a, b int64) int64 {
	if a < 0 {
		return -((-a + b/2) / b)
	}
	return (a + b/2) / b
}

func abs(a int64) int64 {
	if a < 0 {
		return -a
	}
	return a
}
