package codec

import "bytes"

// NAL unit types that matter here.
const (
	avcIDR, avcSEI, avcSPS, avcPPS, avcAUD            = 5, 6, 7, 8, 9
	hevcVPS, hevcSPS, hevcPPS, hevcAUD                = 32, 33, 34, 35
	hevcFirstIRAP, hevcLastIRAP                       = 16, 23
	hevcMaxReservedSlice, avcMaxSlice, avcMinSlice    = 31, 5, 1
	hevcPrefixSEI, hevcSuffixSEI, hevcFiller, avcFill = 39, 40, 38, 12
)

// Units calls yield for each NAL unit of an Annex B stream, without start codes
// and trailing zeros, until it returns false.
func Units(b []byte, yield func(nal []byte) bool) {
	start := -1
	for i := 0; ; {
		j := bytes.Index(b[i:], []byte{0, 0, 1})
		end := len(b)
		if j >= 0 {
			end = i + j
		}
		if start >= 0 {
			nal := bytes.TrimRight(b[start:end], "\x00")
			if len(nal) > 0 && !yield(nal) {
				return
			}
		}
		if j < 0 {
			return
		}
		i = end + 3
		start = i
	}
}

// Prefixed calls yield for each NAL unit of a length-prefixed access unit. It
// reports whether the lengths were right.
func Prefixed(b []byte, size int, yield func(nal []byte)) bool {
	for len(b) > 0 {
		if size < 1 || len(b) < size {
			return false
		}
		n := 0
		for _, c := range b[:size] {
			n = n<<8 | int(c)
		}
		b = b[size:]
		if n > len(b) {
			return false
		}
		if n > 0 {
			yield(b[:n])
		}
		b = b[n:]
	}
	return true
}

// ParameterSets are those of one stream, in order and without repeats. VPS is HEVC's.
type ParameterSets struct{ VPS, SPS, PPS [][]byte }

// Add keeps a NAL unit if it is a parameter set, and reports whether it is one.
func (p *ParameterSets) Add(name string, nal []byte) bool {
	var list *[][]byte
	switch nalType(name, nal) {
	case avcSPS:
		list = &p.SPS
	case avcPPS:
		list = &p.PPS
	}
	if name == "hevc" {
		switch nalType(name, nal) {
		case hevcVPS:
			list = &p.VPS
		case hevcSPS:
			list = &p.SPS
		case hevcPPS:
			list = &p.PPS
		default:
			return false
		}
	}
	if list == nil {
		return false
	}
	for _, old := range *list {
		if bytes.Equal(old, nal) {
			return true
		}
	}
	if len(*list) < 16 {
		*list = append(*list, bytes.Clone(nal))
	}
	return true
}

// Has reports whether a unit is one of the sets.
func (p *ParameterSets) Has(nal []byte) bool {
	for _, list := range [][][]byte{p.VPS, p.SPS, p.PPS} {
		for _, old := range list {
			if bytes.Equal(old, nal) {
				return true
			}
		}
	}
	return false
}

// Complete reports whether a decoder can start with them.
func (p *ParameterSets) Complete(name string) bool {
	return len(p.SPS) > 0 && len(p.PPS) > 0 && (name != "hevc" || len(p.VPS) > 0)
}

// nalType is the type of a unit; -1 of an empty one.
func nalType(name string, nal []byte) int {
	switch {
	case len(nal) == 0:
		return -1
	case name == "hevc":
		return int(nal[0] >> 1 & 63)
	}
	return int(nal[0] & 31)
}

// Delimiter reports whether a unit is an access unit delimiter or filler, which
// MP4 does without.
func Delimiter(name string, nal []byte) bool {
	switch t := nalType(name, nal); {
	case name == "hevc":
		return t == hevcAUD || t == hevcFiller
	default:
		return t == avcAUD || t == avcFill
	}
}

// IsAUD reports whether a unit is an access unit delimiter.
func IsAUD(name string, nal []byte) bool {
	t := nalType(name, nal)
	return name == "hevc" && t == hevcAUD || name != "hevc" && t == avcAUD
}

// RandomAccess reports whether a unit makes its picture one that decoding can
// start at: IDR, CRA, BLA, or in H.264 a recovery point at hand.
func RandomAccess(name string, nal []byte) bool {
	t := nalType(name, nal)
	if name == "hevc" {
		return t >= hevcFirstIRAP && t <= hevcLastIRAP
	}
	return t == avcIDR || t == avcSEI && recoversAtOnce(nal)
}

// recoversAtOnce finds a recovery point message with a count of 0 in an SEI unit.
func recoversAtOnce(nal []byte) bool {
	b := unescape(nal[1:])
	for len(b) > 2 {
		var kind, size int
		for _, v := range []*int{&kind, &size} {
			for len(b) > 0 && b[0] == 255 {
				*v += 255
				b = b[1:]
			}
			if len(b) == 0 {
				return false
			}
			*v += int(b[0])
			b = b[1:]
		}
		if size > len(b) {
			return false
		}
		if kind == 6 {
			r := bitReader{b: b[:size]}
			return r.ue() == 0 && !r.short
		}
		b = b[size:]
	}
	return false
}

// IsPicture reports whether a unit holds a coded slice.
func IsPicture(name string, nal []byte) bool {
	t := nalType(name, nal)
	if name == "hevc" {
		return t <= hevcMaxReservedSlice && t >= 0
	}
	return t >= avcMinSlice && t <= avcMaxSlice
}
