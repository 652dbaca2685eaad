package account

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"
	"unicode"
	"unicode/utf8"

	"sett/node/library"
	"sett/node/origin"
)

const (
	tokenBytes     = 32
	perDevice      = 4   // tokens one person may hold on one device; the oldest go
	perPerson      = 200 // and in all
	seenResolution = 10 * time.Second
	maxDeviceText  = 200 // bytes of each text a client tells about itself
)

// Device is what a client says it is.
type Device struct {
	ID      string
	Name    string
	Client  string
	Version string
}

// token is what a signed-in device holds, as stored under the hash of its secret.
type token struct {
	User    library.ID // zero for an API key
	Key     string     // name of an API key
	Device  Device
	Created time.Time
	Seen    time.Time
	Addr    string // where it was last used from
	Zone    string
}

// Session is a signed-in device, for people to look at and to revoke.
type Session struct {
	TokenHash string
	User      library.ID
	Device    Device
	Created   time.Time
	Seen      time.Time
	Addr      string
	Zone      string
}

// Caller is who makes a request. The zero Caller is nobody.
type Caller struct {
	User      User   // the zero User for an API key
	Device    Device // completed from the sign-in where the request leaves things out
	TokenHash string // names the sign-in; unique for every caller, secret to nobody
	Proven    bool   // the road vouches for them; no token was sent
	Key       string // name of the API key
}

// Zero reports whether nobody is calling.
func (c Caller) Zero() bool { return c.TokenHash == "" }

// Admin reports whether the caller may administer the node. That takes a token, even
// for those whom a tunnel vouches for.
func (c Caller) Admin() bool {
	return c.Key != "" || c.User.Admin && !c.Proven && !c.Zero()
}

// HashToken returns the hash by which a token is stored.
func HashToken(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// Caller finds out who calls: by the token, or, when none is sent, by what the road
// proves. A wrong token is an error even where the road would prove somebody.
func (a *Accounts) Caller(secret string, d Device, o origin.Origin) (Caller, error) {
	if secret == "" {
		return a.provenCaller(d, o)
	}
	hash := HashToken(secret)
	a.mu.RLock()
	t, ok := a.tokens[hash]
	if !ok {
		a.mu.RUnlock()
		return Caller{}, ErrBadCredentials
	}
	c := Caller{Device: t.Device, TokenHash: hash, Key: t.Key}
	p, isPerson := a.users[t.User]
	stale := time.Since(t.Seen) > seenResolution || t.Addr != o.Addr.Addr().String()
	a.mu.RUnlock()
	if isPerson {
		c.User = p.User
		if err := admissible(c.User, o); err != nil {
			return Caller{}, err
		}
	} else if t.Key == "" {
		return Caller{}, ErrBadCredentials
	}
	c.Device = t.Device.updated(d)
	if stale || c.Device != t.Device {
		a.saw(hash, c.Device, o)
	}
	a.Grants.seen(o, hash)
	a.mu.RLock()
	_, ok = a.tokens[hash]
	a.mu.RUnlock()
	if !ok { // revoked in this very moment: take back what seen has opened
		a.Grants.dropTokens([]string{hash})
		return Caller{}, ErrBadCredentials
	}
	return c, nil
}

// saw remembers a use of a token; Run stores it later.
func (a *Accounts) saw(hash string, d Device, o origin.Origin) {
	a.mu.Lock()
	defer a.mu.Unlock()
	old, ok := a.tokens[hash]
	if !ok {
		return
	}
	t := *old // readers may hold the old one
	t.Device, t.Seen, t.Addr, t.Zone = d, time.Now().UTC(), o.Addr.Addr().String(), o.Zone.String()
	a.tokens[hash] = &t
	a.dirty[hash] = true
}

func (a *Accounts) provenCaller(d Device, o origin.Origin) (Caller, error) {
	u, ok := a.PersonFor(o)
	if !ok {
		return Caller{}, ErrBadCredentials
	}
	if err := admissible(u, o); err != nil {
		return Caller{}, err
	}
	peer, err := o.Peer()
	if err != nil {
		return Caller{}, ErrBadCredentials
	}
	return Caller{User: u, Device: Device{}.updated(d), TokenHash: provenHashStart + peer.ID, Proven: true}, nil
}

// admissible says whether a person whose proof is right may come this way.
func admissible(u User, o origin.Origin) error {
	switch {
	case u.Disabled:
		return ErrDisabled
	case o.Zone == origin.Unknown, !o.Zone.AtHome() && !u.RemoteAccess:
		return ErrRefused
	}
	return nil
}

// updated returns d with what a request says anew. The device's id stays: a token is
// bound to it.
func (d Device) updated(said Device) Device {
	for _, f := range []struct{ old, new *string }{{&d.Name, &said.Name}, {&d.Client, &said.Client}, {&d.Version, &said.Version}} {
		if *f.new != "" && *f.new != *f.old {
			*f.old = clip(*f.new)
		}
	}
	if d.ID == "" {
		d.ID = clip(said.ID)
	}
	return d
}

// clip bounds a text from outside and drops what does not print.
func clip(s string) string {
	out := make([]rune, 0, min(len(s), maxDeviceText))
	size := 0
	for _, r := range s {
		if size += utf8.RuneLen(r); size > maxDeviceText {
			break
		}
		if unicode.IsPrint(r) {
			out = append(out, r)
		}
	}
	return string(out)
}

// issue makes a token for a person on a device. It is called with writing held.
func (a *Accounts) issueLocked(user library.ID, key string, d Device, o origin.Origin) (string, error) {
	secret := newSecret()
	now := time.Now().UTC()
	t := token{User: user, Key: key, Device: Device{}.updated(d), Created: now, Seen: now, Addr: o.Addr.Addr().String(), Zone: o.Zone.String()}
	hash := HashToken(secret)
	if err := a.tables.putToken(hash, t); err != nil {
		return "", fmt.Errorf("storing the sign-in: %w", err)
	}
	a.mu.Lock()
	a.tokens[hash] = &t
	a.mu.Unlock()
	a.Grants.seen(o, hash)
	return secret, a.revokeLocked(a.surplus(user, t.Device))
}

// surplus lists a person's tokens beyond the bounds, the longest unused first to go.
func (a *Accounts) surplus(user library.ID, d Device) []string {
	if user.IsZero() {
		return nil
	}
	var gone []string
	all := a.Sessions(user)
	here := 0
	for i, s := range all {
		if s.Device.ID == d.ID && s.Device.Client == d.Client {
			here++
		}
		if i >= perPerson || here > perDevice && s.Device.ID == d.ID && s.Device.Client == d.Client {
			gone = append(gone, s.TokenHash)
		}
	}
	return gone
}

// Sessions lists the signed-in devices of a person, or of everybody for the zero id,
// the last used first.
func (a *Accounts) Sessions(user library.ID) []Session {
	a.mu.RLock()
	defer a.mu.RUnlock()
	var out []Session
	for hash, t := range a.tokens {
		if t.Key == "" && (user.IsZero() || t.User == user) {
			out = append(out, Session{hash, t.User, t.Device, t.Created, t.Seen, t.Addr, t.Zone})
		}
	}
	slices.SortFunc(out, func(x, y Session) int {
		if c := y.Seen.Compare(x.Seen); c != 0 {
			return c
		}
		return y.Created.Compare(x.Created)
	})
	return out
}

func (a *Accounts) hashesOf(user library.ID) []string {
	var out []string
	for _, s := range a.Sessions(user) {
		out = append(out, s.TokenHash)
	}
	return out
}

// Revoke makes a token stop working, by its hash. An unknown one is no error.
func (a *Accounts) Revoke(hash string) error {
	a.writing.Lock()
	defer a.writing.Unlock()
	return a.revokeLocked([]string{hash})
}

// RevokeUser makes every token of a person stop working.
func (a *Accounts) RevokeUser(id library.ID) error {
	if id.IsZero() {
		return ErrNoSuchUser
	}
	a.writing.Lock()
	defer a.writing.Unlock()
	return a.revokeLocked(a.hashesOf(id))
}

// RevokeDevice makes every token of a device stop working, whoever holds it.
func (a *Accounts) RevokeDevice(id string) error {
	a.writing.Lock()
	defer a.writing.Unlock()
	var hashes []string
	for _, s := range a.Sessions(library.ID{}) {
		if s.Device.ID == id {
			hashes = append(hashes, s.TokenHash)
		}
	}
	return a.revokeLocked(hashes)
}

// revokeLocked forgets tokens in memory first: they stop working even when the store
// fails. It is called with writing held.
func (a *Accounts) revokeLocked(hashes []string) error {
	if len(hashes) == 0 {
		return nil
	}
	a.mu.Lock()
	for _, h := range hashes {
		delete(a.tokens, h)
		delete(a.dirty, h)
	}
	a.mu.Unlock()
	a.Grants.dropTokens(hashes)
	a.watchers.tell(hashes)
	var errs []error
	for _, h := range hashes {
		errs = append(errs, a.tables.dropToken(h))
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("removing tokens: %w", err)
	}
	return nil
}

// AddKey makes an API key: a token that belongs to nobody and may do everything.
func (a *Accounts) AddKey(name string) (string, error) {
	name, err := cleanName(name)
	if err != nil {
		return "", err
	}
	a.writing.Lock()
	defer a.writing.Unlock()
	return a.issueLocked(library.ID{}, name, Device{}, origin.Origin{})
}

func newSecret() string {
	var b [tokenBytes]byte
	_, _ = rand.Read(b[:]) // never fails: the runtime ends the process instead
	return hex.EncodeToString(b[:])
}
