package library

import (
	"slices"
	"strings"
)

// music are the kinds whose genres are music genres.
const music = 1<<MusicArtist | 1<<MusicAlbum | 1<<Audio | 1<<MusicVideo

// Entities lists the genres, music genres, studios, persons, artists or years of the items
// that match the query, by name. Of the query, IDs, Search, the Name… fields, IsFavorite,
// IsLiked, Sort, Start and Limit are about the entities; everything else about the items.
// PersonTypes limits persons to those with such a credit.
func (s *Snapshot) Entities(kind Kind, q Query) Page {
	roles := func(Role) bool { return true }
	if kind == Person && len(q.PersonTypes) > 0 {
		types := rolesOf(q.PersonTypes)
		roles = func(r Role) bool { return types&(1<<r) != 0 }
	}
	return s.entityPage(kind, q, roles)
}

// AlbumArtists lists the artists that albums are by, as Entities does.
func (s *Snapshot) AlbumArtists(q Query) Page {
	return s.entityPage(MusicArtist, q, func(r Role) bool { return r == RoleAlbumArtist })
}

func rolesOf(types []string) uint32 {
	var mask uint32
	for _, t := range types {
		mask |= 1 << RoleOf(t)
	}
	return mask
}

// itemQuery is the part of an entity query that is about the items.
func itemQuery(q Query) Query {
	q.IDs, q.Search, q.NameStartsWith, q.NameLess, q.NameFrom = nil, "", "", "", ""
	q.IsFavorite, q.IsLiked, q.PersonTypes = nil, nil, nil
	q.Sort, q.Start, q.Limit = nil, 0, 0
	return q
}

func (s *Snapshot) entityPage(kind Kind, q Query, roles func(Role) bool) Page {
	keep := s.entityFilter(&q)
	var cards []*Card
	if kind == Year {
		cards = s.yearCards(itemQuery(q))
	} else {
		cards = s.nameCards(kind, itemQuery(q), roles, wordsOf(q.Search))
	}
	cards = slices.DeleteFunc(cards, func(c *Card) bool { return !keep(c) })
	page := Page{Total: len(cards)}
	if q.Limit >= 0 {
		q.Parent = ID{}
		k := &keyer{s: s, viewer: &q.Viewer, seed: q.Seed}
		page.Cards = k.sorted(cards, s.spec(&q), q.Start, q.Limit)
	}
	return page
}

func (s *Snapshot) entityFilter(q *Query) func(*Card) bool {
	only := Query{
		Viewer: Viewer{State: q.Viewer.State}, IDs: q.IDs, NameStartsWith: q.NameStartsWith,
		NameLess: q.NameLess, NameFrom: q.NameFrom, IsFavorite: q.IsFavorite, IsLiked: q.IsLiked,
	}
	m := s.matcher(&only)
	return m.match
}

func (s *Snapshot) yearCards(q Query) []*Card {
	seen := make(map[int16]bool)
	s.eachHit(s.find(&q), func(c *Card) bool { seen[c.Year] = c.Year > 0; return true })
	var cards []*Card
	for y, ok := range seen {
		if ok {
			cards = append(cards, s.entityCard(q.Viewer, entityKey{kind: Year, year: y}))
		}
	}
	return cards
}

func (s *Snapshot) nameCards(kind Kind, q Query, roles func(Role) bool, search []string) []*Card {
	rows := s.names.view()
	h := s.find(&q)
	s.limitToGenreKinds(kind, &h)
	found := s.presentNames(entityClass(kind), h, rows, roles)
	if kind == MusicArtist {
		s.addArtistFolders(q, rows, found)
	}
	var cards []*Card
	for head := range found {
		if len(search) == 0 || matchesWords(rows[head].folded, search) {
			cards = append(cards, s.entityCard(q.Viewer, entityKey{kind: kind, head: head}))
		}
	}
	return cards
}

func (s *Snapshot) limitToGenreKinds(kind Kind, h *hits) {
	mask := ^uint32(0)
	switch kind {
	case Genre:
		mask = ^uint32(music)
	case MusicGenre:
		mask = music
	default:
		return
	}
	h.base.and(s.base.kindSet(mask))
	h.extra = slices.DeleteFunc(h.extra, func(i uint32) bool { return mask&(1<<s.extra[i].Kind) == 0 })
}

// presentNames returns the heads of the entities that some hit has.
func (s *Snapshot) presentNames(class Role, h hits, rows []nameRow, roles func(Role) bool) map[Ref]bool {
	found := make(map[Ref]bool)
	p := s.postings()
	for r, row := range rows {
		if row.role.class() == class && roles(row.role) && !found[row.head] && h.base.intersects(p.of(Ref(r))) {
			found[row.head] = true
		}
	}
	for _, i := range h.extra {
		for _, r := range s.extra[i].Links {
			if row := rows[r]; row.role.class() == class && roles(row.role) {
				found[row.head] = true
			}
		}
	}
	return found
}

// addArtistFolders adds artists that have a folder but no tagged track.
func (s *Snapshot) addArtistFolders(q Query, rows []nameRow, found map[Ref]bool) {
	q.Kinds, q.Media, q.IsFolder = []Kind{MusicArtist}, nil, nil
	s.eachHit(s.find(&q), func(c *Card) bool {
		if head, ok := s.names.head(RoleArtist, Fold(c.Name)); ok && int(head) < len(rows) {
			found[head] = true
		}
		return true
	})
}

func wordsOf(search string) []string {
	if search == "" {
		return nil
	}
	return Words(search)
}

// matchesWords reports whether every word begins some word of a folded text.
func matchesWords(folded string, words []string) bool {
	var have []string
	for _, w := range words {
		if !strings.Contains(folded, w) && !strings.ContainsAny(folded, "'’") {
			return false
		}
	}
	have = appendWords(have, folded)
	for _, w := range words {
		if !slices.ContainsFunc(have, func(h string) bool { return strings.HasPrefix(h, w) }) {
			return false
		}
	}
	return true
}

func (m *matcher) entities() {
	q, s := m.q, m.s
	m.named(q.Genres, RoleGenre, nil)
	m.named(q.Studios, RoleStudio, nil)
	m.named(q.Tags, RoleTag, nil)
	var person func(Role) bool
	if len(q.PersonTypes) > 0 {
		types := rolesOf(q.PersonTypes)
		person = func(r Role) bool { return types&(1<<r) != 0 }
		if len(q.Persons) == 0 && len(q.PersonIDs) == 0 {
			m.add(func(c *Card) bool {
				return slices.ContainsFunc(c.Links, func(r Ref) bool { return person(s.names.Role(r)) })
			})
		}
	}
	m.named(q.Persons, RoleCrew, person)
	m.byID(q.GenreIDs, nil)
	m.byID(q.StudioIDs, nil)
	m.byID(q.PersonIDs, person)
	m.byID(q.ArtistIDs, nil)
	m.byID(q.AlbumArtistIDs, func(r Role) bool { return r == RoleAlbumArtist })
	if ids := q.ContributingArtistIDs; len(ids) > 0 {
		m.byID(ids, func(r Role) bool { return r == RoleArtist })
		not := m.s.entitySet(m.keys(ids)...).only(func(r Role) bool { return r == RoleAlbumArtist })
		m.add(func(c *Card) bool { return !not.holds(c) })
	}
}

func (m *matcher) named(list []string, class Role, pass func(Role) bool) {
	if len(list) == 0 {
		return
	}
	var keys []entityKey
	for _, name := range list {
		if head, ok := m.s.names.head(class, Fold(name)); ok {
			keys = append(keys, entityKey{head: head})
		}
	}
	m.having(keys, pass)
}

func (m *matcher) keys(ids []ID) []entityKey {
	var keys []entityKey
	for _, id := range ids {
		if key, ok := m.s.entityByID(id); ok {
			keys = append(keys, key)
		}
	}
	return keys
}

func (m *matcher) byID(ids []ID, pass func(Role) bool) {
	if len(ids) > 0 {
		m.having(m.keys(ids), pass)
	}
}

func (m *matcher) having(keys []entityKey, pass func(Role) bool) {
	if len(keys) == 0 {
		m.nothing = true
		return
	}
	set := m.s.entitySet(keys...)
	if pass != nil {
		set = set.only(pass)
	}
	m.addIndexed(set.holds, set.slots)
}

// FilterValues are the values that occur among some items, each list sorted.
type FilterValues struct {
	Genres, Tags, OfficialRatings []string
	Years                         []int
}

// Filters returns what the items that match the query can be filtered by.
func (s *Snapshot) Filters(q Query) FilterValues {
	h := s.find(&q)
	rows := s.names.view()
	names := func(role Role) []string {
		var out []string
		for head := range s.presentNames(role, h, rows, func(Role) bool { return true }) {
			out = append(out, rows[head].name)
		}
		slices.SortFunc(out, func(a, b string) int { return strings.Compare(SortKey(a), SortKey(b)) })
		return out
	}
	f := FilterValues{Genres: names(RoleGenre), Tags: names(RoleTag)}
	ratings, years := make(map[string]bool), make(map[int16]bool)
	s.eachHit(h, func(c *Card) bool {
		if c.Official != "" {
			ratings[c.Official] = true
		}
		if c.Year > 0 {
			years[c.Year] = true
		}
		return true
	})
	for r := range ratings {
		f.OfficialRatings = append(f.OfficialRatings, r)
	}
	slices.Sort(f.OfficialRatings)
	for y := range years {
		f.Years = append(f.Years, int(y))
	}
	slices.Sort(f.Years)
	return f
}
