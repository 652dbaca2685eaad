package matroska

import (
	"encoding/binary"
	"math"
	"math/bits"
	"strings"

	"sett/streaming/probe/facts"
)

// The elements that matter here.
const (
	idEBML, idSegment                                   = 0x1A45DFA3, 0x18538067
	idSeekHead, idSeek, idSeekID, idSeekPosition        = 0x114D9B74, 0x4DBB, 0x53AB, 0x53AC
	idInfo, idTimestampScale, idDuration, idTitle       = 0x1549A966, 0x2AD7B1, 0x4489, 0x7BA9
	idTracks, idTrackEntry, idTrackNumber, idTrackUID   = 0x1654AE6B, 0xAE, 0xD7, 0x73C5
	idTrackType, idCodecID, idCodecPrivate, idTrackName = 0x83, 0x86, 0x63A2, 0x536E
	idDefaultDuration, idLanguage, idLanguageBCP        = 0x23E383, 0x22B59C, 0x22B59D
	idFlagDefault, idFlagForced, idFlagHearing          = 0x88, 0x55AA, 0x55AB
	idFlagComment, idFlagOriginal, idFlagVisual         = 0x55AF, 0x55AE, 0x55AC
	idContentEncodings, idContentEncoding               = 0x6D80, 0x6240
	idContentEncodingScope, idContentEncodingType       = 0x5032, 0x5033
	idContentCompression, idContentCompAlgo             = 0x5034, 0x4254
	idContentCompSettings                               = 0x4255
	idBlockAdditionMapping, idBlockAddIDType            = 0x41E4, 0x41E7
	idBlockAddIDExtraData                               = 0x41ED
	idVideo, idPixelWidth, idPixelHeight                = 0xE0, 0xB0, 0xBA
	idDisplayWidth, idDisplayHeight, idDisplayUnit      = 0x54B0, 0x54BA, 0x54B2
	idFlagInterlaced, idFieldOrder, idStereoMode        = 0x9A, 0x9D, 0x53B8
	idAlphaMode, idProjection                           = 0x53C0, 0x7670
	idColour, idMatrix, idRange, idTransfer             = 0x55B0, 0x55B1, 0x55B9, 0x55BA
	idPrimaries                                         = 0x55BB
	idAudio, idSamplingFrequency, idOutputFrequency     = 0xE1, 0xB5, 0x78B5
	idChannels, idBitDepth                              = 0x9F, 0x6264
	idCluster, idTimestamp, idSimpleBlock               = 0x1F43B675, 0xE7, 0xA3
	idBlockGroup, idBlock, idCues                       = 0xA0, 0xA1, 0x1C53BB6B
	idTags, idTag, idTargets, idTargetType              = 0x1254C367, 0x7373, 0x63C0, 0x63CA
	idTagTrackUID, idTagChapterUID, idTagAttachmentUID  = 0x63C5, 0x63C4, 0x63C6
	idSimpleTag, idTagName, idTagString, idTagLanguage  = 0x67C8, 0x45A3, 0x4487, 0x447A
	idTagDefault                                        = 0x4484
	idChapters, idEditionEntry, idChapterAtom           = 0x1043A770, 0x45B9, 0xB6
	idChapterUID, idChapterStart, idChapterDisplay      = 0x73C4, 0x91, 0x80
	idChapString                                        = 0x85
	idAttachments, idAttachedFile, idFileName           = 0x1941A469, 0x61A7, 0x466E
	idFileMIME, idFileData, idFileUID, idFileDesc       = 0x4660, 0x465C, 0x46AE, 0x467E
)

// unknown is the size of an element that ends where the next one of its level begins.
const unknown = -1

// element is where an element lies in the file.
type element struct {
	id   uint32
	at   int64 // of its body
	size int64 // of its body, or unknown
}

func (e element) end() int64 { return e.at + e.size }

// header reads the head of the element at a position; ok is false at the end of the
// file.
func (f *file) header(pos int64) (e element, ok bool, err error) {
	b, err := f.r.Peek(pos, 12)
	if err != nil || len(b) == 0 {
		return e, false, err
	}
	id, n := elementID(b)
	if n == 0 {
		return e, false, facts.Unsure("no element at %d", pos)
	}
	size, m := vint(b[n:])
	if m == 0 {
		return e, false, facts.Unsure("an element without a size at %d", pos)
	}
	return element{id, pos + int64(n+m), size}, true, nil
}

// elementID reads an id with its length marker, 0 bytes if there is none.
func elementID(b []byte) (uint32, int) {
	if len(b) == 0 || b[0] < 0x10 {
		return 0, 0
	}
	n := bits.LeadingZeros8(b[0]) + 1
	if n > len(b) {
		return 0, 0
	}
	var id uint32
	for _, c := range b[:n] {
		id = id<<8 | uint32(c)
	}
	return id, n
}

// vint reads a size or a number, 0 bytes if there is none. All ones is unknown.
func vint(b []byte) (int64, int) {
	if len(b) == 0 || b[0] == 0 {
		return 0, 0
	}
	n := bits.LeadingZeros8(b[0]) + 1
	if n > len(b) {
		return 0, 0
	}
	v := int64(b[0]) & (1<<(8-n) - 1)
	ones := v == 1<<(8-n)-1
	for _, c := range b[1:n] {
		v = v<<8 | int64(c)
		ones = ones && c == 0xff
	}
	if ones {
		return unknown, n
	}
	return v, n
}

// each walks the elements of a buffer. It reports whether all of it made sense.
func each(b []byte, visit func(id uint32, body []byte)) bool {
	for len(b) > 0 {
		id, n := elementID(b)
		if n == 0 {
			return false
		}
		size, m := vint(b[n:])
		if m == 0 {
			return false
		}
		b = b[n+m:]
		if size == unknown || size > int64(len(b)) {
			return false
		}
		visit(id, b[:size])
		b = b[size:]
	}
	return true
}

func number(b []byte) uint64 {
	var v uint64
	for _, c := range b[:min(8, len(b))] {
		v = v<<8 | uint64(c)
	}
	return v
}

func float(b []byte) float64 {
	switch len(b) {
	case 4:
		return float64(math.Float32frombits(binary.BigEndian.Uint32(b)))
	case 8:
		return math.Float64frombits(binary.BigEndian.Uint64(b))
	}
	return 0
}

func text(b []byte) string {
	s, _, _ := strings.Cut(string(b), "\x00")
	return s
}
