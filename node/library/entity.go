package library

import (
	"slices"
	"strconv"
)

// EntityID is the id of a name that items share: a genre, studio, person, artist or year.
// It follows from the kind and the folded name, so "Sci-Fi" and "sci-fi" are one.
func EntityID(kind Kind, name string) ID {
	return NewID("entity", kind.String(), Fold(name))
}

// IsEntity reports the kinds that are names found on items rather than items.
func (k Kind) IsEntity() bool {
	switch k {
	case Genre, MusicGenre, Studio, Person, MusicArtist, Year:
		return true
	}
	return false
}

// entityClass is the role under which an entity kind's names are kept.
func entityClass(k Kind) Role {
	switch k {
	case Genre, MusicGenre:
		return RoleGenre
	case Studio:
		return RoleStudio
	case Person:
		return RoleCrew
	case MusicArtist:
		return RoleArtist
	}
	return RoleNone
}

type entityKey struct {
	kind Kind
	head Ref   // of names
	year int16 // of years
}

type nameKeyOfKind struct {
	kind   Kind
	folded string
}

// entityID finds which entity has an id.
func (n *Names) entityID(id ID) (entityKey, bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.ids == nil {
		n.ids = make(map[ID]entityKey)
		for y := 1; y < 2200; y++ {
			n.ids[EntityID(Year, strconv.Itoa(y))] = entityKey{kind: Year, year: int16(y)}
		}
	}
	for ; n.idsTo < len(n.rows); n.idsTo++ {
		row := n.rows[n.idsTo]
		if int(row.head) != n.idsTo {
			continue
		}
		for _, k := range [...]Kind{Genre, MusicGenre, Studio, Person, MusicArtist} {
			if entityClass(k) == row.role.class() {
				n.ids[EntityID(k, row.folded)] = entityKey{kind: k, head: row.head}
			}
		}
	}
	key, ok := n.ids[id]
	return key, ok
}

// members are the Refs of the entity that a head stands for.
func (n *Names) members(head Ref) []Ref {
	n.mu.RLock()
	defer n.mu.RUnlock()
	return append([]Ref{head}, n.more[head]...)
}

// postings lists the base slots of the cards that have each Ref.
type postings struct {
	from  []uint32
	slots []uint32
}

func (b *base) post() postings {
	var top Ref
	total := 0
	for _, c := range b.cards {
		total += len(c.Links)
		for _, r := range c.Links {
			top = max(top, r+1)
		}
	}
	p := postings{from: make([]uint32, top+1), slots: make([]uint32, total)}
	for _, c := range b.cards {
		for _, r := range c.Links {
			p.from[r+1]++
		}
	}
	for r := range top {
		p.from[r+1] += p.from[r]
	}
	next := slices.Clone(p.from)
	for i, c := range b.cards {
		for _, r := range c.Links {
			p.slots[next[r]] = uint32(i)
			next[r]++
		}
	}
	return p
}

func (p *postings) of(r Ref) []uint32 {
	if int(r)+1 >= len(p.from) {
		return nil
	}
	return p.slots[p.from[r]:p.from[r+1]]
}

func (s *Snapshot) postings() *postings {
	s.base.posted.get(s.base.post)
	return &s.base.posted.v
}

// entitySet is the items that have one of some names, or are of one of some years.
type entitySet struct {
	s     *Snapshot
	refs  []Ref
	years []int
}

func (e entitySet) holds(c *Card) bool {
	for _, r := range c.Links {
		if slices.Contains(e.refs, r) {
			return true
		}
	}
	return len(e.years) > 0 && slices.Contains(e.years, int(c.Year))
}

func (e entitySet) slots() slotSet {
	out := e.s.base.yearSet(e.years)
	p := e.s.postings()
	for _, r := range e.refs {
		out.addAll(p.of(r))
	}
	return out
}

// entitySet returns the items that have an entity.
func (s *Snapshot) entitySet(keys ...entityKey) entitySet {
	e := entitySet{s: s}
	for _, k := range keys {
		if k.kind == Year {
			e.years = append(e.years, int(k.year))
			continue
		}
		e.refs = append(e.refs, s.names.members(k.head)...)
	}
	return e
}

// only keeps the names in roles that pass.
func (e entitySet) only(pass func(Role) bool) entitySet {
	e.refs = slices.DeleteFunc(slices.Clone(e.refs), func(r Ref) bool { return !pass(e.s.names.Role(r)) })
	return e
}

// entityByID finds an entity by its own id or by the id of an item that stands for it.
func (s *Snapshot) entityByID(id ID) (entityKey, bool) {
	if c, ok := s.Card(id); ok {
		if !c.Kind.IsEntity() {
			return entityKey{}, false
		}
		return s.entityNamed(c.Kind, c.Name)
	}
	return s.names.entityID(id)
}

func (s *Snapshot) entityNamed(kind Kind, name string) (entityKey, bool) {
	if kind == Year {
		y, err := strconv.Atoi(name)
		return entityKey{kind: Year, year: clamp16(y)}, err == nil && y > 0
	}
	head, ok := s.names.head(entityClass(kind), Fold(name))
	return entityKey{kind: kind, head: head}, ok
}

// EntityByID returns the card of an entity, or of a shelf, if the viewer may see anything
// that has it.
// A stored item that stands for the entity wins over a made-up card.
func (s *Snapshot) EntityByID(v Viewer, id ID) (*Card, bool) {
	if c, ok := s.Card(id); ok {
		return c, c.Kind.IsEntity() && s.seesEntity(v, c)
	}
	if sh, ok := shelfByID(id); ok {
		return sh.card(), s.onShelf(&v, sh) > 0
	}
	key, ok := s.names.entityID(id)
	if !ok || s.find(&Query{Viewer: v, Parent: id, Recursive: true}).count() == 0 {
		return nil, false
	}
	return s.entityCard(v, key), true
}

// EntityByName is EntityByID for a name, in any spelling that folds the same.
func (s *Snapshot) EntityByName(v Viewer, kind Kind, name string) (*Card, bool) {
	if c, ok := s.storedEntity(v, kind, Fold(name)); ok {
		return c, true
	}
	return s.EntityByID(v, EntityID(kind, name))
}

// seesEntity: an artist with a folder is seen by its library, a stored name without one by
// the items that have it.
func (s *Snapshot) seesEntity(v Viewer, c *Card) bool {
	if !c.Library.IsZero() && s.eyes(&v).see(c) {
		return true
	}
	key, ok := s.entityNamed(c.Kind, c.Name)
	if !ok {
		return v.Libraries == nil && v.Rights == nil
	}
	q := Query{Viewer: v}
	m := s.matcher(&q)
	set := s.entitySet(key)
	m.addIndexed(set.holds, set.slots)
	return s.collect(m).count() > 0
}

// storedEntity finds the stored item for an entity.
func (s *Snapshot) storedEntity(v Viewer, kind Kind, folded string) (*Card, bool) {
	index := s.stored.get(s.indexStored)
	for _, c := range index[nameKeyOfKind{kind, folded}] {
		if s.seesEntity(v, c) {
			return c, true
		}
	}
	return nil, false
}

func (s *Snapshot) indexStored() map[nameKeyOfKind][]*Card {
	m := make(map[nameKeyOfKind][]*Card)
	q := Query{Kinds: maskKinds(kindsWhere(Kind.IsEntity))}
	s.eachHit(s.find(&q), func(c *Card) bool {
		key := nameKeyOfKind{c.Kind, Fold(c.Name)}
		m[key] = append(m[key], c)
		return true
	})
	return m
}

func (s *Snapshot) entityCard(v Viewer, key entityKey) *Card {
	if key.kind == Year {
		name := strconv.Itoa(int(key.year))
		return &Card{ID: EntityID(Year, name), Kind: Year, Name: name, Sort: SortKey(name), Year: key.year}
	}
	row := s.names.row(key.head)
	if c, ok := s.storedEntity(v, key.kind, row.folded); ok {
		return c
	}
	return &Card{ID: EntityID(key.kind, row.folded), Kind: key.kind, Name: row.name, Sort: entitySort(key.kind, row)}
}

func entitySort(kind Kind, row nameRow) string {
	if kind == Person {
		return row.folded
	}
	return SortKey(row.name)
}

// EntityCounts is how many items of each kind that a person may see have an entity.
func (s *Snapshot) EntityCounts(v Viewer, id ID) KindCounts {
	key, ok := s.entityByID(id)
	if !ok {
		return KindCounts{}
	}
	m := s.matcher(&Query{Viewer: v})
	set := s.entitySet(key)
	m.addIndexed(set.holds, set.slots)
	return s.countKinds(s.collect(m))
}
