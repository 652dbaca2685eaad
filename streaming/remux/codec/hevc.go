package codec

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"strings"
)

// HVCC reads an HEVCDecoderConfigurationRecord.
func HVCC(b []byte) (sets ParameterSets, lengthSize int, ok bool) {
	if len(b) < 23 || b[0] > 1 {
		return sets, 0, false
	}
	lengthSize = int(b[21]&3) + 1
	arrays, rest := int(b[22]), b[23:]
	for range arrays {
		if len(rest) < 3 {
			return sets, lengthSize, false
		}
		var list [][]byte
		kind := rest[0] & 63
		if list, rest, ok = units(rest[3:], int(binary.BigEndian.Uint16(rest[1:]))); !ok {
			return sets, lengthSize, false
		}
		switch kind {
		case hevcVPS:
			sets.VPS = append(sets.VPS, list...)
		case hevcSPS:
			sets.SPS = append(sets.SPS, list...)
		case hevcPPS:
			sets.PPS = append(sets.PPS, list...)
		}
	}
	return sets, lengthSize, true
}

// MakeHVCC writes an HEVCDecoderConfigurationRecord with lengths of 4 bytes.
func MakeHVCC(sets ParameterSets) ([]byte, bool) {
	if !sets.Complete("hevc") {
		return nil, false
	}
	s, profile, ok := parseHEVC(sets.SPS[0])
	if !ok {
		return nil, false
	}
	b := append([]byte{1}, profile[:]...)
	b = append(b, 0xf0, 0, 0xfc, 0xfc|byte(s.ChromaIDC), 0xf8|byte(s.BitDepth-8), 0xf8|byte(s.BitDepth-8), 0, 0)
	b = append(b, 0x0f, 3) // one temporal layer and nesting as they may be; lengths of 4
	for i, list := range [][][]byte{sets.VPS, sets.SPS, sets.PPS} {
		b = append(b, 0x80|byte(hevcVPS+i), 0, byte(len(list)))
		b = appendUnits(b, list)
	}
	return b, true
}

// ParseHEVCSPS reads an HEVC sequence parameter set.
func ParseHEVCSPS(nal []byte) (SPS, bool) {
	s, _, ok := parseHEVC(nal)
	return s, ok
}

// parseHEVC also returns the 12 bytes of general profile, tier and level.
func parseHEVC(nal []byte) (s SPS, profile [12]byte, ok bool) {
	if len(nal) < 15 {
		return s, profile, false
	}
	b := unescape(nal[2:])
	if len(b) < 13 {
		return s, profile, false
	}
	copy(profile[:], b[1:13])
	r := &bitReader{b: b}
	r.skip(4)
	layers := int(r.read(3))
	r.skip(1 + 96)
	skipSubLayers(r, layers)
	r.ue()
	s.ChromaIDC = int(r.ue() & 3)
	if s.ChromaIDC == 3 {
		r.skip(1)
	}
	s.Width, s.Height = int(r.ue()&0xffff), int(r.ue()&0xffff)
	if r.flag() {
		left, right, top, bottom := int(r.ue()), int(r.ue()), int(r.ue()), int(r.ue())
		x, y := 1, 1
		if s.ChromaIDC == 1 || s.ChromaIDC == 2 {
			x = 2
		}
		if s.ChromaIDC == 1 {
			y = 2
		}
		s.Width -= (left + right) * x
		s.Height -= (top + bottom) * y
	}
	s.BitDepth = 8 + int(r.ue()&15)
	r.ue()
	r.ue() // log2_max_poc
	first := layers
	if r.flag() {
		first = 0
	}
	for i := first; i <= layers; i++ {
		r.ue()
		s.Reorder = int(r.ue() & 31)
		r.ue()
	}
	return s, profile, !r.short && s.Width > 0 && s.Height > 0
}

func skipSubLayers(r *bitReader, layers int) {
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

// hevcName is the part of the RFC 6381 name after the sample entry's.
func hevcName(c []byte) string {
	if len(c) < 13 {
		return ""
	}
	var b strings.Builder
	if space := c[1] >> 6; space > 0 {
		b.WriteByte('A' + space - 1)
	}
	tier := "L"
	if c[1]&0x20 != 0 {
		tier = "H"
	}
	fmt.Fprintf(&b, "%d.%X.%s%d", c[1]&31, bits.Reverse32(binary.BigEndian.Uint32(c[2:])), tier, c[12])
	end := 12
	for end > 6 && c[end-1] == 0 {
		end--
	}
	for _, x := range c[6:end] {
		fmt.Fprintf(&b, ".%X", x)
	}
	return b.String()
}
