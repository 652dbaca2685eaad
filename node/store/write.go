package store

import (
	"context"
	"errors"

	"github.com/dgraph-io/badger/v4"
)

// write is one small durable change, waiting for the writer. do reads and sets; it must
// not set anything before it knows it will succeed. after runs once the change is on disk,
// before anybody is told.
type write struct {
	do    func(*badger.Txn) error
	after func()
	err   chan error
	told  bool // of an error of its own; only the writer looks
}

// groupMost bounds how many writes share one transaction.
const groupMost = 256

// write has the writer make a change and returns when it is on disk. ctx counts until the
// writer has taken it.
func (s *Store) write(ctx context.Context, do func(*badger.Txn) error, after func()) error {
	w := &write{do: do, after: after, err: make(chan error, 1)}
	if s.isClosed() {
		return ErrClosed
	}
	select {
	case s.writes <- w:
		return <-w.err
	case <-s.stop:
		return ErrClosed
	case <-ctx.Done():
		return ctx.Err()
	}
}

// writer makes the small changes, as many as are waiting in one transaction, so that they
// share one wait for the disk. It ends when the store closes.
func (s *Store) writer() {
	defer close(s.done)
	for {
		select {
		case <-s.stop:
			return
		case w := <-s.writes:
			s.group(s.waiting(w))
		}
	}
}

// waiting collects the writes that wait right now.
func (s *Store) waiting(first *write) []*write {
	group := []*write{first}
	for len(group) < groupMost {
		select {
		case w := <-s.writes:
			group = append(group, w)
		default:
			return group
		}
	}
	return group
}

func (s *Store) group(group []*write) {
	var done []*write
	err := s.space.claim(int64(len(group)) * 1024)
	if err == nil {
		err = s.db.Update(func(txn *badger.Txn) error {
			for _, w := range group {
				switch err := w.do(txn); {
				case errors.Is(err, badger.ErrTxnTooBig):
					return err
				case err != nil:
					w.answer(err)
				default:
					done = append(done, w)
				}
			}
			return nil
		})
	}
	if errors.Is(err, badger.ErrTxnTooBig) && len(group) > 1 {
		s.oneByOne(group)
		return
	}
	if err != nil {
		done = group
	}
	for _, w := range done {
		if err == nil && w.after != nil {
			w.after()
		}
		w.answer(err)
	}
}

func (w *write) answer(err error) {
	if !w.told {
		w.told = true
		w.err <- err
	}
}

// oneByOne is for a group that is too much for one transaction. Those that were told of
// an error of their own already are done with.
func (s *Store) oneByOne(group []*write) {
	for _, w := range group {
		if !w.told {
			s.group([]*write{w})
		}
	}
}
