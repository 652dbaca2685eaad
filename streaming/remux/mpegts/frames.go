package mpegts

import "sett/streaming/remux/media"

// finish turns what was gathered into packets with exact times.
func (g *gather) finish() error {
	if g.video != nil {
		if !g.seenAll {
			if err := g.flushPicture(); err != nil {
				return err
			}
		}
		g.lengths()
	}
	if g.audio != nil {
		if !g.heardAll {
			g.flushSound()
		}
		more := g.stop >= 0
		g.cut()
		g.grid.Lay(g.b.Audio, g.rough(g.next), more)
	}
	return nil
}

// lengths gives each picture the time until the next is decoded.
func (g *gather) lengths() {
	v := g.b.Video
	for i := range v {
		switch {
		case i+1 < len(v):
			v[i].Dur = v[i+1].DTS - v[i].DTS
		case g.nextDTS > v[i].DTS:
			v[i].Dur = g.nextDTS - v[i].DTS
		case i > 0:
			v[i].Dur = v[i-1].Dur
		default:
			v[i].Dur = clockRate / 25
		}
		v[i].Dur = max(v[i].Dur, 0)
	}
}

// cut finds the frames in the stream of sound that begin before its stop. A frame's
// time is that of the mark it is the first after, or follows from the frame before.
func (g *gather) cut() {
	es, stop := g.es, g.stop
	if stop < 0 {
		stop = len(es)
	}
	t := *g.asource
	m, synced := 0, false
	rough := int64(0)
	for at := 0; at < stop; {
		f, more := t.parseFrame(es[at:])
		if f.size == 0 || at+f.size > len(es) || !synced && !g.follows(&t, at+f.size, more) {
			synced = false
			at++
			continue
		}
		synced = true
		marked := false
		for m < len(g.marks) && g.marks[m].at <= at {
			rough, marked = g.rough(g.marks[m].pts), true
			m++
		}
		if marked || len(g.b.Audio) > 0 {
			g.b.Audio = append(g.b.Audio, media.Packet{Pos: int64(len(g.b.Data)), Size: f.size - f.head, PTS: rough, Key: true})
			g.b.Data = append(g.b.Data, es[at+f.head:at+f.size]...)
		}
		rough += g.audio.track.Frame
		at += f.size
	}
}

// follows reports whether another frame begins at a place, or the stream ends there.
func (g *gather) follows(t *source, at int, more bool) bool {
	if more || at+8 > len(g.es) {
		return at <= len(g.es)
	}
	f, _ := t.parseFrame(g.es[at:])
	return f.size > 0
}
