package store

import (
	"context"
	"errors"
	"testing"
	"time"

	"go.uber.org/goleak"

	"sett/node/library"
)

func TestMain(m *testing.M) {
	if reopenedAsChild() {
		return
	}
	goleak.VerifyTestMain(m)
}

func open(t testing.TB, dir string, opt Options) *Store {
	t.Helper()
	s, err := Open(context.Background(), dir, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func apply(t testing.TB, s *Store, changes ...library.Change) {
	t.Helper()
	if err := s.Apply(context.Background(), changes...); err != nil {
		t.Fatal(err)
	}
}

func film(name string) *library.Item {
	lib := library.NewID("films")
	return &library.Item{
		ID: library.NewID("film", name), Kind: library.Movie, Library: lib, Parent: lib, Name: name, Year: 1999,
		Genres: []string{"Action", "Drama"}, Added: time.Unix(1700000000, 0).UTC(), Path: "/films/" + name + ".mkv",
		People:    []library.Credit{{Name: "Somebody " + name, Type: "Actor", Role: "X"}},
		Images:    []library.Image{{Kind: library.Primary, Tag: "t" + name, Width: 1000, Height: 1500, Blurhash: "LEHV6nWB2yk8pyo0adR*.7kCMdnj"}},
		Providers: map[string]string{"Imdb": "tt1"},
		Sources:   []library.Source{{Container: "mkv", Bitrate: 5e6, Runtime: library.TicksOf(time.Hour), Streams: []library.Stream{{Kind: library.StreamVideo, Width: 1920, Height: 1080}}}},
	}
}

func TestItComesBackAsItWasAfterReopening(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, Options{})
	apply(t, s, library.Put(film("Heat")), library.Put(film("Ronin")))
	apply(t, s, library.Remove(film("Ronin").ID))
	id := s.ServerID()
	before, _ := s.View().Card(film("Heat").ID)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, dir, Options{})
	if s.ServerID() != id || len(id) != 32 {
		t.Errorf("server id %q became %q", id, s.ServerID())
	}
	if n := s.View().Len(); n != 1 {
		t.Fatalf("%d items, want 1", n)
	}
	after, ok := s.View().Card(film("Heat").ID)
	if !ok {
		t.Fatal("Heat is gone")
	}
	sameCard(t, after, before)
	got, err := s.Item(film("Heat").ID)
	if err != nil {
		t.Fatal(err)
	}
	if got.People[0].Role != "X" || got.Sources[0].Streams[0].Width != 1920 || !got.Added.Equal(film("Heat").Added) {
		t.Errorf("item came back as %+v", got)
	}
	if _, err := s.Item(film("Ronin").ID); !errors.Is(err, ErrNotFound) {
		t.Errorf("a removed item reads as %v", err)
	}
}
