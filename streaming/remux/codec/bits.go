// Package codec reads what the heads of coded streams say: parameter sets, frame
// headers, decoder configurations. From these come MP4's configuration boxes, the
// names of RFC 6381, and the length of audio packets. It decodes nothing.
package codec

// bitReader reads big-endian bits. Past the end it reads zeros and says so in short.
type bitReader struct {
	b     []byte
	at    int // in bits
	short bool
}

func (r *bitReader) read(n int) uint32 {
	var v uint32
	for range n {
		v <<= 1
		if i := r.at >> 3; i < len(r.b) {
			v |= uint32(r.b[i]>>(7-r.at&7)) & 1
		} else {
			r.short = true
		}
		r.at++
	}
	return v
}

func (r *bitReader) flag() bool { return r.read(1) == 1 }

func (r *bitReader) skip(n int) {
	r.at += n
	if r.at > len(r.b)*8 {
		r.short = true
	}
}

// ue reads an unsigned Exp-Golomb number, and se a signed one.
func (r *bitReader) ue() uint32 {
	zeros := 0
	for !r.flag() {
		if zeros++; zeros > 31 || r.short {
			r.short = true
			return 0
		}
	}
	return 1<<zeros - 1 + r.read(zeros)
}

func (r *bitReader) se() int32 {
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
