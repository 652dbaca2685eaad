package scan

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"sett/node/library"
	"sett/node/store"
	"sett/streaming/probe"
)

// Options say what to scan and where to put it.
type Options struct {
	Store     *store.Store
	Libraries []Library // as set by the owner
	Media     []string  // folders whose sub-folders become libraries by their names
	Log       *slog.Logger
}

// Library is one library the owner set.
type Library struct {
	Name  string // "" to name it after its kind
	Kind  library.Collection
	Paths []string // absolute
}

// Problem is something a person should know about a file or folder.
type Problem struct {
	Path string
	Text string // one plain sentence
}

const (
	// maxProblems bounds what Problems returns: more than anyone reads.
	maxProblems = 500
	// sweepEvery is how often everything is looked at without being told to: network
	// shares tell nobody about changes.
	sweepEvery = 15 * time.Minute
	// settle is how long a file must have been left alone to be looked at. It is less
	// than the watcher's wait, so that a finished copy is seen at the first go.
	settle = 800 * time.Millisecond
	// again is when to come back for files that were still being written.
	again = 1200 * time.Millisecond
)

// Scanner keeps the store in step with the media folders. Safe for concurrent use.
type Scanner struct {
	opt   Options
	store *store.Store
	log   *slog.Logger

	// inspect is probe.File. Tests put something slower or forgetful in its place.
	inspect func(context.Context, string) (library.Source, probe.Tags, error)

	turn   chan struct{} // held by whoever scans
	asked  chan struct{} // something is in want
	ledger *ledger       // belongs to the holder of turn; nil: read it first

	progress progress

	mu       sync.Mutex
	want     want
	watch    *watcher // while Run runs
	problems []Problem
}

// want is what to scan next.
type want struct {
	all   bool
	roots map[string]bool
}

// New makes a Scanner. It starts nothing.
func New(o Options) *Scanner {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Scanner{
		opt: o, store: o.Store, log: o.Log,
		inspect: probe.File, turn: make(chan struct{}, 1), asked: make(chan struct{}, 1),
	}
}

// Run scans everything, and then what changes, until ctx ends.
func (s *Scanner) Run(ctx context.Context) error {
	w := newWatcher(s.log, s.changed)
	s.setWatcher(w)
	defer func() {
		s.setWatcher(nil)
		w.close()
	}()
	s.Request()
	wait := again
	sweep := time.NewTicker(sweepEvery)
	defer sweep.Stop()
	back := time.NewTimer(time.Hour)
	defer back.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-sweep.C:
			s.Request()
			continue
		case <-back.C:
			s.Request()
			continue
		case <-s.asked:
		}
		w := s.take()
		r, err := s.scan(ctx, w, s.wanted)
		if err != nil {
			return err
		}
		if r.cut {
			s.add(w)
		}
		if wait = min(2*wait, sweepEvery/10); !r.unsettled {
			wait = again
			continue
		}
		back.Reset(wait)
	}
}

func (s *Scanner) setWatcher(w *watcher) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.watch = w
}

// Request asks for a scan of everything and returns at once. Requests made while one
// waits are one.
func (s *Scanner) Request() { s.add(want{all: true}) }

// changed asks for a scan of one root.
func (s *Scanner) changed(root string) { s.add(want{roots: map[string]bool{root: true}}) }

func (s *Scanner) add(w want) {
	s.mu.Lock()
	s.want.all = s.want.all || w.all
	for r := range w.roots {
		if s.want.roots == nil {
			s.want.roots = make(map[string]bool)
		}
		s.want.roots[r] = true
	}
	s.mu.Unlock()
	select {
	case s.asked <- struct{}{}:
	default:
	}
}

func (s *Scanner) take() want {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := s.want
	s.want = want{}
	return w
}

// wanted reports whether a scan was asked for since the last one began.
func (s *Scanner) wanted() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.want.all || len(s.want.roots) > 0
}

// Now scans everything, waits for the end and says in one line what came of it.
func (s *Scanner) Now(ctx context.Context) (string, error) {
	start := time.Now()
	var sum result
	for range 3 { // files that are being copied right now get a second and third look
		r, err := s.scan(ctx, want{all: true}, func() bool { return false })
		if err != nil {
			return "", err
		}
		sum = sum.then(r)
		if !r.unsettled {
			break
		}
		select {
		case <-ctx.Done():
			return "", ctx.Err()
		case <-time.After(again):
		}
	}
	line := fmt.Sprintf("%s in %s: %d added, %d changed, %d removed", count(sum.libraries, "library", "libraries"),
		time.Since(start).Round(10*time.Millisecond), sum.added, sum.changed, sum.removed)
	if p := s.Problems(); len(p) > 0 {
		line += fmt.Sprintf("; %s, the first: %s: %s", count(len(p), "problem", "problems"), p[0].Path, p[0].Text)
	}
	return line, nil
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// Problems returns what the last scan found wrong, the newest state of each path, in
// the order of the paths and at most a few hundred.
func (s *Scanner) Problems() []Problem {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Problem(nil), s.problems...)
}

// scan does one pass when it is its turn.
func (s *Scanner) scan(ctx context.Context, w want, yield func() bool) (result, error) {
	select {
	case s.turn <- struct{}{}:
	case <-ctx.Done():
		return result{}, ctx.Err()
	}
	defer func() { <-s.turn }()
	s.progress.begin()
	defer s.progress.end()
	r, err := s.pass(ctx, w, yield)
	if err != nil {
		s.ledger = nil // what is in memory may be ahead of the disk
		return r, err
	}
	level := slog.LevelDebug
	if r.added+r.changed+r.removed > 0 {
		level = slog.LevelInfo
	}
	s.log.Log(ctx, level, "the media folders were scanned", "added", r.added, "changed", r.changed, "removed", r.removed,
		"problems", len(s.Problems()))
	return r, nil
}

// result is what a pass came to.
type result struct {
	libraries               int
	added, changed, removed int
	unsettled               bool // files were still being written
	cut                     bool // it made room for another pass; files are left to look into
}

func (r result) then(next result) result {
	next.added += r.added
	next.changed += r.changed
	next.removed += r.removed
	return next
}
