package library

// view is a State seen from one Snapshot: sets of nodes instead of ids.
type view struct {
	token                                *byte
	counts                               *tree    // the folders' contents it was made for
	touched, played, favorite, resumable slotSet  // by node
	under                                []uint32 // played leaves below each folder
	seer                                 *profile // whose eyes it was made with
	sets                                 [6]lazy[slotSet]
	rows                                 lazy[[]viewRow]
}

// viewFlag picks one of a view's sets.
type viewFlag uint8

const (
	viewPlayed viewFlag = iota
	viewFavorite
	viewResumable
)

func (v *view) set(f viewFlag) slotSet {
	switch f {
	case viewFavorite:
		return v.favorite
	case viewResumable:
		return v.resumable
	}
	return v.played
}

// viewOf returns the State as seen from this snapshot. The State keeps the latest view
// and brings it up to date by what was set since.
func (s *Snapshot) viewOf(who *Viewer) *view {
	st, e := who.State, s.eyes(who)
	t := e.tree()
	if st == nil {
		return s.newView(t, e.p)
	}
	st.mu.Lock()
	defer st.mu.Unlock()
	if v := st.view; v != nil && v.token == s.token && v.counts == t && v.seer == e.p {
		if len(st.since) > 0 {
			st.view = s.refresh(v, st)
			st.since = st.since[:0]
		}
		return st.view
	}
	v := s.newView(t, e.p)
	for id, u := range st.items {
		if n, ok := s.node(id); ok {
			v.put(t, n, u, t.isLeaf(s, n))
		}
	}
	st.view, st.since = v, st.since[:0]
	return v
}

func (s *Snapshot) newView(t *tree, p *profile) *view {
	n := len(s.base.cards) + len(s.extra)
	all := newSlotSet(4 * (n + 63))
	part := func(i int) slotSet { w := (n + 63) / 64; return all[i*w : (i+1)*w : (i+1)*w] }
	return &view{
		token: s.token, counts: t, seer: p, touched: part(0), played: part(1), favorite: part(2), resumable: part(3),
		under: make([]uint32, n),
	}
}

func (v *view) put(t *tree, n uint32, u UserData, leaf bool) {
	v.touched.put(n, !u.IsZero())
	v.favorite.put(n, u.Favorite)
	v.resumable.put(n, u.Position > 0)
	if leaf && u.Played != v.played.has(n) {
		t.climb(n, func(p int32) {
			if u.Played {
				v.under[p]++
			} else {
				v.under[p]--
			}
		})
	}
	v.played.put(n, u.Played)
}

// refresh returns a copy of v with what was set since. Readers may still hold v.
func (s *Snapshot) refresh(v *view, st *State) *view {
	next := &view{
		token: v.token, counts: v.counts, seer: v.seer, touched: v.touched.clone(), played: v.played.clone(),
		favorite: v.favorite.clone(), resumable: v.resumable.clone(), under: v.under,
	}
	own := false
	for _, id := range st.since {
		n, ok := s.node(id)
		if !ok {
			continue
		}
		u := st.items[id]
		if !own && u.Played != next.played.has(n) {
			next.under, own = append([]uint32(nil), v.under...), true
		}
		next.put(v.counts, n, u, v.counts.isLeaf(s, n))
	}
	return next
}

// personalSet returns the base slots whose flag is as wanted. What is played of a folder
// follows from what is in it. The set is shared: it must not be changed.
func (s *Snapshot) personalSet(who *Viewer, f viewFlag, want bool) slotSet {
	v := s.viewOf(who)
	which := 2 * int(f)
	if want {
		which++
	}
	return v.sets[which].get(func() slotSet { return s.flagged(who, v, f, want) })
}

func (s *Snapshot) flagged(who *Viewer, v *view, f viewFlag, want bool) slotSet {
	n := len(s.base.cards)
	out := newSlotSet(n)
	copy(out, v.set(f)[:len(out)])
	if tail := n % 64; tail != 0 {
		out[len(out)-1] &= 1<<tail - 1
	}
	if f == viewPlayed {
		t := v.counts
		folders := s.base.kindSet(kindsWhere(func(k Kind) bool { return k.IsFolder() && k != BoxSet && k != Playlist }))
		folders.each(func(i uint32) bool {
			out.put(i, t.leaves[i] > 0 && v.under[i] >= t.leaves[i])
			return true
		})
		s.base.kindSet(1<<BoxSet | 1<<Playlist).each(func(i uint32) bool {
			out.put(i, s.played(who, s.base.cards[i]))
			return true
		})
	}
	if !want {
		out.invert(n)
	}
	return out
}
