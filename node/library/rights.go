package library

import (
	"encoding/binary"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"
)

// Rights are a person's limits inside the libraries they may see. Make them with
// NewRights; they never change.
type Rights struct {
	limits Limits
	key    string
}

// Limits say what Rights keep from a person. Ratings and tags count for everything below
// the folder that has them: an episode without a rating has its series'.
type Limits struct {
	MaxAge       *int     // highest age of a parental rating, in years; nil: any
	BlockUnrated []Kind   // kinds that are kept away while they have no known rating
	BlockedTags  []string // kept away with any of these
	AllowedTags  []string // if any: kept away without one of these
	Hidden       []ID     // kept away, with what is below
}

// NewRights returns the rights for some limits; nil when they limit nothing.
func NewRights(l Limits) *Rights {
	if l.MaxAge == nil && len(l.BlockUnrated)+len(l.BlockedTags)+len(l.AllowedTags)+len(l.Hidden) == 0 {
		return nil
	}
	r := &Rights{limits: l}
	key := []byte{'r'}
	if l.MaxAge != nil {
		key = binary.AppendVarint(append(key, 'a'), int64(*l.MaxAge))
	}
	key = binary.BigEndian.AppendUint32(append(key, 'u'), kindMask(l.BlockUnrated))
	for what, tags := range [...][]string{l.BlockedTags, l.AllowedTags} {
		for _, t := range tags {
			key = append(append(append(key, 'b'+byte(what)), Fold(t)...), 0)
		}
	}
	for _, id := range l.Hidden {
		key = append(append(key, 'h'), id[:]...)
	}
	r.key = string(key)
	return r
}

// eyes are what a person may know of in one snapshot. Nothing else decides that: not the
// look-up of one card, not the index of a query, not a count.
type eyes struct {
	s *Snapshot
	p *profile // nil: sees everything
}

// profile is the nodes that people with the same rights see.
type profile struct {
	nodes   slotSet
	limited bool // within libraries too, so that folders hold less than there is
	counts  lazy[*tree]
}

// profiles keeps the last few profiles of a snapshot.
type profiles struct {
	mu   sync.Mutex
	have map[string]*lazy[*profile]
	used []string // the oldest first
	last atomic.Pointer[lastSeen]
}

const maxProfiles = 24

func (p *profiles) entry(key string) *lazy[*profile] {
	p.mu.Lock()
	defer p.mu.Unlock()
	if e, ok := p.have[key]; ok {
		return e
	}
	if p.have == nil {
		p.have = make(map[string]*lazy[*profile])
	}
	if len(p.used) >= maxProfiles {
		delete(p.have, p.used[0])
		p.used = slices.Delete(p.used, 0, 1)
	}
	e := new(lazy[*profile])
	p.have[key] = e
	p.used = append(p.used, key)
	return e
}

// unlimited reports the viewer that is nobody in particular: the node itself, or a key.
func (v *Viewer) unlimited() bool {
	return v.User.IsZero() && v.Libraries == nil && v.Rights == nil
}

// key is the same for viewers who see the same.
func (v *Viewer) key() string {
	key := append(make([]byte, 0, 128), v.User[:]...)
	if v.Libraries != nil {
		ids := make([]ID, 0, len(v.Libraries))
		for id, allowed := range v.Libraries {
			if allowed {
				ids = append(ids, id)
			}
		}
		slices.SortFunc(ids, compareID)
		key = append(key, 'l')
		for _, id := range ids {
			key = append(key, id[:]...)
		}
	}
	if v.Rights != nil {
		key = append(key, v.Rights.key...)
	}
	return string(key)
}

func (s *Snapshot) eyes(v *Viewer) eyes {
	if v.unlimited() {
		return eyes{s: s}
	}
	if l := s.profiles.last.Load(); l != nil && l.is(v) {
		return eyes{s, l.p}
	}
	p := s.profiles.entry(v.key()).get(func() *profile { return s.profile(*v) })
	s.profiles.last.Store(&lastSeen{v.User, v.Libraries, v.Rights, p})
	return eyes{s, p}
}

// lastSeen is the viewer who asked last: a request asks often, always with the same one.
type lastSeen struct {
	user      ID
	libraries map[ID]bool
	rights    *Rights
	p         *profile
}

// is compares by identity, which may miss a viewer who sees the same and never takes one
// for another.
func (l *lastSeen) is(v *Viewer) bool {
	return l.user == v.User && l.rights == v.Rights && (l.libraries == nil) == (v.Libraries == nil) &&
		reflect.ValueOf(l.libraries).Pointer() == reflect.ValueOf(v.Libraries).Pointer()
}

// see reports whether the person may know of a card of the snapshot.
func (e eyes) see(c *Card) bool {
	if e.p == nil {
		return true
	}
	n, ok := e.s.node(c.ID)
	return ok && e.p.nodes.has(n)
}

// tree is what folders hold for the person.
func (e eyes) tree() *tree {
	if e.p == nil || !e.p.limited {
		return e.s.treeNow()
	}
	return e.p.counts.get(func() *tree { return e.s.buildTree(e.p.nodes) })
}

// Sees reports whether a person may know of a card; of one that is not in the snapshot
// any more, whether they might have. When in doubt they might not.
func (s *Snapshot) Sees(v Viewer, c *Card) bool {
	if _, ok := s.node(c.ID); ok {
		return s.eyes(&v).see(c)
	}
	if c.List != nil && !v.User.IsZero() && !c.List.For(v.User) {
		return false
	}
	return v.Rights == nil && (v.Libraries == nil || v.Libraries[c.Library])
}

func (m *matcher) rights() {
	if e := m.s.eyes(&m.q.Viewer); e.p != nil {
		m.addIndexed(e.see, func() slotSet { return e.p.nodes })
	}
}

func (s *Snapshot) profile(v Viewer) *profile {
	b := profiler{s: s, v: &v, out: newSlotSet(len(s.base.cards) + len(s.extra))}
	b.libraries()
	if v.Rights != nil {
		b.judge = judge{s: s, limits: &v.Rights.limits}
		b.judge.prepare()
		b.limit()
	}
	b.lists()
	return &profile{nodes: b.out, limited: v.Rights != nil}
}

// profiler makes a profile.
type profiler struct {
	s   *Snapshot
	v   *Viewer
	out slotSet

	judge judge // with Rights
}

func (b *profiler) libraries() {
	s, libs := b.s, b.v.Libraries
	if libs == nil {
		b.out.invert(len(s.base.cards) + len(s.extra))
		return
	}
	copy(b.out, s.base.librarySet(libs))
	for i, c := range s.extra {
		id := c.Library
		if c.Kind == CollectionFolder {
			id = c.ID
		}
		b.out.put(uint32(len(s.base.cards)+i), libs[id])
	}
}

// lists decides about playlists and box sets, whose contents come from anywhere: the first
// are for those they are shared with, the second for those who see something in them.
func (b *profiler) lists() {
	s := b.s
	for _, kind := range [...]Kind{Playlist, BoxSet} {
		s.eachList(kind, func(c *Card) bool {
			n, _ := s.node(c.ID)
			loose := c.Library.IsZero() || c.Library == c.ID
			seen := b.out.has(n) || loose && b.passes(n, c)
			if kind == Playlist {
				seen = seen && (b.v.User.IsZero() || c.List.For(b.v.User))
			} else if len(c.List.Members) > 0 && (b.v.Libraries != nil || b.v.Rights != nil) {
				seen = seen && slices.ContainsFunc(c.List.Members, b.has)
			}
			b.out.put(n, seen)
			return true
		})
	}
}

func (b *profiler) has(id ID) bool {
	n, ok := b.s.node(id)
	return ok && b.out.has(n)
}

// passes judges a card by itself.
func (b *profiler) passes(n uint32, c *Card) bool {
	if b.v.Rights == nil {
		return true
	}
	return b.judge.admits(c.Kind, b.judge.with(inherited{age: -1}, n))
}
