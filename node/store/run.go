package store

import (
	"bytes"
	"context"
	"errors"
	"runtime/debug"
	"time"

	"github.com/dgraph-io/badger/v4"

	"sett/node/library"
)

// How often Run looks after things.
const (
	spaceEvery = 2 * time.Second
	gcEvery    = 10 * time.Minute
)

// Run does what can wait: it makes ready what the first queries need, brings wire records
// to the current render version, gives space back and watches the disk. It returns nil
// when ctx ends or the store closes.
func (s *Store) Run(ctx context.Context) error {
	s.View().Warm()
	debug.FreeOSMemory() // loading left garbage about as large as what it loaded
	if err := s.renderAll(ctx); err != nil && ctx.Err() == nil && !errors.Is(err, ErrClosed) {
		s.log.Warn("wire records stay to be made when they are asked for", "error", err)
	}
	s.pruneRemoved(ctx, time.Now())
	gc := time.NewTicker(gcEvery)
	defer gc.Stop()
	disk := time.NewTicker(spaceEvery)
	defer disk.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-s.stop:
			return nil
		case <-disk.C:
			s.space.look()
		case <-gc.C:
			s.pruneRemoved(ctx, time.Now())
			s.collect(ctx)
		}
	}
}

// collect frees the value files that are mostly old values. It writes what is still needed
// of them elsewhere first, so it needs room.
func (s *Store) collect(ctx context.Context) {
	for ctx.Err() == nil {
		s.apply.Lock() // also keeps Close away
		if s.isClosed() || s.space.claim(64<<20) != nil {
			s.apply.Unlock()
			return
		}
		err := s.db.RunValueLogGC(0.5)
		s.apply.Unlock()
		if err != nil {
			if !errors.Is(err, badger.ErrNoRewrite) && !errors.Is(err, badger.ErrRejected) {
				s.log.Warn("cannot give space back", "error", err)
			}
			return
		}
	}
}

// renderAll makes the wire records of another render version anew, a few at a time.
func (s *Store) renderAll(ctx context.Context) error {
	if s.opt.Render == nil {
		return nil
	}
	done, err := s.meta("render")
	if err == nil && bytes.Equal(done, s.mark[:]) {
		return nil
	}
	if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	var ids []library.ID
	s.View().Each(func(c *library.Card) bool { ids = append(ids, c.ID); return true })
	for len(ids) > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		n := min(len(ids), txnItems/2)
		if err := s.renderSome(ids[:n]); err != nil {
			return err
		}
		ids = ids[n:]
	}
	return s.finishRender()
}

func (s *Store) finishRender() error {
	s.apply.Lock()
	defer s.apply.Unlock()
	if s.isClosed() {
		return ErrClosed
	}
	return s.setMeta("render", s.mark[:])
}

func (s *Store) renderSome(ids []library.ID) error {
	s.apply.Lock()
	defer s.apply.Unlock()
	if s.isClosed() {
		return ErrClosed
	}
	var r records
	err := s.read(func(txn *badger.Txn) error {
		for _, id := range ids {
			key := idKey(prefixWire, id)
			if s.freshIn(txn, key) {
				continue
			}
			it, err := s.itemIn(txn, id)
			if errors.Is(err, ErrNotFound) {
				continue
			}
			if err != nil {
				return err
			}
			r.add(key, s.render(it))
		}
		return nil
	})
	if err != nil || len(r.keys) == 0 {
		return err
	}
	return classify("save wire records", s.update(int64(r.bytes), r.write))
}

func (s *Store) freshIn(txn *badger.Txn, key []byte) bool {
	rec, err := txn.Get(key)
	if err != nil {
		return false
	}
	fresh := false
	err = rec.Value(func(b []byte) error { fresh = bytes.HasPrefix(b, s.mark[:]); return nil })
	return err == nil && fresh
}
