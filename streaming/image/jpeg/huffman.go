package jpeg

import (
	"encoding/binary"
	"fmt"
)

const lookBits = 10

// huffman is a table of codes. A look entry is, from the low end: 5 bits length of
// the code (0: longer than lookBits), 4 bits size of the value that follows, 7 bits
// zeros before it. An end of block is a run that leads beyond the block.
type huffman struct {
	look   [1 << lookBits]uint16
	limit  [17]int32 // first code of this length that is none, shifted to 16 bits
	offset [17]int32
	values [256]byte
	skip   *skips // of AC codes, once needed
}

// entry is the look entry of a symbol without its length.
func entry(symbol byte, ac bool) uint16 {
	run, size := uint16(symbol>>4), uint16(symbol&15)
	if !ac {
		run = 0
	}
	if ac && size == 0 && run != 15 {
		run = 63
	}
	return run<<9 | size<<5
}

func (d *decoder) huffmanTables(b []byte) error {
	for len(b) > 0 {
		if len(b) < 17 || b[0]&15 > 3 || b[0]>>4 > 1 {
			return fmt.Errorf("%w: code table", ErrFormat)
		}
		class, id := b[0]>>4, b[0]&15
		total := 0
		for _, n := range b[1:17] {
			total += int(n)
		}
		if total > 256 || len(b) < 17+total {
			return fmt.Errorf("%w: code table", ErrFormat)
		}
		h, err := newHuffman([16]byte(b[1:17]), b[17:17+total], class == 1)
		if err != nil {
			return err
		}
		if class == 0 {
			d.dc[id] = h
		} else {
			d.ac[id] = h
		}
		b = b[17+total:]
	}
	return nil
}

func newHuffman(counts [16]byte, values []byte, ac bool) (*huffman, error) {
	h := new(huffman)
	copy(h.values[:], values)
	code, at := int32(0), int32(0)
	for length := 1; length <= 16; length++ {
		h.offset[length] = at - code
		for range counts[length-1] {
			if code >= 1<<length {
				return nil, fmt.Errorf("%w: code table", ErrFormat)
			}
			if length <= lookBits {
				first := code << (lookBits - length)
				e := entry(values[at], ac) | uint16(length)
				for i := range int32(1) << (lookBits - length) {
					h.look[first+i] = e
				}
			}
			code++
			at++
		}
		h.limit[length] = code << (16 - length)
		code <<= 1
	}
	return h, nil
}

// long finds a code of more than lookBits bits on top of acc; 0 when there is none.
func (h *huffman) long(acc uint64) (symbol byte, length int) {
	top := int32(acc >> 48)
	for length := lookBits + 1; length <= 16; length++ {
		if top < h.limit[length] {
			return h.values[byte(h.offset[length]+top>>(16-length))], length
		}
	}
	return 0, 0
}

// bits reads entropy-coded data.
type bits struct {
	data []byte
	at   int    // of the next byte to load
	acc  uint64 // the next bit on top
	n    int    // bits loaded
	made int    // of those loaded since the data ended, all zero
}

// over says that bits were used which are not in the data.
func (b *bits) over() bool { return b.made > b.n }

// fill makes at least 48 bits ready, made up ones where the data ends.
func (b *bits) fill() {
	if b.at+8 <= len(b.data) {
		x := binary.BigEndian.Uint64(b.data[b.at:])
		if (^x-0x0101010101010101)&x&0x8080808080808080 == 0 { // no 0xff among them
			b.acc |= x >> (uint(b.n) & 63)
			b.at += (63 - b.n) >> 3
			b.n |= 56
			return
		}
	}
	for b.n <= 56 {
		var c byte
		switch {
		case b.at >= len(b.data):
			b.made += 8
		case b.data[b.at] != 0xff:
			c = b.data[b.at]
			b.at++
		case b.at+1 < len(b.data) && b.data[b.at+1] == 0:
			c = 0xff
			b.at += 2
		default: // a marker
			b.made += 8
		}
		b.acc |= uint64(c) << (56 - uint(b.n))
		b.n += 8
	}
}

// take reads up to 16 bits.
func (b *bits) take(n int) int32 {
	if b.n < 32 {
		b.fill()
	}
	v := int32(b.acc >> 1 >> (uint(63-n) & 63))
	b.acc <<= uint(n) & 63
	b.n -= n
	return v
}

// symbol reads one code as it stands in the table, for progressive scans.
func (b *bits) symbol(h *huffman) (byte, bool) {
	if b.n < 32 {
		b.fill()
	}
	length := int(h.look[b.acc>>(64-lookBits)] & 31)
	if length == 0 {
		var v byte
		if v, length = h.long(b.acc); length == 0 {
			return 0, false
		}
		b.acc <<= uint(length) & 63
		b.n -= length
		return v, true
	}
	v := h.values[byte(h.offset[length]+int32(b.acc>>48)>>(16-length))]
	b.acc <<= uint(length) & 63
	b.n -= length
	return v, true
}

// extended reads a value of n bits with its sign.
func (b *bits) extended(n int) int32 {
	v := b.take(n)
	if n > 0 && v < 1<<(n-1) {
		v += 1 - 1<<n
	}
	return v
}
