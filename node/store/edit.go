package store

import (
	"context"
	"fmt"

	"github.com/dgraph-io/badger/v4"

	"sett/node/library"
)

func (s *Store) editOf(id library.ID) *library.Edit {
	s.editMu.RLock()
	defer s.editMu.RUnlock()
	return s.edits[id]
}

func (s *Store) setEdit(id library.ID, e *library.Edit) {
	s.editMu.Lock()
	defer s.editMu.Unlock()
	if e == nil {
		delete(s.edits, id)
	} else {
		s.edits[id] = e
	}
}

// Edited is what the owner changed about an item by hand; the zero Edit for nothing. It is
// kept when the item is removed, for when it comes back.
func (s *Store) Edited(id library.ID) library.Edit {
	if e := s.editOf(id); e != nil {
		return *e.Clone()
	}
	return library.Edit{}
}

// Edit changes what the owner made of an item: change gets the item as people see it now
// and a copy of its edit to alter. Everybody sees the outcome when Edit returns nil, by
// which time it is on disk. ErrNotFound if there is no such item. change must not use the
// store.
func (s *Store) Edit(ctx context.Context, id library.ID, change func(now *library.Item, e *library.Edit) error) error {
	return s.rewrite(ctx, id, func(bare *library.Item, r *records) (*library.Item, error) {
		now, err := s.overlaid(bare)
		if err != nil {
			return nil, err
		}
		e, seen := s.Edited(id), *now
		if err := change(&seen, &e); err != nil {
			return nil, err
		}
		if e.IsZero() {
			s.setEdit(id, nil)
			r.add(idKey(prefixEdit, id), nil)
			return bare, nil
		}
		rec, err := s.codec.enc.Marshal(&e)
		if err != nil {
			return nil, fmt.Errorf("encode edit: %w", err)
		}
		s.setEdit(id, &e)
		r.add(idKey(prefixEdit, id), rec)
		return bare, nil
	})
}

// Update changes the record of an item itself, as one step. It is for items that are no
// files: playlists and collections. change gets a copy to alter and must not use the
// store. ErrNotFound if there is no such item.
func (s *Store) Update(ctx context.Context, id library.ID, change func(*library.Item) error) error {
	return s.rewrite(ctx, id, func(bare *library.Item, _ *records) (*library.Item, error) {
		err := change(bare)
		bare.ID = id
		return bare, err
	})
}

// rewrite makes the records of one item anew in one transaction. When that fails the edit
// is as it was.
func (s *Store) rewrite(ctx context.Context, id library.ID, step func(*library.Item, *records) (*library.Item, error)) error {
	s.apply.Lock()
	defer s.apply.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	old := s.editOf(id)
	r, err := s.rewritten(id, step)
	if err == nil {
		err = s.update(int64(r.bytes), r.write)
	}
	if err != nil {
		s.setEdit(id, old)
		return classify("change item "+id.String(), err)
	}
	s.show(r.put, nil)
	return nil
}

func (s *Store) rewritten(id library.ID, step func(*library.Item, *records) (*library.Item, error)) (*records, error) {
	r := new(records)
	it, err := s.Bare(id)
	if err != nil {
		return nil, err
	}
	if it, err = step(it, r); err != nil {
		return nil, err
	}
	names := s.View().NameTable()
	if err := s.encode(r, library.Put(it), names); err != nil {
		return nil, err
	}
	return r, s.saveNames(names)
}

func (s *Store) readEdits(txn *badger.Txn) error {
	return each(txn, []byte{prefixEdit}, func(item *badger.Item) error {
		return item.Value(func(rec []byte) error {
			e := new(library.Edit)
			if err := s.codec.dec.Unmarshal(rec, e); err != nil {
				return fmt.Errorf("edit record: %w", err)
			}
			s.edits[keyID(item.Key())] = e
			return nil
		})
	})
}
