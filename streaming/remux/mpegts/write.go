package mpegts

import (
	"fmt"

	"sett/streaming/remux/codec"
	"sett/streaming/remux/media"
)

// Track is one to be written.
type Track struct {
	*media.Track
	sets       []byte // parameter sets in Annex B, of pictures
	lengthSize int
	aac        codec.AAC
	pid        int
	stream     byte
	kind       byte
	continuity int // packets written to it
}

// NewTrack says how a track is written, and whether it can be.
func NewTrack(t *media.Track) (Track, error) {
	out := Track{Track: t, pid: audioPID, stream: audioStream}
	var sets codec.ParameterSets
	switch t.Codec {
	case "h264":
		out.kind = typeH264
		sets, out.lengthSize, _ = codec.AVCC(t.Config)
	case "hevc":
		out.kind = typeHEVC
		sets, out.lengthSize, _ = codec.HVCC(t.Config)
	case "aac":
		out.kind = typeAAC
		out.aac, _ = codec.ParseASC(t.Config)
		if _, ok := out.aac.ADTS(1000); !ok {
			return out, media.Unsupported("AAC that has no ADTS form")
		}
	case "mp3":
		out.kind = typeMP3
		if t.SampleRate < 32000 {
			out.kind = typeMP3LSF
		}
	case "ac3":
		out.kind, out.stream = typeAC3, privateStream
	case "eac3":
		out.kind, out.stream = typeEAC3, privateStream
	default:
		return out, media.Unsupported("%s in MPEG-TS", t.Codec)
	}
	if t.Kind == media.Video {
		out.pid, out.stream = videoPID, videoStream
		for _, list := range [][][]byte{sets.VPS, sets.SPS, sets.PPS} {
			for _, nal := range list {
				out.sets = append(append(out.sets, 0, 0, 0, 1), nal...)
			}
		}
	}
	return out, nil
}

// Input is one track's packets of a segment.
type Input struct {
	Track   Track
	Packets []media.Packet
	Offset  int64 // added to all times, in the track's timescale
}

// Segment appends a segment to b. payload reads a packet's bytes, its track's
// prefix included, into memory it may reuse.
func Segment(b []byte, video, audio *Input, payload func(*media.Track, *media.Packet) ([]byte, error)) ([]byte, error) {
	w := &writer{b: b, payload: payload}
	w.tables(video, audio)
	v, a := 0, 0
	for {
		switch {
		case video != nil && v < len(video.Packets) && (audio == nil || a >= len(audio.Packets) || video.when(v) <= audio.when(a)):
			if err := w.picture(video, v); err != nil {
				return w.b, err
			}
			v++
		case audio != nil && a < len(audio.Packets):
			n, err := w.sound(audio, a, video == nil)
			if err != nil {
				return w.b, err
			}
			a += n
		default:
			return w.b, nil
		}
		if len(w.b) > maxSegment {
			return w.b, media.Unsupported("a segment of more than %d bytes", maxSegment)
		}
	}
}

// maxSegment bounds the memory a segment takes.
const maxSegment = 192 << 20

// when is the decoding time of packet i on the clock of 90 kHz.
func (in *Input) when(i int) int64 { return in.clock(in.Packets[i].DTS) }

func (in *Input) clock(t int64) int64 {
	return media.Scale(t+in.Offset, in.Track.Timescale, clockRate)
}

// writer makes one segment.
type writer struct {
	b       []byte
	pes     []byte
	payload func(*media.Track, *media.Packet) ([]byte, error)
}

// picture writes one access unit.
func (w *writer) picture(in *Input, i int) error {
	t, p := &in.Track, &in.Packets[i]
	body, err := w.payload(t.Track, p)
	if err != nil {
		return err
	}
	pts, dts := in.clock(p.PTS), in.clock(p.DTS)
	w.header(t.stream, pts, dts, 0)
	if t.Codec == "hevc" {
		w.pes = append(w.pes, 0, 0, 0, 1, 0x46, 1, 0x50)
	} else {
		w.pes = append(w.pes, 0, 0, 0, 1, 9, 0xf0)
	}
	if p.Key {
		w.pes = append(w.pes, t.sets...)
	}
	ok := codec.Prefixed(body, t.lengthSize, func(nal []byte) {
		if codec.IsAUD(t.Codec, nal) {
			return
		}
		w.pes = append(append(w.pes, 0, 0, 0, 1), nal...)
	})
	if !ok {
		return fmt.Errorf("picture at %d: %w", p.PTS, media.Damaged("units of impossible length"))
	}
	w.packets(t, p.Key, dts-clockLead, i == len(in.Packets)-1)
	return nil
}

// sound writes packets from number first on as one PES packet, and returns how
// many it took: as many as follow each other without a hole.
func (w *writer) sound(in *Input, first int, clock bool) (int, error) {
	t := &in.Track
	pts := in.clock(in.Packets[first].PTS)
	w.header(t.stream, pts, pts, 0)
	n := 0
	for i := first; i < len(in.Packets); i++ {
		p := &in.Packets[i]
		if i > first && (len(w.pes)+p.Size > maxAudioPES || p.PTS != in.Packets[i-1].PTS+t.Frame) {
			break
		}
		body, err := w.payload(t.Track, p)
		if err != nil {
			return 0, err
		}
		if t.Codec == "aac" {
			h, ok := t.aac.ADTS(len(body))
			if !ok {
				return 0, media.Unsupported("a packet of AAC of %d bytes", len(body))
			}
			w.pes = append(w.pes, h[:]...)
		}
		w.pes = append(w.pes, body...)
		n++
	}
	if length := len(w.pes) - 6; length <= 0xffff {
		w.pes[4], w.pes[5] = byte(length>>8), byte(length)
	}
	pcr := int64(-1)
	if clock {
		pcr = pts - clockLead
	}
	w.packets(t, clock, pcr, first+n == len(in.Packets))
	return n, nil
}

// header begins a PES packet.
func (w *writer) header(stream byte, pts, dts int64, length int) {
	w.pes = append(w.pes[:0], 0, 0, 1, stream, byte(length>>8), byte(length), 0x84)
	if pts == dts {
		w.pes = append(w.pes, 0x80, 5)
		w.time(2, pts)
		return
	}
	w.pes = append(w.pes, 0xc0, 10)
	w.time(3, pts)
	w.time(1, dts)
}

func (w *writer) time(mark byte, t int64) {
	t &= timeMask
	w.pes = append(w.pes, mark<<4|byte(t>>29)&0x0e|1, byte(t>>22), byte(t>>14)|1, byte(t>>7), byte(t<<1)|1)
}

// packets cuts the PES packet into transport packets. The first has the clock,
// unless pcr is negative. The last of a segment are as many as bring the counter
// round.
func (w *writer) packets(t *Track, key bool, pcr int64, last bool) {
	first := 0
	if pcr >= 0 {
		first = 8
	} else if key {
		first = 2
	}
	count := (len(w.pes) + first + 183) / 184
	if last {
		if more := count + (16-(t.continuity+count)%16)%16; more <= len(w.pes) {
			count = more
		}
	}
	rest := w.pes
	for i := range count {
		field := 0
		if i == 0 {
			field = first
		}
		left := count - i - 1 // packets after this one, each of which takes a byte
		n := min(184-field, len(rest)-left)
		w.packet(t, i == 0, key && i == 0, pcr, field, rest[:n])
		rest = rest[n:]
	}
}

// packet writes one transport packet, of which field bytes at least are adaptation.
func (w *writer) packet(t *Track, start, key bool, pcr int64, field int, body []byte) {
	h := [4]byte{syncByte, byte(t.pid >> 8), byte(t.pid), 0x10 | byte(t.continuity&15)}
	t.continuity++
	if start {
		h[1] |= 0x40
	}
	stuffing := 184 - len(body)
	if stuffing > 0 {
		h[3] |= 0x20
	}
	w.b = append(w.b, h[:]...)
	if stuffing > 0 {
		w.adaptation(stuffing, key, pcr, field)
	}
	w.b = append(w.b, body...)
}

// adaptation writes an adaptation field of size bytes in all.
func (w *writer) adaptation(size int, key bool, pcr int64, field int) {
	w.b = append(w.b, byte(size-1))
	if size == 1 {
		return
	}
	flags := byte(0)
	if key {
		flags |= 0x40
	}
	end := len(w.b) - 1 + size
	if field == 8 {
		p := pcr & timeMask
		w.b = append(w.b, flags|0x10, byte(p>>25), byte(p>>17), byte(p>>9), byte(p>>1), byte(p<<7)|0x7e, 0)
	} else {
		w.b = append(w.b, flags)
	}
	for len(w.b) < end {
		w.b = append(w.b, 0xff)
	}
}
