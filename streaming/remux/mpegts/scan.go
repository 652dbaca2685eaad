package mpegts

import (
	"context"
	"errors"
	"io"

	"sett/streaming/remux/codec"
	"sett/streaming/remux/media"
)

// key is a place where a segment may begin.
type key struct {
	pos int64 // of the transport packet that begins it
	pts int64 // unwound
}

// scan is what is kept of a recording. It does not change.
type scan struct {
	zero    int64 // the earliest time shown
	streams map[int]*scanned
}

// scanned is what is kept of one stream.
type scanned struct {
	keys        []key
	first, last int64 // times shown
	length      int64 // from the last but one to the last
	any         bool
	track       media.Track
	problem     string

	// While it is being read.
	sets    codec.ParameterSets
	pes     []byte
	pos     int64 // of the PES packet in pes
	open    bool
	dts     int64
	source  *source
	pending []byte // sound before the first whole frame
}

const (
	maxKeys    = 1 << 20
	headOfUnit = 8 << 10 // bytes of an access unit in which its first slice begins
	soundStep  = clockRate / 2
	maxJump    = 10 * clockRate
)

// Scan reads the file from end to end and notes its key frames.
func (x *Index) Scan(ctx context.Context) error {
	sc := &scan{streams: map[int]*scanned{}}
	video := false
	for _, t := range x.tracks {
		if t.Kind != media.Other && t.Problem == "" {
			sc.streams[t.pid] = &scanned{track: t.Track, source: t}
			video = video || t.Kind == media.Video
		}
	}
	s := x.stream(0)
	var p packet
	for n := 0; ; n++ {
		if err := checked(ctx, n); err != nil {
			return err
		}
		if err := s.next(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return err
		}
		if st := sc.streams[p.pid]; st != nil {
			st.add(&p, video)
		}
	}
	first := true
	for _, st := range sc.streams {
		st.flush(video)
		st.complete()
		if st.any && (first || st.first < sc.zero) {
			sc.zero, first = st.first, false
		}
	}
	if first {
		return media.Unsupported("a recording without time stamps")
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.scan = sc
	return nil
}

// add takes a packet of the stream. Of pictures only the head of each is kept.
func (st *scanned) add(p *packet, video bool) {
	if p.scrambled {
		st.problem = "scrambled"
	}
	if p.start {
		st.flush(video)
		st.pes, st.pos, st.open = st.pes[:0], p.pos, true
	}
	if st.open && len(st.pes) < headOfUnit {
		st.pes = append(st.pes, p.body...)
	}
}

// flush reads the PES packet that is complete, or as much as was kept of it.
func (st *scanned) flush(video bool) {
	h, ok := parsePES(st.pes)
	if !st.open || !ok {
		return
	}
	st.open = false
	body := st.pes[h.size:]
	if st.track.Kind == media.Audio && st.track.SampleRate == 0 && len(st.pending) < 1<<16 {
		st.pending = append(st.pending, body...)
		st.findFrame()
	}
	if !h.timed {
		return
	}
	pts := st.time(h)
	isKey := st.track.Kind == media.Audio && !video && (len(st.keys) == 0 || pts-st.keys[len(st.keys)-1].pts >= soundStep)
	if st.track.Kind == media.Video {
		isKey = st.isKey(body)
	}
	if isKey && len(st.keys) < maxKeys && (len(st.keys) == 0 || pts > st.keys[len(st.keys)-1].pts) {
		st.keys = append(st.keys, key{st.pos, pts})
	}
}

// time unwinds the time stamps of a PES packet, and notes the span of all.
func (st *scanned) time(h pesHeader) int64 {
	dts := h.dts
	if st.any {
		dts = near(h.dts, st.dts)
		if d := dts - st.dts; d < 0 || d > maxJump {
			st.problem = "time stamps that jump"
		}
	}
	pts := near(h.pts, dts)
	if !st.any {
		st.any, st.first, st.last = true, pts, pts
	} else {
		st.length = dts - st.dts
		st.first, st.last = min(st.first, pts), max(st.last, pts)
	}
	st.dts = dts
	return pts
}

// isKey reports whether decoding can start at an access unit, and keeps its
// parameter sets.
func (st *scanned) isKey(body []byte) bool {
	is := false
	name := st.track.Codec
	codec.Units(body, func(nal []byte) bool {
		st.sets.Add(name, nal)
		is = is || codec.RandomAccess(name, nal)
		return !codec.IsPicture(name, nal)
	})
	return is
}

// findFrame looks for the first frame of sound, one that another follows.
func (st *scanned) findFrame() {
	for at := range st.pending {
		f, more := st.source.parseFrame(st.pending[at:])
		if more {
			return
		}
		if f.size == 0 || at+f.size >= len(st.pending) {
			continue
		}
		if next, _ := st.source.parseFrame(st.pending[at+f.size:]); next.size > 0 {
			t := *st.source
			if t.configure(st.pending[at : at+f.size]) {
				st.track = t.Track
				return
			}
		}
	}
}

// complete makes the configuration of a stream that has been read.
func (st *scanned) complete() {
	var ok bool
	var sps codec.SPS
	switch st.track.Codec {
	case "h264":
		if st.track.Config, ok = codec.MakeAVCC(st.sets); ok {
			sps, ok = codec.ParseAVCSPS(st.sets.SPS[0])
		}
	case "hevc":
		if st.track.Config, ok = codec.MakeHVCC(st.sets); ok {
			sps, ok = codec.ParseHEVCSPS(st.sets.SPS[0])
		}
	default:
		ok = st.track.SampleRate > 0
	}
	if st.track.Kind == media.Video {
		st.track.Width, st.track.Height = sps.Width, sps.Height
		if len(st.sets.SPS) > 1 {
			st.problem = "pictures whose parameters change"
		}
	}
	if !ok && st.problem == "" {
		st.problem = "no configuration that can be read"
	}
	st.pes, st.pending = nil, nil
}
