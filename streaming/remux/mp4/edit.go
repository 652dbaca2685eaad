package mp4

import "sett/streaming/remux/media"

// edit is one entry of an edit list.
type edit struct {
	length int64 // in the movie's timescale
	start  int64 // in the media's; -1: nothing is shown
	rate   int64
}

func (x *Index) readEdits(edts box) ([]edit, error) {
	list, err := x.f.children(edts.at, edts.end())
	if err != nil {
		return nil, err
	}
	b, ok := find(list, "elst")
	if !ok {
		return nil, nil
	}
	if b.size > 1<<16 {
		return nil, media.Unsupported("an edit list of %d bytes", b.size)
	}
	buf, err := x.f.load(b)
	if err != nil {
		return nil, err
	}
	c := cursor{b: buf}
	version := c.u8()
	c.take(3)
	var edits []edit
	for range c.u32() {
		e := edit{length: c.word(version), start: c.word(version), rate: c.u32()}
		if version == 0 {
			e.start = int64(int32(e.start))
		}
		if c.short {
			break
		}
		edits = append(edits, e)
	}
	return edits, nil
}

// tolerated is how much of a track, in seconds, an edit list may hide and have it
// copied all the same: the priming of audio decoders and the pictures before the
// first that can be shown. Where it hides more, somebody has cut the film there.
const tolerated = 0.5

// shift is what an edit list adds to composition times. A list that does more
// than move the track in time is not for copying.
func (x *Index) shift(t *track, length int64) (int64, error) {
	var empty, shift int64
	seen := false
	for _, e := range t.edits {
		switch {
		case e.rate != 1<<16:
			return 0, media.Unsupported("an edit list that changes the speed")
		case e.start < 0 && !seen:
			empty += e.length
		case e.start < 0 || seen:
			return 0, media.Unsupported("an edit list of several pieces")
		default:
			seen = true
			shift = media.Scale(empty, max(1, x.movieScale), t.Timescale) - e.start
			shown := media.Scale(e.length, max(1, x.movieScale), t.Timescale)
			if e.length > 0 && !x.fragmented && length-e.start-shown > t.Timescale {
				return 0, media.Unsupported("an edit list that hides the end")
			}
		}
	}
	if !seen {
		return media.Scale(empty, max(1, x.movieScale), t.Timescale), nil
	}
	return shift, nil
}
