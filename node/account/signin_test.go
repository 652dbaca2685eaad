package account

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alexedwards/argon2id"

	"sett/node/origin"
)

func TestSigningInNeedsNameAndPassword(t *testing.T) {
	ctx := context.Background()
	a, _, anna := house(t, openStore(t), nil)
	for _, tc := range []struct {
		name, password string
		want           error
	}{
		{"anna", password, nil}, {" ANNA ", password, nil},
		{"anna", "wrong horse", ErrBadCredentials}, {"anna", password + " ", ErrBadCredentials}, {"anna", "", ErrBadCredentials},
		{"nobody", password, ErrBadCredentials}, {"", password, ErrBadCredentials}, {"anna", strings.Repeat("x", 1<<20), ErrBadCredentials},
	} {
		a.throttle = newThrottle()
		secret, u, err := a.Authenticate(ctx, tc.name, tc.password, tv, lanTV)
		if !errors.Is(err, tc.want) || (secret != "") != (tc.want == nil) || tc.want == nil && u.ID != anna.ID {
			t.Errorf("%q, %.20q: %v", tc.name, tc.password, err)
		}
	}
	if _, _, err := a.Authenticate(ctx, "anna", password, tv, origin.Origin{}); !errors.Is(err, ErrRefused) {
		t.Errorf("through an unknown door: %v", err)
	}
}

func TestPeopleKeptAtHomeComeThroughNoTunnel(t *testing.T) {
	ctx := context.Background()
	a, _, anna := house(t, openStore(t), map[string]string{"anna@example.com": "Anna"})
	secret := signIn(t, a, "anna", tv, lanTV)
	if _, err := a.Update(ctx, anna.ID, func(u *User) error { u.RemoteAccess = false; return nil }); err != nil {
		t.Fatal(err)
	}
	away := at(origin.Tailnet, "100.64.0.1", &origin.Peer{ID: "n", Login: "anna@example.com"})
	if _, _, err := a.Authenticate(ctx, "anna", password, tv, away); !errors.Is(err, ErrRefused) {
		t.Errorf("password: %v", err)
	}
	if _, err := a.Caller(secret, Device{}, away); !errors.Is(err, ErrRefused) {
		t.Errorf("token: %v", err)
	}
	if _, ok := a.PersonFor(away); ok {
		t.Error("the road's proof was enough")
	}
	if _, err := a.Caller(secret, Device{}, lanTV); err != nil {
		t.Errorf("at home: %v", err)
	}
}

func TestGuessingIsSlowedDownByAddress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := openStore(t)
		a, _, _ := house(t, s, nil)
		tries := 0
		start := time.Now()
		for time.Since(start) < time.Hour {
			_, _, err := a.Authenticate(t.Context(), fmt.Sprintf("name%d", tries), "", tv, lanTV)
			var wait *ThrottledError
			switch {
			case errors.As(err, &wait):
				time.Sleep(wait.After)
			case errors.Is(err, ErrBadCredentials):
				tries++
			default:
				t.Fatal(err)
			}
		}
		if tries < freeTries || tries > 20 {
			t.Errorf("%d guesses in an hour", tries)
		}
		_, _, _ = a.Authenticate(t.Context(), "anna", "wrong", tv, lanTV)
		if _, _, err := a.Authenticate(t.Context(), "anna", password, tv, lanTV); !isThrottled(err) {
			t.Errorf("the right password from the guesser's address: %v", err)
		}
		if _, _, err := a.Authenticate(t.Context(), "anna", password, tv, lanTV2); err != nil {
			t.Errorf("another address suffers: %v", err)
		}
		time.Sleep(forget + time.Minute)
		if _, _, err := a.Authenticate(t.Context(), "anna", password, tv, lanTV); err != nil {
			t.Errorf("never forgotten: %v", err)
		}
	})
}

func TestGuessingAtOnePersonFromEverywhereIsSlowedDownButLocksNobodyOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, _, _ := house(t, openStore(t), nil)
		signIn(t, a, "anna", tv, lanTV)
		for i := range freeTries {
			if _, _, err := a.Authenticate(t.Context(), "anna", "wrong", tv, at(origin.LAN, fmt.Sprintf("192.168.2.%d", i), nil)); !errors.Is(err, ErrBadCredentials) {
				t.Fatal(err)
			}
		}
		_, _, err := a.Authenticate(t.Context(), "anna", password, tv, at(origin.LAN, "192.168.2.99", nil))
		if !isThrottled(err) {
			t.Fatalf("a new address is not slowed down: %v", err)
		}
		if _, _, err := a.Authenticate(t.Context(), "anna", password, tv, lanTV); err != nil {
			t.Errorf("her own television is locked out: %v", err)
		}
	})
}

func TestParallelGuessesGainNothing(t *testing.T) {
	a, _, _ := house(t, openStore(t), nil)
	var wg sync.WaitGroup
	var mu sync.Mutex
	looked := 0
	for range 40 {
		wg.Go(func() {
			_, _, err := a.Authenticate(context.Background(), "anna", "wrong", tv, lanTV)
			mu.Lock()
			defer mu.Unlock()
			if errors.Is(err, ErrBadCredentials) {
				looked++
			} else if !isThrottled(err) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if looked > freeTries+1 {
		t.Errorf("%d of 40 parallel guesses were looked at", looked)
	}
}

func TestSigningInOftenIsNotGuessing(t *testing.T) {
	a, _, _ := house(t, openStore(t), nil)
	for range 3 * freeTries {
		signIn(t, a, "anna", tv, lanTV)
	}
}

func TestAnAccountOfOnesOwnDoesNotResetTheCount(t *testing.T) {
	a, _, _ := house(t, openStore(t), nil)
	for i := range 10 * freeTries {
		_, _, err := a.Authenticate(context.Background(), "olga", "wrong", tv, lanTV)
		if isThrottled(err) {
			return
		}
		if i%2 == 1 {
			_, _, _ = a.Authenticate(context.Background(), "anna", password, tv, lanTV)
		}
	}
	t.Error("guessing between own sign-ins is never slowed down")
}

func TestAddressesOfOneIPv6NetworkCountAsOne(t *testing.T) {
	a := byAddress("x", at(origin.LAN, "fd00:1:2:3::5", nil))
	b := byAddress("x", at(origin.LAN, "fd00:1:2:3:ffff::1", nil))
	c := byAddress("x", at(origin.LAN, "fd00:1:2:4::5", nil))
	d := byAddress("x", at(origin.Tailnet, "fd00:1:2:3::5", nil))
	if a != b || a == c || a == d {
		t.Error(a, b, c, d)
	}
}

func TestTheThrottleIsBounded(t *testing.T) {
	th := newThrottle()
	for i := range maxThrottles + 500 {
		_ = th.begin(limit{fmt.Sprint(i), addressWait})
	}
	if len(th.entries) > maxThrottles {
		t.Errorf("%d entries", len(th.entries))
	}
}

func TestPeopleWhoDoNotExistTakeAsLong(t *testing.T) {
	params, _, key, err := argon2id.DecodeHash(newHasher().nobody)
	if err != nil || *params != hashParams || len(key) != int(hashParams.KeyLength) {
		t.Fatal("the stand-in hash costs something else:", params, err)
	}
}

func TestHashingIsBounded(t *testing.T) {
	h := newHasher()
	for range hashing {
		if err := h.enter(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, _, err := h.check(ctx, "x", ""); !errors.Is(err, context.Canceled) {
		t.Errorf("one more got in: %v", err)
	}
}

func TestAnOldHashIsRenewedOnSignIn(t *testing.T) {
	a, _, anna := house(t, openStore(t), nil)
	weak := argon2id.Params{Memory: 1024, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32}
	old, err := argon2id.CreateHash(password, &weak)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.update(anna.ID, func(p *person) error { p.Hash = old; return nil }); err != nil {
		t.Fatal(err)
	}
	signIn(t, a, "anna", tv, lanTV)
	if h := a.users[anna.ID].Hash; !strings.Contains(h, "m=19456") {
		t.Errorf("still %s", h)
	}
	signIn(t, a, "anna", tv, lanTV)
}

func TestCheckingAPasswordIsThrottledToo(t *testing.T) {
	ctx := context.Background()
	a, _, anna := house(t, openStore(t), nil)
	if err := a.CheckPassword(ctx, anna.ID, password, lanTV); err != nil {
		t.Fatal(err)
	}
	for range 2 * freeTries {
		if err := a.CheckPassword(ctx, anna.ID, "wrong", lanTV); isThrottled(err) {
			return
		}
	}
	t.Error("never")
}
