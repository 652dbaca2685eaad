package scan

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"sett/node/library"
	"sett/node/store"
	"sett/streaming/probe"
)

// clips are tiny media files made once: what each test copies into its tree.
var clips string

func TestMain(m *testing.M) {
	if dir := os.Getenv(childEnv); dir != "" {
		os.Exit(scanAsChild(dir))
	}
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "scan-clips")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	clips = dir
	if err := makeClips(dir); err != nil {
		fmt.Fprintln(os.Stderr, "these tests need ffmpeg:", err)
		return 1
	}
	code := m.Run()
	if code == 0 {
		if err := goleak.Find(goleak.IgnoreTopFunction("github.com/golang/glog.(*fileSink).flushDaemon")); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	}
	return code
}

func makeClips(dir string) error {
	picture := []string{"-f", "lavfi", "-i", "testsrc2=s=64x64:r=10:d=1", "-f", "lavfi", "-i", "sine=440:d=1"}
	video := func(out string, more ...string) []string {
		return append(append(slices.Clone(picture), append([]string{"-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac", "-shortest"}, more...)...), out)
	}
	song := func(out, title, artist, album, track string, more ...string) []string {
		args := []string{"-f", "lavfi", "-i", "sine=" + track + "00:d=1", "-metadata", "title=" + title, "-metadata", "artist=" + artist,
			"-metadata", "album=" + album, "-metadata", "track=" + track, "-metadata", "date=2001", "-metadata", "genre=Dub"}
		return append(append(args, more...), out)
	}
	chapters := ";FFMETADATA1\ntitle=The Book\nartist=A. Writer\nalbum=The Book\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=1000\ntitle=One\n" +
		"[CHAPTER]\nTIMEBASE=1/1000\nSTART=1000\nEND=2000\ntitle=Two\n"
	if err := os.WriteFile(filepath.Join(dir, "chapters.txt"), []byte(chapters), 0o600); err != nil {
		return err
	}
	for _, args := range [][]string{
		video("a.mkv"),
		video("b.mkv", "-t", "0.8"),
		video("c.mp4", "-t", "0.6"),
		{"-f", "lavfi", "-i", "testsrc2=s=40x60:d=1", "-frames:v", "1", "poster.jpg"},
		{"-f", "lavfi", "-i", "testsrc2=s=60x40:d=1", "-frames:v", "1", "fanart.png"},
		song("one.flac", "First Song", "The Band", "Blue", "1", "-metadata", "album_artist=The Band"),
		song("two.flac", "Second Song", "The Band feat. Guest", "Blue", "2", "-metadata", "album_artist=The Band"),
		song("red.flac", "Other", "Someone", "Red", "3"),
		song("plain.mp3", "", "", "", "4"),
		{"-i", "a.mkv", "-c:v", "mpeg2video", "-c:a", "mp2", "-f", "vob", "dvd.vob"},
		{"-i", "a.mkv", "-c", "copy", "-f", "mpegts", "-mpegts_m2ts_mode", "1", "disc.m2ts"},
		{"-f", "lavfi", "-i", "sine=500:d=2", "-i", "chapters.txt", "-map_metadata", "1", "-map", "0", "-c:a", "aac", "-f", "mp4", "book.m4b"},
		{"-i", "one.flac", "-i", "poster.jpg", "-map", "0", "-map", "1", "-c", "copy", "-disposition:v", "attached_pic", "cover.flac"},
	} {
		cmd := exec.Command("ffmpeg", append([]string{"-nostdin", "-v", "error", "-y"}, args...)...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("%v: %w: %s", args, err, out)
		}
	}
	return nil
}

// house is a folder of media and a scanner over it.
type house struct {
	t     testing.TB
	root  string
	store *store.Store
	scan  *Scanner

	inspect func(context.Context, string) (library.Source, probe.Tags, error) // in place of the real one
}

// day is the age of files that tests make: long settled.
var day = time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)

// newHouse makes a scanner for the libraries, whose paths are below one temporary
// folder; with none, that folder is a media folder.
func newHouse(t testing.TB, libs ...Library) *house {
	t.Helper()
	h := &house{t: t, root: filepath.Join(t.TempDir(), "media")}
	must(t, os.MkdirAll(h.root, 0o755))
	h.open(t.TempDir(), libs...)
	return h
}

func (h *house) open(dir string, libs ...Library) {
	h.t.Helper()
	s, err := store.Open(h.t.Context(), dir, store.Options{})
	must(h.t, err)
	h.t.Cleanup(func() { s.Close() })
	h.store = s
	h.configure(libs...)
}

// configure makes a new scanner over the same store.
func (h *house) configure(libs ...Library) {
	o := Options{Store: h.store, Log: slog.New(slog.NewTextHandler(h.t.Output(), &slog.HandlerOptions{Level: slog.LevelError}))}
	for _, l := range libs {
		l.Paths = slices.Clone(l.Paths)
		for i, p := range l.Paths {
			l.Paths[i] = filepath.Join(h.root, p)
			must(h.t, os.MkdirAll(l.Paths[i], 0o755))
		}
		o.Libraries = append(o.Libraries, l)
	}
	if len(libs) == 0 {
		o.Media = []string{h.root}
	}
	h.scan = New(o)
	if h.inspect != nil {
		h.scan.inspect = h.inspect
	}
}

func films() Library { return Library{Name: "Films", Kind: library.Movies, Paths: []string{"Films"}} }
func shows() Library { return Library{Name: "Shows", Kind: library.TVShows, Paths: []string{"Shows"}} }
func songs() Library { return Library{Name: "Music", Kind: library.Music, Paths: []string{"Music"}} }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (h *house) path(rel string) string { return filepath.Join(h.root, filepath.FromSlash(rel)) }

// add copies a clip to a path below the media folder, with a made-up age so that no two
// look alike.
func (h *house) add(rel, clip string) {
	h.t.Helper()
	b, err := os.ReadFile(filepath.Join(clips, clip))
	must(h.t, err)
	h.write(rel, b)
}

func (h *house) write(rel string, b []byte) {
	h.t.Helper()
	must(h.t, os.MkdirAll(filepath.Dir(h.path(rel)), 0o755))
	must(h.t, os.WriteFile(h.path(rel), b, 0o644))
	must(h.t, os.Chtimes(h.path(rel), day, day))
}

func (h *house) move(from, to string) {
	h.t.Helper()
	must(h.t, os.MkdirAll(filepath.Dir(h.path(to)), 0o755))
	must(h.t, os.Rename(h.path(from), h.path(to)))
}

func (h *house) remove(rel string) {
	h.t.Helper()
	must(h.t, os.RemoveAll(h.path(rel)))
}

// now scans and returns the summary.
func (h *house) now() string {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(h.t.Context(), 2*time.Minute)
	defer cancel()
	line, err := h.scan.Now(ctx)
	must(h.t, err)
	return line
}

// list shows all items of some kinds, one line each, sorted.
func (h *house) list(kinds ...library.Kind) []string {
	h.t.Helper()
	var out []string
	for _, it := range h.items(kinds...) {
		out = append(out, h.line(it))
	}
	slices.Sort(out)
	return out
}

func (h *house) items(kinds ...library.Kind) []*library.Item {
	h.t.Helper()
	var out []*library.Item
	h.store.View().Each(func(c *library.Card) bool {
		if slices.Contains(kinds, c.Kind) {
			it, err := h.store.Item(c.ID)
			must(h.t, err)
			out = append(out, it)
		}
		return true
	})
	return out
}

// line tells an item: kind, name, year, numbers, parent, versions.
func (h *house) line(it *library.Item) string {
	s := it.Kind.String() + " " + it.Name
	if it.Year > 0 {
		s += fmt.Sprintf(" (%d)", it.Year)
	}
	if n, ok := it.ParentIndex.Get(); ok {
		s += fmt.Sprintf(" %d", n)
	}
	if n, ok := it.Index.Get(); ok {
		s += fmt.Sprintf("#%d", n)
	}
	if n, ok := it.IndexEnd.Get(); ok {
		s += fmt.Sprintf("-%d", n)
	}
	if p, ok := h.store.View().Card(it.Parent); ok && p.Kind != library.CollectionFolder {
		s += " in " + p.Name
	}
	if it.Extra != library.NoExtra {
		s += " as " + it.Extra.String()
	}
	for _, src := range it.Sources {
		s += " [" + strings.TrimPrefix(filepath.ToSlash(src.Path), filepath.ToSlash(h.root)+"/")
		for _, p := range src.Parts {
			s += " + " + filepath.Base(p)
		}
		for _, st := range src.Streams {
			if st.External {
				s += " +" + st.Codec + ":" + st.Language
			}
		}
		if src.Problem != "" {
			s += " !"
		}
		s += "]"
	}
	return s
}

// one returns the only item of a kind and name.
func (h *house) one(kind library.Kind, name string) *library.Item {
	h.t.Helper()
	var found []*library.Item
	for _, it := range h.items(kind) {
		if it.Name == name {
			found = append(found, it)
		}
	}
	if len(found) != 1 {
		h.t.Fatalf("%d items are a %s called %q; there are:\n%s", len(found), kind, name, strings.Join(h.list(kind), "\n"))
	}
	return found[0]
}

func (h *house) want(kinds []library.Kind, want ...string) {
	h.t.Helper()
	got := h.list(kinds...)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		h.t.Errorf("items are\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

// countProbes counts the files looked into.
func (h *house) countProbes() func() int {
	var n atomic.Int64
	inspect := h.scan.inspect
	h.inspect = func(ctx context.Context, path string) (library.Source, probe.Tags, error) {
		n.Add(1)
		return inspect(ctx, path)
	}
	h.scan.inspect = h.inspect
	return func() int { return int(n.Load()) }
}

// childEnv makes this test program scan a folder, whose media and store lie side by side,
// until it is killed.
const childEnv = "SCAN_TEST_CHILD"

func scanAsChild(dir string) int {
	s, err := store.Open(context.Background(), filepath.Join(dir, "store"), store.Options{})
	if err != nil {
		fmt.Println(err)
		return 1
	}
	sc := New(Options{Store: s, Libraries: []Library{{Name: "Films", Kind: library.Movies, Paths: []string{filepath.Join(dir, "media", "Films")}}}})
	sc.inspect = func(ctx context.Context, path string) (library.Source, probe.Tags, error) {
		time.Sleep(40 * time.Millisecond) // so that the kill comes in between
		return probe.File(ctx, path)
	}
	go func() {
		for told := false; !told; time.Sleep(time.Millisecond) {
			s.View().Each(func(c *library.Card) bool {
				if c.Kind == library.Movie && c.Runtime > 0 {
					told = true
				}
				return !told
			})
		}
		fmt.Println("some facts are known")
	}()
	err = sc.Run(context.Background())
	fmt.Println(err)
	return 1
}
