package library

import (
	"encoding/binary"
	"math/bits"
	"slices"
	"strings"
	"sync"
)

// base is the indexed bulk of a Snapshot: cards in slots, ordered by sort name, and what
// can be looked up about them. A base never changes; what is expensive in it is made when
// first asked for. Snapshots that differ little share one base.
type base struct {
	cards  []*Card  // by slot, ordered by byName
	table  []uint32 // open hashing: ID → slot+1
	kinds  [kindCount]slotSet
	libs   map[ID]slotSet
	homes  map[ID]homeRange // folder → its children
	inside []uint32         // children, grouped by folder, in slot order
	parent []int32          // slot of the folder, noSlot
	lost   []uint32         // slots whose folder is not in the base

	orders   orderCache
	sets     setCache
	posted   lazy[postings]
	words    lazy[wordIndex]
	years    lazy[map[int16][]uint32]
	own      lazy[slotSet] // all but extras
	byLetter lazy[[]uint32]
	dice     lazy[[]uint64]
	facts    lazy[[]slotFact]
	lenders  lazy[map[ID]bool] // series and albums that cards of the base belong to
}

type homeRange struct{ from, to uint32 }

const noSlot = int32(-1)

// lazy is a value made on first use.
type lazy[T any] struct {
	once sync.Once
	v    T
}

func (l *lazy[T]) get(build func() T) T {
	l.once.Do(func() { l.v = build() })
	return l.v
}

// byName orders cards by sort name; the id makes it total.
func byName(a, b *Card) int {
	if c := strings.Compare(a.Sort, b.Sort); c != 0 {
		return c
	}
	return compareID(a.ID, b.ID)
}

func compareID(a, b ID) int { return slices.Compare(a[:], b[:]) }

// newBase takes ownership of cards. No two may have the same ID.
func newBase(cards []*Card) *base {
	sortByName(cards)
	return baseOf(cards)
}

// baseOf is newBase for cards that are ordered by byName.
func baseOf(cards []*Card) *base {
	b := &base{cards: cards, libs: make(map[ID]slotSet)}
	b.hash()
	for i, c := range cards {
		b.file(uint32(i), c)
	}
	b.settle()
	return b
}

// sortByName sorts by the first bytes of the sort name held next to the pointer, which
// spares most of the trips to the cards.
func sortByName(cards []*Card) {
	type keyed struct {
		key  uint64
		card *Card
	}
	keys := make([]keyed, len(cards))
	for i, c := range cards {
		keys[i] = keyed{prefix64(c.Sort), c}
	}
	slices.SortFunc(keys, func(a, b keyed) int {
		switch {
		case a.key < b.key:
			return -1
		case a.key > b.key:
			return 1
		}
		return byName(a.card, b.card)
	})
	for i := range keys {
		cards[i] = keys[i].card
	}
}

func prefix64(s string) uint64 {
	var buf [8]byte
	copy(buf[:], s)
	return binary.BigEndian.Uint64(buf[:])
}

func (b *base) hash() {
	size := 16
	for size < 2*len(b.cards) {
		size *= 2
	}
	b.table = make([]uint32, size)
	for i, c := range b.cards {
		at := hashID(c.ID) & uint64(size-1)
		for b.table[at] != 0 {
			at = (at + 1) & uint64(size-1)
		}
		b.table[at] = uint32(i + 1)
	}
}

// hashID takes bits of the id as they are: ids are hashes already, and the multiplication
// spreads the few that a test or another program made by hand.
func hashID(id ID) uint64 {
	h := binary.LittleEndian.Uint64(id[:8]) ^ binary.LittleEndian.Uint64(id[8:])
	return (h * 0x9E3779B97F4A7C15) >> 20
}

func (b *base) slot(id ID) (uint32, bool) {
	mask := uint64(len(b.table) - 1)
	for at := hashID(id) & mask; b.table[at] != 0; at = (at + 1) & mask {
		if i := b.table[at] - 1; b.cards[i].ID == id {
			return i, true
		}
	}
	return 0, false
}

func (b *base) file(i uint32, c *Card) {
	if b.kinds[c.Kind] == nil {
		b.kinds[c.Kind] = newSlotSet(len(b.cards))
	}
	b.kinds[c.Kind].add(i)
	lib := b.libs[c.Library]
	if lib == nil {
		lib = newSlotSet(len(b.cards))
		b.libs[c.Library] = lib
	}
	lib.add(i)
}

// home is the folder that lists a card. Episodes live in their season and seasons in
// their series, whichever folder on disk they come from.
func home(c *Card) ID {
	first := func(ids ...ID) ID {
		for _, id := range ids {
			if !id.IsZero() && id != c.ID {
				return id
			}
		}
		return ID{}
	}
	switch c.Kind {
	case CollectionFolder:
		return ID{}
	case Episode:
		return first(c.Season, c.Series, c.Parent, c.Library)
	case Season:
		return first(c.Series, c.Parent, c.Library)
	}
	return first(c.Parent, c.Album, c.Library)
}

// settle groups the cards by the folder they live in.
func (b *base) settle() {
	group := make(map[ID]uint32)
	var size []uint32
	of := make([]uint32, len(b.cards))
	for i, c := range b.cards {
		h := home(c)
		g, ok := group[h]
		if !ok {
			g = uint32(len(size))
			group[h] = g
			size = append(size, 0)
		}
		size[g]++
		of[i] = g
	}
	b.homes = make(map[ID]homeRange, len(group))
	next := make([]uint32, len(size))
	folder := make([]int32, len(size))
	var at uint32
	for h, g := range group {
		b.homes[h] = homeRange{at, at + size[g]}
		next[g] = at
		at += size[g]
		folder[g] = noSlot
		if p, ok := b.slot(h); ok {
			folder[g] = int32(p)
		}
	}
	b.inside = make([]uint32, len(b.cards))
	b.parent = make([]int32, len(b.cards))
	for i := range b.cards {
		g := of[i]
		b.inside[next[g]] = uint32(i)
		next[g]++
		b.parent[i] = folder[g]
		if folder[g] == noSlot {
			b.lost = append(b.lost, uint32(i))
		}
	}
}

func (b *base) children(folder ID) []uint32 {
	r := b.homes[folder]
	return b.inside[r.from:r.to]
}

func (b *base) idSet(ids []ID) slotSet {
	out := newSlotSet(len(b.cards))
	for _, id := range ids {
		if i, ok := b.slot(id); ok {
			out.add(i)
		}
	}
	return out
}

// kindSet is shared: it must not be changed.
func (b *base) kindSet(mask uint32) slotSet {
	if k := bits.TrailingZeros32(mask); mask == 1<<k && k < int(kindCount) && b.kinds[k] != nil {
		return b.kinds[k]
	}
	return b.sets.get(setKey{what: "kinds", n: int(mask)}, func() slotSet {
		out := newSlotSet(len(b.cards))
		for k := range kindCount {
			if mask&(1<<k) != 0 && b.kinds[k] != nil {
				out.or(b.kinds[k])
			}
		}
		return out
	})
}

func (b *base) librarySet(libraries map[ID]bool) slotSet {
	out := newSlotSet(len(b.cards))
	for id, allowed := range libraries {
		if lib := b.libs[id]; allowed && lib != nil {
			out.or(lib)
		}
	}
	// A library is judged by its own id, whatever its card says.
	if folders := b.kinds[CollectionFolder]; folders != nil {
		folders.each(func(i uint32) bool {
			out.put(i, libraries[b.cards[i].ID])
			return true
		})
	}
	return out
}

// libraryBelow is shared: it must not be changed.
func (b *base) libraryBelow(id ID) slotSet {
	return b.sets.get(setKey{what: "below", text: string(id[:])}, func() slotSet {
		out := newSlotSet(len(b.cards))
		if lib := b.libs[id]; lib != nil {
			out.or(lib)
		}
		if i, ok := b.slot(id); ok {
			out.remove(i)
		}
		return out
	})
}

func (b *base) yearSet(years []int) slotSet {
	index := b.years.get(func() map[int16][]uint32 {
		m := make(map[int16][]uint32)
		for i, c := range b.cards {
			m[c.Year] = append(m[c.Year], uint32(i))
		}
		return m
	})
	out := newSlotSet(len(b.cards))
	for _, y := range years {
		if y > 0 && y <= 1<<15-1 {
			out.addAll(index[int16(y)])
		}
	}
	return out
}

// letterRange returns the slots with from ≤ letterKey < to. It is shared: it must not be
// changed.
func (b *base) letterRange(from, to string) slotSet {
	if len(from)+len(to) > 16 { // typed by somebody rather than picked from an alphabet
		return b.letters(from, to)
	}
	return b.sets.get(setKey{what: "letters", text: from + "\x00" + to}, func() slotSet { return b.letters(from, to) })
}

func (b *base) letters(from, to string) slotSet {
	order := b.byLetter.get(b.letterOrder)
	at := func(key string) int {
		i, _ := slices.BinarySearchFunc(order, key, func(slot uint32, key string) int {
			return strings.Compare(letterKey(b.cards[slot]), key)
		})
		return i
	}
	out := newSlotSet(len(b.cards))
	if lo, hi := at(from), at(to); lo < hi {
		out.addAll(order[lo:hi])
	}
	return out
}

func (b *base) letterOrder() []uint32 {
	keys := make([]string, len(b.cards))
	order := make([]uint32, len(b.cards))
	for i, c := range b.cards {
		keys[i], order[i] = letterKey(c), uint32(i)
	}
	slices.SortFunc(order, func(x, y uint32) int { return strings.Compare(keys[x], keys[y]) })
	return order
}
