// Package bitstream reads what the heads of coded streams say about picture and
// sound: parameter sets, sequence and frame headers, decoder configurations, and the
// headers of still pictures. It fills a facts.Stream as ffprobe would, and decodes
// nothing. Where to find those heads in a container is not its business.
package bitstream

// reader reads big-endian bits. Past the end it reads zeros and says so in short.
type reader struct {
	b     []byte
	at    int // in bits
	short bool
}

func (r *reader) read(n int) uint32 {
	var v uint32
	for n > 0 {
		i := r.at >> 3
		if i >= len(r.b) {
			r.short = true
			r.at += n
			return v << n
		}
		left := 8 - r.at&7
		take := min(left, n)
		v = v<<take | uint32(r.b[i])>>(left-take)&(1<<take-1)
		r.at += take
		n -= take
	}
	return v
}

func (r *reader) flag() bool { return r.read(1) == 1 }

func (r *reader) skip(n int) {
	r.at += n
	if r.at > len(r.b)*8 {
		r.short = true
	}
}

// ue reads an unsigned Exp-Golomb number, and se a signed one.
func (r *reader) ue() uint32 {
	zeros := 0
	for !r.flag() {
		if zeros++; zeros > 31 || r.short {
			r.short = true
			return 0
		}
	}
	return 1<<zeros - 1 + r.read(zeros)
}

func (r *reader) se() int32 {
	v := r.ue()
	if v&1 == 1 {
		return int32(v/2) + 1
	}
	return -int32(v / 2)
}

// unescape removes the emulation prevention bytes of a NAL unit.
func unescape(nal []byte) []byte {
	out := make([]byte, 0, len(nal))
	zeros := 0
	for _, c := range nal {
		if zeros >= 2 && c == 3 {
			zeros = 0
			continue
		}
		if c == 0 {
			zeros++
		} else {
			zeros = 0
		}
		out = append(out, c)
	}
	return out
}

// units splits the NAL units of a packet: length-prefixed where size is 1 to 4,
// with start codes where it is 0. The last may be cut off, which is how packets
// come that were read in part.
func units(b []byte, size int, visit func(nal []byte) bool) {
	if size == 0 {
		annexB(b, visit)
		return
	}
	for len(b) > size {
		n := 0
		for _, c := range b[:size] {
			n = n<<8 | int(c)
		}
		b = b[size:]
		if n < 0 || n > len(b) {
			n = len(b)
		}
		if n > 0 && !visit(b[:n]) {
			return
		}
		b = b[n:]
	}
}

func annexB(b []byte, visit func(nal []byte) bool) {
	start := -1
	for i := 0; i+2 < len(b); i++ {
		if b[i+2] > 1 {
			i += 2
			continue
		}
		if b[i] != 0 || b[i+1] != 0 || b[i+2] != 1 {
			continue
		}
		if start >= 0 && start < i && !visit(trim(b[start:i])) {
			return
		}
		start = i + 3
		i += 2
	}
	if start >= 0 && start < len(b) {
		visit(b[start:])
	}
}

func trim(b []byte) []byte {
	for len(b) > 1 && b[len(b)-1] == 0 {
		b = b[:len(b)-1]
	}
	return b
}
