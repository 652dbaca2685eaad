package bitstream

import (
	"encoding/binary"
	"strings"

	"sett/streaming/probe/facts"
)

// HEVC fills s from an HEVCDecoderConfigurationRecord and the first packet, either of
// which may be nil. Without the record the packet has start codes. It reports
// whether all there is to know was found.
func HEVC(s *facts.Stream, config, packet []byte) bool {
	v := hevc{s: s}
	size := 0
	if len(config) >= 23 && config[0] <= 1 && (config[0] == 1 || config[1] != 0 || config[2] > 1) {
		size = int(config[21]&3) + 1
		if !v.record(config) {
			return false
		}
	} else if len(config) > 0 {
		annexB(config, v.see)
	}
	units(packet, size, v.see)
	if !v.have {
		return false
	}
	if v.transfer > 0 {
		s.Transfer = name(transfers[:], v.transfer)
	}
	s.FrameSeen = v.slice
	if v.hdr10plus {
		s.SideData = append(s.SideData, facts.SideData{Type: facts.SideHDR10Plus})
	}
	return v.clear
}

// hevc gathers what an HEVC stream's first units say.
type hevc struct {
	s         *facts.Stream
	have      bool // a sequence parameter set
	clear     bool // which left no question
	slice     bool
	hdr10plus bool
	transfer  int
}

func (v *hevc) record(b []byte) bool {
	arrays, rest := int(b[22]), b[23:]
	for range arrays {
		if len(rest) < 3 {
			return false
		}
		count := int(binary.BigEndian.Uint16(rest[1:]))
		rest = rest[3:]
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
	}
	return true
}

func (v *hevc) see(nal []byte) bool {
	if len(nal) < 3 || nal[0]&1 != 0 || nal[1]>>3 != 0 {
		return true // of a layer that is not the base
	}
	switch t := nal[0] >> 1 & 63; {
	case t == 33 && !v.have:
		p := parseHEVCSPS(nal)
		if v.have = !p.short; v.have {
			v.clear = p.describe(v.s)
		}
	case t == 39:
		v.messages(unescape(nal[2:min(len(nal), 4096)]))
	case t < 32:
		v.slice = true
		return false
	}
	return true
}

// messages looks for the two kinds of supplemental information that matter:
// HDR10+, and the transfer function that older televisions were not to see.
func (v *hevc) messages(b []byte) {
	for len(b) > 2 {
		var kind, size int
		for _, p := range []*int{&kind, &size} {
			for len(b) > 0 && b[0] == 255 {
				*p += 255
				b = b[1:]
			}
			if len(b) == 0 {
				return
			}
			*p += int(b[0])
			b = b[1:]
		}
		if size > len(b) {
			return
		}
		switch {
		case kind == 147 && size >= 1:
			v.transfer = int(b[0])
		case kind == 4 && isHDR10Plus(b[:size]):
			v.hdr10plus = true
		}
		b = b[size:]
	}
}

// isHDR10Plus knows the registered user data of SMPTE 2094-40.
func isHDR10Plus(b []byte) bool {
	return len(b) >= 7 && b[0] == 0xb5 && b[1] == 0 && b[2] == 0x3c && b[3] == 0 && b[4] == 1 && b[5] == 4 && b[6] <= 1
}

type hevcSPS struct {
	profile, level           int
	compat                   uint32
	chroma, depth, chromaBit int
	separate                 bool
	width, height            int
	sar                      [2]int64
	signal, full, described  bool
	prim, trans, matrix      int
	fields                   bool
	ticks, scale             uint32
	short                    bool
}

func parseHEVCSPS(nal []byte) hevcSPS {
	r := &reader{b: unescape(nal[2:])}
	p := hevcSPS{prim: 2, trans: 2, matrix: 2}
	r.skip(4)
	layers := int(r.read(3))
	r.skip(1)
	p.profileTierLevel(r, layers)
	r.ue()
	if p.chroma = int(r.ue() & 3); p.chroma == 3 {
		p.separate = r.flag()
	}
	p.width, p.height = int(r.ue()&0xffff), int(r.ue()&0xffff)
	if r.flag() {
		left, right, top, bottom := int(r.ue()&0xffff), int(r.ue()&0xffff), int(r.ue()&0xffff), int(r.ue()&0xffff)
		x, y := 1, 1
		if p.chroma == 1 || p.chroma == 2 {
			x = 2
		}
		if p.chroma == 1 {
			y = 2
		}
		p.width -= (left + right) * x
		p.height -= (top + bottom) * y
	}
	p.depth, p.chromaBit = 8+int(r.ue()&15), 8+int(r.ue()&15)
	pocBits := int(r.ue()&15) + 4
	first := layers
	if r.flag() {
		first = 0
	}
	for i := first; i <= layers; i++ {
		r.ue()
		r.ue()
		r.ue()
	}
	p.short = r.short || p.width <= 0 || p.height <= 0
	if !p.short && p.tools(r, pocBits) {
		if r.flag() {
			p.usability(r)
		}
		p.short = r.short
	}
	return p
}

func (p *hevcSPS) profileTierLevel(r *reader, layers int) {
	r.skip(3)
	p.profile = int(r.read(5))
	p.compat = r.read(32)
	r.skip(48)
	p.level = int(r.read(8))
	var profile, level [8]bool
	for i := range layers {
		profile[i], level[i] = r.flag(), r.flag()
	}
	if layers > 0 {
		r.skip(2 * (8 - layers))
	}
	for i := range layers {
		if profile[i] {
			r.skip(88)
		}
		if level[i] {
			r.skip(8)
		}
	}
}

// tools reads over the coding tools, up to the usability information.
func (p *hevcSPS) tools(r *reader, pocBits int) bool {
	for range 6 {
		r.ue()
	}
	if r.flag() && r.flag() {
		skipHEVCLists(r)
	}
	r.skip(2)
	if r.flag() {
		r.skip(8)
		r.ue()
		r.ue()
		r.skip(1)
	}
	if !skipRefSets(r) {
		return false
	}
	if r.flag() {
		for range min(r.ue(), 32) {
			r.skip(pocBits + 1)
		}
	}
	r.skip(2)
	return !r.short
}

func skipHEVCLists(r *reader) {
	for size := range 4 {
		step := 1
		if size == 3 {
			step = 3
		}
		for m := 0; m < 6; m += step {
			if !r.flag() {
				r.ue()
				continue
			}
			if size > 1 {
				r.se()
			}
			for range min(64, 1<<(4+size*2)) {
				r.se()
			}
		}
	}
}

// skipRefSets reads over the short-term reference picture sets.
func skipRefSets(r *reader) bool {
	n := int(r.ue())
	if n > 64 {
		return false
	}
	prev := 0
	for i := range n {
		if i > 0 && r.flag() {
			r.skip(1)
			r.ue()
			count := 0
			for range prev + 1 {
				used := r.flag()
				if used || r.flag() {
					count++
				}
			}
			prev = count
			continue
		}
		neg, pos := int(r.ue()), int(r.ue())
		if neg > 16 || pos > 16 {
			return false
		}
		for range neg + pos {
			r.ue()
			r.skip(1)
		}
		prev = neg + pos
	}
	return !r.short
}

func (p *hevcSPS) usability(r *reader) {
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
	r.skip(1)
	p.fields = r.flag()
	r.skip(1)
	if r.flag() {
		for range 4 {
			r.ue()
		}
	}
	if r.flag() {
		p.ticks, p.scale = r.read(32), r.read(32)
	}
}

func (p *hevcSPS) describe(s *facts.Stream) bool {
	profile := p.profile
	for i := 1; profile == 0 && i <= 4; i++ {
		if p.compat>>(31-i)&1 == 1 {
			profile = i
		}
	}
	switch profile {
	case 1:
		s.Profile = "Main"
	case 2:
		s.Profile = "Main 10"
	case 3:
		s.Profile = "Main Still Picture"
	case 4:
		s.Profile = "Rext"
	default:
		return false
	}
	s.Level, s.Refs, s.FieldOrder = p.level, 1, "progressive"
	s.Width, s.Height = p.width, p.height
	s.PixFmt = pixels(p.chroma, p.depth)
	Range(s, p.signal && p.full)
	Colour(s, p.prim, p.trans, p.matrix)
	if s.Range == "pc" && s.PixFmt == "yuv420p" {
		s.PixFmt = strings.Replace(s.PixFmt, "yuv", "yuvj", 1)
	}
	if s.SAR == "" {
		s.Shape(p.sar[0], p.sar[1])
	}
	if s.AvgRate == "" && p.ticks > 0 && p.scale > 0 {
		s.AvgRate = facts.Rate(int64(p.scale), int64(p.ticks))
	}
	rgb := p.chroma == 3 && p.described && p.matrix == 0
	return s.PixFmt != "" && !p.separate && !p.fields && !rgb && (p.chromaBit == p.depth || p.chroma == 0)
}
