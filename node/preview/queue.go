package preview

import (
	"cmp"
	"slices"
	"time"

	"sett/node/library"
)

// task is one thing to do: the segments of a film or of a whole season, or the
// trickplay pictures of an item.
type task struct {
	id     library.ID
	sheets bool // else segments
}

type entry struct {
	task
	due   time.Time
	added int64 // what is new is wanted first
}

// queue holds each task once. Segments come before pictures, as they cost little.
// It is for one goroutine.
type queue struct {
	ready   []entry // best last; sorted unless dirty
	dirty   bool
	waiting map[task]entry // not yet due
	in      map[task]bool  // in ready
}

func newQueue() *queue { return &queue{waiting: map[task]entry{}, in: map[task]bool{}} }

// put asks for a task at a time. One that is asked for again waits again.
func (q *queue) put(t task, added int64, due time.Time) {
	if due.IsZero() {
		if !q.in[t] {
			q.in[t], q.dirty = true, true
			q.ready = append(q.ready, entry{t, due, added})
		}
		return
	}
	if old, ok := q.waiting[t]; ok {
		added = max(added, old.added)
	}
	q.waiting[t] = entry{t, due, added}
}

// next takes the best task that is due. ok is false when there is none; then wait
// says how long until there will be, 0 for never.
func (q *queue) next(now time.Time) (e entry, ok bool, wait time.Duration) {
	for t, w := range q.waiting {
		switch left := w.due.Sub(now); {
		case left <= 0:
			delete(q.waiting, t)
			q.put(t, w.added, time.Time{})
		case wait == 0 || left < wait:
			wait = left
		}
	}
	if len(q.ready) == 0 {
		return entry{}, false, wait
	}
	if q.dirty {
		slices.SortFunc(q.ready, func(a, b entry) int {
			if a.sheets != b.sheets {
				if a.sheets {
					return -1
				}
				return 1
			}
			return cmp.Compare(a.added, b.added)
		})
		q.dirty = false
	}
	e = q.ready[len(q.ready)-1]
	q.ready = q.ready[:len(q.ready)-1]
	delete(q.in, e.task)
	return e, true, 0
}
