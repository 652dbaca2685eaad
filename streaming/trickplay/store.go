package trickplay

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"sett/node/library"
)

// Key names the sheets of one version of an item. Identity changes when the file
// does.
type Key struct {
	Item, Source library.ID
	Identity     string // 16 hex digits
}

// Set is what a Store holds for a Key.
type Set struct {
	Key
	Info
	bytes int64
}

// ErrFull says that the quota is used up.
var ErrFull = errors.New("the space for trickplay pictures is used up")

// Store keeps finished sheets in a folder, and unfinished ones to go on with. A
// set's folder carries its description in its name, so that reading one folder at
// start is all it takes to know them. Nothing is thrown away to make room: what is
// wanted tomorrow would be made again for nothing.
type Store struct {
	dir   string
	quota int64

	mu    sync.RWMutex
	sets  map[library.ID][]Set // by item
	bytes int64
}

const unfinished = "part-"

// OpenStore reads what is in dir, which it makes if need be. quota is in bytes.
func OpenStore(dir string, quota int64) (*Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder for trickplay pictures: %w", err)
	}
	list, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("read the folder for trickplay pictures: %w", err)
	}
	s := &Store{dir: dir, quota: quota, sets: map[library.ID][]Set{}}
	for _, e := range list {
		set, ok := parse(e.Name())
		switch {
		case ok && e.IsDir():
			s.sets[set.Item] = append(s.sets[set.Item], set)
			s.bytes += set.bytes
		case strings.HasPrefix(e.Name(), unfinished) && abandoned(e):
			_ = os.RemoveAll(filepath.Join(dir, e.Name()))
		}
	}
	return s, nil
}

// name of a finished set's folder: item, source, identity, picture, sheet, interval
// in ms, count, bandwidth, bytes.
func (s Set) name() string {
	return fmt.Sprintf("%s-%s-%s-%dx%d-%dx%d-%d-%d-%d-%d", s.Item, s.Source, s.Identity, s.Width, s.Height, s.Columns, s.Rows,
		s.Interval.Milliseconds(), s.Count, s.Bandwidth, s.bytes)
}

func parse(name string) (Set, bool) {
	var s Set
	f := strings.Split(name, "-")
	if len(f) != 9 || len(f[2]) != 16 {
		return s, false
	}
	var errs [2]error
	s.Item, errs[0] = library.ParseID(f[0])
	s.Source, errs[1] = library.ParseID(f[1])
	s.Identity = f[2]
	var interval int
	ok := errors.Join(errs[:]...) == nil && pair(f[3], &s.Width, &s.Height) && pair(f[4], &s.Columns, &s.Rows)
	for i, to := range []*int{&interval, &s.Count, &s.Bandwidth} {
		ok = ok && number(f[5+i], to)
	}
	var size int
	ok = ok && number(f[8], &size) && interval > 0 && s.Count > 0 && s.Columns > 0 && s.Rows > 0
	s.Interval, s.bytes = time.Duration(interval)*time.Millisecond, int64(size)
	return s, ok
}

func pair(text string, a, b *int) bool {
	x, y, ok := strings.Cut(text, "x")
	return ok && number(x, a) && number(y, b)
}

func number(text string, to *int) bool {
	n, err := strconv.Atoi(text)
	*to = n
	return err == nil && n >= 0
}

// Of lists the sets of an item.
func (s *Store) Of(item library.ID) []Set {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return slices.Clone(s.sets[item])
}

// Find returns the set of a key in a width.
func (s *Store) Find(k Key, width int) (Set, bool) {
	for _, set := range s.Of(k.Item) {
		if set.Key == k && set.Width == width {
			return set, true
		}
	}
	return Set{}, false
}

// Open opens a sheet; the caller closes it. The error is fs.ErrNotExist for one
// that is not there.
func (s *Store) Open(set Set, n int) (*os.File, error) {
	if n < 0 || n >= set.Sheets() {
		return nil, fs.ErrNotExist
	}
	f, err := os.Open(filepath.Join(s.dir, set.name(), sheetName(n)))
	if errors.Is(err, fs.ErrNotExist) {
		s.forgetGone(set) // somebody emptied the folder
	}
	return f, err
}

func sheetName(n int) string { return strconv.Itoa(n) + ".jpg" }

// forgetGone drops a set whose folder is gone.
func (s *Store) forgetGone(set Set) {
	if _, err := os.Stat(filepath.Join(s.dir, set.name())); !errors.Is(err, fs.ErrNotExist) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dropLocked(set)
}

func (s *Store) dropLocked(set Set) {
	at := slices.Index(s.sets[set.Item], set)
	if at < 0 {
		return
	}
	s.bytes -= set.bytes
	s.sets[set.Item] = slices.Delete(slices.Clone(s.sets[set.Item]), at, at+1)
	if len(s.sets[set.Item]) == 0 {
		delete(s.sets, set.Item)
	}
}

// Keep deletes the sets of an item that keep does not want, finished or not.
func (s *Store) Keep(item library.ID, keep func(Set) bool) error {
	var errs []error
	for _, set := range s.Of(item) {
		if keep(set) {
			continue
		}
		s.mu.Lock()
		s.dropLocked(set)
		s.mu.Unlock()
		errs = append(errs, os.RemoveAll(filepath.Join(s.dir, set.name())))
	}
	return errors.Join(errs...)
}

// Items lists the items that have sets.
func (s *Store) Items() []library.ID {
	s.mu.RLock()
	defer s.mu.RUnlock()
	ids := make([]library.ID, 0, len(s.sets))
	for id := range s.sets {
		ids = append(ids, id)
	}
	return ids
}

// Bytes is how much all finished sets take.
func (s *Store) Bytes() int64 {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.bytes
}
