package bitstream

import "sett/streaming/probe/facts"

var vp9Spaces = [...]int{0: 2, 1: 5, 2: 1, 3: 6, 4: 7, 5: 9, 6: 2}

// VP9 fills s from a key frame.
func VP9(s *facts.Stream, packet []byte) bool {
	r := reader{b: packet}
	if r.read(2) != 2 {
		return false
	}
	profile := r.read(1) | r.read(1)<<1
	if profile == 3 {
		r.skip(1)
	}
	if r.flag() || r.flag() {
		return false // shows an older frame, or is no key frame
	}
	r.skip(2)
	if r.read(24) != 0x498342 {
		return false
	}
	depth, chroma := 8, 1
	if profile >= 2 {
		depth = 10 + int(r.read(1))*2
	}
	space := r.read(3)
	if space == 7 {
		return false // RGB
	}
	Range(s, r.flag())
	if profile == 1 || profile == 3 {
		x, y := r.flag(), r.flag()
		r.skip(1)
		switch {
		case !x && !y:
			chroma = 3
		case x && !y:
			chroma = 2
		default:
			return false
		}
	}
	s.Profile = "Profile " + string(rune('0'+profile))
	s.Width, s.Height = int(r.read(16)+1), int(r.read(16)+1)
	s.PixFmt, s.Refs, s.FieldOrder = pixels(chroma, depth), 1, "progressive"
	if m := vp9Spaces[space]; m != 2 {
		s.Space = name(spaces[:], m)
	}
	return !r.short
}

// VP8 fills s from a key frame.
func VP8(s *facts.Stream, packet []byte) bool {
	if len(packet) < 10 || packet[0]&1 != 0 || packet[3] != 0x9d || packet[4] != 1 || packet[5] != 0x2a {
		return false
	}
	s.Profile = string(rune('0' + packet[0]>>1&7))
	s.Width, s.Height = int(packet[6])|int(packet[7]&0x3f)<<8, int(packet[8])|int(packet[9]&0x3f)<<8
	s.PixFmt, s.Refs, s.FieldOrder = "yuv420p", 1, "progressive"
	return s.Width > 0 && s.Height > 0
}

// AV1 fills s from an AV1CodecConfigurationRecord and the first packet, either of
// which may be nil.
func AV1(s *facts.Stream, config, packet []byte) bool {
	v := av1{s: s}
	if len(config) > 4 && config[0] == 0x81 {
		v.obus(config[4:])
	}
	if len(packet) > 0 {
		v.obus(packet)
		s.FrameSeen = true
	}
	return v.have
}

type av1 struct {
	s    *facts.Stream
	have bool
}

func (v *av1) obus(b []byte) {
	for len(b) > 1 {
		kind, ext, sized := b[0]>>3&15, b[0]&4 != 0, b[0]&2 != 0
		b = b[1:]
		if ext {
			b = b[1:]
		}
		size := len(b)
		if sized {
			n, used := leb128(b)
			if used == 0 {
				return
			}
			b = b[used:]
			size = int(min(n, uint64(len(b))))
		}
		body := b[:size]
		b = b[size:]
		switch kind {
		case 1:
			if !v.have {
				v.have = v.sequence(body)
			}
		case 5:
			if n, used := leb128(body); used > 0 && n == 4 && isHDR10Plus(body[used:]) {
				v.s.SideData = append(v.s.SideData, facts.SideData{Type: facts.SideHDR10Plus})
			}
		case 3, 6:
			return // a frame; nothing after it is wanted
		}
	}
}

func leb128(b []byte) (v uint64, used int) {
	for i := 0; i < 8 && i < len(b); i++ {
		v |= uint64(b[i]&127) << (7 * i)
		if b[i] < 128 {
			return v, i + 1
		}
	}
	return 0, 0
}

func (v *av1) sequence(b []byte) bool {
	r := &reader{b: b}
	profile := int(r.read(3))
	r.skip(1)
	var level int
	var ok bool
	if reduced := r.flag(); reduced {
		level = int(r.read(5))
	} else if level, ok = av1Points(r); !ok {
		return false
	}
	w, h := int(r.read(4))+1, int(r.read(4))+1
	v.s.Width, v.s.Height = int(r.read(w))+1, int(r.read(h))+1
	if b[0]&8 == 0 { // not the reduced header of still pictures
		av1Tools(r)
	} else {
		r.skip(3)
	}
	r.skip(3)
	v.s.Level, v.s.Refs, v.s.FieldOrder = level, 1, "progressive"
	v.s.Profile = name([]string{"Main", "High", "Professional"}, profile)
	return av1Colour(v.s, r, profile) && !r.short && v.s.Profile != ""
}

// av1Points reads the operating points and returns the level of the first.
func av1Points(r *reader) (level int, ok bool) {
	model, modelBits := false, 0
	if r.flag() {
		r.skip(64)
		if r.flag() {
			r.ue()
		}
		if model = r.flag(); model {
			modelBits = int(r.read(5)) + 1
			r.skip(32 + 10)
		}
	}
	display := r.flag()
	for i := range int(r.read(5)) + 1 {
		r.skip(12)
		l := int(r.read(5))
		if i == 0 {
			level = l
		}
		if l > 7 {
			r.skip(1)
		}
		if model && r.flag() {
			r.skip(2*modelBits + 1)
		}
		if display && r.flag() {
			r.skip(4)
		}
	}
	return level, !r.short
}

func av1Tools(r *reader) {
	if r.flag() {
		r.skip(4 + 3)
	}
	r.skip(3) // superblocks, filter intra, intra edges
	r.skip(4) // compound tools
	hint := r.flag()
	if hint {
		r.skip(2)
	}
	screen := uint32(2)
	if !r.flag() {
		screen = r.read(1)
	}
	if screen > 0 && !r.flag() {
		r.skip(1)
	}
	if hint {
		r.skip(3)
	}
}

func av1Colour(s *facts.Stream, r *reader, profile int) bool {
	depth := 8
	if r.flag() {
		depth = 10
		if profile == 2 && r.flag() {
			depth = 12
		}
	}
	mono := profile != 1 && r.flag()
	prim, trans, matrix := 2, 2, 2
	if r.flag() {
		prim, trans, matrix = int(r.read(8)), int(r.read(8)), int(r.read(8))
	}
	chroma := 1
	switch {
	case mono:
		chroma = 0
		Range(s, r.flag())
	case prim == 1 && trans == 13 && matrix == 0:
		return false // RGB
	default:
		Range(s, r.flag())
		switch {
		case profile == 1:
			chroma = 3
		case profile == 2 && depth == 12:
			if !r.flag() {
				chroma = 3
			} else if !r.flag() {
				chroma = 2
			}
		case profile == 2:
			chroma = 2
		}
	}
	Colour(s, prim, trans, matrix)
	s.PixFmt = pixels(chroma, depth)
	return s.PixFmt != ""
}
