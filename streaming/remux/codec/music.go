package codec

// FLAC is what a stream information block says.
type FLAC struct{ SampleRate, Channels, BitDepth, Frame int } // Frame 0: not constant

// MakeDfLa turns a native FLAC header ("fLaC" and metadata blocks), or the blocks
// alone, into the body of dfLa, which keeps the stream information.
func MakeDfLa(b []byte) (body []byte, f FLAC, ok bool) {
	if len(b) >= 4 && string(b[:4]) == "fLaC" {
		b = b[4:]
	}
	if len(b) < 38 || b[0]&0x7f != 0 || b[3] != 34 {
		return nil, f, false
	}
	body = append(body, 0, 0, 0, 0, 0x80, 0, 0, 34)
	body = append(body, b[4:38]...)
	f, ok = ParseDfLa(body)
	return body, f, ok
}

// ParseDfLa reads the body of dfLa.
func ParseDfLa(body []byte) (f FLAC, ok bool) {
	if len(body) < 42 || body[4]&0x7f != 0 {
		return f, false
	}
	r := bitReader{b: body[8:]}
	low, high := int(r.read(16)), int(r.read(16))
	r.skip(48)
	f.SampleRate, f.Channels, f.BitDepth = int(r.read(20)), int(r.read(3))+1, int(r.read(5))+1
	if low == high {
		f.Frame = low
	}
	return f, f.SampleRate > 0
}

// ALAC is what a magic cookie says.
type ALAC struct{ SampleRate, Channels, BitDepth, Frame int }

// ParseALAC reads the 24 bytes of a cookie.
func ParseALAC(b []byte) (ALAC, bool) {
	if len(b) < 24 {
		return ALAC{}, false
	}
	be := func(i int) int { return int(b[i])<<24 | int(b[i+1])<<16 | int(b[i+2])<<8 | int(b[i+3]) }
	a := ALAC{Frame: be(0), BitDepth: int(b[5]), Channels: int(b[9]), SampleRate: be(20)}
	return a, a.SampleRate > 0 && a.Frame > 0
}

var mp3Kbps = [2][16]int{
	{0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0},
	{0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0},
}

var mp3Rates = [3]int{44100, 48000, 32000}

// MP3 is the header of one MPEG audio frame of layer III.
type MP3 struct{ SampleRate, Channels, Samples, Size int }

// ParseMP3 reads the frame at the beginning of b.
func ParseMP3(b []byte) (MP3, bool) {
	if len(b) < 4 || b[0] != 0xff || b[1]&0xe0 != 0xe0 || b[1]&0x06 != 0x02 || b[1]&0x18 == 0x08 {
		return MP3{}, false
	}
	m := MP3{Samples: 1152, Channels: 2}
	shift, table := 0, 0
	switch b[1] & 0x18 {
	case 0x10:
		shift, table = 1, 1
	case 0x00:
		shift, table = 2, 1
	}
	if table == 1 {
		m.Samples = 576
	}
	kbps, rate := mp3Kbps[table][b[2]>>4], int(b[2]>>2&3)
	if kbps == 0 || rate == 3 {
		return m, false
	}
	if b[3]>>6 == 3 {
		m.Channels = 1
	}
	m.SampleRate = mp3Rates[rate] >> shift
	m.Size = m.Samples/8*kbps*1000/m.SampleRate + int(b[2]>>1&1)
	return m, true
}
