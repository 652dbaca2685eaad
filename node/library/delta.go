package library

import "slices"

// delta is a step from one snapshot to the next, with each id once.
type delta struct {
	put    map[ID]*Card
	remove map[ID]*Card // as they were
}

func (s *Snapshot) delta(put []*Card, remove []ID) delta {
	d := delta{put: make(map[ID]*Card, len(put)), remove: make(map[ID]*Card, len(remove))}
	for _, c := range put {
		d.put[c.ID] = c // the last of several counts
	}
	for _, id := range remove {
		if _, again := d.put[id]; again {
			continue
		}
		if old, ok := s.Card(id); ok {
			d.remove[id] = old
		}
	}
	return d
}

func (d delta) changeSet(s *Snapshot) ChangeSet {
	var set ChangeSet
	for id, c := range d.put {
		if _, ok := s.Card(id); ok {
			set.Updated = append(set.Updated, c)
		} else {
			set.Added = append(set.Added, c)
		}
	}
	for _, c := range d.remove {
		set.Removed = append(set.Removed, c)
	}
	return set.sorted()
}

// deep reports whether the step is worth a new base: because much has changed, or because
// other cards are indexed by something that did.
func (d delta) deep(s *Snapshot) bool {
	if len(d.put)+len(d.remove)+len(s.extra)+s.gone > 1024+len(s.base.cards)/64 {
		return true
	}
	for id, c := range d.put {
		if old, ok := s.Card(id); !ok || indexedElsewhere(old, c) {
			if s.lends(c) {
				return true
			}
		}
	}
	for _, c := range d.remove {
		if s.lends(c) {
			return true
		}
	}
	return false
}

// indexedElsewhere reports a change in what episodes take from their series and tracks
// from their album: orders and search words hold it.
func indexedElsewhere(old, now *Card) bool {
	return old.Name != now.Name || old.Sort != now.Sort || old.Original != now.Original
}

// lends reports whether a card's names are indexed with cards of the base.
func (s *Snapshot) lends(c *Card) bool {
	if c.Kind != Series && c.Kind != MusicAlbum {
		return false
	}
	return s.base.lenders.get(s.base.findLenders)[c.ID]
}

func (b *base) findLenders() map[ID]bool {
	m := make(map[ID]bool)
	for _, c := range b.cards {
		if !c.Series.IsZero() {
			m[c.Series] = true
		}
		if !c.Album.IsZero() {
			m[c.Album] = true
		}
	}
	return m
}

func (d delta) touches(id ID) bool {
	if _, ok := d.put[id]; ok {
		return true
	}
	_, ok := d.remove[id]
	return ok
}

// all returns every card there is after the step, ordered by byName. The base is so
// already, and merging the rest into it is much cheaper than sorting all.
func (d delta) all(s *Snapshot) []*Card {
	late := make([]*Card, 0, len(s.extra)+len(d.put))
	for _, c := range s.extra {
		if !d.touches(c.ID) {
			late = append(late, c)
		}
	}
	for _, c := range d.put {
		late = append(late, c)
	}
	sortByName(late)
	gone := d.buried(s)
	cards := make([]*Card, 0, len(s.base.cards)+len(late))
	for i, c := range s.base.cards {
		if gone.has(uint32(i)) {
			continue
		}
		for len(late) > 0 && byName(late[0], c) < 0 {
			cards = append(cards, late[0])
			late = late[1:]
		}
		cards = append(cards, c)
	}
	return append(cards, late...)
}

// buried are the base slots that do not count after the step.
func (d delta) buried(s *Snapshot) slotSet {
	gone := newSlotSet(len(s.base.cards))
	copy(gone, s.dead)
	for id := range d.put {
		if i, ok := s.base.slot(id); ok {
			gone.add(i)
		}
	}
	for id := range d.remove {
		if i, ok := s.base.slot(id); ok {
			gone.add(i)
		}
	}
	return gone
}

// layer puts the step on top of the base of s.
func (d delta) layer(s, n *Snapshot) {
	n.base, n.gone = s.base, s.gone
	if s.dead != nil {
		n.dead = s.dead.clone()
	} else {
		n.dead = newSlotSet(len(s.base.cards))
	}
	bury := func(id ID) {
		if i, ok := s.base.slot(id); ok && !n.dead.has(i) {
			n.dead.add(i)
			n.gone++
		}
	}
	for _, c := range s.extra {
		if !d.touches(c.ID) {
			n.extra = append(n.extra, c)
		}
	}
	for id, c := range d.put {
		bury(id)
		n.extra = append(n.extra, c)
	}
	for id := range d.remove {
		bury(id)
	}
	slices.SortFunc(n.extra, byName)
	n.extraAt = make(map[ID]int, len(n.extra))
	for i, c := range n.extra {
		n.extraAt[c.ID] = i
	}
}
