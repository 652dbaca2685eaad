package matroska

import (
	"bytes"
	"math"
	"strings"

	"sett/streaming/probe/bitstream"
	"sett/streaming/probe/facts"
)

// track is an entry of the Tracks element.
type track struct {
	s       *facts.Stream
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

	packet []byte // the beginning of the first
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
	base, unit := facts.Reduce(f.scale, 1e9, math.MaxInt32)
	t.s.TimeBase = facts.Rate(base, unit)
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
	if t.period == 0 || t.period > 1e12 {
		return false // only the packets tell the rate
	}
	n, d := facts.Reduce(1e9, int64(t.period), 30000)
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

// packets reads the beginning of the first packet of every track that needs one.
func (f *file) packets() error {
	need := make(map[uint64]*track)
	for _, t := range f.tracks {
		if t.kind < 0x10 && t.needsPacket() {
			if t.packed {
				return facts.Unsure("packets that are compressed")
			}
			need[t.number] = t
		}
	}
	if len(need) == 0 {
		return nil
	}
	w := walker{f: f, at: f.cluster}
	for range maxBlocks {
		b, ok, err := w.next()
		if err != nil {
			return err
		}
		if !ok {
			break
		}
		t := need[b.track]
		if t == nil {
			continue
		}
		if b.lacing != 0 && len(t.prefix) > 0 {
			return facts.Unsure("a first packet laced")
		}
		head, err := f.r.Bytes(b.at, int(min(b.size, packetHead)))
		if err != nil {
			return err
		}
		t.packet = append(bytes.Clone(t.prefix), head...)
		if delete(need, b.track); len(need) == 0 {
			return nil
		}
	}
	return facts.Unsure("a track without packets at the beginning")
}

// Bounds of the search for first packets.
const (
	maxBlocks  = 4096
	packetHead = 8 << 10 // bytes of a packet that its head may need
)

// block is where a block's payload lies.
type block struct {
	track    uint64
	at, size int64
	lacing   byte
}

// walker walks over blocks from the first cluster on.
type walker struct {
	f  *file
	at int64
}

func (w *walker) next() (block, bool, error) {
	for range maxLevel1 {
		if w.at >= w.f.end {
			return block{}, false, nil
		}
		e, ok, err := w.f.header(w.at)
		if err != nil || !ok {
			return block{}, false, err
		}
		switch e.id {
		case idCluster, idBlockGroup:
			w.at = e.at // into it
			continue
		case idSimpleBlock, idBlock:
		case idCues:
			return block{}, false, nil
		}
		if e.size < 0 {
			return block{}, false, facts.Unsure("element %#x has no size", e.id)
		}
		w.at = e.end()
		if e.id == idSimpleBlock || e.id == idBlock {
			return w.block(e)
		}
	}
	return block{}, false, nil
}

func (w *walker) block(e element) (block, bool, error) {
	h, err := w.f.r.Bytes(e.at, int(min(e.size, 12)))
	if err != nil {
		return block{}, false, err
	}
	n, m := vint(h)
	if m == 0 || n < 0 || len(h) < m+3 {
		return block{}, false, facts.Unsure("a block that makes no sense at %d", e.at)
	}
	b := block{track: uint64(n), at: e.at + int64(m+3), size: e.size - int64(m+3), lacing: h[m+2] >> 1 & 3}
	if b.lacing != 0 {
		return b, true, w.skipLace(&b)
	}
	return b, true, nil
}

// skipLace moves a block's payload to its first frame, whose size is unknown then.
func (w *walker) skipLace(b *block) error {
	h, err := w.f.r.Bytes(b.at, int(min(b.size, 2048)))
	if err != nil || len(h) == 0 {
		return err
	}
	count, at := int(h[0])+1, 1
	for i := 0; i < count-1 && b.lacing != 2; i++ {
		if b.lacing == 1 {
			for at < len(h) && h[at] == 255 {
				at++
			}
			at++
			continue
		}
		if at >= len(h) {
			break
		}
		_, m := vint(h[at:])
		if m == 0 {
			break
		}
		at += m
	}
	if at >= len(h) {
		return facts.Unsure("a lace that makes no sense at %d", b.at)
	}
	b.at, b.size = b.at+int64(at), b.size-int64(at)
	return nil
}
