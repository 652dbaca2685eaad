package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/dgraph-io/badger/v4"

	"sett/node/library"
)

// Sizes of transactions. One is written and synced at a time, so they also bound how long
// a person's play position may wait behind a scan.
const (
	txnItems = 128
	txnBytes = 512 << 10
	cardSize = 512 // about, on disk
)

// Apply puts and removes items. Readers see all of it at once, when it returns nil, by
// which time it is on disk. Of several changes to one item the last counts; play state of
// removed items is kept.
//
// A large Apply is several transactions. When it fails half-way, which takes a failing
// disk, the changes already on disk count: snapshot and records agree, and the error says
// how many they are. After a crash the same holds for the next Open.
func (s *Store) Apply(ctx context.Context, changes ...library.Change) error {
	changes = lastOfEach(changes)
	s.apply.Lock()
	defer s.apply.Unlock()
	return s.applyLocked(ctx, changes)
}

// applyLocked takes changes that are about one item each.
func (s *Store) applyLocked(ctx context.Context, changes []library.Change) error {
	switch {
	case s.isClosed():
		return fmt.Errorf("change the library: %w", ErrClosed)
	case len(changes) == 0:
		return nil
	}
	if err := s.space.claim(int64(len(changes)) * 2 * cardSize); err != nil {
		return fmt.Errorf("change the library: %w", err)
	}
	a := applying{s: s, names: s.View().NameTable()}
	err := a.run(ctx, changes)
	s.show(a.put, a.removed)
	if err != nil {
		return classify(fmt.Sprintf("change the library (%d of %d done)", len(a.put)+len(a.removed), len(changes)), err)
	}
	return nil
}

// show makes changes that are on disk visible.
func (s *Store) show(put []*library.Card, removed []library.ID) {
	if len(put)+len(removed) == 0 {
		return
	}
	next, set := s.View().Next(put, removed)
	s.view.Store(next)
	s.publish(set)
}

// lastOfEach keeps the last change of each item, in the order given.
func lastOfEach(changes []library.Change) []library.Change {
	last := make(map[library.ID]int, len(changes))
	for i, c := range changes {
		last[c.ID()] = i
	}
	if len(last) == len(changes) {
		return changes
	}
	out := make([]library.Change, 0, len(last))
	for i, c := range changes {
		if last[c.ID()] == i {
			out = append(out, c)
		}
	}
	return out
}

// applying is one Apply under way: what of it is on disk.
type applying struct {
	s       *Store
	names   *library.Names
	put     []*library.Card
	removed []library.ID
}

// records are the encoded changes of one transaction.
type records struct {
	put     []*library.Card
	removed []library.ID
	keys    [][]byte
	values  [][]byte // nil: delete
	bytes   int
}

func (a *applying) run(ctx context.Context, changes []library.Change) error {
	for len(changes) > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		var r records
		n := 0
		for n < len(changes) && n < txnItems && (n == 0 || r.bytes < txnBytes) {
			if err := a.s.encode(&r, changes[n], a.names); err != nil {
				return err
			}
			n++
		}
		if err := a.s.saveNames(a.names); err != nil {
			return err
		}
		if err := a.s.update(int64(r.bytes), r.write); err != nil {
			return err
		}
		a.put = append(a.put, r.put...)
		a.removed = append(a.removed, r.removed...)
		changes = changes[n:]
	}
	return nil
}

func (s *Store) encode(r *records, ch library.Change, names *library.Names) error {
	if ch.Put == nil {
		if err := s.bury(r, ch.Remove); err != nil {
			return err
		}
		r.removed = append(r.removed, ch.Remove)
		for _, p := range [...]byte{prefixItem, prefixCard, prefixWire} {
			r.add(idKey(p, ch.Remove), nil)
		}
		return nil
	}
	rec, err := s.codec.enc.Marshal(ch.Put)
	if err != nil {
		return fmt.Errorf("encode item %s: %w", ch.Put.ID, err)
	}
	it, err := s.overlaid(ch.Put)
	if err != nil {
		return fmt.Errorf("lay over item %s: %w", ch.Put.ID, err)
	}
	card := library.CardOf(it, names)
	if err := s.unbury(r, card.ID); err != nil {
		return err
	}
	r.put = append(r.put, &card)
	r.add(idKey(prefixItem, card.ID), rec)
	r.add(idKey(prefixCard, card.ID), appendCard(nil, &card))
	if s.opt.Render != nil {
		r.add(idKey(prefixWire, card.ID), s.render(it))
	}
	return nil
}

func (r *records) add(key, value []byte) {
	r.keys = append(r.keys, key)
	r.values = append(r.values, value)
	r.bytes += len(key) + len(value) + 32
}

func (r *records) write(txn *badger.Txn) error {
	for i, key := range r.keys {
		var err error
		if r.values[i] == nil {
			err = txn.Delete(key)
		} else {
			err = txn.Set(key, r.values[i])
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// update writes one transaction of about n bytes, durably.
func (s *Store) update(n int64, fn func(*badger.Txn) error) error {
	if err := s.space.claim(n); err != nil {
		return err
	}
	return s.db.Update(fn)
}

// saveNames writes the names that are not on disk yet. The cards that use them follow in
// a later transaction, so no card on disk is ever without its names.
func (s *Store) saveNames(names *library.Names) error {
	for s.saved < names.Len() {
		from, to := s.saved, min(names.Len(), s.saved+4*txnItems)
		err := s.update(int64(to-from)*64, func(txn *badger.Txn) error {
			for r := library.Ref(from); int(r) < to; r++ {
				rec := append([]byte{byte(names.Role(r))}, names.Name(r)...)
				if err := txn.Set(nameKey(r), rec); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("save names: %w", err)
		}
		s.saved = to
	}
	return nil
}

// Item reads the full record of an item, with what Options.Overlay lays over it;
// ErrNotFound if there is none.
func (s *Store) Item(id library.ID) (*library.Item, error) {
	var it *library.Item
	err := s.read(func(txn *badger.Txn) error {
		var err error
		it, err = s.itemIn(txn, id)
		return err
	})
	if err != nil {
		return nil, classify("read item "+id.String(), err)
	}
	return it, nil
}

func (s *Store) itemIn(txn *badger.Txn, id library.ID) (*library.Item, error) {
	it, err := s.bareIn(txn, id)
	if err != nil {
		return nil, err
	}
	return s.overlaid(it)
}

func (s *Store) bareIn(txn *badger.Txn, id library.ID) (*library.Item, error) {
	rec, err := txn.Get(idKey(prefixItem, id))
	if errors.Is(err, badger.ErrKeyNotFound) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	var it *library.Item
	err = rec.Value(func(b []byte) error {
		it, err = s.codec.item(b)
		return err
	})
	return it, err
}
