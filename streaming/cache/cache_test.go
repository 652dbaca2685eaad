package cache

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func text(s string) func(context.Context, string) error {
	return func(_ context.Context, path string) error { return os.WriteFile(path, []byte(s), 0o600) }
}

func never(context.Context, string) error { return errors.New("made again") }

func read(t *testing.T, c *Cache, key string, fill func(context.Context, string) error) string {
	t.Helper()
	f, err := c.File(t.Context(), key, fill)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func cache(t *testing.T, dir string, quota int64) *Cache {
	t.Helper()
	c, err := Open(dir, quota)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestAFileIsMadeOnceAndOutlivesTheProcess(t *testing.T) {
	dir := t.TempDir()
	c := cache(t, dir, 1000)
	var made atomic.Int32
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			f, err := c.File(context.Background(), "k", func(_ context.Context, path string) error {
				made.Add(1)
				return os.WriteFile(path, []byte("hello"), 0o600)
			})
			if err != nil {
				t.Error(err)
				return
			}
			f.Close()
		})
	}
	wg.Wait()
	if made.Load() != 1 {
		t.Errorf("made %d times", made.Load())
	}
	if got := read(t, cache(t, dir, 1000), "k", never); got != "hello" {
		t.Errorf("after a restart: %q", got)
	}
}

func TestTheLeastRecentlyUsedGoFirst(t *testing.T) {
	dir := t.TempDir()
	c := cache(t, dir, 1000)
	for i := range 9 {
		read(t, c, fmt.Sprint(i), text(strings.Repeat("x", 100)))
	}
	read(t, c, "0", never) // used again
	for i := 9; i < 14; i++ {
		read(t, c, fmt.Sprint(i), text(strings.Repeat("x", 100)))
	}
	if got := read(t, c, "0", never); len(got) != 100 {
		t.Error("what was used lately is gone")
	}
	if _, err := c.File(t.Context(), "1", never); err == nil {
		t.Error("the oldest is still there")
	}
	var sum int64
	list, _ := os.ReadDir(dir)
	for _, e := range list {
		fi, _ := e.Info()
		sum += fi.Size()
	}
	if sum > 1000 || sum != c.bytes {
		t.Errorf("%d bytes on disk, %d counted, quota 1000", sum, c.bytes)
	}
}

func TestAFailureIsNotKept(t *testing.T) {
	dir := t.TempDir()
	c := cache(t, dir, 1000)
	broken := errors.New("broken")
	for _, fill := range []func(context.Context, string) error{
		func(_ context.Context, path string) error {
			_ = os.WriteFile(path, []byte("half"), 0o600)
			return broken
		},
		func(context.Context, string) error { panic("odd file") },
		func(context.Context, string) error { return nil }, // says so, but wrote nothing
	} {
		if _, err := c.File(t.Context(), "k", fill); err == nil {
			t.Error("got no error")
		}
	}
	if list, _ := os.ReadDir(dir); len(list) > 0 {
		t.Errorf("left behind: %v", list)
	}
	if got := read(t, c, "k", text("whole")); got != "whole" {
		t.Errorf("got %q", got)
	}
}

func TestTheWorkEndsWhenNobodyWaits(t *testing.T) {
	c := cache(t, t.TempDir(), 1000)
	ctx, cancel := context.WithCancel(t.Context())
	begun, ended := make(chan struct{}), make(chan struct{})
	errs := make(chan error, 1)
	go func() {
		_, err := c.File(ctx, "k", func(ctx context.Context, _ string) error {
			close(begun)
			<-ctx.Done()
			close(ended)
			return ctx.Err()
		})
		errs <- err
	}()
	<-begun
	cancel()
	if err := <-errs; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	select {
	case <-ended:
	case <-time.After(10 * time.Second):
		t.Fatal("the work goes on")
	}
	if got := read(t, c, "k", text("again")); got != "again" {
		t.Errorf("got %q", got)
	}
}

func TestWhatWasDeletedByHandIsMadeAgain(t *testing.T) {
	dir := t.TempDir()
	c := cache(t, dir, 1000)
	read(t, c, "k", text("one"))
	files, _ := filepath.Glob(filepath.Join(dir, "*"))
	for _, f := range files {
		if err := os.Remove(f); err != nil {
			t.Fatal(err)
		}
	}
	if got := read(t, c, "k", text("two")); got != "two" {
		t.Errorf("got %q", got)
	}
}
