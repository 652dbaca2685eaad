package library

import (
	"cmp"
	"slices"
	"time"
)

// ResumeQuery asks for what a person has begun and not finished.
type ResumeQuery struct {
	Viewer  Viewer
	Parent  ID // below this folder
	Kinds   []Kind
	Media   []MediaType
	Exclude []ID // playing right now, say
	Not     []Kind
	Search  string
	Start   int
	Limit   int // 0: no limit
}

// Resume returns the items with a position, the last played first.
func (s *Snapshot) Resume(q ResumeQuery) Page {
	m := s.matcher(&Query{
		Viewer: q.Viewer, Parent: q.Parent, Recursive: true, Kinds: q.Kinds, Media: q.Media, Exclude: q.Exclude,
		ExcludeKinds: q.Not, Search: q.Search,
	})
	var cards []*Card
	for _, id := range q.Viewer.State.Resumable() {
		if c, ok := s.Card(id); ok && isLeaf(c) && m.match(c) {
			cards = append(cards, c)
		}
	}
	return Page{Cards: cut(cards, q.Start, q.Limit), Total: len(cards)}
}

// NextUpQuery asks which episode a person would watch next of each series.
type NextUpQuery struct {
	Viewer    Viewer
	Series    ID // only of this series, even if it was never begun
	Parent    ID // only of series below this folder
	Cutoff    time.Time
	Resumable bool // also episodes that are half watched
	Rewatch   bool // go on after the last watched one, though what follows was watched too
	SkipFirst bool // with Series: nothing for a series never begun
	Start     int
	Limit     int // 0: no limit
}

// begun is how far a person is in a series.
type begun struct {
	last   *Card // the last episode watched
	lastAt int64
	anyAt  int64 // when anything of it was watched last
}

// NextUp returns for each series the person has begun the first unplayed episode after
// the last one played, the series last watched first. Specials do not count.
func (s *Snapshot) NextUp(q NextUpQuery) Page {
	type entry struct {
		card *Card
		at   int64
	}
	var list []entry
	for series, b := range s.begunSeries(&q) {
		if !q.Cutoff.IsZero() && b.anyAt < q.Cutoff.Unix() {
			continue
		}
		if c := s.nextEpisode(&q, series, b); c != nil {
			list = append(list, entry{c, b.anyAt})
		}
	}
	slices.SortFunc(list, func(a, b entry) int {
		if c := cmp.Compare(b.at, a.at); c != 0 {
			return c
		}
		return byName(a.card, b.card)
	})
	cards := make([]*Card, len(list))
	for i := range list {
		cards[i] = list[i].card
	}
	return Page{Cards: cut(cards, q.Start, q.Limit), Total: len(cards)}
}

func (s *Snapshot) begunSeries(q *NextUpQuery) map[ID]begun {
	m := s.matcher(&Query{Viewer: q.Viewer, Parent: q.Parent, Recursive: true})
	out := make(map[ID]begun)
	q.Viewer.State.Each(func(id ID, u UserData) bool {
		if !u.Played {
			return true
		}
		c, ok := s.Card(id)
		if !ok || c.Kind != Episode || c.Series.IsZero() || isSpecial(c) {
			return true
		}
		if !q.Series.IsZero() && c.Series != q.Series || !m.match(c) {
			return true
		}
		out[c.Series] = out[c.Series].with(c, unix(u.LastPlayed), q.Rewatch)
		return true
	})
	if _, ok := out[q.Series]; !ok && !q.Series.IsZero() && !q.SkipFirst {
		if c, ok := s.Visible(q.Viewer, q.Series); ok && c.Kind == Series {
			out[q.Series] = begun{}
		}
	}
	return out
}

// with counts one more watched episode. The last one is the furthest; when watching again,
// the latest.
func (b begun) with(c *Card, at int64, rewatch bool) begun {
	further := b.last == nil || numbers(c) > numbers(b.last)
	if rewatch && b.last != nil && at != b.lastAt {
		further = at > b.lastAt
	}
	if further {
		b.last, b.lastAt = c, at
	}
	b.anyAt = max(b.anyAt, at)
	return b
}

func isSpecial(c *Card) bool {
	n, ok := c.ParentIndex.Get()
	return ok && n == 0
}

func (s *Snapshot) nextEpisode(q *NextUpQuery, series ID, b begun) *Card {
	var next *Card
	e := s.eyes(&q.Viewer)
	s.eachBelow(series, func(c *Card) {
		if c.Kind != Episode || isSpecial(c) || !e.see(c) {
			return
		}
		if b.last != nil && numbers(c) <= max(numbers(b.last), lastNumber(b.last)) {
			return
		}
		if next != nil && !before(c, next) || !q.Rewatch && q.Viewer.State.Get(c.ID).Played {
			return
		}
		next = c
	})
	if next != nil && !q.Resumable && q.Viewer.State.Get(next.ID).Position > 0 {
		return nil
	}
	return next
}

// lastNumber is numbers for the last episode of a file that holds several.
func lastNumber(c *Card) int64 { return int64(c.ParentIndex)<<32 | int64(c.IndexEnd) }

func before(a, b *Card) bool {
	if x, y := numbers(a), numbers(b); x != y {
		return x < y
	}
	return byName(a, b) < 0
}

// eachBelow calls fn for everything at any depth in a folder.
func (s *Snapshot) eachBelow(folder ID, fn func(*Card)) {
	inExtra := s.extraByHome()
	queue, seen := []ID{folder}, map[ID]bool{folder: true}
	visit := func(c *Card) {
		if c.Extra() != NoExtra {
			return
		}
		fn(c)
		if c.Kind.IsFolder() && !seen[c.ID] {
			seen[c.ID] = true
			queue = append(queue, c.ID)
		}
	}
	for len(queue) > 0 {
		id := queue[0]
		queue = queue[1:]
		for _, i := range s.base.children(id) {
			if s.dead == nil || !s.dead.has(i) {
				visit(s.base.cards[i])
			}
		}
		for _, c := range inExtra[id] {
			visit(c)
		}
	}
}

// extraByHome lists the extra cards by the folder they live in.
func (s *Snapshot) extraByHome() map[ID][]*Card {
	return s.extraIn.get(func() map[ID][]*Card {
		m := make(map[ID][]*Card)
		for _, c := range s.extra {
			m[home(c)] = append(m[home(c)], c)
		}
		return m
	})
}
