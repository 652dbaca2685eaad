package codec

import (
	"encoding/binary"
	"fmt"
)

// SPS is what a sequence parameter set of H.264 or HEVC says.
type SPS struct {
	Width, Height int // as shown
	Reorder       int // pictures that may precede one in decoding and follow it in showing; -1: not said
	References    int // pictures that others may refer to, of H.264
	BitDepth      int
	ChromaIDC     int
}

// AVCC reads an AVCDecoderConfigurationRecord.
func AVCC(b []byte) (sets ParameterSets, lengthSize int, ok bool) {
	if len(b) < 7 || b[0] != 1 {
		return sets, 0, false
	}
	lengthSize = int(b[4]&3) + 1
	count, rest := int(b[5]&31), b[6:]
	if sets.SPS, rest, ok = units(rest, count); !ok || len(rest) < 1 {
		return sets, lengthSize, ok && count == 0
	}
	sets.PPS, _, ok = units(rest[1:], int(rest[0]))
	return sets, lengthSize, ok
}

func units(b []byte, count int) (list [][]byte, rest []byte, ok bool) {
	for range count {
		if len(b) < 2 {
			return list, b, false
		}
		n := int(binary.BigEndian.Uint16(b))
		if b = b[2:]; n > len(b) {
			return list, b, false
		}
		if n > 0 {
			list = append(list, b[:n])
		}
		b = b[n:]
	}
	return list, b, true
}

// MakeAVCC writes an AVCDecoderConfigurationRecord with lengths of 4 bytes.
func MakeAVCC(sets ParameterSets) ([]byte, bool) {
	if !sets.Complete("h264") || len(sets.SPS[0]) < 4 {
		return nil, false
	}
	sps := sets.SPS[0]
	b := []byte{1, sps[1], sps[2], sps[3], 0xff, 0xe0 | byte(len(sets.SPS))}
	b = appendUnits(b, sets.SPS)
	b = append(b, byte(len(sets.PPS)))
	b = appendUnits(b, sets.PPS)
	if highProfile(sps[1]) {
		s, _ := ParseAVCSPS(sps)
		b = append(b, 0xfc|byte(s.ChromaIDC), 0xf8|byte(s.BitDepth-8), 0xf8|byte(s.BitDepth-8), 0)
	}
	return b, true
}

func appendUnits(b []byte, list [][]byte) []byte {
	for _, u := range list {
		b = binary.BigEndian.AppendUint16(b, uint16(len(u)))
		b = append(b, u...)
	}
	return b
}

func highProfile(p byte) bool {
	switch p {
	case 100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135:
		return true
	}
	return false
}

// ParseAVCSPS reads an H.264 sequence parameter set.
func ParseAVCSPS(nal []byte) (SPS, bool) {
	if len(nal) < 4 {
		return SPS{}, false
	}
	r := bitReader{b: unescape(nal[1:])}
	s := SPS{Reorder: -1, BitDepth: 8, ChromaIDC: 1}
	profile := r.read(8)
	constraints := r.read(8)
	r.skip(8)
	r.ue()
	if highProfile(byte(profile)) {
		s.highFields(&r)
	}
	r.ue() // log2_max_frame_num
	switch r.ue() {
	case 0:
		r.ue()
	case 1:
		r.skip(1)
		r.se()
		r.se()
		n := r.ue()
		for range min(n, 255) {
			r.se()
		}
	case 2:
		s.Reorder = 0 // decoding order is showing order
	}
	refs := int(r.ue() & 31)
	r.skip(1)
	s.size(&r)
	if r.flag() {
		if n, said := avcReorder(&r); said && s.Reorder < 0 {
			s.Reorder = n
		}
	}
	if s.Reorder < 0 && profile == 66 {
		s.Reorder = 0
	}
	s.References = refs
	if s.Reorder < 0 && constraints&0x10 != 0 && (profile == 44 || profile == 100 && constraints&0x08 != 0) {
		s.Reorder = 0
	}
	return s, !r.short && s.Width > 0 && s.Height > 0
}

func (s *SPS) highFields(r *bitReader) {
	s.ChromaIDC = int(r.ue() & 3)
	if s.ChromaIDC == 3 {
		r.skip(1)
	}
	s.BitDepth = 8 + int(r.ue()&7)
	r.ue()
	r.skip(1)
	if !r.flag() {
		return
	}
	lists := 8
	if s.ChromaIDC == 3 {
		lists = 12
	}
	for i := range lists {
		if r.flag() {
			skipScalingList(r, i)
		}
	}
}

func skipScalingList(r *bitReader, i int) {
	size, last, next := 16, int32(8), int32(8)
	if i >= 6 {
		size = 64
	}
	for range size {
		if next != 0 {
			next = (last + r.se() + 256) % 256
		}
		if next != 0 {
			last = next
		}
	}
}

func (s *SPS) size(r *bitReader) {
	w, h := int(r.ue()&0xffff)+1, int(r.ue()&0xffff)+1
	frames := 1
	if !r.flag() {
		frames = 2
		r.skip(1)
	}
	s.Width, s.Height = w*16, h*16*frames
	r.skip(1)
	if !r.flag() {
		return
	}
	left, right, top, bottom := int(r.ue()), int(r.ue()), int(r.ue()), int(r.ue())
	x, y := 1, frames
	if s.ChromaIDC == 1 || s.ChromaIDC == 2 {
		x = 2
	}
	if s.ChromaIDC == 1 {
		y *= 2
	}
	s.Width -= (left + right) * x
	s.Height -= (top + bottom) * y
}

// avcReorder reads the usability information as far as max_num_reorder_frames.
func avcReorder(r *bitReader) (int, bool) {
	if r.flag() && r.read(8) == 255 {
		r.skip(32)
	}
	if r.flag() {
		r.skip(1)
	}
	if r.flag() {
		r.skip(4)
		if r.flag() {
			r.skip(24)
		}
	}
	if r.flag() {
		r.ue()
		r.ue()
	}
	if r.flag() {
		r.skip(65)
	}
	nal := r.flag()
	if nal {
		skipHRD(r)
	}
	vcl := r.flag()
	if vcl {
		skipHRD(r)
	}
	if nal || vcl {
		r.skip(1)
	}
	r.skip(1)
	if !r.flag() {
		return 0, false
	}
	r.skip(1)
	r.ue()
	r.ue()
	r.ue()
	r.ue()
	n := r.ue()
	return int(n), !r.short && n <= 16
}

func skipHRD(r *bitReader) {
	n := r.ue() & 31
	r.skip(8)
	for range n + 1 {
		r.ue()
		r.ue()
		r.skip(1)
	}
	r.skip(20)
}

func avcName(config []byte) string {
	if len(config) < 4 {
		return ""
	}
	return fmt.Sprintf("%02X%02X%02X", config[1], config[2], config[3])
}
