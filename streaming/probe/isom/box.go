package isom

import (
	"encoding/binary"

	"sett/streaming/probe/facts"
)

// box is where a box lies in the file.
type box struct {
	kind string
	at   int64 // of its body
	size int64 // of its body
}

func (b box) end() int64 { return b.at + b.size }

// header reads the header of the box at a position that lies before end.
func header(r *facts.Reader, at, end int64) (box, error) {
	h, err := r.Peek(at, 16)
	if err != nil {
		return box{}, err
	}
	if len(h) < 8 {
		return box{}, facts.Unsure("a box cut off at %d", at)
	}
	b := box{kind: string(h[4:8]), at: at + 8}
	total := int64(binary.BigEndian.Uint32(h))
	switch total {
	case 0:
		total = end - at
	case 1:
		if len(h) < 16 {
			return box{}, facts.Unsure("a box cut off at %d", at)
		}
		total = int64(binary.BigEndian.Uint64(h[8:]))
		b.at += 8
	}
	if total < b.at-at || total > end-at {
		return box{}, facts.Unsure("box %q at %d is larger than what holds it", b.kind, at)
	}
	b.size = total - (b.at - at)
	return b, nil
}

// children visits the boxes between two positions. Less than a header at the end is
// padding.
func children(r *facts.Reader, at, end int64, visit func(box) error) error {
	for n := 0; at+8 <= end; n++ {
		b, err := header(r, at, end)
		if err != nil {
			return err
		}
		if n > maxBoxes {
			return facts.Unsure("too many boxes")
		}
		if err := visit(b); err != nil {
			return err
		}
		at = b.end()
	}
	return nil
}

// split walks the boxes of a buffer.
func split(buf []byte, visit func(kind string, body []byte)) {
	for len(buf) >= 8 {
		n := int(binary.BigEndian.Uint32(buf))
		if n < 8 || n > len(buf) {
			return
		}
		visit(string(buf[4:8]), buf[8:n])
		buf = buf[n:]
	}
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
