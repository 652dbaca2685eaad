package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/dgraph-io/badger/v4"

	"sett/node/library"
)

func (s *Store) overlaid(it *library.Item) (*library.Item, error) {
	if s.opt.Overlay != nil {
		var err error
		if it, err = s.opt.Overlay(s, it); err != nil {
			return nil, err
		}
	}
	if e := s.editOf(it.ID); e != nil {
		return e.Over(it), nil
	}
	return it, nil
}

// Bare reads an item as it was put, without what Options.Overlay and the owner's edits lay
// over it. Whoever
// makes items out of files compares with it, so that nothing laid over becomes a fact of
// the files. ErrNotFound if there is no such item.
func (s *Store) Bare(id library.ID) (*library.Item, error) {
	var it *library.Item
	err := s.read(func(txn *badger.Txn) error {
		var err error
		it, err = s.bareIn(txn, id)
		return err
	})
	if err != nil {
		return nil, classify("read item "+id.String(), err)
	}
	return it, nil
}

// Refresh makes readers see items as Options.Overlay makes them now. Items are taken as
// they are on disk at that moment, so it takes nothing back that an Apply does meanwhile.
// Items that are gone are left out.
func (s *Store) Refresh(ctx context.Context, ids ...library.ID) error {
	s.apply.Lock()
	defer s.apply.Unlock()
	var changes []library.Change
	for _, id := range ids {
		it, err := s.Bare(id)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return fmt.Errorf("refresh: %w", err)
		}
		changes = append(changes, library.Put(it))
	}
	return s.applyLocked(ctx, lastOfEach(changes))
}
