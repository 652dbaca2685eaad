package music

import (
	"encoding/binary"

	"sett/streaming/probe/bitstream"
	"sett/streaming/probe/facts"
	"sett/streaming/probe/tag"
)

// maxJunk is how far behind the tags the first frame is looked for.
const maxJunk = 64 << 10

// MP3 reads a file of MPEG audio frames, with tags before and after them.
func MP3(r *facts.Reader) (*facts.Document, error) {
	d, s := document("mp3")
	tags := tag.New()
	at := int64(0)
	for range 4 {
		end, err := tags.ID3v2(r, at)
		if err != nil {
			return nil, err
		}
		if end == at {
			break
		}
		at = end
	}
	if err := trailing(r, tags); err != nil {
		return nil, err
	}
	first, m, err := firstFrame(r, at)
	if err != nil {
		return nil, err
	}
	m.Describe(s)
	if m.Layer != 3 {
		return nil, facts.Unsure("MPEG audio of layer %d", m.Layer)
	}
	if err := length(r, d, s, at, first, m); err != nil {
		return nil, err
	}
	s.TimeBase = facts.Base(14112000)
	return finish(d, tags)
}

// trailing reads the tags at the end of the file, which count for less.
func trailing(r *facts.Reader, tags *tag.Set) error {
	known := len(tags.Values) > 0
	ape := tag.New()
	end := r.Size()
	old := tag.New()
	found, err := old.ID3v1(r)
	if err != nil {
		return err
	}
	if found {
		end -= 128
	}
	if _, err := ape.APE(r, end); err != nil {
		return err
	}
	if !known {
		tags.Merge(old)
	}
	tags.Merge(ape)
	return nil
}

// firstFrame finds two frames on end that agree.
func firstFrame(r *facts.Reader, from int64) (int64, bitstream.MPEGAudio, error) {
	for at := from; at < min(from+maxJunk, r.Size()); at++ {
		b, err := r.Peek(at, 4)
		if err != nil {
			return 0, bitstream.MPEGAudio{}, err
		}
		m, ok := bitstream.ParseMPEGAudio(b)
		if !ok {
			continue
		}
		next, err := r.Peek(at+int64(m.Size), 4)
		if err != nil {
			return 0, m, err
		}
		n, ok := bitstream.ParseMPEGAudio(next)
		if ok && n.Layer == m.Layer && n.Rate == m.Rate && n.Version == m.Version {
			return at, m, nil
		}
	}
	return 0, bitstream.MPEGAudio{}, facts.Unsure("no MPEG audio frames")
}

// length finds how long the sound is: by the header that encoders put into a first
// frame without sound, or by the rate where that does not change.
func length(r *facts.Reader, d *facts.Document, s *facts.Stream, tagged, first int64, m bitstream.MPEGAudio) error {
	b, err := r.Peek(first, min(m.Size, 256))
	if err != nil {
		return err
	}
	side := 32
	switch {
	case m.Version == 1 && m.Mono:
		side = 17
	case m.Version != 1 && m.Mono:
		side = 9
	case m.Version != 1:
		side = 17
	}
	v, ok := vbrHeader(b, 4+side)
	if !ok {
		return constant(r, d, s, tagged, first, m)
	}
	if v.frames == 0 {
		return facts.Unsure("an MP3 header without the number of frames")
	}
	if rest := r.Size() - first; v.bytes > 0 && rest-v.bytes > v.bytes/16 {
		return facts.Unsure("an MP3 file with another behind it")
	}
	samples, rate := v.frames*int64(m.Samples), int64(m.Rate)
	s.Duration = facts.Seconds(samples, rate)
	d.Format.Whole(facts.Rescale(samples, 1e6, rate), r.Size())
	if v.bytes > 0 && !v.constant {
		s.BitRate = facts.Int(facts.Rescale(v.bytes, 8*rate, samples))
		return nil
	}
	b, err = r.Peek(first+int64(m.Size), 4)
	if err != nil {
		return err
	}
	next, ok := bitstream.ParseMPEGAudio(b)
	if !ok {
		return facts.Unsure("an MP3 header without frames")
	}
	s.BitRate = facts.Int(int64(next.Kbps) * 1000)
	return nil
}

type vbr struct {
	frames, bytes int64
	constant      bool
}

// vbrHeader reads Xing's header, or Fraunhofer's.
func vbrHeader(b []byte, side int) (v vbr, ok bool) {
	be := binary.BigEndian
	if len(b) >= side+16 {
		switch string(b[side : side+4]) {
		case "Info":
			v.constant = true
			fallthrough
		case "Xing":
			flags, at := be.Uint32(b[side+4:]), side+8
			if flags&1 != 0 {
				v.frames = int64(be.Uint32(b[at:]))
				at += 4
			}
			if flags&2 != 0 {
				v.bytes = int64(be.Uint32(b[at:]))
			}
			return v, true
		}
	}
	if len(b) >= 36+18 && string(b[36:40]) == "VBRI" && be.Uint16(b[40:]) == 1 {
		return vbr{frames: int64(be.Uint32(b[36+14:])), bytes: int64(be.Uint32(b[36+10:]))}, true
	}
	return v, false
}

// constant takes a file of frames all alike, as far as a few of them show.
func constant(r *facts.Reader, d *facts.Document, s *facts.Stream, tagged, first int64, m bitstream.MPEGAudio) error {
	at := first
	for n := 0; n < 32; n++ {
		b, err := r.Peek(at, 4)
		if err != nil {
			return err
		}
		next, ok := bitstream.ParseMPEGAudio(b)
		if !ok {
			break
		}
		if next.Kbps != m.Kbps || next.Rate != m.Rate {
			return facts.Unsure("an MP3 file of changing rate without a header")
		}
		at += int64(next.Size)
	}
	for part := int64(1); part < 8; part++ {
		at, next, err := firstFrame(r, first+(r.Size()-first)*part/8)
		if err != nil {
			return err
		}
		if next.Kbps != m.Kbps || next.Rate != m.Rate {
			return facts.Unsure("an MP3 file of changing rate without a header, at %d", at)
		}
	}
	micros := facts.Rescale(r.Size()-tagged, 8*1e6, int64(m.Kbps)*1000)
	s.Duration = facts.Seconds(micros, 1e6)
	d.Format.Whole(micros, r.Size())
	return nil
}
