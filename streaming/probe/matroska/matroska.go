// Package matroska reads the facts of Matroska and WebM files: the head of the
// segment, what its seek head points to, and the first packet of a track where only
// that tells. It reads no other payload.
package matroska

import (
	"math"

	"sett/streaming/probe/facts"
)

// Bounds against files made to hurt.
const (
	maxMaster   = 8 << 20 // bytes of one element read into memory
	maxLevel1   = 4096    // elements before the first cluster
	maxTracks   = 256
	maxChapters = 4096
)

// file is a Matroska file being read.
type file struct {
	r          *facts.Reader
	doc        *facts.Document
	start, end int64 // of the segment's body
	cluster    int64 // the first, 0 for none
	scale      int64 // nanoseconds to a unit of time
	duration   float64
	tracks     []*track
	loaded     map[int64]bool
	tags       []tag
	late       []*facts.Stream // attachments, which come after the tracks
	problem    error           // found where errors cannot be returned
}

// Read reads a file's facts.
func Read(r *facts.Reader) (*facts.Document, error) {
	f := &file{r: r, doc: new(facts.Document), scale: 1_000_000, loaded: make(map[int64]bool)}
	f.doc.Format.Name = "matroska,webm"
	f.doc.Format.Tags = make(map[string]string)
	if err := f.segment(); err != nil {
		return nil, err
	}
	pointed, err := f.head()
	if err != nil {
		return nil, err
	}
	for _, at := range pointed {
		if err := f.pointedTo(at); err != nil {
			return nil, err
		}
	}
	if f.problem != nil {
		return nil, f.problem
	}
	if err := f.finish(); err != nil {
		return nil, err
	}
	return f.doc, nil
}

func (f *file) segment() error {
	e, ok, err := f.header(0)
	if err != nil {
		return err
	}
	if !ok || e.id != idEBML || e.size < 0 || e.size > 1024 {
		return facts.Unsure("no EBML header")
	}
	at := e.end()
	for range 4 {
		if e, ok, err = f.header(at); err != nil {
			return err
		}
		if !ok {
			break
		}
		if e.id == idSegment {
			f.start, f.end = e.at, f.r.Size()
			if e.size >= 0 {
				f.end = min(f.end, e.end())
			}
			return nil
		}
		if e.size < 0 {
			break
		}
		at = e.end()
	}
	return facts.Unsure("no segment")
}

// head walks to the first cluster, reading what lies before it, and returns where
// seek heads say that there is more.
func (f *file) head() ([]int64, error) {
	var pointed []int64
	at := f.start
	for range maxLevel1 {
		if at >= f.end {
			break
		}
		e, ok, err := f.header(at)
		if err != nil {
			return nil, err
		}
		if !ok {
			break
		}
		if e.id == idCluster {
			f.cluster = at
			return pointed, nil
		}
		if e.size < 0 || e.end() > f.r.Size() {
			return nil, facts.Unsure("element %#x has no size", e.id)
		}
		f.loaded[at] = true
		if e.id == idSeekHead {
			b, err := f.r.Load(e.at, e.size)
			if err != nil {
				return nil, err
			}
			pointed = f.seekHead(b, pointed)
		} else if err := f.master(e); err != nil {
			return nil, err
		}
		at = e.end()
	}
	return nil, facts.Unsure("no cluster")
}

func (f *file) seekHead(b []byte, pointed []int64) []int64 {
	each(b, func(id uint32, body []byte) {
		if id != idSeek {
			return
		}
		var what, where uint64
		each(body, func(id uint32, body []byte) {
			switch id {
			case idSeekID:
				what = number(body)
			case idSeekPosition:
				where = number(body)
			}
		})
		switch uint32(what) {
		case idInfo, idTracks, idTags, idChapters, idAttachments:
			if where < uint64(f.r.Size()) && len(pointed) < 64 {
				pointed = append(pointed, f.start+int64(where))
			}
		}
	})
	return pointed
}

func (f *file) pointedTo(at int64) error {
	if f.loaded[at] {
		return nil
	}
	f.loaded[at] = true
	e, ok, err := f.header(at)
	if err != nil {
		return err
	}
	if !ok || e.size < 0 || e.end() > f.r.Size() {
		return facts.Unsure("nothing where the seek head points, at %d", at)
	}
	switch e.id {
	case idInfo, idTracks, idTags, idChapters, idAttachments:
		return f.master(e)
	}
	return facts.Unsure("something else where the seek head points, at %d", at)
}

// master reads one of the elements that hold others.
func (f *file) master(e element) error {
	switch e.id {
	case idAttachments:
		return f.attachments(e)
	case idInfo, idTracks, idTags, idChapters:
	default:
		return nil
	}
	if e.size > maxMaster {
		return facts.Unsure("element %#x of %d bytes", e.id, e.size)
	}
	b, err := f.r.Load(e.at, e.size)
	if err != nil {
		return err
	}
	ok := true
	switch e.id {
	case idInfo:
		ok = each(b, f.info)
	case idTracks:
		ok = each(b, f.track)
	case idTags:
		ok = each(b, f.tag)
	case idChapters:
		ok = f.chapters(b)
	}
	if !ok {
		return facts.Unsure("element %#x makes no sense", e.id)
	}
	return f.problem
}

func (f *file) info(id uint32, body []byte) {
	switch id {
	case idTimestampScale:
		if v := number(body); v > 0 && v <= 1_000_000_000 {
			f.scale = int64(v)
		}
	case idDuration:
		f.duration = float(body)
	case idTitle:
		f.doc.Format.Tags["title"] = text(body)
	}
}

// chapters reads the atoms of all editions, as far as they go on in time.
func (f *file) chapters(b []byte) bool {
	last := int64(0)
	sound := true
	ok := each(b, func(id uint32, body []byte) {
		if id != idEditionEntry {
			return
		}
		sound = each(body, func(id uint32, body []byte) {
			if id == idChapterAtom && len(f.doc.Chapters) < maxChapters {
				last = f.chapter(body, last)
			}
		}) && sound
	})
	return ok && sound
}

func (f *file) chapter(b []byte, last int64) int64 {
	start, uid, title := int64(-1), uint64(0), ""
	each(b, func(id uint32, body []byte) {
		switch id {
		case idChapterUID:
			uid = number(body)
		case idChapterStart:
			start = int64(number(body) & (1<<62 - 1))
		case idChapterDisplay:
			each(body, func(id uint32, body []byte) {
				if id == idChapString {
					title = text(body)
				}
			})
		}
	})
	if start < 0 || uid == 0 || last > 0 && start <= last {
		return last
	}
	c := facts.Chapter{Start: facts.Seconds(start, 1e9)}
	if title != "" {
		c.Tags = map[string]string{"title": title}
	}
	f.doc.Chapters = append(f.doc.Chapters, c)
	return start
}

// finish brings together what lay apart, and reads the packets it takes.
func (f *file) finish() error {
	if len(f.tracks) == 0 {
		return facts.Unsure("no tracks")
	}
	seconds := f.duration * float64(f.scale) / 1e9
	if !(seconds > 0) || seconds > 1e7 {
		return facts.Unsure("no duration")
	}
	for _, s := range f.late {
		f.doc.Add(s)
	}
	f.doc.Format.Whole(int64(seconds*1e6+0.5), f.r.Size())
	f.applyTags()
	if err := f.packets(); err != nil {
		return err
	}
	base, unit := facts.Reduce(f.scale, 1e9, math.MaxInt32)
	for _, t := range f.tracks {
		t.scale, t.s.TimeBase = f.scale, facts.Rate(base, unit)
		if err := t.describe(); err != nil {
			return err
		}
	}
	return nil
}
