package account

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"testing"

	"sett/node/library"
	"sett/node/origin"
	"sett/node/store"
)

const password = "correct horse"

var (
	tv     = Device{ID: "tv-1", Name: "Living room", Client: "Sett Test", Version: "1.0"}
	lanTV  = at(origin.LAN, "192.168.1.20", nil)
	lanTV2 = at(origin.LAN, "192.168.1.21", nil)
)

// at is an origin whose road vouches for peer, or for nobody.
func at(z origin.Zone, addr string, peer *origin.Peer) origin.Origin {
	who := func() (origin.Peer, error) { return origin.Peer{}, nil }
	if peer != nil {
		who = func() (origin.Peer, error) { return *peer, nil }
	}
	return origin.New(z, netip.AddrPortFrom(netip.MustParseAddr(addr), 50000), netip.AddrPort{}, who)
}

func openStore(t *testing.T) *store.Store {
	t.Helper()
	s, err := store.Open(context.Background(), t.TempDir(), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func open(t *testing.T, s *store.Store, people map[string]string) *Accounts {
	t.Helper()
	a, err := Open(context.Background(), s, Options{People: people})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// house is a node with an owner, Olga, and Anna.
func house(t *testing.T, s *store.Store, people map[string]string) (a *Accounts, olga, anna User) {
	t.Helper()
	a = open(t, s, people)
	return a, add(t, a, "Olga", true), add(t, a, "Anna", false)
}

func add(t *testing.T, a *Accounts, name string, admin bool) User {
	t.Helper()
	u, err := a.Add(context.Background(), NewUser{Name: name, Password: password, Admin: admin})
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func signIn(t *testing.T, a *Accounts, name string, d Device, o origin.Origin) string {
	t.Helper()
	secret, _, err := a.Authenticate(context.Background(), name, password, d, o)
	if err != nil {
		t.Fatalf("%s cannot sign in: %v", name, err)
	}
	return secret
}

func isRule(err error) bool {
	var r *RuleError
	return errors.As(err, &r)
}

func isThrottled(err error) bool {
	var e *ThrottledError
	return errors.As(err, &e) && e.After > 0
}

func TestNamesAreUniqueInEveryCaseAndForm(t *testing.T) {
	a, _, anna := house(t, openStore(t), nil)
	for _, name := range []string{"anna", " ANNA ", "Ａｎｎａ"} {
		if _, err := a.Add(context.Background(), NewUser{Name: name}); !isRule(err) {
			t.Errorf("%q: %v", name, err)
		}
		if u, ok := a.UserByName(name); !ok || u.ID != anna.ID {
			t.Errorf("%q is not found", name)
		}
	}
	for _, name := range []string{"", "   ", "a/b", "x\x00", "line\nbreak", `<b>`, strings.Repeat("x", 65), "\u202eevil"} {
		if _, err := a.Add(context.Background(), NewUser{Name: name}); !isRule(err) {
			t.Errorf("%q: %v", name, err)
		}
	}
	if err := a.Rename(context.Background(), anna.ID, "olga"); !isRule(err) {
		t.Errorf("renaming to a taken name: %v", err)
	}
	if err := a.Rename(context.Background(), anna.ID, "ANNA"); err != nil {
		t.Errorf("changing the case: %v", err)
	}
	if err := a.Rename(context.Background(), anna.ID, "Zoë"); err != nil {
		t.Error(err)
	}
	if _, ok := a.UserByName("anna"); ok {
		t.Error("the old name still works")
	}
}

func TestTheLastAdministratorRemains(t *testing.T) {
	ctx := context.Background()
	a, olga, anna := house(t, openStore(t), nil)
	demote := func(u *User) error { u.Admin = false; return nil }
	disable := func(u *User) error { u.Disabled = true; return nil }
	if err := a.Remove(ctx, olga.ID); !isRule(err) {
		t.Errorf("removed: %v", err)
	}
	for name, change := range map[string]func(*User) error{"demoted": demote, "disabled": disable} {
		if _, err := a.Update(ctx, olga.ID, change); !isRule(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := a.Update(ctx, anna.ID, func(u *User) error { u.Admin = true; return nil }); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Update(ctx, olga.ID, demote); err != nil {
		t.Error(err)
	}
	if err := a.Remove(ctx, olga.ID); err != nil {
		t.Error(err)
	}
	if err := a.Remove(ctx, anna.ID); !isRule(err) {
		t.Error("the last one went")
	}
	if err := a.Remove(ctx, library.NewID("nobody")); !errors.Is(err, ErrNoSuchUser) {
		t.Error(err)
	}
}

func TestAnAdministratorByGrantDoesNotCountAsRemaining(t *testing.T) {
	a, olga, _ := house(t, openStore(t), nil)
	peer := origin.Peer{ID: "n", Login: "gina@example.com", Name: "Gina", Grants: []origin.Grant{[]byte(`{"role":"admin"}`)}}
	if u, ok := a.PersonFor(at(origin.Tailnet, "100.64.0.9", &peer)); !ok || !u.Admin {
		t.Fatal(u, ok)
	}
	if err := a.Remove(context.Background(), olga.ID); !isRule(err) {
		t.Fatal("the owner went while only a grant administered the node")
	}
}

func TestEverythingSurvivesARestart(t *testing.T) {
	ctx := context.Background()
	s := openStore(t)
	a, _, anna := house(t, s, nil)
	films := library.NewID("films")
	five := 5
	if _, err := a.Update(ctx, anna.ID, func(u *User) error {
		u.Libraries, u.MaxBitrate, u.Hidden, u.MaxRating, u.BlockedTags = []library.ID{films}, 3, true, &five, []string{"x"}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	conf := DefaultConfiguration()
	conf.SubtitleMode, conf.OrderedViews = "Always", []string{"a"}
	if err := a.Configure(anna.ID, conf); err != nil {
		t.Fatal(err)
	}
	bob := add(t, a, "Bob", false)
	if _, err := a.Update(ctx, bob.ID, func(u *User) error { u.Libraries = []library.ID{}; return nil }); err != nil {
		t.Fatal(err)
	}
	if err := a.Link(ctx, origin.Tailnet, "ANNA@example.com", anna.ID); err != nil {
		t.Fatal(err)
	}
	secret := signIn(t, a, "anna", tv, lanTV)

	b := open(t, s, nil)
	u, err := b.User(anna.ID)
	if err != nil || u.Name != "Anna" || !u.LibrarySet()[films] || u.MaxBitrate != 3 || !u.Hidden || *u.MaxRating != 5 || len(u.BlockedTags) != 1 ||
		u.Configuration.SubtitleMode != "Always" || !u.HasPassword() || u.LastLogin.IsZero() || u.CreatedAt.IsZero() {
		t.Errorf("%v %+v", err, u)
	}
	if u, _ := b.User(bob.ID); u.LibrarySet() == nil || len(u.LibrarySet()) != 0 {
		t.Error("a person without libraries sees all after a restart")
	}
	if c, err := b.Caller(secret, Device{}, lanTV); err != nil || c.User.ID != anna.ID || c.Device != tv {
		t.Errorf("%v %+v", err, c)
	}
	if u, ok := b.PersonFor(at(origin.Tailnet, "100.64.0.1", &origin.Peer{ID: "n", Login: "anna@example.com"})); !ok || u.ID != anna.ID {
		t.Error("the link is lost")
	}
	if b.SetupNeeded() {
		t.Error("setup is open again")
	}
}

func TestARemovedPersonIsCutOffAtOnce(t *testing.T) {
	ctx := context.Background()
	s := openStore(t)
	a, _, anna := house(t, s, map[string]string{"anna@example.com": "Anna"})
	secret := signIn(t, a, "anna", tv, lanTV)
	item := library.NewID("film")
	c, err := a.Caller(secret, Device{}, lanTV)
	if err != nil {
		t.Fatal(err)
	}
	a.Grants.Give(lanTV, c.TokenHash, item)
	told := make(chan string, 10)
	stop := a.OnRevoked(func(hash string) { told <- hash })
	defer stop()
	if err := a.Remove(ctx, anna.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Caller(secret, Device{}, lanTV); !errors.Is(err, ErrBadCredentials) {
		t.Errorf("the token still works: %v", err)
	}
	if a.Grants.Allows(lanTV, item) || a.Grants.AllowsImages(lanTV) {
		t.Error("the grants outlived the token")
	}
	a.Grants.Give(lanTV, c.TokenHash, item) // by a request that was under way
	if a.Grants.Allows(lanTV, item) {
		t.Error("a dead token gave a grant")
	}
	if got := <-told; got != c.TokenHash {
		t.Errorf("told of %q", got)
	}
	if _, ok := a.PersonFor(at(origin.Tailnet, "100.64.0.1", &origin.Peer{ID: "n", Login: "anna@example.com"})); ok {
		t.Error("the mapping still signs in")
	}
	if _, err := open(t, s, nil).User(anna.ID); !errors.Is(err, ErrNoSuchUser) {
		t.Error("back after a restart")
	}
}

func TestDisablingCutsOffAndEnablingDoesNotBringTokensBack(t *testing.T) {
	ctx := context.Background()
	a, _, anna := house(t, openStore(t), nil)
	secret := signIn(t, a, "anna", tv, lanTV)
	for _, off := range []bool{true, false} {
		if _, err := a.Update(ctx, anna.ID, func(u *User) error { u.Disabled = off; return nil }); err != nil {
			t.Fatal(err)
		}
		if _, err := a.Caller(secret, Device{}, lanTV); err == nil {
			t.Error("the token works")
		}
		_, _, err := a.Authenticate(ctx, "anna", password, tv, lanTV)
		if off != errors.Is(err, ErrDisabled) {
			t.Errorf("disabled is %v: %v", off, err)
		}
	}
}

func TestANewPasswordEndsOtherSignIns(t *testing.T) {
	ctx := context.Background()
	a, _, anna := house(t, openStore(t), nil)
	mine, other := signIn(t, a, "anna", tv, lanTV), signIn(t, a, "anna", Device{ID: "phone"}, lanTV)
	if err := a.SetPasswordKeeping(ctx, anna.ID, "another one", HashToken(mine)); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Caller(mine, Device{}, lanTV); err != nil {
		t.Error("the caller's own token went")
	}
	if _, err := a.Caller(other, Device{}, lanTV); err == nil {
		t.Error("the other token stayed")
	}
	for _, bad := range []string{"abc", strings.Repeat("x", maxPassword+1)} {
		if err := a.SetPassword(ctx, anna.ID, bad); !isRule(err) {
			t.Errorf("a password of %d bytes: %v", len(bad), err)
		}
	}
	if err := a.SetPassword(ctx, anna.ID, ""); err != nil {
		t.Fatal(err)
	}
	for _, pw := range []string{"", "another one", password} {
		if _, _, err := a.Authenticate(ctx, "anna", pw, tv, lanTV); !errors.Is(err, ErrBadCredentials) {
			t.Errorf("without a password, %q gives %v", pw, err)
		}
	}
}
