// Package avi reads the facts of AVI files: the header lists, the old index, and the
// first chunk of a stream where only that tells. Files of several RIFF parts are left
// to ffprobe.
package avi

import (
	"encoding/binary"
	"math"
	"strings"

	"sett/streaming/probe/bitstream"
	"sett/streaming/probe/facts"
)

// Bounds against files made to hurt.
const (
	maxStreams = 64
	maxIndex   = 32 << 20 // bytes of the index
	maxChunks  = 4096     // looked at for the first of each stream
	packetHead = 8 << 10
)

// file is an AVI file being read.
type file struct {
	r       *facts.Reader
	doc     *facts.Document
	streams []*stream
	movi    int64 // where the chunks begin
	end     int64
	indexed bool
	opened  int64 // where the first and the last chunk lie, by the index
	last    int64
	sum     int64 // of all sizes in it
}

// stream is what a strl list says of one.
type stream struct {
	s               *facts.Stream
	kind, handler   string
	scale, rate     int64
	start, length   int64
	size            int64 // of a sample, 0: a chunk is one
	format          []byte
	first           []byte
	bytes           int64
	count           int64 // units of time so far
	opened, closed  int64 // times of the first and the last chunk
	chunks          int
	title           string
	aspect, picture [2]int64
}

// Read reads a file's facts.
func Read(r *facts.Reader) (*facts.Document, error) {
	f := &file{r: r, doc: new(facts.Document)}
	f.doc.Format.Name = "avi"
	f.doc.Format.Tags = make(map[string]string)
	h, err := r.Bytes(0, 12)
	if err != nil {
		return nil, err
	}
	f.end = min(r.Size(), 8+int64(binary.LittleEndian.Uint32(h[4:])))
	if r.Size()-f.end > 1<<20 {
		return nil, facts.Unsure("an AVI file of several parts")
	}
	if err := f.chunks(12, f.end, f.top); err != nil {
		return nil, err
	}
	if err := f.finish(); err != nil {
		return nil, err
	}
	return f.doc, nil
}

// chunk is where a chunk's body lies; of a list, its kind.
type chunk struct {
	id, list string
	at, size int64
}

func (f *file) chunks(at, end int64, visit func(chunk) error) error {
	for n := 0; at+8 <= end && n < maxChunks; n++ {
		c, err := f.chunk(at)
		if err != nil {
			return err
		}
		if c.at+c.size > end {
			return facts.Unsure("chunk %q at %d is larger than what holds it", c.id, at)
		}
		if err := visit(c); err != nil {
			return err
		}
		at = c.at + c.size + c.size&1
	}
	return nil
}

func (f *file) chunk(at int64) (chunk, error) {
	h, err := f.r.Peek(at, 12)
	if err != nil {
		return chunk{}, err
	}
	if len(h) < 8 {
		return chunk{}, facts.Unsure("a chunk cut off at %d", at)
	}
	c := chunk{id: string(h[:4]), at: at + 8, size: int64(binary.LittleEndian.Uint32(h[4:]))}
	if c.id == "LIST" && c.size >= 4 && len(h) == 12 {
		c.list, c.at, c.size = string(h[8:12]), c.at+4, c.size-4
	}
	return c, nil
}

func (f *file) load(c chunk, most int64) ([]byte, error) {
	if c.size > most {
		return nil, facts.Unsure("chunk %q of %d bytes", c.id, c.size)
	}
	return f.r.Load(c.at, c.size)
}

func (f *file) top(c chunk) error {
	switch {
	case c.list == "hdrl":
		return f.chunks(c.at, c.at+c.size, f.header)
	case c.list == "INFO":
		return f.info(c)
	case c.list == "movi":
		f.movi = c.at
	case c.id == "idx1":
		f.indexed = true
		return f.index(c)
	}
	return nil
}

func (f *file) header(c chunk) error {
	if c.list != "strl" {
		return nil
	}
	if len(f.streams) >= maxStreams {
		return facts.Unsure("too many streams")
	}
	st := &stream{s: &facts.Stream{Tags: make(map[string]string)}}
	f.streams = append(f.streams, st)
	f.doc.Add(st.s)
	return f.chunks(c.at, c.at+c.size, func(c chunk) error {
		switch c.id {
		case "strh", "strf", "strn", "vprp":
			b, err := f.load(c, 1<<16)
			if err != nil {
				return err
			}
			return st.header(c.id, b)
		}
		return nil
	})
}

func (st *stream) header(id string, b []byte) error {
	le := binary.LittleEndian
	u32 := func(at int) int64 { return int64(le.Uint32(b[at:])) }
	switch {
	case id == "strh" && len(b) >= 48:
		st.kind, st.handler = string(b[:4]), string(b[4:8])
		st.scale, st.rate, st.start, st.length, st.size = u32(20), u32(24), u32(28), u32(32), u32(44)
	case id == "strf":
		st.format = b
	case id == "strn":
		st.title, _, _ = strings.Cut(string(b), "\x00")
	case id == "vprp" && len(b) >= 36:
		st.aspect = [2]int64{int64(le.Uint16(b[22:])), int64(le.Uint16(b[20:]))}
		st.picture = [2]int64{u32(24), u32(28)}
	case id == "strh" || id == "vprp":
		return facts.Unsure("a short chunk %q", id)
	}
	return nil
}

var infoNames = map[string]string{
	"IART": "artist", "ICMT": "comment", "ICOP": "copyright", "ICRD": "date", "IGNR": "genre", "INAM": "title", "IPRD": "album",
	"IPRT": "track", "ITRK": "track",
}

func (f *file) info(c chunk) error {
	return f.chunks(c.at, c.at+c.size, func(c chunk) error {
		key := infoNames[c.id]
		if key == "" {
			return nil
		}
		b, err := f.load(c, 1<<16)
		value, _, _ := strings.Cut(string(b), "\x00")
		f.doc.Format.Tags[key] = strings.ToValidUTF8(value, "\ufffd")
		return err
	})
}

// index adds up what lies in the streams' chunks.
func (f *file) index(c chunk) error {
	if c.size > maxIndex {
		return facts.Unsure("an index of %d bytes", c.size)
	}
	const piece = 64 << 10
	last := int64(-1)
	for at := c.at; at < c.at+c.size; at += piece {
		b, err := f.r.Bytes(at, int(min(piece, c.at+c.size-at)))
		if err != nil {
			return err
		}
		for ; len(b) >= 16; b = b[16:] {
			n := int(b[0]-'0')*10 + int(b[1]-'0')
			if n < 0 || n >= len(f.streams) {
				continue
			}
			pos, size := int64(binary.LittleEndian.Uint32(b[8:])), int64(binary.LittleEndian.Uint32(b[12:]))
			if last < 0 {
				f.opened = pos
			}
			f.streams[n].indexed(pos != last, size)
			last, f.sum = pos, f.sum+size
		}
	}
	f.last = last
	return nil
}

// covers reports whether the index is of about the whole file, so that rates can be
// told from it.
func (f *file) covers() bool {
	last := f.last
	if f.opened < f.movi {
		last += f.movi - 4
	}
	return last >= f.sum/10*9 && f.sum >= last/10*9
}

func (st *stream) indexed(fresh bool, size int64) {
	if fresh && size > 0 {
		if st.chunks == 0 {
			st.opened = st.count
		}
		st.closed = st.count
		st.chunks++
		st.bytes += size
	}
	if st.size > 0 {
		st.count += size
	} else {
		st.count++
	}
}

// finish completes the streams.
func (f *file) finish() error {
	if f.movi == 0 || len(f.streams) == 0 || !f.indexed {
		return facts.Unsure("an AVI file without an index")
	}
	if err := f.firsts(); err != nil {
		return err
	}
	var end int64
	for _, st := range f.streams {
		if st.scale <= 0 || st.rate <= 0 || st.start != 0 || st.length <= 0 || st.chunks < 1 {
			return facts.Unsure("a stream without a length")
		}
		s := st.s
		s.RFrameRate, s.AvgRate = "0/0", "0/0"
		s.Start = "0.000000"
		s.Duration = facts.Seconds(st.length*st.scale, st.rate)
		base, unit := facts.Reduce(st.scale, st.rate, math.MaxInt32)
		s.TimeBase = facts.Rate(base, unit)
		if st.title != "" {
			s.Tags["title"] = st.title
		}
		end = max(end, facts.Rescale(st.length, 1e6*st.scale, st.rate))
		if !st.describe(f.covers()) {
			return facts.Unsure("a stream of kind %q", st.kind)
		}
	}
	f.doc.Format.Start = "0.000000"
	f.doc.Format.Whole(end, f.r.Size())
	return nil
}

// firsts reads the beginning of each stream's first chunk.
func (f *file) firsts() error {
	missing := len(f.streams)
	at := f.movi
	for n := 0; n < maxChunks && missing > 0 && at+8 <= f.end; n++ {
		c, err := f.chunk(at)
		if err != nil {
			return err
		}
		if c.list == "rec " {
			at = c.at
			continue
		}
		i := int(c.id[0]-'0')*10 + int(c.id[1]-'0')
		if i >= 0 && i < len(f.streams) && f.streams[i].first == nil && c.size > 0 {
			b, err := f.r.Load(c.at, min(c.size, packetHead))
			if err != nil {
				return err
			}
			f.streams[i].first = b
			missing--
		}
		at = c.at + c.size + c.size&1
	}
	return nil
}

func (st *stream) describe(whole bool) bool {
	switch st.kind {
	case "vids":
		return st.describeVideo(whole)
	case "auds":
		return st.describeAudio()
	}
	return false
}

var videoCodecs = map[string]string{
	"XVID": "mpeg4", "DIVX": "mpeg4", "DX50": "mpeg4", "FMP4": "mpeg4", "MP4V": "mpeg4",
	"DIV3": "msmpeg4v3", "MP43": "msmpeg4v3",
}

func (st *stream) describeVideo(whole bool) bool {
	s := st.s
	if len(st.format) < 40 || st.size != 0 {
		return false
	}
	s.Type, s.Tag = "video", string(st.format[16:20])
	s.Codec = videoCodecs[strings.ToUpper(s.Tag)]
	s.Width, s.Height = int(binary.LittleEndian.Uint32(st.format[4:])&0xffff), int(int32(binary.LittleEndian.Uint32(st.format[8:])))
	s.AvgRate = facts.Rate(st.rate, st.scale)
	s.RFrameRate = s.AvgRate
	if a, p := st.aspect, st.picture; a[0] > 0 && a[1] > 0 && p[0] > 0 && p[1] > 0 {
		s.Shape(a[0]*p[1], a[1]*p[0])
	}
	if whole && st.chunks > 1 && st.closed > st.opened {
		s.BitRate = facts.Int(facts.Rescale(8*st.bytes, st.rate, (st.closed-st.opened)*st.scale))
	}
	rate, w, h := s.AvgRate, s.Width, s.Height
	ok := false
	switch s.Codec {
	case "mpeg4":
		ok = bitstream.MPEG4(s, st.format[40:], st.first)
	case "msmpeg4v3":
		s.PixFmt, s.Refs, ok = "yuv420p", 1, true
	}
	s.AvgRate = rate
	return ok && s.Width == w && s.Height == h
}

func (st *stream) describeAudio() bool {
	s := st.s
	if len(st.format) < 16 {
		return false
	}
	le := binary.LittleEndian
	tag, bits := le.Uint16(st.format), int(le.Uint16(st.format[14:]))
	bitstream.Sound(s, int(le.Uint16(st.format[2:])), int(le.Uint32(st.format[4:])))
	switch tag {
	case 0x55, 0x50:
		m, ok := bitstream.ParseMPEGAudio(st.first)
		if !ok || m.Layer < 2 {
			return false
		}
		m.Describe(s)
		return true
	case 0x2000:
		return bitstream.AC3(s, st.first) && s.Codec == "ac3"
	case 1:
		s.Codec = map[int]string{8: "pcm_u8", 16: "pcm_s16le", 24: "pcm_s24le"}[bits]
		s.SampleBits = bits
		s.BitRate = facts.Int(int64(le.Uint32(st.format[4:])) * int64(s.Channels) * int64(bits))
		return s.Codec != ""
	}
	return false
}
