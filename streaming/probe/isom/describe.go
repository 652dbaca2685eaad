package isom

import (
	"encoding/binary"
	"math"
	"math/bits"
	"strings"

	"sett/streaming/probe/bitstream"
	"sett/streaming/probe/facts"
)

// describe completes a stream once the whole movie box was seen.
func (f *file) describe(t *track, chapters bool) error {
	s := t.s
	duration := t.media
	if t.span > 0 {
		duration = min(duration, t.span)
	}
	if duration <= 0 || t.media == math.MaxUint32 || t.entries != 1 || t.firstAt == 0 {
		return facts.Unsure("a track that is empty, or several in one")
	}
	s.BitRate = facts.Int(perSecond(t.bytes*8, t.scale, duration))
	pause := facts.Rescale(t.empty, t.scale, f.scale)
	t.start = pause + t.offset
	if t.edited {
		t.start = pause + max(0, t.offset-t.cut)
		if shown := facts.Rescale(t.shown, t.scale, f.scale); shown > 0 {
			duration = min(duration, shown)
		}
	}
	s.Duration = facts.Seconds(duration, t.scale)
	s.Tag = fourCC(t.entry)
	if chapters {
		s.Type, s.Codec = "data", "bin_data"
		return nil
	}
	ok := false
	switch t.kind {
	case "vide":
		s.Type = "video"
		ok = f.picture(t)
	case "soun":
		s.Type = "audio"
		ok = f.sound(t)
	case "subp", "sbtl", "text", "subt", "clcp":
		s.Type = "subtitle"
		s.Codec = map[string]string{"tx3g": "mov_text", "text": "mov_text", "c608": "eia_608", "wvtt": "webvtt", "stpp": "ttml"}[t.entry]
		ok = s.Codec != ""
	case "tmcd":
		s.Type = "data"
		ok = t.entry == "tmcd"
	case "meta":
		s.Type = "data"
		ok = t.entry == "mebx"
	}
	if !ok {
		return facts.Unsure("a track of kind %q in %q", t.entry, t.kind)
	}
	return nil
}

// fourCC words a code as ffprobe does.
func fourCC(code string) string {
	for _, c := range []byte(code) {
		if c != ' ' && c != '.' && c != '-' && c != '_' && (c < '0' || c > '9') && (c|32 < 'a' || c|32 > 'z') {
			return "[" + code + "]" // no caller wants it
		}
	}
	return code
}

var videoCodecs = map[string]string{
	"avc1": "h264", "avc3": "h264", "dva1": "h264", "dvav": "h264",
	"hvc1": "hevc", "hev1": "hevc", "dvh1": "hevc", "dvhe": "hevc",
	"av01": "av1", "vp09": "vp9", "mp4v": "mpeg4",
}

func (f *file) picture(t *track) bool {
	s, b := t.s, t.description
	if len(b) < 78 {
		return false
	}
	s.Codec = videoCodecs[t.entry]
	s.Width, s.Height = int(binary.BigEndian.Uint16(b[24:])), int(binary.BigEndian.Uint16(b[26:]))
	var config []byte
	odd, order, shape := false, "", [2]int64{}
	split(b[78:], func(kind string, body []byte) {
		switch kind {
		case "avcC", "hvcC":
			config = body
		case "av1C":
			config = body
		case "esds":
			object, c := descriptor(body)
			config, odd = c, odd || object != 0x20
		case "colr":
			colour(s, body)
		case "fiel":
			order = fieldOrder(body)
			odd = odd || order == "?"
		case "pasp":
			if len(body) >= 8 {
				shape = [2]int64{int64(binary.BigEndian.Uint32(body)), int64(binary.BigEndian.Uint32(body[4:]))}
			}
		case "dvcC", "dvvC":
			bitstream.DolbyVision(s, body)
		case "dvwC", "st3d", "sv3d", "sinf", "lhvC", "oinf":
			odd = true
		}
	})
	if odd || !f.turn(t) {
		return false
	}
	s.AvgRate = facts.Rate(t.scale*t.samples, t.span)
	if t.steady() {
		s.RFrameRate = facts.Rate(t.scale, t.times[0].step)
	}
	f.shape(t, shape)
	rate, w, h := s.AvgRate, s.Width, s.Height
	if rate == "0/0" || !f.coded(t, config) || s.Width != w || s.Height != h {
		return false
	}
	s.AvgRate = rate
	if s.RFrameRate == "0/0" {
		s.RFrameRate = t.beat()
	}
	if order != "" {
		s.FieldOrder = order
	}
	return true
}

// coded reads what the coded stream says itself, in its configuration and, where
// that leaves something open, in its first sample.
func (f *file) coded(t *track, config []byte) bool {
	s := t.s
	switch s.Codec {
	case "h264":
		return len(config) >= 7 && (bitstream.H264(s, config, nil) || bitstream.H264(s, config, f.head(t)))
	case "hevc":
		ok := len(config) >= 23 && bitstream.HEVC(s, config, nil)
		if len(config) >= 23 && (!ok || s.Transfer == "smpte2084") {
			ok = bitstream.HEVC(s, config, f.head(t))
		}
		return ok
	case "av1":
		ok := bitstream.AV1(s, config, nil)
		if !ok || s.Transfer == "smpte2084" {
			ok = bitstream.AV1(s, config, f.head(t))
		}
		return ok
	case "vp9":
		return bitstream.VP9(s, f.head(t))
	case "mpeg4":
		return bitstream.MPEG4(s, config, nil) || bitstream.MPEG4(s, config, f.head(t))
	}
	return false
}

// shape is the shape of a pixel: said, or by the size at which the track is shown.
func (f *file) shape(t *track, said [2]int64) {
	s := t.s
	switch {
	case said[0] > 0 && said[1] > 0:
		s.Shape(said[0], said[1])
	case t.width > 0 && t.height > 0 && (t.width != s.Width || t.height != s.Height):
		s.Shape(int64(s.Height)*int64(t.width), int64(s.Width)*int64(t.height))
	}
}

// turn adds the display matrix; it takes quarter turns only.
func (f *file) turn(t *track) bool {
	if string(t.matrix) == upright {
		return true
	}
	c := cursor{b: t.matrix}
	var m [9]int32
	for i := range m {
		m[i] = int32(c.u32())
	}
	const one = 1 << 16
	var turned float64
	switch [4]int32{m[0], m[1], m[3], m[4]} {
	case [4]int32{one, 0, 0, one}:
	case [4]int32{0, one, -one, 0}:
		turned = -90
	case [4]int32{-one, 0, 0, -one}:
		turned = 180
	case [4]int32{0, -one, one, 0}:
		turned = 90
	default:
		return false
	}
	t.s.SideData = append(t.s.SideData, facts.SideData{Type: facts.SideMatrix, Rotation: turned})
	return true
}

func colour(s *facts.Stream, body []byte) {
	if len(body) < 10 {
		return
	}
	be := binary.BigEndian
	switch string(body[:4]) {
	case "nclx":
		if len(body) > 10 {
			bitstream.Range(s, body[10]&0x80 != 0)
		}
	case "nclc":
	default:
		return
	}
	bitstream.Colour(s, int(be.Uint16(body[4:])), int(be.Uint16(body[6:])), int(be.Uint16(body[8:])))
}

func fieldOrder(body []byte) string {
	if len(body) < 2 {
		return "?"
	}
	switch {
	case body[0] == 1:
		return "progressive"
	case body[0] == 2 && body[1] == 1:
		return "tt"
	case body[0] == 2 && body[1] == 6:
		return "bb"
	case body[0] == 2 && body[1] == 9:
		return "tb"
	case body[0] == 2 && body[1] == 14:
		return "bt"
	}
	return "?"
}

var soundCodecs = map[string]string{
	"mp4a": "aac", "ac-3": "ac3", "ec-3": "eac3", "Opus": "opus", "fLaC": "flac", "alac": "alac", ".mp3": "mp3",
	"sowt": "pcm_s16le", "twos": "pcm_s16be",
}

func (f *file) sound(t *track) bool {
	s, b := t.s, t.description
	if len(b) < 28 {
		return false
	}
	be := binary.BigEndian
	s.Codec = soundCodecs[t.entry]
	bitstream.Sound(s, int(be.Uint16(b[16:])), int(be.Uint16(b[24:])))
	bits, rest := int(be.Uint16(b[18:])), b[28:]
	switch version := be.Uint16(b[8:]); { // QuickTime's longer entries
	case version == 1 && len(rest) >= 16:
		rest = rest[16:]
	case version != 0:
		return false
	}
	var config []byte
	object, odd := 0, false
	var visit func(kind string, body []byte)
	visit = func(kind string, body []byte) {
		switch kind {
		case "wave":
			split(body, func(kind string, body []byte) {
				if kind != "wave" {
					visit(kind, body)
				}
			})
		case "esds":
			object, config = descriptor(body)
		case "dOps", "dfLa":
			config = body
		case "alac":
			if len(body) >= 28 {
				config = body
			}
		case "sinf", "enda":
			odd = true
		case "chan":
			odd = odd || s.Channels > 2 && strings.HasPrefix(s.Codec, "pcm_")
		}
	}
	split(rest, visit)
	return !odd && f.heard(t, object, bits, config)
}

func (f *file) heard(t *track, object, bits int, config []byte) bool {
	s, rate := t.s, t.s.BitRate
	ok := false
	switch s.Codec {
	case "aac":
		switch object {
		case 0x40, 0x66, 0x67, 0x68:
			ok = bitstream.AAC(s, config)
		case 0x69, 0x6b:
			ok = f.mpegAudio(t)
		}
	case "mp3":
		ok = f.mpegAudio(t)
	case "ac3", "eac3":
		codec := s.Codec
		ok = bitstream.AC3(s, f.head(t)) && codec == s.Codec
		rate = s.BitRate // frames say it better than tables
	case "opus":
		if ok = len(config) >= 11 && config[0] == 0 && config[10] <= 1 && config[1] > 0 && config[1] <= 8; ok {
			bitstream.Sound(s, int(config[1]), 48000)
		}
	case "flac":
		if len(config) >= 42 && config[4]&0x7f == 0 {
			_, ok = bitstream.FLACInfo(s, config[8:])
		}
	case "alac":
		ok = len(config) >= 28 && bitstream.ALAC(s, config[4:])
	case "pcm_s16le", "pcm_s16be":
		s.SampleBits, ok = 16, bits == 16
	}
	s.BitRate = rate
	return ok
}

func (f *file) mpegAudio(t *track) bool {
	m, ok := bitstream.ParseMPEGAudio(f.head(t))
	if ok {
		m.Describe(t.s)
	}
	return ok
}

// descriptor reads the object type and the decoder's configuration of an elementary
// stream descriptor.
func descriptor(body []byte) (object int, config []byte) {
	if len(body) < 4 {
		return 0, nil
	}
	c := cursor{b: body[4:]}
	for !c.short && len(c.b) > 0 {
		tag, size := c.u8(), 0
		for range 4 {
			n := c.u8()
			size = size<<7 | n&127
			if n < 128 {
				break
			}
		}
		switch tag {
		case 3:
			c.u16()
			flags := c.u8()
			if flags&0x80 != 0 {
				c.u16()
			}
			if flags&0x40 != 0 {
				c.take(c.u8())
			}
			if flags&0x20 != 0 {
				c.u16()
			}
		case 4:
			object = c.u8()
			c.take(12)
		case 5:
			if b := c.take(size); !c.short {
				config = b
			}
			return object, config
		default:
			c.take(size)
		}
	}
	return object, config
}

// perSecond is n*scale/duration, rounded down.
func perSecond(n, scale, duration int64) int64 {
	hi, lo := bits.Mul64(uint64(n), uint64(scale))
	if n < 0 || hi >= uint64(duration) {
		return 0
	}
	q, _ := bits.Div64(hi, lo, uint64(duration))
	return int64(q & math.MaxInt64)
}

// steady reports whether all samples but the last are of one length.
func (t *track) steady() bool { return t.runs == 1 || t.runs == 2 && t.times[1].count == 1 }

// beats are the rates that pictures of changing length are made for.
var beats = [...][2]int64{{24000, 1001}, {24, 1}, {25, 1}, {30000, 1001}, {30, 1}, {50, 1}, {60000, 1001}, {60, 1}, {120, 1}}

// beat is the rate that the pictures of an unsteady track fall in with: that of the
// shortest where the others are multiples of it, else a usual one near the average.
func (t *track) beat() string {
	if t.step > 0 && t.even {
		return facts.Rate(t.scale, t.step)
	}
	average := float64(t.scale) * float64(t.samples) / float64(t.span)
	for _, b := range beats {
		if r := float64(b[0]) / float64(b[1]); math.Abs(r-average) < 0.03*r {
			return facts.Rate(b[0], b[1])
		}
	}
	return t.s.AvgRate
}
