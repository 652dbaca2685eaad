package codec

import "fmt"

// MakeVPCC makes the body of vpcC from Matroska's codec private data, which may be
// missing, and the first packet.
func MakeVPCC(private, packet []byte) ([]byte, bool) {
	profile, level, depth, chroma, ok := vp9Header(packet)
	full := byte(0)
	for rest := private; len(rest) >= 3 && rest[1] == 1; rest = rest[3:] {
		switch rest[0] {
		case 1:
			profile, ok = rest[2], true
		case 2:
			level = rest[2]
		case 3:
			depth = rest[2]
		case 4:
			chroma = rest[2]
		}
	}
	if !ok {
		return nil, false
	}
	depth = max(depth, 8)
	return []byte{1, 0, 0, 0, profile, level, depth<<4 | chroma<<1 | full, 2, 2, 2, 0, 0}, true
}

// vp9Header reads a key frame's uncompressed header. The level follows from the
// size of the picture.
func vp9Header(b []byte) (profile, level, depth, chroma byte, ok bool) {
	r := bitReader{b: b}
	if r.read(2) != 2 {
		return 0, 0, 0, 0, false
	}
	profile = byte(r.read(1) | r.read(1)<<1)
	if profile == 3 {
		r.skip(1)
	}
	if r.flag() || r.flag() {
		return 0, 0, 0, 0, false // shows an older frame, or is no key frame
	}
	r.skip(2)
	if r.read(24) != 0x498342 {
		return 0, 0, 0, 0, false
	}
	depth, chroma = 8, 1
	if profile >= 2 {
		depth = 10 + byte(r.read(1))*2
	}
	if space := r.read(3); space == 7 {
		chroma = 3
		if profile == 1 || profile == 3 {
			r.skip(1)
		}
	} else {
		r.skip(1)
		if profile == 1 || profile == 3 {
			x, y := r.flag(), r.flag()
			r.skip(1)
			switch {
			case !x && !y:
				chroma = 3
			case x && !y:
				chroma = 2
			}
		}
	}
	area := (r.read(16) + 1) * (r.read(16) + 1)
	return profile, vp9Level(area), depth, chroma, !r.short
}

// vp9Level is the lowest level whose picture size is large enough.
func vp9Level(area uint32) byte {
	for _, l := range [...]struct {
		area  uint32
		level byte
	}{{36864, 10}, {73728, 11}, {122880, 20}, {245760, 21}, {552960, 30}, {983040, 31}, {2228224, 40}, {8912896, 50}} {
		if area <= l.area {
			return l.level
		}
	}
	return 60
}

func vp9Name(c []byte) string {
	if len(c) < 7 {
		return ""
	}
	return fmt.Sprintf("vp09.%02d.%02d.%02d", c[4], max(c[5], 10), c[6]>>4)
}

func av1Name(c []byte) string {
	if len(c) < 4 {
		return ""
	}
	tier, depth := "M", 8
	if c[2]&0x80 != 0 {
		tier = "H"
	}
	if c[2]&0x40 != 0 {
		depth = 10
		if c[2]&0x20 != 0 {
			depth = 12
		}
	}
	return fmt.Sprintf("av01.%d.%02d%s.%02d", c[1]>>5, c[1]&31, tier, depth)
}
