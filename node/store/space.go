package store

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
)

// space watches the free space under the database. The database writes through memory
// maps, so running out in mid-write would be no error but a crash; and it writes by itself,
// when it flushes and compacts. So writes are refused while there is still room, and a
// ballast file holds more of it, which is given up when something else fills the disk.
type space struct {
	dir     string
	log     *slog.Logger
	reserve int64 // bytes to keep free; the ballast is as large again

	mu      sync.Mutex
	ballast bool
	warned  bool
}

const ballastName = "ballast"

// defaultReserve is what a flush and a compaction with the sizes of tuned may need.
const defaultReserve = 48 << 20

func newSpace(dir string, reserve int64, log *slog.Logger) *space {
	if reserve <= 0 {
		reserve = defaultReserve
	}
	_, err := os.Stat(filepath.Join(dir, ballastName))
	return &space{dir: dir, log: log, reserve: reserve, ballast: err == nil}
}

// claim fails with ErrFull unless n more bytes can be written.
func (s *space) claim(n int64) error {
	free, err := freeSpace(s.dir)
	if err != nil {
		return err
	}
	s.settle(free)
	if free < s.reserve+n {
		return fmt.Errorf("%w: %d MB free in %s, %d MB needed; free some space and try again",
			ErrFull, free>>20, s.dir, (s.reserve+n)>>20)
	}
	return nil
}

// settle gives the ballast up when the rest is nearly gone, and takes it back when there
// is plenty.
func (s *space) settle(free int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.ballast && free < s.reserve/2:
		s.dropLocked()
		s.log.Warn("the disk of the data directory is full; nothing can be saved until there is space",
			"dir", s.dir, "free_mb", free>>20)
	case !s.ballast && free >= 3*s.reserve:
		s.takeLocked()
	}
}

func (s *space) drop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.dropLocked()
}

func (s *space) dropLocked() {
	err := os.Remove(filepath.Join(s.dir, ballastName))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		s.log.Warn("cannot give up the space held back", "error", err)
		return
	}
	s.ballast = false
}

// take holds the ballast back if there is room to spare.
func (s *space) take() {
	free, err := freeSpace(s.dir)
	if err != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.ballast && free >= 3*s.reserve {
		s.takeLocked()
	}
}

func (s *space) takeLocked() {
	path := filepath.Join(s.dir, ballastName)
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return
	}
	defer f.Close()
	err = setAside(f, s.reserve)
	if err == nil {
		s.ballast = true
		return
	}
	os.Remove(path)
	if errors.Is(err, errors.ErrUnsupported) && !s.warned {
		s.warned = true
		s.log.Info("the file system of the data directory cannot set space aside", "dir", s.dir)
	}
}

// look is claim for the times when nothing is written.
func (s *space) look() {
	if free, err := freeSpace(s.dir); err == nil {
		s.settle(free)
	}
}

// claimLittle asks for what opening takes: the last memory table may have to be flushed.
func (s *space) claimLittle() error {
	free, err := freeSpace(s.dir)
	if err != nil {
		return err
	}
	if least := s.reserve / 2; free < least {
		return fmt.Errorf("%w: %d MB free in %s, opening it takes %d MB; free some space and start again",
			ErrFull, free>>20, s.dir, least>>20)
	}
	return nil
}
