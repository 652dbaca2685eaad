package tmdb

import (
	"context"
	"errors"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"sett/node/library"
	"sett/node/metadata/fetch"
	"sett/node/metadata/fetch/fetchtest"
	"sett/node/metadata/provider"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func fake(t *testing.T, key, language string) (*Provider, *fetchtest.Internet) {
	n := fetchtest.New(t, fetchtest.World("the.right.key"))
	return New(n.Client(t, Access(func() string { return key })), language), n
}

func TestAFilmIsFoundByTitleAndByEveryID(t *testing.T) {
	for name, q := range map[string]provider.Query{
		"title":       {Title: "The Glass Harbour"},
		"year":        {Title: "The Glass Harbour", Year: 2011},
		"year before": {Title: "The Glass Harbour", Year: 2010},
		"own id":      {IDs: map[string]string{"Tmdb": "900001"}},
		"IMDb id":     {IDs: map[string]string{"Imdb": "tt9000001"}},
		"unknown id":  {Title: "The Glass Harbour", IDs: map[string]string{"Tmdb": "5", "Imdb": "tt5", "Tvdb": "../../x"}},
	} {
		q.Kind = library.Movie
		p, n := fake(t, "the.right.key", "")
		list, err := p.Search(context.Background(), q)
		if err != nil || len(list) == 0 {
			t.Errorf("%s: %v %v", name, list, err)
			continue
		}
		c, exact := list[0], name == "own id" || name == "IMDb id"
		if c.ID != "900001" || c.Title != "The Glass Harbour" || c.Original != "Der gläserne Hafen" || c.Year != 2011 || c.Exact != exact {
			t.Errorf("%s: %+v", name, c)
		}
		if name == "year before" && len(n.Asked()) != 2 || name == "year" && len(n.Asked()) != 1 {
			t.Errorf("%s: asked %v", name, n.Asked())
		}
	}
}

func TestAFilmsFactsAreComplete(t *testing.T) {
	p, n := fake(t, "the.right.key", "de-DE")
	f, err := p.Details(context.Background(), library.Movie, "900001")
	if err != nil {
		t.Fatal(err)
	}
	want := provider.Facts{
		Name: "The Glass Harbour", OriginalName: "Der gläserne Hafen", Year: 2011, Premiered: provider.Date("2011-04-05"),
		Overview: "A fake film about a harbour.", Tagline: "It does not exist.", OfficialRating: "DE-12", CommunityRating: 7.5,
		Genres: []string{"Drama", "Thriller"}, Studios: []string{"Fake Pictures"},
		People:    []library.Credit{{Name: "Ada Example", Type: "Actor", Role: "Captain"}, {Name: "Bo Sample", Type: "Director"}, {Name: "Bo Sample", Type: "Writer"}},
		Providers: map[string]string{"Tmdb": "900001", "Imdb": "tt9000001"},
		Trailers:  []string{"https://www.youtube.com/watch?v=fake_Key-1"},
		Pictures: []provider.Picture{
			{Kind: library.Primary, URL: "https://image.tmdb.org/t/p/w780/poster.jpg"}, {Kind: library.Backdrop, URL: "https://image.tmdb.org/t/p/w1280/back.jpg"},
			{Kind: library.Backdrop, URL: "https://image.tmdb.org/t/p/w1280/back2.jpg"}, {Kind: library.Logo, URL: "https://image.tmdb.org/t/p/w500/logo.png"},
		},
	}
	if !reflect.DeepEqual(f, want) {
		t.Errorf("facts are\n%+v\nwant\n%+v", f, want)
	}
	if asked := n.Asked(); len(asked) != 1 || !strings.Contains(asked[0], "language=de-DE") || !strings.Contains(asked[0], "include_image_language=de%2Cen%2Cnull") {
		t.Errorf("asked %v", asked)
	}
}

func TestASeriesItsSeasonAndEpisodesAreRead(t *testing.T) {
	p, _ := fake(t, "the.right.key", "")
	f, err := p.Details(context.Background(), library.Series, "900100")
	if err != nil || f.Status != "Ended" || f.Ended.IsZero() || f.OfficialRating != "TV-14" || f.Providers["Tvdb"] != "990100" ||
		len(f.People) != 2 || f.People[1].Role != "Neighbour" || !reflect.DeepEqual(f.Studios, []string{"Fake Network", "Fake Pictures"}) {
		t.Errorf("%+v, %v", f, err)
	}
	s, err := p.Season(context.Background(), "900100", 1)
	if err != nil || s.Facts.Overview == "" || len(s.Facts.Pictures) != 1 || len(s.Episodes) != 3 || s.Episodes[1].Name != "Moving In" ||
		len(s.Episodes[1].People) != 2 || len(s.Episodes[1].Pictures) != 1 || len(s.Episodes[2].Pictures) != 0 || s.Episodes[1].CommunityRating != 7 {
		t.Errorf("%+v, %v", s, err)
	}
	if _, err := p.Season(context.Background(), "900100", 9); !errors.Is(err, provider.ErrNotFound) {
		t.Error(err)
	}
}

func TestAnOldKeyGoesIntoTheQueryAndAWrongOneIsSaid(t *testing.T) {
	n := fetchtest.New(t, fetchtest.World("0123456789abcdef"))
	p := New(n.Client(t, Access(func() string { return " 0123456789abcdef\n" })), "")
	if _, err := p.Details(context.Background(), library.Movie, "900001"); err != nil {
		t.Error(err)
	}
	p, _ = fake(t, "wrong", "")
	if _, err := p.Details(context.Background(), library.Movie, "900001"); !errors.Is(err, fetch.ErrBadKey) || strings.Contains(err.Error(), "wrong") {
		t.Error(err)
	}
	r, _ := http.NewRequest("GET", "https://image.tmdb.org/t/p/w500/x.jpg", nil)
	if Access(func() string { return "k" }).Sign(r); r.URL.RawQuery != "" {
		t.Error("the key goes to the pictures' host")
	}
}

func TestIDsAndPathsFromOutsideLeadNowhereElse(t *testing.T) {
	p, n := fake(t, "the.right.key", "")
	for _, id := range []string{"", "../../x", "1/../2", "900001?x", "-1"} {
		if _, err := p.Details(context.Background(), library.Movie, id); !errors.Is(err, provider.ErrNotFound) {
			t.Errorf("%q: %v", id, err)
		}
		if _, err := p.Season(context.Background(), id, 1); !errors.Is(err, provider.ErrNotFound) {
			t.Errorf("%q: %v", id, err)
		}
	}
	if _, err := p.Details(context.Background(), library.MusicAlbum, "1"); !errors.Is(err, provider.ErrUnsupported) {
		t.Error(err)
	}
	if len(n.Asked()) > 0 {
		t.Errorf("asked %v", n.Asked())
	}
	for _, path := range []string{"", "x.jpg", "/", "/a/b.jpg", "/../x.jpg", "/x.svg", "/x.jpg?y", "//evil.example/x.jpg"} {
		if pic, ok := pictureAt(library.Primary, "w780", path); ok {
			t.Errorf("%q became %s", path, pic.URL)
		}
	}
}
