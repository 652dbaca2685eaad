package metadata_test

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"sett/node/library"
	"sett/node/metadata"
	"sett/node/metadata/fetch/fetchtest"
	"sett/node/scan"
)

func (r *rig) scan(media string) time.Duration {
	r.t.Helper()
	begun := time.Now()
	s := scan.New(scan.Options{Store: r.store, Media: []string{media}})
	if _, err := s.Now(context.Background()); err != nil {
		r.t.Fatal(err)
	}
	return time.Since(begun)
}

func (r *rig) only(kind library.Kind) *library.Item {
	r.t.Helper()
	var id library.ID
	r.store.View().Each(func(c *library.Card) bool {
		if c.Kind == kind {
			id = c.ID
		}
		return id.IsZero()
	})
	if id.IsZero() {
		r.t.Fatalf("there is no %s", kind)
	}
	return r.item(id)
}

func writeFile(t *testing.T, text string, path ...string) {
	t.Helper()
	name := filepath.Join(path...)
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	old := time.Now().Add(-time.Hour) // or the scanner thinks it is still being written
	if err := os.Chtimes(name, old, old); err != nil {
		t.Fatal(err)
	}
}

func TestRealScansKeepWhatIsKnownAndAnNFOWinsOverIt(t *testing.T) {
	r := newRig(t, fetchtest.World(key), withoutMusic)
	media := t.TempDir()
	folder := filepath.Join(media, "Films", "The Glass Harbour (2011)")
	writeFile(t, "not really a film", folder, "The Glass Harbour (2011).mkv")
	r.scan(media)
	r.run()
	r.until("film", func() bool { return r.whole(r.only(library.Movie).ID) })
	writeFile(t, "1\n00:00:01,000 --> 00:00:02,000\nHello\n", folder, "The Glass Harbour (2011).en.srt")
	r.scan(media)
	if it := r.only(library.Movie); !r.whole(it.ID) || it.Tagline == "" {
		t.Errorf("after a rescan the film is %+v", it)
	}
	writeFile(t, "<movie><title>From the NFO</title><plot>NFO text.</plot><year>2011</year></movie>", folder, "movie.nfo")
	r.scan(media)
	if it := r.only(library.Movie); it.Name != "From the NFO" || it.Overview != "NFO text." || it.Tagline == "" {
		t.Errorf("with an NFO the film is %+v", it)
	}
}

func TestAScanDoesNotWaitForProviders(t *testing.T) {
	world := fetchtest.World(key)
	stuck := make(chan struct{})
	world["api.themoviedb.org"] = http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-stuck })
	r := newRig(t, world, withoutMusic, func(o *metadata.Options) { o.Settle = time.Millisecond })
	defer close(stuck)
	media := t.TempDir()
	writeFile(t, "x", media, "Films", "The Glass Harbour (2011)", "The Glass Harbour (2011).mkv")
	r.run()
	r.scan(media)
	r.until("a request that hangs", func() bool { return len(r.net.Asked()) == 1 })
	writeFile(t, "x", media, "Films", "Another (2001)", "Another (2001).mkv")
	if took := r.scan(media); took > 10*time.Second {
		t.Errorf("the scan took %v", took)
	}
	if n := r.store.View().Counts(library.Viewer{}); n.Of(library.Movie) != 2 {
		t.Errorf("not both films were found: %v", n)
	}
}
