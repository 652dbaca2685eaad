//go:build unix

package scan

import (
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
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

// BenchmarkTree scans the media folder named by SCAN_BENCH_TREE: cold, again without
// changes, and, to compare with, walks it bare, reads 64 KB of each file, and writes what
// was found into an empty store.
func BenchmarkTree(b *testing.B) {
	tree := os.Getenv("SCAN_BENCH_TREE")
	if tree == "" {
		b.Skip("SCAN_BENCH_TREE names no media folder")
	}
	var files []string
	walk := func() {
		files = files[:0]
		_ = filepath.WalkDir(tree, func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if _, err = d.Info(); err == nil && !d.IsDir() {
				files = append(files, path)
			}
			return err
		})
	}
	walk()
	_, bare := measure(b, "bare-walk", walk)
	_, headers := measure(b, "read-64k-of-each", func() {
		buf := make([]byte, 64<<10)
		for _, path := range files {
			if f, err := os.Open(path); err == nil {
				_, _ = f.Read(buf)
				f.Close()
			}
		}
	})
	dir := b.TempDir()
	s, err := store.Open(b.Context(), dir, store.Options{})
	must(b, err)
	defer s.Close()
	sc := New(Options{Store: s, Media: []string{tree}, Log: slog.New(slog.DiscardHandler)})
	first := make(chan time.Duration, 1)
	stop := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		start := time.Now()
		for {
			n := s.View().Counts(library.Viewer{})
			if n.Of(library.Movie, library.Episode, library.Audio) > 0 {
				first <- time.Since(start)
				return
			}
			select {
			case <-stop:
				return
			case <-time.After(5 * time.Millisecond):
			}
		}
	})
	scan := func() {
		line, err := sc.Now(b.Context())
		must(b, err)
		b.Log(line)
	}
	_, cold := measure(b, "cold-scan", scan)
	close(stop)
	wg.Wait()
	b.Logf("first results after %v", <-first)
	_, same := measure(b, "rescan", scan)
	var changes []library.Change
	s.View().Each(func(c *library.Card) bool {
		it, err := s.Bare(c.ID)
		must(b, err)
		changes = append(changes, library.Put(it))
		return true
	})
	empty, err := store.Open(b.Context(), b.TempDir(), store.Options{})
	must(b, err)
	defer empty.Close()
	_, load := measure(b, "store-load", func() {
		for len(changes) > 0 {
			n := min(len(changes), batchItems)
			must(b, empty.Apply(b.Context(), changes[:n]...))
			changes = changes[n:]
		}
	})
	fmt.Printf("%d items; cold scan %.2f × (walk + headers + store), rescan %.2f × walk\n",
		s.View().Len(), cold.Seconds()/(bare+headers+load).Seconds(), same.Seconds()/bare.Seconds())
	for b.Loop() { // everything was measured above, once
	}
}
