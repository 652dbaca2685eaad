package library

import (
	"cmp"
	"encoding/binary"
	"slices"
	"strings"
)

// keyer turns cards into what a Sort compares: a number or a text.
type keyer struct {
	s      *Snapshot
	viewer *Viewer // nil in orders that are nobody's
	seed   uint64
	series map[ID]int64 // when the person last played something of each series
}

// textual reports the orders that compare texts; all others compare numbers.
func textual(by SortBy) bool {
	switch by {
	case SortSortName, SortName, SortAlbum, SortAlbumArtist, SortArtist, SortSeriesSortName, SortStudio:
		return true
	}
	return false
}

// fixed reports the orders that depend on nothing but the cards.
func fixed(by SortBy) bool {
	switch by {
	case SortDatePlayed, SortPlayCount, SortIsFavoriteOrLiked, SortIsPlayed, SortIsUnplayed,
		SortSeriesDatePlayed, SortDateLastContentAdded, SortRandom:
		return false
	}
	return true
}

// splits reports the personal orders in which untouched cards are all equal.
func splits(by SortBy) bool {
	switch by {
	case SortDatePlayed, SortPlayCount, SortIsFavoriteOrLiked, SortIsPlayed, SortIsUnplayed:
		return true
	}
	return false
}

func (k *keyer) text(by SortBy, c *Card) string {
	switch by {
	case SortSortName:
		return c.Sort
	case SortName:
		return SortKey(c.Name)
	case SortAlbum:
		if c.Kind == MusicAlbum {
			return c.Sort
		}
		return k.sortNameOf(c.Album)
	case SortSeriesSortName:
		if c.Kind == Series {
			return c.Sort
		}
		return k.sortNameOf(c.Series)
	case SortAlbumArtist:
		return k.first(c, RoleAlbumArtist)
	case SortArtist:
		return k.first(c, RoleArtist)
	case SortStudio:
		return k.first(c, RoleStudio)
	}
	return ""
}

func (k *keyer) sortNameOf(id ID) string {
	if c, ok := k.s.Card(id); ok {
		return c.Sort
	}
	return ""
}

func (k *keyer) first(c *Card, role Role) string {
	for _, r := range c.Links {
		if row := k.s.names.row(r); row.role == role {
			return row.folded
		}
	}
	return ""
}

func (k *keyer) num(by SortBy, c *Card) int64 {
	switch by {
	case SortDateCreated:
		return c.Added
	case SortPremiereDate, SortStartDate, SortAirTime:
		return premiered(c)
	case SortProductionYear:
		return int64(c.Year)
	case SortCommunityRating:
		return int64(c.Rating * 1000)
	case SortCriticRating:
		return int64(c.Critic * 1000)
	case SortOfficialRating:
		return int64(RatingAge(c.Official))
	case SortRuntime:
		return int64(c.Runtime)
	case SortVideoBitRate:
		return c.Bitrate
	case SortIsFolder:
		return -truth(c.Kind.IsFolder())
	case SortParentIndexNumber:
		return int64(parentIndex(c))
	case SortIndexNumber:
		return int64(c.Index)
	case sortNumbers:
		return numbers(c)
	}
	return k.personal(by, c)
}

func (k *keyer) personal(by SortBy, c *Card) int64 {
	switch by {
	case SortDatePlayed:
		return unix(k.viewer.State.Get(c.ID).LastPlayed)
	case SortPlayCount:
		return int64(k.viewer.State.Get(c.ID).PlayCount)
	case SortIsFavoriteOrLiked:
		u := k.viewer.State.Get(c.ID)
		return -truth(u.Favorite || u.Likes != nil && *u.Likes)
	case SortIsPlayed:
		return -truth(k.s.played(k.viewer, c))
	case SortIsUnplayed:
		return truth(k.s.played(k.viewer, c))
	case SortSeriesDatePlayed:
		return k.seriesPlayed(c)
	case SortDateLastContentAdded:
		return k.s.LastAdded(c)
	case SortRandom:
		return scramble(k.seed, c.ID)
	}
	return 0
}

// sortNumbers is the order of seasons, episodes, discs and tracks; things without numbers
// are equal in it. It is what Default and AiredEpisodeOrder begin with.
const sortNumbers SortBy = "\x00numbers"

func numbers(c *Card) int64 {
	switch c.Kind {
	case Season:
		return int64(c.Index)
	case Episode, Audio, AudioBook, MusicVideo:
		return int64(c.ParentIndex)<<32 | int64(c.Index)
	}
	return 0
}

func parentIndex(c *Card) Number {
	if c.Kind == Season && c.ParentIndex == 0 {
		return c.Index
	}
	return c.ParentIndex
}

// premiered falls back on the year, so that films without an exact date are in place.
func premiered(c *Card) int64 {
	if c.Premiered != 0 || c.Year == 0 {
		return c.Premiered
	}
	return int64(c.Year-1970) * 31556952
}

func truth(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

func (k *keyer) seriesPlayed(c *Card) int64 {
	if k.series == nil {
		k.series = make(map[ID]int64)
		k.viewer.State.Each(func(id ID, u UserData) bool {
			if ep, ok := k.s.Card(id); ok && !ep.Series.IsZero() {
				k.series[ep.Series] = max(k.series[ep.Series], unix(u.LastPlayed))
			}
			return true
		})
	}
	if c.Kind == Series {
		return k.series[c.ID]
	}
	return k.series[c.Series]
}

// scramble gives every item a number that only the seed knows.
func scramble(seed uint64, id ID) int64 { return shake(seed, die(id)) }

func die(id ID) uint64 {
	return binary.LittleEndian.Uint64(id[:8]) ^ binary.LittleEndian.Uint64(id[8:])*0x9E3779B97F4A7C15
}

func shake(seed, x uint64) int64 {
	x += (seed + 1) * 0xBF58476D1CE4E5B9
	x = (x ^ x>>30) * 0xBF58476D1CE4E5B9
	x = (x ^ x>>27) * 0x94D049BB133111EB
	return int64(x ^ x>>31)
}

func (k *keyer) compare(spec []Sort, a, b *Card) int {
	for _, key := range spec {
		var c int
		if textual(key.By) {
			c = strings.Compare(k.text(key.By, a), k.text(key.By, b))
		} else {
			c = cmp.Compare(k.num(key.By, a), k.num(key.By, b))
		}
		if key.Desc {
			c = -c
		}
		if c != 0 {
			return c
		}
	}
	if spec[len(spec)-1].Desc {
		a, b = b, a
	}
	return compareID(a.ID, b.ID)
}

// column holds one key of every card of a list.
type column struct {
	nums  []int64
	texts []string
	desc  bool
}

func (k *keyer) columns(spec []Sort, cards []*Card) []column {
	cols := make([]column, len(spec))
	for i, key := range spec {
		cols[i].desc = key.Desc
		if textual(key.By) {
			cols[i].texts = make([]string, len(cards))
			for j, c := range cards {
				cols[i].texts[j] = k.text(key.By, c)
			}
			continue
		}
		cols[i].nums = make([]int64, len(cards))
		for j, c := range cards {
			cols[i].nums[j] = k.num(key.By, c)
		}
	}
	return cols
}

func compareColumns(cols []column, x, y uint32) int {
	for i := range cols {
		var c int
		if cols[i].nums != nil {
			c = cmp.Compare(cols[i].nums[x], cols[i].nums[y])
		} else {
			c = strings.Compare(cols[i].texts[x], cols[i].texts[y])
		}
		if cols[i].desc {
			c = -c
		}
		if c != 0 {
			return c
		}
	}
	return 0
}

// sorted orders cards and returns one page of them.
func (k *keyer) sorted(cards []*Card, spec []Sort, start, limit int) []*Card {
	cols := k.columns(spec, cards)
	compare := func(x, y uint32) int {
		if c := compareColumns(cols, x, y); c != 0 {
			return c
		}
		if spec[len(spec)-1].Desc {
			x, y = y, x
		}
		return compareID(cards[x].ID, cards[y].ID)
	}
	index := make([]uint32, len(cards))
	for i := range index {
		index[i] = uint32(i)
	}
	if want := max(start, 0) + limit; limit > 0 && want < len(cards)/8 {
		index = smallest(index, want, compare)
	}
	slices.SortFunc(index, compare)
	index = cut(index, start, limit)
	out := make([]*Card, len(index))
	for i, j := range index {
		out[i] = cards[j]
	}
	return out
}

// smallest returns the n smallest of a list, in no order: a heap of n with the largest on
// top takes everything that is smaller than its top.
func smallest(list []uint32, n int, compare func(x, y uint32) int) []uint32 {
	heap := list[:n:n]
	sink := func(i int) {
		for {
			child := 2*i + 1
			if child >= n {
				return
			}
			if child+1 < n && compare(heap[child+1], heap[child]) > 0 {
				child++
			}
			if compare(heap[i], heap[child]) >= 0 {
				return
			}
			heap[i], heap[child] = heap[child], heap[i]
			i = child
		}
	}
	for i := n/2 - 1; i >= 0; i-- {
		sink(i)
	}
	for _, x := range list[n:] {
		if compare(x, heap[0]) < 0 {
			heap[0] = x
			sink(0)
		}
	}
	return heap
}
