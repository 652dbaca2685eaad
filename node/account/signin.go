package account

import (
	"context"
	"time"

	"sett/node/library"
	"sett/node/origin"
)

// Authenticate signs a person in by name and password and returns a new token. It
// fails with ErrBadCredentials, ErrDisabled, ErrRefused or a *ThrottledError.
//
// An empty password is right only for the person whom the road itself vouches for.
func (a *Accounts) Authenticate(ctx context.Context, name, password string, d Device, o origin.Origin) (string, User, error) {
	if password == "" {
		return a.signInProven(name, d, o)
	}
	p, err := a.verify(ctx, name, password, o)
	if err != nil {
		return "", User{}, err
	}
	return a.signIn(p, d, o)
}

// CheckPassword checks the password of a person who is signed in already, before
// they change something that matters. It is throttled like signing in. A person
// without a password has none to give.
func (a *Accounts) CheckPassword(ctx context.Context, id library.ID, password string, o origin.Origin) error {
	u, err := a.User(id)
	if err != nil {
		return err
	}
	if !u.HasPassword() {
		return nil
	}
	if password == "" {
		return ErrBadCredentials
	}
	_, err = a.verify(ctx, u.Name, password, o)
	return err
}

// verify checks name and password. It takes equally long for people who do not exist.
func (a *Accounts) verify(ctx context.Context, name, password string, o origin.Origin) (person, error) {
	if o.Zone == origin.Unknown {
		return person{}, ErrRefused
	}
	a.mu.RLock()
	var p person
	if have := a.users[a.names[foldName(name)]]; have != nil {
		p = *have
	}
	a.mu.RUnlock()
	limits := []limit{byAddress("password", o)}
	whom := limit{"person|" + foldName(clip(name)), personWait}
	if !a.familiar(p.User.ID, o) {
		limits = append(limits, whom)
	}
	if err := a.throttle.begin(limits...); err != nil {
		return person{}, err
	}
	ok, outdated, err := a.hasher.check(ctx, password, p.Hash)
	if err != nil {
		a.throttle.succeeded(limits...) // nobody's fault
		return person{}, err
	}
	if !ok {
		return person{}, ErrBadCredentials
	}
	a.throttle.succeeded(limits...)
	a.throttle.reset(whom)
	if outdated {
		return a.rehash(ctx, p, password)
	}
	return p, nil
}

// rehash stores a password hashed with today's parameters.
func (a *Accounts) rehash(ctx context.Context, old person, password string) (person, error) {
	hash, err := a.hasher.hash(ctx, password)
	if err != nil {
		return old, err
	}
	_, err = a.update(old.User.ID, func(p *person) error {
		if p.Hash != old.Hash {
			return ErrBadCredentials // changed meanwhile
		}
		p.Hash = hash
		return nil
	})
	old.Hash = hash
	return old, err
}

// familiar reports whether the person was signed in from this address before:
// strangers who guess at their password elsewhere shall not lock them out.
func (a *Accounts) familiar(id library.ID, o origin.Origin) bool {
	if id.IsZero() {
		return false
	}
	for _, s := range a.Sessions(id) {
		if s.Zone == o.Zone.String() && s.Addr == o.Addr.Addr().String() {
			return true
		}
	}
	return false
}

// signInProven signs in whom the road vouches for, if that is the person named.
func (a *Accounts) signInProven(name string, d Device, o origin.Origin) (string, User, error) {
	at := byAddress("password", o)
	if err := a.throttle.begin(at); err != nil {
		return "", User{}, err
	}
	u, ok := a.PersonFor(o)
	if !ok || foldName(u.Name) != foldName(name) {
		return "", User{}, ErrBadCredentials
	}
	a.throttle.succeeded(at)
	a.mu.RLock()
	p := a.users[u.ID]
	a.mu.RUnlock()
	if p == nil {
		return "", User{}, ErrBadCredentials
	}
	return a.signIn(*p, d, o)
}

// signIn gives the proven person a token. proven is the person as they were when
// they proved who they are: nothing of that may have changed since.
func (a *Accounts) signIn(proven person, d Device, o origin.Origin) (string, User, error) {
	a.writing.Lock()
	defer a.writing.Unlock()
	id := proven.User.ID
	a.mu.RLock()
	now := a.users[id]
	a.mu.RUnlock()
	if now == nil || now.Hash != proven.Hash {
		return "", User{}, ErrBadCredentials
	}
	if err := admissible(now.User, o); err != nil {
		return "", User{}, err
	}
	secret, err := a.issueLocked(id, "", d, o)
	if err != nil {
		return "", User{}, err
	}
	u, err := a.updateLocked(id, func(p *person) error { p.User.LastLogin = time.Now().UTC(); return nil })
	if err != nil {
		return "", User{}, err
	}
	a.log.Info("signed in", "person", u.Name, "zone", o.Zone.String(), "addr", o.Addr.Addr().String(), "client", clip(d.Client), "device", clip(d.Name))
	return secret, u, nil
}
