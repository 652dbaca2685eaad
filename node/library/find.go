package library

// hits is the answer to a Query before order and page.
type hits struct {
	base  slotSet
	extra []uint32 // indices into Snapshot.extra, ascending
}

func (h hits) count() int { return h.base.count() + len(h.extra) }

// Find answers a Query.
func (s *Snapshot) Find(q Query) Page {
	if q.Search != "" {
		return s.searchPage(&q)
	}
	h := s.find(&q)
	page := Page{Total: h.count()}
	if q.Limit >= 0 {
		page.Cards = s.page(h, &q)
	}
	return page
}

func (s *Snapshot) find(q *Query) hits {
	h := s.collect(s.matcher(q))
	if q.CollapseSets {
		return s.collapse(h, &q.Viewer)
	}
	return h
}

func (s *Snapshot) collect(m *matcher) hits {
	n := len(s.base.cards)
	h := hits{base: newSlotSet(n)}
	if m.nothing {
		return h
	}
	h.base.invert(n)
	if s.dead != nil {
		h.base.andNot(s.dead)
	}
	var tests []func(*Card) bool
	for _, c := range m.clauses {
		if c.set == nil {
			tests = append(tests, c.test)
		} else {
			h.base.and(c.set())
		}
	}
	if len(tests) > 0 {
		s.sift(h.base, tests)
	}
	for i, c := range s.extra {
		if m.match(c) {
			h.extra = append(h.extra, uint32(i))
		}
	}
	return h
}

func (s *Snapshot) sift(set slotSet, tests []func(*Card) bool) {
	set.each(func(i uint32) bool {
		for _, test := range tests {
			if !test(s.base.cards[i]) {
				set.remove(i)
				break
			}
		}
		return true
	})
}

func (s *Snapshot) eachHit(h hits, fn func(*Card) bool) {
	more := true
	h.base.each(func(i uint32) bool {
		more = fn(s.base.cards[i])
		return more
	})
	for _, i := range h.extra {
		if !more {
			return
		}
		more = fn(s.extra[i])
	}
}

func (s *Snapshot) cardsOf(h hits) []*Card {
	out := make([]*Card, 0, h.count())
	s.eachHit(h, func(c *Card) bool { out = append(out, c); return true })
	return out
}

// page orders the hits and cuts the page out.
func (s *Snapshot) page(h hits, q *Query) []*Card {
	if len(q.Sort) == 0 {
		if list := s.ownOrder(q); len(list) > 0 {
			return cut(s.inOrderOf(h, list), q.Start, q.Limit)
		}
	}
	spec := s.spec(q)
	k := &keyer{s: s, viewer: &q.Viewer, seed: q.Seed}
	static := staticSpec(spec)
	switch total := h.count(); {
	case total <= fewHits:
		return k.sorted(s.cardsOf(h), spec, q.Start, q.Limit)
	case spec[0].By == SortRandom:
		return s.randomPage(h, spec, q)
	case static:
		return s.walk(h, spec, q.Start, q.Limit)
	case splits(spec[0].By) && staticSpec(spec[1:]):
		if cards, ok := s.quickSplit(h, spec, q); ok {
			return cards
		}
		return s.splitPage(h, spec, k, q)
	}
	return k.sorted(s.cardsOf(h), spec, q.Start, q.Limit)
}

// ownOrder is the order that the things asked for have without being sorted.
func (s *Snapshot) ownOrder(q *Query) []ID {
	if len(q.IDs) > 0 {
		return q.IDs
	}
	if c, ok := s.Card(q.Parent); ok && isList(c) && !q.Recursive {
		return c.List.Members
	}
	return nil
}

// fewHits are sorted faster than found in an order of everything.
const fewHits = 200

func (s *Snapshot) inOrderOf(h hits, ids []ID) []*Card {
	in := make(map[ID]*Card)
	s.eachHit(h, func(c *Card) bool { in[c.ID] = c; return true })
	out := make([]*Card, 0, len(in))
	for _, id := range ids {
		if c, ok := in[id]; ok {
			out = append(out, c)
			delete(in, id)
		}
	}
	return out
}

// cut returns the page of a list. A limit of 0 is none.
func cut[T any](list []T, start, limit int) []T {
	start = max(start, 0)
	if start >= len(list) {
		return nil
	}
	list = list[start:]
	if limit > 0 && limit < len(list) {
		list = list[:limit]
	}
	return list
}

// splitPage orders by something personal first: the few cards that the person touched are
// sorted, all others are equal in it and come in the order of the remaining keys.
func (s *Snapshot) splitPage(h hits, spec []Sort, k *keyer, q *Query) []*Card {
	var before, after []*Card
	rest := hits{base: h.base.clone()}
	put := func(c *Card) bool {
		key := k.num(spec[0].By, c)
		if spec[0].Desc {
			key = -key
		}
		switch {
		case key < 0:
			before = append(before, c)
		case key > 0:
			after = append(after, c)
		}
		return key != 0
	}
	touched := s.touched(&q.Viewer, spec[0].By)
	touched.and(h.base)
	touched.each(func(i uint32) bool {
		if put(s.base.cards[i]) {
			rest.base.remove(i)
		}
		return true
	})
	for _, i := range h.extra {
		if !put(s.extra[i]) {
			rest.extra = append(rest.extra, i)
		}
	}
	return pageOf(q.Start, q.Limit,
		pagePart{len(before), func(st, l int) []*Card { return k.sorted(before, spec, st, l) }},
		pagePart{rest.count(), func(st, l int) []*Card { return s.walk(rest, spec[1:], st, l) }},
		pagePart{len(after), func(st, l int) []*Card { return k.sorted(after, spec, st, l) }})
}

// touched returns the base slots whose personal key may differ from zero.
func (s *Snapshot) touched(v *Viewer, by SortBy) slotSet {
	if by == SortIsPlayed || by == SortIsUnplayed {
		return s.personalSet(v, viewPlayed, true).clone()
	}
	n := len(s.base.cards)
	out := newSlotSet(n)
	copy(out, s.viewOf(v).touched)
	if tail := n % 64; tail != 0 {
		out[len(out)-1] &= 1<<tail - 1
	}
	return out
}
