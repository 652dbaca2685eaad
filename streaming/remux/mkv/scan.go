package mkv

import (
	"context"

	"sett/streaming/remux/media"
)

// scanned reports whether the cues came from Scan. The caller holds no lock.
func (x *Index) scanned() bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.whole
}

// Scan reads the heads of all blocks, and makes cues where the file has none or too
// few. It reads the file from end to end, though not all of it.
func (x *Index) Scan(ctx context.Context) error {
	kinds := map[uint64]media.Kind{}
	video := false
	for _, t := range x.tracks {
		kinds[t.ID] = t.Kind
		video = video || t.Kind == media.Video
	}
	k := x.walk(x.firstCluster)
	var cues []cue
	last := map[uint64]int64{} // cluster of each sound track's last cue
	for n := 0; len(cues) < maxCues; n++ {
		if n&255 == 255 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		var b block
		ok, err := k.next(&b)
		if err != nil && len(cues) > 0 {
			break // what comes before the damage can be played
		} else if err != nil {
			return err
		}
		if !ok {
			break
		}
		switch kinds[b.track] {
		case media.Video:
			if !b.key {
				continue
			}
		case media.Audio:
			if video || last[b.track] == b.cluster {
				continue
			}
			last[b.track] = b.cluster
		default:
			continue
		}
		cues = append(cues, cue{b.time, b.track, b.cluster})
	}
	if len(cues) == 0 {
		return media.Unsupported("no key frame in the file")
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.cues, x.whole = cues, true
	return nil
}
