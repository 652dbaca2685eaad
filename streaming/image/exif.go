package image

import (
	"bytes"
	"encoding/binary"
)

// orientation finds how a JPEG must be turned, 1 (not at all) to 8, in the head of
// the file.
func orientation(head []byte) int {
	if !bytes.HasPrefix(head, []byte{0xff, 0xd8}) {
		return 1
	}
	for at := 2; at+4 <= len(head) && head[at] == 0xff; {
		marker, size := head[at+1], int(binary.BigEndian.Uint16(head[at+2:]))
		if marker == 0xda || size < 2 {
			return 1
		}
		end := min(at+2+size, len(head))
		if body := head[min(at+4, end):end]; marker == 0xe1 && bytes.HasPrefix(body, []byte("Exif\x00\x00")) {
			return orientationTag(body[6:])
		}
		at += 2 + size
	}
	return 1
}

// orientationTag reads the first directory of a TIFF structure.
func orientationTag(tiff []byte) int {
	if len(tiff) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.BigEndian
	if tiff[0] == 'I' {
		order = binary.LittleEndian
	}
	at := int64(order.Uint32(tiff[4:]))
	if at+2 > int64(len(tiff)) {
		return 1
	}
	count := int64(order.Uint16(tiff[at:]))
	for i := range count {
		e := at + 2 + 12*i
		if e+12 > int64(len(tiff)) {
			return 1
		}
		if order.Uint16(tiff[e:]) == 0x0112 {
			if o := int(order.Uint16(tiff[e+8:])); o >= 1 && o <= 8 {
				return o
			}
			return 1
		}
	}
	return 1
}
