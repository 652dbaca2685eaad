package library

import (
	"slices"
	"sort"
	"strings"
	"sync"
)

// spec is a Query's order in full: names resolved, repeats dropped, ending in the sort
// name so that pages do not overlap.
func (s *Snapshot) spec(q *Query) []Sort {
	keys := q.Sort
	if len(keys) == 0 {
		by := SortSortName
		if !q.Parent.IsZero() && !q.Recursive {
			by = SortDefault
		}
		keys = []Sort{{By: by}}
	}
	spec := make([]Sort, 0, len(keys)+2)
	for _, key := range keys {
		switch key.By {
		case SortDefault, SortAiredEpisodeOrder:
			spec = append(spec, Sort{sortNumbers, key.Desc}, Sort{SortSortName, key.Desc})
		case SortSearchScore, SortSimilarityScore, "":
			spec = append(spec, Sort{SortSortName, key.Desc})
		default:
			spec = append(spec, key)
		}
	}
	return finish(spec)
}

// finish cuts a spec after the sort name, which leaves nothing to decide, or adds it.
func finish(spec []Sort) []Sort {
	for i, key := range spec {
		if key.By == SortSortName {
			return spec[:i+1]
		}
	}
	return append(spec, Sort{By: SortSortName})
}

func staticSpec(spec []Sort) bool {
	return len(spec) > 0 && !slices.ContainsFunc(spec, func(k Sort) bool { return !fixed(k.By) })
}

// ascending turns a spec round if it begins descending, so that both directions share one
// order.
func ascending(spec []Sort) (up []Sort, reversed bool) {
	if !spec[0].Desc {
		return spec, false
	}
	up = slices.Clone(spec)
	for i := range up {
		up[i].Desc = !up[i].Desc
	}
	return up, true
}

func specKey(spec []Sort) string {
	var b strings.Builder
	for _, key := range spec {
		b.WriteString(string(key.By))
		if key.Desc {
			b.WriteByte('-')
		}
		b.WriteByte(',')
	}
	return b.String()
}

// order is all cards in one order: the base's slots, and where between them the extra
// cards go.
type order struct {
	slots []uint32 // nil: as they are
	extra []placed
}

// placed is an extra card that comes just before the at-th base card of an order.
type placed struct {
	at, extra uint32
}

// orderCache keeps the last few orders of a base; each is 4 bytes a card.
type orderCache struct {
	mu   sync.Mutex
	have map[string]*lazy[[]uint32]
	used []string // the oldest first
}

const maxOrders = 16

func (o *orderCache) entry(key string) *lazy[[]uint32] {
	o.mu.Lock()
	defer o.mu.Unlock()
	if e, ok := o.have[key]; ok {
		if i := slices.Index(o.used, key); i >= 0 {
			o.used = append(slices.Delete(o.used, i, i+1), key)
		}
		return e
	}
	if o.have == nil {
		o.have = make(map[string]*lazy[[]uint32])
	}
	if len(o.used) >= maxOrders {
		delete(o.have, o.used[0])
		o.used = slices.Delete(o.used, 0, 1)
	}
	e := new(lazy[[]uint32])
	o.have[key] = e
	o.used = append(o.used, key)
	return e
}

// mergedOrders keeps where a snapshot's extra cards go in the orders asked for.
type mergedOrders struct {
	mu   sync.Mutex
	have map[string][]placed
}

// order returns the order of an ascending static spec.
func (s *Snapshot) order(spec []Sort) order {
	var o order
	key := specKey(spec)
	k := &keyer{s: s}
	if len(spec) > 1 || spec[0].By != SortSortName {
		o.slots = s.base.orders.entry(key).get(func() []uint32 { return s.base.permutation(k, spec) })
	}
	if len(s.extra) == 0 {
		return o
	}
	s.merged.mu.Lock()
	defer s.merged.mu.Unlock()
	if have, ok := s.merged.have[key]; ok {
		o.extra = have
		return o
	}
	o.extra = s.place(k, o.slots, spec)
	if s.merged.have == nil || len(s.merged.have) > maxOrders {
		s.merged.have = make(map[string][]placed)
	}
	s.merged.have[key] = o.extra
	return o
}

// permutation sorts the base. What it reads of relatives (a series' sort name) cannot
// change without a new base; see delta.deep.
func (b *base) permutation(k *keyer, spec []Sort) []uint32 {
	last := len(spec) - 1
	cols := k.columns(spec[:last], b.cards) // slots are in the order of the last key already
	slots := make([]uint32, len(b.cards))
	for i := range slots {
		slots[i] = uint32(i)
	}
	desc := spec[last].Desc
	slices.SortFunc(slots, func(x, y uint32) int {
		if c := compareColumns(cols, x, y); c != 0 {
			return c
		}
		if desc {
			return int(y) - int(x)
		}
		return int(x) - int(y)
	})
	return slots
}

func (s *Snapshot) place(k *keyer, slots []uint32, spec []Sort) []placed {
	index := make([]int, len(s.extra))
	for i := range index {
		index[i] = i
	}
	slices.SortFunc(index, func(x, y int) int { return k.compare(spec, s.extra[x], s.extra[y]) })
	out := make([]placed, len(index))
	for i, x := range index {
		at := sort.Search(len(s.base.cards), func(p int) bool {
			return k.compare(spec, s.base.cards[slotAt(slots, p)], s.extra[x]) > 0
		})
		out[i] = placed{uint32(at), uint32(x)}
	}
	return out
}

func slotAt(slots []uint32, p int) uint32 {
	if slots == nil {
		return uint32(p)
	}
	return slots[p]
}

// walk returns a page of the hits in a static order, without sorting anything.
func (s *Snapshot) walk(h hits, spec []Sort, start, limit int) []*Card {
	up, reversed := ascending(spec)
	w := walker{s: s, h: h, skip: max(start, 0), limit: limit, o: s.order(up)}
	if len(h.extra) > 0 {
		w.in = make([]bool, len(s.extra))
		for _, i := range h.extra {
			w.in[i] = true
		}
	}
	if reversed {
		w.down()
	} else {
		w.up()
	}
	return w.out
}

type walker struct {
	s           *Snapshot
	h           hits
	o           order
	in          []bool // which extra cards are hits; nil: none
	skip, limit int
	out         []*Card
}

// take adds a card to the page and reports whether there is room for more.
func (w *walker) take(c *Card) bool {
	if w.skip > 0 {
		w.skip--
		return true
	}
	w.out = append(w.out, c)
	return w.limit <= 0 || len(w.out) < w.limit
}

func (w *walker) takeExtra(p placed) bool {
	return w.in == nil || !w.in[p.extra] || w.take(w.s.extra[p.extra])
}

func (w *walker) up() {
	if w.o.slots == nil && len(w.o.extra) == 0 { // slots are in the order of the sort name
		w.h.base.each(func(slot uint32) bool { return w.take(w.s.base.cards[slot]) })
		return
	}
	next := 0
	for p := range w.s.base.cards {
		for next < len(w.o.extra) && int(w.o.extra[next].at) <= p {
			if !w.takeExtra(w.o.extra[next]) {
				return
			}
			next++
		}
		slot := slotAt(w.o.slots, p)
		if w.h.base.has(slot) && !w.take(w.s.base.cards[slot]) {
			return
		}
	}
	for ; next < len(w.o.extra); next++ {
		if !w.takeExtra(w.o.extra[next]) {
			return
		}
	}
}

func (w *walker) down() {
	next := len(w.o.extra) - 1
	for p := len(w.s.base.cards) - 1; p >= 0; p-- {
		for next >= 0 && int(w.o.extra[next].at) > p {
			if !w.takeExtra(w.o.extra[next]) {
				return
			}
			next--
		}
		slot := slotAt(w.o.slots, p)
		if w.h.base.has(slot) && !w.take(w.s.base.cards[slot]) {
			return
		}
	}
	for ; next >= 0; next-- {
		if !w.takeExtra(w.o.extra[next]) {
			return
		}
	}
}
