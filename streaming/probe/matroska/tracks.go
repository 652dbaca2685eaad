package matroska

import (
	"bytes"

	"sett/streaming/probe/bitstream"
	"sett/streaming/probe/facts"
)

// track is an entry of the Tracks element.
type track struct {
	s       *facts.Stream
	scale   int64 // nanoseconds to a unit of the file
	number  uint64
	uid     uint64
	kind    int
	codecID string
	private []byte
	prefix  []byte // stands before every packet
	packed  bool   // packets cannot be read as they are
	opaque  bool   // nor can the private data

	period     uint64 // nanoseconds of a packet
	shown      [2]int64
	unit       uint64
	interlaced uint64
	order      uint64
	rate, out  float64
	channels   int
	bits       int
	odd        string // what only ffprobe knows how to take

	wanted, timed bool    // packet and times are to be read
	packet        []byte  // the beginning of the first
	times         []int64 // of the first pictures
}

// codecs maps Matroska's names to ffprobe's.
var codecs = map[string]string{
	"V_MPEG4/ISO/AVC": "h264", "V_MPEGH/ISO/HEVC": "hevc", "V_AV1": "av1", "V_VP9": "vp9", "V_VP8": "vp8",
	"V_MPEG2": "mpeg2video", "V_MPEG4/ISO/ASP": "mpeg4", "V_MPEG4/ISO/SP": "mpeg4", "V_MPEG4/ISO/AP": "mpeg4",
	"A_AAC": "aac", "A_AC3": "ac3", "A_EAC3": "eac3", "A_OPUS": "opus", "A_FLAC": "flac", "A_VORBIS": "vorbis",
	"A_MPEG/L3": "mp3", "A_MPEG/L2": "mp2", "A_ALAC": "alac", "A_DTS": "dts", "A_TRUEHD": "truehd",
	"A_PCM/INT/LIT": "pcm_s16le", "A_PCM/INT/BIG": "pcm_s16be", "A_PCM/FLOAT/IEEE": "pcm_f32le",
	"S_TEXT/UTF8": "subrip", "S_TEXT/ASCII": "subrip", "S_TEXT/ASS": "ass", "S_TEXT/SSA": "ass", "S_ASS": "ass", "S_SSA": "ass",
	"S_TEXT/WEBVTT": "webvtt", "D_WEBVTT/SUBTITLES": "webvtt", "S_VOBSUB": "dvd_subtitle", "S_HDMV/PGS": "hdmv_pgs_subtitle",
	"S_DVBSUB": "dvb_subtitle",
}

func (f *file) track(id uint32, b []byte) {
	if id != idTrackEntry {
		return
	}
	if len(f.tracks) >= maxTracks {
		f.problem = facts.Unsure("too many tracks")
		return
	}
	t := &track{s: &facts.Stream{Tags: map[string]string{"language": "eng"}, Disposition: map[string]int{"default": 1}}}
	if !each(b, t.field) {
		f.problem = facts.Unsure("a track that makes no sense")
	}
	switch t.kind {
	case 1:
		t.s.Type = "video"
	case 2:
		t.s.Type = "audio"
	case 0x11:
		t.s.Type = "subtitle"
	case 0x21:
		f.problem = facts.Unsure("a track of metadata")
	default:
		return // ffprobe passes these over too
	}
	if t.codecID == "" {
		return
	}
	f.doc.Add(t.s)
	f.tracks = append(f.tracks, t)
}

func (t *track) field(id uint32, body []byte) {
	switch id {
	case idTrackNumber:
		t.number = number(body)
	case idTrackUID:
		t.uid = number(body)
	case idTrackType:
		t.kind = int(number(body) & 0xff)
	case idCodecID:
		t.codecID = text(body)
	case idCodecPrivate:
		t.private = body
	case idDefaultDuration:
		t.period = number(body)
	case idLanguage:
		if t.s.Tags["language"] = text(body); t.s.Tags["language"] == "und" || len(body) == 0 {
			delete(t.s.Tags, "language")
		}
	case idTrackName:
		t.s.Tags["title"] = text(body)
	case idFlagDefault, idFlagForced, idFlagHearing, idFlagComment, idFlagOriginal, idFlagVisual:
		t.flag(id, number(body) != 0)
	case idContentEncodings:
		each(body, t.encoding)
	case idVideo:
		each(body, t.video)
	case idAudio:
		each(body, t.audio)
	case idBlockAdditionMapping:
		t.mapping(body)
	}
}

func (t *track) flag(id uint32, on bool) {
	name := map[uint32]string{
		idFlagDefault: "default", idFlagForced: "forced", idFlagHearing: "hearing_impaired", idFlagComment: "comment",
		idFlagOriginal: "original", idFlagVisual: "visual_impaired",
	}[id]
	if t.s.Disposition[name] = 1; !on {
		delete(t.s.Disposition, name)
	}
}

func (t *track) encoding(id uint32, body []byte) {
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
	t.opaque = t.opaque || scope&2 != 0 || kind != 0
	if algo == 3 && kind == 0 {
		t.prefix = append(bytes.Clone(settings), t.prefix...)
		return
	}
	t.packed = true
}

func (t *track) video(id uint32, body []byte) {
	n := number(body)
	switch id {
	case idPixelWidth:
		t.s.Width = int(n & 0xffffff)
	case idPixelHeight:
		t.s.Height = int(n & 0xffffff)
	case idDisplayWidth:
		t.shown[0] = int64(n & 0xffffffff)
	case idDisplayHeight:
		t.shown[1] = int64(n & 0xffffffff)
	case idDisplayUnit:
		t.unit = n
	case idFlagInterlaced:
		t.interlaced = n
	case idFieldOrder:
		t.order = n + 1 // 0 is said
	case idColour:
		t.colour(body)
	case idProjection:
		t.odd = "a projection"
	case idStereoMode, idAlphaMode:
		if n != 0 {
			t.odd = "two pictures in one track"
		}
	}
}

func (t *track) colour(b []byte) {
	matrix, transfer, prim := 2, 2, 2
	each(b, func(id uint32, body []byte) {
		n := int(number(body) & 0xffff)
		switch id {
		case idMatrix:
			matrix = n
		case idTransfer:
			transfer = n
		case idPrimaries:
			prim = n
		case idRange:
			if n == 1 || n == 2 {
				bitstream.Range(t.s, n == 2)
			}
		}
	})
	bitstream.Colour(t.s, prim, transfer, matrix)
}

func (t *track) audio(id uint32, body []byte) {
	switch id {
	case idSamplingFrequency:
		t.rate = float(body)
	case idOutputFrequency:
		t.out = float(body)
	case idChannels:
		t.channels = int(number(body) & 0xff)
	case idBitDepth:
		t.bits = int(number(body) & 0xff)
	}
}

// mapping takes a Dolby Vision record.
func (t *track) mapping(b []byte) {
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
	case 0x64766343, 0x64767643: // dvcC, dvvC
		bitstream.DolbyVision(t.s, extra)
	case 0x64767743:
		t.odd = "an unusual kind of Dolby Vision"
	}
}
