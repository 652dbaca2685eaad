package account

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"time"

	"sett/node/library"
)

// NewUser is what a new person starts with.
type NewUser struct {
	Name     string
	Password string // "" for none: they sign in through a tunnel or by Quick Connect only
	Admin    bool
}

// Users returns everybody, by name.
func (a *Accounts) Users() []User {
	a.mu.RLock()
	defer a.mu.RUnlock()
	out := make([]User, 0, len(a.users))
	for _, p := range a.users {
		out = append(out, p.User)
	}
	slices.SortFunc(out, func(x, y User) int { return strings.Compare(foldName(x.Name), foldName(y.Name)) })
	return out
}

// User returns the person with an id, or ErrNoSuchUser.
func (a *Accounts) User(id library.ID) (User, error) {
	a.mu.RLock()
	defer a.mu.RUnlock()
	if p, ok := a.users[id]; ok {
		return p.User, nil
	}
	return User{}, ErrNoSuchUser
}

// UserByName returns the person with a name, in any case.
func (a *Accounts) UserByName(name string) (User, bool) {
	a.mu.RLock()
	defer a.mu.RUnlock()
	if p := a.users[a.names[foldName(name)]]; p != nil {
		return p.User, true
	}
	return User{}, false
}

// Add makes a person. Names and passwords that break a rule give a *RuleError.
func (a *Accounts) Add(ctx context.Context, n NewUser) (User, error) {
	hash, err := a.hash(ctx, n.Password)
	if err != nil {
		return User{}, err
	}
	a.writing.Lock()
	defer a.writing.Unlock()
	return a.addLocked(User{Name: n.Name, Admin: n.Admin, RemoteAccess: true, Downloads: true}, hash)
}

// addLocked is called with writing held.
func (a *Accounts) addLocked(u User, hash string) (User, error) {
	if _, err := rand.Read(u.ID[:]); err != nil {
		return User{}, fmt.Errorf("choosing an id: %w", err)
	}
	u.CreatedAt = time.Now().UTC()
	u.Configuration = DefaultConfiguration()
	return a.saveLocked(person{User: u, Hash: hash})
}

// Update lets change alter a copy of a person, and stores it. It keeps the rules:
// names are unique, and an administrator remains. Sessions of a person who lost a
// right stay open, except when they were disabled.
func (a *Accounts) Update(_ context.Context, id library.ID, change func(*User) error) (User, error) {
	return a.update(id, func(p *person) error { return change(&p.User) })
}

func (a *Accounts) update(id library.ID, change func(*person) error) (User, error) {
	a.writing.Lock()
	defer a.writing.Unlock()
	return a.updateLocked(id, change)
}

func (a *Accounts) updateLocked(id library.ID, change func(*person) error) (User, error) {
	a.mu.RLock()
	old, ok := a.users[id]
	a.mu.RUnlock()
	if !ok {
		return User{}, ErrNoSuchUser
	}
	p := old.clone()
	if err := change(&p); err != nil {
		return User{}, err
	}
	p.User.ID, p.User.CreatedAt = id, old.User.CreatedAt
	return a.saveLocked(p)
}

// saveLocked checks the rules, stores p and takes it over. It is called with
// writing held.
func (a *Accounts) saveLocked(p person) (User, error) {
	name, err := cleanName(p.User.Name)
	if err != nil {
		return User{}, err
	}
	p.User.Name = name
	p.beforeStore()
	a.mu.RLock()
	old := a.users[p.User.ID]
	holder, taken := a.names[foldName(name)]
	a.mu.RUnlock()
	if taken && holder != p.User.ID {
		return User{}, rule("There is somebody called %s already.", name)
	}
	if old != nil && isOwner(old.User) && !isOwner(p.User) && a.owners() == 1 {
		return User{}, rule("%s is the last administrator and has to remain one.", old.User.Name)
	}
	if err := a.tables.putPerson(p); err != nil {
		return User{}, fmt.Errorf("storing %s: %w", name, err)
	}
	a.mu.Lock()
	if old != nil {
		delete(a.names, foldName(old.User.Name))
	}
	a.users[p.User.ID], a.names[foldName(name)] = &p, p.User.ID
	a.mu.Unlock()
	if p.User.Admin {
		a.setupOver()
	}
	if old != nil && seesOther(old.User, p.User) {
		a.Grants.dropTokens(a.hashesOf(p.User.ID))
	}
	if p.User.Disabled {
		return p.User, a.revokeLocked(a.hashesOf(p.User.ID))
	}
	return p.User, nil
}

// seesOther reports whether what the person may see changed.
func seesOther(old, now User) bool {
	return (old.LibrarySet() == nil) != (now.LibrarySet() == nil) || !slices.Equal(old.Libraries, now.Libraries) ||
		!old.limits().same(now.limits())
}

// isOwner reports whether somebody administers the node by themselves. One who does
// so by a tunnel's grant does not count as remaining: the grant may go any time.
func isOwner(u User) bool { return u.Admin && !u.Disabled && u.GrantedTo == "" }

func (a *Accounts) owners() int {
	a.mu.RLock()
	defer a.mu.RUnlock()
	n := 0
	for _, p := range a.users {
		if isOwner(p.User) {
			n++
		}
	}
	return n
}

// Rename gives a person another name.
func (a *Accounts) Rename(ctx context.Context, id library.ID, name string) error {
	_, err := a.Update(ctx, id, func(u *User) error { u.Name = name; return nil })
	return err
}

// Configure stores what a person set for themselves.
func (a *Accounts) Configure(id library.ID, c Configuration) error {
	_, err := a.update(id, func(p *person) error { p.User.Configuration = c; return nil })
	return err
}

// SetPassword changes a password; "" takes it away. Every token of the person stops
// working, because a password is often changed after one was lost.
func (a *Accounts) SetPassword(ctx context.Context, id library.ID, password string) error {
	return a.SetPasswordKeeping(ctx, id, password, "")
}

// SetPasswordKeeping is SetPassword, except that one token, the caller's own, goes on
// working.
func (a *Accounts) SetPasswordKeeping(ctx context.Context, id library.ID, password, tokenHash string) error {
	hash, err := a.hash(ctx, password)
	if err != nil {
		return err
	}
	a.writing.Lock()
	defer a.writing.Unlock()
	if _, err := a.updateLocked(id, func(p *person) error { p.Hash = hash; return nil }); err != nil {
		return err
	}
	gone := slices.DeleteFunc(a.hashesOf(id), func(h string) bool { return h == tokenHash })
	return a.revokeLocked(gone)
}

// Remove makes a person unknown: their tokens stop working at once, their logins
// and play state are forgotten. The last administrator cannot be removed.
func (a *Accounts) Remove(_ context.Context, id library.ID) error {
	a.writing.Lock()
	defer a.writing.Unlock()
	a.mu.RLock()
	p, ok := a.users[id]
	a.mu.RUnlock()
	if !ok {
		return ErrNoSuchUser
	}
	if isOwner(p.User) && a.owners() == 1 {
		return rule("%s is the last administrator and cannot be removed.", p.User.Name)
	}
	if err := a.revokeLocked(a.hashesOf(id)); err != nil {
		return err
	}
	if err := a.unlinkAllLocked(id); err != nil {
		return err
	}
	if err := a.tables.dropPerson(id); err != nil {
		return fmt.Errorf("removing %s: %w", p.User.Name, err)
	}
	a.mu.Lock()
	delete(a.users, id)
	delete(a.names, foldName(p.User.Name))
	a.mu.Unlock()
	a.quick.dropUser(id)
	if err := a.store.DropUser(whole, id); err != nil {
		return fmt.Errorf("forgetting what %s watched: %w", p.User.Name, err)
	}
	return nil
}
