package scan

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sett/node/library"
)

// update writes the items that are found into the table, to be read before they are
// committed.
var update = flag.Bool("update", false, "write what is found into testdata/trees")

// A tree is a file in testdata/trees: comments, the libraries ("movies Films"), the files,
// and the items that a scan must make of them. A file's clip follows from its ending, or
// is named behind " = "; behind " :: " stands a text to write instead.
type tree struct {
	path, head string
	libs       []Library
	files      []string
	items      []string
}

func readTree(t *testing.T, path string) tree {
	b, err := os.ReadFile(path)
	must(t, err)
	tr := tree{path: path}
	section := ""
	for _, line := range strings.Split(string(b), "\n") {
		switch {
		case strings.HasPrefix(line, "-- "):
			section = line
			continue
		case section == "":
			tr.head += line + "\n"
			if kind, folder, ok := strings.Cut(line, " "); ok && kind != "#" {
				if kind == "mixed" {
					kind = ""
				}
				tr.libs = append(tr.libs, Library{Name: folder, Kind: library.Collection(kind), Paths: []string{folder}})
			}
		case line == "":
		case section == "-- files --":
			tr.files = append(tr.files, line)
		default:
			tr.items = append(tr.items, line)
		}
	}
	if len(tr.libs) == 0 || len(tr.files) == 0 {
		t.Fatalf("%s has no libraries or no files", path)
	}
	return tr
}

// clipOf is what stands for a file of a name.
func clipOf(name string) string {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".mkv":
		return "a.mkv"
	case ".mp4", ".m4v":
		return "c.mp4"
	case ".vob":
		return "dvd.vob"
	case ".m2ts":
		return "disc.m2ts"
	case ".flac":
		return "one.flac"
	case ".mp3":
		return "plain.mp3"
	case ".m4b":
		return "book.m4b"
	case ".jpg":
		return "poster.jpg"
	case ".png":
		return "fanart.png"
	}
	return ""
}

func (h *house) plant(line string) {
	h.t.Helper()
	if path, text, ok := strings.Cut(line, " :: "); ok {
		h.write(path, []byte(strings.ReplaceAll(text, `\n`, "\n")))
		return
	}
	path, clip, ok := strings.Cut(line, " = ")
	if !ok {
		clip = clipOf(path)
	}
	if clip == "" {
		h.write(path, []byte("what is in "+path))
		return
	}
	must(h.t, os.MkdirAll(filepath.Dir(h.path(path)), 0o755))
	must(h.t, os.Chtimes(filepath.Join(clips, clip), day, day))
	must(h.t, os.Link(filepath.Join(clips, clip), h.path(path)))
}

// tell is line with what only some kinds have.
func (h *house) tell(it *library.Item) string {
	s := h.line(it)
	if it.Kind == library.MusicVideo || it.Kind == library.AudioBook || it.Kind == library.Audio {
		s += " by " + strings.Join(it.Artists, " & ")
	}
	if it.Format3D != "" {
		s += " {" + it.Format3D + "}"
	}
	if it.BookSeries != "" {
		s += " {of " + it.BookSeries + "}"
	}
	if a := it.Airs; a != (library.Airing{}) {
		before, _ := a.BeforeSeason.Get()
		episode, _ := a.BeforeEpisode.Get()
		after, _ := a.AfterSeason.Get()
		s += fmt.Sprintf(" {airs before %d×%d, after %d}", before, episode, after)
	}
	if len(it.Sources) > 0 && len(it.Sources[0].Parts) > 0 {
		s += fmt.Sprintf(" {%.1f s}", it.Runtime.Seconds())
	}
	if len(it.Sources) > 0 && len(it.Sources[0].Chapters) > 0 {
		s += fmt.Sprintf(" {%d chapters}", len(it.Sources[0].Chapters))
	}
	if _, ok := it.Image(library.Primary, 0); ok && it.Kind != library.Photo {
		s += " {picture}"
	}
	var names []string
	for _, m := range it.Members {
		if c, ok := h.store.View().Card(m.Item); ok {
			names = append(names, c.Name)
		}
	}
	if len(names) > 0 {
		s += " = " + strings.Join(names, ", ")
	}
	return s
}

func TestMessyTreesBecomeTheItemsOfTheTable(t *testing.T) {
	paths, err := filepath.Glob("testdata/trees/*.txt")
	must(t, err)
	if len(paths) < 25 {
		t.Fatalf("the table has %d trees", len(paths))
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txt"), func(t *testing.T) { scanTree(t, readTree(t, path)) })
	}
}

func scanTree(t *testing.T, tr tree) {
	h := newHouse(t, tr.libs...)
	for _, line := range tr.files {
		h.plant(line)
	}
	h.now()
	list := func() []string {
		var out []string
		for _, it := range h.items(fileKinds...) {
			out = append(out, h.tell(it))
		}
		slices.Sort(out)
		return out
	}
	got := list()
	if *update {
		text := tr.head + "-- files --\n" + strings.Join(tr.files, "\n") + "\n\n-- items --\n" + strings.Join(got, "\n") + "\n"
		must(t, os.WriteFile(tr.path, []byte(text), 0o644))
		return
	}
	if !slices.Equal(got, tr.items) {
		t.Errorf("items are\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(tr.items, "\n  "))
	}
	ids, line := h.ids(), h.now()
	if !strings.Contains(line, "0 added, 0 changed, 0 removed") {
		t.Errorf("the second scan: %s", line)
	}
	h.scan.ledger = nil // all that is remembered is on disk
	for _, r := range h.rows() {
		r.Sum = 0 // look at everything again
	}
	line = h.now()
	if !strings.Contains(line, "0 added, 0 changed, 0 removed") || len(h.ids()) != len(ids) || !slices.Equal(list(), got) {
		t.Errorf("after looking at everything again: %s; items are\n  %s", line, strings.Join(list(), "\n  "))
	}
	for _, p := range h.scan.Problems() {
		if strings.Contains(p.Text, "mistake in this program") {
			t.Error(p)
		}
	}
}

// rows are all rows of the ledger, read anew.
func (h *house) rows() []*row {
	l, err := openLedger(h.store)
	must(h.t, err)
	h.scan.ledger = l
	var out []*row
	for _, r := range l.roots {
		for _, row := range r.units {
			out = append(out, row)
		}
	}
	return out
}
