package store

import (
	"context"
	"errors"
	"testing"

	"sett/node/library"
)

// laid lays the text of a table over the overviews.
func laid(s *Store, it *library.Item) (*library.Item, error) {
	text, err := TableOf[string](s, "said").Get(it.ID.String())
	if errors.Is(err, ErrNotFound) {
		return it, nil
	}
	out := *it
	out.Overview = text
	return &out, err
}

func TestWhatIsLaidOverAnItemIsSeenAndNeverKept(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	opt := Options{Overlay: laid, Render: func(it *library.Item) []byte { return []byte(it.Overview) }}
	s, err := Open(ctx, dir, opt)
	if err != nil {
		t.Fatal(err)
	}
	id, gone := library.NewID("film"), library.NewID("gone")
	film := &library.Item{ID: id, Kind: library.Movie, Name: "Film"}
	if err := s.Apply(ctx, library.Put(film)); err != nil {
		t.Fatal(err)
	}
	if err := TableOf[string](s, "said").Put(ctx, id.String(), "What others say."); err != nil {
		t.Fatal(err)
	}
	changes, cancel := s.Subscribe()
	defer cancel()
	if err := s.Refresh(ctx, id, gone, id); err != nil {
		t.Fatal(err)
	}
	if set := <-changes; len(set.Updated) != 1 || set.Updated[0].Flags&library.HasOverview == 0 {
		t.Errorf("a refresh told of %+v", set)
	}
	check := func(when string) {
		t.Helper()
		it, err := s.Item(id)
		if err != nil || it.Overview != "What others say." {
			t.Errorf("%s: the item is %+v, %v", when, it, err)
		}
		bare, err := s.Bare(id)
		if err != nil || bare.Overview != "" {
			t.Errorf("%s: the bare item is %+v, %v", when, bare, err)
		}
		if c, ok := s.View().Card(id); !ok || c.Flags&library.HasOverview == 0 {
			t.Errorf("%s: the card is without", when)
		}
		err = s.Wire([]library.ID{id}, func(_ int, b []byte) error {
			if string(b) != "What others say." {
				t.Errorf("%s: the wire record is %q", when, b)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
	check("refreshed")
	if err := s.Apply(ctx, library.Put(&library.Item{ID: id, Kind: library.Movie, Name: "Film"})); err != nil {
		t.Fatal(err)
	}
	check("put again")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if s, err = Open(ctx, dir, opt); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	check("opened again")
	if _, err := s.Bare(gone); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
	if film.Overview != "" {
		t.Error("the item given was changed")
	}
}

func TestAnOverlayThatFailsFailsTheChange(t *testing.T) {
	broken := errors.New("broken")
	s, err := Open(context.Background(), t.TempDir(), Options{Overlay: func(*Store, *library.Item) (*library.Item, error) { return nil, broken }})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	id := library.NewID("film")
	if err := s.Apply(context.Background(), library.Put(&library.Item{ID: id})); !errors.Is(err, broken) {
		t.Error(err)
	}
	if _, ok := s.View().Card(id); ok {
		t.Error("the item is there")
	}
}
