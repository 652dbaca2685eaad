package matroska

import (
	"bytes"
	"math"
	"strings"

	"sett/streaming/probe/bitstream"
	"sett/streaming/probe/facts"
)

// needsPacket reports whether the track's head alone does not tell everything.
func (t *track) needsPacket() bool {
	switch t.codecID {
	case "V_VP9", "V_VP8", "A_AC3", "A_EAC3", "A_DTS", "A_TRUEHD", "A_MPEG/L3", "A_MPEG/L2", "V_MPEG2":
		return true
	case "V_MPEGH/ISO/HEVC", "V_AV1":
		s := new(facts.Stream)
		switch t.codecID {
		case "V_AV1":
			return !bitstream.AV1(s, t.private, nil) || s.Transfer == "smpte2084"
		default:
			return !bitstream.HEVC(s, t.private, nil) || s.Transfer == "smpte2084"
		}
	case "V_MPEG4/ISO/AVC":
		return !bitstream.H264(new(facts.Stream), t.private, nil)
	case "V_MPEG4/ISO/ASP", "V_MPEG4/ISO/SP", "V_MPEG4/ISO/AP", "V_MS/VFW/FOURCC":
		return true
	}
	return false
}

// describe completes the stream.
func (t *track) describe() error {
	s := t.s
	s.RFrameRate, s.AvgRate, s.Tag = "0/0", "0/0", ""
	s.Codec = codecs[t.codecID]
	if t.opaque && t.private != nil {
		return facts.Unsure("private data that are compressed")
	}
	if t.odd != "" {
		return facts.Unsure("%s", t.odd)
	}
	ok := true
	switch t.kind {
	case 1:
		ok = t.describeVideo()
	case 2:
		ok = t.describeAudio()
	}
	if !ok || s.Codec == "" {
		return facts.Unsure("track %d of kind %q", t.number, t.codecID)
	}
	return nil
}

func (t *track) describeVideo() bool {
	s := t.s
	n, d := facts.Reduce(1e9, int64(min(t.period, 1e12)), 30000)
	if t.period == 0 {
		ok := false
		if n, d, ok = t.measured(t.scale); !ok {
			return false // only many packets tell the rate
		}
	}
	s.AvgRate = facts.Rate(n, d)
	if n >= d*1000 || n <= d*5 {
		return false
	}
	s.RFrameRate = s.AvgRate
	if t.unit < 4 && s.Width > 0 && s.Height > 0 {
		shown := t.shown
		if shown[0] == 0 {
			shown[0] = int64(s.Width)
		}
		if shown[1] == 0 {
			shown[1] = int64(s.Height)
		}
		s.Shape(int64(s.Height)*shown[0], int64(s.Width)*shown[1])
	}
	w, h := s.Width, s.Height
	if !t.picture() || w != s.Width || h != s.Height {
		return false
	}
	return t.fields()
}

func (t *track) picture() bool {
	s := t.s
	switch s.Codec {
	case "h264":
		return len(t.private) > 6 && bitstream.H264(s, t.private, t.packet)
	case "hevc":
		return bitstream.HEVC(s, t.private, t.packet)
	case "av1":
		return bitstream.AV1(s, t.private, t.packet)
	case "vp9":
		return bitstream.VP9(s, t.packet)
	case "vp8":
		return bitstream.VP8(s, t.packet)
	case "mpeg2video":
		rate := s.AvgRate
		if !bitstream.MPEG2(s, append(bytes.Clone(t.private), t.packet...)) {
			return false
		}
		s.AvgRate, s.RFrameRate = rate, rate
		return true
	case "mpeg4":
		return bitstream.MPEG4(s, t.private, t.packet)
	}
	if t.codecID == "V_MS/VFW/FOURCC" && len(t.private) >= 40 {
		switch tag := string(t.private[16:20]); strings.ToUpper(tag) {
		case "XVID", "DIVX", "DX50", "FMP4":
			s.Codec, s.Tag = "mpeg4", tag
			return bitstream.MPEG4(s, t.private[40:], t.packet)
		}
	}
	return false
}

// fields lets the container's word on interlacing stand before the stream's.
func (t *track) fields() bool {
	switch t.interlaced {
	case 2:
		t.s.FieldOrder = "progressive"
	case 1:
		switch t.order {
		case 0, 3: // undetermined: the stream tells
		case 1:
			t.s.FieldOrder = "progressive"
		case 2:
			t.s.FieldOrder = "tt"
		case 7:
			t.s.FieldOrder = "bb"
		default:
			return false // old programs confused the others
		}
	}
	return true
}

func (t *track) describeAudio() bool {
	s := t.s
	rate := t.rate
	if rate == 0 {
		rate = 8000
	}
	if rate < 1 || rate > 1<<22 || math.IsNaN(rate) {
		return false
	}
	channels := max(1, t.channels)
	bitstream.Sound(s, channels, int(rate))
	codec := s.Codec
	ok := false
	defer func() {
		if codec == "vorbis" {
			s.BitRate = "" // its own figure is a wish
		}
	}()
	switch codec {
	case "aac":
		ok = bitstream.AAC(s, t.private)
	case "ac3", "eac3":
		ok = bitstream.AC3(s, t.packet)
	case "dts":
		ok = bitstream.DTS(s, t.packet)
	case "truehd":
		ok = bitstream.TrueHD(s, t.packet)
	case "mp3", "mp2":
		var m bitstream.MPEGAudio
		if m, ok = bitstream.ParseMPEGAudio(t.packet); ok {
			m.Describe(s)
		}
	case "opus":
		_, ok = bitstream.OpusHead(s, t.private)
	case "vorbis":
		ok = t.vorbis()
	case "flac":
		if len(t.private) >= 42 && string(t.private[:4]) == "fLaC" {
			_, ok = bitstream.FLACInfo(s, t.private[8:])
		}
	case "alac":
		ok = bitstream.ALAC(s, t.private)
	case "pcm_s16le", "pcm_s16be", "pcm_f32le":
		ok = t.pcm()
	}
	return ok && codec[:3] == s.Codec[:3]
}

func (t *track) pcm() bool {
	s := t.s
	switch {
	case s.Codec == "pcm_f32le" && t.bits == 64:
		s.Codec = "pcm_f64le"
	case s.Codec == "pcm_f32le" && t.bits == 32:
	case s.Codec == "pcm_f32le":
		return false
	case t.bits == 8:
		s.Codec = "pcm_u8"
	case t.bits == 24 || t.bits == 32:
		s.Codec = strings.Replace(s.Codec, "16", map[int]string{24: "24", 32: "32"}[t.bits], 1)
	case t.bits != 16:
		return false
	}
	s.SampleBits = t.bits
	s.BitRate = facts.Int(int64(t.rate) * int64(s.Channels) * int64(t.bits))
	return true
}

// vorbis finds the first of the three headers laced into the private data.
func (t *track) vorbis() bool {
	b := t.private
	if len(b) < 3 || b[0] != 2 {
		return false
	}
	at := 1
	for range 2 {
		for at < len(b) && b[at] == 255 {
			at++
		}
		at++
	}
	return at < len(b) && bitstream.VorbisHead(t.s, b[at:])
}
