package metadata

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"sett/node/library"
	"sett/node/metadata/provider"
)

func TestOnlineFactsFillOnlyWhatIsEmpty(t *testing.T) {
	day := time.Date(2011, 4, 5, 0, 0, 0, 0, time.UTC)
	facts := provider.Facts{
		Name: "Online", OriginalName: "Original", Year: 2011, Premiered: day, Overview: "Online text.", Genres: []string{"Drama"},
		CommunityRating: 7, People: []library.Credit{{Name: "Ada", Type: "Actor"}}, Providers: map[string]string{"Tmdb": "1", "Imdb": "tt1"},
		Pictures: []provider.Picture{{Kind: library.Primary, URL: "u", File: "aa.jpg", Width: 2, Height: 3}, {Kind: library.Backdrop, URL: "v", File: "bb.jpg"}, {Kind: library.Backdrop, URL: "w", File: "cc.jpg"}, {Kind: library.Logo, URL: "x"}},
	}
	online := []said{{"tmdb", "1", facts}}
	for _, tc := range []struct {
		name  string
		item  library.Item
		rec   record
		check func(*library.Item) bool
		from  []string // fields said to come from the provider
	}{
		{"nothing known", library.Item{Kind: library.Movie, Name: "File name", SortName: "file name"}, record{Online: online},
			func(it *library.Item) bool {
				return it.Name == "File name" && it.Year == 2011 && it.Overview == "Online text." && it.SortName == "file name" && len(it.Images) == 3 && it.Images[0].Path == "/p/aa.jpg" && it.Images[0].Tag == "aa"
			},
			[]string{"OriginalName", "Year", "Premiered", "Overview", "CommunityRating", "Genres", "People", "Providers.Imdb", "Providers.Tmdb", "Images.Primary", "Images.Backdrop"}},
		{"an NFO said much", library.Item{Kind: library.Movie, Name: "N", Year: 2010, Overview: "NFO text.", Genres: []string{"G"}, Providers: map[string]string{"Imdb": "tt9"}, Images: []library.Image{{Kind: library.Primary, Path: "/m/poster.jpg"}}},
			record{Online: []said{{"tmdb", "1", provider.Facts{Name: "X", Year: 2011, Overview: "X", Genres: []string{"X"}, Tagline: "T", Providers: map[string]string{"Imdb": "tt1", "Tmdb": "1"}, Pictures: facts.Pictures[:1]}}}},
			func(it *library.Item) bool {
				return it.Name == "N" && it.Year == 2010 && it.Overview == "NFO text." && it.Genres[0] == "G" && it.Tagline == "T" && it.Providers["Imdb"] == "tt9" && it.Providers["Tmdb"] == "1" && len(it.Images) == 1
			}, []string{"Tagline", "Providers.Tmdb"}},
		{"the item itself is locked", library.Item{Kind: library.Movie, Name: "N", LockAll: true}, record{Online: online},
			func(it *library.Item) bool {
				return it.Year == 0 && it.Overview == "" && len(it.Images) == 0 && it.Providers == nil
			}, nil},
		{"the item has locks of its own, in the clients' words", library.Item{Kind: library.Movie, Name: "N", Locked: []string{"Cast", "Images"}}, record{Online: online},
			func(it *library.Item) bool {
				return len(it.People) == 0 && len(it.Images) == 0 && it.Overview != "" && slices.Equal(it.Locked, []string{"Cast", "Images"})
			},
			[]string{"OriginalName", "Year", "Premiered", "Overview", "CommunityRating", "Genres", "Providers.Imdb", "Providers.Tmdb"}},
		{"the owner chose the thing", library.Item{Kind: library.Movie, Name: "Wrong", SortName: "wrong", Year: 1999, Overview: "NFO", Providers: map[string]string{"Tmdb": "5"}},
			record{Chosen: true, Online: []said{{"tmdb", "1", provider.Facts{Name: "The Right", Year: 2011, Overview: "X", Providers: map[string]string{"Tmdb": "1"}}}}},
			func(it *library.Item) bool {
				return it.Name == "The Right" && it.SortName == "right" && it.Year == 2011 && it.Overview == "NFO" && it.Providers["Tmdb"] == "1"
			},
			[]string{"Name", "Year", "Providers.Tmdb"}},
		{"an episode without a name of its own", library.Item{Kind: library.Episode, Name: "Episode 3", Index: library.Num(3)}, record{Online: []said{{"tmdb", "1", provider.Facts{Name: "X"}}}},
			func(it *library.Item) bool { return it.Name == "X" }, []string{"Name"}},
		{"an episode that is called by another number", library.Item{Kind: library.Episode, Name: "Episode 4", Index: library.Num(3)}, record{Online: []said{{"tmdb", "1", provider.Facts{Name: "X", Tagline: "T"}}}},
			func(it *library.Item) bool { return it.Name == "Episode 4" }, []string{"Tagline"}},
		{"specials", library.Item{Kind: library.Season, Name: "Specials", Index: library.Num(0)}, record{Online: []said{{"tmdb", "1", provider.Facts{Name: "X"}}}},
			func(it *library.Item) bool { return it.Name == "X" }, []string{"Name"}},
		{"a daily episode", library.Item{Kind: library.Episode, Name: "2011-04-05", Premiered: day}, record{Online: []said{{"tmdb", "1", provider.Facts{Name: "X"}}}},
			func(it *library.Item) bool { return it.Name == "X" }, []string{"Name"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			before := tc.item
			before.Providers, before.Images = map[string]string{}, slices.Clone(tc.item.Images)
			for k, v := range tc.item.Providers {
				before.Providers[k] = v
			}
			got := overlay(&tc.item, &tc.rec, &library.Edit{}, "/p")
			if !tc.check(got) {
				t.Errorf("became %+v", got)
			}
			var from []string
			for _, p := range got.Online {
				if p.Provider != "tmdb" || p.ID != "1" {
					t.Errorf("provenance %+v", p)
				}
				from = append(from, p.Fields...)
			}
			if !slices.Equal(from, tc.from) {
				t.Errorf("from the provider: %v, want %v", from, tc.from)
			}
			if tc.item.Providers == nil {
				before.Providers = nil
			}
			if !reflect.DeepEqual(tc.item, before) {
				t.Errorf("the item given was changed: %+v", tc.item)
			}
		})
	}
}

// edited is an edit that sets fields, and locks others, of an item as it is.
func edited(t *testing.T, now library.Item, fields []string, all bool, locks ...string) library.Edit {
	t.Helper()
	var e library.Edit
	for _, f := range fields {
		if err := e.Set(f, &now); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.Lock(&now, all, locks); err != nil {
		t.Fatal(err)
	}
	return e
}

func TestTheOwnersEditsWinOverFilesAndProviders(t *testing.T) {
	poster := []provider.Picture{{Kind: library.Primary, URL: "u", File: "aa.jpg"}}
	online := []said{{"tmdb", "1", provider.Facts{
		Name: "The Right", Year: 2011, Overview: "X", Tagline: "T", Providers: map[string]string{"Tmdb": "1"}, Trailers: []string{"v"}, Pictures: poster,
	}}}
	for _, tc := range []struct {
		name  string
		item  library.Item
		rec   record
		edit  library.Edit
		check func(*library.Item) bool
		from  []string // fields said to come from the provider
	}{
		{"he locked an empty field", library.Item{Kind: library.Movie, Name: "N"}, record{Online: online}, edited(t, library.Item{}, nil, false, "Overview"),
			func(it *library.Item) bool {
				return it.Overview == "" && it.Tagline == "T" && slices.Equal(it.Locked, []string{"Overview"})
			}, []string{"Year", "Tagline", "Trailers", "Providers.Tmdb", "Images.Primary"}},
		{"he wrote fields over an NFO", library.Item{Kind: library.Movie, Name: "N", SortName: "n", Overview: "NFO"}, record{Online: online},
			edited(t, library.Item{Name: "The Owner's", Overview: "Mine", Tagline: "not named"}, []string{"Name", "Overview"}, false),
			func(it *library.Item) bool {
				return it.Name == "The Owner's" && it.SortName == "The Owner's" && it.Overview == "Mine" && it.Tagline == "T"
			}, []string{"Year", "Tagline", "Trailers", "Providers.Tmdb", "Images.Primary"}},
		{"he chose the thing but wrote its name", library.Item{Kind: library.Movie, Name: "Wrong", Year: 1999}, record{Chosen: true, Online: online},
			edited(t, library.Item{Name: "Mine"}, []string{"Name"}, false),
			func(it *library.Item) bool { return it.Name == "Mine" && it.Year == 2011 },
			[]string{"Year", "Overview", "Tagline", "Trailers", "Providers.Tmdb", "Images.Primary"}},
		{"he wrote the ids", library.Item{Kind: library.Movie, Name: "N", Year: 1}, record{Online: online},
			edited(t, library.Item{Providers: map[string]string{"Imdb": "tt5"}}, []string{"Providers"}, false),
			func(it *library.Item) bool { return len(it.Providers) == 1 && it.Providers["Imdb"] == "tt5" },
			[]string{"Overview", "Tagline", "Trailers", "Images.Primary"}},
		{"he locked all of it: what it was stays, pictures too", library.Item{Kind: library.Movie, Name: "N"}, record{Online: online},
			edited(t, library.Item{Name: "N", Overview: "X"}, nil, true),
			func(it *library.Item) bool {
				return it.LockAll && it.Overview == "X" && it.Tagline == "" && it.Year == 0 && len(it.Providers) == 0 && len(it.Images) == 1 && len(it.Trailers) == 1
			}, []string{"Trailers", "Images.Primary"}},
		{"he let everything go", library.Item{Kind: library.Movie, Name: "N", Overview: "NFO"}, record{Online: online}, edited(t, library.Item{}, nil, false),
			func(it *library.Item) bool { return it.Overview == "NFO" && it.Tagline == "T" && len(it.Locked) == 0 },
			[]string{"Year", "Tagline", "Trailers", "Providers.Tmdb", "Images.Primary"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := tc.edit.Over(overlay(&tc.item, &tc.rec, &tc.edit, "/p")) // as the store does
			if !tc.check(got) {
				t.Errorf("became %+v", got)
			}
			if len(got.Online) != 1 || !slices.Equal(got.Online[0].Fields, tc.from) {
				t.Errorf("provenance %+v, want %v", got.Online, tc.from)
			}
		})
	}
}

func TestWhatIsLockedIsNotLacking(t *testing.T) {
	empty := library.Item{Kind: library.Episode, Name: "Episode 3", Index: library.Num(3)}
	for _, tc := range []struct {
		locked locks
		lacks  bool
	}{
		{locks{}, true},
		{locks{all: true}, false},
		{locks{names: []string{"Overview", "Name"}}, true}, // a picture
		{locks{names: []string{"Overview", "Name", "Images"}}, false},
		{locks{names: []string{"Overview", "Images.Primary"}}, true}, // a name
	} {
		if got := lacks(&empty, tc.locked); got != tc.lacks {
			t.Errorf("%+v: lacking is %v", tc.locked, got)
		}
	}
}

func TestTheFirstProviderWinsAndTheNextFillsTheRest(t *testing.T) {
	it := &library.Item{Kind: library.Series, Name: "N"}
	got := overlay(it, &record{Online: []said{
		{"tmdb", "1", provider.Facts{Overview: "first", Pictures: []provider.Picture{{Kind: library.Primary, File: "a.jpg"}}}},
		{"tvmaze", "2", provider.Facts{Overview: "second", Tagline: "second", Pictures: []provider.Picture{{Kind: library.Primary, File: "b.jpg"}, {Kind: library.Backdrop, File: "c.jpg"}}}},
		{"musicbrainz", "3", provider.Facts{Tagline: "third"}},
	}}, &library.Edit{}, "")
	want := []library.Provenance{{Provider: "tmdb", ID: "1", Fields: []string{"Overview", "Images.Primary"}}, {Provider: "tvmaze", ID: "2", Fields: []string{"Tagline", "Images.Backdrop"}}}
	if !reflect.DeepEqual(got.Online, want) || got.Overview != "first" || got.Tagline != "second" || len(got.Images) != 2 {
		t.Errorf("%+v", got)
	}
	if overlay(it, &record{Outcome: unknown}, &library.Edit{}, "") != it {
		t.Error("a record that says nothing makes a copy")
	}
}

func TestEveryFieldOfFactsCanBeLaidOver(t *testing.T) {
	elsewhere := map[string]bool{"Providers": true, "Pictures": true}
	for i := range reflect.TypeFor[provider.Facts]().NumField() {
		name := reflect.TypeFor[provider.Facts]().Field(i).Name
		if !elsewhere[name] && !slices.ContainsFunc(fields, func(f field) bool { return f.name == name }) {
			t.Errorf("%s is never laid over", name)
		}
		if _, ok := reflect.TypeFor[library.Item]().FieldByName(name); !ok && name != "Pictures" {
			t.Errorf("an item has no %s", name)
		}
	}
}

func TestTheDecisionTable(t *testing.T) {
	film := func(title string, year int) Candidate { return Candidate{ID: title, Title: title, Year: year} }
	cands := func(list ...Candidate) []Candidate {
		for i := range list {
			list[i].ID = string(rune('a' + i))
		}
		return list
	}
	exact := film("Whatever", 1900)
	exact.Exact = true
	original := Candidate{Title: "The Glass Harbour", Original: "Der gläserne Hafen", Year: 2011}
	album := func(artist string, year int) Candidate { return Candidate{Title: "Lorem", Artist: artist, Year: year} }
	for _, tc := range []struct {
		name string
		q    Query
		list []Candidate
		out  outcome
		id   string
	}{
		{"nothing", Query{Title: "A", Year: 2000}, nil, unknown, ""},
		{"by an id, whatever it is called", Query{Title: "A", Year: 2000}, cands(film("A", 2000), exact), found, "b"},
		{"title and year", Query{Title: "A", Year: 2000}, cands(film("B", 2000), film("A", 2000)), found, "b"},
		{"title and year before near ones", Query{Title: "A", Year: 2000}, cands(film("A", 1999), film("A", 2000), film("A", 2001)), found, "b"},
		{"a year early", Query{Title: "A", Year: 2000}, cands(film("A", 1999)), found, "a"},
		{"a year late", Query{Title: "A", Year: 2000}, cands(film("A", 2001)), found, "a"},
		{"two years late", Query{Title: "A", Year: 2000}, cands(film("A", 2002)), ambiguous, ""},
		{"early or late", Query{Title: "A", Year: 2000}, cands(film("A", 1999), film("A", 2001)), ambiguous, ""},
		{"twice the same", Query{Title: "A", Year: 2000}, cands(film("A", 2000), film("A", 2000)), ambiguous, ""},
		{"a year nobody knows there", Query{Title: "A", Year: 2000}, cands(film("A", 0)), ambiguous, ""},
		{"no year here", Query{Title: "A"}, cands(film("A", 2000)), found, "a"},
		{"no year here, two of them", Query{Title: "A"}, cands(film("A", 2000), film("A", 1950)), ambiguous, ""},
		{"another title", Query{Title: "A", Year: 2000}, cands(film("AB", 2000)), ambiguous, ""},
		{"the original title", Query{Title: "der glaserne hafen", Year: 2011}, cands(original), found, "a"},
		{"punctuation, accents, and", Query{Title: "Bob’s & Zoë’s: Night", Year: 2000}, cands(film("Bobs and Zoe's – Night", 2000)), found, "a"},
		{"another script", Query{Title: "七人の侍", Year: 1954}, cands(film("七人の侍", 1954), film("羅生門", 1954)), found, "a"},
		{"a title of signs only", Query{Title: "!!!", Year: 2000}, cands(film("???", 2000)), ambiguous, ""},
		{"an album by its artist", Query{Kind: library.MusicAlbum, Title: "Lorem", Artist: "X"}, cands(album("Y", 1987), album("X", 1987)), found, "b"},
		{"an album's reissue", Query{Kind: library.MusicAlbum, Title: "Lorem", Artist: "X", Year: 2009}, cands(album("Y", 2009), album("X", 1987)), found, "b"},
		{"two albums of one name", Query{Kind: library.MusicAlbum, Title: "Lorem", Artist: "X", Year: 2009}, cands(album("X", 1999), album("X", 1987)), ambiguous, ""},
		{"two albums of one name, one of the year", Query{Kind: library.MusicAlbum, Title: "Lorem", Artist: "X", Year: 1987}, cands(album("X", 1999), album("X", 1987)), found, "b"},
	} {
		c, out := decide(tc.q, tc.list)
		if out != tc.out || c.ID != tc.id {
			t.Errorf("%s: %s %q, want %s %q", tc.name, out, c.ID, tc.out, tc.id)
		}
	}
}

func TestAnAnswerCountsForAWhile(t *testing.T) {
	now := time.Now()
	ago := func(d time.Duration) time.Time { return now.Add(-d) }
	for _, tc := range []struct {
		rec   record
		fresh bool
	}{
		{record{}, false},
		{record{Asked: "q", Outcome: found, At: ago(time.Hour)}, true},
		{record{Asked: "other", Outcome: found, At: ago(time.Hour)}, false},
		{record{Asked: "other", Outcome: found, Chosen: true, At: ago(time.Hour)}, true},
		{record{Asked: "q", Outcome: found, Chosen: true, At: ago(200 * 24 * time.Hour)}, false},
		{record{Asked: "q", Outcome: ambiguous, At: ago(time.Hour)}, true},
		{record{Asked: "other", Outcome: ambiguous, At: ago(time.Hour)}, false},
		{record{Asked: "q", Outcome: unknown, At: ago(31 * 24 * time.Hour)}, false},
		{record{Asked: "q", Outcome: failed, At: ago(time.Hour)}, true},
		{record{Asked: "q", Outcome: failed, At: ago(25 * time.Hour)}, false},
	} {
		if got := tc.rec.fresh("q", now); got != tc.fresh {
			t.Errorf("%+v: fresh is %v", tc.rec, got)
		}
	}
}

func TestTheQueueGivesEachItemOnceWhenItIsDue(t *testing.T) {
	q, now := newQueue(), time.Now()
	a, b, c := library.NewID("a"), library.NewID("b"), library.NewID("c")
	q.put(waiting{id: a, due: now.Add(time.Hour)})
	q.put(waiting{id: b, due: now.Add(time.Minute)})
	q.put(waiting{id: c, due: now})
	q.put(waiting{id: c, due: now.Add(time.Second)}) // changed again: later
	if _, ok, next := q.take(now); ok || !next.Equal(now.Add(time.Second)) {
		t.Errorf("%v %v", ok, next)
	}
	q.put(waiting{id: a, due: now, force: true})
	q.put(waiting{id: a, due: now.Add(time.Hour)}) // what is asked for is not put off
	if w, ok, _ := q.take(now); !ok || w.id != a || !w.force {
		t.Errorf("%+v %v", w, ok)
	}
	for _, want := range []library.ID{c, b} {
		if w, ok, _ := q.take(now.Add(2 * time.Hour)); !ok || w.id != want {
			t.Errorf("%+v %v", w, ok)
		}
	}
	if _, ok, next := q.take(now); ok || !next.IsZero() || q.len() != 0 {
		t.Error("something is left")
	}
}
