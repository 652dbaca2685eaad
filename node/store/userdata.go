package store

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/dgraph-io/badger/v4"

	"sett/node/library"
)

// userState is one person's State, read when first asked for.
type userState struct {
	once  sync.Once
	state *library.State
	err   error
}

// State is what a person has played, marked and begun. It is live: it changes as
// UpdateUserData does. Read it, never Set it. A person the store does not know has an
// empty one; so has one whose records cannot be read, which is logged.
func (s *Store) State(user library.ID) *library.State {
	st, err := s.stateOf(user)
	if err != nil {
		s.log.Error("cannot read play state", "user", user, "error", err)
		return library.NewState()
	}
	return st
}

func (s *Store) stateOf(user library.ID) (*library.State, error) {
	s.mu.Lock()
	u := s.states[user]
	if u == nil {
		u = new(userState)
		s.states[user] = u
	}
	s.mu.Unlock()
	u.once.Do(func() { u.state, u.err = s.readState(user) })
	if u.err != nil {
		s.mu.Lock()
		if s.states[user] == u {
			delete(s.states, user) // to be tried again
		}
		s.mu.Unlock()
	}
	return u.state, u.err
}

func (s *Store) readState(user library.ID) (*library.State, error) {
	st := library.NewState()
	prefix := append([]byte{prefixUser}, user[:]...)
	err := s.read(func(txn *badger.Txn) error {
		return each(txn, prefix, func(item *badger.Item) error {
			id := keyID(item.Key())
			return item.Value(func(rec []byte) error {
				u, err := s.codec.decodeUser(rec)
				if err != nil {
					return err
				}
				st.Set(id, u)
				return nil
			})
		})
	})
	return st, classify("read play state", err)
}

// UpdateUserData changes what a person has done with an item: change gets what it is now
// and returns what it shall be, which UpdateUserData returns in turn. When it returns nil
// the change is on disk, and only then State shows it. Concurrent calls share a
// transaction; change runs on another goroutine, and once, or twice if that gets too big.
func (s *Store) UpdateUserData(ctx context.Context, user, item library.ID, change func(library.UserData) library.UserData) (library.UserData, error) {
	st, err := s.stateOf(user)
	if err != nil {
		return library.UserData{}, err
	}
	var now library.UserData
	err = s.write(ctx, func(txn *badger.Txn) error {
		old, err := s.userIn(txn, user, item)
		if err != nil {
			return err
		}
		now = change(old)
		return s.setUser(txn, user, item, now)
	}, func() { st.Set(item, now) })
	if err != nil {
		return library.UserData{}, classify("save play state", err)
	}
	return now, nil
}

func (s *Store) userIn(txn *badger.Txn, user, item library.ID) (library.UserData, error) {
	rec, err := txn.Get(userKey(user, item))
	if errors.Is(err, badger.ErrKeyNotFound) {
		return library.UserData{}, nil
	}
	if err != nil {
		return library.UserData{}, err
	}
	var u library.UserData
	err = rec.Value(func(b []byte) error {
		u, err = s.codec.decodeUser(b)
		return err
	})
	return u, err
}

func (s *Store) setUser(txn *badger.Txn, user, item library.ID, u library.UserData) error {
	if u.IsZero() {
		return txn.Delete(userKey(user, item))
	}
	rec, err := s.codec.encodeUser(u)
	if err != nil {
		return fmt.Errorf("encode play state: %w", err)
	}
	return txn.Set(userKey(user, item), rec)
}

// DropUser forgets everything a person has done.
func (s *Store) DropUser(ctx context.Context, user library.ID) error {
	st, err := s.stateOf(user)
	if err != nil {
		return err
	}
	var ids []library.ID
	st.Each(func(id library.ID, _ library.UserData) bool { ids = append(ids, id); return true })
	for len(ids) > 0 {
		n := min(len(ids), txnItems)
		part := ids[:n]
		ids = ids[n:]
		err := s.write(ctx, func(txn *badger.Txn) error {
			for _, id := range part {
				if err := txn.Delete(userKey(user, id)); err != nil {
					return err
				}
			}
			return nil
		}, func() {
			for _, id := range part {
				st.Set(id, library.UserData{})
			}
		})
		if err != nil {
			return classify("forget a user", err)
		}
	}
	return nil
}
