// Package music reads the facts of files that hold sound alone: FLAC, MP3, Ogg with
// Opus or Vorbis, and WAVE.
package music

import (
	"sett/streaming/probe/bitstream"
	"sett/streaming/probe/facts"
	"sett/streaming/probe/tag"
)

// document begins a file of one sound.
func document(format string) (*facts.Document, *facts.Stream) {
	d := &facts.Document{Format: facts.Format{Name: format, Tags: make(map[string]string)}}
	s := &facts.Stream{Type: "audio", RFrameRate: "0/0", AvgRate: "0/0", Tags: make(map[string]string)}
	d.Add(s)
	return d, s
}

// FLAC reads a file that begins with FLAC's mark.
func FLAC(r *facts.Reader) (*facts.Document, error) {
	d, s := document("flac")
	tags := tag.New()
	var samples int64
	info := false
	at := int64(4)
	for last := false; !last; {
		h, err := r.Bytes(at, 4)
		if err != nil {
			return nil, err
		}
		kind, size := h[0]&127, int64(h[1])<<16|int64(h[2])<<8|int64(h[3])
		last = h[0]&128 != 0
		at += 4
		switch kind {
		case 0:
			b, err := r.Bytes(at, int(min(size, 34)))
			if err != nil {
				return nil, err
			}
			samples, info = bitstream.FLACInfo(s, b)
		case 4:
			b, err := r.Load(at, size)
			if err != nil {
				return nil, err
			}
			if err := tags.Vorbis(b, false); err != nil {
				return nil, err
			}
		case 6:
			if err := tags.Block(r, at, size); err != nil {
				return nil, err
			}
		case 5:
			return nil, facts.Unsure("a cue sheet")
		case 127:
			return nil, facts.Unsure("FLAC's last block is none")
		}
		at += size
	}
	if !info || samples == 0 {
		return nil, facts.Unsure("a FLAC file that does not say how long it is")
	}
	sync, err := r.Bytes(at, 2)
	if err != nil {
		return nil, err
	}
	if sync[0] != 0xff || sync[1]&0xfc != 0xf8 {
		return nil, facts.Unsure("no FLAC frame after the header")
	}
	s.Codec = "flac"
	whole(d, s, samples, rateOf(s), r.Size())
	return finish(d, tags)
}

// whole sets the length of a file of one sound.
func whole(d *facts.Document, s *facts.Stream, samples, rate, size int64) {
	s.TimeBase = facts.Base(rate)
	s.Duration = facts.Seconds(samples, rate)
	d.Format.Whole(facts.Rescale(samples, 1e6, rate), size)
}

func rateOf(s *facts.Stream) int64 {
	var n int64
	for _, c := range s.SampleRate {
		n = n*10 + int64(c-'0')
	}
	return max(n, 1)
}

// finish gives the file its tags and pictures.
func finish(d *facts.Document, tags *tag.Set) (*facts.Document, error) {
	for k, v := range tags.Values {
		d.Format.Tags[k] = v
	}
	d.Chapters = append(d.Chapters, tags.Chapters...)
	if err := tags.AddPictures(d); err != nil {
		return nil, err
	}
	return d, nil
}
