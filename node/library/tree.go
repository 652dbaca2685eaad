package library

// tree is what follows from which folder holds what. Nodes are the base slots and, after
// them, the extra cards.
type tree struct {
	parent []int32  // node of the folder, noSlot
	leaves []uint32 // playable things below each folder
	below  []uint32 // everything directly in it
	newest []int64  // newest Added below it
}

func (s *Snapshot) node(id ID) (uint32, bool) {
	if i, ok := s.extraAt[id]; ok {
		return uint32(len(s.base.cards) + i), true
	}
	i, ok := s.base.slot(id)
	if !ok || s.dead != nil && s.dead.has(i) {
		return 0, false
	}
	return i, true
}

func (s *Snapshot) nodeCard(n uint32) *Card {
	if int(n) < len(s.base.cards) {
		return s.base.cards[n]
	}
	return s.extra[int(n)-len(s.base.cards)]
}

func (s *Snapshot) treeNow() *tree { return s.tree.get(s.buildTree) }

func (s *Snapshot) buildTree() *tree {
	n := len(s.base.cards) + len(s.extra)
	t := &tree{parent: s.parents(), leaves: make([]uint32, n), below: make([]uint32, n), newest: make([]int64, n)}
	s.eachNode(func(i uint32, c *Card) {
		if p := t.parent[i]; p != noSlot {
			t.below[p]++
		}
		if !isLeaf(c) {
			return
		}
		t.climb(i, func(p int32) {
			t.leaves[p]++
			t.newest[p] = max(t.newest[p], c.Added)
		})
	})
	return t
}

func (s *Snapshot) eachNode(fn func(uint32, *Card)) {
	for i, c := range s.base.cards {
		if s.dead == nil || !s.dead.has(uint32(i)) {
			fn(uint32(i), c)
		}
	}
	for i, c := range s.extra {
		fn(uint32(len(s.base.cards)+i), c)
	}
}

// isLeaf reports things that can be played or read, as opposed to folders and names.
func isLeaf(c *Card) bool { return c.Kind.Media() != MediaUnknown }

// climb calls fn for each folder around a node, the nearest first.
func (t *tree) climb(node uint32, fn func(int32)) {
	p := t.parent[node]
	for depth := 0; p != noSlot && depth < maxDepth; depth++ {
		fn(p)
		p = t.parent[p]
	}
}

func (s *Snapshot) parents() []int32 {
	if s.gone == 0 && len(s.extra) == 0 {
		return s.base.parent
	}
	nBase := len(s.base.cards)
	parent := make([]int32, nBase+len(s.extra))
	copy(parent, s.base.parent)
	for i, p := range s.base.parent {
		if p != noSlot && s.dead != nil && s.dead.has(uint32(p)) {
			parent[i] = s.nodeOr(s.base.cards[p].ID)
		}
	}
	for _, i := range s.base.lost {
		parent[i] = s.nodeOr(home(s.base.cards[i]))
	}
	for i, c := range s.extra {
		parent[nBase+i] = s.nodeOr(home(c))
	}
	return parent
}

func (s *Snapshot) nodeOr(id ID) int32 {
	if n, ok := s.node(id); ok {
		return int32(n)
	}
	return noSlot
}

// ChildCount is the number of things directly in a folder.
func (s *Snapshot) ChildCount(id ID) int {
	n, ok := s.node(id)
	if !ok {
		return 0
	}
	return int(s.treeNow().below[n])
}

// RecursiveCount is the number of playable things at any depth in a folder.
func (s *Snapshot) RecursiveCount(id ID) int {
	n, ok := s.node(id)
	if !ok {
		return 0
	}
	return int(s.treeNow().leaves[n])
}

// UnplayedCount is the number of playable things in a folder that the person has not
// played.
func (s *Snapshot) UnplayedCount(id ID, st *State) int {
	n, ok := s.node(id)
	if !ok {
		return 0
	}
	return int(s.treeNow().leaves[n]) - int(s.viewOf(st).under[n])
}

// PlayedPercent is how much of a folder the person has played, in percent: 0 for a folder
// without anything playable.
func (s *Snapshot) PlayedPercent(id ID, st *State) float64 {
	n, ok := s.node(id)
	if !ok || s.treeNow().leaves[n] == 0 {
		return 0
	}
	return 100 * float64(s.viewOf(st).under[n]) / float64(s.treeNow().leaves[n])
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

// Played reports whether a person has played an item, or all there is in a folder.
func (s *Snapshot) Played(c *Card, st *State) bool { return s.played(c, st) }

func (s *Snapshot) played(c *Card, st *State) bool {
	if !c.Kind.IsFolder() {
		return st.Get(c.ID).Played
	}
	n, ok := s.node(c.ID)
	if !ok {
		return false
	}
	leaves := s.treeNow().leaves[n]
	return leaves > 0 && s.viewOf(st).under[n] >= leaves
}

func (s *Snapshot) childSet(folder ID) slotSet {
	out := newSlotSet(len(s.base.cards))
	out.addAll(s.base.children(folder))
	return out
}

// belowSet returns the base slots at any depth in a folder. It descends by way of the
// extra cards too, since a folder that changed is one of them.
func (s *Snapshot) belowSet(folder ID) slotSet {
	out := newSlotSet(len(s.base.cards))
	s.eachBelow(folder, func(c *Card) {
		if i, ok := s.base.slot(c.ID); ok {
			out.add(i)
		}
	})
	return out
}
