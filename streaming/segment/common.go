package segment

import (
	"math/bits"
)

// run is a stretch that two fingerprints share: items a…a+n of one, b…b+n of the other.
type run struct{ a, b, n int }

const (
	// alike is the number of bits, of 32, by which items of the same sound may differ;
	// those of different sounds differ by 16 on average.
	alike = 8
	// drop is how much worse than at its best a stretch may get before it ends: three
	// seconds of other sound.
	drop = 24 * alike
)

// common finds the longest stretch of two fingerprints that sounds the same, of at
// least least items. It looks at every offset between the two, since that is a few
// ten million exclusive-ors and misses nothing.
func common(a, b Print, least int) (run, bool) {
	flatA, flatB := a.flat(), b.flat()
	var best run
	for shift := least - len(a.Items); shift <= len(b.Items)-least; shift++ { // b = a + shift
		from := max(0, -shift)
		to := min(len(a.Items), len(b.Items)-shift)
		if to-from < max(least, best.n+1) {
			continue
		}
		r := longest(a.Items[from:to], b.Items[from+shift:to+shift], flatA[from:to], flatB[from+shift:to+shift])
		if r.n >= least && r.n > best.n {
			best = run{r.a + from, r.a + from + shift, r.n}
		}
	}
	return best, best.n > 0
}

// longest finds the longest stretch in which two rows of items agree. Each item
// adds to a score, or takes from it, by how alike the two are; a stretch begins
// where the score leaves zero, and ends at its peak.
func longest(a, b []uint32, flatA, flatB []bool) run {
	var best run
	begin, score, peak, proof := 0, 0, 0, 0
	for i := range a {
		gain := alike - bits.OnesCount32(a[i]^b[i])
		if flatA[i] || flatB[i] {
			gain = min(gain, 0)
		}
		if score == 0 {
			begin, peak, proof = i, 0, 0
		}
		score += gain
		if gain > 0 {
			proof++
		}
		if score > peak {
			// At least half of a stretch must agree, or it is chance that adds up.
			peak = score
			if n := i + 1 - begin; n > best.n && 2*proof > n {
				best = run{a: begin, n: n}
			}
		}
		if score <= 0 || peak-score > drop {
			score = 0
		}
	}
	return best
}
