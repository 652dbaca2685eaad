package scan

import (
	"sync"
	"sync/atomic"
	"time"
)

// State is how far the running scan is; of the last one while none runs.
type State struct {
	Running bool
	Phase   Phase
	// Folder is where the scan is, "" while none runs.
	Folder string
	// Found is how many files the walk has seen; Read and ToRead how many of them were
	// looked into and how many must be, which is known when the walk is over.
	Found, Read, ToRead int
	// PerSecond is the files found, or read, in a second of the running phase.
	PerSecond float64
	// Remaining is about how long it will still take; 0: unknown.
	Remaining time.Duration
	Started   time.Time
	Ended     time.Time // zero while it runs
	Problems  int
}

// Phase is a step of a scan.
type Phase string

// The phases of a scan.
const (
	Idle    Phase = ""
	Walking Phase = "Walking" // folders are listed, and what is in them is shown by name
	Reading Phase = "Reading" // files are looked into
)

// Percent is how much is done: of a walk 0, because nobody knows how much there is.
func (s State) Percent() float64 {
	switch {
	case !s.Running:
		return 100
	case s.Phase == Walking || s.ToRead == 0:
		return 0
	}
	return min(100, 100*float64(s.Read)/float64(s.ToRead))
}

// progress is counted by many at once.
type progress struct {
	files, done, todo atomic.Int64
	folder            atomic.Pointer[string]

	mu             sync.Mutex
	phase          Phase
	started, ended time.Time
	since          time.Time // of the phase
}

func (g *progress) begin() {
	g.files.Store(0)
	g.done.Store(0)
	g.todo.Store(0)
	g.folder.Store(nil)
	g.enter(Walking)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.started, g.ended = g.since, time.Time{}
}

func (g *progress) reading() { g.enter(Reading) }

func (g *progress) end() {
	g.enter(Idle)
	g.folder.Store(nil)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.ended = g.since
}

func (g *progress) enter(p Phase) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.phase, g.since = p, time.Now()
}

// found counts the files of a folder that was just listed.
func (g *progress) found(d *dir) {
	g.files.Add(int64(len(d.files)))
	g.folder.Store(&d.abs)
}

// more counts files that must be looked into.
func (g *progress) more(n int) { g.todo.Add(int64(n)) }

// at notes where files are being looked into.
func (g *progress) at(s stack) { g.folder.Store(&s.d.abs) }

// read counts a file that was looked into.
func (g *progress) read() { g.done.Add(1) }

// State says how far the running scan is, in more than percent. It costs next to nothing
// and may be asked many times a second.
func (s *Scanner) State() State {
	g := &s.progress
	g.mu.Lock()
	st := State{Running: g.phase != Idle, Phase: g.phase, Started: g.started, Ended: g.ended}
	spent := time.Since(g.since).Seconds()
	g.mu.Unlock()
	st.Found, st.Read, st.ToRead = int(g.files.Load()), int(g.done.Load()), int(g.todo.Load())
	if at := g.folder.Load(); at != nil && st.Running {
		st.Folder = *at
	}
	n := st.Found
	if st.Phase == Reading {
		n = st.Read
	}
	if st.Running && spent > 0.05 {
		st.PerSecond = float64(n) / spent
	}
	if st.Phase == Reading && st.PerSecond > 0 {
		st.Remaining = time.Duration(float64(max(0, st.ToRead-st.Read)) / st.PerSecond * float64(time.Second))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	st.Problems = len(s.problems)
	return st
}

// Progress says how far the running scan is, in percent. While none runs it is 100.
func (s *Scanner) Progress() (percent float64, running bool) {
	st := s.State()
	return st.Percent(), st.Running
}
