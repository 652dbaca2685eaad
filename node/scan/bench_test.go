package scan

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"sett/node/library"
)

// manyFiles makes a tree of about 5,000 hard links: films with posters, shows, albums.
func manyFiles(b *testing.B, h *house) {
	link := func(rel, clip string) {
		must(b, os.MkdirAll(filepath.Dir(h.path(rel)), 0o755))
		must(b, os.Link(filepath.Join(clips, clip), h.path(rel)))
	}
	for _, clip := range []string{"a.mkv", "b.mkv", "one.flac", "poster.jpg"} {
		must(b, os.Chtimes(filepath.Join(clips, clip), day, day))
	}
	for i := range 750 {
		name := fmt.Sprintf("Film %04d (%d)", i, 1950+i%70)
		link("Films/"+name+"/"+name+".mkv", "a.mkv")
		link("Films/"+name+"/poster.jpg", "poster.jpg")
	}
	for i := range 2500 {
		show, season, ep := i/50, i/10%5+1, i%10+1
		link(fmt.Sprintf("Shows/Show %02d/Season %d/Show %02d S%02dE%02d.mkv", show, season, show, season, ep), "b.mkv")
	}
	for i := range 1000 {
		link(fmt.Sprintf("Music/Artist %02d/Album %03d/%02d - Song.flac", i/50, i/10, i%10+1), "one.flac")
	}
}

// BenchmarkScanWithoutChanges is to stay below twice BenchmarkBareWalk.
func BenchmarkScanWithoutChanges(b *testing.B) {
	b.Setenv("PATH", b.TempDir()) // facts are not what is measured
	h := newHouse(b, films(), shows(), songs())
	manyFiles(b, h)
	h.now()
	if n := h.store.View().Counts(library.Viewer{}); n.Of(library.Movie, library.Episode, library.Audio) != 4250 {
		b.Fatalf("counts are %+v", n)
	}
	for b.Loop() {
		h.now()
	}
}

func BenchmarkBareWalk(b *testing.B) {
	h := newHouse(b, films(), shows(), songs())
	manyFiles(b, h)
	for b.Loop() {
		n := 0
		err := filepath.WalkDir(h.root, func(_ string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if !d.IsDir() {
				n++
			}
			_, err = d.Info()
			return err
		})
		if err != nil || n != 5000 {
			b.Fatal(n, err)
		}
	}
}

// BenchmarkOneMoreInAFlatFolder adds a film to 5,000 that lie in one folder.
func BenchmarkOneMoreInAFlatFolder(b *testing.B) {
	b.Setenv("PATH", b.TempDir())
	h := newHouse(b, films())
	for i := range 5000 {
		name := fmt.Sprintf("Films/Film %04d (%d)", i, 1950+i%70)
		h.write(name+".mkv", []byte(name))
		h.write(name+".srt", []byte(name))
		h.write(name+"-poster.jpg", []byte(name))
	}
	h.now()
	n := 0
	for b.Loop() {
		n++
		h.write(fmt.Sprintf("Films/More %04d (2000).mkv", n), []byte("more"))
		h.now()
	}
	if got := h.store.View().Len(); got != 5001+n {
		b.Fatalf("%d items", got)
	}
}
