package scan

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"sett/node/library"
	"sett/streaming/probe"
)

// eventually polls until ok is true.
func eventually(t testing.TB, within time.Duration, what string, ok func() bool) time.Duration {
	t.Helper()
	start := time.Now()
	for time.Since(start) < within {
		if ok() {
			return time.Since(start)
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("not within %v: %s", within, what)
	return 0
}

// start runs the scanner; the test ends it and sees that it ends at once.
func (h *house) start() {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- h.scan.Run(ctx) }()
	h.t.Cleanup(func() {
		cancel()
		select {
		case err := <-ended:
			if !errors.Is(err, context.Canceled) {
				h.t.Errorf("Run ended with %v", err)
			}
		case <-time.After(5 * time.Second):
			h.t.Error("Run goes on after its context ended")
		}
	})
}

func (h *house) hasFilm(name string) func() bool {
	return func() bool {
		page := h.store.View().Find(library.Query{Kinds: []library.Kind{library.Movie}})
		for _, c := range page.Cards {
			if c.Name == name {
				return true
			}
		}
		return false
	}
}

func TestARunningScannerSeesChanges(t *testing.T) {
	h := newHouse(t, films(), shows())
	h.add("Films/First.mkv", "a.mkv")
	h.start()
	eventually(t, 5*time.Second, "the first film", h.hasFilm("First"))
	eventually(t, 5*time.Second, "the end of the first scan", func() bool { _, running := h.scan.Progress(); return !running })

	must(t, os.MkdirAll(h.path("Films/New (2020)"), 0o755))
	b, err := os.ReadFile(clips + "/b.mkv")
	must(t, err)
	must(t, os.WriteFile(h.path("Films/New (2020)/New (2020).mkv"), b, 0o644))
	took := eventually(t, 10*time.Second, "the new film", h.hasFilm("New"))
	t.Logf("a new film took %v", took)

	h.move("Films/New (2020)/New (2020).mkv", "Films/New (2020)/Newer (2021).mkv")
	took = eventually(t, 10*time.Second, "the new name", h.hasFilm("Newer"))
	t.Logf("a new name took %v", took)

	h.remove("Films/New (2020)")
	eventually(t, 10*time.Second, "the film to go", func() bool { return !h.hasFilm("Newer")() })

	must(t, os.MkdirAll(h.path("Deep"), 0o755))
	h.add("Deep/Moved In/Inner (1990)/Inner (1990).mkv", "c.mp4")
	h.move("Deep/Moved In", "Films/Moved In")
	eventually(t, 10*time.Second, "a film in a folder that was moved in", h.hasFilm("Inner"))
	h.add("Films/Moved In/Later.mkv", "a.mkv")
	eventually(t, 10*time.Second, "a film added there later", h.hasFilm("Later"))
}

func TestNowWorksWhileTheScannerRuns(t *testing.T) {
	h := newHouse(t, films())
	h.add("Films/First.mkv", "a.mkv")
	h.start()
	if line := h.now(); !strings.HasPrefix(line, "1 library in ") {
		t.Error(line)
	}
	h.want(filmKinds, "Movie First [Films/First.mkv]")
	h.add("Films/Second.mkv", "b.mkv")
	for range 100 {
		h.scan.Request()
	}
	eventually(t, 10*time.Second, "the second film", h.hasFilm("Second"))
	if percent, running := h.scan.Progress(); !running && percent != 100 {
		t.Errorf("idle at %v %%", percent)
	}
}

func TestAGrowingFileIsLeftUntilItRests(t *testing.T) {
	h := newHouse(t, films())
	probes := h.countProbes()
	h.add("Films/Done.mkv", "a.mkv")
	b, err := os.ReadFile(clips + "/b.mkv")
	must(t, err)
	f, err := os.Create(h.path("Films/Copying.mkv"))
	must(t, err)
	defer f.Close()
	_, err = f.Write(b[:len(b)/2])
	must(t, err)
	if _, err := h.scan.scan(t.Context(), want{all: true}, func() bool { return false }); err != nil {
		t.Fatal(err)
	}
	h.want(filmKinds, "Movie Done [Films/Done.mkv]")
	_, err = f.Write(b[len(b)/2:])
	must(t, err)
	h.now()
	h.want(filmKinds, "Movie Done [Films/Done.mkv]", "Movie Copying [Films/Copying.mkv]")
	if probes() != 2 {
		t.Errorf("%d probes", probes())
	}
	id := h.one(library.Movie, "Done").ID
	must(t, os.Chtimes(h.path("Films/Done.mkv"), time.Now(), time.Now())) // being written to again
	if _, err := h.scan.scan(t.Context(), want{all: true}, func() bool { return false }); err != nil {
		t.Fatal(err)
	}
	if h.one(library.Movie, "Done").ID != id {
		t.Error("a film that is being replaced went away")
	}
}

func TestNamesComeBeforeFacts(t *testing.T) {
	h := newHouse(t, films(), songs())
	h.scan.inspect = func(ctx context.Context, _ string) (library.Source, probe.Tags, error) {
		<-ctx.Done()
		return library.Source{}, probe.Tags{}, ctx.Err()
	}
	h.add("Films/First.mkv", "a.mkv")
	h.add("Music/The Band/Blue/01 - One.flac", "one.flac")
	h.start()
	took := eventually(t, 5*time.Second, "the names", func() bool {
		n := h.store.View().Counts(library.Viewer{})
		return h.hasFilm("First")() && n.Of(library.Audio, library.MusicAlbum) == 2
	})
	if took > 2*time.Second {
		t.Errorf("names took %v", took)
	}
	if percent, running := h.scan.Progress(); !running || percent >= 100 {
		t.Errorf("progress is %v, %v", percent, running)
	}
}

func TestRunEndsInMidScan(t *testing.T) {
	h := newHouse(t, films())
	h.scan.inspect = func(ctx context.Context, _ string) (library.Source, probe.Tags, error) {
		<-ctx.Done()
		return library.Source{}, probe.Tags{}, ctx.Err()
	}
	for i := range 10 {
		h.add("Films/"+string(rune('A'+i))+".mkv", "a.mkv")
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- h.scan.Run(ctx) }()
	eventually(t, 5*time.Second, "the names", h.hasFilm("A"))
	cancel()
	start := time.Now()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if d := time.Since(start); d > 2*time.Second {
		t.Errorf("it took %v to end", d)
	}
}

func TestANewFolderInAMediaFolderIsANewLibrary(t *testing.T) {
	h := newHouse(t)
	h.add("Shows/B/B S01E01.mkv", "b.mkv")
	h.start()
	eventually(t, 5*time.Second, "the first scan", func() bool { _, running := h.scan.Progress(); return !running && h.store.View().Len() > 1 })
	h.add("elsewhere/Film (2000)/Film (2000).mkv", "a.mkv")
	h.remove("elsewhere/x")
	h.move("elsewhere", "Films")
	eventually(t, 10*time.Second, "the film", h.hasFilm("Film"))
}

func TestAChangeIsSeenWhileALongScanLooksIntoFiles(t *testing.T) {
	h := newHouse(t, films())
	h.scan.inspect = func(ctx context.Context, path string) (library.Source, probe.Tags, error) {
		select {
		case <-ctx.Done():
		case <-time.After(300 * time.Millisecond):
		}
		return probe.File(ctx, path)
	}
	for i := range 30 {
		h.add(fmt.Sprintf("Films/Film %02d (2000)/Film %02d (2000).mkv", i, i), "a.mkv")
	}
	h.start()
	eventually(t, 5*time.Second, "the names", h.hasFilm("Film 29"))
	h.add("Films/Late.mkv", "b.mkv")
	took := eventually(t, 8*time.Second, "the new film", h.hasFilm("Late"))
	if _, running := h.scan.Progress(); !running {
		t.Errorf("it came after %v, when the scan was over", took)
	}
	eventually(t, 60*time.Second, "the end", func() bool { _, running := h.scan.Progress(); return !running && !h.scan.wanted() })
	for _, it := range h.items(library.Movie) {
		if len(it.Sources[0].Streams) == 0 {
			t.Errorf("%s was never looked into", it.Name)
		}
	}
}
