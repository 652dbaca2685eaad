package mpegts

import (
	"context"
	"errors"
	"fmt"
	"io"

	"sett/streaming/remux/media"
)

// packet is one transport packet.
type packet struct {
	pos       int64 // in the file
	pid       int
	start     bool // a PES packet or section begins
	scrambled bool
	body      []byte // valid until the next call
}

// stream reads transport packets one after the other.
type stream struct {
	r      io.ReaderAt
	stride int // from one packet to the next: 188, 192 or 204
	lead   int // bytes before the sync byte
	pos    int64
	buf    []byte
	at     int64 // of buf in the file
	n      int
	lost   int // bytes skipped in search of the sync byte
}

const (
	readSize = packetSize * 1024
	maxLost  = 4 << 20
)

// next reads a packet; at the end of the file it returns io.EOF.
func (s *stream) next(p *packet) error {
	for {
		b, err := s.peek(s.stride)
		if err != nil {
			return err
		}
		h := b[s.lead:]
		if h[0] != syncByte {
			if s.lost++; s.lost > maxLost {
				return media.Damaged("no transport packets at %d", s.pos)
			}
			s.pos++
			continue
		}
		p.pos = s.pos
		s.pos += int64(s.stride)
		if h[1]&0x80 != 0 { // broken in transit
			continue
		}
		p.pid, p.start, p.scrambled = int(h[1]&31)<<8|int(h[2]), h[1]&0x40 != 0, h[3]&0xc0 != 0
		p.body = h[4:packetSize]
		if h[3]&0x20 != 0 {
			n := 1 + int(h[4])
			if n > len(p.body) {
				continue
			}
			p.body = p.body[n:]
		}
		if h[3]&0x10 == 0 {
			p.body = nil
		}
		return nil
	}
}

// peek returns the next n bytes.
func (s *stream) peek(n int) ([]byte, error) {
	if off := s.pos - s.at; off >= 0 && off+int64(n) <= int64(s.n) {
		return s.buf[off : off+int64(n)], nil
	}
	if s.buf == nil {
		s.buf = make([]byte, readSize)
	}
	got, err := s.r.ReadAt(s.buf, s.pos)
	s.at, s.n = s.pos, got
	if got >= n {
		return s.buf[:n], nil
	}
	if err == nil || errors.Is(err, io.EOF) {
		return nil, io.EOF
	}
	return nil, fmt.Errorf("read at %d: %w", s.pos, err)
}

// strideOf finds how packets lie in a file by its beginning.
func strideOf(b []byte) (stride, lead int, ok bool) {
	for _, s := range []struct{ stride, lead int }{{188, 0}, {192, 4}, {204, 0}} {
		n := 0
		for at := s.lead; at < len(b) && b[at] == syncByte; at += s.stride {
			n++
		}
		if n >= 4 && n >= (len(b)-s.lead)/s.stride {
			return s.stride, s.lead, true
		}
	}
	return 0, 0, false
}

// Is reports whether a file that begins so is a transport stream.
func Is(b []byte) bool {
	_, _, ok := strideOf(b)
	return ok
}

// section puts together a table that may span packets.
type section struct {
	b    []byte
	open bool
}

// add takes a packet's body and returns the table once it is whole.
func (s *section) add(p *packet) []byte {
	body := p.body
	if p.start {
		if len(body) == 0 || 1+int(body[0]) > len(body) {
			return nil
		}
		s.b, s.open = append(s.b[:0], body[1+int(body[0]):]...), true
	} else if s.open {
		s.b = append(s.b, body...)
	}
	if !s.open || len(s.b) < 3 {
		return nil
	}
	size := 3 + int(s.b[1]&15)<<8 + int(s.b[2])
	if len(s.b) < size {
		return nil
	}
	s.open = false
	if size < 12 || crc32(s.b[:size]) != 0 {
		return nil
	}
	return s.b[:size-4]
}

// pesHeader is the head of a PES packet.
type pesHeader struct {
	size     int // bytes of the header
	pts, dts int64
	timed    bool
}

// parsePES reads the head of a PES packet.
func parsePES(b []byte) (h pesHeader, ok bool) {
	if len(b) < 9 || b[0] != 0 || b[1] != 0 || b[2] != 1 || b[6]&0xc0 != 0x80 {
		return h, false
	}
	h.size = 9 + int(b[8])
	if h.size > len(b) {
		return h, false
	}
	if b[7]&0x80 != 0 && b[8] >= 5 {
		h.timed = true
		h.pts = pesTime(b[9:])
		h.dts = h.pts
		if b[7]&0x40 != 0 && b[8] >= 10 {
			h.dts = pesTime(b[14:])
		}
	}
	return h, true
}

func pesTime(b []byte) int64 {
	return int64(b[0]&0x0e)<<29 | int64(b[1])<<22 | int64(b[2]&0xfe)<<14 | int64(b[3])<<7 | int64(b[4])>>1
}

// near moves a time by whole rounds of the clock, to where it is nearest to another.
func near(t, to int64) int64 {
	const round = timeMask + 1
	d := (t - to) & timeMask
	if d > round/2 {
		d -= round
	}
	return to + d
}

// checked returns the context's error from time to time.
func checked(ctx context.Context, n int) error {
	if n&1023 == 1023 {
		return ctx.Err()
	}
	return nil
}
