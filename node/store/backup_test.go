package store

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"sett/node/library"
)

func TestABackupHoldsEverythingAndIsRefusedWhenItIsNotWhole(t *testing.T) {
	ctx := context.Background()
	s, err := Open(ctx, t.TempDir(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	film, user := library.NewID("film"), library.NewID("user")
	if err := s.Apply(ctx, library.Put(&library.Item{ID: film, Kind: library.Movie, Name: "Film"})); err != nil {
		t.Fatal(err)
	}
	play(t, s, user, film, 42e7)
	if err := TableOf[string](s, "words").Put(ctx, "k", "v"); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := s.Backup(ctx, &b); err != nil {
		t.Fatal(err)
	}
	play(t, s, user, film, 99e7) // after the backup

	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	dir := filepath.Join(t.TempDir(), "restored")
	if err := Restore(dir, bytes.NewReader(b.Bytes()), quiet); err != nil {
		t.Fatal(err)
	}
	r, err := Open(ctx, dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if it, err := r.Item(film); err != nil || it.Name != "Film" || r.ServerID() != s.ServerID() {
		t.Errorf("restored: %v %v, server %s", it, err, r.ServerID())
	}
	if got := r.State(user).Get(film).Position; got != 42e7 {
		t.Errorf("restored position %d", got)
	}
	if v, err := TableOf[string](r, "words").Get("k"); v != "v" {
		t.Errorf("restored table: %q %v", v, err)
	}
	if err := Restore(dir, bytes.NewReader(b.Bytes()), quiet); err == nil {
		t.Error("a store was overwritten")
	}
	if err := VerifyBackup(bytes.NewReader(b.Bytes())); err != nil {
		t.Error(err)
	}
	for name, bad := range map[string][]byte{"cut": b.Bytes()[:b.Len()/2], "garbage": []byte("no backup at all, but long enough"), "empty": nil} {
		to := filepath.Join(t.TempDir(), name)
		if err := Restore(to, bytes.NewReader(bad), quiet); !errors.Is(err, ErrBackup) {
			t.Errorf("%s: %v", name, err)
		}
		if err := VerifyBackup(bytes.NewReader(bad)); !errors.Is(err, ErrBackup) {
			t.Errorf("%s passed for whole: %v", name, err)
		}
		if _, err := os.Stat(to); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s left something in the way: %v", name, err)
		}
	}
}
