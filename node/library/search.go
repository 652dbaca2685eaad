package library

import (
	"slices"
	"strings"
)

// wordIndex is every word of the base's titles and of what belongs to them. A posting is
// a slot and where in the card the word is.
type wordIndex struct {
	words []string // sorted
	marks []uint32 // the letters of each word, see letterMask
	from  []uint32
	posts []uint32 // slot<<2 | wordPlace
}

type wordPlace uint32

const (
	placeFirst wordPlace = iota // begins the title, articles aside
	placeTitle                  // in the title or the original title
	placeOther                  // an artist, the series of an episode
)

// eachWord calls fn for every word a card is found by.
func (s *Snapshot) eachWord(c *Card, buf []string, fn func(string, wordPlace)) []string {
	buf = appendWords(buf[:0], Fold(c.Name))
	first := placeFirst
	for i, w := range buf {
		fn(w, first)
		if i > 0 || !isArticle(w) {
			first = placeTitle
		}
	}
	more := func(text string, place wordPlace) {
		if text == "" {
			return
		}
		buf = appendWords(buf[:0], Fold(text))
		for _, w := range buf {
			fn(w, place)
		}
	}
	more(c.Original, placeTitle)
	if c.Kind == Episode || c.Kind == Season {
		if series, ok := s.Card(c.Series); ok {
			more(series.Name, placeOther)
			more(series.Original, placeOther)
		}
	}
	for _, r := range c.Links {
		if row := s.names.row(r); row.role == RoleArtist || row.role == RoleAlbumArtist {
			more(row.folded, placeOther)
		}
	}
	return buf
}

func isArticle(w string) bool { return w == "the" || w == "a" || w == "an" }

func indexWords(s *Snapshot) wordIndex {
	type post struct{ word, at uint32 }
	number := make(map[string]uint32)
	var words []string
	posts := make([]post, 0, 6*len(s.base.cards))
	var buf []string
	for i, c := range s.base.cards {
		begin := len(posts)
		buf = s.eachWord(c, buf, func(w string, place wordPlace) {
			n, ok := number[w]
			if !ok {
				n = uint32(len(words))
				w = strings.Clone(w)
				number[w] = n
				words = append(words, w)
			}
			for _, p := range posts[begin:] {
				if p.word == n && p.at&3 <= uint32(place) {
					return // here already, and in a better place
				}
			}
			posts = append(posts, post{n, uint32(i)<<2 | uint32(place)})
		})
	}
	sorted := make([]uint32, len(words)) // place in the sorted list → number
	for i := range sorted {
		sorted[i] = uint32(i)
	}
	slices.SortFunc(sorted, func(a, b uint32) int { return strings.Compare(words[a], words[b]) })
	x := wordIndex{
		words: make([]string, len(words)), marks: make([]uint32, len(words)),
		from: make([]uint32, len(words)+1), posts: make([]uint32, len(posts)),
	}
	at := make([]uint32, len(words)) // number → place in the sorted list
	for i, n := range sorted {
		at[n] = uint32(i)
		x.words[i], x.marks[i] = words[n], letterMask(words[n])
	}
	for _, p := range posts {
		x.from[at[p.word]+1]++
	}
	for i := range words {
		x.from[i+1] += x.from[i]
	}
	next := slices.Clone(x.from)
	for _, p := range posts {
		w := at[p.word]
		x.posts[next[w]] = p.at
		next[w]++
	}
	return x
}

func (x *wordIndex) prefix(p string) (from, to int) {
	from, _ = slices.BinarySearch(x.words, p)
	to, _ = slices.BinarySearch(x.words, p+"\xff")
	return from, to
}

// found is the base slots a word finds, by where it stands.
type found struct{ first, title, all slotSet }

func newFound(n int) found {
	return found{newSlotSet(n), newSlotSet(n), newSlotSet(n)}
}

func (f found) add(posts []uint32) {
	for _, p := range posts {
		slot := p >> 2
		f.all.add(slot)
		switch wordPlace(p & 3) {
		case placeFirst:
			f.first.add(slot)
			f.title.add(slot)
		case placeTitle:
			f.title.add(slot)
		}
	}
}

func (s *Snapshot) wordIndex() *wordIndex {
	s.base.words.get(func() wordIndex { return indexWords(s) })
	return &s.base.words.v
}

// lookUp finds the base slots that have all of the words. test finds those of an index
// that one word stands for.
func (s *Snapshot) lookUp(words []string, pick func(x *wordIndex, i int, add func(from, to int))) found {
	x := s.wordIndex()
	var out found
	for i := range words {
		f := newFound(len(s.base.cards))
		pick(x, i, func(from, to int) { f.add(x.posts[x.from[from]:x.from[to]]) })
		if i == 0 {
			out = f
			continue
		}
		out.all.and(f.all)
		out.title.and(f.title)
	}
	out.first.and(out.title)
	return out
}

// search restricts a query to cards that have every word, typed exactly.
func (m *matcher) search() {
	words := Words(m.q.Search)
	if len(words) == 0 {
		m.nothing = true
		return
	}
	wants := exactly(words)
	m.addIndexed(
		func(c *Card) bool { return m.s.standing(c, wants) < standNot },
		func() slotSet { return m.s.lookUp(words, wants.pick).all })
}

// wanted are the words of a search and how near a card's words must come.
type wanted struct {
	words []string
	near  []int // letters that may be wrong, for each
}

func exactly(words []string) wanted { return wanted{words, make([]int, len(words))} }

func (w wanted) pick(x *wordIndex, i int, add func(from, to int)) {
	if w.near[i] == 0 {
		add(x.prefix(w.words[i]))
		return
	}
	mask := letterMask(w.words[i])
	for j, word := range x.words {
		if w.resembles(i, mask, word, x.marks[j]) {
			add(j, j+1)
		}
	}
}

// resembles: the last word may still be in the middle of being typed.
func (w wanted) resembles(i int, mask uint32, word string, mark uint32) bool {
	typed, near := w.words[i], w.near[i]
	if near == 0 {
		return strings.HasPrefix(word, typed)
	}
	return lettersMissing(mask, mark) <= near && nearPrefix(typed, word, near, i == len(w.words)-1)
}

// standing is how well a card answers a search; less is better.
type standing uint8

const (
	standExact standing = iota // the title is what was typed
	standFirst                 // the title begins with it
	standTitle
	standOther
	standNot
)

// standing judges one card; the index does the same for the base.
func (s *Snapshot) standing(c *Card, w wanted) standing {
	best := make([]wordPlace, len(w.words))
	for i := range best {
		best[i] = placeOther + 1
	}
	s.eachWord(c, nil, func(word string, place wordPlace) {
		mark := letterMask(word)
		for i := range w.words {
			if place < best[i] && w.resembles(i, letterMask(w.words[i]), word, mark) {
				best[i] = place
			}
		}
	})
	switch worst := slices.Max(best); {
	case worst > placeOther:
		return standNot
	case worst == placeOther:
		return standOther
	case best[0] != placeFirst:
		return standTitle
	case sameTitle(c.Name, w.words):
		return standExact
	}
	return standFirst
}

func sameTitle(name string, words []string) bool {
	have := Words(name)
	if len(have) > len(words) && isArticle(have[0]) {
		have = have[1:]
	}
	return slices.Equal(have, words)
}
