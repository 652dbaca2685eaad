package hls

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
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
	ErrFull       = errors.New("the disk for segments is full")
)

// Options of a Manager. Zero values mean the default.
type Options struct {
	Dir         string        // where segments go; folders named session-* in it are ours
	Logger      *slog.Logger  // default: slog.Default()
	MaxSessions int           // with ffmpeg, at one time; default 8
	Idle        time.Duration // a session unused for so long is closed; default 2 min
	Quota       int64         // bytes on disk for all sessions, in equal shares; default 8 GiB
	Reserve     int64         // bytes of the disk to leave free; default 64 MiB
	Ahead       int           // segments a run may be ahead of the reader; default a minute's worth, at least 10
	Tools       *ffmpeg.Tools // what ffmpeg can do; nil: found out when Run begins
	MaxCopies   int           // sessions without a child, at one time; default 256
	MaxFiles    int           // films kept open for copying; default 64
	Queue       time.Duration // a conversion waits for another to end; default 8 s, negative: not at all
	ScanWait    time.Duration // for a film's missing index, before its picture is encoded; default 3 s
}

// reach is how many segments beyond the next one a request waits for, rather than
// having a new run start there.
const reach = 4

// Manager owns every session, child process and segment file.
type Manager struct {
	o     Options
	files *files
	stats counters

	detected chan struct{} // closed once tools is set
	tools    *ffmpeg.Tools // nil: not known
	broken   sync.Map      // ffmpeg.Encoder: hardware that failed

	mu       sync.Mutex
	running  bool
	sessions map[string]*Session
	opening  map[string]chan struct{} // closed when the one that opens the session is done
	pipes    map[*Pipe]struct{}
	freed    chan struct{}  // closed, and replaced, when a session or pipe ends
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
	if o.Reserve <= 0 {
		o.Reserve = 64 << 20
	}
	if o.MaxCopies <= 0 {
		o.MaxCopies = 256
	}
	if o.MaxFiles <= 0 {
		o.MaxFiles = 64
	}
	if o.Queue == 0 {
		o.Queue = 8 * time.Second
	}
	if o.ScanWait <= 0 {
		o.ScanWait = scanWait
	}
	m := &Manager{
		o: o, files: newFiles(o.Logger, keepFiles, o.MaxFiles),
		sessions: make(map[string]*Session), opening: make(map[string]chan struct{}),
		pipes: make(map[*Pipe]struct{}), freed: make(chan struct{}),
		detected: make(chan struct{}), tools: o.Tools,
	}
	if o.Tools != nil {
		close(m.detected)
	}
	return m
}

// keepFiles is how long a film nobody plays stays open. A scan's result goes with it.
const keepFiles = 10 * time.Minute

// Spec is what a session serves. Equal Specs, Start aside, are the same session.
type Spec struct {
	Job   ffmpeg.Job
	Start library.Ticks // where the player is likely to begin

	// Source tells the streams of Job.Input; nil: as the file has them. It is not
	// part of what makes Specs equal.
	Source *library.Source
	// Fallback is what to encode the picture into where it cannot be copied; the
	// zero Video refuses with [ErrNeedsIndex] instead.
	Fallback ffmpeg.Video
	VideoTag string // sample entry of a copied picture in MP4, "" for the usual one

	// What the master playlist says of the stream; zero values are left out, but
	// for Bandwidth, which is then estimated.
	Bandwidth     int64 // bits/s, peak
	Width, Height int   // of the picture that comes out
	FrameRate     float64
	VideoRange    string // of a copied picture: "SDR", "PQ", "HLG"
	Codecs        string // RFC 6381; "" to derive it from Job
}

func (s Spec) same(o Spec) bool {
	s.Start, o.Start, s.Source, o.Source = 0, 0, nil, nil
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
	scans, cancel := context.WithCancel(ctx)
	defer m.files.stop() // after the scans were told to end
	defer cancel()
	m.files.start(scans)
	if m.o.Tools == nil {
		m.alive.Add(1)
		go m.detect(scans)
	}
	tick := time.NewTicker(max(m.o.Idle/4, 10*time.Millisecond))
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			m.reap(time.Now())
			m.files.reap(time.Now())
		case <-ctx.Done():
			cancel()
			m.shutdown()
			return nil
		}
	}
}

func (m *Manager) serving() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.running
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
	m.changedLocked()
	var all []*Session
	for id, s := range m.sessions {
		all = append(all, s)
		delete(m.sessions, id)
	}
	m.mu.Unlock()
	m.closePipes("")
	for _, s := range all {
		go s.close() // m.alive is how we wait for it
	}
	m.alive.Wait()
}

func (m *Manager) reap(now time.Time) {
	m.mu.Lock()
	var idle []*Session
	for id, s := range m.sessions {
		if s.idle(now) > m.o.Idle || m.leftLocked(id, s, now) {
			idle = append(idle, s)
			delete(m.sessions, id)
			m.changedLocked()
		}
	}
	pipes := m.idlePipesLocked(now, pipeIdle)
	m.mu.Unlock()
	for _, p := range pipes {
		m.o.Logger.Info("stream closed", "why", "idle")
		_ = p.Close()
	}
	for _, s := range idle {
		m.o.Logger.Info("play session closed", "session", s.id, "why", "idle")
		s.close()
	}
}

// Get returns the open session of an id.
func (m *Manager) Get(id string) (*Session, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s, ok := m.sessions[id]
	return s, ok
}

// Further qualities of one viewing are sessions of their own, with ids that the
// viewing's id begins. What is done to the viewing is done to all of them.

// VariantID is the id of the nth further quality of a viewing.
func VariantID(id string, n int) string { return id + "/" + strconv.Itoa(n) }

func inFamily(id, of string) bool {
	return id == of || len(id) > len(of) && id[:len(of)] == of && id[len(of)] == '/'
}

// Touch says that a player still wants its sessions: it is paused, or has enough.
func (m *Manager) Touch(id string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for other, s := range m.sessions {
		if inFamily(other, id) {
			s.Touch()
		}
	}
}

// Close ends a viewing's sessions and returns when its children are reaped and its
// files are gone. Closing what is not open does nothing.
func (m *Manager) Close(id string) {
	m.mu.Lock()
	var all []*Session
	for other, s := range m.sessions {
		if inFamily(other, id) {
			all = append(all, s)
			delete(m.sessions, other)
		}
	}
	m.changedLocked()
	m.mu.Unlock()
	for _, s := range all {
		s.close()
	}
	m.closePipes(id)
}

// leftLocked reports whether a player has left one quality for another: each may
// have a child, and a player uses one at a time.
func (m *Manager) leftLocked(id string, s *Session, now time.Time) bool {
	family, _, _ := strings.Cut(id, "/")
	idle := s.idle(now)
	if idle < switched {
		return false
	}
	for other, t := range m.sessions {
		if other != id && inFamily(other, family) && t.InProcess() == s.InProcess() && t.idle(now) < idle-switched/2 {
			return true
		}
	}
	return false
}

// switched is how long a quality must be unused, while another is used, to be
// given up.
const switched = 20 * time.Second

// changedLocked wakes those who wait for room.
func (m *Manager) changedLocked() {
	close(m.freed)
	m.freed = make(chan struct{})
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
