package library

import (
	"cmp"
	"slices"
)

// likeness is what each thing in common is worth.
func likeness(r Role) uint16 {
	switch r {
	case RoleGenre:
		return 10
	case RoleTag:
		return 6
	case RoleDirector, RoleComposer:
		return 8
	case RoleActor, RoleWriter:
		return 4
	case RoleArtist, RoleAlbumArtist:
		return 12
	case RoleAudioLanguage, RoleSubtitleLanguage:
		return 0
	case RoleStudio:
		return 2
	}
	return 1
}

// Similar returns what has most in common with an item, the likest first: of the given
// kinds, or of its own kind. Nothing if the viewer may not see the item. Limit 0 is 12.
func (s *Snapshot) Similar(id ID, v Viewer, kinds []Kind, limit int) []*Card {
	c, ok := s.Visible(v, id)
	if !ok {
		return nil
	}
	if len(kinds) == 0 {
		kinds = []Kind{c.Kind}
	}
	return s.like([]*Card{c}, Query{Viewer: v, Kinds: kinds, Exclude: []ID{id}}, limit)
}

// like ranks the items that match a query by what they have in common with some others.
func (s *Snapshot) like(examples []*Card, q Query, limit int) []*Card {
	if limit <= 0 {
		limit = 12
	}
	score := make([]uint16, len(s.base.cards)+len(s.extra))
	for _, c := range examples {
		for _, r := range s.linksOf(c) {
			s.credit(r, score)
		}
	}
	list := s.best(s.find(&q), score, limit, maxCloseness*len(examples))
	for i := range list {
		list[i].score += int(closeness(list[i].card, examples))
	}
	slices.SortFunc(list, func(a, b scored) int {
		if c := cmp.Compare(b.score, a.score); c != 0 {
			return c
		}
		if c := cmp.Compare(b.card.Rating, a.card.Rating); c != 0 {
			return c
		}
		return byName(a.card, b.card)
	})
	list = cut(list, 0, limit)
	out := make([]*Card, len(list))
	for i := range list {
		out[i] = list[i].card
	}
	return out
}

type scored struct {
	card  *Card
	score int
}

// best returns the hits that may be among the first when each can still gain some points.
// Counting how often each score occurs says where to cut without sorting or touching them.
func (s *Snapshot) best(h hits, score []uint16, limit, gain int) []scored {
	const top = 1 << 10
	var times [top]int
	eachNode := func(fn func(node uint32)) {
		h.base.each(func(i uint32) bool { fn(i); return true })
		for _, i := range h.extra {
			fn(uint32(len(s.base.cards)) + i)
		}
	}
	eachNode(func(n uint32) { times[min(int(score[n]), top-1)]++ })
	least := top - 1
	for seen := times[least]; seen < limit && least > 1; seen += times[least] {
		least--
	}
	least = max(1, least-gain)
	var list []scored
	eachNode(func(n uint32) {
		if int(score[n]) >= least {
			list = append(list, scored{s.nodeCard(n), int(score[n])})
		}
	})
	return list
}

// commonest bounds the items looked at for one name: what half the library shares says
// little.
const commonest = 20000

func (s *Snapshot) credit(r Ref, score []uint16) {
	worth := likeness(s.names.Role(r))
	slots := s.postings().of(r)
	for _, i := range slots[:min(len(slots), commonest)] {
		score[i] += worth
	}
	for i, c := range s.extra {
		if slices.Contains(c.Links, r) {
			score[len(s.base.cards)+i] += worth
		}
	}
}

// linksOf are a card's own names; of a folder without any, those of what is in it.
func (s *Snapshot) linksOf(c *Card) []Ref {
	if len(c.Links) > 0 || !c.Kind.IsFolder() {
		return c.Links
	}
	var links []Ref
	s.eachBelow(c.ID, func(below *Card) {
		for _, r := range below.Links {
			if len(links) < 32 && !slices.Contains(links, r) {
				links = append(links, r)
			}
		}
	})
	return links
}

// maxCloseness is the most that closeness gives for one example.
const maxCloseness = 6

func closeness(c *Card, examples []*Card) uint16 {
	var n uint16
	for _, e := range examples {
		if c.Official != "" && c.Official == e.Official {
			n += 3
		}
		switch d := int(c.Year) - int(e.Year); {
		case c.Year == 0 || e.Year == 0:
		case -5 <= d && d <= 5:
			n += 3
		case -10 <= d && d <= 10:
			n++
		}
	}
	return n
}

// Suggestions returns unplayed items to try: first what is like the things the person
// played or liked last, then others by chance, the same for the same seed.
func (s *Snapshot) Suggestions(v Viewer, kinds []Kind, media []MediaType, seed uint64, limit int) []*Card {
	if limit <= 0 {
		limit = 20
	}
	unplayed := false
	q := Query{Viewer: v, Kinds: kinds, Media: media, IsPlayed: &unplayed}
	out := s.like(s.lastLiked(v, 5), q, (limit+1)/2)
	for _, c := range out {
		q.Exclude = append(q.Exclude, c.ID)
	}
	q.Sort, q.Seed, q.Limit = []Sort{{By: SortRandom}}, seed, limit-len(out)
	if q.Limit > 0 {
		out = append(out, s.Find(q).Cards...)
	}
	return out
}

// lastLiked returns the films and series the person played or marked last.
func (s *Snapshot) lastLiked(v Viewer, n int) []*Card {
	type liked struct {
		card *Card
		at   int64
	}
	var list []liked
	e := s.eyes(&v)
	v.State.Each(func(id ID, u UserData) bool {
		c, ok := s.Card(id)
		if ok && c.Kind == Episode {
			c, ok = s.Card(c.Series)
		}
		if ok && e.see(c) && (u.Played || u.Favorite) {
			list = append(list, liked{c, unix(u.LastPlayed)})
		}
		return true
	})
	slices.SortFunc(list, func(a, b liked) int {
		if c := cmp.Compare(b.at, a.at); c != 0 {
			return c
		}
		return byName(a.card, b.card)
	})
	var out []*Card
	for _, l := range list {
		if len(out) < n && !slices.Contains(out, l.card) {
			out = append(out, l.card)
		}
	}
	return out
}
