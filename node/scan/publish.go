package scan

import (
	"context"
	"fmt"
	"sync"
	"time"

	"sett/node/library"
)

// publisher collects changes and applies them a few hundred at a time, beside whoever
// finds them: the disk under the store may be slow.
type publisher struct {
	p    *pass
	fail context.CancelCauseFunc

	mu      sync.Mutex
	room    *sync.Cond // pending shrank, or all is over
	pending []library.Change
	busy    bool // a batch is being applied
	last    time.Time
	err     error
	done    sync.WaitGroup
}

const (
	batchItems = 500
	batchEvery = 300 * time.Millisecond
	// maxBatch bounds what is applied at once. Of a large library larger parts are, since
	// each makes it indexed anew.
	maxBatch = 4 * batchItems
	// maxPending bounds the changes that wait.
	maxPending = 2 * maxBatch
)

func newPublisher(p *pass) *publisher {
	b := &publisher{p: p}
	b.room = sync.NewCond(&b.mu)
	return b
}

// close waits for what is being applied.
func (b *publisher) close() { b.done.Wait() }

// add publishes changes soon.
func (b *publisher) add(changes []library.Change) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	batch := b.batch()
	for len(b.pending) >= maxPending && b.err == nil {
		b.startLocked()
		b.room.Wait()
	}
	b.pending = append(b.pending, changes...)
	if len(b.pending) >= batch || time.Since(b.last) >= batchEvery*time.Duration(batch/batchItems) {
		b.startLocked()
	}
	return b.err
}

// batch is how many changes are worth being applied.
func (b *publisher) batch() int {
	return max(batchItems, min(maxBatch, b.p.s.store.View().Len()/16))
}

// flush publishes all that waits.
func (b *publisher) flush() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	for (len(b.pending) > 0 || b.busy) && b.err == nil {
		b.startLocked()
		b.room.Wait()
	}
	return b.err
}

// startLocked applies what waits beside the caller, if nothing is being applied.
func (b *publisher) startLocked() {
	if b.busy || b.err != nil || len(b.pending) == 0 {
		return
	}
	b.busy, b.last = true, time.Now()
	n := min(len(b.pending), maxBatch)
	batch := b.pending[:n:n]
	b.pending = b.pending[n:]
	b.done.Go(func() {
		err := b.p.s.store.Apply(b.p.ctx, batch...)
		b.mu.Lock()
		defer b.mu.Unlock()
		if b.busy = false; err != nil && b.err == nil {
			b.err = fmt.Errorf("publish what was found: %w", err)
		}
		b.room.Broadcast()
	})
}

// stop ends the walk with an error.
func (b *publisher) stop(err error) {
	b.mu.Lock()
	if b.err == nil {
		b.err = err
	}
	b.room.Broadcast()
	b.mu.Unlock()
	b.fail(err)
}
