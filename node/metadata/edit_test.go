package metadata_test

import (
	"context"
	"errors"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"sett/node/library"
	"sett/node/metadata"
	"sett/node/metadata/fetch/fetchtest"
)

// edit makes a change to an item as the owner.
func (r *rig) edit(id library.ID, change func(now *library.Item, e *library.Edit) error) {
	r.t.Helper()
	if err := r.store.Edit(context.Background(), id, change); err != nil {
		r.t.Fatal(err)
	}
}

// write sets a field.
func write(field string, value library.Item) func(*library.Item, *library.Edit) error {
	return func(_ *library.Item, e *library.Edit) error { return e.Set(field, &value) }
}

func lockAll(now *library.Item, e *library.Edit) error { return e.Lock(now, true, nil) }

func (r *rig) idle() bool { return r.Status().Waiting == 0 }

func TestProvidersAreAskedAboutTheItemAsTheOwnerEditedIt(t *testing.T) {
	r := newRig(t, fetchtest.World(key), withoutMusic)
	it := film()
	it.Name, it.Year = "Badly Named File", 1950
	r.put(it)
	r.run()
	r.until("a puzzle", func() bool { return len(r.Ambiguous()) == 1 })
	before := len(r.net.Asked())
	r.edit(filmID, func(_ *library.Item, e *library.Edit) error {
		return errors.Join(e.Set("Name", film()), e.Set("Year", film()))
	})
	r.until("film", func() bool { return r.whole(filmID) })
	asked := strings.Join(r.net.Asked()[before:], "\n")
	if !strings.Contains(asked, "query="+url.QueryEscape("The Glass Harbour")) || strings.Contains(asked, "Badly") {
		t.Errorf("asked %s", asked)
	}
	if got := r.item(filmID); got.Name != "The Glass Harbour" || got.Year != 2011 || !slices.Equal(got.Locked, []string{"Name", "Year"}) {
		t.Errorf("it is %+v", got)
	}
	bare, err := r.store.Bare(filmID)
	if err != nil || bare.Name != "Badly Named File" {
		t.Errorf("the edit became what the file says: %+v, %v", bare, err)
	}
}

func TestAnEditedFieldIsTheOwnersUntilHeLetsItGo(t *testing.T) {
	r := newRig(t, fetchtest.World(key), withoutMusic)
	r.put(film())
	r.edit(filmID, write("Overview", library.Item{Overview: "Mine."}))
	r.run()
	r.until("pictures", func() bool { return r.whole(filmID) && r.idle() })
	if it := r.item(filmID); it.Overview != "Mine." || it.Tagline == "" || slices.Contains(it.Online[0].Fields, "Overview") {
		t.Errorf("it is %+v", it)
	}
	r.edit(filmID, func(_ *library.Item, e *library.Edit) error { e.Forget(); return nil })
	if it := r.item(filmID); it.Overview != "A fake film about a harbour." || it.Locked != nil {
		t.Errorf("let go, it is %+v", it)
	}
}

func TestNobodyIsAskedAboutWhatIsLockedAsAWhole(t *testing.T) {
	r := newRig(t, fetchtest.World(key), withoutMusic)
	r.put(film())
	r.edit(filmID, lockAll)
	r.run()
	r.Enqueue(filmID)
	r.until("an end", r.idle)
	marker := library.NewID("marker") // the queue is worked off in order
	r.put(&library.Item{ID: marker, Kind: library.Movie, Library: libraryID, Name: "Nobody's Film"})
	r.until("the next", func() bool { return slices.Contains(r.Ambiguous(), marker) })
	for _, a := range r.net.Asked() {
		if !strings.Contains(a, "Nobody") {
			t.Errorf("asked %s", a)
		}
	}
	err := r.Apply(context.Background(), filmID, metadata.Candidate{Provider: "tmdb", ID: "900001"})
	if it := r.item(filmID); !errors.Is(err, metadata.ErrLocked) || it.Overview != "" || len(it.Images) > 0 {
		t.Errorf("%v, it is %+v", err, it)
	}
}

func TestLockingAnItemKeepsWhatItShows(t *testing.T) {
	r := newRig(t, fetchtest.World(key), withoutMusic)
	r.put(film())
	r.run()
	r.until("film", func() bool { return r.whole(filmID) && r.idle() })
	r.edit(filmID, lockAll)
	if err := r.Forget(context.Background(), filmID); err != nil {
		t.Fatal(err)
	}
	if it := r.item(filmID); !r.whole(filmID) || it.Tagline == "" || len(it.Trailers) == 0 || !it.LockAll {
		t.Errorf("locked, it is %+v", it)
	}
}

func TestEpisodesOfALockedSeriesAreFilled(t *testing.T) {
	r := newRig(t, fetchtest.World(key), withoutMusic)
	r.put(shelf()...)
	r.edit(showID, lockAll)
	r.edit(episodeID(2), lockAll)
	r.run()
	r.until("episode", func() bool { return r.whole(episodeID(1)) && r.idle() })
	if it := r.item(showID); it.Overview != "" || len(it.Images)+len(it.Trailers) > 0 {
		t.Errorf("the locked series is %+v", it)
	}
	if it := r.item(episodeID(2)); it.Overview != "" {
		t.Errorf("the locked episode is %+v", it)
	}
}

func TestTheOwnersPictureIsNotReplacedNorFetchedAgainst(t *testing.T) {
	r := newRig(t, fetchtest.World(key), withoutMusic)
	r.put(film())
	r.edit(filmID, func(_ *library.Item, e *library.Edit) error {
		e.Images = []library.Image{{Kind: library.Primary, Path: "/mine.jpg", Tag: "mine"}}
		return nil
	})
	r.run()
	r.until("a backdrop", func() bool { _, ok := r.item(filmID).Image(library.Backdrop, 0); return ok && r.idle() })
	if im, _ := r.item(filmID).Image(library.Primary, 0); im.Path != "/mine.jpg" {
		t.Errorf("the poster is %+v", im)
	}
	for _, a := range r.net.Asked() {
		if strings.HasSuffix(a, "/poster.jpg") {
			t.Errorf("asked %s", a)
		}
	}
}

func TestChoosingAThingTakesBackIdsThatWereWrittenBefore(t *testing.T) {
	ctx := context.Background()
	r := newRig(t, fetchtest.World(key), withoutMusic)
	r.put(film())
	r.edit(filmID, write("Providers", library.Item{Providers: map[string]string{"Tmdb": "5"}}))
	r.edit(filmID, write("Name", library.Item{Name: "Mine"}))
	if err := r.Apply(ctx, filmID, metadata.Candidate{Provider: "tmdb", ID: "900001"}); err != nil {
		t.Fatal(err)
	}
	if it := r.item(filmID); it.Providers["Tmdb"] != "900001" || it.Name != "Mine" || it.Overview == "" {
		t.Errorf("it is %+v", it)
	}
}

func TestPicturesOfProvidersAreListedAndOnlyThoseAreFetched(t *testing.T) {
	ctx := context.Background()
	r := newRig(t, fetchtest.World(key), withoutMusic)
	it := film()
	it.Images = []library.Image{{Kind: library.Primary, Path: "/m/poster.jpg", Tag: "x"}}
	r.put(append(shelf(), it)...)
	list, err := r.Pictures(ctx, filmID)
	kinds := map[library.ImageKind]int{}
	for _, p := range list {
		kinds[p.Kind]++
	}
	if err != nil || kinds[library.Primary] != 1 || kinds[library.Backdrop] != 2 || kinds[library.Logo] != 1 {
		t.Fatal(list, err)
	}
	file, err := r.FetchPicture(ctx, filmID, list[0].URL)
	if err != nil {
		t.Fatal(err)
	}
	if fi, err := os.Stat(file); err != nil || fi.Size() == 0 {
		t.Error(err)
	}
	before := len(r.net.Dialed())
	for _, bad := range []string{"", "https://image.tmdb.org/t/p/w780/other.jpg", "http://127.0.0.1/", "file:///etc/passwd"} {
		if _, err := r.FetchPicture(ctx, filmID, bad); !errors.Is(err, metadata.ErrNotFound) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if len(r.net.Dialed()) != before {
		t.Errorf("dialled %v", r.net.Dialed()[before:])
	}
	if list, err := r.Pictures(ctx, showID); err != nil || len(list) != 2 || list[0].Provider != "tmdb" || list[1].Provider != "tvmaze" {
		t.Errorf("of the series: %v, %v", list, err)
	}
	if _, err := r.Pictures(ctx, albumID); !errors.Is(err, metadata.ErrNoProvider) {
		t.Error(err)
	}
	if got := r.PictureProviders(library.Series); len(got) != 2 || got[0].Provider != "tmdb" || len(r.PictureProviders(library.Book)) != 0 {
		t.Errorf("providers %v", got)
	}
}
