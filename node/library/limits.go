package library

import "slices"

// structure are kinds that have no rating of their own to miss: they are seen for what is
// in them.
const structure = 1<<Folder | 1<<PhotoAlbum | 1<<MusicArtist | 1<<BoxSet | 1<<Playlist | 1<<CollectionFolder |
	1<<Person | 1<<Genre | 1<<MusicGenre | 1<<Studio | 1<<Year

// shells are kinds that show nothing when nothing in them may be shown.
const shells = 1<<Folder | 1<<PhotoAlbum | 1<<MusicArtist | 1<<MusicAlbum | 1<<Series | 1<<Season

// judge applies Limits to cards. What it asks of the base's cards is in columns, so that
// judging a whole library does not touch them.
type judge struct {
	s                *Snapshot
	limits           *Limits
	blocked, allowed []Ref
	hidden           map[ID]bool
	unrated          uint32 // kinds

	facts           []slotFact
	bad, good, away slotSet // base slots with a blocked or an allowed tag, and hidden ones
}

// slotFact is what judging takes of a card of the base.
type slotFact struct {
	age  int8 // -1: no known rating
	kind Kind
	leaf bool
}

func (b *base) findFacts() []slotFact {
	out := make([]slotFact, len(b.cards))
	ages := make(map[string]int8)
	for i, c := range b.cards {
		age, ok := ages[c.Official]
		if !ok {
			age = age8(c.Official)
			ages[c.Official] = age
		}
		out[i] = slotFact{age, c.Kind, isLeaf(c)}
	}
	return out
}

func age8(official string) int8 { return int8(min(RatingAge(official), 127)) }

func (j *judge) fact(n uint32) slotFact {
	if int(n) < len(j.facts) {
		return j.facts[n]
	}
	c := j.s.nodeCard(n)
	return slotFact{age8(c.Official), c.Kind, isLeaf(c)}
}

// inherited is what a card takes from the folders around it.
type inherited struct {
	known   bool
	blocked bool // by a tag, or hidden
	allowed bool // has an allowed tag
	age     int8 // -1: no known rating
}

func (j *judge) prepare() {
	refs := func(tags []string) []Ref {
		var out []Ref
		for _, t := range tags {
			if head, ok := j.s.names.head(RoleTag, Fold(t)); ok {
				out = append(out, j.s.names.members(head)...)
			}
		}
		return out
	}
	j.blocked, j.allowed = refs(j.limits.BlockedTags), refs(j.limits.AllowedTags)
	j.unrated = kindMask(j.limits.BlockUnrated)
	j.hidden = make(map[ID]bool)
	for _, id := range j.limits.Hidden {
		j.hidden[id] = true
	}
	b := j.s.base
	j.facts = b.facts.get(b.findFacts)
	j.bad, j.good, j.away = newSlotSet(len(b.cards)), newSlotSet(len(b.cards)), b.idSet(j.limits.Hidden)
	p := j.s.postings()
	for _, r := range j.blocked {
		j.bad.addAll(p.of(r))
	}
	for _, r := range j.allowed {
		j.good.addAll(p.of(r))
	}
}

// with adds what a node says itself to what it inherits.
func (j *judge) with(in inherited, n uint32) inherited {
	in.known = true
	if age := j.fact(n).age; age >= 0 {
		in.age = age
	}
	if int(n) < len(j.facts) {
		in.blocked = in.blocked || j.bad.has(n) || j.away.has(n)
		in.allowed = in.allowed || j.good.has(n)
		return in
	}
	c := j.s.nodeCard(n)
	has := func(refs []Ref) bool {
		return len(refs) > 0 && slices.ContainsFunc(c.Links, func(r Ref) bool { return slices.Contains(refs, r) })
	}
	in.blocked = in.blocked || j.hidden[c.ID] || has(j.blocked)
	in.allowed = in.allowed || has(j.allowed)
	return in
}

func (j *judge) admits(kind Kind, in inherited) bool {
	if in.blocked {
		return false
	}
	if in.age >= 0 && j.limits.MaxAge != nil && int(in.age) > *j.limits.MaxAge {
		return false
	}
	if structure&(1<<kind) != 0 {
		return true
	}
	if in.age < 0 && j.unrated&(1<<kind) != 0 {
		return false
	}
	return len(j.limits.AllowedTags) == 0 || in.allowed
}

// limit takes out what the limits keep away, and folders in which that leaves nothing.
func (b *profiler) limit() {
	j := &b.judge
	t := b.s.treeNow()
	memo := make([]inherited, len(t.parent))
	left := make([]bool, len(t.parent))
	b.s.eachNode(func(n uint32, _ *Card) {
		if !b.out.has(n) {
			return
		}
		f := j.fact(n)
		if !j.admits(f.kind, j.inherit(t, memo, n, maxDepth)) {
			b.out.remove(n)
			return
		}
		if f.leaf {
			t.mark(left, n)
		}
	})
	b.s.eachNode(func(n uint32, _ *Card) {
		if t.leaves[n] > 0 && !left[n] && shells&(1<<j.fact(n).kind) != 0 {
			b.out.remove(n)
		}
	})
}

// mark marks the folders around a node. Where one is marked, so are those around it.
func (t *tree) mark(marked []bool, n uint32) {
	p := t.parent[n]
	for depth := 0; p != noSlot && depth < maxDepth && !marked[p]; depth++ {
		marked[p] = true
		p = t.parent[p]
	}
}

func (j *judge) inherit(t *tree, memo []inherited, n uint32, depth int) inherited {
	if memo[n].known {
		return memo[n]
	}
	in := inherited{age: -1}
	if p := t.parent[n]; p != noSlot && depth > 0 {
		if j.fact(uint32(p)).kind != CollectionFolder || j.hidden[j.s.nodeCard(uint32(p)).ID] {
			in = j.inherit(t, memo, uint32(p), depth-1)
		}
	}
	memo[n] = j.with(in, n)
	return memo[n]
}
