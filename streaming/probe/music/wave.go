package music

import (
	"encoding/binary"
	"strings"

	"sett/streaming/probe/bitstream"
	"sett/streaming/probe/facts"
	"sett/streaming/probe/tag"
)

var waveNames = map[string]string{
	"IART": "artist", "ICMT": "comment", "ICOP": "copyright", "ICRD": "date", "IGNR": "genre", "ILNG": "language", "INAM": "title",
	"IPRD": "album", "IPRT": "track", "ITRK": "track", "ISFT": "encoder", "ISMP": "timecode", "ITCH": "encoded_by",
}

// Wave reads a WAVE file of plain samples.
func Wave(r *facts.Reader) (*facts.Document, error) {
	d, s := document("wav")
	tags := tag.New()
	var align, data int64
	for at, n := int64(12), 0; at+8 <= r.Size() && n < 1024; n++ {
		h, err := r.Bytes(at, 8)
		if err != nil {
			return nil, err
		}
		kind, size := string(h[:4]), int64(binary.LittleEndian.Uint32(h[4:]))
		at += 8
		switch kind {
		case "fmt ":
			b, err := r.Bytes(at, int(min(size, 40)))
			if err != nil {
				return nil, err
			}
			if align = waveFormat(s, b); align == 0 {
				return nil, facts.Unsure("a WAVE file of something coded")
			}
		case "LIST":
			if err := waveInfo(r, at, size, tags); err != nil {
				return nil, err
			}
		case "data":
			if data != 0 || size == 0 || size > r.Size()-at {
				return nil, facts.Unsure("%d bytes of samples", size)
			}
			data = size
		case "fact", "PEAK", "JUNK", "junk", "FLLR", "PAD ", "cue ", "smpl", "inst":
		default:
			return nil, facts.Unsure("chunk %q", kind)
		}
		at += size + size&1
	}
	if align == 0 || data == 0 {
		return nil, facts.Unsure("a WAVE file without samples")
	}
	whole(d, s, data/align, rateOf(s), r.Size())
	return finish(d, tags)
}

// waveFormat reads the format and returns the bytes of a sample of all channels.
func waveFormat(s *facts.Stream, b []byte) int64 {
	if len(b) < 16 {
		return 0
	}
	le := binary.LittleEndian
	kind, channels, rate, align, depth := le.Uint16(b), int64(le.Uint16(b[2:])), le.Uint32(b[4:]), int64(le.Uint16(b[12:])), int64(le.Uint16(b[14:]))
	if kind == 0xfffe && len(b) >= 40 {
		kind = le.Uint16(b[24:])
	}
	names := map[[2]int64]string{
		{1, 8}: "pcm_u8", {1, 16}: "pcm_s16le", {1, 24}: "pcm_s24le", {1, 32}: "pcm_s32le", {3, 32}: "pcm_f32le", {3, 64}: "pcm_f64le",
	}
	s.Codec = names[[2]int64{int64(kind), depth}]
	if s.Codec == "" || align != channels*depth/8 || align == 0 || rate == 0 || channels > 8 {
		return 0
	}
	bitstream.Sound(s, int(channels), int(rate))
	s.SampleBits = int(depth)
	s.BitRate = facts.Int(int64(rate) * align * 8)
	return align
}

func waveInfo(r *facts.Reader, at, size int64, tags *tag.Set) error {
	if size > 1<<20 || size < 4 {
		return facts.Unsure("a list of %d bytes", size)
	}
	b, err := r.Load(at, size)
	if err != nil {
		return err
	}
	if string(b[:4]) != "INFO" {
		return nil
	}
	for b = b[4:]; len(b) >= 8; {
		n := int64(binary.LittleEndian.Uint32(b[4:]))
		if n > int64(len(b)-8) {
			return nil
		}
		value, _, _ := strings.Cut(string(b[8:8+n]), "\x00")
		if key := waveNames[string(b[:4])]; key != "" {
			tags.Values[key] = strings.ToValidUTF8(value, "\ufffd")
		}
		b = b[min(int64(len(b)), 8+n+n&1):]
	}
	return nil
}
