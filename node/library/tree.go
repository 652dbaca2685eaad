package library

// tree is what follows from which folder holds what. Nodes are the base slots and, after
// them, the extra cards.
type tree struct {
	parent []int32  // node of the folder, noSlot
	leaves []uint32 // playable things below each folder
	below  []uint32 // everything directly in it
	newest []int64  // newest Added below it
	only   slotSet  // the nodes that count; nil: all
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

func (s *Snapshot) treeNow() *tree {
	return s.tree.get(func() *tree { return s.buildTree(nil) })
}

// isLeaf reports nodes that count as something playable.
func (t *tree) isLeaf(s *Snapshot, n uint32) bool {
	return isLeaf(s.nodeCard(n)) && (t.only == nil || t.only.has(n))
}

func (s *Snapshot) buildTree(only slotSet) *tree {
	n := len(s.base.cards) + len(s.extra)
	t := &tree{parent: s.parents(), leaves: make([]uint32, n), below: make([]uint32, n), newest: make([]int64, n), only: only}
	s.eachNode(func(i uint32, c *Card) {
		if only != nil && !only.has(i) {
			return
		}
		if p := t.parent[i]; p != noSlot && c.Extra() == NoExtra {
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
func isLeaf(c *Card) bool { return c.Kind.Media() != MediaUnknown && c.Extra() == NoExtra }

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
