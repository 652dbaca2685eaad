package bitstream

import (
	"encoding/binary"

	"sett/streaming/probe/facts"
	"sett/streaming/remux/codec"
)

// Layouts are ffprobe's names of the usual arrangements by number of channels.
var layouts = [...]string{1: "mono", 2: "stereo", 3: "3.0", 4: "quad", 5: "5.0", 6: "5.1", 7: "6.1", 8: "7.1"}

// Sound sets channels, in the usual arrangement, and rate.
func Sound(s *facts.Stream, channels, rate int) {
	s.Type, s.Channels, s.SampleRate, s.Layout = "audio", channels, facts.Int(int64(rate)), ""
	if channels > 0 && channels < len(layouts) {
		s.Layout = layouts[channels]
	}
}

var aacProfiles = map[int]string{1: "Main", 2: "LC", 3: "SSR", 4: "LTP"}

// AAC fills s from an AudioSpecificConfig. It is not sure about extensions that
// change rate or channels.
func AAC(s *facts.Stream, config []byte) bool {
	a, ok := codec.ParseASC(config)
	profile := aacProfiles[a.ObjectType]
	if !ok || profile == "" || a.Channels == 0 || a.ChannelCfg > 7 || extended(config) {
		return false
	}
	Sound(s, a.Channels, a.SampleRate)
	if a.Channels == 4 {
		s.Layout = "4.0"
	}
	s.Profile = profile
	return true
}

// extended looks for spectral band replication announced behind the configuration
// proper.
func extended(config []byte) bool {
	r := reader{b: config}
	if r.read(5) == 31 {
		return true
	}
	if r.read(4) == 15 {
		return true
	}
	r.skip(4 + 1)
	if r.flag() {
		r.skip(14)
	}
	if r.flag() {
		return true
	}
	return r.read(11) == 0x2b7 && r.read(5) == 5 && r.flag() && !r.short
}

// ADTS fills s from the first frame of AAC in a transport stream.
func ADTS(s *facts.Stream, packet []byte) bool {
	_, _, config, ok := codec.ParseADTS(packet)
	return ok && AAC(s, config)
}

// ac3Layouts are by mode, without and with a subwoofer. Those ffprobe has no name
// for are empty.
var ac3Layouts = [...][2]string{
	{"stereo", "2.1"}, {"mono", ""}, {"stereo", "2.1"}, {"3.0", "3.1"}, {"3.0(back)", ""}, {"4.0", "4.1"}, {"quad(side)", ""}, {"5.0(side)", "5.1(side)"},
}

// AC3 fills s from the first frame of AC-3 or E-AC-3.
func AC3(s *facts.Stream, packet []byte) bool {
	a, ok := codec.ParseAC3(packet)
	if !ok || a.Size <= 0 || a.Dependent || a.Samples == 0 {
		return false
	}
	Sound(s, a.Channels, a.SampleRate)
	mode, lfe := ac3Mode(packet)
	s.Layout = ac3Layouts[mode][lfe]
	s.Codec = "ac3"
	bitrate := ac3Rate(packet)
	if a.Enhanced {
		s.Codec = "eac3"
		bitrate = 8 * int64(a.Size) * int64(a.SampleRate) / int64(a.Samples)
		if packet[2]>>6 != 0 {
			return false
		}
		if rest := packet[min(a.Size, len(packet)):]; len(rest) >= 8 {
			if next, ok := codec.ParseAC3(rest); ok && next.Dependent {
				return false // more channels than the first part has
			}
		}
	}
	s.BitRate = facts.Int(bitrate)
	return s.Layout != ""
}

func ac3Mode(b []byte) (mode, lfe uint32) {
	r := reader{b: b[4:]}
	if b[5]>>3 > 10 {
		r.skip(4)
		return r.read(3), r.read(1)
	}
	r.skip(16)
	mode = r.read(3)
	if mode&1 != 0 && mode != 1 {
		r.skip(2)
	}
	if mode&4 != 0 {
		r.skip(2)
	}
	if mode == 2 {
		r.skip(2)
	}
	return mode, r.read(1)
}

var ac3Kbps = [...]int64{32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 576, 640}

func ac3Rate(b []byte) int64 {
	i := int(b[4] & 63 >> 1)
	if i >= len(ac3Kbps) {
		return 0
	}
	return ac3Kbps[i] * 1000 >> max(0, int(b[5]>>3)-8)
}

// OpusHead fills s from Opus's identification header.
func OpusHead(s *facts.Stream, b []byte) (preskip int64, ok bool) {
	if len(b) < 19 || string(b[:8]) != "OpusHead" || b[18] > 1 || b[9] == 0 || b[9] > 8 {
		return 0, false
	}
	Sound(s, int(b[9]), 48000)
	return int64(binary.LittleEndian.Uint16(b[10:])), true
}

// VorbisHead fills s from Vorbis's identification header.
func VorbisHead(s *facts.Stream, b []byte) bool {
	if len(b) < 30 || string(b[:7]) != "\x01vorbis" || b[11] == 0 || b[11] > 8 {
		return false
	}
	Sound(s, int(b[11]), int(binary.LittleEndian.Uint32(b[12:])&0xffffff))
	if n := int32(binary.LittleEndian.Uint32(b[20:])); n > 0 {
		s.BitRate = facts.Int(int64(n))
	}
	return s.SampleRate != ""
}

// FLACInfo fills s from FLAC's stream information and returns the number of samples,
// 0 for unknown.
func FLACInfo(s *facts.Stream, b []byte) (samples int64, ok bool) {
	if len(b) < 34 {
		return 0, false
	}
	r := reader{b: b[10:]}
	rate, channels, bits := int(r.read(20)), int(r.read(3))+1, int(r.read(5))+1
	samples = int64(r.read(4))<<32 | int64(r.read(32))
	Sound(s, channels, rate)
	s.RawBits = facts.Int(int64(bits))
	return samples, rate > 0 && bits >= 4
}

// ALAC fills s from a magic cookie.
func ALAC(s *facts.Stream, b []byte) bool {
	a, ok := codec.ParseALAC(b)
	if !ok || a.Channels < 1 || a.Channels > 2 {
		return false
	}
	Sound(s, a.Channels, a.SampleRate)
	s.RawBits = facts.Int(int64(a.BitDepth))
	return true
}
