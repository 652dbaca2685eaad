// Package isom reads the facts of MP4 and QuickTime files: the movie box, and the
// first sample of a track where only that tells. Fragmented files, compressed movie
// boxes and edit lists that cut are left to ffprobe.
package isom

import (
	"sett/streaming/probe/facts"
)

// Bounds against files made to hurt.
const (
	maxBoxes  = 4096
	maxTracks = 128
	maxSmall  = 1 << 20 // bytes of a box that is no table
)

// file is an MP4 file being read.
type file struct {
	r        *facts.Reader
	doc      *facts.Document
	scale    int64 // units of the movie's time a second
	duration int64
	tracks   []*track
	keys     []string // of QuickTime's metadata, from 1
	nero     []facts.Chapter
}

// Read reads a file's facts.
func Read(r *facts.Reader) (*facts.Document, error) {
	f := &file{r: r, doc: new(facts.Document)}
	f.doc.Format.Name = "mov,mp4,m4a,3gp,3g2,mj2"
	f.doc.Format.Tags = make(map[string]string)
	moov, err := f.find()
	if err != nil {
		return nil, err
	}
	if err := children(r, moov.at, moov.end(), f.movie); err != nil {
		return nil, err
	}
	if err := f.finish(); err != nil {
		return nil, err
	}
	return f.doc, nil
}

// find walks the top level to the movie box, and a little further, where fragments
// would follow.
func (f *file) find() (box, error) {
	var moov box
	for at, n := int64(0), 0; at+8 <= f.r.Size() && n < 256; n++ {
		b, err := header(f.r, at, f.r.Size())
		if err != nil {
			return box{}, err
		}
		switch b.kind {
		case "moov":
			return b, nil
		case "moof", "sidx":
			return box{}, facts.Unsure("fragments")
		case "meta":
			return box{}, facts.Unsure("metadata outside the movie")
		}
		at = b.end()
	}
	return moov, facts.Unsure("no movie box")
}

func (f *file) movie(b box) error {
	switch b.kind {
	case "mvhd":
		return f.movieHeader(b)
	case "trak":
		return f.track(b)
	case "udta":
		return f.userData(b, nil)
	case "meta":
		return f.meta(b, nil)
	case "mvex", "cmov":
		return facts.Unsure("box %q", b.kind)
	}
	return nil
}

func (f *file) movieHeader(b box) error {
	buf, err := f.small(b)
	if err != nil {
		return err
	}
	c := cursor{b: buf}
	version := c.u8()
	c.take(3)
	c.word(version)
	c.word(version)
	f.scale, f.duration = c.u32(), c.word(version)
	c.take(4 + 2 + 10)
	matrix := c.take(36)
	if c.short || f.scale <= 0 || f.duration <= 0 || f.duration == 0xffffffff && version == 0 || string(matrix) != upright {
		return facts.Unsure("an unusual movie header")
	}
	return nil
}

// small reads the body of a box that is no table.
func (f *file) small(b box) ([]byte, error) {
	if b.size > maxSmall {
		return nil, facts.Unsure("box %q of %d bytes", b.kind, b.size)
	}
	return f.r.Load(b.at, b.size)
}

// finish completes the tracks once all is known.
func (f *file) finish() error {
	if len(f.tracks) == 0 || f.scale == 0 {
		return facts.Unsure("no tracks")
	}
	f.doc.Format.Whole(facts.Rescale(f.duration, 1e6, f.scale), f.r.Size())
	chapters, err := f.chapterTracks()
	if err != nil {
		return err
	}
	first := int64(0)
	for i, t := range f.tracks {
		if err := f.describe(t, chapters[t.id]); err != nil {
			return err
		}
		start := facts.Rescale(t.start, 1e6, t.scale)
		t.s.Start = facts.Seconds(start, 1e6)
		if i == 0 || start < first {
			first = start
		}
	}
	f.doc.Format.Start = facts.Seconds(first, 1e6)
	if f.doc.Chapters == nil {
		f.doc.Chapters = f.nero
	}
	return nil
}
