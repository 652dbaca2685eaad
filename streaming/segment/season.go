package segment

import (
	"context"
	"math"
	"slices"
	"time"

	"sett/node/library"
)

// Rules of what sound in common may be.
const (
	leastIntro = 12 * time.Second
	mostIntro  = 150 * time.Second
	leastOutro = 12 * time.Second

	// neighbours is how many following episodes each is compared with, which bounds
	// the work: theme music changes with seasons, not within them.
	neighbours = 4
	// agree is how far apart, in seconds, two findings may be and be the same.
	agree = 4.0
)

// span of time that another episode vouches for, in seconds from the print's begin.
type vouched struct{ start, end float64 }

// Season finds what the episodes of a season have in common: k is [Intro] for the
// prints of their beginnings and [Outro] for those of their ends. Episodes without a
// print have an empty one. The result is in their order; an episode in which nothing
// was found has a zero Segment.
//
// turn is called before any two are compared, and may wait, or end it with an error.
//
// With three episodes or more, two others must agree on a stretch: two episodes also
// share what a recap repeats.
func Season(ctx context.Context, k Kind, prints []Print, turn func(context.Context) error) ([]Segment, error) {
	n := len(prints)
	least := leastIntro
	if k == Outro {
		least = leastOutro
	}
	found := make([][]vouched, n)
	for i := range n {
		for d := 1; d <= min(neighbours, n-1); d++ {
			j := (i + d) % n
			if d > n/2 || 2*d == n && j < i {
				continue // the other way round
			}
			if err := turn(ctx); err != nil {
				return nil, err
			}
			r, ok := common(prints[i], prints[j], int((least.Seconds()-span)/step))
			if !ok {
				continue
			}
			found[i] = append(found[i], spanOf(r.a, r.n))
			found[j] = append(found[j], spanOf(r.b, r.n))
		}
	}
	need := 1
	if n >= 3 {
		need = 2
	}
	out := make([]Segment, n)
	for i := range n {
		v, ok := settle(found[i], need)
		if !ok {
			continue
		}
		s := Segment{Kind: k, Start: prints[i].From + ticks(v.start), End: prints[i].From + ticks(v.end), By: BySound}
		if length := (s.End - s.Start).Duration(); length >= least && (k != Intro || length <= mostIntro) {
			out[i] = s
		}
	}
	return out, nil
}

// spanOf turns items into seconds. An item is alike only when most of what it looks
// at is, so that the sound goes on after the last one begins.
func spanOf(first, n int) vouched {
	start := float64(first) * step
	return vouched{start, start + float64(n)*step + span/2}
}

// settle takes the stretch that most others vouch for, the longer one of two, and
// of its ends the middle ones.
func settle(all []vouched, need int) (vouched, bool) {
	var best []vouched
	for _, a := range all {
		var with []vouched
		for _, b := range all {
			if math.Abs(a.start-b.start) <= agree && math.Abs(a.end-b.end) <= agree {
				with = append(with, b)
			}
		}
		if len(with) > len(best) || len(with) == len(best) && a.end-a.start > best[0].end-best[0].start {
			best = with
		}
	}
	if len(best) < need {
		return vouched{}, false
	}
	return vouched{
		median(best, func(v vouched) float64 { return v.start }),
		median(best, func(v vouched) float64 { return v.end }),
	}, true
}

func median(list []vouched, of func(vouched) float64) float64 {
	values := make([]float64, len(list))
	for i, v := range list {
		values[i] = of(v)
	}
	slices.Sort(values)
	return values[len(values)/2]
}

// ToEnd lets credits that nearly reach the end go to the end.
func ToEnd(s Segment, runtime library.Ticks) Segment {
	if s.Kind == Outro && runtime-s.End < library.TicksOf(5*time.Second) {
		s.End = runtime
	}
	s.End = min(s.End, runtime)
	return s
}
