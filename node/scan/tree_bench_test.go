//go:build unix

package scan

import (
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"

	"sett/node/library"
	"sett/node/store"
)

// cpu is the processor time this process and its ended children have used.
func cpu() time.Duration {
	var sum time.Duration
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var u syscall.Rusage
		if syscall.Getrusage(who, &u) == nil {
			sum += time.Duration(u.Utime.Nano() + u.Stime.Nano())
		}
	}
	return sum
}

// measure runs something once and says what it took.
func measure(b *testing.B, what string, fn func()) (wall, used time.Duration) {
	b.Helper()
	start, before := time.Now(), cpu()
	fn()
	wall, used = time.Since(start), cpu()-before
	b.Logf("%-34s %8.3f s  cpu %8.3f s", what, wall.Seconds(), used.Seconds())
	b.ReportMetric(used.Seconds(), what+"-cpu-s")
	return wall, used
}

// bareWalk lists all files below a folder, and looks at each as lstat shows it.
func bareWalk(folder string) (files []string) {
	_ = filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if _, err = d.Info(); err == nil && !d.IsDir() {
			files = append(files, path)
		}
		return err
	})
	return files
}

func readHeads(files []string) {
	buf := make([]byte, 64<<10)
	for _, path := range files {
		if f, err := os.Open(path); err == nil {
			_, _ = f.Read(buf)
			f.Close()
		}
	}
}

// load writes all items of a store into an empty one.
func load(b *testing.B, from *store.Store) time.Duration {
	var changes []library.Change
	from.View().Each(func(c *library.Card) bool {
		it, err := from.Bare(c.ID)
		must(b, err)
		changes = append(changes, library.Put(it))
		return true
	})
	empty, err := store.Open(b.Context(), b.TempDir(), store.Options{})
	must(b, err)
	defer empty.Close()
	_, used := measure(b, "store-load", func() {
		for len(changes) > 0 {
			n := min(len(changes), batchItems)
			must(b, empty.Apply(b.Context(), changes[:n]...))
			changes = changes[n:]
		}
	})
	return used
}

// firstResults says when the store has something to show.
func firstResults(s *store.Store, stop <-chan struct{}) <-chan time.Duration {
	first, start := make(chan time.Duration, 1), time.Now()
	go func() {
		defer close(first)
		for {
			if n := s.View().Counts(library.Viewer{}); n.Of(library.Movie, library.Episode, library.Audio) > 0 {
				first <- time.Since(start)
				return
			}
			select {
			case <-stop:
				return
			case <-time.After(5 * time.Millisecond):
			}
		}
	}()
	return first
}

// BenchmarkTree scans the media folder named by SCAN_BENCH_TREE: cold, again without
// changes, and, to compare with, walks it bare, reads 64 KB of each file, and writes what
// was found into an empty store.
func BenchmarkTree(b *testing.B) {
	tree := os.Getenv("SCAN_BENCH_TREE")
	if tree == "" {
		b.Skip("SCAN_BENCH_TREE names no media folder")
	}
	files := bareWalk(tree)
	_, bare := measure(b, "bare-walk", func() { bareWalk(tree) })
	_, heads := measure(b, "read-64k-of-each", func() { readHeads(files) })
	s, err := store.Open(b.Context(), b.TempDir(), store.Options{})
	must(b, err)
	defer s.Close()
	sc := New(Options{Store: s, Media: []string{tree}, Log: slog.New(slog.DiscardHandler)})
	scan := func() {
		line, err := sc.Now(b.Context())
		must(b, err)
		b.Log(line)
	}
	stop := make(chan struct{})
	first := firstResults(s, stop)
	_, cold := measure(b, "cold-scan", scan)
	close(stop)
	b.Logf("first results after %v", <-first)
	_, same := measure(b, "rescan", scan)
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	most := m.HeapSys
	runtime.GC()
	runtime.ReadMemStats(&m)
	b.Logf("heap: %d MB at most, %d MB in the end", most>>20, m.HeapAlloc>>20)
	fmt.Printf("%d items; cold scan %.2f × (walk + headers + store), rescan %.2f × walk\n",
		s.View().Len(), cold.Seconds()/(bare+heads+load(b, s)).Seconds(), same.Seconds()/bare.Seconds())
	for b.Loop() { // everything was measured above, once
	}
}
