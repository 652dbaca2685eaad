package mp4

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"slices"

	"sett/streaming/remux/media"
)

// defaults of a track's samples in fragments.
type defaults struct {
	entry        int
	length, size uint32
	flags        uint32
}

// notSync is the sample flag of one that decoding cannot start at.
const notSync = 1 << 16

func (x *Index) readExtends(mvex box) error {
	list, err := x.f.children(mvex.at, mvex.end())
	if err != nil {
		return err
	}
	for _, b := range list {
		if b.kind != "trex" {
			continue
		}
		buf, err := x.f.load(b)
		if err != nil {
			return err
		}
		c := cursor{b: body(buf, 4)}
		if t := x.byID(uint64(c.u32())); t != nil {
			t.trex = defaults{int(c.u32()), uint32(c.u32()), uint32(c.u32()), uint32(c.u32())}
			t.frags = &table{}
		}
	}
	return nil
}

func (x *Index) byID(id uint64) *track {
	for _, t := range x.tracks {
		if t.ID == id {
			return t
		}
	}
	return nil
}

// readFragments walks all movie fragments, once. Only their heads are read.
func (x *Index) readFragments(ctx context.Context) error {
	at := x.firstMoof
	for range maxBoxes {
		if err := ctx.Err(); err != nil {
			return err
		}
		if at+8 > x.f.size {
			return nil
		}
		b, err := x.f.header(at, x.f.size)
		if err != nil {
			if errors.Is(err, media.ErrDamaged) && x.anySample() {
				return nil // the recording was broken off; what there is can be played
			}
			return err
		}
		if b.kind == "moof" {
			if err := x.readFragment(b, at); err != nil {
				return err
			}
		}
		at = b.end()
	}
	return media.Damaged("too many boxes")
}

func (x *Index) anySample() bool {
	for _, t := range x.tracks {
		if t.frags != nil && t.frags.count > 0 {
			return true
		}
	}
	return false
}

func (x *Index) readFragment(moof box, start int64) error {
	if moof.size > 16<<20 {
		return media.Damaged("a fragment's head of %d bytes", moof.size)
	}
	buf, err := x.f.load(moof)
	if errors.Is(err, io.EOF) {
		return nil
	} else if err != nil {
		return err
	}
	follow := start // data follow those of the track before, where nothing else is said
	split(buf, func(kind string, _, body []byte) {
		if kind == "traf" && err == nil {
			follow, err = x.readTraf(body, start, follow)
		}
	})
	return err
}

// readTraf takes one track's runs of a fragment, and returns where its data end.
func (x *Index) readTraf(traf []byte, start, follow int64) (int64, error) {
	var t *track
	var d defaults
	base, err := follow, error(nil)
	pos := base
	split(traf, func(kind string, _, b []byte) {
		if err != nil {
			return
		}
		if len(b) < 4 {
			return
		}
		c := cursor{b: b}
		flags := c.u32() & 0xffffff
		switch kind {
		case "tfhd":
			if t = x.byID(uint64(c.u32())); t == nil || t.frags == nil {
				t = nil
				return
			}
			d = t.trex
			base, err = t.readDefaults(&c, flags, &d, start, follow)
			pos = base
		case "tfdt":
			if t != nil {
				t.fragDTS = c.word(int(b[0]))
			}
		case "trun":
			if t != nil {
				pos, err = t.readRun(&c, flags, d, base, pos, &x.left)
			}
		case "senc", "saiz":
			if t != nil {
				t.encrypted = true
			}
		}
	})
	return pos, err
}

// readDefaults reads the rest of a tfhd box, and returns where the data begin.
func (t *track) readDefaults(c *cursor, flags int64, d *defaults, start, follow int64) (int64, error) {
	base := follow
	if flags&0x020000 != 0 {
		base = start
	}
	if flags&1 != 0 {
		base = c.u64()
	}
	if flags&2 != 0 {
		d.entry = int(c.u32())
	}
	if flags&8 != 0 {
		d.length = uint32(c.u32())
	}
	if flags&0x10 != 0 {
		d.size = uint32(c.u32())
	}
	if flags&0x20 != 0 {
		d.flags = uint32(c.u32())
	}
	if c.short {
		return 0, media.Damaged("a short fragment header")
	}
	if d.entry > 1 {
		return 0, media.Unsupported("a track that uses its description number %d", d.entry)
	}
	return base, nil
}

// readRun adds the samples of a trun box to the track's table as one chunk.
func (t *track) readRun(c *cursor, flags int64, d defaults, base, pos int64, left *int) (int64, error) {
	n := int(c.u32())
	if flags&1 != 0 {
		pos = base + int64(int32(c.u32()))
	}
	first := d.flags
	if flags&4 != 0 {
		first = uint32(c.u32())
	}
	width := 0
	for bit := int64(0x100); bit <= 0x800; bit <<= 1 {
		if flags&bit != 0 {
			width += 4
		}
	}
	if n == 0 {
		return pos, nil
	}
	if width > 0 && n > len(c.b)/width || n > *left {
		return pos, media.Damaged("a run of %d samples", n)
	}
	*left -= n
	tab := t.frags
	tab.chunk(pos, n)
	tab.startAt(t.fragDTS)
	tab.sizes = slices.Grow(tab.sizes, n)
	fields := c.b
	next := func() uint32 {
		v := binary.BigEndian.Uint32(fields)
		fields = fields[4:]
		return v
	}
	for i := range n {
		length, size, sampleFlags, move := d.length, d.size, d.flags, int32(0)
		if i == 0 {
			sampleFlags = first
		}
		if flags&0x100 != 0 {
			length = next()
		}
		if flags&0x200 != 0 {
			size = next()
		}
		if flags&0x400 != 0 {
			sampleFlags = next()
		}
		if flags&0x800 != 0 {
			move = int32(next())
		}
		tab.add(length, size, move, t.Kind == media.Video && sampleFlags&notSync == 0)
		t.fragDTS += int64(length)
		pos += int64(size)
	}
	return pos, nil
}

// chunk begins a chunk of n samples.
func (t *table) chunk(pos int64, n int) {
	t.spanFirst = append(t.spanFirst, int32(t.count))
	t.spanChunk = append(t.spanChunk, int32(len(t.chunkAt)))
	t.spanLength = append(t.spanLength, int32(n))
	t.chunkAt = append(t.chunkAt, pos)
}

// startAt says when the next sample is decoded. Where that is not when the last one
// ends, the last one is made longer or shorter.
func (t *table) startAt(dts int64) {
	k := len(t.timeFirst) - 1
	if k < 0 || dts == t.dts(t.count) {
		if k < 0 {
			t.timeFirst, t.timeAt, t.timeStep = append(t.timeFirst, 0), append(t.timeAt, dts), append(t.timeStep, 0)
		}
		return
	}
	last := t.dts(t.count - 1)
	step := min(max(dts-last, 0), math.MaxUint32)
	if int(t.timeFirst[k]) == t.count-1 {
		t.timeStep[k] = uint32(step)
		return
	}
	t.timeFirst, t.timeAt, t.timeStep = append(t.timeFirst, int32(t.count-1)), append(t.timeAt, last), append(t.timeStep, uint32(step))
}

// add adds a sample.
func (t *table) add(length, size uint32, move int32, sync bool) {
	i := int32(t.count)
	k := len(t.timeFirst) - 1
	switch {
	case t.timeFirst[k] == i:
		t.timeStep[k] = length
	case t.timeStep[k] != length:
		at := t.timeAt[k] + int64(i-t.timeFirst[k])*int64(t.timeStep[k])
		t.timeFirst, t.timeAt, t.timeStep = append(t.timeFirst, i), append(t.timeAt, at), append(t.timeStep, length)
	}
	if k := len(t.move); k == 0 || t.move[k-1] != move {
		t.moveFirst, t.move = append(t.moveFirst, i), append(t.move, move)
	}
	t.sizes = append(t.sizes, size)
	if sync {
		t.sync = append(t.sync, i)
	}
	t.count++
}

// sampleLength is the length that the most samples in a row have.
func (t *table) sampleLength() int64 {
	best, most := int64(1), 0
	for k, first := range t.timeFirst {
		end := t.count
		if k+1 < len(t.timeFirst) {
			end = int(t.timeFirst[k+1])
		}
		if n := end - int(first); n > most {
			best, most = int64(t.timeStep[k]), n
		}
	}
	return best
}
