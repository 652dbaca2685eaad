package codec

import "encoding/binary"

// MakeDOps turns an OpusHead, as Matroska and Ogg have it, into the body of dOps.
func MakeDOps(head []byte) (body []byte, channels int, ok bool) {
	if len(head) < 19 || string(head[:8]) != "OpusHead" {
		return nil, 0, false
	}
	le := binary.LittleEndian
	body = append(body, 0, head[9])
	body = binary.BigEndian.AppendUint16(body, le.Uint16(head[10:]))
	body = binary.BigEndian.AppendUint32(body, le.Uint32(head[12:]))
	body = binary.BigEndian.AppendUint16(body, le.Uint16(head[16:]))
	body = append(body, head[18])
	if head[18] != 0 {
		if len(head) < 21+int(head[9]) {
			return nil, 0, false
		}
		body = append(body, head[19:21+int(head[9])]...)
	}
	return body, int(head[9]), true
}

// OpusSamples is the length of a packet at 48 kHz, 0 if it is none.
func OpusSamples(b []byte) int64 {
	if len(b) == 0 {
		return 0
	}
	var frame int64
	switch c := b[0] >> 3; {
	case c < 12:
		frame = [...]int64{480, 960, 1920, 2880}[c&3]
	case c < 16:
		frame = [...]int64{480, 960}[c&1]
	default:
		frame = 120 << (c & 3)
	}
	switch b[0] & 3 {
	case 0:
		return frame
	case 1, 2:
		return 2 * frame
	}
	if len(b) < 2 {
		return 0
	}
	return frame * int64(b[1]&63)
}
