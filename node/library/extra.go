package library

import (
	"slices"
	"strings"
)

// ExtraKind is what an item is to the item it belongs to: a trailer, a deleted scene, a
// song for its menu. Its String is the clients' ExtraType.
//
// An extra has its owner as Parent and is in no list, count or search: people come to it
// by [Snapshot.Extras], or by its id.
type ExtraKind uint8

// The kinds of extra. NoExtra is an item of its own.
const (
	NoExtra ExtraKind = iota
	UnknownExtra
	Clip
	TrailerExtra
	BehindTheScenes
	DeletedScene
	Interview
	Scene
	Sample
	ThemeSong
	ThemeVideo
	Featurette
	Short
	extraCount
)

var extraNames = [extraCount]string{
	"", "Unknown", "Clip", "Trailer", "BehindTheScenes", "DeletedScene", "Interview", "Scene", "Sample",
	"ThemeSong", "ThemeVideo", "Featurette", "Short",
}

// String is "" for NoExtra and for numbers that are no kind.
func (k ExtraKind) String() string {
	if k >= extraCount {
		return ""
	}
	return extraNames[k]
}

// ParseExtraKind reads a kind's name in any case. Other names are UnknownExtra, "" is
// NoExtra.
func ParseExtraKind(s string) ExtraKind {
	for i, n := range extraNames {
		if strings.EqualFold(n, s) {
			return ExtraKind(i)
		}
	}
	return UnknownExtra
}

// IsSpecialFeature reports the kinds that clients list as special features: all but
// trailers and themes.
func (k ExtraKind) IsSpecialFeature() bool {
	switch k {
	case NoExtra, TrailerExtra, ThemeSong, ThemeVideo:
		return false
	}
	return k < extraCount
}

// ExtraCounts is how many extras an item has.
type ExtraCounts struct {
	Trailers        int `cbor:"1,keyasint,omitzero"`
	SpecialFeatures int `cbor:"2,keyasint,omitzero"`
	ThemeSongs      int `cbor:"3,keyasint,omitzero"`
	ThemeVideos     int `cbor:"4,keyasint,omitzero"`
}

// Add counts one more.
func (n *ExtraCounts) Add(k ExtraKind) {
	switch {
	case k == TrailerExtra:
		n.Trailers++
	case k == ThemeSong:
		n.ThemeSongs++
	case k == ThemeVideo:
		n.ThemeVideos++
	case k.IsSpecialFeature():
		n.SpecialFeatures++
	}
}

// extraShift is where a card's flags hold its ExtraKind.
const extraShift = 24

func (n ExtraCounts) flags() Flags {
	var f Flags
	if n.Trailers > 0 {
		f |= HasTrailer
	}
	if n.SpecialFeatures > 0 {
		f |= HasSpecialFeature
	}
	if n.ThemeSongs > 0 {
		f |= HasThemeSong
	}
	if n.ThemeVideos > 0 {
		f |= HasThemeVideo
	}
	return f
}

// Extra is what the card is to its Parent; NoExtra for items of their own.
func (c *Card) Extra() ExtraKind { return ExtraKind(c.Flags >> extraShift & 0xf) }

// Extras returns the extras of an item that a person may know of, by name; with kinds
// only those. Nothing if the person may not see the item.
func (s *Snapshot) Extras(v Viewer, owner ID, kinds ...ExtraKind) []*Card {
	if _, ok := s.Visible(v, owner); !ok {
		return nil
	}
	var out []*Card
	e := s.eyes(&v)
	add := func(c *Card) {
		k := c.Extra()
		if k != NoExtra && (len(kinds) == 0 || slices.Contains(kinds, k)) && e.see(c) {
			out = append(out, c)
		}
	}
	for _, i := range s.base.children(owner) {
		if s.dead == nil || !s.dead.has(i) {
			add(s.base.cards[i])
		}
	}
	for _, c := range s.extraByHome()[owner] {
		add(c)
	}
	slices.SortFunc(out, byName)
	return out
}

// extras keeps extras out of what was not asked for by id.
func (m *matcher) extras() {
	if len(m.q.IDs) > 0 {
		return
	}
	m.addIndexed(
		func(c *Card) bool { return c.Extra() == NoExtra },
		func() slotSet { return m.s.base.own.get(m.s.base.ownSet) })
}

// ownSet is the slots of what is no extra.
func (b *base) ownSet() slotSet {
	out := newSlotSet(len(b.cards))
	for i, c := range b.cards {
		out.put(uint32(i), c.Extra() == NoExtra)
	}
	return out
}
