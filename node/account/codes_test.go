package account

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"sett/node/library"
	"sett/node/origin"
)

func TestQuickConnectSignsInWhoeverApproves(t *testing.T) {
	a, _, anna := house(t, openStore(t), nil)
	q, err := a.QuickConnectInitiate(tv, lanTV)
	if err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`^[0-9]{6}$`).MatchString(q.Code) || len(q.Secret) != 64 || q.Authenticated || q.Device != tv {
		t.Fatalf("%+v", q)
	}
	if _, _, err := a.QuickConnectRedeem(q.Secret, tv, lanTV); !errors.Is(err, ErrNoSuchCode) {
		t.Errorf("redeemed before it was approved: %v", err)
	}
	if p, err := a.QuickConnectPending(q.Code); err != nil || p.Secret != "" || p.Zone != "lan" || p.Addr != "192.168.1.20" {
		t.Errorf("shown to the approver: %v %+v", err, p)
	}
	if err := a.QuickConnectAuthorize(q.Code, anna.ID); err != nil {
		t.Fatal(err)
	}
	if err := a.QuickConnectAuthorize(q.Code, anna.ID); !errors.Is(err, ErrNoSuchCode) {
		t.Errorf("approved twice: %v", err)
	}
	if s, err := a.QuickConnectState(q.Secret); err != nil || !s.Authenticated {
		t.Errorf("%v %+v", err, s)
	}
	secret, u, err := a.QuickConnectRedeem(q.Secret, Device{ID: "another"}, lanTV)
	if err != nil || u.ID != anna.ID {
		t.Fatal(err)
	}
	if c, err := a.Caller(secret, Device{}, lanTV); err != nil || c.Device.ID != tv.ID {
		t.Errorf("the token belongs to %q: %v", c.Device.ID, err)
	}
	if _, _, err := a.QuickConnectRedeem(q.Secret, tv, lanTV); !errors.Is(err, ErrNoSuchCode) {
		t.Errorf("redeemed twice: %v", err)
	}
}

func TestQuickConnectApprovesItselfForWhomTheRoadVouches(t *testing.T) {
	a, _, anna := house(t, openStore(t), map[string]string{"anna@example.com": "Anna"})
	for _, tc := range []struct {
		o    origin.Origin
		want bool
	}{
		{at(origin.Tailnet, "100.64.0.1", annasPhone(nil)), true},
		{at(origin.Tailnet, "100.64.0.1", annasPhone(func(p *origin.Peer) { p.Tagged = true })), false},
		{at(origin.Tailnet, "100.64.0.1", annasPhone(nil)).AsForeign(), false},
		{at(origin.LAN, "100.64.0.1", annasPhone(nil)), false},
	} {
		q, err := a.QuickConnectInitiate(tv, tc.o)
		if err != nil || q.Authenticated != tc.want {
			t.Fatal(q, err)
		}
		_, u, err := a.QuickConnectRedeem(q.Secret, tv, tc.o)
		if (err == nil) != tc.want || tc.want && u.ID != anna.ID {
			t.Errorf("%s: %v", tc.o.Zone, err)
		}
	}
}

func TestQuickConnectEndsAfterTenMinutes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, _, anna := house(t, openStore(t), nil)
		q, err := a.QuickConnectInitiate(tv, lanTV)
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(quickLife - time.Second)
		if _, err := a.QuickConnectState(q.Secret); err != nil {
			t.Error("gone too early")
		}
		time.Sleep(time.Second)
		if _, err := a.QuickConnectState(q.Secret); !errors.Is(err, ErrNoSuchCode) {
			t.Error("still there")
		}
		if err := a.QuickConnectAuthorize(q.Code, anna.ID); !errors.Is(err, ErrNoSuchCode) {
			t.Error("can still be approved")
		}
	})
}

func TestQuickConnectIsBoundedAndGuessingIsSlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, _, anna := house(t, openStore(t), nil)
		made := 0
		for range 100 {
			_, err := a.QuickConnectInitiate(tv, lanTV)
			if err == nil {
				made++
			} else if !isThrottled(err) {
				t.Fatal(err)
			}
			time.Sleep(time.Second)
		}
		if made > quickPerPlace {
			t.Errorf("%d codes for one address", made)
		}
		for i := range 2 * maxQuick {
			_, _ = a.QuickConnectInitiate(tv, at(origin.LAN, fmt.Sprintf("10.0.%d.%d", i/200, i%200), nil))
		}
		if n := len(a.quick.byCode); n > maxQuick {
			t.Errorf("%d codes at once", n)
		}
		guesses := 0
		for i := range 1000 {
			if err := a.QuickConnectAuthorize(fmt.Sprintf("x%d", i), anna.ID); errors.Is(err, ErrNoSuchCode) {
				guesses++
			}
		}
		if guesses > freeTries {
			t.Errorf("%d guesses at once", guesses)
		}
	})
}

func TestAQuickConnectOfSomebodyRemovedIsWorthless(t *testing.T) {
	a, _, anna := house(t, openStore(t), nil)
	q, err := a.QuickConnectInitiate(tv, lanTV)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.QuickConnectAuthorize(q.Code, anna.ID); err != nil {
		t.Fatal(err)
	}
	if err := a.Remove(context.Background(), anna.ID); err != nil {
		t.Fatal(err)
	}
	if _, _, err := a.QuickConnectRedeem(q.Secret, tv, lanTV); !errors.Is(err, ErrNoSuchCode) {
		t.Error(err)
	}
}

func TestTheSetupCodeMakesTheOwnerOnce(t *testing.T) {
	ctx := context.Background()
	s := openStore(t)
	a := open(t, s, nil)
	code := a.SetupCode()
	if !a.SetupNeeded() || !regexp.MustCompile(`^[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}$`).MatchString(code) {
		t.Fatalf("code %q", code)
	}
	if other := open(t, s, nil).SetupCode(); other == code {
		t.Error("the code outlived a restart")
	}
	for name, o := range map[string]origin.Origin{"a proxy": at(origin.Proxy, "1.2.3.4", nil), "nowhere": {}, "another site": lanTV.AsForeign()} {
		if _, err := a.CompleteSetup(ctx, code, "Olga", password, o); !errors.Is(err, ErrRefused) {
			t.Errorf("from %s: %v", name, err)
		}
	}
	if _, err := a.CompleteSetup(ctx, "2222-2222-2222", "Olga", password, lanTV); !errors.Is(err, ErrBadCredentials) {
		t.Errorf("a wrong code: %v", err)
	}
	for _, pw := range []string{"", "abc"} {
		if _, err := a.CompleteSetup(ctx, code, "Olga", pw, lanTV); !isRule(err) {
			t.Errorf("password %q: %v", pw, err)
		}
	}
	if _, err := a.CompleteSetup(ctx, code, "a/b", password, lanTV); !isRule(err) {
		t.Errorf("a bad name: %v", err)
	}
	u, err := a.CompleteSetup(ctx, " "+strings.ToLower(strings.ReplaceAll(code, "-", ""))+" ", "Olga", password, lanTV)
	if err != nil || !u.Admin || !u.RemoteAccess {
		t.Fatal(u, err)
	}
	if _, err := a.CompleteSetup(ctx, code, "Eve", password, lanTV); !errors.Is(err, ErrSetupDone) || a.SetupNeeded() || a.SetupCode() != "" {
		t.Errorf("used twice: %v", err)
	}
	signIn(t, a, "olga", tv, lanTV)
}

func TestSetupStaysClosedEvenWhenEveryAccountIsLost(t *testing.T) {
	s := openStore(t)
	a, olga, _ := house(t, s, nil)
	if a.SetupNeeded() {
		t.Fatal("setup is open with an administrator")
	}
	if err := a.tables.dropPerson(olga.ID); err != nil {
		t.Fatal(err)
	}
	if open(t, s, nil).SetupNeeded() {
		t.Error("the next visitor could become the owner")
	}
}

func TestACrashWhileTheOwnerIsMadeLeavesNoDoorOpen(t *testing.T) {
	s := openStore(t)
	a, _, _ := house(t, s, nil)
	if err := a.tables.flags.Delete(whole, setupFlag); err != nil {
		t.Fatal(err)
	}
	b := open(t, s, nil)
	if done, err := b.tables.flag(setupFlag); b.SetupNeeded() || !done || err != nil {
		t.Error("setup is open with an administrator, flag", done, err)
	}
}

func TestPeopleWithoutRightsDoNotEndSetup(t *testing.T) {
	s := openStore(t)
	a := open(t, s, nil)
	add(t, a, "Anna", false)
	if !a.SetupNeeded() || !open(t, s, nil).SetupNeeded() {
		t.Error("nobody can ever become the owner")
	}
	add(t, a, "Olga", true)
	if a.SetupNeeded() {
		t.Error("the command line made an owner and the code still works")
	}
}

func TestGuessingTheSetupCodeIsSlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := open(t, openStore(t), nil)
		looked := 0
		for i := range 200 {
			o := at(origin.LAN, fmt.Sprintf("192.168.3.%d", i), nil)
			if _, err := a.CompleteSetup(t.Context(), "AAAA-AAAA-AAAA", "Eve", password, o); errors.Is(err, ErrBadCredentials) {
				looked++
			}
			time.Sleep(time.Second)
		}
		if looked > 30 {
			t.Errorf("%d guesses in 200 s", looked)
		}
	})
}

func TestOnlyOneOfManyAtOnceBecomesOwner(t *testing.T) {
	a := open(t, openStore(t), nil)
	code := a.SetupCode()
	var wg sync.WaitGroup
	var mu sync.Mutex
	owners := 0
	for i := range freeTries - 1 {
		wg.Go(func() {
			_, err := a.CompleteSetup(context.Background(), code, fmt.Sprintf("Owner %d", i), password, lanTV)
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				owners++
			}
		})
	}
	wg.Wait()
	if owners != 1 || len(a.Users()) != 1 {
		t.Errorf("%d owners, %d people", owners, len(a.Users()))
	}
}

func TestGrantsHoldForTheirAddressZoneAndTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGrants()
		film, other := library.NewID("film"), library.NewID("other")
		g.Give(lanTV, "token", film)
		if g.Allows(lanTV, film) {
			t.Error("a token nobody has used gave a grant")
		}
		g.seen(lanTV, "token")
		if !g.AllowsImages(lanTV) || g.AllowsImages(lanTV2) || g.Allows(lanTV, film) {
			t.Error("images follow the address, streams the item")
		}
		g.Give(lanTV, "token", film)
		for name, tc := range map[string]struct {
			o    origin.Origin
			item library.ID
			want bool
		}{
			"the same": {lanTV, film, true}, "another item": {lanTV, other, false}, "another address": {lanTV2, film, false},
			"another zone": {at(origin.Tailnet, "192.168.1.20", nil), film, false}, "another site": {lanTV.AsForeign(), film, false}, "nowhere": {origin.Origin{}, film, false},
		} {
			if g.Allows(tc.o, tc.item) != tc.want {
				t.Errorf("%s: allowed is %v", name, !tc.want)
			}
		}
		time.Sleep(grantLife - time.Minute)
		g.seen(lanTV, "token")
		time.Sleep(time.Hour)
		if !g.Allows(lanTV, film) {
			t.Error("a grant in use ended")
		}
		time.Sleep(grantLife)
		if g.Allows(lanTV, film) || g.AllowsImages(lanTV) {
			t.Error("a grant never ends")
		}
		g.sweep()
		if len(g.places) != 0 {
			t.Error("it is still remembered")
		}
	})
}

func TestNothingIsGrantedToProxiesAndRoadsThatProveThemselves(t *testing.T) {
	g := newGrants()
	film := library.NewID("film")
	proxy := at(origin.Proxy, "1.2.3.4", nil)
	g.seen(proxy, "token")
	g.Give(proxy, "token", film)
	g.seen(lanTV, provenHashStart+"n1")
	g.Give(lanTV, provenHashStart+"n1", film)
	if g.Allows(proxy, film) || g.Allows(lanTV, film) || len(g.places) != 0 {
		t.Error("granted")
	}
}

func TestGrantsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGrants()
		g.seen(lanTV, "token")
		for i := range itemsPerGrant + 10 {
			g.Give(lanTV, "token", library.NewID("item", fmt.Sprint(i)))
		}
		h := g.places[place{lanTV.Zone, lanTV.Addr.Addr()}]["token"]
		if len(h.items) != itemsPerGrant || g.Allows(lanTV, library.NewID("item", "9")) || !g.Allows(lanTV, library.NewID("item", "10")) {
			t.Errorf("%d items", len(h.items))
		}
		for i := range 2 * tokensPerPlace {
			time.Sleep(time.Second)
			g.seen(lanTV2, fmt.Sprint(i))
		}
		if n := len(g.places[place{lanTV2.Zone, lanTV2.Addr.Addr()}]); n != tokensPerPlace {
			t.Errorf("%d tokens", n)
		}
		for i := range maxPlaces + 10 {
			time.Sleep(time.Second)
			g.seen(at(origin.LAN, fmt.Sprintf("10.1.%d.%d", i/250, i%250), nil), "token")
		}
		if len(g.places) > maxPlaces || g.AllowsImages(lanTV) {
			t.Errorf("%d places", len(g.places))
		}
	})
}

func TestChangedRightsEndGrants(t *testing.T) {
	a, _, anna := house(t, openStore(t), nil)
	secret := signIn(t, a, "anna", tv, lanTV)
	film := library.NewID("film")
	c, err := a.Caller(secret, tv, lanTV)
	if err != nil {
		t.Fatal(err)
	}
	a.Grants.Give(lanTV, c.TokenHash, film)
	if err := a.Configure(anna.ID, DefaultConfiguration()); err != nil || !a.Grants.Allows(lanTV, film) {
		t.Fatal("setting a preference ended the grants", err)
	}
	if _, err := a.Update(context.Background(), anna.ID, func(u *User) error { u.Libraries = []library.ID{}; return nil }); err != nil {
		t.Fatal(err)
	}
	if a.Grants.Allows(lanTV, film) {
		t.Error("the grant outlived the right")
	}
}
