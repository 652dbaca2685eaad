package mkv

import (
	"context"

	"sett/streaming/remux/codec"
	"sett/streaming/remux/media"
)

// Cuts implements media.Reader. A Ref is the number of a cue.
func (r *reader) Cuts(step float64) ([]media.Cut, int64) {
	return media.Spaced(r.cuts(), max(1, int64(step*float64(r.main.Timescale)))), r.end
}

func (r *reader) cuts() []media.Cut {
	cuts := make([]media.Cut, 0, len(r.cues))
	for i, c := range r.cues {
		at := media.Cut{Ref: i}
		if r.video != nil {
			at.PTS = r.shown(c.time)
		} else {
			at.PTS = r.rough(c.time)
		}
		if k := len(cuts); k == 0 || at.PTS > cuts[k-1].PTS {
			cuts = append(cuts, at)
		}
	}
	return cuts
}

// late is how much later than the picture, in seconds, sound may lie in the file
// and still be found.
const late = 5

// leading is how many pictures after a key frame may be shown before it.
const leading = 32

// gather is one Read at work.
type gather struct {
	*reader
	b            *media.Batch
	k            *walker
	from, to     cue
	first, final bool // no cut before, none after

	started, ended, videoDone bool
	peeked                    int
	lead                      int64 // earliest time shown after the end
	heard, audioDone          bool
	next                      int64 // rough time of the first sound after the end
	length                    int64 // of the last picture, where its block says
}

// Read implements media.Reader. What belongs to a segment is decided by the order
// of blocks in the file, so that one pass forward finds it: pictures from one cue's
// key frame to the next one's, and sound from the first block that is in or after
// a cue's cluster and not before its time.
func (r *reader) Read(ctx context.Context, b *media.Batch, from media.Cut, to *media.Cut) error {
	b.Reset()
	g := &gather{reader: r, b: b, from: r.cues[from.Ref], first: from.Ref == 0, final: to == nil}
	g.videoDone, g.audioDone = r.video == nil, r.audio == nil
	if to != nil {
		g.to = r.cues[to.Ref]
		g.lead = g.to.time
	}
	at := g.from.cluster
	if g.first {
		at = r.x.firstCluster
	}
	g.k = r.x.walk(at)
	var bl block
	for n := 0; !g.videoDone || !g.audioDone; n++ {
		if n&255 == 255 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		ok, err := g.k.next(&bl)
		if err != nil {
			return err
		}
		if !ok {
			break
		}
		switch {
		case r.video != nil && bl.track == r.video.ID:
			err = g.see(&bl)
		case r.audio != nil && bl.track == r.audio.ID:
			err = g.hear(&bl)
		}
		if err != nil {
			return err
		}
	}
	return g.finish()
}

// starts reports whether a block is the key frame that a cue means.
func (c cue) starts(b *block) bool {
	return b.key && b.cluster == c.cluster && b.time >= c.time
}

// see takes a picture.
func (g *gather) see(b *block) error {
	if !g.started {
		switch {
		case g.from.starts(b), g.first && b.key && b.cluster <= g.from.cluster:
			g.started = true
		case b.cluster > g.from.cluster:
			return media.Damaged("no key frame where the index has one, at %d", g.from.cluster)
		default:
			return nil
		}
	}
	if !g.ended && !g.final {
		if g.to.starts(b) {
			g.ended = true
		} else if b.cluster > g.to.cluster {
			return media.Damaged("no key frame where the index has one, at %d", g.to.cluster)
		}
	}
	if !g.ended {
		g.length = b.length
		return g.k.frames(b, func(i, _ int, at, size int64) {
			pts := g.shown(b.time) + int64(i)*media.Scale(g.video.length, 1e9, g.video.Timescale)
			g.b.Video = append(g.b.Video, media.Packet{Pos: at, Size: int(size), PTS: pts, Key: b.key})
		})
	}
	// Pictures that follow the next key frame and are shown before it say when this
	// segment's last one ends.
	g.peeked++
	g.lead = min(g.lead, b.time)
	if b.time > g.to.time || g.peeked > leading || g.video.Codec == "vp9" || g.video.Codec == "av1" {
		g.videoDone = true
	}
	if (b.time-g.to.time)*g.x.scale > late*1e9 {
		g.audioDone = true
	}
	return nil
}

// hear takes a block of sound.
func (g *gather) hear(b *block) error {
	if !g.heard {
		if !g.first && b.time < g.from.time {
			return nil
		}
		g.heard = true
	}
	if g.audioDone {
		return nil
	}
	if !g.final && b.cluster >= g.to.cluster && b.time >= g.to.time {
		g.audioDone, g.next = true, b.time
		return nil
	}
	var failed error
	err := g.k.frames(b, func(i, _ int, at, size int64) {
		p := media.Packet{Pos: at, Size: int(size), PTS: g.rough(b.time) + int64(i)*g.audio.Frame, Key: true}
		if g.audio.Codec == "opus" && failed == nil {
			var head []byte
			if head, failed = g.k.w.peek(at, int(min(size, 2))); failed == nil {
				p.Dur = codec.OpusSamples(append(g.audio.Prefix[:len(g.audio.Prefix):len(g.audio.Prefix)], head...))
			}
		}
		g.b.Audio = append(g.b.Audio, p)
	})
	if err == nil {
		err = failed
	}
	return err
}

// finish turns what was gathered into exact times.
func (g *gather) finish() error {
	if v := g.video; v != nil {
		usual := media.Scale(v.length, 1e9, v.Timescale)
		if g.length > 0 {
			usual = media.Scale(g.length*g.x.scale, 1e9, v.Timescale)
		}
		if usual == 0 {
			usual = usualStep(g.b.Video, v.Timescale)
		}
		media.Decode(g.b.Video, g.delay, g.shown(g.lead), usual, g.ended, nil)
	}
	if g.audio != nil {
		g.grid.Lay(g.b.Audio, g.rough(g.next), g.audioDone && g.next != 0)
	}
	return nil
}

// usualStep guesses the length of a picture by the span of all.
func usualStep(p []media.Packet, scale int64) int64 {
	if len(p) < 2 {
		return scale / 25
	}
	low, high := p[0].PTS, p[0].PTS
	for i := range p {
		low, high = min(low, p[i].PTS), max(high, p[i].PTS)
	}
	return (high - low) / int64(len(p)-1)
}
