package mkv

import (
	"bytes"
	"encoding/gob"

	"sett/streaming/remux/media"
)

// saved is a cue as it is written down.
type saved struct {
	Time, Cluster int64
	Track         uint64
}

// Save writes down what Scan found, nil where there was no scan.
func (x *Index) Save() ([]byte, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if !x.whole {
		return nil, nil
	}
	list := make([]saved, len(x.cues))
	for i, c := range x.cues {
		list[i] = saved{c.time, c.cluster, c.track}
	}
	var b bytes.Buffer
	err := gob.NewEncoder(&b).Encode(list)
	return b.Bytes(), err
}

// Load takes what Save wrote of the same file.
func (x *Index) Load(b []byte) error {
	var list []saved
	if err := gob.NewDecoder(bytes.NewReader(b)).Decode(&list); err != nil {
		return media.Damaged("a saved index: %v", err)
	}
	cues := make([]cue, len(list))
	for i, s := range list {
		if s.Cluster < x.start || s.Cluster >= x.end || s.Time < 0 {
			return media.Damaged("a saved index of another file")
		}
		cues[i] = cue{s.Time, s.Track, s.Cluster}
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.cues, x.whole = cues, true
	return nil
}
