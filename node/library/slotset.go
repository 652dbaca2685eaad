package library

import "math/bits"

// slotSet is a set of base slots, one bit each.
type slotSet []uint64

func newSlotSet(n int) slotSet { return make(slotSet, (n+63)/64) }

func (s slotSet) add(i uint32)      { s[i/64] |= 1 << (i % 64) }
func (s slotSet) remove(i uint32)   { s[i/64] &^= 1 << (i % 64) }
func (s slotSet) has(i uint32) bool { return s[i/64]&(1<<(i%64)) != 0 }

func (s slotSet) put(i uint32, in bool) {
	if in {
		s.add(i)
	} else {
		s.remove(i)
	}
}

func (s slotSet) count() int {
	n := 0
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	return n
}

func (s slotSet) and(o slotSet) {
	for i := range s {
		s[i] &= o[i]
	}
}

func (s slotSet) andNot(o slotSet) {
	for i := range s {
		s[i] &^= o[i]
	}
}

func (s slotSet) or(o slotSet) {
	for i := range s {
		s[i] |= o[i]
	}
}

func (s slotSet) addAll(slots []uint32) {
	for _, i := range slots {
		s.add(i)
	}
}

// invert flips every bit of the n slots.
func (s slotSet) invert(n int) {
	for i := range s {
		s[i] = ^s[i]
	}
	if tail := n % 64; tail != 0 {
		s[len(s)-1] &= 1<<tail - 1
	}
}

func (s slotSet) clone() slotSet { return append(slotSet(nil), s...) }

// each calls fn for the members in order until it returns false.
func (s slotSet) each(fn func(uint32) bool) {
	for w, word := range s {
		for word != 0 {
			i := uint32(w*64 + bits.TrailingZeros64(word))
			word &= word - 1
			if !fn(i) {
				return
			}
		}
	}
}

// intersects reports whether any of the slots is a member.
func (s slotSet) intersects(slots []uint32) bool {
	for _, i := range slots {
		if s.has(i) {
			return true
		}
	}
	return false
}
