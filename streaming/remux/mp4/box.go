// Package mp4 reads the index of MP4 and QuickTime files, whole or fragmented: which
// tracks there are, and where each of their samples lies and when it is shown. It
// reads tables, not samples, and writes nothing.
package mp4

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"sett/streaming/remux/media"
)

// Limits against files made to hurt. Real films stay far below.
const (
	maxTable     = 64 << 20 // bytes of one box read into memory
	maxBoxes     = 1 << 20  // boxes walked at the top level
	maxTracks    = 128
	maxSamples   = 1 << 24 // in all fragments
	headReadSize = 16
)

// box is where a box lies in the file.
type box struct {
	kind string
	at   int64 // of its body
	size int64 // of its body
}

func (b box) end() int64 { return b.at + b.size }

// file reads boxes.
type file struct {
	r    io.ReaderAt
	size int64
}

// header reads the header of the box at a position that lies before end.
func (f *file) header(at, end int64) (box, error) {
	var h [headReadSize]byte
	n, err := f.r.ReadAt(h[:min(headReadSize, end-at)], at)
	if n < 8 {
		if err == nil || errors.Is(err, io.EOF) {
			err = media.Damaged("a box header is cut off at %d", at)
		}
		return box{}, fmt.Errorf("read a box: %w", err)
	}
	b := box{kind: string(h[4:8]), at: at + 8}
	total := int64(binary.BigEndian.Uint32(h[:4]))
	switch total {
	case 0:
		total = end - at
	case 1:
		if n < 16 {
			return box{}, media.Damaged("a box header is cut off at %d", at)
		}
		total = int64(binary.BigEndian.Uint64(h[8:]))
		b.at += 8
	}
	b.size = total - (b.at - at)
	if total < b.at-at || total > end-at {
		return b, media.Damaged("box %q at %d is larger than what holds it", b.kind, at)
	}
	return b, nil
}

// children lists the boxes between two positions.
func (f *file) children(at, end int64) ([]box, error) {
	var list []box
	for at+8 <= end {
		b, err := f.header(at, end)
		if err != nil {
			return list, err
		}
		if len(list) >= 4096 {
			return list, media.Damaged("too many boxes")
		}
		list = append(list, b)
		at = b.end()
	}
	return list, nil
}

// load reads the body of a box.
func (f *file) load(b box) ([]byte, error) {
	if b.size > maxTable {
		return nil, media.Unsupported("a table of %d bytes", b.size)
	}
	buf := make([]byte, b.size)
	if _, err := f.r.ReadAt(buf, b.at); err != nil && !(errors.Is(err, io.EOF) && b.end() == f.size) {
		if errors.Is(err, io.EOF) {
			err = media.Damaged("the file ends inside %q", b.kind)
		}
		return nil, fmt.Errorf("read box %q: %w", b.kind, err)
	}
	return buf, nil
}

// split walks the boxes of a buffer.
func split(buf []byte, visit func(kind string, whole, body []byte)) {
	for len(buf) >= 8 {
		n := int(binary.BigEndian.Uint32(buf))
		if n < 8 || n > len(buf) {
			return
		}
		visit(string(buf[4:8]), buf[:n], buf[8:n])
		buf = buf[n:]
	}
}

// find returns the first child of that kind.
func find(list []box, kind string) (box, bool) {
	for _, b := range list {
		if b.kind == kind {
			return b, true
		}
	}
	return box{}, false
}

// cursor reads fields one after the other; past the end it reads zeros.
type cursor struct {
	b     []byte
	short bool
}

func (c *cursor) take(n int) []byte {
	if n < 0 || n > len(c.b) {
		c.short = true
		c.b = nil
		return make([]byte, max(0, min(n, 64)))
	}
	out := c.b[:n]
	c.b = c.b[n:]
	return out
}

func (c *cursor) u8() int    { return int(c.take(1)[0]) }
func (c *cursor) u16() int   { return int(binary.BigEndian.Uint16(c.take(2))) }
func (c *cursor) u32() int64 { return int64(binary.BigEndian.Uint32(c.take(4))) }
func (c *cursor) u64() int64 { return int64(binary.BigEndian.Uint64(c.take(8))) }

// word reads 8 bytes of a version 1 box and 4 of an older one.
func (c *cursor) word(version int) int64 {
	if version == 1 {
		return c.u64()
	}
	return c.u32()
}
