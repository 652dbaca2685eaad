package isom

import (
	"encoding/binary"
	"math"

	"sett/streaming/probe/facts"
)

// upright is the matrix that changes nothing.
const upright = "\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x40\x00\x00\x00"

// track is a trak box.
type track struct {
	s        *facts.Stream
	id       int64
	kind     string // of its handler
	scale    int64
	media    int64 // duration by the media header
	chapters []int64

	width, height int // as shown
	matrix        []byte

	edited        bool
	empty, cut    int64 // before the first sample, in the movie's time; of it, in the track's
	shown         int64 // in the movie's time
	entry         string
	description   []byte
	entries       int64
	start         int64 // of the first sample shown, in the track's time
	times         [2]run
	runs          int64
	step          int64 // the shortest sample's length
	even          bool  // all lengths so far are multiples of it
	samples, span int64 // by the time table
	offset        int64 // of the first sample's composition
	bytes         int64 // of all samples
	firstSize     int64
	firstAt       int64
	sizes         box
	chunks        box
	spans         box
	timeTable     box
}

// run is a number of samples of the same length.
type run struct{ count, step int64 }

func (f *file) track(b box) error {
	if len(f.tracks) >= maxTracks {
		return facts.Unsure("too many tracks")
	}
	t := &track{s: &facts.Stream{RFrameRate: "0/0", AvgRate: "0/0", Tags: make(map[string]string)}}
	f.doc.Add(t.s)
	f.tracks = append(f.tracks, t)
	err := children(f.r, b.at, b.end(), func(b box) error {
		switch b.kind {
		case "tkhd":
			return f.trackHeader(t, b)
		case "edts":
			return children(f.r, b.at, b.end(), func(b box) error {
				if b.kind != "elst" {
					return nil
				}
				return f.edits(t, b)
			})
		case "tref":
			return children(f.r, b.at, b.end(), func(b box) error { return f.reference(t, b) })
		case "udta":
			return f.userData(b, t)
		case "mdia":
			return children(f.r, b.at, b.end(), func(b box) error { return f.mediaBox(t, b) })
		}
		return nil
	})
	if err == nil && (t.scale <= 0 || t.kind == "" || t.description == nil) {
		return facts.Unsure("a track without a description")
	}
	return err
}

func (f *file) trackHeader(t *track, b box) error {
	buf, err := f.small(b)
	if err != nil {
		return err
	}
	c := cursor{b: buf}
	version := c.u8()
	if c.take(3)[2]&1 != 0 {
		t.s.SetFlag("default")
	}
	c.word(version)
	c.word(version)
	t.id = c.u32()
	c.u32()
	c.word(version)
	c.take(16)
	t.matrix = c.take(36)
	t.width, t.height = int(c.u32()>>16), int(c.u32()>>16)
	if c.short {
		return facts.Unsure("a short track header")
	}
	return nil
}

// edits takes a list of at most one pause and one piece that is the whole track;
// whatever else lists say, ffprobe knows better.
func (f *file) edits(t *track, b box) error {
	buf, err := f.small(b)
	if err != nil {
		return err
	}
	c := cursor{b: buf}
	version := c.u8()
	c.take(3)
	n := c.u32()
	if n > 2 {
		return facts.Unsure("an edit list of %d pieces", n)
	}
	for range n {
		length, start, rate := c.word(version), c.word(version), c.u32()
		if version == 0 {
			start = int64(int32(start))
		}
		switch {
		case start == -1 && !t.edited && t.empty == 0:
			t.empty = length
		case start >= 0 && !t.edited && rate == 1<<16:
			t.edited, t.cut, t.shown = true, start, length
		default:
			return facts.Unsure("an edit list that cuts")
		}
	}
	if c.short || n > 0 && !t.edited {
		return facts.Unsure("an edit list that shows nothing")
	}
	return nil
}

func (f *file) reference(t *track, b box) error {
	if b.kind != "chap" {
		return nil
	}
	buf, err := f.small(b)
	for ; len(buf) >= 4; buf = buf[4:] {
		t.chapters = append(t.chapters, int64(binary.BigEndian.Uint32(buf)))
	}
	return err
}

func (f *file) mediaBox(t *track, b box) error {
	switch b.kind {
	case "mdhd":
		buf, err := f.small(b)
		if err != nil {
			return err
		}
		c := cursor{b: buf}
		version := c.u8()
		c.take(3)
		c.word(version)
		c.word(version)
		t.scale, t.media = c.u32(), c.word(version)
		if l := language(c.u16()); l != "" {
			t.s.Tags["language"] = l
		}
		t.s.TimeBase = facts.Base(t.scale)
	case "hdlr":
		buf, err := f.small(b)
		if err != nil || len(buf) < 24 {
			return err
		}
		t.kind = string(buf[8:12])
		if h := handlerName(buf); h != "" {
			t.s.Tags["handler_name"] = h
		}
	case "minf":
		return children(f.r, b.at, b.end(), func(b box) error {
			if b.kind != "stbl" {
				return nil
			}
			return children(f.r, b.at, b.end(), func(b box) error { return f.table(t, b) })
		})
	}
	return nil
}

// handlerName reads the name behind a handler's type: a counted string in
// QuickTime, one that ends with a zero in MP4.
func handlerName(buf []byte) string {
	name := buf[24:]
	if len(name) > 0 && string(buf[4:8]) == "mhlr" && int(name[0]) < len(name) {
		return string(name[1 : 1+int(name[0])])
	}
	return zero(name)
}

func zero(b []byte) string {
	for i, c := range b {
		if c == 0 {
			return string(b[:i])
		}
	}
	return string(b)
}

// macLanguages are the first of QuickTime's numbers.
var macLanguages = [...]string{
	"eng", "fra", "ger", "ita", "dut", "sve", "spa", "dan", "por", "nor", "heb", "jpn", "ara", "fin", "gre", "ice", "mlt", "tur",
	"hr", "chi", "urd", "hin", "tha", "kor", "lit", "pol", "hun", "est", "lav",
}

// language unpacks three letters, or QuickTime's number.
func language(packed int) string {
	if packed < 0x400 {
		if packed < len(macLanguages) {
			return macLanguages[packed]
		}
		return ""
	}
	if packed == 0x7fff {
		return ""
	}
	return string([]byte{byte(packed>>10&31) + 0x60, byte(packed>>5&31) + 0x60, byte(packed&31) + 0x60})
}

func (f *file) table(t *track, b box) error {
	switch b.kind {
	case "stsd":
		buf, err := f.small(b)
		if err != nil || len(buf) < 16 {
			return err
		}
		t.entries = int64(binary.BigEndian.Uint32(buf[4:]))
		n := int64(binary.BigEndian.Uint32(buf[8:]))
		if n < 8 || n > int64(len(buf)-8) {
			return facts.Unsure("a sample description of %d bytes", n)
		}
		t.entry, t.description = string(buf[12:16]), buf[16:8+n]
	case "stts":
		t.timeTable = b
		return f.times(t, b)
	case "ctts":
		buf, err := f.r.Peek(b.at, 16)
		if err != nil || len(buf) < 16 || b.size < 16 {
			return err
		}
		t.offset = int64(int32(binary.BigEndian.Uint32(buf[12:])))
	case "stsz":
		t.sizes = b
		return f.sampleSizes(t, b)
	case "stz2":
		return facts.Unsure("compact sample sizes")
	case "stsc":
		t.spans = b
	case "stco", "co64":
		t.chunks = b
		return f.firstChunk(t, b)
	}
	return nil
}

// entriesOf walks a table of count entries of the given width.
func (f *file) entriesOf(b box, head, width, count int64, visit func(e []byte)) error {
	return f.piecesOf(b, head, width, count, func(list []byte) {
		for ; len(list) > 0; list = list[width:] {
			visit(list)
		}
	})
}

// piecesOf walks a table some entries at a time.
func (f *file) piecesOf(b box, head, width, count int64, visit func(list []byte)) error {
	at := b.at + head
	if count < 0 || count > (b.size-head)/width {
		return facts.Unsure("table %q is cut off", b.kind)
	}
	const piece = 64 << 10
	for count > 0 {
		n := min(count, piece/width)
		buf, err := f.r.Bytes(at, int(n*width))
		if err != nil {
			return err
		}
		visit(buf)
		at += n * width
		count -= n
	}
	return nil
}

func (f *file) times(t *track, b box) error {
	buf, err := f.r.Bytes(b.at, 8)
	if err != nil {
		return err
	}
	count := int64(binary.BigEndian.Uint32(buf[4:]))
	return f.entriesOf(b, 8, 8, count, func(e []byte) {
		r := run{int64(binary.BigEndian.Uint32(e)), int64(binary.BigEndian.Uint32(e[4:]))}
		if t.runs < 2 {
			t.times[t.runs] = r
		}
		t.runs++
		t.beatWith(r.step)
		if t.span < math.MaxInt64/4 {
			t.samples += r.count
			t.span += r.count * min(r.step, 1<<28)
		}
	})
}

// beatWith takes one more sample's length into account.
func (t *track) beatWith(step int64) {
	switch {
	case step <= 0:
	case t.step == 0:
		t.step, t.even = step, true
	case step < t.step:
		t.even, t.step = t.even && t.step%step == 0, step
	default:
		t.even = t.even && step%t.step == 0
	}
}

func (f *file) sampleSizes(t *track, b box) error {
	buf, err := f.r.Bytes(b.at, 12)
	if err != nil {
		return err
	}
	fixed, count := int64(binary.BigEndian.Uint32(buf[4:])), int64(binary.BigEndian.Uint32(buf[8:]))
	if fixed > 0 {
		t.bytes, t.firstSize = fixed*count, fixed
		return nil
	}
	return f.piecesOf(b, 12, 4, count, func(list []byte) {
		if t.bytes == 0 && t.firstSize == 0 {
			t.firstSize = int64(binary.BigEndian.Uint32(list))
		}
		for ; len(list) >= 4; list = list[4:] {
			t.bytes += int64(binary.BigEndian.Uint32(list))
		}
	})
}

func (f *file) firstChunk(t *track, b box) error {
	buf, err := f.r.Peek(b.at, 16)
	if err != nil || len(buf) < 16 || b.size < 12 {
		return err
	}
	if t.firstAt = int64(binary.BigEndian.Uint32(buf[8:])); b.kind == "co64" {
		t.firstAt = int64(binary.BigEndian.Uint64(buf[8:]))
	}
	return nil
}

// head reads the beginning of the track's first sample.
func (f *file) head(t *track) []byte {
	const most = 8 << 10
	if t.firstAt <= 0 || t.firstSize <= 0 {
		return nil
	}
	b, err := f.r.Peek(t.firstAt, int(min(t.firstSize, most)))
	if err != nil {
		return nil
	}
	return b
}
