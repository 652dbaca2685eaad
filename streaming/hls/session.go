package hls

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"sync"
	"time"

	"sett/node/library"
	"sett/streaming/ffmpeg"
	"sett/streaming/remux"
)

// Session is one source being played by one player. Its methods may be called
// from several goroutines.
type Session struct {
	id     string
	dir    string
	tool   string        // path of ffmpeg
	asked  Spec          // what it was opened with
	before []Spec        // what the sessions were opened with whose place it took
	spec   Spec          // what it does
	out    *remux.Output // copies in process; nil: ffmpeg works
	src    *source       // of out, held until close
	log    *slog.Logger
	ahead  int
	share  int64 // bytes it may keep on disk
	spare  int64 // bytes of the disk it must leave free
	gone   func()
	wary   func(ffmpeg.Encoder) // called when hardware failed
	runs   sync.WaitGroup       // runs not yet reaped
	once   sync.Once

	mu       sync.Mutex
	changed  chan struct{} // closed, and replaced, at every change below
	segments map[int]segment
	bytes    int64
	init     []byte // of MP4: the init segment
	run      *run   // nil when no child works
	started  int    // runs ever started
	orders   uint64 // requests ever made
	reader   int    // segment of the newest request
	end      int    // the source proved to have only so many segments; -1: not known
	waiting  int    // requests being answered
	used     time.Time
	fails    int // runs in a row that died without a segment
	failure  error
	failedAt time.Time
	closed   bool
}

// segment is a complete one on disk.
type segment struct {
	path string
	size int64
}

// cooldown is how long a session that failed twice keeps saying so before it
// tries again.
const cooldown = 5 * time.Second

func newSession(m *Manager, id, dir, tool string, asked Spec, p plan) *Session {
	ahead := m.o.Ahead
	if ahead <= 0 {
		ahead = max(10, int(library.TicksOf(time.Minute)/p.spec.Job.Segment))
	}
	return &Session{
		id: id, dir: dir, tool: tool, asked: asked, spec: p.spec, out: p.out, src: p.src, log: m.o.Logger.With("session", id),
		ahead: ahead, share: max(1, m.o.Quota/int64(m.o.MaxSessions)), spare: m.o.Reserve, gone: m.alive.Done, wary: m.distrust,
		changed: make(chan struct{}), segments: make(map[int]segment), end: -1, used: time.Now(),
		reader: p.spec.Job.At(p.spec.Start),
	}
}

// Touch says that the session is still wanted, by a player that is paused.
func (s *Session) Touch() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.used = time.Now()
}

func (s *Session) idle(now time.Time) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.waiting > 0 {
		return 0
	}
	return now.Sub(s.used)
}

// Spec is what the session does. It may differ from what it was opened with, where
// the picture could not be copied; and its Job knows where segments are cut.
func (s *Session) Spec() Spec {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.spec
}

// replaced reports whether the session took the place of one with the Spec.
func (s *Session) replaced(o Spec) bool { return slices.ContainsFunc(s.before, o.same) }

// InProcess reports whether the session copies without any child process.
func (s *Session) InProcess() bool { return s.out != nil }

// Segment waits for segment n and opens it; the caller closes it. It stays readable
// when the session is closed meanwhile.
func (s *Session) Segment(ctx context.Context, n int) (io.ReadSeekCloser, error) {
	if n < 0 || n >= s.spec.Job.Segments() {
		return nil, fmt.Errorf("%w: %d of %d", ErrNoSegment, n, s.spec.Job.Segments())
	}
	if s.out != nil {
		return s.copySegment(ctx, n)
	}
	var f *os.File
	err := s.await(ctx, func(order uint64) (done bool, err error) {
		if order == 0 {
			s.reader = n
		}
		if seg, ok := s.segments[n]; ok {
			s.throttleLocked()
			f, err = os.Open(seg.path)
			return true, err
		}
		return false, s.seekLocked(order, n)
	})
	if err != nil {
		return nil, err
	}
	return f, nil
}

// Init waits for the init segment of an MP4 session. TS sessions have none.
func (s *Session) Init(ctx context.Context) ([]byte, error) {
	if s.spec.Job.Container != ffmpeg.MP4 {
		return nil, fmt.Errorf("%w: MPEG-TS has no init segment", ErrNoSegment)
	}
	if s.out != nil {
		s.Touch()
		return s.out.Init(), nil
	}
	var head []byte
	err := s.await(ctx, func(uint64) (bool, error) {
		if head = s.init; head != nil {
			return true, nil
		}
		if s.run != nil {
			return false, nil
		}
		return false, s.seekLocked(s.orders, s.reader)
	})
	return head, err
}

// await calls try, under the lock, until it is done, at every change. The first
// call has order 0 and makes the request the newest; later ones get its number.
func (s *Session) await(ctx context.Context, try func(order uint64) (bool, error)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.waiting++
	defer func() { s.waiting--; s.used = time.Now() }()
	s.orders++
	mine, order := s.orders, uint64(0)
	for {
		if err := ctx.Err(); err != nil {
			return context.Cause(ctx)
		}
		if s.closed {
			return ErrClosed
		}
		if s.failure != nil && time.Since(s.failedAt) < cooldown {
			return s.failure
		}
		done, err := try(order)
		if done || err != nil {
			return err
		}
		order = mine
		changed := s.changed
		s.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
		}
		s.mu.Lock()
	}
}

// seekLocked sees to it that a run will make segment n. An older request may not
// take the run away from a newer one: two of them would fight for it for ever.
func (s *Session) seekLocked(order uint64, n int) error {
	if s.end >= 0 && n >= s.end {
		return fmt.Errorf("%w: it has %d", ErrPastEnd, s.end)
	}
	if s.run != nil && s.run.next <= n && n <= s.run.next+reach {
		s.throttleLocked()
		return nil
	}
	from := n
	if order != 0 && order < s.orders {
		if n < s.reader || n > s.reader+reach {
			return ErrSuperseded
		}
		// Begin where the newest request is served too.
		for from = s.reader; from < n; from++ {
			if _, ok := s.segments[from]; !ok {
				break
			}
		}
	}
	return s.startLocked(from)
}

// throttleLocked holds the run when it is far ahead of the reader or the disk
// share is used up, and lets it go on when it no longer is.
func (s *Session) throttleLocked() {
	if s.run == nil {
		return
	}
	lead := s.run.next - s.reader
	hold := lead > s.ahead || lead > reach && s.bytes > s.share
	if hold != s.run.child.Paused() {
		if hold {
			s.run.child.Pause()
		} else {
			s.run.child.Resume()
		}
		s.changedLocked()
	}
}

func (s *Session) changedLocked() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// addLocked takes a complete segment over, and makes room for it: what the reader
// has passed goes first, then what is farthest ahead.
func (s *Session) addLocked(n int, seg segment) {
	s.segments[n] = seg
	s.bytes += seg.size
	s.fails, s.failure = 0, nil
	for s.bytes > s.share {
		victim := s.victimLocked(n)
		if victim < 0 {
			return
		}
		s.bytes -= s.segments[victim].size
		_ = os.Remove(s.segments[victim].path)
		delete(s.segments, victim)
	}
}

func (s *Session) victimLocked(fresh int) int {
	first, last := -1, -1
	for n := range s.segments {
		if n == fresh {
			continue
		}
		if n < s.reader-1 && (first < 0 || n < first) {
			first = n
		}
		if n > s.reader+s.ahead && n > last {
			last = n
		}
	}
	if first >= 0 {
		return first
	}
	return last
}

// close ends the session, once, and returns when nothing of it is left.
func (s *Session) close() {
	s.mu.Lock()
	s.closed = true
	if s.run != nil {
		s.run.child.Abort()
		s.run = nil
	}
	s.changedLocked()
	s.mu.Unlock()
	s.runs.Wait()
	s.once.Do(func() {
		defer s.gone()
		if s.out != nil {
			s.src.release()
			return
		}
		if err := os.RemoveAll(s.dir); err != nil {
			s.log.Warn("segments not deleted", "err", err)
		}
	})
}
