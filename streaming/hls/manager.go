package hls

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"sett/node/library"
	"sett/streaming/ffmpeg"
)

// Errors that callers branch on. A conversion that failed wraps [ErrConversion]
// and, where ffmpeg said why, an [*ffmpeg.Error].
var (
	ErrClosed     = errors.New("the play session is over")
	ErrBusy       = errors.New("as many conversions are running as this node allows")
	ErrNeedsIndex = errors.New("copying the picture needs the source's keyframe index")
	ErrNoSegment  = errors.New("no such segment")
	ErrPastEnd    = errors.New("the source ended before this segment")
	ErrSuperseded = errors.New("a newer request moved playback elsewhere")
	ErrConversion = errors.New("the conversion failed")
)

// Options of a Manager. Zero values mean the default.
type Options struct {
	Dir         string        // where segments go; folders named session-* in it are ours
	Logger      *slog.Logger  // default: slog.Default()
	MaxSessions int           // at one time; default 8
	Idle        time.Duration // a session unused for so long is closed; default 2 min
	Quota       int64         // bytes on disk for all sessions, in equal shares; default 8 GiB
	Ahead       int           // segments a run may be ahead of the reader; default 10
}

// reach is how many segments beyond the next one a request waits for, rather than
// having a new run start there.
const reach = 4

// Manager owns every session, child process and segment file.
type Manager struct {
	o Options

	mu       sync.Mutex
	running  bool
	sessions map[string]*Session
	count    int            // of sessions ever opened, for their folders' names
	alive    sync.WaitGroup // sessions not yet wholly closed
}

// New returns a Manager that serves once it runs.
func New(o Options) *Manager {
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	if o.MaxSessions <= 0 {
		o.MaxSessions = 8
	}
	if o.Idle <= 0 {
		o.Idle = 2 * time.Minute
	}
	if o.Quota <= 0 {
		o.Quota = 8 << 30
	}
	if o.Ahead <= 0 {
		o.Ahead = 10
	}
	return &Manager{o: o, sessions: make(map[string]*Session)}
}

// Spec is what a session serves. Equal Specs, Start aside, are the same session.
type Spec struct {
	Job   ffmpeg.Job
	Start library.Ticks // where the player is likely to begin

	// What the master playlist says of the stream; zero values are left out, but
	// for Bandwidth, which is then estimated.
	Bandwidth     int64 // bits/s, peak
	Width, Height int   // of the picture that comes out
	FrameRate     float64
	Codecs        string // RFC 6381; "" to derive it from Job
}

func (s Spec) same(o Spec) bool {
	s.Start, o.Start = 0, 0
	return s == o
}

// Run cleans what an earlier process left and serves until ctx ends. It returns
// with every child reaped and every segment deleted.
func (m *Manager) Run(ctx context.Context) error {
	if err := os.MkdirAll(m.o.Dir, 0o700); err != nil {
		return fmt.Errorf("make the folder for segments: %w", err)
	}
	if err := m.clean(); err != nil {
		return fmt.Errorf("clean the folder for segments: %w", err)
	}
	m.mu.Lock()
	m.running = true
	m.mu.Unlock()
	tick := time.NewTicker(max(m.o.Idle/4, 10*time.Millisecond))
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			m.reap(time.Now())
		case <-ctx.Done():
			m.shutdown()
			return nil
		}
	}
}

func (m *Manager) clean() error {
	old, err := filepath.Glob(filepath.Join(escape(m.o.Dir), "session-*"))
	if err != nil {
		return err
	}
	for _, dir := range old {
		if err := os.RemoveAll(dir); err != nil {
			return err
		}
	}
	return nil
}

func (m *Manager) shutdown() {
	m.mu.Lock()
	m.running = false
	var all []*Session
	for id, s := range m.sessions {
		all = append(all, s)
		delete(m.sessions, id)
	}
	m.mu.Unlock()
	for _, s := range all {
		go s.close() // m.alive is how we wait for it
	}
	m.alive.Wait()
}

func (m *Manager) reap(now time.Time) {
	m.mu.Lock()
	var idle []*Session
	for id, s := range m.sessions {
		if s.idle(now) > m.o.Idle {
			idle = append(idle, s)
			delete(m.sessions, id)
		}
	}
	m.mu.Unlock()
	for _, s := range idle {
		m.o.Logger.Info("play session closed", "session", s.id, "why", "idle")
		s.close()
	}
}

// Open returns the session of a play session id. Opening it again is free and
// counts as use; with another Spec the old session is closed and a new one takes
// its place. No child is started before somebody asks for a segment.
func (m *Manager) Open(id string, spec Spec) (*Session, error) {
	if err := spec.Job.Check(); err != nil {
		return nil, err
	}
	if spec.Job.Video.Action == ffmpeg.Copy {
		return nil, ErrNeedsIndex
	}
	tool, err := ffmpeg.Look("ffmpeg")
	if err != nil {
		return nil, err
	}
	m.mu.Lock()
	old := m.sessions[id]
	switch {
	case !m.running:
		m.mu.Unlock()
		return nil, ErrClosed
	case old != nil && old.spec.same(spec):
		m.mu.Unlock()
		old.Touch()
		return old, nil
	case old == nil && len(m.sessions) >= m.o.MaxSessions:
		m.mu.Unlock()
		return nil, ErrBusy
	}
	m.count++
	s := newSession(m, id, filepath.Join(m.o.Dir, "session-"+strconv.Itoa(m.count)), tool, spec)
	m.sessions[id] = s
	m.alive.Add(1)
	m.mu.Unlock()
	if old != nil {
		old.close()
	}
	return s, nil
}

// Get returns the open session of an id.
func (m *Manager) Get(id string) (*Session, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s, ok := m.sessions[id]
	return s, ok
}

// Close ends a session and returns when its child is reaped and its files are
// gone. Closing one that is not open does nothing.
func (m *Manager) Close(id string) {
	m.mu.Lock()
	s := m.sessions[id]
	delete(m.sessions, id)
	m.mu.Unlock()
	if s != nil {
		s.close()
	}
}

// Sessions is the number of open sessions.
func (m *Manager) Sessions() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.sessions)
}

// escape keeps a folder's name from being a pattern.
func escape(dir string) string {
	out := make([]byte, 0, len(dir))
	for i := range len(dir) {
		switch dir[i] {
		case '*', '?', '[', '\\':
			out = append(out, '\\')
		}
		out = append(out, dir[i])
	}
	return string(out)
}
