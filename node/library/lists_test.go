package library

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

func at(day int) time.Time { return time.Date(2024, 1, day, 0, 0, 0, 0, time.UTC) }

func wantNames(t *testing.T, what string, got []*Card, want ...string) {
	t.Helper()
	if !slices.Equal(namesOf(got), want) {
		t.Errorf("%s: got %q, want %q", what, namesOf(got), want)
	}
}

// shows makes one series for each name, with two seasons of three episodes and a special.
func shows(names ...string) []*Item {
	lib := NewID("Shows")
	items := []*Item{{ID: lib, Kind: CollectionFolder, Library: lib, Name: "Shows"}}
	for _, n := range names {
		series := NewID(n)
		items = append(items, &Item{ID: series, Kind: Series, Library: lib, Parent: lib, Name: n})
		for season := range 3 {
			seasonID := NewID(n, "s", string(rune('0'+season)))
			items = append(items, &Item{ID: seasonID, Kind: Season, Library: lib, Parent: series, Series: series, Index: Num(season), Name: "Season"})
			for e := 1; e <= 3 && (season > 0 || e == 1); e++ {
				items = append(items, &Item{
					ID: epID(n, season, e), Kind: Episode, Library: lib, Parent: series, Series: series, Season: seasonID,
					ParentIndex: Num(season), Index: Num(e), Name: epName(n, season, e), Runtime: 1e10, Added: at(season*5 + e),
				})
			}
		}
	}
	return items
}

func epName(n string, season, e int) string {
	return n + " " + string(rune('0'+season)) + "x" + string(rune('0'+e))
}
func epID(n string, season, e int) ID { return NewID("ep", epName(n, season, e)) }

func TestNextUpGoesOnAfterTheLastPlayedEpisode(t *testing.T) {
	s := snapshotOf(shows("Begun", "Untouched", "Finished", "Half", "Special"))
	st := NewState()
	play := func(n string, season, e, day int) {
		st.Set(epID(n, season, e), UserData{Played: true, LastPlayed: at(day)})
	}
	play("Begun", 1, 1, 1)
	play("Begun", 1, 3, 2) // 1x2 was skipped: it is not next
	play("Begun", 2, 1, 3)
	play("Half", 1, 1, 9)
	st.Set(epID("Half", 1, 2), UserData{Position: 7, LastPlayed: at(10)})
	for season := 1; season <= 2; season++ {
		for e := 1; e <= 3; e++ {
			play("Finished", season, e, 5)
		}
	}
	play("Special", 0, 1, 20)
	v := Viewer{State: st}
	get := func(q NextUpQuery) []*Card { q.Viewer = v; return s.NextUp(q).Cards }
	wantNames(t, "all", get(NextUpQuery{Resumable: true}), "Half 1x2", "Begun 2x2")
	wantNames(t, "without half-watched", get(NextUpQuery{}), "Begun 2x2")
	wantNames(t, "limit", get(NextUpQuery{Resumable: true, Start: 1, Limit: 1}), "Begun 2x2")
	wantNames(t, "cutoff", get(NextUpQuery{Resumable: true, Cutoff: at(8)}), "Half 1x2")
	wantNames(t, "a series never begun", get(NextUpQuery{Series: NewID("Untouched")}), "Untouched 1x1")
	wantNames(t, "the same without firsts", get(NextUpQuery{Series: NewID("Untouched"), SkipFirst: true}))
	wantNames(t, "a finished series", get(NextUpQuery{Series: NewID("Finished")}))
	play("Finished", 1, 1, 30)
	wantNames(t, "watching again", get(NextUpQuery{Series: NewID("Finished"), Rewatch: true}), "Finished 1x2")
	wantNames(t, "another library", get(NextUpQuery{Parent: NewID("Films")}))
	v.Libraries = map[ID]bool{}
	wantNames(t, "a person without libraries", get(NextUpQuery{Series: NewID("Untouched")}))
}

func TestResumeListsWhatWasBegunLatestFirst(t *testing.T) {
	s := snapshotOf(shows("A"))
	st := NewState()
	st.Set(epID("A", 1, 1), UserData{Position: 5, LastPlayed: at(1)})
	st.Set(epID("A", 1, 2), UserData{Position: 5, LastPlayed: at(3)})
	st.Set(epID("A", 1, 3), UserData{Played: true, LastPlayed: at(4)})
	st.Set(NewID("gone"), UserData{Position: 5, LastPlayed: at(5)})
	v := Viewer{State: st}
	wantNames(t, "video", s.Resume(ResumeQuery{Viewer: v, Media: []MediaType{MediaVideo}}).Cards, "A 1x2", "A 1x1")
	wantNames(t, "audio", s.Resume(ResumeQuery{Viewer: v, Media: []MediaType{MediaAudio}}).Cards)
	wantNames(t, "below", s.Resume(ResumeQuery{Viewer: v, Parent: NewID("A"), Limit: 1}).Cards, "A 1x2")
	v.Libraries = map[ID]bool{}
	wantNames(t, "no rights", s.Resume(ResumeQuery{Viewer: v}).Cards)
}

func TestLatestGroupsEpisodesAndTracks(t *testing.T) {
	items := shows("One", "Two")
	music := NewID("Music")
	items = append(items,
		&Item{ID: NewID("album"), Kind: MusicAlbum, Library: music, Parent: music, Name: "Album"},
		&Item{ID: NewID("track"), Kind: Audio, Library: music, Parent: NewID("album"), Album: NewID("album"), Name: "Track", Added: at(29)},
		&Item{ID: NewID("late"), Kind: Episode, Library: NewID("Shows"), Parent: NewID("lone"), Series: NewID("lone"), Name: "Late", Added: at(30)},
		&Item{ID: NewID("lone"), Kind: Series, Library: NewID("Shows"), Parent: NewID("Shows"), Name: "Lone"},
	)
	s := snapshotOf(items)
	got := s.Latest(LatestQuery{Group: true})
	var names []string
	for _, l := range got {
		names = append(names, l.Card.Name)
	}
	if !slices.Equal(names, []string{"Late", "Album", "Two", "One"}) {
		t.Errorf("got %q", names)
	}
	if got[1].Count != 1 || got[2].Count != 7 || got[0].Count != 0 {
		t.Errorf("counts %+v", got)
	}
	if got := s.Latest(LatestQuery{Limit: 2}); got[0].Card.Name != "Late" || got[1].Card.Name != "Track" || len(got) != 2 {
		t.Errorf("ungrouped %+v", got)
	}
	if got := s.Latest(LatestQuery{Viewer: Viewer{Libraries: map[ID]bool{music: true}}, Group: true}); len(got) != 1 {
		t.Errorf("with rights to music only %+v", got)
	}
}

func TestCountsOfFoldersFollowWhatIsInThem(t *testing.T) {
	items := shows("A", "B")
	names := NewNames()
	s := NewSnapshot(names, cardsFor(names, items))
	st := NewState()
	check := func(what string, s *Snapshot, children, all, unplayed int, percent float64) {
		t.Helper()
		id, v := NewID("A"), Viewer{State: st}
		if a, b, c, d := s.ChildCount(v, id), s.RecursiveCount(v, id), s.UnplayedCount(v, id), s.PlayedPercent(v, id); a != children || b != all || c != unplayed || d != percent {
			t.Errorf("%s: %d children, %d in all, %d unplayed, %v %% played", what, a, b, c, d)
		}
	}
	check("at first", s, 3, 7, 7, 0)
	st.Set(epID("A", 1, 1), UserData{Played: true})
	check("one played", s, 3, 7, 6, 100.0/7)
	st.Set(epID("A", 1, 1), UserData{Played: true, Favorite: true})
	check("played and marked", s, 3, 7, 6, 100.0/7)
	n, _ := s.Next(nil, []ID{epID("A", 1, 1), epID("A", 1, 2), epID("A", 1, 3), epID("A", 2, 1)})
	check("four removed", n, 3, 3, 3, 0)
	check("the old snapshot", s, 3, 7, 6, 100.0/7)
	it := *items[1]
	it.Year = 2000
	n, _ = n.Next(cardsFor(names, []*Item{&it}), nil)
	check("the series changed", n, 3, 3, 3, 0)
	st.Set(epID("A", 1, 1), UserData{})
	check("played taken back", s, 3, 7, 7, 0)
	if n := s.UnplayedCount(Viewer{State: st}, NewID("Shows")); n != 14 {
		t.Errorf("library: %d unplayed", n)
	}
}

func TestWhatAPersonMayNotSeeIsNotThere(t *testing.T) {
	items, id := small()
	s := snapshotOf(items)
	v := Viewer{Libraries: map[ID]bool{id("Music"): true}, State: NewState()}
	v.State.Set(id("heat"), UserData{Position: 1, Favorite: true})
	if _, ok := s.Visible(v, id("heat")); ok {
		t.Error("Visible shows it")
	}
	if c := s.Children(v, id("Films")); c != nil {
		t.Errorf("Children %q", namesOf(c))
	}
	if c := s.Ancestors(v, id("e1")); c != nil {
		t.Errorf("Ancestors %q", namesOf(c))
	}
	if c := s.Similar(id("heat"), v, nil, 0); c != nil {
		t.Errorf("Similar to it %q", namesOf(c))
	}
	if c := s.Similar(id("track"), v, []Kind{Movie}, 0); len(c) != 0 {
		t.Errorf("Similar %q", namesOf(c))
	}
	if c := s.Suggestions(v, []Kind{Movie, Series}, nil, 1, 0); len(c) != 0 {
		t.Errorf("Suggestions %q", namesOf(c))
	}
	for _, k := range []Kind{Person, Studio, Genre, Year} {
		if p := s.Entities(k, Query{Viewer: v}); p.Total != 0 {
			t.Errorf("%s %q", k, namesOf(p.Cards))
		}
	}
	if _, ok := s.EntityByName(v, Person, "Al Pacino"); ok {
		t.Error("EntityByName shows a person")
	}
	if f := s.Filters(Query{Viewer: v}); len(f.Tags) != 0 || len(f.OfficialRatings) != 0 || len(f.Years) != 0 {
		t.Errorf("Filters %+v", f)
	}
	if k := s.Counts(v); k.Of(Movie, Series, Episode) != 0 || k.Of(Audio) != 1 {
		t.Errorf("Counts %v", k)
	}
	if k := s.EntityCounts(v, EntityID(Genre, "Crime")); k.Of(Movie, Series) != 0 {
		t.Errorf("EntityCounts %v", k)
	}
	if p := s.Find(Query{Viewer: v, Search: "heet"}); p.Total != 0 {
		t.Errorf("Search %q", namesOf(p.Cards))
	}
	wantNames(t, "Libraries", s.Libraries(v), "Music")
}

func TestEntitiesAreTheNamesOfWhatMatches(t *testing.T) {
	items, id := small()
	s := snapshotOf(items)
	wantNames(t, "genres", s.Entities(Genre, Query{}).Cards, "Comedy", "Crime", "Drama")
	wantNames(t, "music genres", s.Entities(MusicGenre, Query{}).Cards, "Jazz")
	wantNames(t, "genres of series", s.Entities(Genre, Query{Kinds: []Kind{Series}}).Cards, "Crime")
	wantNames(t, "genres below", s.Entities(Genre, Query{Parent: id("folder"), Recursive: true}).Cards, "Comedy")
	wantNames(t, "studios", s.Entities(Studio, Query{}).Cards, "Regency")
	wantNames(t, "persons", s.Entities(Person, Query{}).Cards, "Al Pacino", "Michael Mann")
	wantNames(t, "directors", s.Entities(Person, Query{PersonTypes: []string{"Director"}, Kinds: []Kind{Movie}}).Cards, "Al Pacino", "Michael Mann")
	wantNames(t, "actors", s.Entities(Person, Query{PersonTypes: []string{"Actor"}}).Cards, "Al Pacino")
	wantNames(t, "persons by name", s.Entities(Person, Query{Search: "man"}).Cards, "Michael Mann")
	wantNames(t, "artists", s.Entities(MusicArtist, Query{}).Cards, "Bill Evans", "Miles Davis")
	wantNames(t, "album artists", s.AlbumArtists(Query{}).Cards, "Miles Davis")
	wantNames(t, "years, newest first", s.Entities(Year, Query{Sort: []Sort{{SortSortName, true}}, Limit: 2}).Cards, "2002", "2001")
	if p := s.Entities(Genre, Query{Start: 1, Limit: 1}); p.Total != 3 || p.Cards[0].Name != "Crime" {
		t.Errorf("second genre of %d: %q", p.Total, namesOf(p.Cards))
	}
	st := NewState()
	st.Set(EntityID(MusicArtist, "bill evans"), UserData{Favorite: true})
	yes := true
	wantNames(t, "favourite artists", s.Entities(MusicArtist, Query{Viewer: Viewer{State: st}, IsFavorite: &yes}).Cards, "Bill Evans")
	c, ok := s.EntityByID(Viewer{}, EntityID(Person, "AL PACINO"))
	if !ok || c.Name != "Al Pacino" || c.Kind != Person || c.ID != EntityID(Person, "al pacino") {
		t.Errorf("by id %+v", c)
	}
	if k := s.EntityCounts(Viewer{}, c.ID); k.Of(Movie) != 2 {
		t.Errorf("%d films with him", k.Of(Movie))
	}
	if _, ok := s.EntityByID(Viewer{}, id("heat")); ok {
		t.Error("a film passes for an entity")
	}
	f := s.Filters(Query{Kinds: []Kind{Movie}})
	if strings.Join(f.Genres, ",") != "Comedy,Crime,Drama" || strings.Join(f.Tags, ",") != "3D,heist" || len(f.Years) != 2 || strings.Join(f.OfficialRatings, ",") != "12,R" {
		t.Errorf("filters %+v", f)
	}
}

func TestAStoredArtistStandsForItsName(t *testing.T) {
	items, id := small()
	items = append(items, &Item{ID: id("miles"), Kind: MusicArtist, Library: id("Music"), Parent: id("Music"), Name: "miles davis"})
	s := snapshotOf(items)
	for _, v := range []Viewer{{}, {Libraries: map[ID]bool{id("Music"): true}}} {
		c, ok := s.EntityByName(v, MusicArtist, "Miles Davis")
		if !ok || c.ID != id("miles") {
			t.Errorf("by name %+v", c)
		}
		wantNames(t, "artists", s.Entities(MusicArtist, Query{Viewer: v}).Cards, "Bill Evans", "miles davis")
		wantNames(t, "his work", s.Find(Query{Viewer: v, ArtistIDs: []ID{id("miles")}, Kinds: []Kind{MusicAlbum}}).Cards, "Kind of Blue")
		wantNames(t, "below him", s.Find(Query{Viewer: v, Parent: id("miles"), Recursive: true, Kinds: []Kind{MusicAlbum}}).Cards, "Kind of Blue")
	}
	if _, ok := s.EntityByName(Viewer{Libraries: map[ID]bool{id("Films"): true}}, MusicArtist, "Miles Davis"); ok {
		t.Error("seen without the right to music")
	}
}

func TestSearchRanksTheBestFirstAndForgivesTypos(t *testing.T) {
	lib := NewID("lib")
	var items []*Item
	add := func(kind Kind, name string) {
		items = append(items, &Item{ID: NewID(kind.String(), name), Kind: kind, Library: lib, Parent: lib, Name: name})
	}
	add(Movie, "Alien")
	add(Movie, "Aliens")
	add(Movie, "The Alien Dead")
	add(Movie, "My Stepmother Is an Alien")
	add(Series, "Alien")
	add(Audio, "Alien")
	add(Movie, "Interstellar")
	want := []string{"Alien", "Alien", "Alien", "The Alien Dead", "Aliens", "My Stepmother Is an Alien"}
	for _, layered := range []bool{false, true} {
		s := snapshotOf(items)
		if layered {
			names := NewNames()
			s, _ = NewSnapshot(names, cardsFor(names, items[:3])).Next(cardsFor(names, items[2:]), nil)
		}
		p := s.Find(Query{Search: "alien"})
		wantNames(t, "alien", p.Cards, want...)
		if p.Cards[0].Kind != Movie || p.Cards[1].Kind != Series || p.Cards[2].Kind != Audio {
			t.Errorf("kinds %v %v %v", p.Cards[0].Kind, p.Cards[1].Kind, p.Cards[2].Kind)
		}
		wantNames(t, "page", s.Find(Query{Search: "alien", Start: 3, Limit: 2}).Cards, want[3:5]...)
		for _, typed := range []string{"intersteler", "intrestellar", "INTERSTELAR", "interstella"} {
			wantNames(t, typed, s.Find(Query{Search: typed}).Cards, "Interstellar")
		}
		wantNames(t, "too far off", s.Find(Query{Search: "innerstyling"}).Cards)
	}
}

func TestSimilarThingsShareNames(t *testing.T) {
	items := makeItems(2000)
	s := snapshotOf(items)
	var film *Item
	for _, it := range items {
		if it.Kind == Movie {
			film = it
			break
		}
	}
	got := s.Similar(film.ID, Viewer{}, nil, 5)
	if len(got) != 5 {
		t.Fatalf("%d similar films", len(got))
	}
	for _, c := range got {
		if c.ID == film.ID || c.Kind != Movie || len(c.Names(s.NameTable(), RoleGenre)) == 0 || !strings.Contains(strings.Join(c.Names(s.NameTable(), RoleGenre), ","), film.Genres[0]) {
			t.Errorf("%q is not similar", c.Name)
		}
	}
	v := Viewer{State: watch(items, 10, rand.New(rand.NewPCG(3, 3)))}
	a, b := s.Suggestions(v, []Kind{Movie}, nil, 1, 10), s.Suggestions(v, []Kind{Movie}, nil, 1, 10)
	if len(a) != 10 || !slices.Equal(a, b) {
		t.Errorf("%d suggestions, the same each time: %v", len(a), slices.Equal(a, b))
	}
	for _, c := range a {
		if v.State.Get(c.ID).Played {
			t.Errorf("%q was played", c.Name)
		}
	}
}

func TestTwoChangeSetsMakeOne(t *testing.T) {
	a, b, c := &Card{ID: NewID("a")}, &Card{ID: NewID("b")}, &Card{ID: NewID("c")}
	got := ChangeSet{Added: []*Card{a, b}, Removed: []*Card{c}}.Then(ChangeSet{Generation: 9, Updated: []*Card{a}, Removed: []*Card{b}, Added: []*Card{c}})
	if len(got.Added) != 1 || got.Added[0] != a || len(got.Updated) != 1 || got.Updated[0] != c || len(got.Removed) != 0 || got.Generation != 9 {
		t.Errorf("%+v", got)
	}
}
