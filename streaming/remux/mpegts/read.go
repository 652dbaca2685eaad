package mpegts

import (
	"context"
	"encoding/binary"
	"errors"
	"io"

	"sett/streaming/remux/codec"
	"sett/streaming/remux/media"
)

// reader reads one selection. It does not change after Prepare.
type reader struct {
	x            *Index
	sc           *scan
	video, audio *scanned
	vsource      *source
	asource      *source
	keys         []key
	end          int64 // of the main track, in its timescale
	grid         media.Grid
}

// Prepare implements media.Index. The file must have been scanned.
func (x *Index) Prepare(ctx context.Context, sel media.Selection) (media.Reader, error) {
	x.mu.Lock()
	r := &reader{x: x, sc: x.scan}
	x.mu.Unlock()
	if r.sc == nil {
		return nil, media.ErrNeedsScan
	}
	var err error
	if r.video, r.vsource, err = r.selected(sel.Video); err != nil {
		return nil, err
	}
	if r.audio, r.asource, err = r.selected(sel.Audio); err != nil {
		return nil, err
	}
	switch {
	case r.video != nil:
		r.keys = r.video.keys
	case r.audio != nil:
		r.keys = r.anyKeys()
	}
	if len(r.keys) == 0 {
		return nil, media.Unsupported("no key frame")
	}
	if r.audio != nil {
		r.grid = media.Grid{
			Base: r.rough(r.audio.first), Frame: r.audio.track.Frame,
			Tolerance: r.audio.track.Timescale/1000 + 1,
		}
	}
	return r, r.measure(ctx)
}

// measure finds where the main track ends. Only the last frames of sound tell how
// many of them the last time stamp stands for.
func (r *reader) measure(ctx context.Context) error {
	if v := r.video; v != nil {
		r.end = v.last + v.length - r.sc.zero
		return nil
	}
	var b media.Batch
	if err := r.Read(ctx, &b, media.Cut{Ref: len(r.keys) - 1}, nil); err != nil {
		return err
	}
	if k := len(b.Audio) - 1; k >= 0 {
		r.end = b.Audio[k].PTS + b.Audio[k].Dur
	}
	return nil
}

func (r *reader) selected(index int) (*scanned, *source, error) {
	if index < 0 {
		return nil, nil, nil
	}
	if index >= len(r.x.tracks) {
		return nil, nil, media.Unsupported("no track %d", index)
	}
	t := r.x.tracks[index]
	st := r.sc.streams[t.pid]
	switch {
	case st == nil:
		return nil, nil, media.Unsupported("track %d: %s", index, t.Problem)
	case st.problem != "":
		return nil, nil, media.Unsupported("track %d: %s", index, st.problem)
	case !st.any:
		return nil, nil, media.Unsupported("track %d has no packets", index)
	}
	return st, t, nil
}

// anyKeys is where sound alone is cut: at its own marks, or at those of a picture
// that is left out.
func (r *reader) anyKeys() []key {
	if len(r.audio.keys) > 0 {
		return r.audio.keys
	}
	for _, st := range r.sc.streams {
		if len(st.keys) > 0 {
			return st.keys
		}
	}
	return nil
}

func (r *reader) Video() *media.Track { return trackOf(r.video) }
func (r *reader) Audio() *media.Track { return trackOf(r.audio) }

func trackOf(st *scanned) *media.Track {
	if st == nil {
		return nil
	}
	return &st.track
}

// rough is a time in the sound's timescale.
func (r *reader) rough(t int64) int64 {
	return media.Scale(t-r.sc.zero, clockRate, r.audio.track.Timescale)
}

// Cuts implements media.Reader. A Ref is the number of a key frame.
func (r *reader) Cuts(step float64) ([]media.Cut, int64) {
	scale := int64(clockRate)
	if r.video == nil {
		scale = r.audio.track.Timescale
	}
	cuts := make([]media.Cut, len(r.keys))
	for i, k := range r.keys {
		cuts[i] = media.Cut{PTS: media.Scale(k.pts-r.sc.zero, clockRate, scale), Ref: i}
	}
	return media.Spaced(cuts, max(1, int64(step*float64(scale)))), r.end
}

// gather is one Read at work.
type gather struct {
	*reader
	b            *media.Batch
	from, to     key
	first, final bool

	picture  pes
	seenAll  bool
	lead     int64 // the last decoding time, for unwinding
	nextDTS  int64 // of the first picture after the end, 0 none
	sound    pes
	heard    bool
	heardAll bool
	soundRef int64  // the last sound's time, for unwinding
	es       []byte // the sound, as one stream
	marks    []mark
	stop     int // where in es the next segment's sound begins
	next     int64
}

// pes is a PES packet being put together.
type pes struct {
	b    []byte
	pos  int64
	open bool
}

// mark says when the first frame that begins at or after a place is heard.
type mark struct {
	at  int
	pts int64
}

// late is how much later than the picture sound may lie in the file.
const late = 5 * clockRate

// Read implements media.Reader.
func (r *reader) Read(ctx context.Context, b *media.Batch, from media.Cut, to *media.Cut) error {
	b.Reset()
	g := &gather{reader: r, b: b, from: r.keys[from.Ref], first: from.Ref == 0, final: to == nil, stop: -1}
	g.lead, g.soundRef = g.from.pts, g.from.pts
	if to != nil {
		g.to = r.keys[to.Ref]
	}
	g.seenAll, g.heardAll = r.video == nil, r.audio == nil
	pos := g.from.pos
	if g.first {
		pos = 0
	}
	s := r.x.stream(pos)
	var p packet
	for n := 0; !g.seenAll || !g.heardAll; n++ {
		if err := checked(ctx, n); err != nil {
			return err
		}
		err := s.next(&p)
		if errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return err
		}
		switch {
		case r.video != nil && p.pid == r.vsource.pid:
			err = g.see(&p)
		case r.audio != nil && p.pid == r.asource.pid:
			g.hear(&p)
		}
		if err != nil {
			return err
		}
		if len(b.Data)+len(g.es) > maxSegment {
			return media.Unsupported("a segment of more than %d bytes", maxSegment)
		}
	}
	return g.finish()
}

// see takes a packet of the picture.
func (g *gather) see(p *packet) error {
	if p.start {
		if err := g.flushPicture(); err != nil {
			return err
		}
		if !g.final && p.pos >= g.to.pos {
			// What follows only tells how late it is.
			if h, ok := parsePES(p.body); ok && h.timed {
				g.after(near(h.dts, g.to.pts))
			}
			g.seenAll = true
			return nil
		}
		g.picture = pes{g.picture.b[:0], p.pos, p.pos >= g.from.pos}
	}
	if g.picture.open {
		g.picture.b = append(g.picture.b, p.body...)
	}
	return nil
}

// after is told the decoding time of each picture after the end.
func (g *gather) after(dts int64) {
	if !g.seenAll {
		g.nextDTS = dts - g.sc.zero
	}
	if dts-g.to.pts > late {
		g.heardAll = true
	}
}

// flushPicture turns a PES packet into an access unit with length prefixes.
func (g *gather) flushPicture() error {
	if !g.picture.open {
		return nil
	}
	g.picture.open = false
	h, ok := parsePES(g.picture.b)
	if !ok {
		return nil
	}
	if !h.timed && len(g.b.Video) == 0 {
		return nil
	}
	start := len(g.b.Data)
	isKey := false
	name := g.video.track.Codec
	codec.Units(g.picture.b[h.size:], func(nal []byte) bool {
		isKey = isKey || codec.RandomAccess(name, nal)
		if !codec.Delimiter(name, nal) && !g.video.sets.Has(nal) {
			g.b.Data = binary.BigEndian.AppendUint32(g.b.Data, uint32(len(nal)))
			g.b.Data = append(g.b.Data, nal...)
		}
		return true
	})
	size := len(g.b.Data) - start
	if !h.timed { // the rest of the unit before
		g.b.Video[len(g.b.Video)-1].Size += size
		return nil
	}
	dts := near(h.dts, g.lead)
	g.lead = dts
	g.b.Video = append(g.b.Video, media.Packet{
		Pos: int64(start), Size: size, Key: isKey, DTS: dts - g.sc.zero, PTS: near(h.pts, dts) - g.sc.zero,
	})
	return nil
}

// hear takes a packet of the sound.
func (g *gather) hear(p *packet) {
	if p.start {
		g.flushSound()
		if g.stop >= 0 {
			// The frame that began before the end has had one more packet to end in.
			g.heardAll = true
			return
		}
		g.sound = pes{g.sound.b[:0], p.pos, true}
	}
	if g.sound.open && !g.heardAll {
		g.sound.b = append(g.sound.b, p.body...)
	}
}

// flushSound adds a PES packet to the stream of sound.
func (g *gather) flushSound() {
	if !g.sound.open {
		return
	}
	g.sound.open = false
	h, ok := parsePES(g.sound.b)
	if !ok {
		return
	}
	pts := int64(0)
	if h.timed {
		pts = near(h.pts, g.soundRef)
		g.soundRef = pts
	}
	if !g.heard {
		if !h.timed || !g.first && pts < g.from.pts {
			return
		}
		g.heard = true
	}
	if h.timed {
		if !g.final && g.stop < 0 && g.sound.pos >= g.to.pos && pts >= g.to.pts {
			g.stop, g.next = len(g.es), pts
		}
		g.marks = append(g.marks, mark{len(g.es), pts})
	}
	g.es = append(g.es, g.sound.b[h.size:]...)
}
