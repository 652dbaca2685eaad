// Package mkv reads Matroska and WebM: tracks, cues, and the heads of blocks. It
// reads payload only where a codec keeps its configuration there, and writes
// nothing.
package mkv

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"math/bits"

	"sett/streaming/remux/media"
)

// The elements that matter here.
const (
	idEBML, idSegment                                = 0x1A45DFA3, 0x18538067
	idSeekHead, idSeek, idSeekID, idSeekPosition     = 0x114D9B74, 0x4DBB, 0x53AB, 0x53AC
	idInfo, idTimestampScale, idDuration             = 0x1549A966, 0x2AD7B1, 0x4489
	idTracks, idTrackEntry, idTrackNumber            = 0x1654AE6B, 0xAE, 0xD7
	idTrackType, idCodecID, idCodecPrivate           = 0x83, 0x86, 0x63A2
	idDefaultDuration, idCodecDelay, idSeekPreRoll   = 0x23E383, 0x56AA, 0x56BB
	idLanguage, idLanguageBCP, idTrackTimestampScale = 0x22B59C, 0x22B59D, 0x23314F
	idContentEncodings, idContentEncoding            = 0x6D80, 0x6240
	idContentEncodingScope, idContentEncodingType    = 0x5032, 0x5033
	idContentCompression, idContentCompAlgo          = 0x5034, 0x4254
	idContentCompSettings                            = 0x4255
	idBlockAdditionMapping, idBlockAddIDType         = 0x41E4, 0x41E7
	idBlockAddIDExtraData                            = 0x41ED
	idVideo, idPixelWidth, idPixelHeight             = 0xE0, 0xB0, 0xBA
	idDisplayWidth, idDisplayHeight, idDisplayUnit   = 0x54B0, 0x54BA, 0x54B2
	idColour, idMatrix, idRange, idTransfer          = 0x55B0, 0x55B1, 0x55B9, 0x55BA
	idPrimaries, idMaxCLL, idMaxFALL, idMastering    = 0x55BB, 0x55BC, 0x55BD, 0x55D0
	idAudio, idSamplingFrequency, idChannels         = 0xE1, 0xB5, 0x9F
	idBitDepth                                       = 0x6264
	idCues, idCuePoint, idCueTime                    = 0x1C53BB6B, 0xBB, 0xB3
	idCueTrackPositions, idCueTrack                  = 0xB7, 0xF7
	idCueClusterPosition                             = 0xF1
	idCluster, idTimestamp, idSimpleBlock            = 0x1F43B675, 0xE7, 0xA3
	idBlockGroup, idBlock, idBlockDuration           = 0xA0, 0xA1, 0x9B
	idReferenceBlock                                 = 0xFB
	idTags, idChapters, idAttachments                = 0x1254C367, 0x1043A770, 0x1941A469
)

// Limits against files made to hurt. Real films stay far below.
const (
	maxMaster = 64 << 20 // bytes of one element read into memory
	maxCues   = 1 << 20
	maxTracks = 256
	maxLevel1 = 1 << 16 // elements before the first cluster
)

// unknown is the size of an element that ends where the next one of its level begins.
const unknown = -1

// window reads small pieces of a file at rising positions, a page at a time.
type window struct {
	r   io.ReaderAt
	at  int64
	n   int
	buf [4096]byte
}

// peek returns up to n bytes at a position, fewer only at the end of the file.
// They stay valid until the next call.
func (w *window) peek(pos int64, n int) ([]byte, error) {
	if off := pos - w.at; off >= 0 && off+int64(n) <= int64(w.n) {
		return w.buf[off : off+int64(n)], nil
	}
	if n > len(w.buf) {
		return nil, media.Damaged("a head of %d bytes", n)
	}
	got, err := w.r.ReadAt(w.buf[:], pos)
	w.at, w.n = pos, got
	if err != nil && !errors.Is(err, io.EOF) {
		w.n = 0
		return nil, fmt.Errorf("read at %d: %w", pos, err)
	}
	return w.buf[:min(n, got)], nil
}

// element is where an element lies in the file.
type element struct {
	id   uint32
	at   int64 // of its body
	size int64 // of its body, or unknown
}

// element reads the header at a position. At the end of the file it returns io.EOF.
func (w *window) element(pos int64) (element, error) {
	b, err := w.peek(pos, 12)
	if err != nil {
		return element{}, err
	}
	if len(b) == 0 {
		return element{}, io.EOF
	}
	id, n := elementID(b)
	if n == 0 {
		if len(b) < 4 {
			return element{}, io.EOF
		}
		return element{}, media.Damaged("no element at %d", pos)
	}
	size, m := vint(b[n:])
	if m == 0 {
		if len(b) < 12 {
			return element{}, io.EOF
		}
		return element{}, media.Damaged("no size of the element at %d", pos)
	}
	return element{id, pos + int64(n+m), size}, nil
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

// each walks the elements of a buffer. One that is cut off ends it.
func each(b []byte, visit func(id uint32, body []byte)) {
	for len(b) > 0 {
		id, n := elementID(b)
		if n == 0 {
			return
		}
		size, m := vint(b[n:])
		if m == 0 {
			return
		}
		b = b[n+m:]
		if size == unknown || size > int64(len(b)) {
			return
		}
		visit(id, b[:size])
		b = b[size:]
	}
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

// load reads the body of an element.
func load(r io.ReaderAt, e element) ([]byte, error) {
	if e.size < 0 || e.size > maxMaster {
		return nil, media.Damaged("element %#x of %d bytes", e.id, e.size)
	}
	b := make([]byte, e.size)
	if _, err := r.ReadAt(b, e.at); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read element %#x: %w", e.id, err)
	} else if err != nil && len(b) > 0 {
		return nil, media.Damaged("the file ends inside element %#x", e.id)
	}
	return b, nil
}
