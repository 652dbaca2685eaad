package mkv

import (
	"context"
	"slices"

	"sett/streaming/remux/codec"
	"sett/streaming/remux/media"
)

// Bounds of the search for the first packets.
const (
	firstBlocks = 20000
	firstPacket = 4096 // bytes of a packet that its head may need
)

// reader reads one selection. It does not change after Prepare.
type reader struct {
	x            *Index
	video, audio *track // copies, complete
	main         *track
	cues         []cue // of the main track
	end          int64 // of the main track, in its timescale
	delay        int64 // of decoding before showing, in the video's timescale
	grid         media.Grid
}

func (r *reader) Video() *media.Track { return trackOf(r.video) }
func (r *reader) Audio() *media.Track { return trackOf(r.audio) }

func trackOf(t *track) *media.Track {
	if t == nil {
		return nil
	}
	return &t.Track
}

// Prepare implements media.Index.
func (x *Index) Prepare(ctx context.Context, sel media.Selection) (media.Reader, error) {
	r := &reader{x: x}
	var err error
	if r.video, err = x.selected(sel.Video); err != nil {
		return nil, err
	}
	if r.audio, err = x.selected(sel.Audio); err != nil {
		return nil, err
	}
	if r.main = r.video; r.main == nil {
		r.main = r.audio
	}
	if r.main == nil {
		return nil, media.Unsupported("nothing is selected")
	}
	if r.cues, err = x.cuesOf(r.main); err != nil {
		return nil, err
	}
	if err := r.firsts(); err != nil {
		return nil, err
	}
	return r, r.measure(ctx)
}

func (x *Index) selected(index int) (*track, error) {
	if index < 0 {
		return nil, nil
	}
	if index >= len(x.tracks) {
		return nil, media.Unsupported("no track %d", index)
	}
	t := *x.tracks[index]
	if t.Problem != "" {
		return nil, media.Unsupported("track %d: %s", index, t.Problem)
	}
	return &t, nil
}

// tooSparse is the longest stretch between two cues, in seconds, that is believed.
// Some programs write hardly any.
const tooSparse = 30

// cuesOf lists the cues of a track in order of time.
func (x *Index) cuesOf(t *track) ([]cue, error) {
	x.mu.Lock()
	all := x.cues
	x.mu.Unlock()
	var list []cue
	for _, c := range all {
		if c.track == t.ID {
			list = append(list, c)
		}
	}
	if len(list) == 0 && t.Kind == media.Audio {
		list = slices.Clone(all) // any place will do
	}
	slices.SortStableFunc(list, func(a, b cue) int { return int(min(max(a.time-b.time, -1), 1)) })
	kept := list[:0]
	for _, c := range list {
		if k := len(kept); k == 0 || c.time > kept[k-1].time && c.cluster >= kept[k-1].cluster {
			kept = append(kept, c)
		}
	}
	if len(kept) == 0 {
		return nil, media.ErrNeedsScan
	}
	if x.scanned() {
		return kept, nil
	}
	last, most := int64(0), int64(tooSparse*1e9)/x.scale
	for _, c := range kept {
		if c.time-last > most {
			return nil, media.ErrNeedsScan
		}
		last = c.time
	}
	if x.duration-float64(last) > float64(most) {
		return nil, media.ErrNeedsScan
	}
	return kept, nil
}

// firsts reads the first packets of the selected tracks, for what only they tell:
// where the sound's grid begins, and configurations kept in the stream.
func (r *reader) firsts() error {
	k := r.x.walk(r.x.firstCluster)
	needVideo, needAudio := r.video != nil && r.video.Codec == "vp9", r.audio != nil
	for n := 0; needVideo || needAudio; n++ {
		var b block
		ok, err := k.next(&b)
		if err != nil {
			return err
		}
		if !ok || n > firstBlocks {
			return media.Unsupported("a track without packets at the beginning")
		}
		switch {
		case needVideo && b.track == r.video.ID && b.key:
			needVideo = false
			if err := r.x.complete(k, r.video, &b); err != nil {
				return err
			}
		case needAudio && b.track == r.audio.ID:
			needAudio = false
			if err := r.x.complete(k, r.audio, &b); err != nil {
				return err
			}
			r.grid = r.gridFrom(b.time)
		}
	}
	return nil
}

// gridFrom is the grid that the sound's packets lie on, from the first one's time.
func (r *reader) gridFrom(time int64) media.Grid {
	rate := r.audio.Timescale
	return media.Grid{
		Base:      r.rough(time),
		Frame:     r.audio.Frame,
		Tolerance: media.Scale(r.x.scale, 1e9, rate) + 1, // two roundings to half a unit each
	}
}

// rough is a block's time in the sound's timescale.
func (r *reader) rough(time int64) int64 {
	return media.Scale(time*r.x.scale-r.audio.delay, 1e9, r.audio.Timescale)
}

// shown is a block's time in the picture's timescale.
func (r *reader) shown(time int64) int64 {
	return media.Scale(time*r.x.scale-r.video.delay, 1e9, r.video.Timescale)
}

// complete lets a track be completed by its packet in a block.
func (x *Index) complete(k *walker, t *track, b *block) error {
	var packet []byte
	var failed error
	err := k.frames(b, func(i, _ int, at, size int64) {
		if i > 0 || failed != nil {
			return
		}
		packet = append(packet, t.Prefix...)
		var body []byte
		body, failed = k.w.peek(at, int(min(size, firstPacket)))
		packet = append(packet, body...)
	})
	if err != nil {
		return err
	}
	if failed != nil {
		return failed
	}
	if !t.complete(packet) {
		return media.Unsupported("track %d: a first packet that cannot be read", t.Index)
	}
	return nil
}

// measure finds where the main track ends, and how far pictures are reordered.
func (r *reader) measure(ctx context.Context) error {
	var b media.Batch
	cuts := r.cuts()
	if r.video != nil {
		var next *media.Cut
		if len(cuts) > 1 {
			next = &cuts[1]
		}
		if err := r.Read(ctx, &b, cuts[0], next); err != nil {
			return err
		}
		if len(b.Video) == 0 {
			return media.Unsupported("no key frame at the beginning")
		}
		r.delay = max(media.Reorder(b.Video), r.declared(b.Video))
	}
	if err := r.Read(ctx, &b, cuts[len(cuts)-1], nil); err != nil {
		return err
	}
	r.end = cuts[len(cuts)-1].PTS
	list := b.Video
	if r.video == nil {
		list = b.Audio
	}
	for i := range list {
		// The last shown need not be the last decoded; its length is that one's.
		r.end = max(r.end, list[i].PTS+list[len(list)-1].Dur)
	}
	return nil
}

// declared is the delay that the parameter sets allow for.
func (r *reader) declared(p []media.Packet) int64 {
	var sps codec.SPS
	ok := false
	switch r.video.Codec {
	case "h264":
		if sets, _, _ := codec.AVCC(r.video.Config); len(sets.SPS) > 0 {
			sps, ok = codec.ParseAVCSPS(sets.SPS[0])
		}
	case "hevc":
		if sets, _, _ := codec.HVCC(r.video.Config); len(sets.SPS) > 0 {
			sps, ok = codec.ParseHEVCSPS(sets.SPS[0])
		}
	}
	if ok && sps.Reorder < 0 {
		sps.Reorder = min(sps.References, 4) // not said: what encoders do at most
	}
	if !ok || sps.Reorder <= 0 {
		return 0
	}
	length := media.Scale(r.video.length, 1e9, r.video.Timescale)
	if length == 0 && len(p) > 1 {
		length = (p[len(p)-1].DTS - p[0].DTS) / int64(len(p)-1)
	}
	return min(int64(sps.Reorder)*length, r.video.Timescale/2)
}
