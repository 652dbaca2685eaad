package mp4

import (
	"context"
	"io"
	"sync"

	"sett/streaming/remux/media"
)

// Index is an opened file.
type Index struct {
	f          file
	movieScale int64
	tracks     []*track
	fragmented bool
	firstMoof  int64
	left       int // samples that fragments may still have

	once      sync.Once // reads the fragments
	fragments error
}

// track is a trak box, its tables unread.
type track struct {
	media.Track
	stbl        []box
	edits       []edit
	sampleEntry int // 1-based description that all its samples use
	entries     int
	trex        defaults
	frags       *table // of a fragmented file
	fragDTS     int64
	encrypted   bool // as its fragments say
}

// Open reads the head of a file. It closes nothing; r must stay readable.
func Open(ctx context.Context, r io.ReaderAt, size int64) (*Index, error) {
	x := &Index{f: file{r, size}, left: maxSamples}
	moov, err := x.findMovie(ctx)
	if err != nil {
		return nil, err
	}
	list, err := x.f.children(moov.at, moov.end())
	if err != nil {
		return nil, err
	}
	if err := x.readMovie(list); err != nil {
		return nil, err
	}
	return x, nil
}

// findMovie walks the top level to the movie box, which may come last.
func (x *Index) findMovie(ctx context.Context) (box, error) {
	at := int64(0)
	for range maxBoxes {
		if err := ctx.Err(); err != nil {
			return box{}, err
		}
		if at+8 > x.f.size {
			return box{}, media.Damaged("no movie box")
		}
		b, err := x.f.header(at, x.f.size)
		if err != nil {
			return box{}, err
		}
		switch b.kind {
		case "moov":
			x.firstMoof = b.end()
			return b, nil
		case "moof":
			return box{}, media.Damaged("a fragment before the movie box")
		}
		at = b.end()
	}
	return box{}, media.Damaged("too many boxes")
}

func (x *Index) readMovie(list []box) error {
	if b, ok := find(list, "mvhd"); ok {
		buf, err := x.f.load(b)
		if err != nil {
			return err
		}
		c := cursor{b: buf}
		version := c.u8()
		c.take(3)
		c.word(version)
		c.word(version)
		x.movieScale = c.u32()
	}
	if _, ok := find(list, "cmov"); ok {
		return media.Unsupported("a compressed movie box")
	}
	for _, b := range list {
		if b.kind != "trak" {
			continue
		}
		if len(x.tracks) >= maxTracks {
			return media.Damaged("too many tracks")
		}
		t, err := x.readTrack(b)
		if err != nil {
			return err
		}
		t.Index = len(x.tracks)
		x.tracks = append(x.tracks, t)
	}
	if b, ok := find(list, "mvex"); ok {
		x.fragmented = true
		return x.readExtends(b)
	}
	return nil
}

func (x *Index) readTrack(trak box) (*track, error) {
	t := &track{Track: media.Track{Timescale: 1}}
	parts, err := x.f.children(trak.at, trak.end())
	if err != nil {
		return nil, err
	}
	if b, ok := find(parts, "tkhd"); ok {
		if err := x.readHeader(t, b); err != nil {
			return nil, err
		}
	}
	if b, ok := find(parts, "edts"); ok {
		if t.edits, err = x.readEdits(b); err != nil {
			return nil, err
		}
	}
	mdia, ok := find(parts, "mdia")
	if !ok {
		t.Problem = "a track without media"
		return t, nil
	}
	return t, x.readMedia(t, mdia)
}

// upright is the matrix that changes nothing.
const upright = "\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x40\x00\x00\x00"

func (x *Index) readHeader(t *track, b box) error {
	buf, err := x.f.load(b)
	if err != nil {
		return err
	}
	c := cursor{b: buf}
	version := c.u8()
	c.take(3)
	c.word(version)
	c.word(version)
	t.ID = uint64(c.u32())
	c.u32()
	c.word(version)
	c.take(16)
	if m := c.take(36); !c.short && string(m) != upright {
		t.Matrix = m
	}
	return nil
}

func (x *Index) readMedia(t *track, mdia box) error {
	parts, err := x.f.children(mdia.at, mdia.end())
	if err != nil {
		return err
	}
	if b, ok := find(parts, "mdhd"); ok {
		buf, err := x.f.load(b)
		if err != nil {
			return err
		}
		c := cursor{b: buf}
		version := c.u8()
		c.take(3)
		c.word(version)
		c.word(version)
		t.Timescale = max(1, c.u32())
		c.word(version)
		t.Language = language(c.u16())
	}
	if b, ok := find(parts, "hdlr"); ok && b.size >= 12 {
		buf, err := x.f.load(b)
		if err != nil {
			return err
		}
		switch string(buf[8:12]) {
		case "vide":
			t.Kind = media.Video
		case "soun":
			t.Kind = media.Audio
		}
	}
	minf, ok := find(parts, "minf")
	if !ok || t.Kind == media.Other {
		return nil
	}
	if parts, err = x.f.children(minf.at, minf.end()); err != nil {
		return err
	}
	stbl, ok := find(parts, "stbl")
	if !ok {
		t.Problem = "a track without tables"
		return nil
	}
	if t.stbl, err = x.f.children(stbl.at, stbl.end()); err != nil {
		return err
	}
	return x.readDescriptions(t)
}

// language unpacks three letters; QuickTime's own numbers are not known.
func language(packed int) string {
	if packed < 0x400 || packed == 0x7fff {
		return ""
	}
	s := string([]byte{byte(packed>>10&31) + 0x60, byte(packed>>5&31) + 0x60, byte(packed&31) + 0x60})
	if s == "und" {
		return ""
	}
	return s
}

// Tracks lists the tracks in the file's order.
func (x *Index) Tracks() []media.Track {
	list := make([]media.Track, len(x.tracks))
	for i, t := range x.tracks {
		list[i] = t.Track
	}
	return list
}
