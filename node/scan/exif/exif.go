package exif

import (
	"encoding/binary"
	"errors"
	"io"
	"time"

	"sett/node/library"
)

// ErrNone says that a file has no EXIF block we can find.
var ErrNone = errors.New("the picture has no EXIF data")

// Info is what a photo says of itself.
type Info struct {
	library.PhotoInfo
	Taken time.Time // zero: not said. Without a time zone it is taken for UTC.
}

const (
	// maxScan bounds how far into a file a block is looked for.
	maxScan = 32 << 20
	// maxSteps bounds the segments, chunks and boxes looked at.
	maxSteps = 4096
)

// Read reads the EXIF block of a picture. The error is ErrNone if there is none; a
// damaged one gives what could be read.
func Read(r io.ReaderAt, size int64) (Info, error) {
	var head [16]byte
	n, _ := r.ReadAt(head[:], 0)
	if n < 12 {
		return Info{}, ErrNone
	}
	var info Info
	var at int64
	var ok bool
	switch {
	case head[0] == 0xff && head[1] == 0xd8:
		at, ok = inJPEG(r, size, &info)
	case string(head[:8]) == "\x89PNG\r\n\x1a\n":
		at, ok = inPNG(r, size)
	case string(head[:4]) == "RIFF" && string(head[8:12]) == "WEBP":
		at, ok = inWebP(r, size)
	case string(head[4:8]) == "ftyp":
		at, ok = inHEIF(r, size, &info)
	default:
		ok = isTIFF(head[:4])
	}
	if !ok {
		return info, ErrNone
	}
	t := &tiff{r: r, base: at, size: size}
	return info, t.read(&info)
}

func isTIFF(b []byte) bool {
	switch string(b) {
	case "II*\x00", "MM\x00*", "IIRO", "IIU\x00":
		return true
	}
	return false
}

// inJPEG finds the APP1 segment of EXIF, and notes the picture's size.
func inJPEG(r io.ReaderAt, size int64, info *Info) (at int64, ok bool) {
	pos := int64(2)
	for range maxSteps {
		var h [10]byte
		if n, _ := r.ReadAt(h[:], pos); n < 4 || h[0] != 0xff || pos > maxScan {
			return at, ok
		}
		marker, length := h[1], int64(binary.BigEndian.Uint16(h[2:]))
		switch {
		case marker == 0xff: // filling
			pos++
			continue
		case marker == 0xda || marker == 0xd9 || length < 2:
			return at, ok
		case marker == 0xe1 && string(h[4:10]) == "Exif\x00\x00" && !ok:
			at, ok = pos+10, true
		case marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc:
			info.Height, info.Width = int(binary.BigEndian.Uint16(h[5:])), int(binary.BigEndian.Uint16(h[7:]))
			if n, _ := r.ReadAt(h[:], pos); n < 9 {
				info.Height, info.Width = 0, 0
			}
			return at, ok
		}
		pos += 2 + length
	}
	return at, ok
}

func inPNG(r io.ReaderAt, size int64) (int64, bool) {
	pos := int64(8)
	for range maxSteps {
		var h [8]byte
		if n, _ := r.ReadAt(h[:], pos); n < 8 || pos > maxScan {
			return 0, false
		}
		switch string(h[4:]) {
		case "eXIf":
			return pos + 8, true
		case "IEND":
			return 0, false
		}
		pos += 12 + int64(binary.BigEndian.Uint32(h[:]))
	}
	return 0, false
}

func inWebP(r io.ReaderAt, size int64) (int64, bool) {
	pos := int64(12)
	for range maxSteps {
		var h [14]byte
		if n, _ := r.ReadAt(h[:], pos); n < 14 {
			return 0, false
		}
		if string(h[:4]) == "EXIF" {
			if string(h[8:14]) == "Exif\x00\x00" {
				return pos + 14, true
			}
			return pos + 8, true
		}
		length := int64(binary.LittleEndian.Uint32(h[4:]))
		pos += 8 + length + length&1
	}
	return 0, false
}
