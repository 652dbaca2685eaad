package library

// LatestQuery asks for what came into the library last.
type LatestQuery struct {
	Viewer   Viewer
	Parent   ID
	Kinds    []Kind // none: everything that can be played or read
	Media    []MediaType
	IsPlayed *bool
	Exclude  []ID // libraries not to look in
	Group    bool // episodes as their series, tracks as their album
	Limit    int  // 0: 20
}

// Latest is one entry of a Latest list.
type Latest struct {
	Card  *Card
	Count int // how many new things the card stands for; 0: only itself
}

// Latest returns the newest items, the newest first. Grouped, several episodes of a series
// are the series, one stays itself; tracks are always their album.
func (s *Snapshot) Latest(q LatestQuery) []Latest {
	query := Query{
		Viewer: q.Viewer, Parent: q.Parent, Recursive: true, Kinds: q.Kinds, Media: q.Media, IsPlayed: q.IsPlayed,
	}
	if len(q.Kinds) == 0 && len(q.Media) == 0 {
		query.Media = []MediaType{MediaVideo, MediaAudio, MediaPhoto, MediaBook}
	}
	limit := q.Limit
	if limit <= 0 {
		limit = 20
	}
	if len(q.Exclude) > 0 && q.Parent.IsZero() {
		query.NotIn = q.Exclude
	}
	g := grouper{s: s, viewer: q.Viewer, at: make(map[ID]int), limit: limit, group: q.Group}
	h := s.find(&query)
	s.eachInOrder(h, []Sort{{SortDateCreated, true}, {SortSortName, true}}, g.take)
	return g.list()
}

// eachInOrder calls fn for the hits in a static order until it returns false.
func (s *Snapshot) eachInOrder(h hits, spec []Sort, fn func(*Card) bool) {
	const step = 256
	for start := 0; ; start += step {
		cards := s.walk(h, spec, start, step)
		for _, c := range cards {
			if !fn(c) {
				return
			}
		}
		if len(cards) < step {
			return
		}
	}
}

// latestScan bounds how many items are looked at to fill groups: a series of thousands
// added at once must not make the list slow.
const latestScan = 5000

type grouper struct {
	s       *Snapshot
	viewer  Viewer
	group   bool
	limit   int
	entries []latestGroup
	at      map[ID]int // group → entry
	looked  int
}

type latestGroup struct {
	first, folder *Card
	count         int
}

func (g *grouper) take(c *Card) bool {
	if g.looked++; g.looked > latestScan {
		return false
	}
	folder := g.folderOf(c)
	if folder == nil {
		g.entries = append(g.entries, latestGroup{first: c})
		return len(g.entries) < g.limit
	}
	if i, ok := g.at[folder.ID]; ok {
		g.entries[i].count++
		return true
	}
	if len(g.entries) >= g.limit {
		return false
	}
	g.at[folder.ID] = len(g.entries)
	g.entries = append(g.entries, latestGroup{first: c, folder: folder, count: 1})
	return true
}

func (g *grouper) folderOf(c *Card) *Card {
	if !g.group {
		return nil
	}
	id := ID{}
	switch c.Kind {
	case Episode:
		id = c.Series
	case Audio, AudioBook:
		id = c.Album
	case Photo:
		id = c.Parent
	}
	folder, ok := g.s.Visible(g.viewer, id)
	if !ok || folder.Kind == CollectionFolder {
		return nil
	}
	return folder
}

func (g *grouper) list() []Latest {
	out := make([]Latest, 0, len(g.entries))
	for _, e := range g.entries {
		switch {
		case e.folder != nil && (e.count > 1 || e.folder.Kind == MusicAlbum):
			out = append(out, Latest{e.folder, e.count})
		default:
			out = append(out, Latest{Card: e.first})
		}
	}
	return out
}
