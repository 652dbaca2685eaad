package library

// ChildCount is the number of things directly in a folder or list that a person may know
// of.
func (s *Snapshot) ChildCount(v Viewer, id ID) int {
	if sh, ok := shelfByID(id); ok {
		return s.onShelf(&v, sh)
	}
	n, ok := s.node(id)
	if !ok {
		return 0
	}
	if c := s.nodeCard(n); isList(c) {
		total, e := 0, s.eyes(&v)
		for _, m := range c.List.Members {
			if card, ok := s.Card(m); ok && e.see(card) {
				total++
			}
		}
		return total
	}
	return int(s.eyes(&v).tree().below[n])
}

// watched is how much is in something, and how much of it a person has played.
type watched struct{ leaves, played int }

func (s *Snapshot) watched(v *Viewer, id ID) watched {
	n, ok := s.node(id)
	if !ok {
		return watched{}
	}
	c, e := s.nodeCard(n), s.eyes(v)
	t := e.tree()
	if !isList(c) {
		return watched{int(t.leaves[n]), int(s.viewOf(v).under[n])}
	}
	var w watched
	s.eachInList(c.List, true, func(c *Card) {
		if isLeaf(c) && e.see(c) {
			w.leaves++
			if v.State.Get(c.ID).Played {
				w.played++
			}
		}
	})
	return w
}

// RecursiveCount is the number of playable things at any depth in a folder or list that a
// person may know of.
func (s *Snapshot) RecursiveCount(v Viewer, id ID) int { return s.watched(&v, id).leaves }

// UnplayedCount is the number of those that the person has not played.
func (s *Snapshot) UnplayedCount(v Viewer, id ID) int {
	w := s.watched(&v, id)
	return w.leaves - w.played
}

// PlayedPercent is how much of a folder the person has played, in percent: 0 for a folder
// without anything playable.
func (s *Snapshot) PlayedPercent(v Viewer, id ID) float64 {
	w := s.watched(&v, id)
	if w.leaves == 0 {
		return 0
	}
	return 100 * float64(w.played) / float64(w.leaves)
}

// Played reports whether a person has played an item, or all there is in a folder.
func (s *Snapshot) Played(v Viewer, c *Card) bool { return s.played(&v, c) }

func (s *Snapshot) played(v *Viewer, c *Card) bool {
	if !c.Kind.IsFolder() {
		return v.State.Get(c.ID).Played
	}
	w := s.watched(v, c.ID)
	return w.leaves > 0 && w.played >= w.leaves
}

// LastAdded is when the newest playable thing in a folder was added, in Unix seconds; of
// anything else when it was added itself.
func (s *Snapshot) LastAdded(c *Card) int64 {
	if n, ok := s.node(c.ID); ok && c.Kind.IsFolder() {
		if t := s.treeNow().newest[n]; t != 0 {
			return t
		}
	}
	return c.Added
}
