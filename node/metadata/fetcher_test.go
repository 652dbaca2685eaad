package metadata_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"sett/node/library"
	"sett/node/metadata"
	"sett/node/metadata/fetch/fetchtest"
	"sett/node/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const key = "fake.token.of-a-test"

var (
	libraryID = library.NewID("library")
	filmID    = library.NewID("film")
	showID    = library.NewID("show")
	seasonID  = library.NewID("season")
	albumID   = library.NewID("album")
	artistID  = library.NewID("artist")
)

func episodeID(n int) library.ID { return library.NewID("episode", string(rune('0'+n))) }

func film() *library.Item {
	return &library.Item{ID: filmID, Kind: library.Movie, Library: libraryID, Parent: libraryID, Name: "The Glass Harbour", SortName: "glass harbour", Year: 2011}
}

// shelf is a small library as a scan leaves it.
func shelf() []*library.Item {
	items := []*library.Item{
		{ID: libraryID, Kind: library.CollectionFolder, Library: libraryID, Name: "Everything"},
		film(),
		{ID: showID, Kind: library.Series, Library: libraryID, Parent: libraryID, Name: "Made-up Lane"},
		{ID: seasonID, Kind: library.Season, Library: libraryID, Parent: showID, Series: showID, Name: "Season 1", Index: library.Num(1)},
		{ID: albumID, Kind: library.MusicAlbum, Library: libraryID, Parent: artistID, Name: "Lorem and Ipsum", AlbumArtists: []string{"The Placeholders"}, Year: 2009},
		{ID: artistID, Kind: library.MusicArtist, Library: libraryID, Parent: libraryID, Name: "The Placeholders"},
	}
	for n, name := range map[int]string{1: "Episode 1", 2: "From the NFO", 4: "Episode 4"} {
		items = append(items, &library.Item{
			ID: episodeID(n), Kind: library.Episode, Library: libraryID, Parent: seasonID, Series: showID, Season: seasonID,
			Name: name, Index: library.Num(n), ParentIndex: library.Num(1),
		})
	}
	items[len(items)-1].Runtime = 1
	return items
}

// rig is a store and a fetcher with a make-believe internet.
type rig struct {
	t     *testing.T
	store *store.Store
	net   *fetchtest.Internet
	opt   metadata.Options
	*metadata.Fetcher
	log *lockedBuffer
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func newRig(t *testing.T, world map[string]http.Handler, change ...func(*metadata.Options)) *rig {
	t.Helper()
	dir := t.TempDir()
	r := &rig{t: t, net: fetchtest.New(t, world), log: &lockedBuffer{}}
	pictures := metadata.PicturesIn(dir)
	s, err := store.Open(context.Background(), filepath.Join(dir, "data"), store.Options{Overlay: metadata.Overlay(pictures)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	r.store = s
	r.opt = metadata.Options{
		Store: s, CacheDir: dir, UserAgent: "sett-test/1", Settle: 10 * time.Millisecond, Dial: r.net.Dial, RootCAs: r.net.RootCAs,
		Providers: metadata.Providers{Enabled: []string{"tmdb", "tvmaze", "musicbrainz"}, TMDBKey: func() string { return key }},
		Log:       slog.New(slog.NewTextHandler(r.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	for _, f := range change {
		f(&r.opt)
	}
	r.Fetcher = metadata.New(r.opt)
	return r
}

// withoutMusic spares a test the pace of MusicBrainz.
func withoutMusic(o *metadata.Options) { o.Providers.Enabled = []string{"tmdb", "tvmaze"} }

func (r *rig) put(items ...*library.Item) {
	r.t.Helper()
	var changes []library.Change
	for _, it := range items {
		changes = append(changes, library.Put(it))
	}
	if err := r.store.Apply(context.Background(), changes...); err != nil {
		r.t.Fatal(err)
	}
}

// run runs the fetcher until the test ends or stop is called.
func (r *rig) run() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- r.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		select {
		case err := <-done:
			if !errors.Is(err, context.Canceled) {
				r.t.Errorf("it ended with %v", err)
			}
		case <-time.After(10 * time.Second):
			r.t.Error("it does not end")
		}
	})
	r.t.Cleanup(stop)
	return stop
}

func (r *rig) item(id library.ID) *library.Item {
	r.t.Helper()
	it, err := r.store.Item(id)
	if err != nil {
		r.t.Fatal(err)
	}
	return it
}

func (r *rig) until(what string, ok func() bool) {
	r.t.Helper()
	for deadline := time.Now().Add(15 * time.Second); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			r.t.Fatalf("%s: not in time; status %+v, asked %v\n%s", what, r.Status(), r.net.Asked(), r.log)
		}
	}
}

// whole reports an item with a text and a picture on disk.
func (r *rig) whole(id library.ID) bool {
	it := r.item(id)
	im, ok := it.Image(library.Primary, 0)
	if !ok {
		return false
	}
	_, err := os.Stat(im.Path)
	return err == nil && it.Overview != ""
}

func TestTheWholeLibraryIsFilledInTheBackground(t *testing.T) {
	r := newRig(t, fetchtest.World(key))
	r.put(shelf()...)
	r.run()
	r.until("film", func() bool { return r.whole(filmID) })
	r.until("series", func() bool { return r.whole(showID) })
	r.until("season", func() bool { return r.whole(seasonID) })
	r.until("episode", func() bool { return r.whole(episodeID(1)) })
	r.until("artist", func() bool { return r.item(artistID).Providers["MusicBrainzArtist"] == fetchtest.FakeArtist })
	r.until("album", func() bool { _, ok := r.item(albumID).Image(library.Primary, 0); return ok })
	r.until("an end", func() bool { return r.Status().Waiting == 0 })

	f := r.item(filmID)
	if f.Name != "The Glass Harbour" || f.OriginalName != "Der gläserne Hafen" || f.OfficialRating != "PG-13" || len(f.People) != 3 || len(f.Online) != 1 || f.Online[0].Provider != "tmdb" {
		t.Errorf("the film is %+v", f)
	}
	if c, _ := r.store.View().Card(filmID); c.Flags&library.HasOverview == 0 || c.Image(library.Primary, 0) == "" {
		t.Error("its card does not show it")
	}
	if e := r.item(episodeID(1)); e.Name != "Moving In" || e.Premiered.IsZero() {
		t.Errorf("episode 1 is %+v", e)
	}
	if e := r.item(episodeID(2)); e.Name != "From the NFO" || e.Overview != "They move out." {
		t.Errorf("episode 2 is %+v", e)
	}
	if e := r.item(episodeID(4)); e.Name != "Episode 4" || len(e.Online) != 0 {
		t.Errorf("episode 4, which nobody knows, is %+v", e)
	}
	if a := r.item(albumID); a.Year != 2009 || !slices.Equal(a.Genres, []string{"Jazz", "Filler"}) {
		t.Errorf("the album is %+v", a)
	}
	if bare, _ := r.store.Bare(filmID); bare.Overview != "" || bare.Online != nil {
		t.Errorf("what providers say became what the files say: %+v", bare)
	}
	for _, a := range r.net.Agents() {
		if a != "sett-test/1" {
			t.Errorf("user agent %q", a)
		}
	}
	if strings.Contains(r.log.String(), key) {
		t.Error("the key is in the log")
	}
}

func TestARescanKeepsWhatIsKnownAndASecondRunAsksNothing(t *testing.T) {
	r := newRig(t, fetchtest.World(key))
	r.put(film())
	stop := r.run()
	r.until("film", func() bool { return r.whole(filmID) && r.Status().Waiting == 0 })
	stop()
	again := film()
	again.Genres = []string{"From a new NFO"}
	r.put(again)
	if it := r.item(filmID); it.Overview == "" || len(it.Images) == 0 || !slices.Equal(it.Genres, []string{"From a new NFO"}) {
		t.Errorf("after a rescan it is %+v", it)
	}
	before := len(r.net.Asked())
	r.Fetcher = metadata.New(r.opt)
	r.run()
	r.until("the sweep", func() bool { return r.Status().Waiting == 0 })
	r.put(again, &library.Item{ID: library.NewID("x"), Kind: library.Movie, Library: libraryID, Name: "Nobody's Film", Year: 1901})
	r.until("the new film", func() bool { return len(r.Ambiguous()) == 1 })
	for _, a := range r.net.Asked()[before:] {
		if !strings.Contains(a, "Nobody") {
			t.Errorf("asked again: %s", a)
		}
	}
	if len(r.net.Asked()) == before {
		t.Error("the new film was not asked about")
	}
}

func TestAScanWhileFactsArriveLosesNeither(t *testing.T) {
	r := newRig(t, fetchtest.World(key))
	r.put(film())
	r.run()
	var sum int64
	r.until("facts", func() bool {
		sum++
		it := film()
		it.Runtime = library.Ticks(sum)
		r.put(it)
		r.Enqueue(filmID)
		return r.whole(filmID)
	})
	if it := r.item(filmID); int64(it.Runtime) != sum || it.Overview == "" {
		t.Errorf("of scan %d and facts this is left: %+v", sum, it)
	}
}

func TestWhatCannotBeDecidedIsLeftToTheOwner(t *testing.T) {
	r := newRig(t, fetchtest.World(key))
	it := film()
	it.Name, it.Year = "Glass Harbor", 2004
	r.put(it)
	r.run()
	ctx := context.Background()
	r.until("a puzzle", func() bool { return slices.Equal(r.Ambiguous(), []library.ID{filmID}) && r.Status().Ambiguous == 1 })
	if got := r.item(filmID); len(got.Online) > 0 {
		t.Errorf("it was guessed: %+v", got)
	}
	list, err := r.Identify(ctx, filmID, metadata.Query{})
	if err != nil || len(list) < 2 {
		t.Fatal(list, err)
	}
	list, err = r.Identify(ctx, filmID, metadata.Query{IDs: map[string]string{"Imdb": "tt9000001"}})
	if err != nil || len(list) != 1 || list[0].Provider != "tmdb" {
		t.Fatal(list, err)
	}
	if err := r.Apply(ctx, filmID, list[0]); err != nil {
		t.Fatal(err)
	}
	if got := r.item(filmID); got.Name != "The Glass Harbour" || got.SortName == "" || got.Year != 2011 || got.Overview == "" {
		t.Errorf("what the owner chose is %+v", got)
	}
	r.until("pictures", func() bool { return r.whole(filmID) })
	if len(r.Ambiguous()) != 0 {
		t.Error("it is still a puzzle")
	}
	r.put(it)
	if got := r.item(filmID); got.Name != "The Glass Harbour" || got.Year != 2011 {
		t.Errorf("a rescan undid the choice: %+v", got)
	}
	if err := r.Forget(ctx, filmID); err != nil {
		t.Fatal(err)
	}
	if got := r.item(filmID); got.Name != "Glass Harbor" || len(got.Online)+len(got.Images) > 0 {
		t.Errorf("forgotten, it is %+v", got)
	}
}

func TestWithoutAProviderOrOfflineNothingIsDialled(t *testing.T) {
	var online atomic.Bool
	for name, change := range map[string]func(*metadata.Options){
		"no provider":   func(o *metadata.Options) { o.Providers.Enabled = nil },
		"offline":       func(o *metadata.Options) { o.Online = online.Load },
		"TMDB, no key":  func(o *metadata.Options) { o.Providers = metadata.Providers{Enabled: []string{"tmdb"}} },
		"unknown names": func(o *metadata.Options) { o.Providers.Enabled = []string{"x"} },
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, fetchtest.World(key), change, func(o *metadata.Options) {
				o.Dial = func(_ context.Context, _, address string) (net.Conn, error) {
					t.Errorf("dialled %s", address)
					return nil, errors.New("no")
				}
			})
			r.put(shelf()...)
			r.run()
			r.Enqueue(filmID, showID, albumID, episodeID(1), libraryID, library.NewID("none"))
			if _, err := r.Identify(context.Background(), filmID, metadata.Query{}); !errors.Is(err, metadata.ErrOffline) && !errors.Is(err, metadata.ErrNoProvider) {
				t.Errorf("identify says %v", err)
			}
			if err := r.Apply(context.Background(), filmID, metadata.Candidate{Provider: "tmdb", ID: "900001"}); err == nil {
				t.Error("something was applied")
			}
			r.put(film())
			time.Sleep(100 * time.Millisecond) // time for a dial that must not come
			if st := r.Status(); st.Online {
				t.Errorf("status %+v", st)
			}
		})
	}
}

func TestABadKeyIsSaidOnceAndTheOthersGoOn(t *testing.T) {
	r := newRig(t, fetchtest.World("another key"), withoutMusic)
	r.put(shelf()...)
	r.run()
	r.until("the series by TVmaze", func() bool { return r.whole(showID) && r.whole(episodeID(1)) })
	r.until("an end", func() bool { return r.Status().Waiting == 0 })
	if it := r.item(showID); it.Online[0].Provider != "tvmaze" {
		t.Errorf("the series is %+v", it)
	}
	asked := 0
	for _, a := range r.net.Asked() {
		if strings.HasPrefix(a, "api.themoviedb.org") {
			asked++
		}
	}
	if st := r.Status(); asked != 1 || st.Providers[0].Problem == "" || strings.Count(r.log.String(), "level=WARN") != 1 {
		t.Errorf("asked %d times, status %+v\n%s", asked, st, r.log)
	}
}

func TestAProviderThatIsDownIsAskedAgainLater(t *testing.T) {
	var down atomic.Bool
	down.Store(true)
	world := fetchtest.World(key)
	up := world["api.themoviedb.org"]
	world["api.themoviedb.org"] = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if down.Load() {
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		up.ServeHTTP(w, r)
	})
	r := newRig(t, world)
	r.put(film())
	r.run()
	r.until("a pause", func() bool { return !r.Status().Providers[0].Paused.IsZero() })
	down.Store(false)
	r.until("film", func() bool { return r.whole(filmID) })
}

func TestPicturesThatWereThrownAwayComeBack(t *testing.T) {
	r := newRig(t, fetchtest.World(key), withoutMusic)
	r.put(shelf()...)
	stop := r.run()
	all := func() bool {
		return r.whole(filmID) && r.whole(showID) && r.whole(episodeID(1)) && r.Status().Waiting == 0
	}
	r.until("pictures", all)
	stop()
	pictures := metadata.PicturesIn(r.opt.CacheDir)
	if err := os.RemoveAll(pictures); err != nil {
		t.Fatal(err)
	}
	r.Fetcher = metadata.New(r.opt)
	r.run()
	r.until("pictures again", all)
}
