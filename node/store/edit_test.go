package store

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"sett/node/library"
)

func openAt(t *testing.T, dir string) *Store {
	t.Helper()
	s, err := Open(context.Background(), dir, Options{Render: func(it *library.Item) []byte { return []byte(it.Name + "|" + it.Overview) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func wireOf(t *testing.T, s *Store, id library.ID) string {
	t.Helper()
	var out string
	if err := s.Wire([]library.ID{id}, func(_ int, b []byte) error { out = string(b); return nil }); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestWhatTheOwnerEditedOutlivesScansRemovalAndRestart(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	s := openAt(t, dir)
	id := library.NewID("film")
	found := library.Item{ID: id, Kind: library.Movie, Name: "fillm", Overview: "Found.", Genres: []string{"Drama"},
		Images: []library.Image{{Kind: library.Primary, Path: "/p.jpg", Tag: "found"}, {Kind: library.Backdrop, Path: "/b.jpg", Tag: "back"}}}
	if err := s.Apply(ctx, library.Put(&found)); err != nil {
		t.Fatal(err)
	}
	err := s.Edit(ctx, id, func(now *library.Item, e *library.Edit) error {
		want := *now
		want.Name, want.Genres = "Film", []string{"Comedy"}
		e.Images = []library.Image{{Kind: library.Primary, Path: "/mine.jpg", Tag: "mine"}}
		e.Without = []library.Image{{Kind: library.Backdrop, Path: "/b.jpg"}}
		if err := e.SetChanged(now, &want, library.EditableFields()...); err != nil {
			return err
		}
		return e.Lock(now, false, []string{"Overview", "ProductionLocations"})
	})
	if err != nil {
		t.Fatal(err)
	}
	check := func(when string) {
		t.Helper()
		it, err := s.Item(id)
		if err != nil || it.Name != "Film" || it.Overview != "Found." || !slices.Equal(it.Genres, []string{"Comedy"}) {
			t.Errorf("%s: %+v, %v", when, it, err)
		}
		if len(it.Images) != 1 || it.Images[0].Tag != "mine" {
			t.Errorf("%s: pictures %+v", when, it.Images)
		}
		if !slices.Contains(it.Locked, "Name") || !slices.Equal(it.Locks, []string{"Overview"}) {
			t.Errorf("%s: locked %v, locks %v", when, it.Locked, it.Locks)
		}
		c, ok := s.View().Card(id)
		if !ok || c.Name != "Film" || c.Flags&library.IsLocked == 0 || c.Image(library.Primary, 0) != "mine" {
			t.Errorf("%s: the card is %+v", when, c)
		}
		if w := wireOf(t, s, id); w != "Film|Found." {
			t.Errorf("%s: the wire record is %q", when, w)
		}
	}
	check("edited")
	rescan := func() {
		again := found
		again.Overview = "Found again."
		if err := s.Apply(ctx, library.Put(&again)); err != nil {
			t.Fatal(err)
		}
	}
	rescan()
	check("scanned again")
	if bare, err := s.Bare(id); err != nil || bare.Name != "fillm" || bare.Overview != "Found again." {
		t.Errorf("what was found is %+v, %v", bare, err)
	}
	if err := s.Apply(ctx, library.Remove(id)); err != nil {
		t.Fatal(err)
	}
	rescan()
	check("removed and found again")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = openAt(t, dir)
	check("opened again")

	if err := s.Edit(ctx, id, func(_ *library.Item, e *library.Edit) error { e.Forget(); e.ForgetImages(); return nil }); err != nil {
		t.Fatal(err)
	}
	if it, err := s.Item(id); err != nil || it.Name != "fillm" || it.Overview != "Found." || len(it.Images) != 2 {
		t.Errorf("forgotten but for the lock: %+v, %v", it, err)
	}
}

func TestAnEditThatFailsChangesNothing(t *testing.T) {
	ctx := context.Background()
	s := openAt(t, t.TempDir())
	id := library.NewID("film")
	if err := s.Apply(ctx, library.Put(&library.Item{ID: id, Kind: library.Movie, Name: "Film"})); err != nil {
		t.Fatal(err)
	}
	no := errors.New("no")
	err := s.Edit(ctx, id, func(now *library.Item, e *library.Edit) error {
		now.Name, e.Values.Name = "x", "x"
		return no
	})
	if !errors.Is(err, no) {
		t.Error(err)
	}
	if it, _ := s.Item(id); it.Name != "Film" {
		t.Errorf("%+v", it)
	}
	if err := s.Edit(ctx, library.NewID("nothing"), func(*library.Item, *library.Edit) error { return nil }); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
}

func TestAListIsChangedAsOneStep(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	s := openAt(t, dir)
	id, owner := library.NewID("list"), library.NewID("anna")
	if err := s.Apply(ctx, library.Put(&library.Item{ID: id, Kind: library.Playlist, Name: "Mine", Owner: owner})); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 20)
	for i := range 20 {
		go func() {
			done <- s.Update(ctx, id, func(it *library.Item) error {
				it.Members = append(it.Members, library.Member{Item: library.NewID("film"), Entry: library.NewID(string(rune('a' + i)))})
				return nil
			})
		}()
	}
	for range 20 {
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = openAt(t, dir)
	c, ok := s.View().Card(id)
	if !ok || c.List == nil || len(c.List.Members) != 20 || c.List.Owner != owner {
		t.Errorf("%+v", c)
	}
}

func TestRemovedItemsAreFoundAgainForThirtyDays(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	s := openAt(t, dir)
	film, ep, series := library.NewID("film"), library.NewID("ep"), library.NewID("series")
	put := []library.Change{
		library.Put(&library.Item{ID: film, Kind: library.Movie, Name: "Film", Path: "/old/film.mkv", Fingerprint: "fp", Providers: map[string]string{"Imdb": "tt1"}}),
		library.Put(&library.Item{ID: ep, Kind: library.Episode, Series: series, Index: library.Num(2), ParentIndex: library.Num(1), Name: "Two"}),
	}
	if err := s.Apply(ctx, put...); err != nil {
		t.Fatal(err)
	}
	play(t, s, library.NewID("anna"), film, 42)
	if got, err := s.RemovedByFingerprint("fp"); err != nil || len(got) != 0 {
		t.Errorf("before: %v, %v", got, err)
	}
	if err := s.Apply(ctx, library.Remove(film), library.Remove(ep)); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = openAt(t, dir)
	byPrint, err1 := s.RemovedByFingerprint("fp")
	byID, err2 := s.RemovedByProvider("IMDB", "tt1")
	in, err3 := s.RemovedIn(series)
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Fatal(err)
	}
	if len(byPrint) != 1 || len(byID) != 1 || byPrint[0].ID != film || byID[0].Path != "/old/film.mkv" || time.Since(byID[0].At) > time.Minute {
		t.Errorf("the film: %+v, %+v", byPrint, byID)
	}
	if len(in) != 1 || in[0].ID != ep || in[0].Index != library.Num(2) {
		t.Errorf("the episode: %+v", in)
	}
	if err := s.Apply(ctx, put[0]); err != nil {
		t.Fatal(err)
	}
	if got, err := s.RemovedByProvider("imdb", "tt1"); err != nil || len(got) != 0 {
		t.Errorf("found again: %v, %v", got, err)
	}
	if u := s.State(library.NewID("anna")).Get(film); u.Position != 42 {
		t.Errorf("what was played is %+v", u)
	}
	s.pruneRemoved(ctx, time.Now().Add(KeepRemoved-time.Hour))
	if _, err := s.RemovedItem(ep); err != nil {
		t.Errorf("a day before its time: %v", err)
	}
	s.pruneRemoved(ctx, time.Now().Add(KeepRemoved+time.Hour))
	if _, err := s.RemovedItem(ep); !errors.Is(err, ErrNotFound) {
		t.Errorf("after its time: %v", err)
	}
	if got, err := s.RemovedIn(series); err != nil || len(got) != 0 {
		t.Errorf("after its time: %v, %v", got, err)
	}
}
