package bitstream

import (
	"encoding/binary"
	"strings"

	"sett/streaming/probe/facts"
)

// H264 fills s from an AVCDecoderConfigurationRecord and the first packet, either of
// which may be nil. Without the record the packet has start codes. It reports
// whether all there is to know was found.
func H264(s *facts.Stream, config, packet []byte) bool {
	var v avc
	size := 0
	s.IsAVC, s.NalLength = "false", "0"
	if len(config) >= 7 && config[0] == 1 {
		size = int(config[4]&3) + 1
		s.IsAVC, s.NalLength = "true", string(rune('0'+size))
		if !v.record(config) {
			return false
		}
	} else if len(config) > 0 {
		annexB(config, v.see)
	}
	units(packet, size, v.see)
	if !v.haveSPS || v.sps.short {
		return false
	}
	return v.describe(s)
}

// avc gathers what an H.264 stream's first units say.
type avc struct {
	sps     avcSPS
	haveSPS bool
	havePPS bool
	bottom  bool // of the picture parameter set: deltas for the bottom field
	slice   []byte
}

type avcSPS struct {
	profile, constraints, level int
	id                          uint32
	chroma, depth, chromaDepth  int
	separate                    bool
	frameNumBits, pocType       int
	pocBits                     int
	deltaAlwaysZero             bool
	refs                        int
	width, height               int
	progressive                 bool
	sar                         [2]int64
	signal, full, described     bool
	prim, trans, matrix         int
	ticks, scale                uint32
	short                       bool
}

func (v *avc) record(b []byte) bool {
	count, rest := int(b[5]&31), b[6:]
	for pass := range 2 {
		for range count {
			if len(rest) < 2 {
				return false
			}
			n := int(binary.BigEndian.Uint16(rest))
			if rest = rest[2:]; n > len(rest) {
				return false
			}
			if n > 0 {
				v.see(rest[:n])
			}
			rest = rest[n:]
		}
		if pass == 0 {
			if len(rest) == 0 {
				return true
			}
			count, rest = int(rest[0]), rest[1:]
		}
	}
	return true
}

func (v *avc) see(nal []byte) bool {
	switch nal[0] & 31 {
	case 7:
		if !v.haveSPS && len(nal) > 4 {
			v.sps = parseAVCSPS(nal)
			v.haveSPS = !v.sps.short
		}
	case 8:
		if !v.havePPS && len(nal) > 1 {
			r := reader{b: unescape(nal[1:min(len(nal), 32)])}
			r.ue()
			r.ue()
			r.skip(1)
			v.bottom, v.havePPS = r.flag(), true
		}
	case 1, 5:
		v.slice = nal
		return false
	}
	return true
}

func parseAVCSPS(nal []byte) avcSPS {
	r := reader{b: unescape(nal[1:])}
	p := avcSPS{chroma: 1, depth: 8, chromaDepth: 8, matrix: 2, prim: 2, trans: 2}
	p.profile, p.constraints, p.level = int(r.read(8)), int(r.read(8)), int(r.read(8))
	p.id = r.ue()
	switch p.profile {
	case 100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135:
		p.high(&r)
	}
	p.frameNumBits = int(r.ue()) + 4
	p.pocType = int(r.ue())
	switch p.pocType {
	case 0:
		p.pocBits = int(r.ue()) + 4
	case 1:
		p.deltaAlwaysZero = r.flag()
		r.se()
		r.se()
		for range min(r.ue(), 255) {
			r.se()
		}
	}
	p.refs = int(min(r.ue(), 64))
	r.skip(1)
	p.picture(&r)
	p.short = r.short || p.width <= 0 || p.height <= 0 || p.frameNumBits > 16 || p.pocBits > 16 || p.refs > 16
	if !p.short && r.flag() {
		p.usability(&r)
	}
	return p
}

func (p *avcSPS) high(r *reader) {
	p.chroma = int(r.ue() & 3)
	if p.chroma == 3 {
		p.separate = r.flag()
	}
	p.depth, p.chromaDepth = 8+int(r.ue()&7), 8+int(r.ue()&7)
	r.skip(1)
	if !r.flag() {
		return
	}
	lists := 8
	if p.chroma == 3 {
		lists = 12
	}
	for i := range lists {
		if !r.flag() {
			continue
		}
		size, last, next := 16, int32(8), int32(8)
		if i >= 6 {
			size = 64
		}
		for range size {
			if next != 0 {
				next = (last + r.se()) & 255
			}
			if next != 0 {
				last = next
			}
		}
	}
}

func (p *avcSPS) picture(r *reader) {
	w, h := int(r.ue()&0xffff)+1, int(r.ue()&0xffff)+1
	fields := 2
	if p.progressive = r.flag(); p.progressive {
		fields = 1
	} else {
		r.skip(1)
	}
	p.width, p.height = w*16, h*16*fields
	r.skip(1)
	if !r.flag() {
		return
	}
	left, right, top, bottom := int(r.ue()&0xffff), int(r.ue()&0xffff), int(r.ue()&0xffff), int(r.ue()&0xffff)
	x, y := 1, fields
	if p.chroma == 1 || p.chroma == 2 {
		x = 2
	}
	if p.chroma == 1 {
		y *= 2
	}
	p.width -= (left + right) * x
	p.height -= (top + bottom) * y
}

func (p *avcSPS) usability(r *reader) {
	p.sar = readShape(r)
	if r.flag() {
		r.skip(1)
	}
	if p.signal = r.flag(); p.signal {
		r.skip(3)
		p.full = r.flag()
		if p.described = r.flag(); p.described {
			p.prim, p.trans, p.matrix = int(r.read(8)), int(r.read(8)), int(r.read(8))
		}
	}
	if r.flag() {
		r.ue()
		r.ue()
	}
	if r.flag() {
		p.ticks, p.scale = r.read(32), r.read(32)
	}
}

func readShape(r *reader) [2]int64 {
	if !r.flag() {
		return [2]int64{}
	}
	n := r.read(8)
	if n == 255 {
		return [2]int64{int64(r.read(16)), int64(r.read(16))}
	}
	if int(n) < len(sampleShapes) {
		return sampleShapes[n]
	}
	return [2]int64{}
}

func (v *avc) describe(s *facts.Stream) bool {
	p := &v.sps
	s.Profile, s.Level, s.Refs = avcProfile(p.profile, p.constraints), p.level, p.refs
	s.Width, s.Height = p.width, p.height
	s.RawBits = facts.Int(int64(p.depth))
	if p.chromaDepth != p.depth && p.chroma != 0 {
		return false
	}
	if p.signal {
		Range(s, p.full)
		if p.described {
			Colour(s, p.prim, p.trans, p.matrix)
		}
	}
	s.PixFmt = pixels(p.chroma, p.depth)
	if p.chroma == 3 && p.described && p.matrix == 0 {
		return false // RGB
	}
	if s.PixFmt == "" {
		return false
	}
	if s.Range == "pc" && p.depth == 8 && p.chroma > 0 {
		s.PixFmt = strings.Replace(s.PixFmt, "yuv", "yuvj", 1)
	}
	if s.SAR == "" {
		s.Shape(p.sar[0], p.sar[1])
	}
	if s.AvgRate == "" && p.ticks > 0 && p.scale > 0 {
		s.AvgRate = facts.Rate(int64(p.scale), 2*int64(p.ticks))
	}
	return v.fieldOrder(s)
}

// fieldOrder tells frames from fields, which takes the head of a slice where the
// sequence allows both.
func (v *avc) fieldOrder(s *facts.Stream) bool {
	p := &v.sps
	s.FieldOrder = "progressive"
	if p.progressive {
		return true
	}
	if v.slice == nil || !v.havePPS || p.pocType != 0 {
		return false
	}
	r := reader{b: unescape(v.slice[1:min(len(v.slice), 64)])}
	r.ue()
	r.ue()
	r.ue()
	if p.separate {
		r.skip(2)
	}
	r.skip(p.frameNumBits)
	if r.flag() {
		s.FieldOrder = "tt"
		if r.flag() {
			s.FieldOrder = "bb"
		}
		return !r.short
	}
	if v.slice[0]&31 == 5 {
		r.ue()
	}
	r.skip(p.pocBits)
	delta := int32(0)
	if v.bottom {
		delta = r.se()
	}
	switch {
	case delta > 0:
		s.FieldOrder = "tt"
	case delta < 0:
		s.FieldOrder = "bb"
	}
	return !r.short
}

func avcProfile(profile, constraints int) string {
	intra := constraints&0x10 != 0
	pick := func(name string) string {
		if intra {
			return name + " Intra"
		}
		return name
	}
	switch profile {
	case 66:
		if constraints&0x40 != 0 {
			return "Constrained Baseline"
		}
		return "Baseline"
	case 77:
		return "Main"
	case 88:
		return "Extended"
	case 100:
		return "High"
	case 110:
		return pick("High 10")
	case 122:
		return pick("High 4:2:2")
	case 244:
		if intra {
			return "High 4:4:4 Intra"
		}
		return "High 4:4:4 Predictive"
	case 144:
		return "High 4:4:4"
	case 44:
		return "CAVLC 4:4:4 Intra"
	case 118:
		return "Multiview High"
	case 128:
		return "Stereo High"
	}
	return ""
}
