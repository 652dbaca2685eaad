package metadata_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"sett/node/metadata"
	"sett/node/metadata/fetch/fetchtest"
	"sett/node/store"
)

func TestItEndsWithTheStore(t *testing.T) {
	r := newRig(t, fetchtest.World(key))
	done := make(chan error, 1)
	go func() { done <- r.Run(context.Background()) }()
	r.until("a start", func() bool { return r.Status().Online })
	time.Sleep(20 * time.Millisecond)
	r.store.Close()
	select {
	case err := <-done:
		if !errors.Is(err, store.ErrClosed) {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Error("it goes on without a store")
	}
}

func TestEveryProviderIsAttributed(t *testing.T) {
	for _, name := range []string{"tmdb", "tvmaze", "musicbrainz"} {
		if a, ok := metadata.AttributionOf(name); !ok || a.Text == "" || !strings.HasPrefix(a.URL, "https://") {
			t.Errorf("%s: %+v", name, a)
		}
	}
	if _, ok := metadata.AttributionOf("x"); ok || len(metadata.Attributions()) != 3 {
		t.Error("one too many")
	}
}
