// Package supervise runs the node's long-lived parts. A part that must run stops
// the node when it fails; a part worth keeping is restarted and the node lives on.
// What the parts do is not this package's business.
package supervise

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"golang.org/x/sync/errgroup"
)

// Group owns the goroutines of a running node.
type Group struct {
	ctx    context.Context
	g      *errgroup.Group
	report func(name string, err error)
}

// ErrStopped is reported when a part that should run for ever returned nil.
var ErrStopped = errors.New("stopped by itself")

// New returns a Group whose parts end when ctx does. report hears of every start
// (nil error) and failure; it may be called from several goroutines at once.
func New(ctx context.Context, report func(name string, err error)) *Group {
	g, ctx := errgroup.WithContext(ctx)
	return &Group{ctx, g, report}
}

// Must runs fn and ends the whole group with its error: the store, the LAN listener.
func (s *Group) Must(name string, fn func(context.Context) error) {
	s.g.Go(func() error {
		s.report(name, nil)
		err := guarded(s.ctx, fn)
		if s.ctx.Err() != nil && (err == nil || errors.Is(err, context.Canceled) || errors.Is(err, s.ctx.Err())) {
			return nil
		}
		if err == nil {
			err = ErrStopped
		}
		s.report(name, err)
		return fmt.Errorf("%s: %w", name, err)
	})
}

// Keep runs fn again whenever it ends, after 1s, 2s, 4s … 1min: tunnels,
// discovery, scanners. A run longer than a minute resets the wait.
func (s *Group) Keep(name string, fn func(context.Context) error) {
	s.g.Go(func() error {
		wait := time.Second
		for {
			s.report(name, nil)
			started := time.Now()
			err := guarded(s.ctx, fn)
			if s.ctx.Err() != nil {
				return nil
			}
			if err == nil {
				err = ErrStopped
			}
			s.report(name, err)
			if time.Since(started) > time.Minute {
				wait = time.Second
			}
			if !sleep(s.ctx, wait) {
				return nil
			}
			wait = min(2*wait, time.Minute)
		}
	})
}

// Wait returns when every part has ended: the first error of a Must, or nil when
// the group's context was cancelled.
func (s *Group) Wait() error { return s.g.Wait() }

// guarded turns a panic of one part into its error, so that a bug in discovery
// does not take the film away.
func guarded(ctx context.Context, fn func(context.Context) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return fn(ctx)
}

func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
