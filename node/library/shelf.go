package library

// A shelf is a library without a folder: it holds the household's collections, or the
// playlists a person may see. It is there when something is on it.

type shelf struct {
	id         ID
	kind       Kind // of what is on it
	collection Collection
	name       string
}

func shelves() [2]shelf {
	return [...]shelf{
		{NewID("shelf", "boxsets"), BoxSet, BoxSets, "Collections"},
		{NewID("shelf", "playlists"), Playlist, Playlists, "Playlists"},
	}
}

func (sh shelf) card() *Card {
	return &Card{ID: sh.id, Library: sh.id, Kind: CollectionFolder, Collection: sh.collection, Name: sh.name, Sort: SortKey(sh.name)}
}

// Shelves returns the shelves on which there is something for a person.
func (s *Snapshot) Shelves(v Viewer) []*Card {
	var out []*Card
	for _, sh := range shelves() {
		if s.onShelf(&v, sh) > 0 {
			out = append(out, sh.card())
		}
	}
	return out
}

func (s *Snapshot) onShelf(v *Viewer, sh shelf) int {
	n := 0
	e := s.eyes(v)
	s.eachList(sh.kind, func(c *Card) bool {
		if e.see(c) {
			n++
		}
		return true
	})
	return n
}

func shelfByID(id ID) (shelf, bool) {
	for _, sh := range shelves() {
		if sh.id == id {
			return sh, true
		}
	}
	return shelf{}, false
}

// onAShelf restricts a query to what is on a shelf, and with Recursive to what is in that.
func (m *matcher) onAShelf(sh shelf) {
	m.addIndexed(
		func(c *Card) bool { return c.Kind == sh.kind && c.List != nil },
		func() slotSet {
			out := newSlotSet(len(m.s.base.cards))
			m.s.eachList(sh.kind, func(c *Card) bool {
				if i, ok := m.s.base.slot(c.ID); ok {
					out.add(i)
				}
				return true
			})
			return out
		})
}
