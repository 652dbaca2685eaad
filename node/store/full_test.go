package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"sett/node/library"
)

// smallDisk mounts a file system of n bytes.
func smallDisk(t *testing.T, n int) string {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("skipped: mounting a small disk takes root")
	}
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%d", n)); err != nil {
		t.Skipf("skipped: cannot mount a small disk here: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, 0); err != nil {
			t.Errorf("unmount: %v", err)
		}
	})
	return dir
}

func TestAFullDiskFailsWritesAndNothingElse(t *testing.T) {
	dir := filepath.Join(smallDisk(t, 160<<20), "data")
	opt := Options{Reserve: 32 << 20, Render: rendered, RenderVersion: "1"}
	s := open(t, dir, opt)
	user := library.NewID("user")
	apply(t, s, library.Put(film("first")))
	play(t, s, user, film("first").ID, 42)

	// Until it refuses by itself.
	var full error
	for i := 0; full == nil && i < 2000; i++ {
		var batch []library.Change
		for j := range 20 {
			it := film(fmt.Sprint(i, j))
			it.Overview = strings.Repeat("long ", 2000)
			batch = append(batch, library.Put(it))
		}
		before := s.View()
		if full = s.Apply(context.Background(), batch...); full != nil && s.View() != before {
			t.Error("a refused Apply changed the snapshot")
		}
	}
	if !errors.Is(full, ErrFull) {
		t.Fatalf("a full disk gave %v", full)
	}
	fillUp(t, filepath.Dir(dir))
	s.space.look() // as Run does
	_, err := s.UpdateUserData(context.Background(), user, film("first").ID, func(u library.UserData) library.UserData { u.Position = 99; return u })
	if !errors.Is(err, ErrFull) {
		t.Errorf("play state on a full disk: %v", err)
	}
	if err := TableOf[int](s, "t").Put(context.Background(), "k", 1); !errors.Is(err, ErrFull) {
		t.Errorf("a table on a full disk: %v", err)
	}
	readable(t, s, user)
	count := s.View().Len()
	if err := s.Close(); err != nil {
		t.Fatalf("close on a full disk: %v", err)
	}
	if err := os.Remove(filepath.Join(filepath.Dir(dir), "other")); err != nil {
		t.Fatal(err)
	}
	s = open(t, dir, opt)
	readable(t, s, user)
	if s.View().Len() != count {
		t.Errorf("%d items, had %d", s.View().Len(), count)
	}
}

func readable(t *testing.T, s *Store, user library.ID) {
	t.Helper()
	id := film("first").ID
	if got := s.State(user).Get(id).Position; got != 42 {
		t.Errorf("position %d, want 42", got)
	}
	if it, err := s.Item(id); err != nil || it.Name != "first" {
		t.Errorf("item: %v", err)
	}
	s.View().Each(func(c *library.Card) bool {
		err := s.Wire([]library.ID{c.ID}, func(_ int, wire []byte) error {
			if !strings.Contains(string(wire), c.Name) {
				return fmt.Errorf("record of %q is %.40q", c.Name, wire)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
		return err == nil
	})
}

// fillUp leaves no byte free.
func fillUp(t *testing.T, dir string) {
	t.Helper()
	f, err := os.Create(filepath.Join(dir, "other"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	buf := make([]byte, 64<<10)
	for err == nil {
		_, err = f.Write(buf)
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
}

func TestOpeningOnAFullDiskSaysSo(t *testing.T) {
	dir := smallDisk(t, 8<<20)
	_, err := Open(context.Background(), filepath.Join(dir, "data"), Options{})
	if !errors.Is(err, ErrFull) || !strings.Contains(err.Error(), "free some space") {
		t.Errorf("got %v", err)
	}
}
