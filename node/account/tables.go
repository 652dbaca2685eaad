package account

import (
	"context"
	"errors"

	"sett/node/library"
	"sett/node/store"
)

// tables is where accounts live in the store.
type tables struct {
	people store.Table[person]
	tokens store.Table[token]
	links  store.Table[link]
	flags  store.Table[bool]
}

func openTables(s *store.Store) tables {
	return tables{
		people: store.TableOf[person](s, "people"),
		tokens: store.TableOf[token](s, "tokens"),
		links:  store.TableOf[link](s, "logins"),
		flags:  store.TableOf[bool](s, "account-flags"),
	}
}

func (t tables) eachPerson(fn func(person)) error {
	return t.people.Each(func(_ string, p person) error { fn(p); return nil })
}

func (t tables) eachToken(fn func(string, token)) error {
	return t.tokens.Each(func(k string, v token) error { fn(k, v); return nil })
}

func (t tables) eachLink(fn func(string, link)) error {
	return t.links.Each(func(k string, v link) error { fn(k, v); return nil })
}

// Writes are not given up half-way when a client hangs up: memory and store would part.
var whole = context.Background()

func (t tables) putPerson(p person) error {
	return t.people.Put(whole, p.User.ID.String(), p)
}

func (t tables) putToken(hash string, v token) error { return t.tokens.Put(whole, hash, v) }
func (t tables) putLink(login string, l link) error  { return t.links.Put(whole, login, l) }
func (t tables) dropPerson(id library.ID) error      { return t.people.Delete(whole, id.String()) }
func (t tables) dropToken(hash string) error         { return t.tokens.Delete(whole, hash) }
func (t tables) dropLink(login string) error         { return t.links.Delete(whole, login) }

// flag reads a yes/no fact; one never set is no.
func (t tables) flag(name string) (bool, error) {
	v, err := t.flags.Get(name)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return v, err
}

func (t tables) setFlag(name string) error { return t.flags.Put(whole, name, true) }
