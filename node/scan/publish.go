package scan

import (
	"context"
	"fmt"
	"sync"
	"time"

	"sett/node/library"
)

// publisher collects changes and applies them a few hundred at a time.
type publisher struct {
	p       *pass
	fail    context.CancelCauseFunc
	mu      sync.Mutex
	pending []library.Change
	last    time.Time
	err     error
}

const (
	batchItems = 400
	batchEvery = 300 * time.Millisecond
)

// add publishes changes soon.
func (b *publisher) add(changes []library.Change) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.pending = append(b.pending, changes...)
	if len(b.pending) < batchItems && time.Since(b.last) < batchEvery {
		return b.err
	}
	return b.flushLocked()
}

func (b *publisher) flush() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.flushLocked()
}

func (b *publisher) flushLocked() error {
	if b.err != nil || len(b.pending) == 0 {
		return b.err
	}
	if err := b.p.s.store.Apply(b.p.ctx, b.pending...); err != nil {
		b.err = fmt.Errorf("publish what was found: %w", err)
	}
	b.pending, b.last = nil, time.Now()
	return b.err
}

// stop ends the walk with an error.
func (b *publisher) stop(err error) {
	b.mu.Lock()
	if b.err == nil {
		b.err = err
	}
	b.mu.Unlock()
	b.fail(err)
}
