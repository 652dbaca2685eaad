package musicbrainz

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"sett/node/library"
	"sett/node/metadata/fetch/fetchtest"
	"sett/node/metadata/provider"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func fake(t *testing.T) (*Provider, *fetchtest.Internet) {
	n := fetchtest.New(t, fetchtest.World(""))
	return New(n.Client(t, Access())), n
}

func TestItAsksNoMoreThanOnceASecond(t *testing.T) {
	if opt := Access(); opt.Every < time.Second || opt.Burst != 1 {
		t.Errorf("%+v", opt)
	}
}

func TestAlbumsAreFoundByTitleAndByEveryID(t *testing.T) {
	for name, q := range map[string]provider.Query{
		"title": {Title: `Lorem "&" Ipsum`, Artist: "The Placeholders"}, "group": {IDs: map[string]string{"MusicBrainzReleaseGroup": fetchtest.FakeGroup}},
		"release": {IDs: map[string]string{"MusicBrainzAlbum": fetchtest.FakeRelease}},
		"junk":    {Title: "Lorem", IDs: map[string]string{"MusicBrainzAlbum": "../x", "MusicBrainzReleaseGroup": "11111111-aaaa-4aaa-8aaa-00000000ffff"}},
	} {
		q.Kind = library.MusicAlbum
		p, n := fake(t)
		list, err := p.Search(context.Background(), q)
		exact := name == "group" || name == "release"
		if err != nil || len(list) != 1 || list[0].ID != fetchtest.FakeGroup || list[0].Artist != "The Placeholders" || list[0].Year != 1987 || list[0].Exact != exact {
			t.Errorf("%s: %+v, %v", name, list, err)
		}
		if name == "title" && !strings.Contains(n.Asked()[0], `releasegroup%3A%22Lorem+%5C%22%26%5C%22+Ipsum%22+AND+artist%3A%22The+Placeholders%22`) {
			t.Errorf("asked %v", n.Asked())
		}
		for _, agent := range n.Agents() {
			if agent != "sett-test/1" {
				t.Errorf("user agent %q", agent)
			}
		}
	}
}

func TestAlbumsAndArtistsHaveFacts(t *testing.T) {
	p, _ := fake(t)
	ctx := context.Background()
	f, err := p.Details(ctx, library.MusicAlbum, fetchtest.FakeGroup)
	want := provider.Facts{
		Name: "Lorem & Ipsum", Year: 1987, CommunityRating: 9, Genres: []string{"Jazz", "Filler"}, AlbumArtists: []string{"The Placeholders"},
		Providers: map[string]string{"MusicBrainzReleaseGroup": fetchtest.FakeGroup},
		Pictures:  []provider.Picture{{Kind: library.Primary, URL: "https://coverartarchive.org/release-group/" + fetchtest.FakeGroup + "/front-1200"}},
	}
	if err != nil || !reflect.DeepEqual(f, want) {
		t.Errorf("facts are\n%+v\nwant\n%+v, %v", f, want, err)
	}
	list, err := p.Search(ctx, provider.Query{Kind: library.MusicArtist, Title: "The Placeholders"})
	if err != nil || len(list) != 1 || list[0].ID != fetchtest.FakeArtist {
		t.Errorf("%+v, %v", list, err)
	}
	list, err = p.Search(ctx, provider.Query{Kind: library.MusicArtist, IDs: map[string]string{"MusicBrainzArtist": fetchtest.FakeArtist}})
	if err != nil || len(list) != 1 || !list[0].Exact {
		t.Errorf("%+v, %v", list, err)
	}
	f, err = p.Details(ctx, library.MusicArtist, fetchtest.FakeArtist)
	if err != nil || f.SortName != "Placeholders, The" || f.Year != 1980 || !reflect.DeepEqual(f.Genres, []string{"Jazz"}) {
		t.Errorf("%+v, %v", f, err)
	}
	for _, id := range []string{"", "../x", "11111111aaaa4aaa8aaa000000000001"} {
		if _, err := p.Details(ctx, library.MusicAlbum, id); !errors.Is(err, provider.ErrNotFound) {
			t.Errorf("%q: %v", id, err)
		}
	}
}

func TestCoversComeThroughTheArchive(t *testing.T) {
	n := fetchtest.New(t, fetchtest.World(""))
	c := n.Client(t, Access())
	pic, err := c.Picture(context.Background(), covers+fetchtest.FakeGroup+"/front-1200", t.TempDir())
	if err != nil || pic.Width != 20 {
		t.Error(pic, err)
	}
	if got := n.Dialed(); !reflect.DeepEqual(got, []string{"coverartarchive.org:443", "archive.org:443"}) {
		t.Errorf("dialled %v", got)
	}
}
