package library

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// small is a library whose every item differs from the others in some field.
func small() (items []*Item, id func(string) ID) {
	id = func(name string) ID { return NewID("small", name) }
	day := func(y int) time.Time { return time.Date(y, 6, 1, 0, 0, 0, 0, time.UTC) }
	lib := func(name string, c Collection) *Item {
		return &Item{ID: id(name), Kind: CollectionFolder, Library: id(name), Name: name, Collection: c}
	}
	items = []*Item{
		lib("Films", Movies), lib("Shows", TVShows), lib("Music", Music),
		{
			ID: id("heat"), Kind: Movie, Library: id("Films"), Parent: id("Films"), Name: "Heat", Year: 1995, Premiered: day(1995), Added: day(2020),
			Genres: []string{"Crime", "Drama"}, Studios: []string{"Regency"}, Tags: []string{"heist"}, OfficialRating: "R", CommunityRating: 8.3, CriticRating: 88,
			People:   []Credit{{Name: "Al Pacino", Type: "Actor"}, {Name: "Michael Mann", Type: "Director"}},
			Sources:  []Source{{Container: "mkv", Runtime: TicksOf(170 * time.Minute), Bitrate: 9e6, Streams: []Stream{{Kind: StreamVideo, Width: 3840}, {Kind: StreamSubtitle}}}},
			Trailers: []string{"https://example.org/t"}, Overview: "A heist.", Providers: map[string]string{"Imdb": "tt0113277"},
		},
		{
			ID: id("amelie"), Kind: Movie, Library: id("Films"), Parent: id("folder"), Name: "Amélie", OriginalName: "Le Fabuleux Destin", Year: 2001, Premiered: day(2001), Added: day(2021),
			Genres: []string{"Comedy"}, OfficialRating: "12", Tags: []string{"3D"}, CommunityRating: 7, CriticRating: 60,
			People:  []Credit{{Name: "Al Pacino", Type: "Director"}},
			Sources: []Source{{Container: "mp4", Runtime: TicksOf(120 * time.Minute), Bitrate: 3e6, Streams: []Stream{{Kind: StreamVideo, Width: 1280}}}},
		},
		{ID: id("folder"), Kind: Folder, Library: id("Films"), Parent: id("Films"), Name: "French", Added: day(2019)},
		{ID: id("show"), Kind: Series, Library: id("Shows"), Parent: id("Shows"), Name: "The Wire", Year: 2002, Added: day(2018), Genres: []string{"Crime"}},
		{ID: id("s1"), Kind: Season, Library: id("Shows"), Parent: id("show"), Series: id("show"), Name: "Season 1", Index: Num(1)},
		{ID: id("e1"), Kind: Episode, Library: id("Shows"), Parent: id("s1"), Series: id("show"), Season: id("s1"), Name: "The Target", ParentIndex: Num(1), Index: Num(1), Added: day(2018)},
		{ID: id("e2"), Kind: Episode, Library: id("Shows"), Parent: id("s1"), Series: id("show"), Season: id("s1"), Name: "The Detail", ParentIndex: Num(1), Index: Num(2), Added: day(2022)},
		{ID: id("album"), Kind: MusicAlbum, Library: id("Music"), Parent: id("Music"), Name: "Kind of Blue", AlbumArtists: []string{"Miles Davis"}, Genres: []string{"Jazz"}},
		{ID: id("track"), Kind: Audio, Library: id("Music"), Parent: id("album"), Album: id("album"), Name: "So What", Index: Num(1), Artists: []string{"Miles Davis", "Bill Evans"}, AlbumArtists: []string{"Miles Davis"}, Genres: []string{"Jazz"}},
	}
	return items, id
}

func namesOf(cards []*Card) []string {
	out := make([]string, len(cards))
	for i, c := range cards {
		out[i] = c.Name
	}
	return out
}

func TestEveryFieldOfAQueryRestrictsAsItSays(t *testing.T) {
	items, id := small()
	st := NewState()
	liked, disliked := true, false
	st.Set(id("heat"), UserData{Played: true, PlayCount: 1, Favorite: true, Likes: &liked})
	st.Set(id("amelie"), UserData{Position: 5, Likes: &disliked})
	st.Set(id("e1"), UserData{Played: true})
	yes, no, one, two := true, false, 1, 2
	day := func(y int) time.Time { return time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC) }
	films := []Kind{Movie}
	cases := map[string]struct {
		q    Query
		want string
	}{
		"IDs keep their order":       {Query{IDs: []ID{id("heat"), id("amelie"), id("none")}}, "Heat,Amélie"},
		"IDs sorted if asked":        {Query{IDs: []ID{id("heat"), id("amelie")}, Sort: []Sort{{By: SortSortName}}}, "Amélie,Heat"},
		"Parent":                     {Query{Parent: id("Films")}, "French,Heat"},
		"Parent and Recursive":       {Query{Parent: id("Films"), Recursive: true}, "Amélie,French,Heat"},
		"Parent a folder":            {Query{Parent: id("folder"), Recursive: true}, "Amélie"},
		"Parent a series":            {Query{Parent: id("show"), Recursive: true, Kinds: []Kind{Episode}}, "The Target,The Detail"},
		"Parent a genre":             {Query{Parent: EntityID(Genre, "CRIME"), Recursive: true}, "Heat,The Wire"},
		"Exclude":                    {Query{Kinds: films, Exclude: []ID{id("heat")}}, "Amélie"},
		"Kinds":                      {Query{Kinds: []Kind{Movie, Folder}}, "Amélie,French,Heat"},
		"ExcludeKinds":               {Query{Parent: id("Films"), Recursive: true, ExcludeKinds: []Kind{Folder}}, "Amélie,Heat"},
		"Media":                      {Query{Media: []MediaType{MediaAudio}}, "So What"},
		"IsFolder":                   {Query{Parent: id("Films"), IsFolder: &yes}, "French"},
		"not IsFolder":               {Query{Parent: id("Films"), IsFolder: &no}, "Heat"},
		"Search":                     {Query{Search: "amel"}, "Amélie"},
		"Search the original name":   {Query{Search: "destin fab"}, "Amélie"},
		"Search an artist":           {Query{Search: "bill evans"}, "So What"},
		"Search finds nothing":       {Query{Search: "zzz"}, ""},
		"NameStartsWith":             {Query{Kinds: films, NameStartsWith: "h"}, "Heat"},
		"NameStartsWith an episode":  {Query{NameStartsWith: "Tar"}, "The Target"},
		"NameLess":                   {Query{Kinds: films, NameLess: "b"}, "Amélie"},
		"NameFrom":                   {Query{Kinds: films, NameFrom: "B"}, "Heat"},
		"Genres":                     {Query{Genres: []string{"comedy", "none"}}, "Amélie"},
		"Genres unknown":             {Query{Genres: []string{"none"}}, ""},
		"Studios":                    {Query{Studios: []string{"regency"}}, "Heat"},
		"Tags":                       {Query{Tags: []string{"Heist"}}, "Heat"},
		"Official":                   {Query{Official: []string{"r"}}, "Heat"},
		"GenreIDs":                   {Query{GenreIDs: []ID{EntityID(Genre, "crime")}}, "Heat,The Wire"},
		"StudioIDs":                  {Query{StudioIDs: []ID{EntityID(Studio, "Regency")}}, "Heat"},
		"PersonIDs":                  {Query{PersonIDs: []ID{EntityID(Person, "Al Pacino")}}, "Amélie,Heat"},
		"PersonIDs and PersonTypes":  {Query{PersonIDs: []ID{EntityID(Person, "Al Pacino")}, PersonTypes: []string{"Actor"}}, "Heat"},
		"Persons and PersonTypes":    {Query{Persons: []string{"al pacino"}, PersonTypes: []string{"Director"}}, "Amélie"},
		"PersonTypes":                {Query{PersonTypes: []string{"Actor"}}, "Heat"},
		"ArtistIDs":                  {Query{ArtistIDs: []ID{EntityID(MusicArtist, "miles davis")}}, "So What,Kind of Blue"},
		"AlbumArtistIDs":             {Query{AlbumArtistIDs: []ID{EntityID(MusicArtist, "Bill Evans")}}, ""},
		"ContributingArtistIDs":      {Query{ContributingArtistIDs: []ID{EntityID(MusicArtist, "Bill Evans")}}, "So What"},
		"ContributingArtistIDs, own": {Query{ContributingArtistIDs: []ID{EntityID(MusicArtist, "Miles Davis")}}, ""},
		"AlbumIDs":                   {Query{AlbumIDs: []ID{id("album")}}, "So What"},
		"SeriesIDs":                  {Query{SeriesIDs: []ID{id("show")}, Kinds: []Kind{Season}}, "Season 1"},
		"Years":                      {Query{Years: []int{1995, 1996}}, "Heat"},
		"Containers":                 {Query{Containers: []string{"MP4"}}, "Amélie"},
		"Providers":                  {Query{Providers: []string{"imdb"}}, "Heat"},
		"Providers with an id":       {Query{Providers: []string{"Imdb:tt0113278"}}, ""},
		"IsPlayed":                   {Query{IsPlayed: &yes, Media: []MediaType{MediaVideo}}, "The Target,Heat"},
		"not IsPlayed, a folder":     {Query{IsPlayed: &no, Kinds: []Kind{Series}}, "The Wire"},
		"IsFavorite":                 {Query{IsFavorite: &yes}, "Heat"},
		"not IsFavorite":             {Query{IsFavorite: &no, Kinds: films}, "Amélie"},
		"IsResumable":                {Query{IsResumable: &yes}, "Amélie"},
		"IsLiked":                    {Query{IsLiked: &yes}, "Heat"},
		"not IsLiked":                {Query{IsLiked: &no}, "Amélie"},
		"HasSubtitles":               {Query{HasSubtitles: &yes}, "Heat"},
		"HasTrailer":                 {Query{HasTrailer: &no, Kinds: films}, "Amélie"},
		"HasOverview":                {Query{HasOverview: &yes}, "Heat"},
		"IsHD":                       {Query{IsHD: &yes}, "Amélie,Heat"},
		"Is4K":                       {Query{Is4K: &yes}, "Heat"},
		"Is3D":                       {Query{Is3D: &yes}, "Amélie"},
		"MinRating":                  {Query{MinRating: 8}, "Heat"},
		"MinCritic":                  {Query{MinCritic: 61}, "Heat"},
		"MinPremiered":               {Query{MinPremiered: day(2000)}, "Amélie"},
		"MaxPremiered":               {Query{MaxPremiered: day(2000)}, "Heat"},
		"MinAdded":                   {Query{MinAdded: day(2022)}, "The Detail"},
		"Index":                      {Query{Index: &two}, "The Detail"},
		"ParentIndex":                {Query{ParentIndex: &one, Index: &one}, "The Target"},
		"IsMissing":                  {Query{IsMissing: &yes}, ""},
		"Start and Limit":            {Query{Kinds: films, Start: 1, Limit: 5}, "Heat"},
		"Viewer.Libraries":           {Query{Viewer: Viewer{Libraries: map[ID]bool{id("Music"): true}}}, "So What,Kind of Blue,Music"},
		"Viewer.Libraries, none":     {Query{Viewer: Viewer{Libraries: map[ID]bool{}}}, ""},
	}
	for _, layered := range []bool{false, true} {
		s := snapshotOf(items)
		if layered {
			names := NewNames()
			s, _ = NewSnapshot(names, cardsFor(names, items[:6])).Next(cardsFor(names, items[3:]), nil)
		}
		for name, c := range cases {
			c.q.Viewer.State = st
			page := s.Find(c.q)
			want := strings.Split(c.want, ",")
			if c.want == "" {
				want = nil
			}
			if got := namesOf(page.Cards); !slices.Equal(got, want) {
				t.Errorf("%s (layered %v): got %q, want %q", name, layered, got, want)
			}
			if wantTotal := len(want) + c.q.Start; page.Total != wantTotal {
				t.Errorf("%s (layered %v): total %d, want %d", name, layered, page.Total, wantTotal)
			}
		}
	}
}

func TestANegativeLimitOnlyCounts(t *testing.T) {
	items, _ := small()
	if p := snapshotOf(items).Find(Query{Kinds: []Kind{Movie}, Limit: -1}); p.Total != 2 || p.Cards != nil {
		t.Errorf("got %d cards, total %d", len(p.Cards), p.Total)
	}
}

// slow answers a Query in the plainest way: every card tested, all of them sorted.
func (s *Snapshot) slow(q Query) Page {
	m := s.matcher(&q)
	k := &keyer{s: s, viewer: &q.Viewer, seed: q.Seed}
	var cards []*Card
	s.Each(func(c *Card) bool {
		if m.match(c) {
			cards = append(cards, c)
		}
		return true
	})
	spec := s.spec(&q)
	slices.SortFunc(cards, func(a, b *Card) int { return k.compare(spec, a, b) })
	return Page{Cards: cut(cards, q.Start, q.Limit), Total: len(cards)}
}

func randomQuery(rnd *rand.Rand, items []*Item, v Viewer) Query {
	q := Query{Viewer: v, Seed: rnd.Uint64(), Start: rnd.IntN(3) * rnd.IntN(200), Limit: rnd.IntN(150)}
	maybe := func(fn func()) {
		if rnd.IntN(6) == 0 {
			fn()
		}
	}
	some := func() *bool { b := rnd.IntN(2) == 0; return &b }
	any := func() *Item { return items[rnd.IntN(len(items))] }
	maybe(func() { q.Kinds = []Kind{Movie, Series, Audio, Episode}[rnd.IntN(3) : rnd.IntN(2)+3] })
	maybe(func() { q.Parent, q.Recursive = any().Parent, rnd.IntN(2) == 0 })
	maybe(func() { q.Parent, q.Recursive = any().Library, true })
	maybe(func() { q.IsPlayed = some() })
	maybe(func() { q.IsFavorite = some() })
	maybe(func() { q.IsResumable = some() })
	maybe(func() { q.Genres = []string{fmt.Sprintf("genre %d", rnd.IntN(25))} })
	maybe(func() { q.Years = []int{1950 + rnd.IntN(80), 1960} })
	maybe(func() { q.NameStartsWith = string(rune('a' + rnd.IntN(26))) })
	maybe(func() { q.NameLess = string(rune('a' + rnd.IntN(26))) })
	maybe(func() { q.IsHD = some() })
	maybe(func() { q.Exclude = []ID{any().ID, any().ID} })
	maybe(func() { q.ArtistIDs = []ID{EntityID(MusicArtist, fmt.Sprintf("artist %d", rnd.IntN(5)))} })
	maybe(func() {
		q.Search = []string{"river", "the gol", "of", "artist"}[rnd.IntN(4)]
		q.Sort = []Sort{{By: SortName}}
	})
	maybe(func() { q.Viewer.Libraries = map[ID]bool{filmsLib: true, showsLib: rnd.IntN(2) == 0} })
	for range rnd.IntN(4) {
		q.Sort = append(q.Sort, Sort{sortNames[rnd.IntN(len(sortNames)-2)], rnd.IntN(2) == 0})
	}
	return q
}

func TestIndexesAnswerAsAPlainLoopWould(t *testing.T) {
	rnd := rand.New(rand.NewPCG(7, 7))
	items := makeItems(1500)
	v := Viewer{State: watch(items, 5, rnd)}
	names := NewNames()
	s := NewSnapshot(names, cardsFor(names, items))
	layered := 0
	for round := range 40 {
		if len(s.extra) > 0 && s.gone > 0 {
			layered++
		}
		for range 40 {
			q := randomQuery(rnd, items, v)
			got, want := s.Find(q), s.slow(q)
			if got.Total != want.Total || !slices.Equal(namesOf(got.Cards), namesOf(want.Cards)) || !slices.Equal(got.Cards, want.Cards) {
				q.Viewer = Viewer{Libraries: q.Viewer.Libraries}
				t.Fatalf("round %d: %+v\n got %d: %.10q\nwant %d: %.10q", round, q, got.Total, namesOf(got.Cards), want.Total, namesOf(want.Cards))
			}
		}
		s = stir(s, items, rnd, v.State)
	}
	if layered < 10 {
		t.Errorf("only %d rounds had changes on top of a base", layered)
	}
}

// stir changes a few items, some folders among them, and what the person did.
func stir(s *Snapshot, items []*Item, rnd *rand.Rand, st *State) *Snapshot {
	var put []*Card
	var remove []ID
	for range 20 {
		it := *items[rnd.IntN(len(items))]
		switch rnd.IntN(5) {
		case 0:
			remove = append(remove, it.ID)
			continue
		case 1:
			it.ID = NewID("new", it.Name, fmt.Sprint(rnd.Uint32()))
		case 2:
			it.Parent = items[rnd.IntN(len(items))].Parent
		}
		it.Name, it.Year = titleOf(rnd.IntN(5000)), 1950+rnd.IntN(80)
		c := CardOf(&it, s.NameTable())
		put = append(put, &c)
		st.Set(it.ID, UserData{Played: rnd.IntN(2) == 0, Favorite: rnd.IntN(3) == 0, Position: Ticks(rnd.IntN(2))})
	}
	next, _ := s.Next(put, remove)
	return next
}

func TestASnapshotNeverChanges(t *testing.T) {
	items, id := small()
	s := snapshotOf(items)
	before := namesOf(s.Find(Query{}).Cards)
	c := CardOf(&Item{ID: id("heat"), Kind: Movie, Name: "Cold", Library: id("Films")}, s.NameTable())
	n, set := s.Next([]*Card{&c}, []ID{id("amelie"), id("nothing")})
	if got := namesOf(s.Find(Query{}).Cards); !slices.Equal(got, before) {
		t.Errorf("was %q, is %q", before, got)
	}
	if len(set.Updated) != 1 || len(set.Removed) != 1 || len(set.Added) != 0 || set.Generation != s.Generation()+1 {
		t.Errorf("change set %+v", set)
	}
	if _, ok := n.Card(id("amelie")); ok || n.Len() != s.Len()-1 {
		t.Errorf("Amélie is still there, or the count %d is wrong", n.Len())
	}
	if got, _ := n.Card(id("heat")); got.Name != "Cold" {
		t.Errorf("Heat is %q", got.Name)
	}
}
