package library

import (
	"cmp"
	"slices"
)

// viewRow is what a person did with a node of the base, for the orders that begin with it.
type viewRow struct {
	node   uint32
	count  int32
	last   int64 // Unix seconds
	likes  bool  // favourite, or liked
	played bool
}

// rowsOf lists what the person of a view touched, by node. State and view are of the same
// moment or nearly: a row that is a moment newer than its view is as good.
func (s *Snapshot) rowsOf(v *view, st *State) []viewRow {
	return v.rows.get(func() []viewRow {
		var rows []viewRow
		st.Each(func(id ID, u UserData) bool {
			if n, ok := s.node(id); ok && int(n) < len(s.base.cards) {
				rows = append(rows, viewRow{
					node: n, count: int32(min(u.PlayCount, 1<<30)), last: unix(u.LastPlayed), played: u.Played,
					likes: u.Favorite || u.Likes != nil && *u.Likes,
				})
			}
			return true
		})
		slices.SortFunc(rows, func(a, b viewRow) int { return cmp.Compare(a.node, b.node) })
		return rows
	})
}

// key is the number that keyer.personal gives for the row's card, where that is no
// folder's played state.
func (r *viewRow) key(by SortBy) (key int64, ok bool) {
	switch by {
	case SortDatePlayed:
		return r.last, true
	case SortPlayCount:
		return int64(r.count), true
	case SortIsFavoriteOrLiked:
		return -truth(r.likes), true
	}
	return 0, false
}

// keyedSlot is a base slot with the number it sorts by first.
type keyedSlot struct {
	key  int64
	slot uint32
}

// quickSplit is splitPage for the usual case: the order is one of rows and then the sort
// name, and nothing has changed since the base was made. ok is false for other cases.
func (s *Snapshot) quickSplit(h hits, spec []Sort, q *Query) (cards []*Card, ok bool) {
	if len(h.extra) > 0 || len(spec) != 2 || spec[1] != (Sort{By: SortSortName}) || q.Viewer.State == nil {
		return nil, false
	}
	if _, ok := (&viewRow{}).key(spec[0].By); !ok {
		return nil, false
	}
	rest := hits{base: h.base.clone()}
	before, after := newKeeper(q.Start, q.Limit), newKeeper(q.Start, q.Limit)
	rows := s.rowsOf(s.viewOf(&q.Viewer), q.Viewer.State)
	for i := range rows {
		r := &rows[i]
		key, _ := r.key(spec[0].By)
		if spec[0].Desc {
			key = -key
		}
		switch {
		case key == 0 || !h.base.has(r.node):
			continue
		case key < 0:
			before.add(keyedSlot{key, r.node})
		default:
			after.add(keyedSlot{key, r.node})
		}
		rest.base.remove(r.node)
	}
	part := func(k *keeper) pagePart {
		return pagePart{k.total, func(start, limit int) []*Card { return s.cardsAt(k.page(start, limit)) }}
	}
	return pageOf(q.Start, q.Limit, part(before),
		pagePart{rest.count(), func(start, limit int) []*Card { return s.walk(rest, spec[1:], start, limit) }},
		part(after)), true
}

func (s *Snapshot) cardsAt(list []keyedSlot) []*Card {
	out := make([]*Card, len(list))
	for i, k := range list {
		out[i] = s.nodeCard(k.slot)
	}
	return out
}

func compareKeyed(a, b keyedSlot) int {
	if c := cmp.Compare(a.key, b.key); c != 0 {
		return c
	}
	return cmp.Compare(a.slot, b.slot)
}

// keeper takes a list one by one and keeps the least of it, as many as a page needs.
// Twice as many as are wanted are held; when those are full, half of them go.
type keeper struct {
	want  int // 0: all
	total int
	kept  []keyedSlot
	most  keyedSlot
	full  bool
}

func newKeeper(start, limit int) *keeper {
	k := new(keeper)
	if limit > 0 {
		k.want = max(start, 0) + limit
	}
	return k
}

func (k *keeper) add(x keyedSlot) {
	k.total++
	if k.full && (x.key > k.most.key || compareKeyed(x, k.most) >= 0) {
		return
	}
	k.kept = append(k.kept, x)
	if k.want > 0 && len(k.kept) >= 2*k.want {
		slices.SortFunc(k.kept, compareKeyed)
		k.kept, k.full = k.kept[:k.want], true
		k.most = k.kept[k.want-1]
	}
}

// page is part of what was taken, in order. It ends no later than what newKeeper was told.
func (k *keeper) page(start, limit int) []keyedSlot {
	slices.SortFunc(k.kept, compareKeyed)
	return cut(k.kept, start, limit)
}

// randomPage is the Random order: no two cards are equal in it, so that nothing else of
// them is looked at.
func (s *Snapshot) randomPage(h hits, spec []Sort, q *Query) []*Card {
	k := newKeeper(q.Start, q.Limit)
	flip := int64(0)
	if spec[0].Desc {
		flip = -1
	}
	dice := s.base.dice.get(s.base.rollDice)
	h.base.each(func(i uint32) bool {
		k.add(keyedSlot{shake(q.Seed, dice[i]) ^ flip, i})
		return true
	})
	for _, i := range h.extra {
		k.add(keyedSlot{scramble(q.Seed, s.extra[i].ID) ^ flip, uint32(len(s.base.cards)) + i})
	}
	return s.cardsAt(k.page(q.Start, q.Limit))
}

// rollDice is what scramble takes of every card's id.
func (b *base) rollDice() []uint64 {
	out := make([]uint64, len(b.cards))
	for i, c := range b.cards {
		out[i] = die(c.ID)
	}
	return out
}

// pagePart is a run of cards of known length, of which any page can be had.
type pagePart struct {
	length int
	get    func(start, limit int) []*Card
}

// pageOf cuts a page out of runs that follow each other.
func pageOf(start, limit int, parts ...pagePart) []*Card {
	from, to := max(start, 0), -1
	if limit > 0 {
		to = from + limit
	}
	var out []*Card
	for _, p := range parts {
		if from < p.length && (to < 0 || to > 0) {
			most := 0
			if to > 0 {
				most = to - from
			}
			out = append(out, p.get(from, most)...)
		}
		from = max(from-p.length, 0)
		if to >= 0 {
			to = max(to-p.length, 0)
		}
	}
	return out
}
