package trickplay

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"sett/streaming/ffmpeg"
)

// abandonedAfter is when work that was cut off is no longer waited for.
const abandonedAfter = 7 * 24 * time.Hour

func abandoned(e fs.DirEntry) bool {
	fi, err := e.Info()
	return err == nil && time.Since(fi.ModTime()) > abandonedAfter
}

// Fill makes the sheets of a key that are still missing. What was made before an
// error, or by a process that was killed, is used when Fill is called again. The
// error wraps [ErrFull] when there is no room.
func (s *Store) Fill(ctx context.Context, k Key, m *Maker) error {
	info := m.Info()
	if _, ok := s.Find(k, info.Width); ok {
		return nil
	}
	part := filepath.Join(s.dir, fmt.Sprintf("%s%s-%s-%s-%dx%d-%dx%d-%d-%d", unfinished, k.Item, k.Source, k.Identity,
		info.Width, info.Height, info.Columns, info.Rows, info.Interval.Milliseconds(), info.Count))
	if err := os.MkdirAll(part, 0o700); err != nil {
		return fmt.Errorf("make a folder for trickplay pictures: %w", err)
	}
	set := Set{Key: k, Info: info}
	for n := range info.Sheets() {
		size, err := s.sheet(ctx, part, m, n)
		if hopeless(err) && n > 0 { // the film ends before it said it would
			set.Count = n * info.Columns * info.Rows
			break
		}
		if hopeless(err) {
			return errors.Join(err, os.RemoveAll(part))
		}
		if err != nil {
			return err
		}
		set.bytes += size
		set.Bandwidth = max(set.Bandwidth, int(float64(size)*8/(float64(info.on(n))*info.Interval.Seconds())))
		if s.Bytes()+set.bytes > s.quota {
			return errors.Join(ErrFull, os.RemoveAll(part))
		}
	}
	return s.finish(set, part)
}

// hopeless reports whether trying again with the same file would be in vain.
func hopeless(err error) bool {
	var failed *ffmpeg.Error
	return errors.Is(err, ErrNoPicture) || errors.As(err, &failed)
}

// sheet makes one sheet, unless it is there. A file of its final name is whole.
func (s *Store) sheet(ctx context.Context, part string, m *Maker, n int) (int64, error) {
	path := filepath.Join(part, sheetName(n))
	if fi, err := os.Stat(path); err == nil {
		return fi.Size(), nil
	}
	jpeg, err := m.Sheet(ctx, n)
	if err != nil {
		return 0, err
	}
	tmp := filepath.Join(part, "new")
	if err := os.WriteFile(tmp, jpeg, 0o600); err != nil {
		return 0, fmt.Errorf("keep trickplay pictures: %w", err)
	}
	if err := os.Rename(tmp, path); err != nil {
		return 0, fmt.Errorf("keep trickplay pictures: %w", err)
	}
	return int64(len(jpeg)), nil
}

func (s *Store) finish(set Set, part string) error {
	// The whole item in other forms, or of the file as it was, goes first.
	if err := s.Keep(set.Item, func(o Set) bool { return o.Source != set.Source }); err != nil {
		return fmt.Errorf("remove old trickplay pictures: %w", err)
	}
	if err := os.Rename(part, filepath.Join(s.dir, set.name())); err != nil {
		return fmt.Errorf("keep trickplay pictures: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sets[set.Item] = append(s.sets[set.Item][:len(s.sets[set.Item]):len(s.sets[set.Item])], set)
	s.bytes += set.bytes
	return nil
}
