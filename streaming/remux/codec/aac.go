package codec

import "fmt"

var aacRates = [...]int{96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350}

// aacChannels is the number of channels by configuration, as far as it is usual.
var aacChannels = [...]int{0, 1, 2, 3, 4, 5, 6, 8, 0, 0, 0, 7, 8, 0, 8}

// AAC is what an AudioSpecificConfig says.
type AAC struct {
	ObjectType int // as RFC 6381 names it: 2 for LC, 5 for HE, 29 for HE v2
	Core       int // object type of the core that the extensions sit on
	SampleRate int // of the core, without spectral band replication
	RateIndex  int
	Channels   int // 0: described elsewhere
	ChannelCfg int
	Frame      int // samples of the core in a packet
}

// ParseASC reads an AudioSpecificConfig.
func ParseASC(b []byte) (AAC, bool) {
	r := bitReader{b: b}
	a := AAC{Frame: 1024}
	a.ObjectType = aacObject(&r)
	a.RateIndex, a.SampleRate = aacRate(&r)
	a.ChannelCfg = int(r.read(4))
	a.Core = a.ObjectType
	if a.ObjectType == 5 || a.ObjectType == 29 {
		aacRate(&r)
		a.Core = aacObject(&r)
	}
	if a.ChannelCfg < len(aacChannels) {
		a.Channels = aacChannels[a.ChannelCfg]
	}
	switch a.Core {
	case 1, 2, 3, 4, 6, 7, 17, 19, 20, 21, 22, 23:
		if r.flag() {
			a.Frame = 960
			if a.Core == 23 {
				a.Frame = 480
			}
		} else if a.Core == 23 {
			a.Frame = 512
		}
	case 42: // xHE-AAC has frames of several lengths
		a.Frame = 0
	}
	return a, !r.short && a.SampleRate > 0
}

func aacObject(r *bitReader) int {
	if n := r.read(5); n != 31 {
		return int(n)
	}
	return 32 + int(r.read(6))
}

func aacRate(r *bitReader) (index, rate int) {
	index = int(r.read(4))
	if index == 15 {
		return index, int(r.read(24))
	}
	if index < len(aacRates) {
		rate = aacRates[index]
	}
	return index, rate
}

// ADTSHeader is the size of a header without a checksum.
const ADTSHeader = 7

// ADTS makes the header of a packet of size bytes.
func (a AAC) ADTS(size int) (h [ADTSHeader]byte, ok bool) {
	if a.Core < 1 || a.Core > 4 || a.RateIndex > 12 || a.ChannelCfg == 0 || a.ChannelCfg > 7 || size+ADTSHeader >= 1<<13 {
		return h, false
	}
	n := size + ADTSHeader
	return [ADTSHeader]byte{
		0xff, 0xf1,
		byte(a.Core-1)<<6 | byte(a.RateIndex)<<2 | byte(a.ChannelCfg>>2),
		byte(a.ChannelCfg&3)<<6 | byte(n>>11),
		byte(n >> 3), byte(n&7)<<5 | 0x1f, 0xfc,
	}, true
}

// ParseADTS reads the header at the beginning of b: its size, the size of the
// frame with it, and the AudioSpecificConfig it stands for.
func ParseADTS(b []byte) (header, size int, asc []byte, ok bool) {
	if len(b) < ADTSHeader || b[0] != 0xff || b[1]&0xf6 != 0xf0 {
		return 0, 0, nil, false
	}
	header = 7
	if b[1]&1 == 0 {
		header = 9
	}
	object, rate := b[2]>>6+1, b[2]>>2&15
	channels := b[2]&1<<2 | b[3]>>6
	size = int(b[3]&3)<<11 | int(b[4])<<3 | int(b[5])>>5
	if size < header || rate > 12 || b[6]&3 != 0 || channels == 0 {
		return 0, 0, nil, false // several blocks to a frame, or channels described inside
	}
	return header, size, []byte{object<<3 | rate>>1, rate<<7 | channels<<3}, true
}

func (a AAC) name() string { return fmt.Sprintf("mp4a.40.%d", max(a.ObjectType, 1)) }
