package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/dgraph-io/badger/v4"

	"sett/node/library"
)

// load reads the names and the cards and makes the first snapshot.
func (s *Store) load(ctx context.Context) error {
	names := library.NewNames()
	var cards []*library.Card
	var stale []library.ID
	err := s.read(func(txn *badger.Txn) error {
		if err := s.readEdits(txn); err != nil {
			return err
		}
		s.anyGone.Store(anyWith(txn, prefixGone))
		if err := readNames(txn, names); err != nil {
			return err
		}
		var err error
		cards, stale, err = readCards(ctx, txn)
		return err
	})
	if err != nil {
		return classify("read the library", err)
	}
	s.saved = names.Len()
	if len(stale) > 0 {
		s.log.Info("making cards anew", "items", len(stale))
		more, err := s.remakeCards(stale, names)
		if err != nil {
			return err
		}
		cards = append(cards, more...)
	}
	s.view.Store(library.NewSnapshot(names, cards))
	return nil
}

func each(txn *badger.Txn, prefix []byte, fn func(*badger.Item) error) error {
	it := txn.NewIterator(badger.IteratorOptions{Prefix: prefix})
	defer it.Close()
	for it.Rewind(); it.Valid(); it.Next() {
		if err := fn(it.Item()); err != nil {
			return err
		}
	}
	return nil
}

// readNames adds the names in the order of their numbers, which gives each the Ref that
// the card records know it by.
func readNames(txn *badger.Txn, names *library.Names) error {
	return each(txn, []byte{prefixName}, func(item *badger.Item) error {
		return item.Value(func(rec []byte) error {
			if len(rec) == 0 {
				return errors.New("unreadable name record")
			}
			want := library.Ref(names.Len())
			if got := names.Ref(library.Role(rec[0]), string(rec[1:])); got != want || string(nameKey(want)) != string(item.Key()) {
				return fmt.Errorf("name record %d is out of order", want)
			}
			return nil
		})
	})
}

func readCards(ctx context.Context, txn *badger.Txn) (cards []*library.Card, stale []library.ID, err error) {
	r := newCardReader()
	err = each(txn, []byte{prefixCard}, func(item *badger.Item) error {
		id := keyID(item.Key())
		return item.Value(func(rec []byte) error {
			c, err := r.read(id, rec)
			if err != nil {
				stale = append(stale, id)
				return ctx.Err()
			}
			cards = append(cards, c)
			return nil
		})
	})
	return cards, stale, err
}

// remakeCards makes cards whose records are of another format from the items, and saves
// them. An item that cannot be read is left out; the next scan finds it again.
func (s *Store) remakeCards(ids []library.ID, names *library.Names) ([]*library.Card, error) {
	var cards []*library.Card
	for len(ids) > 0 {
		n := min(len(ids), txnItems)
		var part []*library.Card
		for _, id := range ids[:n] {
			it, err := s.Item(id)
			if err != nil {
				s.log.Warn("leaving an unreadable item out until the next scan", "id", id, "error", err)
				continue
			}
			c := library.CardOf(it, names)
			part = append(part, &c)
		}
		if err := s.saveNames(names); err != nil {
			return nil, err
		}
		err := s.update(int64(n)*cardSize, func(txn *badger.Txn) error {
			for _, c := range part {
				if err := txn.Set(idKey(prefixCard, c.ID), appendCard(nil, c)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return nil, classify("save cards", err)
		}
		cards = append(cards, part...)
		ids = ids[n:]
	}
	return cards, nil
}
