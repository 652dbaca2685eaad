package jpeg

// refine reads a progressive scan's share of a block.
func (d *decoder) refine(s spectrum, c *component, block *[64]int16) bool {
	switch {
	case s.first == 0 && s.high == 0:
		size, ok := d.bits.symbol(c.dc)
		if !ok || size > 16 {
			return false
		}
		c.prediction += d.bits.extended(int(size))
		block[0] = int16(c.prediction << s.low)
		return true
	case s.first == 0:
		block[0] |= int16(d.bits.take(1) << s.low)
		return true
	case s.high == 0:
		return d.begin(s, c, block)
	}
	return d.more(s, c, block)
}

// begin reads the first bits of coefficients.
func (d *decoder) begin(s spectrum, c *component, block *[64]int16) bool {
	if d.eobRun > 0 {
		d.eobRun--
		return true
	}
	for k := s.first; k <= s.last; k++ {
		symbol, ok := d.bits.symbol(c.ac)
		if !ok {
			return false
		}
		run, size := int(symbol>>4), int(symbol&15)
		if size == 0 && run < 15 {
			d.eobRun = 1<<run - 1 + int(d.bits.take(run))
			return true
		}
		if k += run; size == 0 {
			continue
		}
		if k > s.last {
			return false
		}
		block[k] = int16(d.bits.extended(size) << s.low)
	}
	return true
}

// more reads one more bit of the coefficients that are there, and those that begin
// with it.
func (d *decoder) more(s spectrum, c *component, block *[64]int16) bool {
	k, bit := s.first, int16(1)<<s.low
	for d.eobRun == 0 && k <= s.last {
		symbol, ok := d.bits.symbol(c.ac)
		if !ok {
			return false
		}
		run, size := int(symbol>>4), int(symbol&15)
		var fresh int16
		switch {
		case size == 0 && run < 15:
			d.eobRun = 1<<run + int(d.bits.take(run))
			continue
		case size == 1:
			if fresh = -bit; d.bits.take(1) == 1 {
				fresh = bit
			}
		case size != 0:
			return false
		}
		k = d.pass(block, k, s.last, run, bit)
		if fresh != 0 {
			if k > s.last {
				return false
			}
			block[k] = fresh
		}
		k++
	}
	if d.eobRun > 0 {
		d.eobRun--
		d.pass(block, k, s.last, 64, bit)
	}
	return true
}

// pass corrects the coefficients from k on that are not zero, up to the zero after
// the next run of them.
func (d *decoder) pass(block *[64]int16, k, last, run int, bit int16) int {
	b := &d.bits
	acc, n := b.acc, b.n
	for ; k <= last; k++ {
		v := block[k&63]
		if v == 0 {
			if run == 0 {
				break
			}
			run--
			continue
		}
		if n == 0 {
			b.acc, b.n = acc, n
			b.fill()
			acc, n = b.acc, b.n
		}
		// One more bit of magnitude, whatever the sign, without a branch.
		step := bit & int16(int64(acc)>>63)
		sign := v >> 15
		block[k&63] = v + (step ^ sign - sign)
		acc <<= 1
		n--
	}
	b.acc, b.n = acc, n
	return k
}

// show makes samples of a progressive picture's coefficients.
func (d *decoder) show() {
	for i := range d.components {
		c := &d.components[i]
		if c.table == nil { // no scan had it
			for j := range c.pix {
				c.pix[j] = 128
			}
			continue
		}
		for at := range c.coefficients {
			var b [64]int32
			last := 0
			for k, v := range c.coefficients[at][:d.keep] {
				if v != 0 {
					b[zigzag[k]] = int32(v) * int32(c.table[k])
					last = k
				}
			}
			put(c.pix[at/c.across*d.n*c.stride+at%c.across*d.n:], c.stride, d.n, &b, last)
		}
		c.coefficients = nil
	}
}
