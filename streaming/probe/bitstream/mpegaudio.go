package bitstream

import "sett/streaming/probe/facts"

// MPEGAudio is the header of one MPEG audio frame.
type MPEGAudio struct {
	Layer      int
	Version    int // 1, 2, or 3 for 2.5
	Rate       int // samples a second
	Channels   int
	Kbps       int
	Samples    int
	Size       int // bytes, with the header
	Mono       bool
	Protection bool
}

var mpegKbps = [2][4][15]int{
	{
		1: {0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448},
		2: {0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384},
		3: {0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320},
	},
	{
		1: {0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256},
		2: {0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160},
		3: {0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160},
	},
}

var mpegAudioRates = [...]int{44100, 48000, 32000}

// ParseMPEGAudio reads the frame header at the beginning of b.
func ParseMPEGAudio(b []byte) (m MPEGAudio, ok bool) {
	if len(b) < 4 || b[0] != 0xff || b[1]&0xe0 != 0xe0 {
		return m, false
	}
	version, layer := b[1]>>3&3, 4-int(b[1]>>1&3)
	rate, index := int(b[2]>>2&3), int(b[2]>>4)
	if version == 1 || layer == 4 || rate == 3 || index == 0 || index == 15 {
		return m, false
	}
	m.Layer, m.Protection, m.Mono, m.Channels = layer, b[1]&1 == 0, b[3]>>6 == 3, 2
	if m.Mono {
		m.Channels = 1
	}
	table := 1
	switch version {
	case 3:
		m.Version, table, m.Rate = 1, 0, mpegAudioRates[rate]
	case 2:
		m.Version, m.Rate = 2, mpegAudioRates[rate]/2
	case 0:
		m.Version, m.Rate = 3, mpegAudioRates[rate]/4
	}
	m.Kbps = mpegKbps[table][layer][index]
	pad := int(b[2] >> 1 & 1)
	switch {
	case layer == 1:
		m.Samples, m.Size = 384, (12000*m.Kbps/m.Rate+pad)*4
	case layer == 3 && table == 1:
		m.Samples, m.Size = 576, 72000*m.Kbps/m.Rate+pad
	default:
		m.Samples, m.Size = 1152, 144000*m.Kbps/m.Rate+pad
	}
	return m, m.Size > 4
}

// Describe fills s from a frame's header.
func (m MPEGAudio) Describe(s *facts.Stream) {
	Sound(s, m.Channels, m.Rate)
	s.Codec = [...]string{1: "mp1", 2: "mp2", 3: "mp3"}[m.Layer]
	s.BitRate = facts.Int(int64(m.Kbps) * 1000)
}
