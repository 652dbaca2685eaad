package account

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"sett/node/library"
	"sett/node/origin"
)

// Whom the road vouches for.
//
// A login of a tunnel becomes a person here in one of three ways, looked for in
// this order; where none applies the login is nobody.
//
//  1. The settings map it (tunnel/tailnet only). It is that person, with all their rights.
//  2. The owner linked it. The same.
//  3. The network's policy grants it the application capability. At first sight a
//     person is made for it, with the rights of the grant and no password; they
//     follow the grant from visit to visit. Seen again without it, the person loses
//     administration and every token, and is nobody until the grant is back. A
//     person whom the owner removed is not made again.
//
// Tagged devices and routers for others are nobody, and so is a page of another
// site. A shared-in device is never made an administrator by a grant.

// link is what is stored about a login.
type link struct {
	User      library.ID
	Granted   bool // made for a grant, not by the owner
	Withdrawn bool // the grant was gone when the login was last seen
	Removed   bool // the owner removed the person: the grant makes nobody any more
}

// linkKey names a login; the same name on two networks is two people's.
func linkKey(z origin.Zone, login string) string { return z.String() + ":" + foldLogin(login) }

// PersonFor returns the person whom the road of o vouches for.
func (a *Accounts) PersonFor(o origin.Origin) (User, bool) {
	if o.Foreign || o.Zone != origin.Tailnet && o.Zone != origin.WireGuard {
		return User{}, false
	}
	peer, err := o.Peer()
	if err != nil {
		a.log.Debug("nobody could be asked who is calling", "addr", o.Addr.String(), "err", err)
		return User{}, false
	}
	if !peer.Human() {
		return User{}, false
	}
	u, ok := a.lookUp(o.Zone, peer)
	return u, ok && !u.Disabled && u.RemoteAccess
}

func (a *Accounts) lookUp(z origin.Zone, peer origin.Peer) (User, bool) {
	if name, mapped := a.people[foldLogin(peer.Login)]; mapped && z == origin.Tailnet {
		return a.UserByName(name)
	}
	key := linkKey(z, peer.Login)
	a.mu.RLock()
	l, linked := a.links[key]
	a.mu.RUnlock()
	if linked && !l.Granted {
		u, err := a.User(l.User)
		return u, err == nil
	}
	if l.Removed {
		return User{}, false
	}
	if u, ok := a.followed(key, peer); ok {
		return u, true
	}
	c, granted := mergeCapabilities(peer.Grants)
	var u User
	var err error
	switch {
	case granted:
		if u, err = a.followGrant(key, peer, c); err == nil {
			a.remember(key, peer)
		}
	case linked && !l.Withdrawn:
		err = a.withdraw(key)
	}
	if err != nil {
		a.log.Error("following a grant of the network", "login", peer.Login, "err", err)
		return User{}, false
	}
	return u, granted
}

// freshGrant is a grant that was followed a moment ago. Clients that fetch pictures
// without a token ask for every one of them who they are.
type freshGrant struct {
	sum [sha256.Size]byte
	at  time.Time
}

const freshFor = 5 * time.Second

func digest(peer origin.Peer) [sha256.Size]byte {
	h := sha256.New()
	fmt.Fprintf(h, "%v %q", peer.Shared, peer.Grants)
	return [sha256.Size]byte(h.Sum(nil))
}

// followed returns the person of a login whose very same grants were followed within
// the last seconds.
func (a *Accounts) followed(key string, peer origin.Peer) (User, bool) {
	if len(peer.Grants) == 0 {
		return User{}, false
	}
	sum := digest(peer)
	a.mu.RLock()
	defer a.mu.RUnlock()
	f, l := a.fresh[key], a.links[key]
	p := a.users[l.User]
	if p == nil || l.Withdrawn || f.sum != sum || time.Since(f.at) > freshFor {
		return User{}, false
	}
	return p.User, true
}

func (a *Accounts) remember(key string, peer origin.Peer) {
	sum := digest(peer)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.fresh[key] = freshGrant{sum, time.Now()}
}

// unchanged returns the person made for a login when they have these rights already.
func (a *Accounts) unchanged(key string, want User) (User, bool) {
	a.mu.RLock()
	defer a.mu.RUnlock()
	l := a.links[key]
	p := a.users[l.User]
	if p == nil || l.Withdrawn || !sameRights(p.User, want) {
		return User{}, false
	}
	return p.User, true
}

// followGrant returns the person made for a login, with the rights the grant gives
// now. It writes only when something changed.
func (a *Accounts) followGrant(key string, peer origin.Peer, c Capability) (User, error) {
	want := User{
		Admin: c.Role == RoleAdmin && !peer.Shared, Hidden: c.Role == Guest, Downloads: c.Role > Guest,
		RemoteAccess: true, Libraries: a.librariesOf(c), MaxBitrate: c.MaxBitrate, GrantedTo: key,
	}
	if u, ok := a.unchanged(key, want); ok {
		return u, nil
	}
	a.writing.Lock()
	defer a.writing.Unlock()
	a.mu.RLock()
	l := a.links[key]
	_, made := a.users[l.User]
	a.mu.RUnlock()
	if l.Removed || l.User != (library.ID{}) && !l.Granted {
		return User{}, errors.New("the login was given away or blocked meanwhile")
	}
	if !made {
		return a.makeGranted(key, peer, want)
	}
	if err := a.linkLocked(key, link{User: l.User, Granted: true}); err != nil {
		return User{}, err
	}
	return a.updateLocked(l.User, func(p *person) error {
		p.User.Admin, p.User.Hidden, p.User.Downloads = want.Admin, want.Hidden, want.Downloads
		p.User.Libraries, p.User.MaxBitrate = want.Libraries, want.MaxBitrate
		return nil
	})
}

func sameRights(have, want User) bool {
	return have.Admin == want.Admin && have.Hidden == want.Hidden && have.Downloads == want.Downloads &&
		have.MaxBitrate == want.MaxBitrate && (have.Libraries == nil) == (want.Libraries == nil) && slices.Equal(have.Libraries, want.Libraries)
}

// makeGranted makes the person for a login. It is called with writing held.
func (a *Accounts) makeGranted(key string, peer origin.Peer, u User) (User, error) {
	for _, name := range namesFor(peer) {
		if _, taken := a.UserByName(name); taken {
			continue
		}
		u.Name = name
		u, err := a.addLocked(u, "")
		if err != nil {
			return User{}, err
		}
		a.log.Info("made a person for a grant of the network", "login", peer.Login, "person", u.Name, "admin", u.Admin)
		return u, a.linkLocked(key, link{User: u.ID, Granted: true})
	}
	return User{}, fmt.Errorf("every name for %s is taken", peer.Login)
}

// namesFor lists names to try for a login, the most natural first. Whoever has the
// first one already is not assumed to be the same person.
func namesFor(peer origin.Peer) []string {
	local, _, _ := strings.Cut(peer.Login, "@")
	var out []string
	for _, n := range []string{peer.Name, local, peer.Name + " (" + peer.Login + ")", peer.Login} {
		if n, err := cleanName(n); err == nil {
			out = append(out, n)
		}
	}
	for i := 2; i < 100; i++ {
		out = append(out, fmt.Sprintf("Guest %d", i))
	}
	return out
}

// librariesOf finds the libraries a grant names; those that do not exist give nothing.
func (a *Accounts) librariesOf(c Capability) []library.ID {
	if c.Libraries == nil {
		return nil
	}
	out := []library.ID{}
	if a.opts.LibraryID == nil {
		return out
	}
	for _, name := range c.Libraries {
		if id, ok := a.opts.LibraryID(name); ok && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	slices.SortFunc(out, func(x, y library.ID) int { return slices.Compare(x[:], y[:]) })
	return out
}

// withdraw takes back what a grant gave that is gone.
func (a *Accounts) withdraw(key string) error {
	a.writing.Lock()
	defer a.writing.Unlock()
	a.mu.RLock()
	l := a.links[key]
	_, exists := a.users[l.User]
	a.mu.RUnlock()
	if l.Withdrawn || !l.Granted {
		return nil
	}
	l.Withdrawn = true
	if err := a.linkLocked(key, l); err != nil || !exists {
		return err
	}
	if err := a.revokeLocked(a.hashesOf(l.User)); err != nil {
		return err
	}
	_, err := a.updateLocked(l.User, func(p *person) error { p.User.Admin = false; return nil })
	return err
}

// Link makes a login of a tunnel a person here, by the owner's decision.
func (a *Accounts) Link(_ context.Context, z origin.Zone, login string, id library.ID) error {
	if foldLogin(login) == "" || z != origin.Tailnet && z != origin.WireGuard {
		return rule("Only logins of a tunnel can be linked to a person.")
	}
	a.writing.Lock()
	defer a.writing.Unlock()
	if _, err := a.User(id); err != nil {
		return err
	}
	return a.linkLocked(linkKey(z, login), link{User: id})
}

// Unlink makes a login nobody's again. Signed-in devices stay signed in.
func (a *Accounts) Unlink(_ context.Context, z origin.Zone, login string) error {
	a.writing.Lock()
	defer a.writing.Unlock()
	return a.unlinkLocked(linkKey(z, login))
}

func (a *Accounts) linkLocked(key string, l link) error {
	if err := a.tables.putLink(key, l); err != nil {
		return fmt.Errorf("storing a login: %w", err)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.links[key] = l
	return nil
}

func (a *Accounts) unlinkLocked(key string) error {
	if err := a.tables.dropLink(key); err != nil {
		return fmt.Errorf("removing a login: %w", err)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.links, key)
	return nil
}

// unlinkAllLocked forgets a removed person's logins, and blocks those that a grant
// would make anew.
func (a *Accounts) unlinkAllLocked(id library.ID) error {
	a.mu.RLock()
	theirs := map[string]link{}
	for key, l := range a.links {
		if l.User == id {
			theirs[key] = l
		}
	}
	a.mu.RUnlock()
	for key, l := range theirs {
		err := error(nil)
		if l.Granted {
			err = a.linkLocked(key, link{Granted: true, Removed: true})
		} else {
			err = a.unlinkLocked(key)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// PublicUser is a person shown before sign-in.
type PublicUser struct {
	User
	NeedsPassword bool
}

// PublicUsers lists whom a client may offer for sign-in: through a tunnel the caller
// only, who needs no password; at home everyone who is not hidden; elsewhere, and to
// pages of other sites, nobody.
func (a *Accounts) PublicUsers(o origin.Origin) []PublicUser {
	if u, ok := a.PersonFor(o); ok {
		return []PublicUser{{u, false}}
	}
	if !o.Zone.AtHome() || o.Foreign {
		return nil
	}
	var out []PublicUser
	for _, u := range a.Users() {
		if !u.Hidden && !u.Disabled {
			out = append(out, PublicUser{u, true})
		}
	}
	return out
}
