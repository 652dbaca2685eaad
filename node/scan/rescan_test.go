//go:build unix

package scan

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"sett/node/library"
	"sett/streaming/probe"
)

// allKinds are the kinds scans make.
var allKinds = slices.Concat(filmKinds, showKinds, musicKinds, []library.Kind{library.CollectionFolder})

// ids names every item by path and kind.
func (h *house) ids() map[string]library.ID {
	out := make(map[string]library.ID)
	for _, it := range h.items(allKinds...) {
		out[it.Kind.String()+" "+it.Name+" "+strings.TrimPrefix(it.Path, h.root)] = it.ID
	}
	return out
}

func fill(h *house) {
	h.add("Films/Alpha (2001)/Alpha (2001).mkv", "a.mkv")
	h.add("Films/Beta (1999).mkv", "b.mkv")
	h.add("Shows/The Show/Season 1/The Show S01E01.mkv", "c.mp4")
	h.add("Music/The Band/Blue/one.flac", "one.flac")
	h.add("Music/The Band/Blue/two.flac", "two.flac")
}

func TestAScanWithoutChangesStartsNoProbeAndChangesNothing(t *testing.T) {
	h := newHouse(t, films(), shows(), songs())
	probes := h.countProbes()
	fill(h)
	h.now()
	if probes() != 5 {
		t.Fatalf("%d probes for 5 files", probes())
	}
	before, gen := h.ids(), h.store.View().Generation()
	line := h.now()
	if probes() != 5 || !strings.Contains(line, "0 added, 0 changed, 0 removed") {
		t.Errorf("%d probes after: %s", probes(), line)
	}
	h.configure(films(), shows(), songs()) // as after a restart
	line = h.now()
	if probes() != 5 || !strings.Contains(line, "0 added, 0 changed, 0 removed") {
		t.Errorf("after a restart %d probes: %s", probes(), line)
	}
	if g := h.store.View().Generation(); g != gen {
		t.Errorf("the library changed from %d to %d", gen, g)
	}
	if after := h.ids(); len(after) != len(before) {
		t.Errorf("ids were %v, are %v", before, after)
	}
}

func TestAdditionsChangesAndRemovalsAreFound(t *testing.T) {
	h := newHouse(t, films(), shows(), songs())
	probes := h.countProbes()
	fill(h)
	h.now()
	h.add("Shows/The Show/Season 2/The Show S02E01.mkv", "a.mkv")
	h.add("Music/The Band/Blue/red.flac", "red.flac")
	h.write("Films/Alpha (2001)/Alpha (2001).de.srt", []byte("1\n00:00:00,000 --> 00:00:01,000\nHallo\n"))
	if line := h.now(); probes() != 7 {
		t.Errorf("%d probes: %s", probes(), line)
	}
	h.want(filmKinds, "Movie Alpha (2001) [Films/Alpha (2001)/Alpha (2001).mkv +subrip:ger]", "Movie Beta (1999) [Films/Beta (1999).mkv]")
	h.want(musicKinds, "MusicArtist The Band", "MusicAlbum Blue (2001) in The Band", "MusicArtist Someone", "MusicAlbum Red (2001) in Someone",
		"Audio First Song (2001)#1 in Blue [Music/The Band/Blue/one.flac]", "Audio Second Song (2001)#2 in Blue [Music/The Band/Blue/two.flac]",
		"Audio Other (2001)#3 in Red [Music/The Band/Blue/red.flac]")
	h.want(showKinds, "Series The Show", "Season Season 1#1 in The Show", "Season Season 2#2 in The Show",
		"Episode Episode 1 1#1 in Season 1 [Shows/The Show/Season 1/The Show S01E01.mkv]",
		"Episode Episode 1 2#1 in Season 2 [Shows/The Show/Season 2/The Show S02E01.mkv]")
	added := h.one(library.Season, "Season 2").Added
	if time.Since(added) > time.Minute {
		t.Errorf("what came later was added %v", added)
	}

	h.remove("Shows/The Show/Season 1")
	h.remove("Music/The Band/Blue/red.flac")
	h.remove("Films/Beta (1999).mkv")
	h.now()
	h.want(filmKinds, "Movie Alpha (2001) [Films/Alpha (2001)/Alpha (2001).mkv +subrip:ger]")
	h.want(musicKinds, "MusicArtist The Band", "MusicAlbum Blue (2001) in The Band",
		"Audio First Song (2001)#1 in Blue [Music/The Band/Blue/one.flac]", "Audio Second Song (2001)#2 in Blue [Music/The Band/Blue/two.flac]")
	h.want(showKinds, "Series The Show", "Season Season 2#2 in The Show", "Episode Episode 1 2#1 in Season 2 [Shows/The Show/Season 2/The Show S02E01.mkv]")
	h.remove("Shows/The Show")
	h.add("Shows/Other/Other S01E01.mkv", "b.mkv")
	h.now()
	h.want(showKinds, "Series Other", "Season Season 1#1 in Other", "Episode Episode 1 1#1 in Season 1 [Shows/Other/Other S01E01.mkv]")
}

func TestUnreadableThingsAreListedAndNeverFatal(t *testing.T) {
	h := newHouse(t, films())
	probes := h.countProbes()
	h.add("Films/Good.mkv", "a.mkv")
	h.write("Films/Corrupt.mkv", []byte(strings.Repeat("this is no film ", 500)))
	h.write("Films/Empty.mkv", nil)
	must(t, syscall.Mkfifo(h.path("Films/Pipe.mkv"), 0o644))
	must(t, os.Symlink("/nowhere/at/all.mkv", h.path("Films/Dangling.mkv")))
	must(t, os.Symlink("..", h.path("Films/Loop")))
	must(t, os.MkdirAll(h.path("Films/Sub"), 0o755))
	must(t, os.Symlink(h.path("Films/Sub"), h.path("Films/Sub/Self")))
	must(t, os.Symlink(h.path("Films"), h.path("Films/Sub/Up")))
	h.add("Films/Bad\xff.mkv", "a.mkv")
	h.now()
	h.want(filmKinds, "Movie Good [Films/Good.mkv]", "Movie Corrupt [Films/Corrupt.mkv !]", "Movie Empty [Films/Empty.mkv !]")
	var paths []string
	for _, p := range h.scan.Problems() {
		paths = append(paths, filepath.Base(p.Path))
		if !strings.HasSuffix(p.Text, ".") || strings.Contains(p.Text, "\n") {
			t.Errorf("%q is no plain sentence", p.Text)
		}
	}
	if want := []string{"Bad�.mkv", "Corrupt.mkv", "Dangling.mkv", "Empty.mkv", "Pipe.mkv"}; !slices.Equal(paths, want) {
		t.Errorf("problems are with %q, want %q", paths, want)
	}
	n := probes()
	h.now()
	if probes() != n {
		t.Error("a corrupt file is tried again although it did not change")
	}
	h.add("Films/Corrupt.mkv", "b.mkv")
	must(t, os.Chtimes(h.path("Films/Corrupt.mkv"), day.Add(time.Hour), day.Add(time.Hour)))
	h.now()
	if src := h.one(library.Movie, "Corrupt").Sources[0]; src.Problem != "" || len(src.Streams) == 0 {
		t.Errorf("a mended file is %+v", src)
	}
}

func TestARootThatIsAwayOrEmptyRemovesNothing(t *testing.T) {
	h := newHouse(t, films(), shows())
	fill(h)
	h.now()
	want := h.list(filmKinds...)
	h.move("Films", "Away")
	h.now()
	h.want(filmKinds, want...)
	if p := h.scan.Problems(); len(p) != 1 || !strings.Contains(p[0].Text, "is not there; its films are kept. Connect the disk or change the settings.") {
		t.Errorf("problems are %+v", p)
	}
	must(t, os.Mkdir(h.path("Films"), 0o755))
	h.now()
	h.want(filmKinds, want...)
	if p := h.scan.Problems(); len(p) != 1 || !strings.Contains(p[0].Text, "is suddenly empty; its films are kept") {
		t.Errorf("problems are %+v", p)
	}
	must(t, os.Remove(h.path("Films")))
	h.move("Away", "Films")
	if line := h.now(); !strings.Contains(line, "0 added, 0 changed, 0 removed") || len(h.scan.Problems()) != 0 {
		t.Errorf("after its return: %s", line)
	}
	h.configure(shows())
	h.now()
	h.want(filmKinds)
	if n := len(h.items(library.CollectionFolder)); n != 1 {
		t.Errorf("%d libraries are left", n)
	}
}

func TestFilesWaitForFFprobe(t *testing.T) {
	path := os.Getenv("PATH")
	t.Setenv("PATH", t.TempDir())
	h := newHouse(t, films())
	h.inspect = func(context.Context, string) (library.Source, probe.Tags, error) {
		return library.Source{}, probe.Tags{}, probe.ErrNoFFprobe
	}
	h.scan.inspect = h.inspect
	h.add("Films/Alpha (2001)/Alpha (2001).mkv", "a.mkv")
	h.now()
	it := h.one(library.Movie, "Alpha")
	if it.Sources[0].Problem != textNoTool || len(h.scan.Problems()) != 1 {
		t.Errorf("without ffprobe it is %+v", it.Sources[0])
	}
	if line := h.now(); !strings.Contains(line, "0 changed") {
		t.Error(line)
	}
	t.Setenv("PATH", path)
	h.scan.inspect = probe.File
	h.now()
	got := h.one(library.Movie, "Alpha")
	if got.Sources[0].Problem != "" || len(got.Sources[0].Streams) != 2 || got.ID != it.ID || len(h.scan.Problems()) != 0 {
		t.Errorf("with ffprobe it is %+v; %v", got.Sources[0], h.scan.Problems())
	}
}

func TestOddNamesAreKeptAsTheyAre(t *testing.T) {
	h := newHouse(t, films(), shows())
	names := []string{`It's "Quoted"`, "Two\nLines", "Popcorn 🍿", "שלום עולם", "Ünïcödé", "100% [sic] {x}", "-dash first"}
	for _, n := range names {
		h.add("Films/"+n+".mkv", "a.mkv")
	}
	h.now()
	if got := h.items(library.Movie); len(got) != len(names) {
		t.Fatalf("%d films of %d: %q", len(got), len(names), h.list(library.Movie))
	}
	for _, it := range h.items(library.Movie) {
		stem := strings.TrimSuffix(filepath.Base(it.Path), ".mkv")
		if it.Sources[0].Problem != "" || len(it.Sources[0].Streams) != 2 || !slices.Contains(names, stem) || it.Name == "" {
			t.Errorf("%q is %+v", it.Path, it.Sources[0])
		}
	}
	if line := h.now(); !strings.Contains(line, "0 added, 0 changed, 0 removed") {
		t.Error(line)
	}
}

func TestAScanCutOffIsCompletedByTheNext(t *testing.T) {
	dir := t.TempDir()
	h := &house{t: t, root: filepath.Join(t.TempDir(), "media")}
	h.open(dir, films(), songs())
	fill(h)
	for i := range 20 {
		h.add(filepath.Join("Films", string(rune('a'+i))+"film (2000).mkv"), "a.mkv")
	}
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		for h.store.View().Len() < 4 && ctx.Err() == nil {
			time.Sleep(time.Millisecond)
		}
		cancel()
	}()
	if _, err := h.scan.Now(ctx); err == nil {
		t.Fatal("the scan was not cut off")
	}
	seen := h.ids()
	must(t, h.store.Close())
	h.open(dir, films(), songs())
	h.now()
	if n := len(h.items(library.Movie)); n != 22 {
		t.Errorf("%d films", n)
	}
	for _, it := range h.items(library.Movie, library.Audio) {
		if len(it.Sources[0].Streams) == 0 || !it.Added.Equal(day) {
			t.Errorf("%s is without facts: %+v", it.Name, it)
		}
	}
	after := h.ids()
	for name, id := range seen {
		if now, ok := after[name]; ok && now != id {
			t.Errorf("%s changed its id", name)
		}
	}
}

func TestOnlyWhatChangedIsPublishedAgain(t *testing.T) {
	h := newHouse(t, films(), shows(), songs())
	fill(h)
	h.add("Films/Alpha (2001)/poster.jpg", "poster.jpg")
	h.add("Music/The Band/Blue/cover.flac", "cover.flac")
	h.write("Films/Alpha (2001)/Alpha (2001).nfo", []byte("<movie><plot>Old.</plot><premiered>2001-02-03</premiered><rating>7.5</rating></movie>"))
	h.now()
	h.add("Shows/The Show/Season 1/The Show S01E02.mkv", "a.mkv")
	if line := h.now(); !strings.Contains(line, ": 1 added, 0 changed, 0 removed") {
		t.Errorf("one more episode: %s", line)
	}
	h.write("Music/The Band/Blue/notes.nfo", []byte("x"))
	h.write("Films/Gamma (2020).mkv", []byte("no film"))
	if line := h.now(); !strings.Contains(line, ": 1 added, 0 changed, 0 removed") {
		t.Errorf("one more loose film: %s", line)
	}
	h.write("Films/Alpha (2001)/Alpha (2001).nfo", []byte("<movie><plot>The new plot.</plot></movie>"))
	if line := h.now(); !strings.Contains(line, ": 0 added, 1 changed, 0 removed") {
		t.Errorf("another NFO: %s", line)
	}
	if it := h.one(library.Movie, "Alpha"); it.Overview != "The new plot." || !it.Premiered.IsZero() || it.CommunityRating != 0 {
		t.Errorf("what the old NFO said stays: %+v", it)
	}
	tag := h.one(library.Movie, "Alpha").Images[0].Tag
	h.add("Films/Alpha (2001)/poster.jpg", "fanart.png")
	h.now()
	if im := h.one(library.Movie, "Alpha").Images[0]; im.Tag == tag || im.Width != 60 {
		t.Errorf("the new poster is %+v", im)
	}
	h.add("Music/The Band/folder.jpg", "poster.jpg")
	if line := h.now(); !strings.Contains(line, ": 0 added, 1 changed, 0 removed") {
		t.Errorf("the artist's picture: %s", line)
	}
	if _, ok := h.one(library.MusicArtist, "The Band").Image(library.Primary, 0); !ok {
		t.Error("the artist has no picture")
	}
}

func TestAMistakeInOneFolderLeavesTheRest(t *testing.T) {
	h := newHouse(t, films())
	p := &pass{s: h.scan}
	j := &job{p: p, u: &unit{dirs: []*dir{{abs: "/x/odd"}}}}
	if err := j.guarded(func() error { panic("odd") }); err != nil || len(p.problems) != 1 || p.problems[0].Path != "/x/odd" {
		t.Errorf("%v, %v", err, p.problems)
	}
}
