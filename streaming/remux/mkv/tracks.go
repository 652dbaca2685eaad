package mkv

import (
	"bytes"
	"encoding/binary"
	"math"
	"strings"

	"sett/streaming/remux/codec"
	"sett/streaming/remux/media"
)

// track is an entry of the Tracks element.
type track struct {
	media.Track
	private  []byte
	length   int64 // nanoseconds of a packet, 0 unknown
	delay    int64 // nanoseconds to take off its times
	display  [2]int
	codecID  string
	scaled   bool   // has a time scale of its own
	colour   []byte // primaries, transfer, matrix, full range; nil: not said
	encoding string
}

// codecs maps Matroska's names to ffprobe's.
var codecs = map[string]string{
	"V_MPEG4/ISO/AVC": "h264", "V_MPEGH/ISO/HEVC": "hevc", "V_AV1": "av1", "V_VP9": "vp9", "V_VP8": "vp8",
	"A_AAC": "aac", "A_AC3": "ac3", "A_AC3/BSID9": "ac3", "A_AC3/BSID10": "ac3", "A_EAC3": "eac3", "A_OPUS": "opus", "A_FLAC": "flac",
	"A_MPEG/L3": "mp3", "A_ALAC": "alac", "A_DTS": "dts", "A_TRUEHD": "truehd", "A_VORBIS": "vorbis",
}

func (x *Index) readTracks(b []byte) {
	index := 0
	each(b, func(id uint32, body []byte) {
		if id != idTrackEntry || len(x.tracks) >= maxTracks {
			return
		}
		t, kind := readTrack(body)
		switch kind {
		case 1, 2, 0x11, 0x21: // the kinds that ffprobe counts
			t.Index = index
			index++
			x.tracks = append(x.tracks, t)
		}
	})
}

func readTrack(b []byte) (*track, int) {
	t := &track{}
	kind := 0
	each(b, func(id uint32, body []byte) {
		switch id {
		case idTrackNumber:
			t.ID = number(body)
		case idTrackType:
			kind = int(number(body))
		case idCodecID:
			t.codecID = strings.TrimRight(string(body), "\x00")
		case idCodecPrivate:
			t.private = bytes.Clone(body)
		case idDefaultDuration:
			t.length = int64(min(number(body), 1e12))
		case idCodecDelay:
			t.delay = int64(min(number(body), 1e12))
		case idTrackTimestampScale:
			t.scaled = len(body) > 0 && float(body) != 1
		case idLanguage:
			t.Language = strings.TrimRight(string(body), "\x00")
		case idContentEncodings:
			each(body, t.readEncoding)
		case idVideo:
			each(body, t.readVideo)
		case idAudio:
			each(body, t.readAudio)
		case idBlockAdditionMapping:
			t.readMapping(body)
		}
	})
	t.Codec = codecs[t.codecID]
	if strings.HasPrefix(t.codecID, "A_AAC/") {
		t.Codec = "aac"
	}
	t.Kind = map[int]media.Kind{1: media.Video, 2: media.Audio}[kind]
	t.configure()
	return t, kind
}

func (t *track) readEncoding(id uint32, body []byte) {
	if id != idContentEncoding {
		return
	}
	scope, kind, algo := uint64(1), uint64(0), uint64(0)
	var settings []byte
	each(body, func(id uint32, body []byte) {
		switch id {
		case idContentEncodingScope:
			scope = number(body)
		case idContentEncodingType:
			kind = number(body)
		case idContentCompression:
			each(body, func(id uint32, body []byte) {
				switch id {
				case idContentCompAlgo:
					algo = number(body)
				case idContentCompSettings:
					settings = body
				}
			})
		}
	})
	switch {
	case kind == 1:
		t.encoding = "encrypted"
	case algo != 3:
		t.encoding = "compressed"
	case scope&1 != 0:
		t.Prefix = append(bytes.Clone(settings), t.Prefix...)
	}
}

func (t *track) readVideo(id uint32, body []byte) {
	switch id {
	case idPixelWidth:
		t.Width = int(number(body) & 0xffff)
	case idPixelHeight:
		t.Height = int(number(body) & 0xffff)
	case idDisplayWidth:
		t.display[0] = int(number(body) & 0xffff)
	case idDisplayHeight:
		t.display[1] = int(number(body) & 0xffff)
	case idColour:
		t.readColour(body)
	}
}

func (t *track) readAudio(id uint32, body []byte) {
	switch id {
	case idSamplingFrequency:
		if f := float(body); f >= 1 && f <= 1<<20 {
			t.SampleRate = int(math.Round(f))
		}
	case idChannels:
		t.Channels = int(number(body) & 0xff)
	case idBitDepth:
		t.BitDepth = int(number(body) & 0xff)
	}
}

// readMapping takes a Dolby Vision record, which is the body of a box of that name.
func (t *track) readMapping(b []byte) {
	var kind uint64
	var extra []byte
	each(b, func(id uint32, body []byte) {
		switch id {
		case idBlockAddIDType:
			kind = number(body)
		case idBlockAddIDExtraData:
			extra = body
		}
	})
	switch kind {
	case 0x64766343, 0x64767643, 0x64767743: // dvcC, dvvC, dvwC
		t.box(string(binary.BigEndian.AppendUint32(nil, uint32(kind))), extra)
	}
}

func (t *track) box(kind string, body []byte) {
	t.Boxes = binary.BigEndian.AppendUint32(t.Boxes, uint32(8+len(body)))
	t.Boxes = append(append(t.Boxes, kind...), body...)
}

func (t *track) readColour(b []byte) {
	be := binary.BigEndian
	matrix, transfer, primaries, full := uint64(2), uint64(2), uint64(2), byte(0)
	said := false
	var cll, fall uint64
	each(b, func(id uint32, body []byte) {
		switch id {
		case idMatrix:
			matrix, said = number(body), true
		case idTransfer:
			transfer, said = number(body), true
		case idPrimaries:
			primaries, said = number(body), true
		case idRange:
			if number(body) == 2 {
				full = 0x80
			}
		case idMaxCLL:
			cll = number(body)
		case idMaxFALL:
			fall = number(body)
		case idMastering:
			t.readMastering(body)
		}
	})
	if said {
		body := be.AppendUint16([]byte("nclx"), uint16(primaries))
		body = be.AppendUint16(be.AppendUint16(body, uint16(transfer)), uint16(matrix))
		t.box("colr", append(body, full))
		t.colour = []byte{byte(primaries), byte(transfer), byte(matrix), full >> 7}
	}
	if cll > 0 || fall > 0 {
		t.box("clli", be.AppendUint16(be.AppendUint16(nil, uint16(cll)), uint16(fall)))
	}
}

// readMastering makes mdcv: green, blue, red, white, and the range of luminance.
func (t *track) readMastering(b []byte) {
	var v [10]float64 // Rx Ry Gx Gy Bx By Wx Wy max min, as Matroska numbers them
	each(b, func(id uint32, body []byte) {
		if id >= 0x55D1 && id <= 0x55DA {
			v[id-0x55D1] = float(body)
		}
	})
	if v[8] <= 0 || v[6] <= 0 {
		return
	}
	var body []byte
	for _, i := range []int{2, 3, 4, 5, 0, 1, 6, 7} {
		body = binary.BigEndian.AppendUint16(body, uint16(math.Round(min(max(v[i], 0), 1)*50000)))
	}
	for _, i := range []int{8, 9} {
		body = binary.BigEndian.AppendUint32(body, uint32(math.Round(min(max(v[i], 0), 1e5)*10000)))
	}
	t.box("mdcv", body)
}

// configure fills in what does not need a packet.
func (t *track) configure() {
	t.Timescale = 90000
	switch {
	case t.Codec == "":
		t.Problem = "codec " + t.codecID
	case t.encoding != "":
		t.Problem = t.encoding
	case t.scaled:
		t.Problem = "a time scale of its own"
	case t.Kind == media.Audio:
		t.configureAudio()
	case t.Kind == media.Video:
		t.configureVideo()
	}
}

func (t *track) configureVideo() {
	if t.display[0] == 0 || t.display[1] == 0 {
		t.display = [2]int{t.Width, t.Height}
	}
	if w, h := t.display[0]*t.Height, t.display[1]*t.Width; w > 0 && h > 0 {
		d := gcd(w, h)
		t.box("pasp", binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, uint32(w/d)), uint32(h/d)))
	}
	ok := true
	switch t.Codec {
	case "h264":
		_, _, ok = codec.AVCC(t.private)
		t.Config = t.private
	case "hevc":
		_, _, ok = codec.HVCC(t.private)
		t.Config = t.private
	case "av1":
		ok = len(t.private) >= 4 && t.private[0] == 0x81
		t.Config = t.private
	}
	if !ok {
		t.Problem = "a decoder configuration that cannot be read"
	}
}

func gcd(a, b int) int {
	for b > 0 {
		a, b = b, a%b
	}
	return a
}

func (t *track) configureAudio() {
	ok := true
	switch t.Codec {
	case "aac":
		t.Config = t.private
		if t.Config == nil {
			t.Config = aacByName(t.codecID, t.SampleRate, t.Channels)
		}
		var a codec.AAC
		if a, ok = codec.ParseASC(t.Config); ok {
			t.SampleRate, t.Frame = a.SampleRate, int64(a.Frame)
			if a.Channels > 0 {
				t.Channels = a.Channels
			}
		}
	case "opus":
		t.Config, t.Channels, ok = codec.MakeDOps(t.private)
		t.SampleRate = 48000
	case "flac":
		var f codec.FLAC
		t.Config, f, ok = codec.MakeDfLa(t.private)
		t.SampleRate, t.Channels, t.BitDepth, t.Frame = f.SampleRate, f.Channels, f.BitDepth, int64(f.Frame)
	case "alac":
		var a codec.ALAC
		a, ok = codec.ParseALAC(t.private)
		t.SampleRate, t.Channels, t.BitDepth, t.Frame = a.SampleRate, a.Channels, a.BitDepth, int64(a.Frame)
		t.Config = append(make([]byte, 4), t.private...)
	}
	if !ok || t.SampleRate <= 0 {
		t.Problem = "a decoder configuration that cannot be read"
		return
	}
	t.Timescale = int64(t.SampleRate)
}

// aacByName makes the configuration of old files, whose codec's name tells it.
func aacByName(name string, rate, channels int) []byte {
	object := byte(2)
	switch {
	case strings.Contains(name, "/MAIN"):
		object = 1
	case strings.Contains(name, "/SSR"):
		object = 3
	}
	for i, r := range []int{96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000} {
		if r == rate && channels > 0 && channels < 7 {
			return []byte{object<<3 | byte(i>>1), byte(i<<7) | byte(channels<<3)}
		}
	}
	return nil
}

// complete fills in what only the first packet tells, and reports whether it does.
func (t *track) complete(packet []byte) bool {
	switch t.Codec {
	case "ac3":
		body, a, ok := codec.MakeDAC3(packet)
		t.Config, t.Channels, t.Frame = body, a.Channels, int64(a.Samples)
		return ok && t.rate(a.SampleRate)
	case "eac3":
		body, a, ok := codec.MakeDEC3(packet)
		t.Config, t.Channels, t.Frame = body, a.Channels, int64(a.Samples)
		return ok && t.rate(a.SampleRate)
	case "mp3":
		m, ok := codec.ParseMP3(packet)
		t.Channels, t.Frame = m.Channels, int64(m.Samples)
		return ok && t.rate(m.SampleRate)
	case "opus":
		t.Frame = codec.OpusSamples(packet)
	case "vp9":
		body, ok := codec.MakeVPCC(t.private, packet)
		if t.Config = body; ok && t.colour != nil {
			body[6] |= t.colour[3]
			copy(body[7:10], t.colour)
		}
		return ok
	}
	return true
}

func (t *track) rate(r int) bool {
	t.SampleRate, t.Timescale = r, int64(r)
	return r > 0
}
