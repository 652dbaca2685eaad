package tvmaze

import (
	"context"
	"errors"
	"reflect"
	"testing"

	"go.uber.org/goleak"

	"sett/node/library"
	"sett/node/metadata/fetch/fetchtest"
	"sett/node/metadata/provider"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func fake(t *testing.T) (*Provider, *fetchtest.Internet) {
	n := fetchtest.New(t, fetchtest.World(""))
	opt := Access()
	opt.CacheDir = t.TempDir()
	return New(n.Client(t, opt)), n
}

func TestASeriesIsFoundByTitleAndByID(t *testing.T) {
	for name, q := range map[string]provider.Query{
		"title": {Title: "Made-up Lane"}, "own id": {IDs: map[string]string{"TvMaze": "800100"}}, "TVDB id": {IDs: map[string]string{"Tvdb": "990100"}},
		"unknown ids": {Title: "Made-up Lane", IDs: map[string]string{"TvMaze": "5", "Tvdb": "../x", "Imdb": "tt5"}},
	} {
		q.Kind = library.Series
		p, _ := fake(t)
		list, err := p.Search(context.Background(), q)
		exact := name == "own id" || name == "TVDB id"
		if err != nil || len(list) != 1 || list[0].ID != "800100" || list[0].Year != 2015 || list[0].Overview != "A fake series & more." || list[0].Exact != exact {
			t.Errorf("%s: %+v, %v", name, list, err)
		}
	}
	p, n := fake(t)
	if _, err := p.Search(context.Background(), provider.Query{Kind: library.Movie, Title: "x"}); !errors.Is(err, provider.ErrUnsupported) || len(n.Asked()) > 0 {
		t.Error(err)
	}
}

func TestASeriesFactsAndEpisodesAreRead(t *testing.T) {
	p, n := fake(t)
	ctx := context.Background()
	f, err := p.Details(ctx, library.Series, "800100")
	want := provider.Facts{
		Name: "Made-up Lane", Year: 2015, Premiered: provider.Date("2015-09-01"), Ended: provider.Date("2016-01-02"), Overview: "A fake series & more.",
		CommunityRating: 7.9, Status: "Ended", Genres: []string{"Comedy", "Family"}, Studios: []string{"Fake Network"},
		People:    []library.Credit{{Name: "Ed Actor", Type: "Actor", Role: "Neighbour"}},
		Providers: map[string]string{"TvMaze": "800100", "Tvdb": "990100", "Imdb": "tt9000100"},
		Pictures:  []provider.Picture{{Kind: library.Primary, URL: "https://static.tvmaze.com/o.jpg"}},
	}
	if err != nil || !reflect.DeepEqual(f, want) {
		t.Errorf("facts are\n%+v\nwant\n%+v, %v", f, want, err)
	}
	one, err := p.Season(ctx, "800100", 1)
	if err != nil || len(one.Episodes) != 2 || one.Episodes[2].Overview != "They move out." || len(one.Facts.Pictures) != 1 {
		t.Errorf("%+v, %v", one, err)
	}
	before := len(n.Asked())
	two, err := p.Season(ctx, "800100", 2)
	if err != nil || len(two.Episodes) != 1 || len(two.Episodes[1].Pictures) != 0 || len(n.Asked()) != before {
		t.Errorf("%+v, %v", two, err)
	}
	for _, id := range []string{"800100", "../x", ""} {
		if _, err := p.Season(ctx, id, 7); !errors.Is(err, provider.ErrNotFound) {
			t.Errorf("%q: %v", id, err)
		}
	}
}
