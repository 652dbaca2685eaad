package hls

import (
	"context"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"sett/streaming/ffmpeg"
)

// Open returns the session of a play session id. Opening it again is free and
// counts as use; with another Spec the old session is closed and a new one takes
// its place. No child is started before somebody asks for a segment. ctx bounds
// the wait for the film's index.
func (m *Manager) Open(ctx context.Context, id string, spec Spec) (*Session, error) {
	return m.join(ctx, id, spec, 0)
}

// Join is Open for what belongs to a playlist: a segment. While the player uses a
// newer Spec of the same id, one of an older playlist is refused as superseded, and
// does not take the newer one's place.
func (m *Manager) Join(ctx context.Context, id string, spec Spec) (*Session, error) {
	return m.join(ctx, id, spec, settled)
}

// settled is how long a session must be unused before a segment of the Spec it
// replaced takes its place.
const settled = 10 * time.Second

func (m *Manager) join(ctx context.Context, id string, spec Spec, rest time.Duration) (*Session, error) {
	for {
		s, busy, err := m.enter(id, spec, rest)
		if s != nil || err != nil {
			return s, err
		}
		if busy == nil {
			break
		}
		select {
		case <-busy:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
	var p plan
	err := guarded(func() (err error) {
		p, err = m.prepare(ctx, spec)
		return err
	})
	tool := ""
	if err == nil && p.out == nil {
		tool, err = ffmpeg.Look("ffmpeg")
	}
	s, old, err := m.admit(ctx, id, tool, spec, p, err)
	if old != nil {
		old.close()
	}
	return s, err
}

// enter returns the session when it is open already, or a channel to wait on while
// somebody else opens it. With neither the caller must open it, and call admit.
func (m *Manager) enter(id string, spec Spec, rest time.Duration) (*Session, <-chan struct{}, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.running {
		return nil, nil, ErrClosed
	}
	if s := m.sessions[id]; s != nil && s.asked.same(spec) {
		s.Touch()
		return s, nil, nil
	} else if s != nil && s.replaced(spec) && s.idle(time.Now()) < rest {
		return nil, nil, ErrSuperseded
	}
	if busy, ok := m.opening[id]; ok {
		return nil, busy, nil
	}
	m.opening[id] = make(chan struct{})
	return nil, nil, nil
}

// admit makes the session, unless preparing it failed, and returns the one it
// replaces. While there is no room it waits for some.
func (m *Manager) admit(ctx context.Context, id, tool string, asked Spec, p plan, failed error) (s, old *Session, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err = failed; err == nil {
		err = m.queueLocked(ctx, func() bool { return m.roomLocked(p.out != nil, m.sessions[id]) })
	}
	close(m.opening[id])
	delete(m.opening, id)
	if err != nil {
		p.release()
		return nil, nil, err
	}
	old = m.sessions[id]
	m.count++
	s = newSession(m, id, filepath.Join(m.o.Dir, "session-"+strconv.Itoa(m.count)), tool, asked, p)
	if old != nil {
		s.before = append(slices.Clone(old.before), old.asked)
		s.before = s.before[max(0, len(s.before)-remembered):]
	}
	m.sessions[id] = s
	m.alive.Add(1)
	return s, old, nil
}

// remembered is how many replaced Specs a session knows.
const remembered = 4

// queueLocked waits, no longer than Options.Queue, until there is room.
func (m *Manager) queueLocked(ctx context.Context, room func() bool) error {
	t := time.NewTimer(m.o.Queue)
	defer t.Stop()
	for {
		switch {
		case !m.running:
			return ErrClosed
		case room():
			return nil
		case ctx.Err() != nil:
			return context.Cause(ctx)
		}
		m.evictLocked()
		freed := m.freed
		m.mu.Unlock()
		late := false
		select {
		case <-freed:
		case <-ctx.Done():
		case <-t.C:
			late = true
		}
		m.mu.Lock()
		if late && !room() {
			return ErrBusy
		}
	}
}

// stale is how long a conversion must be unused to be given up for another that
// waits. A player that is paused says so more often.
const stale = 45 * time.Second

// evictLocked closes the conversion that was unused for the longest, if that is
// long.
func (m *Manager) evictLocked() {
	now, longest, victim := time.Now(), stale, ""
	for id, s := range m.sessions {
		if idle := s.idle(now); !s.InProcess() && idle > longest {
			longest, victim = idle, id
		}
	}
	if s := m.sessions[victim]; s != nil {
		m.o.Logger.Info("play session closed", "session", victim, "why", "another one waits")
		delete(m.sessions, victim)
		m.changedLocked()
		go s.close() // m.alive is how we wait for it
		return
	}
	for _, p := range m.idlePipesLocked(now, pipeStale) {
		m.o.Logger.Info("stream closed", "why", "another one waits")
		go p.Close() // as above
	}
}

// roomLocked reports whether one more session of a kind may be, in place of old.
func (m *Manager) roomLocked(copies bool, old *Session) bool {
	n := 0
	if !copies {
		n = len(m.pipes)
	}
	for _, s := range m.sessions {
		if s != old && s.InProcess() == copies {
			n++
		}
	}
	if copies {
		return n < m.o.MaxCopies
	}
	return n < m.o.MaxSessions
}
