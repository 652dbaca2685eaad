package isom

import (
	"encoding/binary"

	"sett/streaming/probe/facts"
)

const (
	maxChapters    = 4096
	maxChapterText = 4096
)

// chapterTracks reads the chapters that tracks keep as samples of text, and returns
// which tracks these are.
func (f *file) chapterTracks() (map[int64]bool, error) {
	ids := make(map[int64]bool)
	for _, t := range f.tracks {
		for _, id := range t.chapters {
			ids[id] = true
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	for _, t := range f.tracks {
		if !ids[t.id] {
			continue
		}
		if t.kind == "vide" {
			return nil, facts.Unsure("chapters with pictures")
		}
		if err := f.readChapters(t); err != nil {
			return nil, err
		}
	}
	return ids, nil
}

// readChapters reads one such track. Its chapters take the place of those of the
// same number in user data.
func (f *file) readChapters(t *track) error {
	if t.samples > maxChapters || t.empty != 0 || t.cut != 0 {
		return facts.Unsure("%d chapters", t.samples)
	}
	places, err := f.places(t)
	if err != nil {
		return err
	}
	var at int64
	n := 0
	var failed error
	err = f.entriesOfTable(t.timeTable, 8, func(e []byte) {
		count, step := binary.BigEndian.Uint32(e), int64(binary.BigEndian.Uint32(e[4:]))
		for ; count > 0 && n < len(places) && failed == nil; count-- {
			failed = f.chapterAt(t, n, at, places[n])
			at += step
			n++
		}
	})
	if err == nil {
		err = failed
	}
	f.doc.Chapters, f.nero = f.nero, nil
	return err
}

func (f *file) chapterAt(t *track, n int, at int64, place [2]int64) error {
	if place[1] < 2 {
		return nil
	}
	b, err := f.r.Load(place[0], min(place[1], maxChapterText))
	if err != nil {
		return err
	}
	size := int(binary.BigEndian.Uint16(b))
	if size > len(b)-2 {
		return facts.Unsure("a chapter's name that is cut off")
	}
	name := b[2 : 2+size]
	text := zero(name)
	if size > 2 && name[0] == 0xfe && name[1] == 0xff {
		text = wide(name[2:])
	} else if size > 2 && name[0] == 0xff && name[1] == 0xfe {
		return facts.Unsure("a chapter's name in little endian")
	}
	c := chapter(at, t.scale, text)
	if n < len(f.nero) {
		f.nero[n] = c
	} else {
		f.nero = append(f.nero, c)
	}
	return nil
}

// entriesOfTable walks a table that begins with its count. The buffer is a copy, so
// that visitors may read elsewhere.
func (f *file) entriesOfTable(b box, width int, visit func(e []byte)) error {
	buf, err := f.small(b)
	if err != nil || len(buf) < 8 {
		return err
	}
	n := int64(binary.BigEndian.Uint32(buf[4:]))
	for buf = buf[8:]; n > 0 && len(buf) >= width; n-- {
		visit(buf)
		buf = buf[width:]
	}
	return nil
}

// places lists where the samples of a small track lie, and how large they are.
func (f *file) places(t *track) ([][2]int64, error) {
	sizes, err := f.small(t.sizes)
	if err != nil || len(sizes) < 12 {
		return nil, err
	}
	fixed := int64(binary.BigEndian.Uint32(sizes[4:]))
	size := func(i int) int64 {
		if fixed > 0 || 12+4*i+4 > len(sizes) {
			return fixed
		}
		return int64(binary.BigEndian.Uint32(sizes[12+4*i:]))
	}
	width, read := 4, func(e []byte) int64 { return int64(binary.BigEndian.Uint32(e)) }
	if t.chunks.kind == "co64" {
		width, read = 8, func(e []byte) int64 { return int64(binary.BigEndian.Uint64(e)) }
	}
	var chunks []int64
	if err := f.entriesOfTable(t.chunks, width, func(e []byte) { chunks = append(chunks, read(e)) }); err != nil {
		return nil, err
	}
	var spans [][2]int64 // first chunk, samples in each
	err = f.entriesOfTable(t.spans, 12, func(e []byte) {
		spans = append(spans, [2]int64{int64(binary.BigEndian.Uint32(e)), int64(binary.BigEndian.Uint32(e[4:]))})
	})
	var list [][2]int64
	k := 0
	for c, at := range chunks {
		for k+1 < len(spans) && spans[k+1][0] <= int64(c)+1 {
			k++
		}
		for n := int64(0); k < len(spans) && n < spans[k][1] && int64(len(list)) < t.samples; n++ {
			list = append(list, [2]int64{at, size(len(list))})
			at += size(len(list) - 1)
		}
	}
	return list, err
}
