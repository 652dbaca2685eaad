package store

import (
	"context"
	"reflect"
	"testing"

	"sett/node/library"
)

func sameCard(t *testing.T, got, want *library.Card) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("card is\n %+v\nwant\n %+v", got, want)
	}
}

func play(t testing.TB, s *Store, user, item library.ID, pos library.Ticks) {
	t.Helper()
	_, err := s.UpdateUserData(context.Background(), user, item, func(u library.UserData) library.UserData {
		u.Position = pos
		return u
	})
	if err != nil {
		t.Fatal(err)
	}
}
