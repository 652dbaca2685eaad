package library

import (
	"slices"
	"sync"
)

// State is what one person has done with everything. Safe for concurrent use. A nil
// State is of somebody who never touched anything.
type State struct {
	mu     sync.RWMutex
	items  map[ID]UserData
	resume map[ID]struct{} // those with a position
	favour map[ID]struct{}

	view  *view // as seen from the snapshot that asked last
	since []ID  // set since the view was made
}

// NewState returns an empty State.
func NewState() *State {
	return &State{
		items:  make(map[ID]UserData),
		resume: make(map[ID]struct{}),
		favour: make(map[ID]struct{}),
	}
}

// Get returns what the person did with an item; zero for nothing.
func (s *State) Get(id ID) UserData {
	if s == nil {
		return UserData{}
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.items[id]
}

// Set replaces what the person did with an item. It changes memory only: the store
// calls it once the change is safe on disk.
func (s *State) Set(id ID, u UserData) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if u.IsZero() {
		delete(s.items, id)
	} else {
		s.items[id] = u
	}
	mark(s.resume, id, u.Position > 0)
	mark(s.favour, id, u.Favorite)
	if s.view == nil {
		return
	}
	if s.since = append(s.since, id); len(s.since) > maxSince {
		s.view, s.since = nil, s.since[:0]
	}
}

// maxSince is how many changes are worth bringing a view up to date for.
const maxSince = 4096

func mark(set map[ID]struct{}, id ID, in bool) {
	if in {
		set[id] = struct{}{}
	} else {
		delete(set, id)
	}
}

// Len is the number of items touched.
func (s *State) Len() int {
	if s == nil {
		return 0
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	return len(s.items)
}

// Each calls fn for every touched item, in no order, until fn returns false. fn must not
// call back into the State.
func (s *State) Each(fn func(ID, UserData) bool) {
	if s == nil {
		return
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	for id, u := range s.items {
		if !fn(id, u) {
			return
		}
	}
}

// Resumable returns the items with a position, the last played first.
func (s *State) Resumable() []ID {
	return s.list(func() map[ID]struct{} { return s.resume })
}

// Favorites returns the favourite items, the last played first.
func (s *State) Favorites() []ID {
	return s.list(func() map[ID]struct{} { return s.favour })
}

func (s *State) list(which func() map[ID]struct{}) []ID {
	if s == nil {
		return nil
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	set := which()
	ids := make([]ID, 0, len(set))
	for id := range set {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b ID) int {
		if c := s.items[b].LastPlayed.Compare(s.items[a].LastPlayed); c != 0 {
			return c
		}
		return slices.Compare(a[:], b[:])
	})
	return ids
}
