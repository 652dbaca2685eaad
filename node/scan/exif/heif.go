package exif

import (
	"encoding/binary"
	"io"
)

// maxMeta bounds the part of a HEIF file that says what is where.
const maxMeta = 2 << 20

// inHEIF finds the EXIF item of a HEIC or AVIF file, and the size of its largest picture.
func inHEIF(r io.ReaderAt, size int64, info *Info) (int64, bool) {
	meta := findMeta(r)
	if len(meta) < 4 {
		return 0, false
	}
	var id uint32
	var loc []byte
	boxes(meta[4:], func(kind string, b []byte) {
		switch kind {
		case "iinf":
			id = exifItem(b)
		case "iloc":
			loc = b
		case "iprp":
			boxes(b, func(kind string, b []byte) {
				if kind == "ipco" {
					boxes(b, func(kind string, b []byte) { extent(kind, b, info) })
				}
			})
		}
	})
	if id == 0 {
		return 0, false
	}
	at, ok := locate(loc, id)
	if !ok {
		return 0, false
	}
	var skip [4]byte
	if n, _ := r.ReadAt(skip[:], at); n < 4 {
		return 0, false
	}
	at += 4 + int64(binary.BigEndian.Uint32(skip[:]))
	var head [4]byte
	if n, _ := r.ReadAt(head[:], at); n < 4 || !isTIFF(head[:]) {
		return 0, false
	}
	return at, true
}

func findMeta(r io.ReaderAt) []byte {
	pos := int64(0)
	for range 16 {
		var h [8]byte
		if n, _ := r.ReadAt(h[:], pos); n < 8 {
			return nil
		}
		length := int64(binary.BigEndian.Uint32(h[:]))
		if string(h[4:]) == "meta" {
			if length < 12 || length > maxMeta {
				return nil
			}
			buf := make([]byte, length-8)
			n, _ := r.ReadAt(buf, pos+8)
			return buf[:n]
		}
		if length < 8 {
			return nil
		}
		pos += length
	}
	return nil
}

// boxes calls fn for the boxes in b.
func boxes(b []byte, fn func(kind string, body []byte)) {
	for range maxSteps {
		if len(b) < 8 {
			return
		}
		n := int(binary.BigEndian.Uint32(b))
		if n < 8 || n > len(b) {
			return
		}
		fn(string(b[4:8]), b[8:n])
		b = b[n:]
	}
}

func extent(kind string, b []byte, info *Info) {
	if kind != "ispe" || len(b) < 12 {
		return
	}
	w, h := binary.BigEndian.Uint32(b[4:]), binary.BigEndian.Uint32(b[8:])
	if w < 1<<20 && h < 1<<20 && int(w)*int(h) > info.Width*info.Height {
		info.Width, info.Height = int(w), int(h)
	}
}

// exifItem is the number of the item of type Exif, 0 if there is none.
func exifItem(b []byte) uint32 {
	if len(b) < 6 {
		return 0
	}
	rest := b[6:]
	if b[0] > 0 {
		if len(b) < 8 {
			return 0
		}
		rest = b[8:]
	}
	var id uint32
	boxes(rest, func(kind string, b []byte) {
		if kind != "infe" || len(b) < 12 {
			return
		}
		switch b[0] {
		case 2:
			if string(b[8:12]) == "Exif" {
				id = uint32(binary.BigEndian.Uint16(b[4:]))
			}
		case 3:
			if len(b) >= 14 && string(b[10:14]) == "Exif" {
				id = binary.BigEndian.Uint32(b[4:])
			}
		}
	})
	return id
}

// reader takes numbers of given widths off a slice; bad once it runs out.
type reader struct {
	b   []byte
	bad bool
}

func (r *reader) uint(n int) uint64 {
	if n > len(r.b) {
		r.bad = true
		return 0
	}
	var v uint64
	for _, c := range r.b[:n] {
		v = v<<8 | uint64(c)
	}
	r.b = r.b[n:]
	return v
}

// locate finds where an item begins in the file.
func locate(b []byte, id uint32) (int64, bool) {
	if len(b) < 8 {
		return 0, false
	}
	version := b[0]
	r := &reader{b: b[4:]}
	sizes := r.uint(2)
	offset, length, base, index := int(sizes>>12&15), int(sizes>>8&15), int(sizes>>4&15), int(sizes&15)
	if version == 0 {
		index = 0
	}
	wide := 2
	if version == 2 {
		wide = 4
	}
	for n := min(r.uint(wide), maxSteps); n > 0 && !r.bad; n-- {
		item := r.uint(wide)
		method := uint64(0)
		if version > 0 {
			method = r.uint(2) & 15
		}
		r.uint(2)
		from := r.uint(base)
		for e := r.uint(2); e > 0 && !r.bad; e-- {
			r.uint(index)
			at := from + r.uint(offset)
			r.uint(length)
			if item == uint64(id) && method == 0 && !r.bad && at < 1<<40 {
				return int64(at), true
			}
		}
	}
	return 0, false
}
