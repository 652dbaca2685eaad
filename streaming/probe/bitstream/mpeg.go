package bitstream

import "sett/streaming/probe/facts"

var mpegRates = [...][2]int64{
	1: {24000, 1001}, {24, 1}, {25, 1}, {30000, 1001}, {30, 1}, {50, 1}, {60000, 1001}, {60, 1},
}

// mpegShapes are MPEG-2's display aspect ratios, by number.
var mpegShapes = [...][2]int64{2: {4, 3}, {16, 9}, {221, 100}}

var mpeg2Profiles = [...]string{0: "4:2:2", 1: "High", 2: "Spatially Scalable", 3: "SNR Scalable", 4: "Main", 5: "Simple"}

// MPEG2 fills s from a stream that begins with a sequence header, and reports
// whether it is MPEG-2.
func MPEG2(s *facts.Stream, b []byte) bool {
	var v mpeg2
	annexB(b, v.see)
	if !v.sequence || !v.extended || v.low || !v.picture {
		return false
	}
	s.Width, s.Height = v.width, v.height
	if v.profile >= len(mpeg2Profiles) || v.chroma < 1 || v.chroma > 3 {
		return false
	}
	s.Profile, s.Level, s.Refs = mpeg2Profiles[v.profile], v.level, 1
	s.PixFmt = pixels(v.chroma, 8)
	s.Range = "tv"
	if v.described {
		Colour(s, v.prim, v.trans, v.matrix)
	}
	switch {
	case v.shape == 1:
		s.Shape(1, 1)
	case v.shape < len(mpegShapes) && v.shape > 1:
		s.Shape(mpegShapes[v.shape][0]*int64(v.height), mpegShapes[v.shape][1]*int64(v.width))
	}
	s.FieldOrder = "progressive"
	if !v.progressive {
		switch {
		case v.fieldPicture:
			return false
		case v.progressiveFrame:
		case v.topFirst:
			s.FieldOrder = "tt"
		default:
			s.FieldOrder = "bb"
		}
	}
	if v.rate <= 0 || v.rate >= len(mpegRates) {
		return false
	}
	n, d := mpegRates[v.rate][0]*int64(v.rateNum+1), mpegRates[v.rate][1]*int64(v.rateDen+1)
	s.AvgRate = facts.Rate(n, d)
	s.RFrameRate = s.AvgRate
	return true
}

type mpeg2 struct {
	sequence, extended, picture, described, low bool
	width, height, shape, rate                  int
	rateNum, rateDen                            int
	profile, level, chroma                      int
	prim, trans, matrix                         int
	bitrate                                     int64
	progressive, progressiveFrame, topFirst     bool
	fieldPicture                                bool
}

func (v *mpeg2) see(unit []byte) bool {
	r := reader{b: unit[1:]}
	switch code := unit[0]; {
	case code == 0xb3 && !v.sequence:
		v.width, v.height = int(r.read(12)), int(r.read(12))
		v.shape, v.rate = int(r.read(4)), int(r.read(4))
		v.bitrate = int64(r.read(18)) * 400
		v.sequence = !r.short && v.width > 0 && v.height > 0
	case code == 0xb5 && v.sequence:
		v.extension(&r)
	case code >= 1 && code <= 0xaf:
		return false
	}
	return true
}

func (v *mpeg2) extension(r *reader) {
	switch r.read(4) {
	case 1:
		v.extended = true
		r.skip(1) // the profile's escape
		v.profile, v.level = int(r.read(3)), int(r.read(4))
		v.progressive = r.flag()
		v.chroma = int(r.read(2))
		v.width |= int(r.read(2)) << 12
		v.height |= int(r.read(2)) << 12
		r.skip(12 + 1 + 8)
		v.low = r.flag()
		v.rateNum, v.rateDen = int(r.read(2)), int(r.read(5))
	case 2:
		r.skip(3)
		if v.described = r.flag(); v.described {
			v.prim, v.trans, v.matrix = int(r.read(8)), int(r.read(8)), int(r.read(8))
		}
	case 8:
		r.skip(16 + 2)
		v.fieldPicture = r.read(2) != 3
		v.topFirst = r.flag()
		r.skip(6)
		v.progressiveFrame = r.flag()
		v.picture = true
	}
}

var mpeg4Shapes = [...][2]int64{1: {1, 1}, {12, 11}, {10, 11}, {16, 11}, {40, 33}}

// MPEG4 fills s from the object layer header of MPEG-4 part 2 (DivX, Xvid), in the
// configuration or at the beginning of the first packet.
func MPEG4(s *facts.Stream, config, packet []byte) bool {
	v := mpeg4{s: s}
	annexB(config, v.see)
	annexB(packet, v.see)
	return v.have && v.clear
}

type mpeg4 struct {
	s           *facts.Stream
	have, clear bool
	known       bool // profile and level
}

func (v *mpeg4) see(unit []byte) bool {
	switch code := unit[0]; {
	case code == 0xb0 && len(unit) > 1 && !v.known:
		v.known = true
		v.s.Profile, v.s.Level = mpeg4Profile(unit[1])
	case code >= 0x20 && code <= 0x2f && !v.have:
		v.have = true
		v.clear = v.layer(&reader{b: unit[1:]})
	case code == 0xb6:
		return false
	}
	return true
}

func mpeg4Profile(b byte) (string, int) {
	switch p, l := b>>4, int(b&15); {
	case p == 0:
		if l == 8 {
			l = 0
		}
		return "Simple Profile", l
	case p == 15:
		if l == 8 {
			l = 0
		}
		return "Advanced Simple Profile", l
	}
	return "", int(b & 15)
}

func (v *mpeg4) layer(r *reader) bool {
	r.skip(1 + 8)
	version := uint32(1)
	if r.flag() {
		version = r.read(4)
		r.skip(3)
	}
	shape := [2]int64{}
	if n := r.read(4); n == 15 {
		shape = [2]int64{int64(r.read(8)), int64(r.read(8))}
	} else if int(n) < len(mpeg4Shapes) {
		shape = mpeg4Shapes[n]
	}
	if r.flag() {
		if r.read(2) != 1 {
			return false
		}
		r.skip(1)
		if r.flag() {
			r.skip(79)
		}
	}
	if r.read(2) != 0 {
		return false // not a rectangle
	}
	r.skip(1)
	resolution := r.read(16)
	if resolution == 0 {
		return false
	}
	r.skip(1)
	if r.flag() {
		n := 1
		for ; 1<<n < int(resolution); n++ {
		}
		r.skip(n)
	}
	r.skip(1)
	w := int(r.read(13))
	r.skip(1)
	h := int(r.read(13))
	r.skip(1)
	interlaced := r.flag()
	r.skip(1)
	if version == 1 {
		r.skip(1)
	} else {
		r.skip(2)
	}
	if r.short || w == 0 || h == 0 {
		return false
	}
	v.s.Width, v.s.Height = w, h
	v.s.PixFmt, v.s.Refs = "yuv420p", 1
	if v.s.SAR == "" {
		v.s.Shape(shape[0], shape[1])
	}
	return !interlaced
}
