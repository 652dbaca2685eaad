package codec

var ac3Rates = [...]int{48000, 44100, 32000}
var ac3Kbps = [...]int{32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 576, 640}
var ac3Channels = [...]int{2, 1, 2, 3, 3, 4, 4, 5}

// AC3 is the header of one AC-3 or E-AC-3 frame.
type AC3 struct {
	Enhanced                          bool
	Size                              int // bytes
	SampleRate                        int
	Channels                          int
	Samples                           int
	Dependent                         bool // adds channels to the frame before it
	fscod, bsid, bsmod, acmod, rateNo byte
	lfe                               byte
	chanmap                           uint32
	joc                               byte // objects: complexity of Dolby Atmos, 0 none
}

// ParseAC3 reads the frame at the beginning of b.
func ParseAC3(b []byte) (AC3, bool) {
	if len(b) < 8 || b[0] != 0x0b || b[1] != 0x77 {
		return AC3{}, false
	}
	if b[5]>>3 > 10 {
		return parseEAC3(b)
	}
	return parsePlainAC3(b)
}

func parsePlainAC3(b []byte) (AC3, bool) {
	a := AC3{fscod: b[4] >> 6, rateNo: b[4] & 63 >> 1, bsid: b[5] >> 3, bsmod: b[5] & 7, Samples: 1536}
	if a.fscod == 3 || int(a.rateNo) >= len(ac3Kbps) {
		return a, false
	}
	kbps := ac3Kbps[a.rateNo]
	switch a.fscod {
	case 0:
		a.Size = kbps * 4
	case 1:
		a.Size = 2 * (kbps*320/147 + int(b[4]&1))
	case 2:
		a.Size = kbps * 6
	}
	r := bitReader{b: b[6:]}
	a.acmod = byte(r.read(3))
	if a.acmod&1 != 0 && a.acmod != 1 {
		r.skip(2)
	}
	if a.acmod&4 != 0 {
		r.skip(2)
	}
	if a.acmod == 2 {
		r.skip(2)
	}
	a.lfe = byte(r.read(1))
	a.SampleRate = ac3Rates[a.fscod] >> max(0, int(a.bsid)-8)
	a.Channels = ac3Channels[a.acmod] + int(a.lfe)
	return a, true
}

func parseEAC3(b []byte) (AC3, bool) {
	r := bitReader{b: b}
	r.skip(16)
	a := AC3{Enhanced: true}
	kind := r.read(2)
	r.skip(3)
	a.Size = int(r.read(11)+1) * 2
	a.fscod = byte(r.read(2))
	blocks := 6
	if a.fscod == 3 {
		half := r.read(2)
		if half == 3 {
			return a, false
		}
		a.SampleRate = ac3Rates[half] / 2
	} else {
		a.SampleRate = ac3Rates[a.fscod]
		blocks = [...]int{1, 2, 3, 6}[r.read(2)]
	}
	a.Samples = 256 * blocks
	a.acmod, a.lfe, a.bsid = byte(r.read(3)), byte(r.read(1)), byte(r.read(5))
	a.Channels = ac3Channels[a.acmod] + int(a.lfe)
	a.Dependent = kind == 1
	if kind > 2 || a.bsid < 11 || a.bsid > 16 {
		return a, false
	}
	a.rest(&r, kind, blocks)
	return a, true
}

// rest reads on through the bit stream information, for the channel map, the
// service and the extension that carries objects. A frame cut short tells less.
func (a *AC3) rest(r *bitReader, kind uint32, blocks int) {
	twice := 1
	if a.acmod == 0 {
		twice = 2
	}
	for range twice {
		r.skip(5)
		if r.flag() {
			r.skip(8)
		}
	}
	if kind == 1 && r.flag() {
		a.chanmap = r.read(16)
	}
	if r.flag() {
		a.skipMixing(r, kind, blocks)
	}
	if r.flag() {
		a.bsmod = byte(r.read(3))
		r.skip(2)
		if a.acmod == 2 {
			r.skip(4)
		}
		if a.acmod >= 6 {
			r.skip(2)
		}
		for range twice {
			if r.flag() {
				r.skip(8)
			}
		}
		if a.fscod < 3 {
			r.skip(1)
		}
	}
	if kind == 0 && blocks != 6 {
		r.skip(1)
	}
	if kind == 2 && (blocks == 6 || r.flag()) {
		r.skip(6)
	}
	if r.flag() && r.read(6) >= 1 {
		if r.read(8)&1 == 1 {
			a.joc = byte(r.read(8))
		}
	}
	if r.short {
		a.joc = 0
	}
}

func (a *AC3) skipMixing(r *bitReader, kind uint32, blocks int) {
	if a.acmod > 2 {
		r.skip(2)
	}
	if a.acmod&1 != 0 && a.acmod > 2 {
		r.skip(6)
	}
	if a.acmod&4 != 0 {
		r.skip(6)
	}
	if a.lfe == 1 && r.flag() {
		r.skip(5)
	}
	if kind != 0 {
		return
	}
	if r.flag() {
		r.skip(6)
	}
	if a.acmod == 0 && r.flag() {
		r.skip(6)
	}
	if r.flag() {
		r.skip(6)
	}
	switch r.read(2) {
	case 1:
		r.skip(5)
	case 2:
		r.skip(12)
	case 3:
		n := int(r.read(5)) // in bytes, after two
		r.skip((n + 2) * 8)
	}
	if a.acmod < 2 {
		if r.flag() {
			r.skip(14)
		}
		if a.acmod == 0 && r.flag() {
			r.skip(14)
		}
	}
	if !r.flag() {
		return
	}
	for range blocks {
		if blocks == 1 || r.flag() {
			r.skip(5)
		}
	}
}

// MakeDAC3 and MakeDEC3 write the body of the box from a packet. The latter also
// says how many channels and samples the whole packet has.
func MakeDAC3(packet []byte) ([]byte, AC3, bool) {
	a, ok := ParseAC3(packet)
	if !ok || a.Enhanced {
		return nil, a, false
	}
	v := uint32(a.fscod)<<22 | uint32(a.bsid)<<17 | uint32(a.bsmod)<<14 | uint32(a.acmod)<<11 | uint32(a.lfe)<<10 | uint32(a.rateNo)<<5
	return []byte{byte(v >> 16), byte(v >> 8), byte(v)}, a, true
}

// MakeDEC3 is told of at MakeDAC3.
func MakeDEC3(packet []byte) ([]byte, AC3, bool) {
	first, ok := ParseAC3(packet)
	if !ok || !first.Enhanced || first.Dependent {
		return nil, first, false
	}
	dependents, places := 0, uint32(0)
	bytes, samples := 0, 0
	for rest := packet; len(rest) >= 8; {
		a, ok := ParseAC3(rest)
		if !ok {
			break
		}
		switch {
		case a.Dependent:
			dependents++
			places |= a.chanmap
			first.joc = max(first.joc, a.joc)
		default:
			samples += a.Samples
		}
		bytes += a.Size
		rest = rest[min(a.Size, len(rest)):]
	}
	if samples == 0 {
		return nil, first, false
	}
	first.Samples = samples
	kbps := bytes * 8 * first.SampleRate / samples / 1000
	b := []byte{byte(kbps >> 5), byte(kbps << 3)} // one independent substream
	b = append(b, first.fscod<<6|first.bsid<<1, first.bsmod<<4|first.acmod<<1|first.lfe)
	if dependents > 0 {
		// The map's bits from the top are L C R Ls Rs, then those the box knows, which
		// has the first of them lowest.
		loc := uint32(0)
		for i := range 9 {
			loc |= places >> (10 - i) & 1 << i
		}
		b = append(b, byte(min(dependents, 15))<<1|byte(loc>>8), byte(loc))
	} else {
		b = append(b, 0)
	}
	if first.joc > 0 {
		b = append(b, 1, first.joc)
	}
	first.Size = bytes
	return b, first, true
}
