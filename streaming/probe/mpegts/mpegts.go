// Package mpegts reads the facts of MPEG transport streams, with and without the time
// stamps that Blu-ray and AVCHD put before packets: the tables, the first packets of
// each stream, and the last time stamps. Of recordings with several programmes it is
// not sure.
package mpegts

import (
	"bytes"
	"encoding/binary"

	"sett/streaming/probe/facts"
)

// Bounds of what is read.
const (
	packetLen  = 188
	maxHead    = 6 << 20   // bytes looked at for the first packets
	maxTail    = 250_000   // and for the last, as ffprobe does
	maxPayload = 512 << 10 // kept of one stream
	maxStreams = 64
	maxTries   = 48 // packets after which a stream that says nothing is given up
	noTime     = -1
)

// file is a transport stream being read.
type file struct {
	r       *facts.Reader
	doc     *facts.Document
	stride  int64
	skip    int64 // bytes before each packet
	pmt     int   // its id, 0 for unknown
	tables  map[int][]byte
	streams []*stream
	byPID   map[int]*stream
}

// stream is one elementary stream.
type stream struct {
	s            *facts.Stream
	pid          int
	data         []byte
	units        int   // begun
	first, last  int64 // time stamps, noTime for none
	done         bool
	frame        int64 // length of a picture or a frame of sound
	undetermined bool  // nothing of it need be read
}

// Stride finds the distance between packets, and what lies before each; 0 where head
// is no transport stream. It takes 600 bytes to tell.
func Stride(head []byte) (stride, skip int64) {
	for _, try := range [][2]int64{{packetLen, 0}, {192, 4}} {
		n := try[1]
		found := 0
		for ; n < int64(len(head)) && head[n] == 0x47; n += try[0] {
			found++
		}
		if found >= 3 && n >= int64(len(head)) {
			return try[0], try[1]
		}
	}
	return 0, 0
}

// Read reads a file's facts, given what Stride said of it.
func Read(r *facts.Reader, stride, skip int64) (*facts.Document, error) {
	f := &file{r: r, doc: new(facts.Document), stride: stride, skip: skip, tables: make(map[int][]byte), byPID: make(map[int]*stream)}
	f.doc.Format.Name = "mpegts"
	if err := f.packets(0, min(r.Size(), maxHead), f.opening); err != nil {
		return nil, err
	}
	if len(f.streams) == 0 {
		return nil, facts.Unsure("a transport stream without tables")
	}
	for _, st := range f.streams {
		if !st.done && !st.describe() {
			return nil, facts.Unsure("a stream of kind %q", st.s.Codec)
		}
	}
	tail := max(0, r.Size()-maxTail)
	tail -= tail % stride
	if err := f.packets(tail, r.Size(), f.ending); err != nil {
		return nil, err
	}
	if err := f.times(); err != nil {
		return nil, err
	}
	return f.doc, nil
}

// packet is one with its payload.
type packet struct {
	pid   int
	start bool
	body  []byte
}

// packets visits those between two positions, until visit says that it is enough.
func (f *file) packets(at, end int64, visit func(packet) (enough bool, err error)) error {
	const piece = 341 // packets read at a time
	for at+f.stride <= end {
		n := min(piece, (end-at)/f.stride)
		b, err := f.r.Bytes(at, int(n*f.stride))
		if err != nil {
			return err
		}
		for ; len(b) > 0; b = b[f.stride:] {
			p, ok := parse(b[f.skip:f.stride])
			if !ok {
				return facts.Unsure("a transport stream with errors")
			}
			if enough, err := visit(p); err != nil || enough {
				return err
			}
		}
		at += n * f.stride
	}
	return nil
}

func parse(b []byte) (packet, bool) {
	if b[0] != 0x47 || b[1]&0x80 != 0 {
		return packet{}, false
	}
	p := packet{pid: int(b[1]&31)<<8 | int(b[2]), start: b[1]&0x40 != 0, body: b[4:]}
	if b[3]&0xc0 != 0 {
		p.body = nil // scrambled
		return p, p.pid == 0x1fff
	}
	if b[3]&0x20 != 0 {
		n := int(b[4]) + 1
		if n > len(p.body) {
			return p, false
		}
		p.body = p.body[n:]
	}
	if b[3]&0x10 == 0 {
		p.body = nil
	}
	return p, true
}

// opening takes packets at the beginning, until every stream is known.
func (f *file) opening(p packet) (bool, error) {
	if p.pid == 0 && f.pmt == 0 || p.pid == f.pmt && f.pmt != 0 && len(f.streams) == 0 {
		return false, f.table(p)
	}
	st := f.byPID[p.pid]
	if st == nil || st.done || len(p.body) == 0 {
		return f.complete(), nil
	}
	if p.start {
		body, pts, ok := pes(p.body)
		if !ok {
			return false, facts.Unsure("a packet without a header")
		}
		if st.units++; st.first == noTime {
			st.first = pts
		}
		if st.units > maxTries {
			return false, facts.Unsure("a stream of kind %q", st.s.Codec)
		}
		if st.units > 1 && st.describe() {
			st.done = true
			return f.complete(), nil
		}
		p.body = body
	}
	if st.units > 0 && len(st.data) < maxPayload {
		st.data = append(st.data, p.body...)
	}
	return false, nil
}

func (f *file) complete() bool {
	for _, st := range f.streams {
		if !st.done && !st.undetermined {
			return false
		}
	}
	return len(f.streams) > 0
}

// pes splits a packetised elementary stream's header off.
func pes(b []byte) (body []byte, pts int64, ok bool) {
	if len(b) < 9 || b[0] != 0 || b[1] != 0 || b[2] != 1 {
		return nil, noTime, false
	}
	head := 9 + int(b[8])
	if b[6]&0xc0 != 0x80 || head > len(b) {
		return nil, noTime, false
	}
	pts = noTime
	if b[7]&0x80 != 0 && head >= 14 {
		pts = int64(b[9]>>1&7)<<30 | int64(b[10])<<22 | int64(b[11]>>1)<<15 | int64(b[12])<<7 | int64(b[13]>>1)
	}
	return b[head:], pts, true
}

// table puts a section together and reads it.
func (f *file) table(p packet) error {
	if p.start {
		if len(p.body) < 1 || int(p.body[0]) >= len(p.body) {
			return facts.Unsure("a table that makes no sense")
		}
		f.tables[p.pid] = bytes.Clone(p.body[1+int(p.body[0]):])
	} else if f.tables[p.pid] != nil {
		f.tables[p.pid] = append(f.tables[p.pid], p.body...)
	}
	b := f.tables[p.pid]
	if len(b) < 12 {
		return nil
	}
	n := 3 + int(b[1]&15)<<8 + int(b[2])
	if n > len(b) {
		if len(b) > 4096 {
			return facts.Unsure("a table that makes no sense")
		}
		return nil
	}
	if n < 12 {
		return facts.Unsure("a table that makes no sense")
	}
	if delete(f.tables, p.pid); p.pid == 0 {
		return f.association(b[:n-4])
	}
	return f.programme(b[:n-4])
}

func (f *file) association(b []byte) error {
	if b[0] != 0 {
		return nil
	}
	for b = b[8:]; len(b) >= 4; b = b[4:] {
		if binary.BigEndian.Uint16(b) == 0 {
			continue
		}
		if f.pmt != 0 {
			return facts.Unsure("several programmes")
		}
		f.pmt = int(b[2]&31)<<8 | int(b[3])
	}
	if f.pmt == 0 {
		return facts.Unsure("no programme")
	}
	return nil
}

func (f *file) programme(b []byte) error {
	if b[0] != 2 {
		return nil
	}
	skip := 12 + int(b[10]&15)<<8 + int(b[11])
	if skip > len(b) {
		return facts.Unsure("a table that makes no sense")
	}
	for b = b[skip:]; len(b) >= 5; {
		kind, pid, n := b[0], int(b[1]&31)<<8|int(b[2]), int(b[3]&15)<<8|int(b[4])
		if n > len(b)-5 || len(f.streams) >= maxStreams {
			return facts.Unsure("a table that makes no sense")
		}
		st := &stream{s: &facts.Stream{TimeBase: facts.Base(90000), RFrameRate: "0/0"}, pid: pid, first: noTime, last: noTime}
		if !st.kind(kind, b[5:5+n]) {
			return facts.Unsure("a stream of type %#x", kind)
		}
		f.doc.Add(st.s)
		f.streams, f.byPID[pid] = append(f.streams, st), st
		b = b[5+n:]
	}
	return nil
}

var kinds = map[byte]string{
	2: "mpeg2video", 3: "mp2", 4: "mp2", 0x0f: "aac", 0x1b: "h264", 0x24: "hevc", 0x81: "ac3", 0x87: "eac3",
}

var registered = map[string]string{"AC-3": "ac3", "EAC3": "eac3", "HEVC": "hevc"}

// kind reads a stream's type and descriptors.
func (st *stream) kind(kind byte, b []byte) bool {
	s := st.s
	s.Codec = kinds[kind]
	for len(b) >= 2 && int(b[1]) <= len(b)-2 {
		tag, body := b[0], b[2:2+int(b[1])]
		b = b[2+len(body):]
		switch {
		case tag == 0x0a && len(body) >= 4:
			s.SetTag("language", string(body[:3]))
			switch body[3] {
			case 2:
				s.SetFlag("hearing_impaired")
			case 3:
				s.SetFlag("visual_impaired")
			}
		case tag == 0x6a && kind == 6:
			s.Codec = "ac3"
		case tag == 0x7a && kind == 6:
			s.Codec = "eac3"
		case tag == 0x59 && len(body) == 8:
			s.Codec, s.Type, st.undetermined = "dvb_subtitle", "subtitle", true
			s.SetTag("language", string(body[:3]))
			if body[3] >= 0x20 && body[3] <= 0x25 {
				s.SetFlag("hearing_impaired")
			}
		case tag == 0x05 && len(body) >= 4:
			if s.Tag = string(body[:4]); kind == 6 {
				s.Codec = registered[s.Tag]
			}
		case tag == 0xb0, tag == 0x56, tag == 0x7f && len(body) > 0 && body[0] != 6:
			return false // Dolby Vision, teletext, and what came later
		}
	}
	return s.Codec != ""
}
