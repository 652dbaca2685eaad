package library

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// family is a library with something for and against everybody.
func family() (items []*Item, id func(string) ID) {
	id = func(name string) ID { return NewID("family", name) }
	films, shows := id("Films"), id("Shows")
	items = []*Item{
		{ID: films, Kind: CollectionFolder, Library: films, Name: "Films", Collection: Movies},
		{ID: shows, Kind: CollectionFolder, Library: shows, Name: "Shows", Collection: TVShows},
		{ID: id("child"), Kind: Movie, Library: films, Parent: films, Name: "child", OfficialRating: "FSK-6", Tags: []string{"Kids"}, Genres: []string{"Family"}},
		{ID: id("adult"), Kind: Movie, Library: films, Parent: films, Name: "adult", OfficialRating: "R", Tags: []string{"gore"}, Genres: []string{"Horror"},
			People: []Credit{{Name: "Bad Actor", Type: "Actor"}}},
		{ID: id("unrated"), Kind: Movie, Library: films, Parent: id("folder"), Name: "unrated"},
		{ID: id("folder"), Kind: Folder, Library: films, Parent: films, Name: "folder"},
		{ID: id("show"), Kind: Series, Library: shows, Parent: shows, Name: "show", OfficialRating: "TV-MA", Tags: []string{"violent"}},
		{ID: id("season"), Kind: Season, Library: shows, Parent: id("show"), Series: id("show"), Name: "season", Index: Num(1)},
		{ID: id("episode"), Kind: Episode, Library: shows, Parent: id("season"), Series: id("show"), Season: id("season"), Name: "episode", Index: Num(1), ParentIndex: Num(1)},
		{ID: id("mild"), Kind: Episode, Library: shows, Parent: id("season"), Series: id("show"), Season: id("season"), Name: "mild", OfficialRating: "TV-G", Index: Num(2), ParentIndex: Num(1)},
		{ID: id("set"), Kind: BoxSet, Name: "set", Members: []Member{{Item: id("adult")}, {Item: id("show")}}},
		{ID: id("both"), Kind: BoxSet, Name: "both", Members: []Member{{Item: id("adult")}, {Item: id("child")}}},
		{ID: id("mine"), Kind: Playlist, Name: "mine", Owner: id("anna"), Members: []Member{{Item: id("child")}, {Item: id("adult")}, {Item: id("child")}}},
		{ID: id("shared"), Kind: Playlist, Name: "shared", Owner: id("ben"), Shares: []Share{{User: id("anna")}}, Members: []Member{{Item: id("child")}}},
		{ID: id("public"), Kind: Playlist, Name: "public", Owner: id("ben"), Public: true},
		{ID: id("secret"), Kind: Playlist, Name: "secret", Owner: id("ben"), Members: []Member{{Item: id("child")}}},
	}
	return items, id
}

var everything = []string{"child", "adult", "unrated", "folder", "show", "season", "episode", "mild", "set", "both", "mine", "shared", "public", "secret", "Films", "Shows"}

func without(names ...string) []string {
	return slices.DeleteFunc(slices.Clone(everything), func(n string) bool { return slices.Contains(names, n) })
}

func TestRightsAreTheSameForOneItemAndForEveryList(t *testing.T) {
	items, id := family()
	age := func(n int) *int { return &n }
	libs := func(names ...string) map[ID]bool {
		m := map[ID]bool{}
		for _, n := range names {
			m[id(n)] = true
		}
		return m
	}
	for _, c := range []struct {
		name string
		v    Viewer
		sees []string
	}{
		{"the node itself", Viewer{}, everything},
		{"anna", Viewer{User: id("anna")}, without("secret")},
		{"ben", Viewer{User: id("ben")}, without("mine")},
		{"anna with films only", Viewer{User: id("anna"), Libraries: libs("Films")}, without("secret", "Shows", "show", "season", "episode", "mild")},
		{"anna with nothing", Viewer{User: id("anna"), Libraries: libs()}, []string{"mine", "shared", "public"}},
		{"up to 12", Viewer{User: id("anna"), Rights: NewRights(Limits{MaxAge: age(12)})}, without("secret", "adult", "show", "season", "episode", "set")},
		{"up to 12, rated only", Viewer{User: id("anna"), Rights: NewRights(Limits{MaxAge: age(12), BlockUnrated: []Kind{Movie, Series, Episode}})},
			without("secret", "adult", "show", "season", "episode", "set", "unrated", "folder")},
		{"no violence", Viewer{User: id("anna"), Rights: NewRights(Limits{BlockedTags: []string{"VIOLENT", "Gore"}})},
			without("secret", "adult", "show", "season", "episode", "mild", "set")},
		{"kids only", Viewer{User: id("anna"), Rights: NewRights(Limits{AllowedTags: []string{"kids"}})},
			without("secret", "adult", "unrated", "folder", "show", "season", "episode", "mild", "set")},
		{"not this show", Viewer{User: id("anna"), Rights: NewRights(Limits{Hidden: []ID{id("show"), id("mine")}})},
			without("secret", "mine", "show", "season", "episode", "mild")},
		{"not this library", Viewer{User: id("anna"), Rights: NewRights(Limits{Hidden: []ID{id("Shows")}})},
			without("secret", "Shows", "show", "season", "episode", "mild")},
	} {
		for how, s := range layered(items) {
			found := map[ID]bool{}
			for _, card := range s.Find(Query{Viewer: c.v}).Cards {
				found[card.ID] = true
			}
			for _, name := range everything {
				want := slices.Contains(c.sees, name)
				if _, ok := s.Visible(c.v, id(name)); ok != want {
					t.Errorf("%s, %s: looked up, %s is seen: %v", c.name, how, name, ok)
				}
				if found[id(name)] != want {
					t.Errorf("%s, %s: in a list, %s is seen: %v", c.name, how, name, found[id(name)])
				}
			}
		}
	}
}

// layered is the same library in one base, half on top of it, and wholly on top.
func layered(items []*Item) map[string]*Snapshot {
	names := NewNames()
	cards := cardsFor(names, items)
	half := NewSnapshot(names, slices.Clone(cards[:len(cards)/2]))
	half, _ = half.Next(cards[len(cards)/2:], nil)
	top, _ := NewSnapshot(names, nil).Next(cards, nil)
	again := NewSnapshot(names, slices.Clone(cards))
	again, _ = again.Next(cards[2:5], nil)
	return map[string]*Snapshot{"one base": NewSnapshot(names, slices.Clone(cards)), "half on top": half, "all on top": top, "some put again": again}
}

func TestWhatIsKeptAwayCountsNowhere(t *testing.T) {
	items, id := family()
	twelve := 12
	for how, s := range layered(items) {
		kid := Viewer{User: id("anna"), Rights: NewRights(Limits{MaxAge: &twelve}), State: NewState()}
		kid.State.Set(id("adult"), UserData{Played: true, Position: 3})
		kid.State.Set(id("child"), UserData{Played: true})
		for what, got := range map[string]any{
			"films in the library": s.RecursiveCount(kid, id("Films")), "unplayed": s.UnplayedCount(kid, id("Films")), "children": s.ChildCount(kid, id("Films")),
			"in a set": s.ChildCount(kid, id("both")), "played of the set": s.PlayedPercent(kid, id("both")), "in the playlist": s.ChildCount(kid, id("mine")),
			"people": s.Entities(Person, Query{Viewer: kid}).Total, "genres": s.Entities(Genre, Query{Viewer: kid}).Total,
			"movies": func() int { k := s.Counts(kid); return k.Of(Movie) }(), "resume": s.Resume(ResumeQuery{Viewer: kid}).Total,
			"search": s.Find(Query{Viewer: kid, Search: "adult"}).Total, "similar": len(s.Similar(id("adult"), kid, nil, 10)),
			"latest": len(s.Latest(LatestQuery{Viewer: kid})), "collections": len(s.Collections(kid, id("child"))), "filters": len(s.Filters(Query{Viewer: kid}).OfficialRatings),
			"by person": s.Find(Query{Viewer: kid, Persons: []string{"Bad Actor"}}).Total, "played films": s.Find(Query{Viewer: kid, IsPlayed: new(true), Kinds: []Kind{Movie}}).Total,
		} {
			want := map[string]any{"films in the library": 2, "unplayed": 1, "children": 2, "in a set": 1, "played of the set": 100.0, "in the playlist": 2, "people": 0, "genres": 1,
				"movies": 2, "resume": 0, "search": 0, "similar": 0, "latest": 3, "collections": 1, "filters": 2, "by person": 0, "played films": 1}[what]
			if got != want {
				t.Errorf("%s: %s: %v, want %v", how, what, got, want)
			}
		}
		if _, ok := s.EntityByName(kid, Person, "Bad Actor"); ok {
			t.Errorf("%s: the actor is known", how)
		}
	}
}

func TestAListHasItsOwnOrderAndIsFoundOnItsShelf(t *testing.T) {
	items, id := family()
	for how, s := range layered(items) {
		anna := Viewer{User: id("anna")}
		cards, at := s.Members(anna, id("mine"))
		if got := namesOf(cards); !slices.Equal(got, []string{"child", "adult", "child"}) || !slices.Equal(at, []int{0, 1, 2}) {
			t.Errorf("%s: members %v at %v", how, got, at)
		}
		if got := namesOf(s.Find(Query{Viewer: anna, Parent: id("both")}).Cards); !slices.Equal(got, []string{"adult", "child"}) {
			t.Errorf("%s: children of the set %v", how, got)
		}
		if got := namesOf(s.Find(Query{Viewer: anna, Parent: id("both"), Sort: []Sort{{By: SortSortName, Desc: true}}}).Cards); !slices.Equal(got, []string{"child", "adult"}) {
			t.Errorf("%s: sorted %v", how, got)
		}
		if got := namesOf(s.Find(Query{Viewer: anna, Parent: id("set"), Recursive: true, Kinds: []Kind{Episode}}).Cards); !slices.Equal(got, []string{"episode", "mild"}) {
			t.Errorf("%s: episodes in the set %v", how, got)
		}
		shelves := s.Shelves(anna)
		if got := namesOf(shelves); !slices.Equal(got, []string{"Collections", "Playlists"}) {
			t.Fatalf("%s: shelves %v", how, got)
		}
		if got := namesOf(s.Find(Query{Viewer: anna, Parent: shelves[1].ID, Recursive: true}).Cards); !slices.Equal(got, []string{"mine", "public", "shared"}) {
			t.Errorf("%s: playlists %v", how, got)
		}
		if n := s.ChildCount(anna, shelves[0].ID); n != 2 {
			t.Errorf("%s: %d collections", how, n)
		}
		if c, ok := s.EntityByID(anna, shelves[0].ID); !ok || c.Kind != CollectionFolder {
			t.Errorf("%s: the shelf is not known by its id", how)
		}
		got := namesOf(s.Find(Query{Viewer: anna, Kinds: []Kind{Movie}, CollapseSets: true}).Cards)
		if !slices.Equal(got, []string{"both", "set", "unrated"}) {
			t.Errorf("%s: collapsed %v", how, got)
		}
	}
}

func TestALimitedPersonsListsAgreeWithAPlainLoop(t *testing.T) {
	rnd := rand.New(rand.NewPCG(7, 7))
	items := makeItems(3000)
	s := snapshotOf(items)
	for range 20 {
		age := rnd.IntN(18)
		v := Viewer{User: NewID("u"), State: watch(items, 5, rnd), Rights: NewRights(Limits{
			MaxAge: &age, BlockedTags: []string{fmt.Sprint("tag", rnd.IntN(11))}, BlockUnrated: []Kind{Movie, Audio}[:rnd.IntN(3)],
		})}
		leaves, played := map[ID]int{}, map[ID]int{}
		s.Each(func(c *Card) bool {
			if _, ok := s.Visible(v, c.ID); ok && isLeaf(c) {
				leaves[c.Library]++
				if v.State.Get(c.ID).Played {
					played[c.Library]++
				}
			}
			return true
		})
		for _, lib := range []ID{filmsLib, showsLib, musicLib} {
			if n, u := s.RecursiveCount(v, lib), s.UnplayedCount(v, lib); n != leaves[lib] || u != leaves[lib]-played[lib] {
				t.Errorf("%d of %d unplayed, want %d of %d", u, n, leaves[lib]-played[lib], leaves[lib])
			}
		}
	}
}
