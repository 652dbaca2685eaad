package library

import "slices"

// Snapshot is the whole library at one moment. It never changes, so whoever holds one
// may read it for as long as he likes, without locks; hold one for a whole request.
//
// It is a base, which is indexed, and the few cards that changed since the base was made.
// Enough changes make a new base.
type Snapshot struct {
	names *Names
	base  *base
	gen   uint64
	token *byte // tells snapshots apart without keeping them alive

	dead    slotSet // base slots replaced or removed since; nil when none
	gone    int     // how many those are
	extra   []*Card // cards put since, ordered by byName
	extraAt map[ID]int

	tree     lazy[*tree]
	stored   lazy[map[nameKeyOfKind][]*Card]
	merged   mergedOrders
	profiles profiles
	extraIn  lazy[map[ID][]*Card]
}

// NewSnapshot indexes cards and takes ownership of the slice. No two may have the same
// ID; their Refs are of the given table.
func NewSnapshot(names *Names, cards []*Card) *Snapshot {
	return &Snapshot{names: names, base: newBase(cards), gen: 1, token: new(byte)}
}

// Next is the snapshot after some changes, and what they came to. It costs little when
// the changes are few. The receiver stays as it is. A card that is both put and removed
// is put.
func (s *Snapshot) Next(put []*Card, remove []ID) (*Snapshot, ChangeSet) {
	d := s.delta(put, remove)
	set := d.changeSet(s)
	n := &Snapshot{names: s.names, gen: s.gen + 1, token: new(byte)}
	set.Generation = n.gen
	if set.Empty() {
		n.base, n.dead, n.gone, n.extra, n.extraAt = s.base, s.dead, s.gone, s.extra, s.extraAt
		return n, set
	}
	if d.deep(s) {
		n.base = baseOf(d.all(s))
		return n, set
	}
	d.layer(s, n)
	return n, set
}

// Warm makes what the first queries would have to wait for.
func (s *Snapshot) Warm() {
	s.treeNow()
	s.base.posted.get(s.base.post)
	s.base.words.get(func() wordIndex { return indexWords(s) })
	s.base.byLetter.get(s.base.letterOrder)
	for _, by := range []SortBy{SortDateCreated, SortPremiereDate, SortProductionYear, SortCommunityRating} {
		s.order([]Sort{{By: by}, {By: SortSortName}})
	}
}

// Generation counts the snapshots of a library from 1.
func (s *Snapshot) Generation() uint64 { return s.gen }

// NameTable is the table that the Refs of the cards are of.
func (s *Snapshot) NameTable() *Names { return s.names }

// Len is the number of cards.
func (s *Snapshot) Len() int { return len(s.base.cards) - s.gone + len(s.extra) }

// Card returns the card of an item, whoever asks; see Visible.
func (s *Snapshot) Card(id ID) (*Card, bool) {
	if i, ok := s.extraAt[id]; ok {
		return s.extra[i], true
	}
	i, ok := s.base.slot(id)
	if !ok || s.dead != nil && s.dead.has(i) {
		return nil, false
	}
	return s.base.cards[i], true
}

// Visible returns the card of an item if the viewer may know of it.
func (s *Snapshot) Visible(v Viewer, id ID) (*Card, bool) {
	c, ok := s.Card(id)
	if !ok || !s.eyes(&v).see(c) {
		return nil, false
	}
	return c, true
}

// Each calls fn for every card, in no order worth relying on, until it returns false.
func (s *Snapshot) Each(fn func(*Card) bool) {
	for i, c := range s.base.cards {
		if s.dead != nil && s.dead.has(uint32(i)) {
			continue
		}
		if !fn(c) {
			return
		}
	}
	for _, c := range s.extra {
		if !fn(c) {
			return
		}
	}
}

// Libraries returns the libraries a person may see, by name.
func (s *Snapshot) Libraries(v Viewer) []*Card {
	return s.Find(Query{
		Viewer: v, Kinds: []Kind{CollectionFolder}, Sort: []Sort{{By: SortSortName}},
	}).Cards
}

// Children returns what is directly in a folder, in its own order: by number where there
// are numbers, else by name. Nothing if the viewer may not see the folder.
func (s *Snapshot) Children(v Viewer, id ID) []*Card {
	if _, ok := s.Visible(v, id); !ok {
		return nil
	}
	return s.Find(Query{Viewer: v, Parent: id, Sort: []Sort{{By: SortDefault}}}).Cards
}

// Ancestors returns the folders around an item, the nearest first, its library last.
// Nothing if the viewer may not see the item.
func (s *Snapshot) Ancestors(v Viewer, id ID) []*Card {
	c, ok := s.Visible(v, id)
	if !ok {
		return nil
	}
	var out []*Card
	e := s.eyes(&v)
	for range maxDepth {
		if c, ok = s.Card(home(c)); !ok {
			break
		}
		if e.see(c) && !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	return out
}

// maxDepth bounds every walk up the folders, so that two folders inside each other by
// mistake do not hang it.
const maxDepth = 48

// under reports whether a card is somewhere below a folder.
func (s *Snapshot) under(c *Card, folder ID) bool {
	for range maxDepth {
		h := home(c)
		if h == folder {
			return true
		}
		var ok bool
		if c, ok = s.Card(h); !ok {
			return false
		}
	}
	return false
}

// KindCounts is a number of items of each kind.
type KindCounts [kindCount]int

// Of is the number of items of the kinds together.
func (k *KindCounts) Of(kinds ...Kind) int {
	n := 0
	for _, kind := range kinds {
		n += k[kind]
	}
	return n
}

// Counts returns how many items of each kind a person may see.
func (s *Snapshot) Counts(v Viewer) KindCounts {
	return s.countKinds(s.find(&Query{Viewer: v}))
}

// CountKinds returns how many items of each kind match a query.
func (s *Snapshot) CountKinds(q Query) KindCounts { return s.countKinds(s.find(&q)) }

func (s *Snapshot) countKinds(h hits) KindCounts {
	var out KindCounts
	tmp := newSlotSet(len(s.base.cards))
	for k, set := range s.base.kinds {
		if set == nil {
			continue
		}
		copy(tmp, set)
		tmp.and(h.base)
		out[k] = tmp.count()
	}
	for _, i := range h.extra {
		out[s.extra[i].Kind]++
	}
	return out
}
