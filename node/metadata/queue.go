package metadata

import (
	"container/heap"
	"sync"
	"time"

	"sett/node/library"
)

// waiting is an item in a queue.
type waiting struct {
	id    library.ID
	due   time.Time
	force bool // somebody asked for it: ask again although nothing has changed
	tries int  // that failed
	at    int  // in the heap
}

// queue holds items until they are due. Each is in it once.
type queue struct {
	mu   sync.Mutex
	list byDue
	of   map[library.ID]*waiting
	wake chan struct{} // has room for one
}

func newQueue() *queue {
	return &queue{of: make(map[library.ID]*waiting), wake: make(chan struct{}, 1)}
}

// put adds an item. One that waits already keeps the later time unless it is forced.
func (q *queue) put(w waiting) {
	q.mu.Lock()
	defer q.mu.Unlock()
	old := q.of[w.id]
	switch {
	case old == nil:
		q.of[w.id] = &w
		heap.Push(&q.list, &w)
	case w.force:
		old.force, old.due = true, w.due
		heap.Fix(&q.list, old.at)
	case !old.force && w.due.After(old.due):
		old.due, old.tries = w.due, max(old.tries, w.tries)
		heap.Fix(&q.list, old.at)
	}
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// take removes the first item that is due. With none, it says when the next will be; the
// zero time means that nothing waits.
func (q *queue) take(now time.Time) (w waiting, ok bool, next time.Time) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.list) == 0 {
		return waiting{}, false, time.Time{}
	}
	if first := q.list[0]; first.due.After(now) {
		return waiting{}, false, first.due
	}
	first := heap.Pop(&q.list).(*waiting)
	delete(q.of, first.id)
	return *first, true, time.Time{}
}

func (q *queue) len() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.list)
}

// byDue implements heap.Interface.
type byDue []*waiting

func (l byDue) Len() int           { return len(l) }
func (l byDue) Less(i, j int) bool { return l[i].due.Before(l[j].due) }
func (l byDue) Swap(i, j int)      { l[i], l[j] = l[j], l[i]; l[i].at, l[j].at = i, j }

// Push implements heap.Interface.
func (l *byDue) Push(x any) {
	w := x.(*waiting)
	w.at = len(*l)
	*l = append(*l, w)
}

// Pop implements heap.Interface.
func (l *byDue) Pop() any {
	old := *l
	last := old[len(old)-1]
	old[len(old)-1] = nil
	*l = old[:len(old)-1]
	return last
}
