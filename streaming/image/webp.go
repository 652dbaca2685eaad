package image

import (
	"bytes"
	"encoding/binary"
	"image"
	"iter"
)

// still makes a plain WebP of the first frame of an animated one, as the decoder
// knows only those.
func (s *source) still() {
	raw := s.raw
	if len(raw) < 30 || string(raw[12:16]) != "VP8X" {
		return
	}
	for kind, body := range chunks(raw) {
		if kind == "ANMF" && len(body) >= 16 {
			s.at = image.Pt(2*u24(body), 2*u24(body[3:]))
			s.w, s.h = 1+u24(raw[24:]), 1+u24(raw[27:])
			s.raw = lone(body)
			return
		}
	}
}

// chunks are what a WebP file is made of.
func chunks(raw []byte) iter.Seq2[string, []byte] {
	return func(yield func(string, []byte) bool) {
		for at := 12; at+8 <= len(raw); {
			size := int(binary.LittleEndian.Uint32(raw[at+4:]))
			if size < 0 || size > len(raw)-at-8 || !yield(string(raw[at:at+4]), raw[at+8:at+8+size]) {
				return
			}
			at += 8 + size + size&1
		}
	}
}

// honest says that the picture in a WebP has the size its head claims, as the
// decoder believes one of them without looking at the other.
func honest(raw []byte, c image.Config) bool {
	if sniff(raw) != "image/webp" {
		return true
	}
	for kind, b := range chunks(raw) {
		w, h := c.Width, c.Height
		switch {
		case kind == "VP8 " && len(b) >= 10:
			w, h = int(binary.LittleEndian.Uint16(b[6:]))&0x3fff, int(binary.LittleEndian.Uint16(b[8:]))&0x3fff
		case kind == "VP8L" && len(b) >= 5:
			bits := int(binary.LittleEndian.Uint32(b[1:]))
			w, h = 1+bits&0x3fff, 1+bits>>14&0x3fff
		}
		if w != c.Width || h != c.Height {
			return false
		}
	}
	return true
}

func u24(b []byte) int { return int(b[0]) | int(b[1])<<8 | int(b[2])<<16 }

// lone puts a frame's chunks into a file of their own.
func lone(frame []byte) []byte {
	out := []byte("RIFF\x00\x00\x00\x00WEBP")
	chunks := frame[16:]
	if bytes.HasPrefix(chunks, []byte("ALPH")) {
		out = append(out, "VP8X\x0a\x00\x00\x00\x10\x00\x00\x00"...)
		out = append(out, frame[6:12]...) // width and height, less one
	}
	out = append(out, chunks...)
	binary.LittleEndian.PutUint32(out[4:], uint32(len(out)-8))
	return out
}
