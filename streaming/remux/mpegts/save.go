package mpegts

import (
	"bytes"
	"encoding/gob"

	"sett/streaming/remux/codec"
	"sett/streaming/remux/media"
)

// saved is a scan as it is written down.
type saved struct {
	Zero    int64
	Streams []savedStream
}

type savedStream struct {
	PID                 int
	Keys                []savedKey
	First, Last, Length int64
	Any                 bool
	Track               media.Track
	Problem             string
	Sets                codec.ParameterSets
}

type savedKey struct{ Pos, PTS int64 }

// Save writes down what Scan found, nil where there was no scan.
func (x *Index) Save() ([]byte, error) {
	x.mu.Lock()
	sc := x.scan
	x.mu.Unlock()
	if sc == nil {
		return nil, nil
	}
	s := saved{Zero: sc.zero}
	for pid, st := range sc.streams {
		out := savedStream{PID: pid, First: st.first, Last: st.last, Length: st.length, Any: st.any, Track: st.track, Problem: st.problem, Sets: st.sets}
		for _, k := range st.keys {
			out.Keys = append(out.Keys, savedKey{k.pos, k.pts})
		}
		s.Streams = append(s.Streams, out)
	}
	var b bytes.Buffer
	err := gob.NewEncoder(&b).Encode(s)
	return b.Bytes(), err
}

// Load takes what Save wrote of the same file.
func (x *Index) Load(b []byte) error {
	var s saved
	if err := gob.NewDecoder(bytes.NewReader(b)).Decode(&s); err != nil {
		return media.Damaged("a saved index: %v", err)
	}
	sc := &scan{zero: s.Zero, streams: map[int]*scanned{}}
	for _, in := range s.Streams {
		st := &scanned{first: in.First, last: in.Last, length: in.Length, any: in.Any, track: in.Track, problem: in.Problem, sets: in.Sets}
		for _, k := range in.Keys {
			if k.Pos < 0 || k.Pos >= x.size {
				return media.Damaged("a saved index of another file")
			}
			st.keys = append(st.keys, key{k.Pos, k.PTS})
		}
		sc.streams[in.PID] = st
	}
	for _, t := range x.tracks {
		if st := sc.streams[t.pid]; st != nil && (st.track.Kind != t.Kind || st.track.Codec != t.Codec) {
			return media.Damaged("a saved index of another file")
		}
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.scan = sc
	return nil
}
