package store

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"

	"github.com/dgraph-io/badger/v4"
)

// backupMagic begins a backup; what follows is the database's own backup stream,
// compressed.
const backupMagic = "sett backup 1\n"

// ErrBackup is wrapped by the errors of a file that is no backup, or not whole.
var ErrBackup = errors.New("not a whole Sett backup")

// Backup writes everything the store holds, as it is at this moment, to w. The node
// may go on working meanwhile.
func (s *Store) Backup(ctx context.Context, w io.Writer) error {
	if _, err := io.WriteString(w, backupMagic); err != nil {
		return fmt.Errorf("write the backup: %w", err)
	}
	z, err := gzip.NewWriterLevel(w, gzip.BestSpeed)
	if err != nil {
		return err
	}
	err = s.read(func(*badger.Txn) error {
		_, err := s.db.Backup(ctxWriter{ctx, z}, 0)
		return err
	})
	if err != nil {
		return classify("write the backup", err)
	}
	return z.Close()
}

// Restore fills an empty or missing folder from a backup. It fails without touching
// anything when the folder already holds a store.
func Restore(dir string, r io.Reader, log *slog.Logger) error {
	if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 {
		return fmt.Errorf("%s is not empty: move it away first", dir)
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	head := make([]byte, len(backupMagic))
	if _, err := io.ReadFull(r, head); err != nil || !bytes.Equal(head, []byte(backupMagic)) {
		return ErrBackup
	}
	z, err := gzip.NewReader(bufio.NewReader(r))
	if err != nil {
		return fmt.Errorf("%w: %v", ErrBackup, err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if err := restoreInto(dir, z, log); err != nil {
		return errors.Join(err, os.RemoveAll(dir)) // half a store is worse than none
	}
	return nil
}

func restoreInto(dir string, z *gzip.Reader, log *slog.Logger) error {
	db, err := badger.Open(tuned(dir, log))
	if err != nil {
		return classify("make the database in "+dir, err)
	}
	err = db.Load(z, 16)
	if err == nil {
		_, err = io.Copy(io.Discard, z) // to the end, where the checksum is
	}
	if err != nil {
		err = fmt.Errorf("%w: %v", ErrBackup, err)
	}
	return errors.Join(err, db.Close())
}

// VerifyBackup reads a backup to its end, where its checksum is. It fails with
// [ErrBackup] when something is missing.
func VerifyBackup(r io.Reader) error {
	head := make([]byte, len(backupMagic))
	if _, err := io.ReadFull(r, head); err != nil || !bytes.Equal(head, []byte(backupMagic)) {
		return ErrBackup
	}
	z, err := gzip.NewReader(bufio.NewReader(r))
	if err == nil {
		_, err = io.Copy(io.Discard, z) //nolint:gosec // our own file, read and thrown away
	}
	if err != nil {
		return fmt.Errorf("%w: %v", ErrBackup, err)
	}
	return nil
}

// ctxWriter stops writing when its context ends.
type ctxWriter struct {
	ctx context.Context
	w   io.Writer
}

func (c ctxWriter) Write(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.w.Write(p)
}
