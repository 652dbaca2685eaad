package store

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/dgraph-io/badger/v4"
)

// migrations bring the data from one schema to the next: the first from 1 to 2. The
// schema is one more than their number.
func migrations() []func(*badger.DB) error { return nil }

func (s *Store) migrate() error {
	steps := migrations()
	current := uint64(len(steps) + 1)
	rec, err := s.ensureMeta("schema", func() []byte { return binary.AppendUvarint(nil, current) })
	if err != nil {
		return err
	}
	have, n := binary.Uvarint(rec)
	if n <= 0 || have == 0 {
		return errors.New("the data directory has no readable schema version; restore a backup")
	}
	if have > current {
		return fmt.Errorf("%w: it has schema %d, this version knows %d; install the newer version again, or restore a backup made with this one",
			ErrNewer, have, current)
	}
	for v := have; v < current; v++ {
		if err := steps[v-1](s.db); err != nil {
			return classify(fmt.Sprintf("migrate from schema %d to %d", v, v+1), err)
		}
		if err := s.setMeta("schema", binary.AppendUvarint(nil, v+1)); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) meta(name string) ([]byte, error) {
	var rec []byte
	err := s.read(func(txn *badger.Txn) error {
		item, err := txn.Get(metaKey(name))
		if err != nil {
			return err
		}
		rec, err = item.ValueCopy(nil)
		return err
	})
	if errors.Is(err, badger.ErrKeyNotFound) {
		return nil, ErrNotFound
	}
	return rec, classify("read "+name, err)
}

func (s *Store) setMeta(name string, rec []byte) error {
	err := s.db.Update(func(txn *badger.Txn) error { return txn.Set(metaKey(name), rec) })
	return classify("write "+name, err)
}

// ensureMeta reads a value, making it the first time.
func (s *Store) ensureMeta(name string, first func() []byte) ([]byte, error) {
	rec, err := s.meta(name)
	if !errors.Is(err, ErrNotFound) {
		return rec, err
	}
	rec = first()
	return rec, s.setMeta(name, rec)
}
