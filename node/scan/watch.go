package scan

import (
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/fsnotify/fsnotify"

	"sett/node/naming"
)

const (
	// maxWatches bounds the folders watched: each costs the kernel a kilobyte.
	maxWatches = 65536
	// quiet is how long nothing must happen under a root before it is scanned, and busy
	// how long a scan may be put off by things that keep happening.
	quiet = time.Second
	busy  = 10 * time.Second
)

// watcher hears of changes in the folders it was given and says which root they are
// under. It works as far as the system lets it; the sweep finds the rest.
type watcher struct {
	log     *slog.Logger
	changed func(root string)
	fs      *fsnotify.Watcher // nil: the system does not offer it
	done    chan struct{}

	mu    sync.Mutex
	roots map[string]string // watched folder → root
	limit string            // why no more folders are watched, "" while they are
}

func newWatcher(log *slog.Logger, changed func(root string)) *watcher {
	w := &watcher{log: log, changed: changed, done: make(chan struct{}), roots: make(map[string]string)}
	fs, err := fsnotify.NewBufferedWatcher(1024)
	if err != nil {
		w.limit = "Changes on disk are not noticed at once, only by the scan every " + sweepEvery.String() + " (" + err.Error() + ")."
		log.Warn(w.limit)
		close(w.done)
		return w
	}
	w.fs = fs
	go w.run()
	return w
}

// close ends the watcher and waits for it.
func (w *watcher) close() {
	if w.fs != nil {
		_ = w.fs.Close()
	}
	<-w.done
}

// add watches a folder.
func (w *watcher) add(root, dir string) {
	if w.fs == nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, ok := w.roots[dir]; ok || w.limit != "" {
		return
	}
	err := w.fs.Add(dir)
	switch {
	case err == nil:
		w.roots[dir] = root
		if len(w.roots) >= maxWatches {
			w.limitLocked("There are more folders than can be watched")
		}
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EMFILE):
		w.limitLocked("The system's limit of watched folders is reached (raise fs.inotify.max_user_watches)")
	}
}

func (w *watcher) limitLocked(why string) {
	w.limit = fmt.Sprintf("%s; changes in all but %d folders are found only by the scan every %v.", why, len(w.roots), sweepEvery)
	w.log.Warn(w.limit)
}

// limited says why not every folder is watched, "" if every one is.
func (w *watcher) limited() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.limit
}

// run collects events until they stop for a moment.
func (w *watcher) run() {
	defer close(w.done)
	pending := make(map[string]time.Time) // root → first event
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		select {
		case e, ok := <-w.fs.Events:
			if !ok {
				return
			}
			root, ok := w.event(e)
			if !ok {
				continue
			}
			if _, waiting := pending[root]; !waiting {
				pending[root] = time.Now()
			}
			if time.Since(pending[root]) < busy {
				timer.Reset(quiet)
			}
		case err, ok := <-w.fs.Errors:
			if !ok {
				return
			}
			if errors.Is(err, fsnotify.ErrEventOverflow) {
				w.mu.Lock()
				for _, root := range w.roots {
					pending[root] = time.Now()
				}
				w.mu.Unlock()
				timer.Reset(quiet)
			}
		case <-timer.C:
			for root := range pending {
				w.changed(root)
			}
			clear(pending)
		}
	}
}

// event says which root an event is about; ok is false for what does not matter.
func (w *watcher) event(e fsnotify.Event) (root string, ok bool) {
	if e.Op == fsnotify.Chmod || naming.Ignored(filepath.Base(e.Name)) {
		return "", false
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	root, ok = w.roots[filepath.Dir(e.Name)]
	if own, is := w.roots[e.Name]; is {
		root, ok = own, true
	}
	if e.Has(fsnotify.Remove) || e.Has(fsnotify.Rename) {
		w.forgetLocked(e.Name)
	}
	return root, ok
}

// forgetLocked stops watching a folder that went or moved, and those below it.
func (w *watcher) forgetLocked(dir string) {
	if _, ok := w.roots[dir]; !ok {
		return
	}
	for d := range w.roots {
		if d == dir || strings.HasPrefix(d, dir+string(filepath.Separator)) {
			_ = w.fs.Remove(d)
			delete(w.roots, d)
			w.limit = ""
		}
	}
}
