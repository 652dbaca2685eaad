package store

import (
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

func reopenedAsChild() bool { return false }
