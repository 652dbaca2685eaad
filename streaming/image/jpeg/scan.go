package jpeg

import "fmt"

// zigzag is where the coefficients go, in the order they come; more than 64, for
// runs that lead beyond the block.
var zigzag = [128]uint8{
	0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5,
	12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
	35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51,
	58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
}

// spectrum is what a scan brings: coefficients first to last, their bits from low
// upwards (high: those that came before, 0: none).
type spectrum struct{ first, last, high, low int }

// scan reads a scan header and the entropy-coded data behind it.
func (d *decoder) scan(b []byte) error {
	if len(d.components) == 0 {
		return fmt.Errorf("%w: a scan before the frame", ErrFormat)
	}
	if d.scans++; d.scans > maxScans {
		return fmt.Errorf("%w: %d scans", ErrFormat, d.scans)
	}
	if d.scans == 1 {
		d.allocate()
	}
	if len(b) < 1 || b[0] < 1 || b[0] > 4 || len(b) < 4+2*int(b[0]) {
		return fmt.Errorf("%w: scan header", ErrFormat)
	}
	var in []*component
	for i := range int(b[0]) {
		c, err := d.chosen(b[1+2*i], b[2+2*i])
		if err != nil {
			return err
		}
		for _, other := range in {
			if other == c {
				return fmt.Errorf("%w: a component twice in a scan", ErrFormat)
			}
		}
		in = append(in, c)
	}
	b = b[1+2*len(in):]
	s := spectrum{int(b[0]), int(b[1]), int(b[2] >> 4), int(b[2] & 15)}
	if err := d.check(s, in); err != nil {
		return err
	}
	// A progressive picture of averages alone needs none of the other scans.
	if !d.head.Progressive || d.n > 1 || s.first == 0 {
		d.run(s, in)
	}
	return nil
}

// chosen is a scan's component with its tables.
func (d *decoder) chosen(id, tables byte) (*component, error) {
	for i := range d.components {
		c := &d.components[i]
		if c.id != id {
			continue
		}
		if tables>>4 > 3 || tables&15 > 3 {
			return nil, fmt.Errorf("%w: scan header", ErrFormat)
		}
		c.dc, c.ac = d.dc[tables>>4], d.ac[tables&15]
		if c.table == nil {
			c.table = d.quant[c.quant]
		}
		return c, nil
	}
	return nil, fmt.Errorf("%w: a scan of component %d", ErrFormat, id)
}

func (d *decoder) check(s spectrum, in []*component) error {
	bad := fmt.Errorf("%w: scan of %+v", ErrFormat, s)
	if d.head.Progressive {
		if s.first > s.last || s.last > 63 || s.first == 0 && s.last != 0 || s.first > 0 && len(in) != 1 ||
			s.low > 13 || s.high != 0 && s.high != s.low+1 {
			return bad
		}
	}
	for _, c := range in {
		needDC := !d.head.Progressive || s.first == 0 && s.high == 0
		needAC := !d.head.Progressive || s.first > 0
		if needDC && c.dc == nil || needAC && c.ac == nil || c.table == nil {
			return bad
		}
	}
	return nil
}

// run decodes a scan, interval by interval. Where data is damaged it goes on at the
// next restart marker, if there is one.
func (d *decoder) run(s spectrum, in []*component) {
	across, total := d.mcus(in)
	step := d.interval
	if step == 0 {
		step = total
	}
	d.bits = bits{data: d.data, at: d.at}
	for from, restart := 0, 0; from < total; {
		d.eobRun = 0
		for _, c := range in {
			c.prediction = 0
		}
		if !d.part(s, in, across, from, min(from+step, total)) {
			d.damaged = true
		}
		from += step
		if from >= total {
			break
		}
		skipped, ok := d.restart(restart)
		if !ok {
			d.damaged = true
			break
		}
		d.damaged = d.damaged || skipped > 0
		from += skipped * step
		restart += 1 + skipped
	}
	d.at = d.bits.at
}

// mcus is how many units the scan has in a row, and in all. A scan of one component
// goes block by block, and leaves out those that are only there to fill up.
func (d *decoder) mcus(in []*component) (across, total int) {
	if len(in) == 1 {
		return in[0].width, in[0].width * in[0].height
	}
	return in[0].across / in[0].h, in[0].across / in[0].h * (in[0].down / in[0].v)
}

// restart moves behind the next restart marker, the nth by right. It says how many
// are missing before the one it found.
func (d *decoder) restart(n int) (skipped int, ok bool) {
	b := &d.bits
	if b.n-b.made >= 8 || b.at < len(b.data) && b.data[b.at] != 0xff {
		d.damaged = true // an interval was over before its data was
	}
	for at := b.at; at+1 < len(b.data); at++ {
		mark := b.data[at+1]
		if b.data[at] != 0xff || mark == 0 || mark == 0xff {
			continue
		}
		if mark < markRST0 || mark > markRST7 {
			b.at = at
			return 0, false
		}
		*b = bits{data: b.data, at: at + 2}
		return (int(mark-markRST0) - n) & 7, true
	}
	b.at = len(b.data)
	return 0, false
}

// part decodes the units from … to-1.
func (d *decoder) part(s spectrum, in []*component, across, from, to int) bool {
	x, y := from%across, from/across
	for range to - from {
		for _, c := range in {
			h, v := c.h, c.v
			if len(in) == 1 {
				h, v = 1, 1
			}
			for j := range v {
				for i := range h {
					if !d.one(s, c, x*h+i, y*v+j) {
						return false
					}
				}
			}
		}
		if x++; x == across {
			x, y = 0, y+1
		}
	}
	return true
}

// one decodes a block, and shows it unless more of it is to come.
func (d *decoder) one(s spectrum, c *component, bx, by int) bool {
	if d.head.Progressive {
		return d.refine(s, c, &c.coefficients[by*c.across+bx]) && !d.bits.over()
	}
	var b [64]int32
	last, ok := d.block(c, &b)
	if !ok || d.bits.over() {
		return false
	}
	put(c.pix[by*d.n*c.stride+bx*d.n:], c.stride, d.n, &b, last)
	return true
}

// block reads a baseline block's coefficients. last is where the last one was.
func (d *decoder) block(c *component, out *[64]int32) (last int, ok bool) {
	b, q := &d.bits, c.table
	size, ok := b.symbol(c.dc)
	if !ok || size > 16 {
		return 0, false
	}
	c.prediction += b.extended(int(size))
	out[0] = c.prediction * int32(q[0])
	if d.n == 1 {
		if c.ac.skip == nil {
			c.ac.skip = c.ac.skips()
		}
		return 0, b.skip(c.ac)
	}
	acc, n, ac := b.acc, b.n, c.ac
	for k := 1; k < 64; k++ {
		if n < 32 {
			b.acc, b.n = acc, n
			b.fill()
			acc, n = b.acc, b.n
		}
		e := ac.look[acc>>(64-lookBits)]
		length := int(e & 31)
		if length == 0 {
			var symbol byte
			if symbol, length = ac.long(acc); length == 0 {
				return 0, false
			}
			e = entry(symbol, true)
		}
		acc <<= uint(length) & 63
		bits := uint(e>>5) & 15
		// The value's sign is the contrary of its first bit, and what follows is
		// one's complement if negative; without a branch, as it is anybody's guess.
		v := int32(acc>>1>>((63-bits)&63)) + (1-1<<bits)&^int32(int64(acc)>>63)
		acc <<= bits
		n -= length + int(bits)
		k += int(e >> 9)
		if bits != 0 && k < 64 {
			out[zigzag[k]] = v * int32(q[k])
			last = k
		}
	}
	b.acc, b.n = acc, n
	return last, true
}
