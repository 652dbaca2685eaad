package image

// rows gives a source's rows in turn, as interleaved bytes.
type rows func(y int) []byte

// shrink returns p at w×h. Every source pixel counts by the area it covers, which
// keeps fine detail from flickering as sampling does not.
func (p plane) shrink(w, h int) plane {
	if w == p.w && h == p.h {
		return p
	}
	return average(p.row, p.w, p.h, p.n, w, h)
}

// span is the source pixels from first on that make one pixel, and the weight of
// each; the weights add up to one.
type span struct {
	first   int
	weights []uint32
}

const one = 1 << 12

func spans(out, in int) []span {
	s := make([]span, out)
	pool := make([]uint32, 0, in+2*out)
	for i := range s {
		from := len(pool)
		// In units of 1/out of a source pixel.
		lo, hi := i*in, (i+1)*in
		if out > in { // a colour plane may be too small already
			pool = append(pool, one)
			s[i] = span{min(i*in/out, in-1), pool[from:]}
			continue
		}
		first, last := lo/out, (hi-1)/out
		rest := uint32(one)
		for p := first; p <= last; p++ {
			covered := min(hi, (p+1)*out) - max(lo, p*out)
			w := uint32(covered * one / in)
			pool = append(pool, w)
			rest -= w
		}
		w := pool[from:]
		w[len(w)/2] += rest
		s[i] = span{first, w}
	}
	return s
}

// average shrinks sw×sh pixels of n channels: each source row across, then added to
// the rows below it.
func average(src rows, sw, sh, n, dw, dh int) plane {
	dst := newPlane(dw, dh, n)
	across, down := spans(dw, sw), spans(dh, sh)
	row := make([]uint32, dw*n)
	sum := make([]uint32, dw*n)
	ready := -1 // source row that is in row
	for y, v := range down {
		clear(sum)
		for k, weight := range v.weights {
			if at := v.first + k; at != ready {
				squeeze(row, src(at), across, n)
				ready = at
			}
			for i, p := range row[:len(sum)] {
				sum[i] += p * weight >> 4
			}
		}
		line := dst.row(y)
		for i, p := range sum[:len(line)] {
			line[i] = byte(min(255, (p+1<<15)>>16))
		}
	}
	return dst
}

// squeeze makes one row narrower. Its values have 8 more bits than a byte.
func squeeze(row []uint32, src []byte, across []span, n int) {
	if n == 1 {
		for x, s := range across {
			var v uint32
			part := src[s.first:][:len(s.weights)]
			for k, weight := range s.weights {
				v += uint32(part[k]) * weight
			}
			row[x] = v >> 4
		}
		return
	}
	for x, s := range across {
		var r, g, b, a uint32
		part := src[s.first*4:][:len(s.weights)*4]
		for k, weight := range s.weights {
			px := part[4*k:][:4]
			r, g = r+uint32(px[0])*weight, g+uint32(px[1])*weight
			b, a = b+uint32(px[2])*weight, a+uint32(px[3])*weight
		}
		out := row[4*x:][:4]
		out[0], out[1], out[2], out[3] = r>>4, g>>4, b>>4, a>>4
	}
}
