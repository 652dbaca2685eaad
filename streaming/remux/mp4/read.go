package mp4

import (
	"context"

	"sett/streaming/remux/media"
)

// Prepare loads the tables of a selection.
func (x *Index) Prepare(ctx context.Context, sel media.Selection) (media.Reader, error) {
	if x.fragmented {
		// A canceled walk would stay half done, so it is not canceled.
		x.once.Do(func() { x.fragments = x.readFragments(context.WithoutCancel(ctx)) })
		if x.fragments != nil {
			return nil, x.fragments
		}
	}
	r := &reader{size: x.f.size}
	for _, part := range []struct {
		index int
		to    *stream
	}{{sel.Video, &r.video}, {sel.Audio, &r.audio}} {
		if part.index < 0 {
			continue
		}
		if part.index >= len(x.tracks) {
			return nil, media.Unsupported("no track %d", part.index)
		}
		s, err := x.stream(x.tracks[part.index])
		if err != nil {
			return nil, err
		}
		*part.to = s
	}
	r.main = &r.video
	if r.video.track == nil {
		r.main = &r.audio
	}
	if r.main.track == nil {
		return nil, media.Unsupported("nothing is selected")
	}
	return r, r.check()
}

func (x *Index) stream(t *track) (stream, error) {
	if t.Problem != "" {
		return stream{}, media.Unsupported("track %d: %s", t.Index, t.Problem)
	}
	var err error
	var tab *table
	if t.frags != nil && t.frags.count > 0 {
		if t.encrypted {
			return stream{}, media.Unsupported("track %d: encrypted", t.Index)
		}
		own := *t.frags // what is set below is this selection's
		tab = &own
	} else if tab, err = x.readTable(t); err != nil {
		return stream{}, err
	}
	if tab.count == 0 {
		return stream{}, media.Unsupported("track %d has no samples", t.Index)
	}
	if tab.shift, err = x.shift(t, tab.dts(tab.count)); err != nil {
		return stream{}, err
	}
	for _, move := range tab.move {
		// Players disagree about pictures shown before they are decoded.
		tab.delay = max(tab.delay, -int64(move))
	}
	tr := t.Track
	if t.Kind == media.Audio {
		tr.Frame = tab.sampleLength()
		tab.allSync = true
	}
	return stream{&tr, tab}, nil
}

// earliest is how long, in seconds, decoding may begin before time zero.
const earliest = 0.9

// stream is a selected track.
type stream struct {
	track *media.Track
	*table
}

// reader reads one selection. It does not change after Prepare.
type reader struct {
	size         int64
	video, audio stream
	main         *stream
}

func (r *reader) Video() *media.Track { return r.video.track }
func (r *reader) Audio() *media.Track { return r.audio.track }

// check refuses what copying would get wrong.
func (r *reader) check() error {
	if r.main.keys() == 0 {
		return media.Unsupported("no key frame")
	}
	v := &r.video
	if v.track == nil {
		return nil
	}
	if early := -(v.dts(v.key(0)) + v.shift - v.delay); float64(early) > earliest*float64(v.track.Timescale) {
		return media.Unsupported("pictures that are decoded long before they are shown")
	}
	hidden := -(v.pts(v.key(0)) + v.shift)
	if float64(hidden) > tolerated*float64(v.track.Timescale) {
		return media.Unsupported("an edit list that hides the beginning")
	}
	return nil
}

// keys and key are the number of places to start at, and the sample of one.
func (s *stream) keys() int {
	if s.allSync {
		return s.count
	}
	return len(s.sync)
}

func (s *stream) key(k int) int {
	if s.allSync {
		return k
	}
	return int(s.sync[k])
}

// Cuts implements media.Reader. A Ref is a sample's number.
func (r *reader) Cuts(step float64) ([]media.Cut, int64) {
	m := r.main
	gap := max(1, int64(step*float64(m.track.Timescale)))
	end := m.shift
	for i := max(0, m.count-64); i < m.count; i++ {
		// The last shown need not be the last decoded; its length is that one's.
		end = max(end, m.pts(i)+m.shift+m.dts(m.count)-m.dts(m.count-1))
	}
	if m.allSync {
		return r.everywhere(gap), end
	}
	cuts := make([]media.Cut, 0, len(m.sync))
	last := int64(-1 << 62)
	for _, i := range m.sync {
		if pts := m.pts(int(i)) + m.shift; pts > last {
			cuts = append(cuts, media.Cut{PTS: pts, Ref: int(i)})
			last = pts
		}
	}
	return media.Spaced(cuts, gap), end
}

// everywhere cuts a track of which every sample can begin a segment.
func (r *reader) everywhere(gap int64) []media.Cut {
	m := r.main
	var cuts []media.Cut
	for i := 0; i < m.count && len(cuts) < 1<<17; {
		cuts = append(cuts, media.Cut{PTS: m.pts(i) + m.shift, Ref: i})
		i = max(i+1, m.at(m.dts(i)+gap))
	}
	return cuts
}

// Read implements media.Reader.
func (r *reader) Read(ctx context.Context, b *media.Batch, from media.Cut, to *media.Cut) error {
	b.Reset()
	if err := ctx.Err(); err != nil {
		return err
	}
	first, end := from.Ref, r.main.count
	if to != nil {
		end = to.Ref
	}
	var err error
	if r.video.track == nil {
		b.Audio, err = r.audio.packets(b.Audio, first, end, r.size)
		return err
	}
	if b.Video, err = r.video.packets(b.Video, first, end, r.size); err != nil || r.audio.track == nil {
		return err
	}
	start, stop := 0, r.audio.count
	if first > r.video.key(0) {
		start = r.soundAt(from.PTS)
	} else {
		start = r.firstSound()
	}
	if to != nil {
		stop = r.soundAt(to.PTS)
	}
	b.Audio, err = r.audio.packets(b.Audio, start, max(start, stop), r.size)
	return err
}

// soundAt is the first sample of the sound that begins at or after a time of the
// picture.
func (r *reader) soundAt(pts int64) int {
	a := &r.audio
	t := media.Scale(pts, r.video.track.Timescale, a.track.Timescale)
	return a.at(t - a.shift)
}

// firstSound leaves out sound that an edit list hides well before the beginning.
func (r *reader) firstSound() int {
	a := &r.audio
	return a.at(-int64(tolerated*float64(a.track.Timescale)) - a.shift)
}

// packets lists samples from first up to end.
func (s *stream) packets(list []media.Packet, first, end int, size int64) ([]media.Packet, error) {
	pos, together := int64(0), 0
	dts := s.dts(first)
	for i := first; i < end; i++ {
		if together == 0 {
			pos, together = s.place(i)
		}
		next := s.dts(i + 1)
		p := media.Packet{Pos: pos, Size: s.size(i), DTS: dts + s.shift - s.delay, PTS: s.pts(i) + s.shift, Dur: next - dts, Key: s.allSync}
		if pos < 0 || int64(p.Size) > size-pos {
			return list, media.Damaged("sample %d lies outside the file", i)
		}
		list = append(list, p)
		pos += int64(p.Size)
		dts = next
		together--
	}
	s.markKeys(list[len(list)-(end-first):], first)
	return list, nil
}

func (s *stream) markKeys(list []media.Packet, first int) {
	if s.allSync || len(s.sync) == 0 {
		return
	}
	for k := runOf(s.sync, first); k < len(s.sync); k++ {
		if i := int(s.sync[max(k, 0)]) - first; i >= len(list) {
			return
		} else if i >= 0 && k >= 0 {
			list[i].Key = true
		}
	}
}
