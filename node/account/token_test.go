package account

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"sett/node/library"
)

func TestTokensKeepTheirDeviceAndForgetNothingTheClientLeavesOut(t *testing.T) {
	a, _, _ := house(t, openStore(t), nil)
	secret := signIn(t, a, "anna", tv, lanTV)
	c, err := a.Caller(secret, Device{ID: "other", Version: "2.0", Name: "evil\x00\u202e" + strings.Repeat("x", 300)}, lanTV2)
	if err != nil {
		t.Fatal(err)
	}
	if c.Device.ID != "tv-1" || c.Device.Client != "Sett Test" || c.Device.Version != "2.0" || len(c.Device.Name) > maxDeviceText || !strings.HasPrefix(c.Device.Name, "evilx") {
		t.Errorf("%+v", c.Device)
	}
	s := a.Sessions(c.User.ID)
	if len(s) != 1 || s[0].Device != c.Device || s[0].Addr != "192.168.1.21" || s[0].Zone != "lan" {
		t.Errorf("%+v", s)
	}
	for _, wrong := range []string{"x", secret[1:], secret + "0", strings.ToUpper(secret), HashToken(secret)} {
		if _, err := a.Caller(wrong, Device{}, lanTV); !errors.Is(err, ErrBadCredentials) {
			t.Errorf("%q: %v", wrong, err)
		}
	}
	if c, err := a.Caller("", Device{}, lanTV); err == nil || !c.Zero() || c.Admin() {
		t.Error("no token at home is somebody")
	}
}

func TestSignInsAreBoundedForEachDevice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := &Accounts{tokens: map[string]*token{}}
		id := library.NewID("anna")
		for i := range perDevice + 2 {
			time.Sleep(time.Second)
			a.tokens[string(rune('a'+i))] = &token{User: id, Device: tv, Seen: time.Now()}
		}
		a.tokens["other"] = &token{User: id, Device: Device{ID: "phone"}, Seen: time.Now().Add(-time.Hour)}
		if gone := strings.Join(a.surplus(id, tv), ""); gone != "ba" {
			t.Errorf("gone are %q", gone)
		}
	})
}

func TestLastUsesAreStoredByRunInBatches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := openStore(t)
		a, _, anna := house(t, s, nil)
		secret := signIn(t, a, "anna", tv, lanTV)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- a.Run(ctx) }()
		time.Sleep(flushEvery + flushEvery/2) // between two ticks
		if _, err := a.Caller(secret, Device{}, lanTV2); err != nil {
			t.Fatal(err)
		}
		stored := func() string { return open(t, s, nil).Sessions(anna.ID)[0].Addr }
		if got := stored(); got != "192.168.1.20" {
			t.Errorf("stored at once: %s", got)
		}
		time.Sleep(flushEvery + time.Second)
		synctest.Wait()
		if got := stored(); got != "192.168.1.21" {
			t.Errorf("not stored after a minute: %s", got)
		}
		if _, err := a.Caller(secret, Device{}, lanTV); err != nil {
			t.Fatal(err)
		}
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		if got := stored(); got != "192.168.1.20" {
			t.Errorf("not stored at the end: %s", got)
		}
	})
}

func TestSecretsAreStoredHashed(t *testing.T) {
	a, _, anna := house(t, openStore(t), nil)
	secret := signIn(t, a, "anna", tv, lanTV)
	if len(secret) != 64 {
		t.Errorf("the token has %d digits", len(secret))
	}
	if err := a.tables.eachToken(func(k string, _ token) {
		if strings.Contains(k, secret) {
			t.Error("the token is stored as it is")
		}
	}); err != nil {
		t.Fatal(err)
	}
	if p := a.users[anna.ID]; !strings.HasPrefix(p.Hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("the password is stored as %q", p.Hash)
	}
}

func TestAnAPIKeyIsNobodyAndMayDoEverything(t *testing.T) {
	a, _, _ := house(t, openStore(t), nil)
	key, err := a.AddKey("Backup script")
	if err != nil {
		t.Fatal(err)
	}
	c, err := a.Caller(key, Device{}, lanTV)
	if err != nil || !c.Admin() || c.Zero() || !c.User.ID.IsZero() || c.Key != "Backup script" {
		t.Fatal(err, c)
	}
	if len(a.Sessions(library.ID{})) != 0 {
		t.Error("keys are listed as devices")
	}
	if err := a.Revoke(c.TokenHash); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Caller(key, Device{}, lanTV); err == nil {
		t.Error("the key still works")
	}
}

func TestDevicesAndPeopleAreRevokedWhole(t *testing.T) {
	a, olga, anna := house(t, openStore(t), nil)
	one, two := signIn(t, a, "anna", tv, lanTV), signIn(t, a, "olga", tv, lanTV)
	three := signIn(t, a, "anna", Device{ID: "phone"}, lanTV)
	if err := a.RevokeDevice("tv-1"); err != nil {
		t.Fatal(err)
	}
	for secret, want := range map[string]bool{one: false, two: false, three: true} {
		if _, err := a.Caller(secret, Device{}, lanTV); (err == nil) != want {
			t.Errorf("works is %v, want %v", err == nil, want)
		}
	}
	if err := a.RevokeUser(anna.ID); err != nil {
		t.Fatal(err)
	}
	if len(a.Sessions(anna.ID)) != 0 {
		t.Error("something is left")
	}
	if err := a.RevokeUser(library.ID{}); err == nil {
		t.Error("nobody's tokens were revoked, that is everybody's")
	}
	_ = olga
}
