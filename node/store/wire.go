package store

import (
	"bytes"
	"crypto/sha256"
	"errors"

	"github.com/dgraph-io/badger/v4"

	"sett/node/library"
)

// wireMark is the length of what stands before a wire record: which render version made it.
const wireMark = 4

func markOf(version string) [wireMark]byte {
	sum := sha256.Sum256([]byte(version))
	return [wireMark]byte(sum[:wireMark])
}

func (s *Store) render(it *library.Item) []byte {
	return append(s.mark[:len(s.mark):len(s.mark)], s.opt.Render(it)...)
}

// Wire hands out the wire records of items, in the order of ids. The bytes belong to the
// database: they are valid inside fn only and must not be changed. A record is nil when the
// item has gone in the meantime, or when nothing renders. An error of fn ends it.
//
// A record of another render version is made anew on the way, so what fn sees is always
// of this one.
func (s *Store) Wire(ids []library.ID, fn func(i int, wire []byte) error) error {
	key := make([]byte, 1+idLen)
	key[0] = prefixWire
	return s.read(func(txn *badger.Txn) error {
		for i, id := range ids {
			copy(key[1:], id[:])
			if err := s.wireIn(txn, key, id, func(wire []byte) error { return fn(i, wire) }); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Store) wireIn(txn *badger.Txn, key []byte, id library.ID, fn func([]byte) error) error {
	if s.opt.Render == nil {
		return fn(nil)
	}
	rec, err := txn.Get(key)
	if err != nil && !errors.Is(err, badger.ErrKeyNotFound) {
		return classify("read wire record "+id.String(), err)
	}
	if err == nil {
		fresh := false
		err = rec.Value(func(b []byte) error {
			if fresh = bytes.HasPrefix(b, s.mark[:]); !fresh {
				return nil
			}
			return fn(b[wireMark:])
		})
		if fresh || err != nil {
			return err
		}
	}
	it, err := s.itemIn(txn, id)
	switch {
	case errors.Is(err, ErrNotFound):
		return fn(nil)
	case err != nil:
		return classify("read item "+id.String(), err)
	}
	return fn(s.opt.Render(it))
}
