package bitstream

import (
	"encoding/binary"

	"sett/streaming/probe/facts"
)

// Picture fills s from the header of the JPEG or PNG picture at a position, and
// makes it an attached picture. It is unsure of any other kind.
func Picture(r *facts.Reader, pos, size int64, s *facts.Stream) error {
	s.Type, s.RFrameRate, s.AvgRate, s.Refs = "video", "90000/1", "0/0", 1
	s.SetFlag("attached_pic")
	head, err := r.Bytes(pos, int(min(size, 8)))
	if err != nil {
		return err
	}
	switch {
	case size < 16:
		return facts.Unsure("a picture of %d bytes", size)
	case head[0] == 0xff && head[1] == 0xd8:
		return jpeg(r, pos+2, pos+size, s)
	case string(head) == "\x89PNG\r\n\x1a\n":
		return png(r, pos+8, pos+size, s)
	}
	return facts.Unsure("a picture that is neither JPEG nor PNG")
}

var jpegProfiles = map[byte]string{0xc0: "Baseline", 0xc1: "Sequential DCT, non-differential, Huffman encoding", 0xc2: "Progressive"}

// jpeg walks the segments to the frame's header.
func jpeg(r *facts.Reader, pos, end int64, s *facts.Stream) error {
	s.Codec = "mjpeg"
	var shape [2]int64
	for range 512 {
		h, err := r.Bytes(pos, 4)
		if err != nil {
			return err
		}
		if h[0] != 0xff || pos+4 > end {
			return facts.Unsure("a JPEG picture with something odd in it")
		}
		if h[1] == 0xff {
			pos++
			continue
		}
		size := int64(binary.BigEndian.Uint16(h[2:]))
		marker := h[1]
		switch {
		case marker == 0xe0 && size >= 14:
			b, err := r.Bytes(pos+4, 12)
			if err != nil {
				return err
			}
			if string(b[:5]) == "JFIF\x00" {
				shape = [2]int64{int64(b[8])<<8 | int64(b[9]), int64(b[10])<<8 | int64(b[11])}
			}
		case marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc:
			return jpegFrame(r, pos+4, marker, shape, s)
		case marker == 0xda || marker == 0xd9 || size < 2:
			return facts.Unsure("a JPEG picture without a header")
		}
		pos += 2 + size
	}
	return facts.Unsure("a JPEG picture of too many segments")
}

func jpegFrame(r *facts.Reader, pos int64, marker byte, shape [2]int64, s *facts.Stream) error {
	b, err := r.Bytes(pos, 15)
	if err != nil {
		return err
	}
	s.Profile = jpegProfiles[marker]
	s.Height, s.Width = int(binary.BigEndian.Uint16(b[1:])), int(binary.BigEndian.Uint16(b[3:]))
	if b[0] != 8 || s.Profile == "" || s.Width == 0 || s.Height == 0 {
		return facts.Unsure("a JPEG picture of an unusual kind")
	}
	s.RawBits = "8"
	s.Range, s.Space = "pc", "bt470bg"
	switch {
	case b[5] == 1:
		s.PixFmt = "gray"
	case b[5] != 3:
		return facts.Unsure("a JPEG picture of %d components", b[5])
	case b[6] == 'R' && b[9] == 'G':
		return facts.Unsure("a JPEG picture in RGB")
	default:
		if s.PixFmt = jpegSampling(b[7], b[10], b[13]); s.PixFmt == "" {
			return facts.Unsure("a JPEG picture sampled in an unusual way")
		}
	}
	s.Shape(shape[0], shape[1])
	return nil
}

// jpegSampling names a format by how often its components are sampled, across in the
// upper half of a byte and down in the lower.
func jpegSampling(luma, blue, red byte) string {
	w, h := blue>>4, blue&15
	if blue != red || w == 0 || h == 0 || luma>>4%w != 0 || luma&15%h != 0 {
		return ""
	}
	return map[[2]byte]string{
		{1, 1}: "yuvj444p", {2, 1}: "yuvj422p", {2, 2}: "yuvj420p", {1, 2}: "yuvj440p",
	}[[2]byte{luma >> 4 / w, luma & 15 / h}]
}

// png reads the header chunk, and the shape of a pixel where it is said.
func png(r *facts.Reader, pos, end int64, s *facts.Stream) error {
	s.Codec = "png"
	b, err := r.Bytes(pos, 25)
	if err != nil {
		return err
	}
	if string(b[4:8]) != "IHDR" {
		return facts.Unsure("a PNG picture without a header")
	}
	s.Width, s.Height = int(binary.BigEndian.Uint32(b[8:])&0xffffff), int(binary.BigEndian.Uint32(b[12:])&0xffffff)
	depth, kind := b[16], b[17]
	formats := map[[2]byte]string{
		{8, 0}: "gray", {16, 0}: "gray16be", {1, 0}: "monob", {8, 2}: "rgb24", {16, 2}: "rgb48be", {8, 3}: "pal8", {4, 3}: "pal8",
		{2, 3}: "pal8", {1, 3}: "pal8", {8, 4}: "ya8", {16, 4}: "ya16be", {8, 6}: "rgba", {16, 6}: "rgba64be",
	}
	if s.PixFmt = formats[[2]byte{depth, kind}]; s.PixFmt == "" || s.Width == 0 || s.Height == 0 {
		return facts.Unsure("a PNG picture of an unusual kind")
	}
	s.Range = "pc"
	pos += 25
	for range 64 {
		b, err := r.Bytes(pos, 17)
		if err != nil || pos+17 > end {
			return err
		}
		switch string(b[4:8]) {
		case "IDAT", "IEND":
			return nil
		case "pHYs":
			s.Shape(int64(binary.BigEndian.Uint32(b[8:])), int64(binary.BigEndian.Uint32(b[12:])))
			return nil
		}
		pos += 12 + int64(binary.BigEndian.Uint32(b))
	}
	return nil
}
