// Package account knows the people of the node: who they are, what they may do, and
// how they prove it: passwords, tokens, Quick Connect codes, the setup code, and
// identities that a tunnel vouches for. It also keeps the origin grants by which
// clients that send no token reach what they were handed.
//
// It decides who somebody is. Which zone may reach which route is node/guard's
// business, what a route needs is the route table's. It imports neither the API nor
// any network: where a request came from arrives as an origin.Origin.
//
// Everything is held in memory and written through to the store.
package account

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"strings"
	"sync"
	"time"

	"sett/node/library"
	"sett/node/store"
)

// Options are what Accounts is told by the settings.
type Options struct {
	// People maps login names on a tunnel to names of people here.
	People map[string]string
	// LibraryID finds a library by its name, for grants that name libraries. nil: such
	// grants give none. It must not block.
	LibraryID func(name string) (library.ID, bool)
	Log       *slog.Logger
}

// Accounts is all people and everything they signed in. Its methods may be used
// from several goroutines.
type Accounts struct {
	// Grants are the origin grants.
	Grants *Grants

	opts     Options
	log      *slog.Logger
	store    *store.Store
	tables   tables
	hasher   *hasher
	throttle *throttle
	quick    *quickConnects
	setup    setupCode
	people   map[string]string // login → name, both folded

	writing sync.Mutex // held for every change, around store and memory

	mu     sync.RWMutex
	users  map[library.ID]*person
	names  map[string]library.ID // by folded name
	tokens map[string]*token     // by hash
	links  map[string]link       // by folded login
	dirty  map[string]bool       // tokens whose Seen is not stored yet
	fresh  map[string]freshGrant // grants followed a moment ago, by login

	watchers watchers
}

// Open reads the accounts from the store. Accounts needs no closing; Run keeps the
// devices' last use in the store.
func Open(ctx context.Context, s *store.Store, o Options) (*Accounts, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	a := &Accounts{
		opts: o, log: o.Log, store: s, tables: openTables(s), Grants: newGrants(), hasher: newHasher(), throttle: newThrottle(),
		quick: newQuickConnects(), people: map[string]string{}, users: map[library.ID]*person{}, names: map[string]library.ID{},
		tokens: map[string]*token{}, links: map[string]link{}, dirty: map[string]bool{},
		fresh: map[string]freshGrant{},
	}
	for login, name := range o.People {
		a.people[foldLogin(login)] = foldName(name)
	}
	if err := a.load(ctx); err != nil {
		return nil, err
	}
	for login, name := range a.people {
		if _, ok := a.names[name]; !ok {
			a.log.Warn("a login is mapped to a person who does not exist; add them with: sett user add", "login", login, "person", name)
		}
	}
	return a, a.openSetup()
}

func (a *Accounts) load(ctx context.Context) error {
	err := a.tables.eachPerson(func(p person) {
		p.afterLoad()
		a.users[p.User.ID] = &p
		a.names[foldName(p.User.Name)] = p.User.ID
	})
	if err != nil {
		return fmt.Errorf("reading people: %w", err)
	}
	if err := a.tables.eachToken(func(hash string, t token) { a.tokens[hash] = &t }); err != nil {
		return fmt.Errorf("reading signed-in devices: %w", err)
	}
	if err := a.tables.eachLink(func(login string, l link) { a.links[login] = l }); err != nil {
		return fmt.Errorf("reading logins: %w", err)
	}
	return ctx.Err()
}

const flushEvery = time.Minute

// Run stores now and then when devices were last used, until ctx ends.
func (a *Accounts) Run(ctx context.Context) error {
	tick := time.NewTicker(flushEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			if err := a.flush(); err != nil {
				return err
			}
			return ctx.Err()
		case <-tick.C:
			if err := a.flush(); err != nil {
				return err
			}
			a.throttle.sweep()
			a.Grants.sweep()
		}
	}
}

// flush stores every token used since the last time.
func (a *Accounts) flush() error {
	a.writing.Lock()
	defer a.writing.Unlock()
	a.mu.Lock()
	changed := map[string]token{}
	for hash := range a.dirty {
		if t := a.tokens[hash]; t != nil {
			changed[hash] = *t
		}
	}
	clear(a.dirty)
	a.mu.Unlock()
	for hash, t := range changed {
		if err := a.tables.putToken(hash, t); err != nil {
			return fmt.Errorf("storing when devices were last used: %w", err)
		}
	}
	return nil
}

// watchers are told of tokens that stopped working.
type watchers struct {
	mu   sync.Mutex
	next int
	fns  map[int]func(tokenHash string)
}

// OnRevoked calls fn, soon and in no particular order, with the hash of every token
// that stops working, so that open sockets and streams can be cut. stop ends that.
func (a *Accounts) OnRevoked(fn func(tokenHash string)) (stop func()) {
	w := &a.watchers
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.fns == nil {
		w.fns = map[int]func(string){}
	}
	id := w.next
	w.next++
	w.fns[id] = fn
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.fns, id)
	}
}

func (w *watchers) tell(hashes []string) {
	w.mu.Lock()
	fns := maps.Clone(w.fns)
	w.mu.Unlock()
	for _, fn := range fns {
		for _, h := range hashes {
			fn(h)
		}
	}
}

// foldLogin makes logins comparable. They are e-mail addresses or user@provider.
func foldLogin(s string) string { return strings.ToLower(strings.TrimSpace(s)) }
