package account

import (
	"context"
	"errors"
	"testing"

	"sett/node/library"
	"sett/node/origin"
)

func annasPhone(mod func(*origin.Peer)) *origin.Peer {
	p := origin.Peer{ID: "n1", Login: "Anna@Example.com", Name: "Anna A."}
	if mod != nil {
		mod(&p)
	}
	return &p
}

func withGrant(raw ...string) func(*origin.Peer) {
	return func(p *origin.Peer) {
		for _, r := range raw {
			p.Grants = append(p.Grants, origin.Grant(r))
		}
	}
}

// TestOnlyAMappedPersonOnATunnelIsSignedInWithoutPassword is the table of who is
// somebody by the road alone.
func TestOnlyAMappedPersonOnATunnelIsSignedInWithoutPassword(t *testing.T) {
	ctx := context.Background()
	a, olga, anna := house(t, openStore(t), map[string]string{"anna@example.com": "anna", "ghost@example.com": "Ghost"})
	if err := a.Link(ctx, origin.WireGuard, "olga-phone", olga.ID); err != nil {
		t.Fatal(err)
	}
	away := errors.New("away")
	foreign := at(origin.Tailnet, "100.64.0.1", annasPhone(nil)).AsForeign()
	failing := origin.New(origin.Tailnet, lanTV.Addr, lanTV.Addr, func() (origin.Peer, error) { return *annasPhone(nil), away })
	for _, tc := range []struct {
		name string
		o    origin.Origin
		want library.ID
	}{
		{"mapped", at(origin.Tailnet, "100.64.0.1", annasPhone(nil)), anna.ID},
		{"mapped and shared in", at(origin.Tailnet, "100.64.0.1", annasPhone(func(p *origin.Peer) { p.Shared = true })), anna.ID},
		{"mapped, on the other tunnel", at(origin.WireGuard, "10.9.0.2", annasPhone(nil)), library.ID{}},
		{"linked", at(origin.WireGuard, "10.9.0.2", &origin.Peer{ID: "w", Login: "olga-phone"}), olga.ID},
		{"linked, on the other tunnel", at(origin.Tailnet, "100.64.0.1", &origin.Peer{ID: "w", Login: "olga-phone"}), library.ID{}},
		{"mapped to nobody", at(origin.Tailnet, "100.64.0.1", &origin.Peer{ID: "g", Login: "ghost@example.com"}), library.ID{}},
		{"unknown login", at(origin.Tailnet, "100.64.0.1", &origin.Peer{ID: "x", Login: "x@example.com", Name: "Anna"}), library.ID{}},
		{"login like a name", at(origin.Tailnet, "100.64.0.1", &origin.Peer{ID: "x", Login: "anna"}), library.ID{}},
		{"tagged", at(origin.Tailnet, "100.64.0.1", annasPhone(func(p *origin.Peer) { p.Tagged = true })), library.ID{}},
		{"router", at(origin.Tailnet, "100.64.0.1", annasPhone(func(p *origin.Peer) { p.Router = true })), library.ID{}},
		{"no login", at(origin.Tailnet, "100.64.0.1", &origin.Peer{ID: "x"}), library.ID{}},
		{"look-up fails", failing, library.ID{}},
		{"page of another site", foreign, library.ID{}},
		{"at home", at(origin.LAN, "100.64.0.1", annasPhone(nil)), library.ID{}},
		{"on the machine", at(origin.Local, "127.0.0.1", annasPhone(nil)), library.ID{}},
		{"behind a proxy", at(origin.Proxy, "100.64.0.1", annasPhone(nil)), library.ID{}},
		{"unknown zone", at(origin.Unknown, "100.64.0.1", annasPhone(nil)), library.ID{}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			a.throttle = newThrottle()
			u, ok := a.PersonFor(tc.o)
			if ok != !tc.want.IsZero() || u.ID != tc.want && ok {
				t.Errorf("is %q", u.Name)
			}
			for _, name := range []string{"Anna", "Olga"} {
				secret, u, err := a.Authenticate(ctx, name, "", tv, tc.o)
				mine := ok && u.ID == tc.want && u.Name == name
				if (err == nil) != mine || (secret != "") != mine {
					t.Errorf("an empty password for %s: %v", name, err)
				}
			}
			c, err := a.Caller("", tv, tc.o)
			if (err == nil) != ok || ok && (c.User.ID != tc.want || !c.Proven || c.Zero()) || c.Admin() {
				t.Errorf("without a token: %v %+v", err, c)
			}
			if c, err := a.Caller("wrong", tv, tc.o); err == nil || !c.Zero() {
				t.Error("a wrong token fell back to the road's proof")
			}
		})
	}
}

func TestAMappingIsNotOverruledByAGrant(t *testing.T) {
	a, _, anna := house(t, openStore(t), map[string]string{"anna@example.com": "Anna"})
	u, ok := a.PersonFor(at(origin.Tailnet, "100.64.0.1", annasPhone(withGrant(`{"role":"admin"}`))))
	if !ok || u.ID != anna.ID || u.Admin {
		t.Fatalf("%+v", u)
	}
}

func TestAGrantMakesAPersonAndTheirRightsFollowIt(t *testing.T) {
	s := openStore(t)
	a, _, anna := house(t, s, nil)
	visit := func(mod func(*origin.Peer)) (User, bool) {
		return a.PersonFor(at(origin.Tailnet, "100.64.0.1", annasPhone(mod)))
	}
	if _, ok := visit(nil); ok {
		t.Fatal("a first visit without a grant made somebody")
	}
	u, ok := visit(withGrant(`{"role":"member","maxBitrate":4e6}`))
	if !ok || u.ID == anna.ID || u.Name != "Anna A." || u.Admin || u.MaxBitrate != 4000000 || u.Libraries != nil || u.HasPassword() || !u.MayDownload() {
		t.Fatalf("%+v", u)
	}
	again, ok := visit(withGrant(`{"role":"guest","libraries":["Nowhere"]}`))
	if !ok || again.ID != u.ID || again.MayDownload() || !again.Hidden || again.LibrarySet() == nil || len(again.LibrarySet()) != 0 {
		t.Fatalf("%+v", again)
	}
	boss, ok := visit(withGrant(`{"role":"guest"}`, `nonsense`, `{"role":"admin"}`))
	if !ok || boss.ID != u.ID || !boss.Admin {
		t.Fatalf("%+v", boss)
	}
	o := at(origin.Tailnet, "100.64.0.1", annasPhone(withGrant(`{"role":"admin"}`)))
	secret, _, err := a.Authenticate(context.Background(), "Anna A.", "", tv, o)
	if err != nil {
		t.Fatal(err)
	}
	if c, err := a.Caller(secret, tv, o); err != nil || !c.Admin() {
		t.Error("an administrator by grant cannot administer:", err)
	}
	if _, ok := visit(nil); ok {
		t.Error("the grant is gone and the person still signed in")
	}
	if _, err := a.Caller(secret, tv, lanTV); err == nil {
		t.Error("the token outlived the grant")
	}
	if u, _ := a.User(u.ID); u.Admin {
		t.Error("still an administrator")
	}
	b := open(t, s, nil)
	if u, ok := b.PersonFor(at(origin.Tailnet, "100.64.0.1", annasPhone(withGrant(`{"role":"member"}`)))); !ok || u.ID != boss.ID || u.Admin {
		t.Errorf("with the grant back: %+v", u)
	}
}

func TestAGrantGivesTheLibrariesItNames(t *testing.T) {
	films, shows := library.NewID("films"), library.NewID("shows")
	there := map[string]library.ID{"Films": films}
	a, err := Open(context.Background(), openStore(t), Options{LibraryID: func(name string) (library.ID, bool) { id, ok := there[name]; return id, ok }})
	if err != nil {
		t.Fatal(err)
	}
	visit := func(raw string) map[library.ID]bool {
		u, ok := a.PersonFor(at(origin.Tailnet, "100.64.0.1", annasPhone(withGrant(raw))))
		if !ok {
			t.Fatal("nobody")
		}
		return u.LibrarySet()
	}
	if set := visit(`{"role":"member","libraries":["Films","Films","Shows"]}`); len(set) != 1 || !set[films] {
		t.Errorf("sees %v", set)
	}
	there["Shows"] = shows // scanned meanwhile
	if set := visit(`{"role":"member","libraries":["Shows","Films"]}`); len(set) != 2 || !set[shows] {
		t.Errorf("sees %v", set)
	}
	if set := visit(`{"role":"member"}`); set != nil {
		t.Errorf("sees %v", set)
	}
}

func TestASharedInDeviceIsNeverMadeAnAdministrator(t *testing.T) {
	a, _, _ := house(t, openStore(t), nil)
	u, ok := a.PersonFor(at(origin.Tailnet, "100.64.0.1", annasPhone(func(p *origin.Peer) {
		withGrant(`{"role":"admin"}`)(p)
		p.Shared = true
	})))
	if !ok || u.Admin {
		t.Fatalf("%v %+v", ok, u)
	}
}

func TestAPersonTheOwnerRemovedIsNotMadeAgainByTheGrant(t *testing.T) {
	s := openStore(t)
	a, _, _ := house(t, s, nil)
	o := at(origin.Tailnet, "100.64.0.1", annasPhone(withGrant(`{"role":"member"}`)))
	u, _ := a.PersonFor(o)
	if err := a.Remove(context.Background(), u.ID); err != nil {
		t.Fatal(err)
	}
	for _, b := range []*Accounts{a, open(t, s, nil)} {
		if _, ok := b.PersonFor(o); ok {
			t.Error("made again")
		}
	}
	if err := a.Unlink(context.Background(), origin.Tailnet, "anna@example.com"); err != nil {
		t.Fatal(err)
	}
	if _, ok := a.PersonFor(o); !ok {
		t.Error("not even after the owner changed their mind")
	}
}

func TestADisabledPersonIsNobodyToTheRoad(t *testing.T) {
	a, _, _ := house(t, openStore(t), nil)
	o := at(origin.Tailnet, "100.64.0.1", annasPhone(withGrant(`{"role":"member"}`)))
	u, _ := a.PersonFor(o)
	if _, err := a.Update(context.Background(), u.ID, func(u *User) error { u.Disabled = true; return nil }); err != nil {
		t.Fatal(err)
	}
	if _, ok := a.PersonFor(o); ok {
		t.Error("somebody")
	}
}

func TestWhoIsOfferedForSignIn(t *testing.T) {
	ctx := context.Background()
	a, olga, _ := house(t, openStore(t), map[string]string{"anna@example.com": "Anna"})
	add(t, a, "Hidden", false)
	hide, _ := a.UserByName("hidden")
	if _, err := a.Update(ctx, hide.ID, func(u *User) error { u.Hidden = true; return nil }); err != nil {
		t.Fatal(err)
	}
	_ = olga
	for _, tc := range []struct {
		name  string
		o     origin.Origin
		names string
		needs bool
	}{
		{"home", lanTV, "Anna Olga ", true},
		{"the machine", at(origin.Local, "127.0.0.1", nil), "Anna Olga ", true},
		{"her tunnel", at(origin.Tailnet, "100.64.0.1", annasPhone(nil)), "Anna ", false},
		{"a stranger's tunnel", at(origin.Tailnet, "100.64.0.1", &origin.Peer{ID: "x", Login: "x"}), "", false},
		{"a tagged device", at(origin.Tailnet, "100.64.0.1", annasPhone(func(p *origin.Peer) { p.Tagged = true })), "", false},
		{"a proxy", at(origin.Proxy, "1.2.3.4", nil), "", false},
		{"a page of another site at home", lanTV.AsForeign(), "", false},
		{"nowhere", origin.Origin{}, "", false},
	} {
		got := ""
		for _, u := range a.PublicUsers(tc.o) {
			got += u.Name + " "
			if u.NeedsPassword != tc.needs {
				t.Errorf("%s: %s needs a password: %v", tc.name, u.Name, u.NeedsPassword)
			}
		}
		if got != tc.names {
			t.Errorf("%s is offered %q, want %q", tc.name, got, tc.names)
		}
	}
}

func TestCapabilitiesAreReadAndAddUp(t *testing.T) {
	for raw, want := range map[string]Capability{
		`{"role":"member"}`: {Role: RoleMember}, `{"role":"guest","libraries":[]}`: {Role: Guest, Libraries: []string{}},
		`{"role":"admin","libraries":["A"],"maxBitrate":1.5e6,"future":1}`: {RoleAdmin, []string{"A"}, 1500000},
		`{"role":"member","maxBitrate":1e300}`:                             {Role: RoleMember, MaxBitrate: 1<<31 - 1},
	} {
		if got, ok := ParseCapability([]byte(raw)); !ok || got.Role != want.Role || got.MaxBitrate != want.MaxBitrate || (got.Libraries == nil) != (want.Libraries == nil) {
			t.Errorf("%s is %+v", raw, got)
		}
	}
	for _, raw := range []string{``, `{}`, `null`, `true`, `"admin"`, `["admin"]`, `{"role":"Admin"}`, `{"role":"root"}`, `{"role":1}`, `{"role":"guest","maxBitrate":-1}`, `{"role":"guest","libraries":"A"}`} {
		if c, ok := ParseCapability([]byte(raw)); ok {
			t.Errorf("%s gives %+v", raw, c)
		}
	}
	raws := func(s ...string) (out []origin.Grant) {
		for _, r := range s {
			out = append(out, origin.Grant(r))
		}
		return out
	}
	sum, ok := mergeCapabilities(raws(`{"role":"guest","libraries":["A"],"maxBitrate":1}`, `{}`, `{"role":"member","libraries":["B"],"maxBitrate":2}`))
	if !ok || sum.Role != RoleMember || len(sum.Libraries) != 2 || sum.MaxBitrate != 2 {
		t.Errorf("%+v", sum)
	}
	sum, _ = mergeCapabilities(raws(`{"role":"guest","libraries":["A"],"maxBitrate":1}`, `{"role":"guest"}`))
	if sum.Libraries != nil || sum.MaxBitrate != 0 {
		t.Errorf("%+v", sum)
	}
	if _, ok := mergeCapabilities(nil); ok {
		t.Error("nothing gives something")
	}
}

func FuzzNoGrantGivesMoreThanItsRole(f *testing.F) {
	f.Add([]byte(`{"role":"admin","libraries":["a"],"maxBitrate":8e6}`))
	f.Add([]byte(`{"ROLE":"admin"}`))
	f.Add([]byte(`{"role":"guest","maxBitrate":1e400}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		c, ok := ParseCapability(raw)
		if ok != (c.Role != NoRole) || c.MaxBitrate < 0 || c.Role > RoleAdmin {
			t.Fatalf("%q gives %+v, %v", raw, c, ok)
		}
		sum, found := mergeCapabilities([]origin.Grant{raw, []byte(`{"role":"guest"}`)})
		if !found || sum.Role < Guest || sum.Role > max(Guest, c.Role) {
			t.Fatalf("%q adds up to %+v", raw, sum)
		}
	})
}

func FuzzANameIsKeptOrRefusedAndFoldsToItself(f *testing.F) {
	f.Add("Anna")
	f.Add("İstanbul ß ﬁ")
	f.Fuzz(func(t *testing.T, s string) {
		name, err := cleanName(s)
		if err != nil {
			return
		}
		if again, err := cleanName(name); err != nil || again != name {
			t.Fatalf("%q becomes %q, then %q, %v", s, name, again, err)
		}
		if foldName(s) != foldName(name) {
			t.Fatalf("%q folds to %q, cleaned to %q", s, foldName(s), foldName(name))
		}
		if c := clip(s); len(c) > maxDeviceText {
			t.Fatalf("clipped to %d bytes", len(c))
		}
	})
}
