package bitstream

import (
	"encoding/binary"

	"sett/streaming/probe/facts"
)

// DolbyVision adds the stream's configuration record.
func DolbyVision(s *facts.Stream, b []byte) {
	if len(b) < 5 {
		return
	}
	r := reader{b: b}
	d := facts.SideData{Type: facts.SideDolbyVision}
	d.DVMajor, d.DVMinor = int(r.read(8)), int(r.read(8))
	d.DVProfile, d.DVLevel = int(r.read(7)), int(r.read(6))
	d.RPU, d.EL, d.BL, d.BLCompat = int(r.read(1)), int(r.read(1)), int(r.read(1)), int(r.read(4))
	s.SideData = append(s.SideData, d)
}

var dtsRates = [...]int{0, 8000, 16000, 32000, 0, 0, 11025, 22050, 44100, 0, 0, 12000, 24000, 48000, 96000, 192000}

var dtsBits = [...]int64{
	32000, 56000, 64000, 96000, 112000, 128000, 192000, 224000, 256000, 320000, 384000, 448000, 512000, 576000, 640000, 768000,
	960000, 1024000, 1152000, 1280000, 1344000, 1408000, 1411200, 1472000, 1536000, 1920000, 2048000, 3072000, 3840000,
}

// DTS fills s from a first frame that is a core and nothing else.
func DTS(s *facts.Stream, b []byte) bool {
	if len(b) < 16 || binary.BigEndian.Uint32(b) != 0x7ffe8001 {
		return false
	}
	r := reader{b: b[4:]}
	r.skip(1 + 5 + 1 + 7)
	size := int(r.read(14)) + 1
	mode, rate, bits := r.read(6), r.read(4), r.read(5)
	r.skip(1 + 1 + 1 + 1 + 1 + 3)
	extended := r.flag()
	r.skip(1)
	lfe := r.read(2)
	if size < 96 || extended || lfe == 3 || dtsRates[rate] == 0 || int(bits) >= len(dtsBits) {
		return false
	}
	if len(b) >= size+4 && binary.BigEndian.Uint32(b[size:]) == 0x64582025 {
		return false // DTS-HD
	}
	switch {
	case mode == 0 && lfe == 0:
		Sound(s, 1, dtsRates[rate])
	case mode == 2 && lfe == 0:
		Sound(s, 2, dtsRates[rate])
	case mode == 9 && lfe > 0:
		Sound(s, 6, dtsRates[rate])
		s.Layout = "5.1(side)"
	default:
		return false
	}
	s.Profile, s.BitRate = "DTS", facts.Int(dtsBits[bits])
	return true
}

// TrueHD fills s from a first frame with a major sync.
func TrueHD(s *facts.Stream, b []byte) bool {
	if len(b) < 20 || binary.BigEndian.Uint32(b[4:]) != 0xf8726fba {
		return false
	}
	r := reader{b: b[8:]}
	rate := r.read(4)
	r.skip(1 + 1 + 2 + 2 + 2)
	six := r.read(5)
	r.skip(2)
	eight := r.read(13)
	if rate == 15 {
		return false
	}
	hz := 48000
	if rate&8 != 0 {
		hz = 44100
	}
	assigned := eight
	if assigned == 0 {
		assigned = six
	}
	switch assigned {
	case 1:
		Sound(s, 2, hz<<(rate&7))
	case 15:
		Sound(s, 6, hz<<(rate&7))
		s.Layout = "5.1(side)"
	case 0x4f:
		Sound(s, 8, hz<<(rate&7))
	default:
		return false
	}
	s.RawBits = "24"
	return true
}
