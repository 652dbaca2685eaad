package account

import (
	"context"
	"slices"
	"testing"

	"sett/node/library"
	"sett/node/store"
)

func TestWhatAPersonMayNotSeeOutlivesARestart(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	open := func() (*store.Store, *Accounts) {
		s, err := store.Open(ctx, dir, store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		a, err := Open(ctx, s, Options{})
		if err != nil {
			t.Fatal(err)
		}
		return s, a
	}
	s, a := open()
	u, err := a.Add(ctx, NewUser{Name: "Child", Password: "a password"})
	if err != nil {
		t.Fatal(err)
	}
	if u.Rights() != nil || u.MayDelete(library.NewID("films")) || u.MayCollect() {
		t.Error("a new person is limited, or may what nobody allowed")
	}
	twelve, films := 12, library.NewID("films")
	_, err = a.Update(ctx, u.ID, func(u *User) error {
		u.MaxRating, u.BlockUnrated, u.BlockedTags = &twelve, UnratedSorts([]string{"series", "Nonsense", "MOVIE", "movie"}), []string{"gore"}
		u.HiddenItems, u.DeletesFrom = []library.ID{library.NewID("x")}, []library.ID{films}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s, a = open()
	defer s.Close()
	u, err = a.User(u.ID)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(u.BlockUnrated, []string{"Movie", "Series"}) || u.Rights() == nil || *u.MaxRating != 12 {
		t.Errorf("%+v", u)
	}
	l := u.limits()
	if !slices.Contains(l.BlockUnrated, library.Episode) || !slices.Contains(l.BlockUnrated, library.Movie) || slices.Contains(l.BlockUnrated, library.Audio) {
		t.Errorf("unrated kinds %v", l.BlockUnrated)
	}
	if !u.MayDelete(films) || u.MayDelete(library.NewID("shows")) {
		t.Error("may delete from the wrong libraries")
	}
	other := u
	other.MaxRating = new(int)
	*other.MaxRating = 12
	if seesOther(u, other) {
		t.Error("the same limit is taken for another")
	}
	*other.MaxRating = 13
	if !seesOther(u, other) {
		t.Error("another limit is taken for the same")
	}
}
