package library

import "slices"

// Member is one entry of a playlist or box set. Entry names the entry itself, because an
// item may stand in a playlist twice; it is zero in box sets.
type Member struct {
	Item  ID `cbor:"1,keyasint,omitzero"`
	Entry ID `cbor:"2,keyasint,omitzero"`
}

// Share lets one more person see a playlist, and change it if they may edit.
type Share struct {
	User ID   `cbor:"1,keyasint,omitzero"`
	Edit bool `cbor:"2,keyasint,omitzero"`
}

// List is what a card knows of a playlist or box set: what is in it and whose it is.
type List struct {
	Owner   ID // whose playlist; zero: the household's
	Public  bool
	Shares  []ID // further people who see it
	Members []ID // in the owner's order; may repeat
}

// For reports whether a person may see a list, whatever is in it.
func (l *List) For(user ID) bool {
	return l.Owner.IsZero() || l.Public || l.Owner == user || slices.Contains(l.Shares, user)
}

// MayEdit reports whether a person may change an item that is a list.
func (it *Item) MayEdit(user ID) bool {
	if user.IsZero() {
		return false
	}
	return it.Owner == user || slices.Contains(it.Shares, Share{User: user, Edit: true})
}

func listOf(it *Item) *List {
	if it.Kind != BoxSet && it.Kind != Playlist {
		return nil
	}
	l := &List{Owner: it.Owner, Public: it.Public}
	for _, s := range it.Shares {
		l.Shares = append(l.Shares, s.User)
	}
	for _, m := range it.Members {
		l.Members = append(l.Members, m.Item)
	}
	return l
}

// isList reports cards whose contents are a list of their own rather than a folder's.
func isList(c *Card) bool { return c.List != nil && (c.Kind == Playlist || len(c.List.Members) > 0) }

// Members returns what is in a list, in its order, as far as the viewer may know of it.
// An item that stands in it twice comes twice; at holds each one's place in the list.
func (s *Snapshot) Members(v Viewer, id ID) (cards []*Card, at []int) {
	c, ok := s.Visible(v, id)
	if !ok || c.List == nil {
		return nil, nil
	}
	e := s.eyes(&v)
	for i, m := range c.List.Members {
		if card, ok := s.Card(m); ok && e.see(card) {
			cards, at = append(cards, card), append(at, i)
		}
	}
	return cards, at
}

// Collections returns the box sets an item is in, by name.
func (s *Snapshot) Collections(v Viewer, id ID) []*Card {
	if _, ok := s.Visible(v, id); !ok {
		return nil
	}
	var out []*Card
	e := s.eyes(&v)
	s.eachList(BoxSet, func(c *Card) bool {
		if slices.Contains(c.List.Members, id) && e.see(c) {
			out = append(out, c)
		}
		return true
	})
	slices.SortFunc(out, byName)
	return out
}

// eachList calls fn for the lists of a kind until it returns false.
func (s *Snapshot) eachList(kind Kind, fn func(*Card) bool) {
	more := true
	if set := s.base.kinds[kind]; set != nil {
		set.each(func(i uint32) bool {
			if c := s.base.cards[i]; c.List != nil && (s.dead == nil || !s.dead.has(i)) {
				more = fn(c)
			}
			return more
		})
	}
	for _, c := range s.extra {
		if more && c.Kind == kind && c.List != nil {
			more = fn(c)
		}
	}
}

// eachInList calls fn for the members of a list, and with deep for what is below them.
// Nothing comes twice.
func (s *Snapshot) eachInList(l *List, deep bool, fn func(*Card)) {
	seen := make(map[ID]bool, len(l.Members))
	visit := func(c *Card) {
		if !seen[c.ID] {
			seen[c.ID] = true
			fn(c)
		}
	}
	for _, id := range l.Members {
		c, ok := s.Card(id)
		if !ok {
			continue
		}
		visit(c)
		if deep && c.Kind.IsFolder() && c.List == nil {
			s.eachBelow(c.ID, visit)
		}
	}
}

// inList restricts a query to what is in a list.
func (m *matcher) inList(l *List) {
	in := make(map[ID]bool)
	m.s.eachInList(l, m.q.Recursive, func(c *Card) { in[c.ID] = true })
	m.addIndexed(
		func(c *Card) bool { return in[c.ID] },
		func() slotSet {
			out := newSlotSet(len(m.s.base.cards))
			for id := range in {
				if i, ok := m.s.base.slot(id); ok {
					out.add(i)
				}
			}
			return out
		})
}

// collapse puts box sets in the place of those of their members that were found.
func (s *Snapshot) collapse(h hits, v *Viewer) hits {
	e := s.eyes(v)
	at := make(map[ID]int, len(h.extra))
	for i, x := range h.extra {
		at[s.extra[x].ID] = i
	}
	var sets []*Card
	gone := make(map[ID]bool)
	s.eachList(BoxSet, func(c *Card) bool {
		found := false
		for _, id := range c.List.Members {
			i, ok := s.base.slot(id)
			_, extra := at[id]
			if extra || ok && h.base.has(i) {
				found, gone[id] = true, true
			}
		}
		if found && e.see(c) {
			sets = append(sets, c)
		}
		return true
	})
	for id := range gone {
		if i, ok := s.base.slot(id); ok {
			h.base.remove(i)
		}
	}
	h.extra = slices.DeleteFunc(h.extra, func(x uint32) bool { return gone[s.extra[x].ID] })
	for _, c := range sets {
		s.admit(&h, c)
	}
	slices.Sort(h.extra)
	h.extra = slices.Compact(h.extra)
	return h
}

// admit adds a card to the hits.
func (s *Snapshot) admit(h *hits, c *Card) {
	if i, ok := s.extraAt[c.ID]; ok {
		h.extra = append(h.extra, uint32(i))
	} else if i, ok := s.base.slot(c.ID); ok {
		h.base.add(i)
	}
}
