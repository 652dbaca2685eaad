package library

import "slices"

// structure are kinds that have no rating of their own to miss: they are seen for what is
// in them.
const structure = 1<<Folder | 1<<PhotoAlbum | 1<<MusicArtist | 1<<BoxSet | 1<<Playlist | 1<<CollectionFolder |
	1<<Person | 1<<Genre | 1<<MusicGenre | 1<<Studio | 1<<Year

// shells are kinds that show nothing when nothing in them may be shown.
const shells = 1<<Folder | 1<<PhotoAlbum | 1<<MusicArtist | 1<<MusicAlbum | 1<<Series | 1<<Season

// judge applies Limits to cards.
type judge struct {
	s                *Snapshot
	limits           *Limits
	blocked, allowed []Ref
	hidden           map[ID]bool
	unrated          uint32 // kinds
	ages             map[string]int8
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
	j.hidden, j.ages = make(map[ID]bool), make(map[string]int8)
	for _, id := range j.limits.Hidden {
		j.hidden[id] = true
	}
}

// with adds what a card says itself to what it inherits.
func (j *judge) with(in inherited, c *Card) inherited {
	in.known = true
	if age := j.age(c.Official); age >= 0 {
		in.age = age
	}
	has := func(refs []Ref) bool {
		return len(refs) > 0 && slices.ContainsFunc(c.Links, func(r Ref) bool { return slices.Contains(refs, r) })
	}
	in.blocked = in.blocked || j.hidden[c.ID] || has(j.blocked)
	in.allowed = in.allowed || has(j.allowed)
	return in
}

func (j *judge) age(official string) int8 {
	if official == "" {
		return -1
	}
	age, ok := j.ages[official]
	if !ok {
		age = int8(min(RatingAge(official), 127))
		j.ages[official] = age
	}
	return age
}

func (j *judge) admits(c *Card, in inherited) bool {
	if in.blocked {
		return false
	}
	if in.age >= 0 && j.limits.MaxAge != nil && int(in.age) > *j.limits.MaxAge {
		return false
	}
	if structure&(1<<c.Kind) != 0 {
		return true
	}
	if in.age < 0 && j.unrated&(1<<c.Kind) != 0 {
		return false
	}
	return len(j.limits.AllowedTags) == 0 || in.allowed
}

// limit takes out what the limits keep away, and folders in which that leaves nothing.
func (b *profiler) limit(l *Limits) {
	j := judge{s: b.s, limits: l}
	j.prepare()
	t := b.s.treeNow()
	memo := make([]inherited, len(t.parent))
	left := make([]bool, len(t.parent))
	b.s.eachNode(func(n uint32, c *Card) {
		if !b.out.has(n) {
			return
		}
		if !j.admits(c, j.inherit(t, memo, n, maxDepth)) {
			b.out.remove(n)
			return
		}
		if isLeaf(c) {
			t.climb(n, func(p int32) { left[p] = true })
		}
	})
	b.s.eachNode(func(n uint32, c *Card) {
		if shells&(1<<c.Kind) != 0 && t.leaves[n] > 0 && !left[n] {
			b.out.remove(n)
		}
	})
}

func (j *judge) inherit(t *tree, memo []inherited, n uint32, depth int) inherited {
	if memo[n].known {
		return memo[n]
	}
	in := inherited{age: -1}
	if p := t.parent[n]; p != noSlot && depth > 0 {
		if c := j.s.nodeCard(uint32(p)); c.Kind != CollectionFolder || j.hidden[c.ID] {
			in = j.inherit(t, memo, uint32(p), depth-1)
		}
	}
	memo[n] = j.with(in, j.s.nodeCard(n))
	return memo[n]
}
