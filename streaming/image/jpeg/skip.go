package jpeg

// skipBits is how far a step in the skips table looks: about two coefficients.
const skipBits = 12

// skips tells how to pass over coefficients without looking at them, for a picture
// of averages alone. From the low end: 5 bits how many bits to pass over (0: no code
// fits), 1 bit whether the block ends with them, and how many coefficients they are,
// the end of the block counted as one.
type skips [1 << skipBits]uint16

func (h *huffman) skips() *skips {
	s := new(skips)
	for i := range s {
		used, count, end := 0, uint16(0), uint16(0)
		for end == 0 {
			e := h.look[i<<used&(1<<skipBits-1)>>(skipBits-lookBits)]
			length, size, run := int(e&31), int(e>>5&15), e>>9
			if length == 0 || used+length+size > skipBits {
				break
			}
			used += length + size
			if run == 63 {
				run, end = 0, 1
			}
			count += run + 1
		}
		s[i] = count<<6 | end<<5 | uint16(used)
	}
	return s
}

// skip passes over the rest of a block.
func (b *bits) skip(ac *huffman) bool {
	acc, n, s := b.acc, b.n, ac.skip
	for k := 1; k < 64; {
		if n < 32 {
			b.acc, b.n = acc, n
			b.fill()
			acc, n = b.acc, b.n
		}
		e := s[acc>>(64-skipBits)]
		// What leads beyond the block is not all of it: go one by one.
		if next := k + int(e>>6); e != 0 && next <= 64 {
			acc <<= uint(e) & 31
			n -= int(e) & 31
			if k = next; e&32 != 0 {
				break
			}
			continue
		}
		one := ac.look[acc>>(64-lookBits)]
		length := uint(one & 31)
		if length == 0 {
			symbol, long := ac.long(acc)
			if long == 0 {
				return false
			}
			one, length = entry(symbol, true), uint(long)
		}
		length += uint(one>>5) & 15
		acc <<= length & 63
		n -= int(length)
		k += 1 + int(one>>9)
	}
	b.acc, b.n = acc, n
	return true
}
