package hls

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"sett/node/library"
	"sett/streaming/remux"
)

// files keeps sources open for copying: what is known of a film's index is worth
// more than the file handle it costs. They are bounded in number, and one that
// nobody uses is closed after a while.
type files struct {
	log  *slog.Logger
	keep time.Duration // an unused one stays open for so long
	most int

	mu    sync.Mutex
	ctx   context.Context // of scans; nil while the manager does not run
	open  map[string]*source
	scans sync.WaitGroup
	disk  chan struct{} // held by the one scan that runs
}

// source is one opened file. Whoever got it from files.get must release it.
type source struct {
	owner *files
	key   string
	path  string
	ready chan struct{} // closed once file or err is set
	file  *remux.File
	err   error

	// Guarded by owner.mu.
	refs    int
	used    time.Time
	scan    chan struct{} // closed when the scan ends; nil: never begun
	scanErr error
}

func newFiles(log *slog.Logger, keep time.Duration, most int) *files {
	return &files{log: log, keep: keep, most: most, open: make(map[string]*source), disk: make(chan struct{}, 1)}
}

// get opens the source, or joins those who have it open. A file that was replaced
// is another one.
func (f *files) get(ctx context.Context, path string, src library.Source) (*source, error) {
	fi, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("open a film: %w", err)
	}
	key := fmt.Sprintf("%d %d %s", fi.Size(), fi.ModTime().UnixNano(), path)
	f.mu.Lock()
	x, ok := f.open[key]
	if !ok {
		x = &source{owner: f, key: key, path: path, ready: make(chan struct{})}
		f.open[key] = x
	}
	x.refs++
	f.mu.Unlock()
	if !ok {
		// Others may wait for it, so it does not end with this request.
		x.err = guarded(func() (err error) {
			x.file, err = remux.Open(context.WithoutCancel(ctx), path, src)
			return err
		})
		close(x.ready)
	}
	select {
	case <-x.ready:
	case <-ctx.Done():
		x.release()
		return nil, context.Cause(ctx)
	}
	if x.err != nil {
		x.release()
		return nil, x.err
	}
	return x, nil
}

// guarded makes a reader's panic over a hostile file that file's error: others wait for
// the outcome, and the node must not end with one film.
func guarded(read func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: reading it failed: %v", remux.ErrDamaged, p)
		}
	}()
	return read()
}

// hold takes the source once more.
func (x *source) hold() {
	x.owner.mu.Lock()
	defer x.owner.mu.Unlock()
	x.refs++
}

// release gives it back. One that failed is forgotten at once, to be tried again.
func (x *source) release() {
	f := x.owner
	f.mu.Lock()
	defer f.mu.Unlock()
	x.refs--
	x.used = time.Now()
	if x.refs == 0 && x.err != nil && f.open[x.key] == x {
		delete(f.open, x.key)
	}
	f.shrinkLocked()
}

// shrinkLocked closes the longest unused when there are too many.
func (f *files) shrinkLocked() {
	for len(f.open) > f.most {
		var oldest *source
		for _, x := range f.open {
			if x.refs == 0 && (oldest == nil || x.used.Before(oldest.used)) {
				oldest = x
			}
		}
		if oldest == nil {
			return
		}
		f.closeLocked(oldest)
	}
}

func (f *files) closeLocked(x *source) {
	delete(f.open, x.key)
	if x.file == nil {
		return
	}
	if err := x.file.Close(); err != nil {
		f.log.Warn("a film did not close", "path", x.path, "err", err)
	}
}

// reap closes what nobody has used for long.
func (f *files) reap(now time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, x := range f.open {
		if x.refs == 0 && now.Sub(x.used) > f.keep {
			f.closeLocked(x)
		}
	}
}

// start allows scans, which end with ctx.
func (f *files) start(ctx context.Context) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ctx = ctx
}

// stop waits for scans, whose context must have ended, and closes everything.
func (f *files) stop() {
	f.mu.Lock()
	f.ctx = nil
	f.mu.Unlock()
	f.scans.Wait()
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, x := range f.open {
		f.closeLocked(x)
	}
}

// errStillScanning means that the file's index is being made and is not ready.
var errStillScanning = errors.New("the file is being read for its index")

// scanned makes the index the file lacks, in the background and one file at a
// time, and waits for it no longer than wait.
func (x *source) scanned(ctx context.Context, wait time.Duration) error {
	done, err := x.startScan()
	if err != nil {
		return err
	}
	t := time.NewTimer(wait)
	defer t.Stop()
	select {
	case <-done:
	case <-t.C:
		return errStillScanning
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	x.owner.mu.Lock()
	defer x.owner.mu.Unlock()
	return x.scanErr
}

func (x *source) startScan() (<-chan struct{}, error) {
	f := x.owner
	f.mu.Lock()
	defer f.mu.Unlock()
	if x.scan != nil {
		return x.scan, nil
	}
	if f.ctx == nil {
		return nil, ErrClosed
	}
	x.scan = make(chan struct{})
	x.refs++
	f.scans.Add(1)
	go x.runScan(f.ctx)
	return x.scan, nil
}

func (x *source) runScan(ctx context.Context) {
	f := x.owner
	defer f.scans.Done()
	defer x.release()
	var err error
	select {
	case f.disk <- struct{}{}:
		begin := time.Now()
		err = guarded(func() error { return x.file.Scan(ctx) })
		<-f.disk
		f.log.Info("read a film for its index", "path", x.path, "took", time.Since(begin).Round(time.Millisecond), "err", err)
	case <-ctx.Done():
		err = context.Cause(ctx)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	x.scanErr = err
	close(x.scan)
	if err != nil {
		x.scan = nil // to be tried again
	}
}
