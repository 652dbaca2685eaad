package library

import "slices"

// kindRank is the order in which kinds are shown among equally good finds.
var kindRank = [kindCount]uint8{
	Movie: 1, Series: 2, BoxSet: 3, MusicArtist: 4, Person: 5, MusicAlbum: 6, Playlist: 7,
	Season: 8, Episode: 9, Audio: 10, MusicVideo: 11, Video: 12, AudioBook: 13, Book: 14,
	PhotoAlbum: 15, Photo: 16, Trailer: 17, Folder: 18, CollectionFolder: 19,
}

// kindsByRank is every kind in that order, those without a rank last.
func kindsByRank() []Kind {
	kinds := make([]Kind, kindCount)
	for i := range kinds {
		kinds[i] = Kind(i)
	}
	slices.SortStableFunc(kinds, func(a, b Kind) int { return int(kindRank[a]-1) - int(kindRank[b]-1) })
	return kinds
}

// searchPage answers a Query with Search: the best finds first, unless another order is
// asked for. When nothing has all the words as typed, it forgives typing mistakes.
func (s *Snapshot) searchPage(q *Query) Page {
	words := Words(q.Search)
	if len(words) == 0 {
		return Page{}
	}
	rest := *q
	rest.Search = ""
	h := s.find(&rest)
	r := s.finds(h, exactly(words))
	if r.count() == 0 {
		w := wanted{words: words}
		for _, word := range words {
			w.near = append(w.near, wrongLetters(word))
		}
		if slices.Max(w.near) > 0 {
			r = s.finds(h, w)
		}
	}
	page := Page{Total: r.count()}
	switch {
	case q.Limit < 0:
	case len(q.Sort) > 0 && q.Sort[0].By != SortSearchScore:
		page.Cards = s.page(r.hits(), &rest)
	default:
		page.Cards = r.page(q.Start, q.Limit)
	}
	return page
}

// ranked is the finds of a search by how well they answer it.
type ranked struct {
	s     *Snapshot
	tiers [standNot]hits
}

func (s *Snapshot) finds(h hits, w wanted) ranked {
	r := ranked{s: s}
	f := s.lookUp(w.words, w.pick)
	f.all.and(h.base)
	f.title.and(f.all)
	f.first.and(f.title)
	exact := newSlotSet(len(s.base.cards))
	if f.first.count() <= maxExact {
		f.first.each(func(i uint32) bool {
			if sameTitle(s.base.cards[i].Name, w.words) {
				exact.add(i)
			}
			return true
		})
	}
	f.all.andNot(f.title)
	f.title.andNot(f.first)
	f.first.andNot(exact)
	r.tiers[standExact].base, r.tiers[standFirst].base = exact, f.first
	r.tiers[standTitle].base, r.tiers[standOther].base = f.title, f.all
	for _, i := range h.extra {
		if st := s.standing(s.extra[i], w); st < standNot {
			r.tiers[st].extra = append(r.tiers[st].extra, i)
		}
	}
	return r
}

// maxExact bounds how many titles are compared whole. Where more begin with what was
// typed, it is a letter or two, and no title.
const maxExact = 2000

func (r *ranked) count() int {
	n := 0
	for _, t := range r.tiers {
		n += t.count()
	}
	return n
}

func (r *ranked) hits() hits {
	h := hits{base: newSlotSet(len(r.s.base.cards))}
	for _, t := range r.tiers {
		h.base.or(t.base)
		h.extra = append(h.extra, t.extra...)
	}
	slices.Sort(h.extra)
	return h
}

// page walks the tiers, in each the kinds by rank, in each kind the names.
func (r *ranked) page(start, limit int) []*Card {
	w := walker{s: r.s, skip: max(start, 0), limit: limit}
	kinds := kindsByRank()
	for _, tier := range r.tiers {
		for _, k := range kinds {
			if !r.walkKind(&w, tier, k) {
				return w.out
			}
		}
	}
	return w.out
}

func (r *ranked) walkKind(w *walker, tier hits, k Kind) bool {
	var extra []*Card
	for _, i := range tier.extra {
		if c := r.s.extra[i]; c.Kind == k {
			extra = append(extra, c)
		}
	}
	more := true
	if set := r.s.base.kinds[k]; set != nil {
		both := set.clone()
		both.and(tier.base)
		both.each(func(i uint32) bool {
			c := r.s.base.cards[i]
			for more && len(extra) > 0 && byName(extra[0], c) < 0 {
				more = w.take(extra[0])
				extra = extra[1:]
			}
			more = more && w.take(c)
			return more
		})
	}
	for more && len(extra) > 0 {
		more = w.take(extra[0])
		extra = extra[1:]
	}
	return more
}
