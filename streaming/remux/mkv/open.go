package mkv

import (
	"context"
	"errors"
	"io"
	"sync"

	"sett/streaming/remux/media"
)

// Index is an opened file.
type Index struct {
	r            io.ReaderAt
	size         int64
	start, end   int64 // of the segment's body
	scale        int64 // nanoseconds to a unit of time
	duration     float64
	firstCluster int64
	tracks       []*track

	mu    sync.Mutex
	cues  []cue // replaced, never changed
	whole bool  // they came from Scan
}

// cue is a place where a block may be started at.
type cue struct {
	time    int64 // in units of the file
	track   uint64
	cluster int64 // where it lies in the file
}

// Open reads the head of a file and its cues. It closes nothing; r must stay
// readable.
func Open(ctx context.Context, r io.ReaderAt, size int64) (*Index, error) {
	x := &Index{r: r, size: size, scale: 1_000_000, end: size}
	w := &window{r: r}
	if err := x.findSegment(w); err != nil {
		return nil, err
	}
	found, err := x.readHead(ctx, w)
	if err != nil {
		return nil, err
	}
	for _, id := range []uint32{idInfo, idTracks, idCues} {
		at, ok := found[id]
		if !ok {
			continue
		}
		e, err := w.element(at)
		if err != nil || e.id != id || e.at > size || e.size < 0 || e.at+e.size > size {
			if id == idCues {
				continue // a file broken off; it can be scanned
			}
			return nil, media.Damaged("no element %#x where it should be", id)
		}
		b, err := load(r, e)
		if err != nil {
			return nil, err
		}
		switch id {
		case idInfo:
			x.readInfo(b)
		case idTracks:
			x.readTracks(b)
		case idCues:
			x.readCues(b)
		}
	}
	if len(x.tracks) == 0 {
		return nil, media.Damaged("no tracks")
	}
	return x, nil
}

// findSegment reads the file's header.
func (x *Index) findSegment(w *window) error {
	e, err := w.element(0)
	if err != nil || e.id != idEBML || e.size < 0 {
		return media.Damaged("no EBML header")
	}
	at := e.at + e.size
	for range 16 {
		if e, err = w.element(at); err != nil {
			return media.Damaged("no segment")
		}
		if e.id == idSegment {
			x.start = e.at
			if e.size >= 0 {
				x.end = min(x.size, e.at+e.size)
			}
			return nil
		}
		if e.size < 0 {
			break
		}
		at = e.at + e.size
	}
	return media.Damaged("no segment")
}

// readHead walks to the first cluster, and returns where the index elements are:
// those on the way, and those that seek heads point to.
func (x *Index) readHead(ctx context.Context, w *window) (map[uint32]int64, error) {
	found, pointed := map[uint32]int64{}, map[uint32]int64{}
	at := x.start
	for range maxLevel1 {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		e, err := w.element(at)
		if errors.Is(err, io.EOF) || at >= x.end {
			break
		} else if err != nil {
			return nil, err
		}
		if e.id == idCluster {
			x.firstCluster = at
			break
		}
		if e.size < 0 {
			return nil, media.Damaged("element %#x has no size", e.id)
		}
		found[e.id] = at
		if e.id == idSeekHead && e.size < 1<<16 {
			b, err := load(x.r, e)
			if err != nil {
				return nil, err
			}
			x.readSeekHead(b, pointed)
		}
		at = e.at + e.size
	}
	if x.firstCluster == 0 {
		return nil, media.Damaged("no cluster")
	}
	for id, at := range pointed {
		if _, ok := found[id]; !ok {
			found[id] = at
		}
	}
	return found, nil
}

func (x *Index) readSeekHead(b []byte, pointed map[uint32]int64) {
	each(b, func(id uint32, body []byte) {
		if id != idSeek {
			return
		}
		var what, where uint64
		each(body, func(id uint32, body []byte) {
			switch id {
			case idSeekID:
				what = number(body)
			case idSeekPosition:
				where = number(body)
			}
		})
		if where < uint64(x.size) {
			pointed[uint32(what)] = x.start + int64(where)
		}
	})
}

func (x *Index) readInfo(b []byte) {
	each(b, func(id uint32, body []byte) {
		switch id {
		case idTimestampScale:
			if v := number(body); v > 0 && v <= 1_000_000_000 {
				x.scale = int64(v)
			}
		case idDuration:
			x.duration = float(body)
		}
	})
}

// readCues keeps what could be places to start at. Cues are in order of time, or
// ought to be.
func (x *Index) readCues(b []byte) {
	var cues []cue
	each(b, func(id uint32, body []byte) {
		if id != idCuePoint || len(cues) >= maxCues {
			return
		}
		c := cue{time: -1}
		each(body, func(id uint32, body []byte) {
			switch id {
			case idCueTime:
				c.time = int64(number(body) & (1<<62 - 1))
			case idCueTrackPositions:
				where := uint64(0)
				each(body, func(id uint32, body []byte) {
					switch id {
					case idCueTrack:
						c.track = number(body)
					case idCueClusterPosition:
						where = number(body)
					}
				})
				if c.cluster = x.start + int64(where&(1<<62-1)); c.time >= 0 && c.cluster < x.end {
					cues = append(cues, c)
				}
			}
		})
	})
	x.cues = cues
}

// Tracks lists the tracks in the file's order.
func (x *Index) Tracks() []media.Track {
	list := make([]media.Track, len(x.tracks))
	for i, t := range x.tracks {
		list[i] = t.Track
	}
	return list
}
