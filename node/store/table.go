package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/dgraph-io/badger/v4"
)

// Table is a small durable map from text to T, kept as JSON. It is for what other packages
// must remember: accounts, tokens, display preferences.
type Table[T any] struct {
	s    *Store
	name string
}

// TableOf returns the table of a name. Tables need not be made first. One name must always
// go with one T.
func TableOf[T any](s *Store, name string) Table[T] { return Table[T]{s, name} }

func (t Table[T]) key(key string) []byte { return append(tablePrefix(t.name), key...) }

// Get reads a value; ErrNotFound if there is none.
func (t Table[T]) Get(key string) (T, error) {
	var v T
	err := t.s.read(func(txn *badger.Txn) error {
		var err error
		v, err = t.in(txn, key)
		return err
	})
	if err != nil {
		return v, t.fail(key, err)
	}
	return v, nil
}

func (t Table[T]) in(txn *badger.Txn, key string) (T, error) {
	var v T
	rec, err := txn.Get(t.key(key))
	if errors.Is(err, badger.ErrKeyNotFound) {
		return v, ErrNotFound
	}
	if err != nil {
		return v, err
	}
	err = rec.Value(func(b []byte) error { return json.Unmarshal(b, &v) })
	return v, err
}

// Put writes a value. It is on disk when Put returns.
func (t Table[T]) Put(ctx context.Context, key string, v T) error {
	rec, err := json.Marshal(v)
	if err != nil {
		return t.fail(key, err)
	}
	return t.write(ctx, key, func(txn *badger.Txn) error { return txn.Set(t.key(key), rec) })
}

// Delete removes a value; one that is not there is no error.
func (t Table[T]) Delete(ctx context.Context, key string) error {
	return t.write(ctx, key, func(txn *badger.Txn) error { return txn.Delete(t.key(key)) })
}

// Update changes a value as one step: change gets what is there and whether anything is,
// and returns what shall be. Its error is returned and nothing is written. It runs on
// another goroutine and must not use the store.
func (t Table[T]) Update(ctx context.Context, key string, change func(v T, ok bool) (T, error)) (T, error) {
	var now T
	err := t.write(ctx, key, func(txn *badger.Txn) error {
		old, err := t.in(txn, key)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
		if now, err = change(old, err == nil); err != nil {
			return err
		}
		rec, err := json.Marshal(now)
		if err != nil {
			return err
		}
		return txn.Set(t.key(key), rec)
	})
	return now, err
}

// Each calls fn for every value in the order of the keys. An error of fn ends it and is
// returned.
func (t Table[T]) Each(fn func(key string, v T) error) error {
	prefix := tablePrefix(t.name)
	return t.s.read(func(txn *badger.Txn) error {
		return each(txn, prefix, func(item *badger.Item) error {
			key := string(item.Key()[len(prefix):])
			var v T
			if err := item.Value(func(b []byte) error { return json.Unmarshal(b, &v) }); err != nil {
				return t.fail(key, err)
			}
			return fn(key, v)
		})
	})
}

func (t Table[T]) write(ctx context.Context, key string, do func(*badger.Txn) error) error {
	if err := t.s.write(ctx, do, nil); err != nil {
		return t.fail(key, err)
	}
	return nil
}

func (t Table[T]) fail(key string, err error) error {
	return classify(fmt.Sprintf("table %s, %q", t.name, key), err)
}
