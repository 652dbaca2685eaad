package library

import (
	"math/bits"
	"slices"
	"strconv"
	"strings"
	"time"
)

// matcher is a Query made ready: every restriction there is, as a test of one card.
// Restrictions that an index answers also carry the set of cards they let through.
type matcher struct {
	s       *Snapshot
	q       *Query
	clauses []clause
	nothing bool // some restriction can never hold
}

// clause is one restriction. test must be the whole truth; set, where there is one,
// returns the base slots that pass and may cost up to a pass over an index.
type clause struct {
	test func(*Card) bool
	set  func() slotSet
}

func (s *Snapshot) matcher(q *Query) *matcher {
	m := &matcher{s: s, q: q}
	m.rights()
	m.extras()
	m.place()
	m.sorts()
	m.names()
	m.entities()
	m.personal()
	m.facts()
	m.numbers()
	m.dates()
	m.details()
	return m
}

func (m *matcher) add(test func(*Card) bool) { m.clauses = append(m.clauses, clause{test: test}) }

func (m *matcher) addIndexed(test func(*Card) bool, set func() slotSet) {
	m.clauses = append(m.clauses, clause{test: test, set: set})
}

func (m *matcher) match(c *Card) bool {
	if m.nothing {
		return false
	}
	for i := range m.clauses {
		if !m.clauses[i].test(c) {
			return false
		}
	}
	return true
}

func (m *matcher) place() {
	if p := m.q.Parent; !p.IsZero() {
		m.parent(p)
	}
	if ids := m.q.IDs; len(ids) > 0 {
		m.addIndexed(
			func(c *Card) bool { return slices.Contains(ids, c.ID) },
			func() slotSet { return m.s.base.idSet(ids) })
	}
	if ids := m.q.Exclude; len(ids) > 0 {
		m.addIndexed(
			func(c *Card) bool { return !slices.Contains(ids, c.ID) },
			func() slotSet {
				out := m.s.base.idSet(ids)
				out.invert(len(m.s.base.cards))
				return out
			})
	}
	if ids := m.q.AlbumIDs; len(ids) > 0 {
		m.add(func(c *Card) bool { return !c.Album.IsZero() && slices.Contains(ids, c.Album) })
	}
	if ids := m.q.SeriesIDs; len(ids) > 0 {
		m.add(func(c *Card) bool { return !c.Series.IsZero() && slices.Contains(ids, c.Series) })
	}
}

func (m *matcher) parent(p ID) {
	s := m.s
	if sh, ok := shelfByID(p); ok {
		m.onAShelf(sh)
		return
	}
	c, stored := s.Card(p)
	if stored && isList(c) {
		m.inList(c.List)
		return
	}
	if stored && c.Kind == CollectionFolder && m.q.Recursive {
		m.addIndexed(
			func(c *Card) bool { return c.Library == p && c.ID != p },
			func() slotSet { return s.base.libraryBelow(p) })
		return
	}
	if e, ok := s.entityByID(p); ok {
		set := s.entitySet(e)
		if stored {
			m.addIndexed(
				func(c *Card) bool { return s.under(c, p) || set.holds(c) },
				func() slotSet {
					out := s.belowSet(p)
					out.or(set.slots())
					return out
				})
			return
		}
		m.addIndexed(set.holds, set.slots)
		return
	}
	if m.q.Recursive {
		m.addIndexed(
			func(c *Card) bool { return s.under(c, p) },
			func() slotSet { return s.belowSet(p) })
		return
	}
	m.addIndexed(
		func(c *Card) bool { return home(c) == p },
		func() slotSet { return s.childSet(p) })
}

func (m *matcher) sorts() {
	q := m.q
	if len(q.Kinds) > 0 {
		m.kinds(kindMask(q.Kinds))
	}
	if len(q.ExcludeKinds) > 0 {
		m.kinds(^kindMask(q.ExcludeKinds))
	}
	if len(q.Media) > 0 {
		m.kinds(kindsWhere(func(k Kind) bool { return slices.Contains(q.Media, k.Media()) }))
	}
	if q.IsFolder != nil {
		m.kinds(kindsWhere(func(k Kind) bool { return k.IsFolder() == *q.IsFolder }))
	}
	if q.IsMissing != nil && *q.IsMissing {
		m.nothing = true // what is missing is not in the library
	}
}

func (m *matcher) kinds(mask uint32) {
	m.addIndexed(
		func(c *Card) bool { return mask&(1<<c.Kind) != 0 },
		func() slotSet { return m.s.base.kindSet(mask) })
}

func kindMask(kinds []Kind) uint32 {
	var mask uint32
	for _, k := range kinds {
		mask |= 1 << k
	}
	return mask
}

func kindsWhere(fn func(Kind) bool) uint32 {
	var mask uint32
	for k := range kindCount {
		if fn(k) {
			mask |= 1 << k
		}
	}
	return mask
}

func maskKinds(mask uint32) []Kind {
	var kinds []Kind
	for mask != 0 {
		k := bits.TrailingZeros32(mask)
		mask &^= 1 << k
		kinds = append(kinds, Kind(k))
	}
	return kinds
}

func (m *matcher) names() {
	q, s := m.q, m.s
	if q.Search != "" {
		m.search()
	}
	if p := letters(q.NameStartsWith); p != "" {
		m.addIndexed(
			func(c *Card) bool { return strings.HasPrefix(letterKey(c), p) },
			func() slotSet { return s.base.letterRange(p, p+"\xff") })
	}
	if to := letters(q.NameLess); to != "" {
		m.addIndexed(
			func(c *Card) bool { return letterKey(c) < to },
			func() slotSet { return s.base.letterRange("", to) })
	}
	if from := letters(q.NameFrom); from != "" {
		m.addIndexed(
			func(c *Card) bool { return letterKey(c) >= from },
			func() slotSet { return s.base.letterRange(from, "\xff\xff") })
	}
}

// letters is the form of a typed beginning that compares with a letterKey. Articles and
// numbers stay as they are typed.
func letters(typed string) string { return strings.TrimLeft(Fold(typed), " ") }

// letterKey is what the alphabet beside a list goes by: the sort name, or the plain name
// where the sort name begins with numbers.
func letterKey(c *Card) string {
	switch c.Kind {
	case Season, Episode, Audio, AudioBook:
		return SortKey(c.Name)
	}
	return c.Sort
}

func (m *matcher) personal() {
	q := m.q
	st := q.Viewer.State
	if q.IsPlayed != nil {
		m.personalFlag(*q.IsPlayed, viewPlayed, func(c *Card) bool { return m.s.played(&q.Viewer, c) })
	}
	if q.IsFavorite != nil {
		m.personalFlag(*q.IsFavorite, viewFavorite, func(c *Card) bool { return st.Get(c.ID).Favorite })
	}
	if q.IsResumable != nil {
		m.personalFlag(*q.IsResumable, viewResumable, func(c *Card) bool { return st.Get(c.ID).Position > 0 })
	}
	if q.IsLiked != nil {
		want := *q.IsLiked
		m.add(func(c *Card) bool {
			l := st.Get(c.ID).Likes
			return l != nil && *l == want
		})
	}
}

func (m *matcher) personalFlag(want bool, which viewFlag, test func(*Card) bool) {
	m.addIndexed(
		func(c *Card) bool { return test(c) == want },
		func() slotSet { return m.s.personalSet(&m.q.Viewer, which, want) })
}

func (m *matcher) facts() {
	q := m.q
	m.flag(q.HasSubtitles, HasSubtitles)
	m.flag(q.HasTrailer, HasTrailer)
	m.flag(q.HasOverview, HasOverview)
	m.flag(q.Is3D, Is3D)
	m.fact(q.IsHD, "hd", func(c *Card) bool { return c.Width >= widthHD })
	m.fact(q.Is4K, "4k", func(c *Card) bool { return c.Width >= width4K })
	if len(q.Official) > 0 {
		m.add(func(c *Card) bool { return containsFold(q.Official, c.Official) })
	}
	if len(q.Containers) > 0 {
		m.add(func(c *Card) bool { return c.Container != "" && containsFold(q.Containers, c.Container) })
	}
	if len(q.Providers) > 0 {
		m.add(func(c *Card) bool { return hasProvider(c, q.Providers) })
	}
}

// Widths from which a picture counts as HD and 4K. Films in scope are cropped, so these
// stay under the nominal widths.
const (
	widthHD = 1200
	width4K = 3800
)

func (m *matcher) flag(want *bool, f Flags) {
	m.fact(want, strconv.Itoa(int(f)), func(c *Card) bool { return c.Flags&f != 0 })
}

// fact restricts by a yes or no that is the same for everybody.
func (m *matcher) fact(want *bool, name string, is func(*Card) bool) {
	if want == nil {
		return
	}
	b := m.s.base
	m.addIndexed(
		func(c *Card) bool { return is(c) == *want },
		func() slotSet {
			return b.sets.get(setKey{what: "fact", text: name, n: int(truth(*want))}, func() slotSet {
				out := newSlotSet(len(b.cards))
				for i, c := range b.cards {
					out.put(uint32(i), is(c) == *want)
				}
				return out
			})
		})
}

func containsFold(list []string, s string) bool {
	return slices.ContainsFunc(list, func(l string) bool { return strings.EqualFold(l, s) })
}

// hasProvider matches "imdb" with any id of that provider and "imdb:tt0000001" with one.
func hasProvider(c *Card, wanted []string) bool {
	for _, w := range wanted {
		w = Fold(w)
		for _, p := range c.Providers {
			if p == w || len(p) > len(w) && p[len(w)] == ':' && p[:len(w)] == w {
				return true
			}
		}
	}
	return false
}

func (m *matcher) numbers() {
	q := m.q
	if len(q.Years) > 0 {
		m.addIndexed(
			func(c *Card) bool { return slices.Contains(q.Years, int(c.Year)) },
			func() slotSet { return m.s.base.yearSet(q.Years) })
	}
	if q.MinRating > 0 {
		m.add(func(c *Card) bool { return c.Rating >= q.MinRating })
	}
	if q.MinCritic > 0 {
		m.add(func(c *Card) bool { return c.Critic >= q.MinCritic })
	}
	if q.Index != nil {
		m.add(func(c *Card) bool { return c.Index == Num(*q.Index) })
	}
	if q.ParentIndex != nil {
		m.add(func(c *Card) bool { return c.ParentIndex == Num(*q.ParentIndex) })
	}
}

func (m *matcher) dates() {
	q := m.q
	from := func(t time.Time, of func(*Card) int64) {
		if !t.IsZero() {
			unix := t.Unix()
			m.add(func(c *Card) bool { return of(c) >= unix })
		}
	}
	premiered := func(c *Card) int64 { return c.Premiered }
	from(q.MinPremiered, premiered)
	from(q.MinAdded, func(c *Card) int64 { return c.Added })
	if !q.MaxPremiered.IsZero() {
		unix := q.MaxPremiered.Unix()
		m.add(func(c *Card) bool { return c.Premiered != 0 && c.Premiered <= unix })
	}
}
