package account

import (
	"crypto/rand"
	"crypto/subtle"
	"fmt"
	"math/big"
	"sync"
	"time"

	"sett/node/library"
	"sett/node/origin"
)

const (
	quickLife     = 10 * time.Minute
	maxQuick      = 200
	quickPerPlace = 10
	quickWait     = 30 * time.Second // longest wait between codes for one address
)

// QuickConnect is one request of a device to be signed in from another.
type QuickConnect struct {
	Code          string // six digits, for people
	Secret        string // for the device
	Device        Device
	Added         time.Time
	Authenticated bool
	// For the person who is asked to approve:
	Zone string
	Addr string

	user  library.ID
	place string
}

// quickConnects are the pending requests. They live in memory only.
type quickConnects struct {
	mu     sync.Mutex
	byCode map[string]*QuickConnect
}

func newQuickConnects() *quickConnects { return &quickConnects{byCode: map[string]*QuickConnect{}} }

// QuickConnectInitiate starts a request. One that comes from a person whom the road
// vouches for is approved at once.
func (a *Accounts) QuickConnectInitiate(d Device, o origin.Origin) (QuickConnect, error) {
	at := byAddress("quick connect", o)
	if err := a.throttle.begin(limit{at.key, quickWait}); err != nil {
		return QuickConnect{}, err
	}
	q := QuickConnect{Secret: newSecret(), Device: Device{}.updated(d), Added: time.Now().UTC(), Zone: o.Zone.String(), Addr: o.Addr.Addr().String(), place: at.key}
	if u, ok := a.PersonFor(o); ok {
		q.user, q.Authenticated = u.ID, true
	}
	return a.quick.add(q)
}

// QuickConnectState returns the request with a secret, or ErrNoSuchCode.
func (a *Accounts) QuickConnectState(secret string) (QuickConnect, error) {
	a.quick.mu.Lock()
	defer a.quick.mu.Unlock()
	if q := a.quick.bySecretLocked(secret); q != nil {
		return *q, nil
	}
	return QuickConnect{}, ErrNoSuchCode
}

// QuickConnectPending returns the request with a code, for the person who is asked to
// approve it, or ErrNoSuchCode.
func (a *Accounts) QuickConnectPending(code string) (QuickConnect, error) {
	a.quick.mu.Lock()
	defer a.quick.mu.Unlock()
	a.quick.expireLocked()
	if q := a.quick.byCode[code]; q != nil {
		shown := *q
		shown.Secret = ""
		return shown, nil
	}
	return QuickConnect{}, ErrNoSuchCode
}

// QuickConnectAuthorize approves a request: the device becomes the person's. Guessing
// codes is throttled for each person.
func (a *Accounts) QuickConnectAuthorize(code string, id library.ID) error {
	u, err := a.User(id)
	if err != nil {
		return err
	}
	if u.Disabled {
		return ErrDisabled
	}
	who := limit{"approve|" + id.String(), addressWait}
	if err := a.throttle.begin(who); err != nil {
		return err
	}
	a.quick.mu.Lock()
	defer a.quick.mu.Unlock()
	a.quick.expireLocked()
	q := a.quick.byCode[code]
	if q == nil || q.Authenticated {
		return ErrNoSuchCode
	}
	a.throttle.succeeded(who)
	q.user, q.Authenticated = id, true
	return nil
}

// QuickConnectRedeem turns an approved request into a token, once. The token belongs
// to the device that started the request.
func (a *Accounts) QuickConnectRedeem(secret string, d Device, o origin.Origin) (string, User, error) {
	q, err := a.quick.take(secret)
	if err != nil {
		return "", User{}, err
	}
	a.mu.RLock()
	p := a.users[q.user]
	a.mu.RUnlock()
	if p == nil {
		return "", User{}, ErrNoSuchCode
	}
	token, u, err := a.signIn(*p, q.Device.updated(d), o)
	if err == nil {
		a.throttle.reset(byAddress("quick connect", o))
	}
	return token, u, err
}

func (qs *quickConnects) add(q QuickConnect) (QuickConnect, error) {
	qs.mu.Lock()
	defer qs.mu.Unlock()
	qs.expireLocked()
	here, oldest := 0, time.Now()
	for _, other := range qs.byCode {
		if other.place == q.place {
			here++
		}
		if other.Added.Before(oldest) {
			oldest = other.Added
		}
	}
	if here >= quickPerPlace || len(qs.byCode) >= maxQuick {
		return QuickConnect{}, &ThrottledError{time.Until(oldest.Add(quickLife))}
	}
	for {
		n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
		if err != nil {
			return QuickConnect{}, fmt.Errorf("choosing a code: %w", err)
		}
		q.Code = fmt.Sprintf("%06d", n)
		if qs.byCode[q.Code] == nil {
			qs.byCode[q.Code] = &q
			return q, nil
		}
	}
}

// take removes and returns an approved request.
func (qs *quickConnects) take(secret string) (QuickConnect, error) {
	qs.mu.Lock()
	defer qs.mu.Unlock()
	q := qs.bySecretLocked(secret)
	if q == nil || !q.Authenticated {
		return QuickConnect{}, ErrNoSuchCode
	}
	delete(qs.byCode, q.Code)
	return *q, nil
}

func (qs *quickConnects) bySecretLocked(secret string) *QuickConnect {
	qs.expireLocked()
	var found *QuickConnect
	for _, q := range qs.byCode {
		if subtle.ConstantTimeCompare([]byte(q.Secret), []byte(secret)) == 1 {
			found = q
		}
	}
	return found
}

func (qs *quickConnects) expireLocked() {
	now := time.Now()
	for code, q := range qs.byCode {
		if now.Sub(q.Added) >= quickLife {
			delete(qs.byCode, code)
		}
	}
}

// dropUser forgets what a removed person approved.
func (qs *quickConnects) dropUser(id library.ID) {
	qs.mu.Lock()
	defer qs.mu.Unlock()
	for code, q := range qs.byCode {
		if q.user == id {
			delete(qs.byCode, code)
		}
	}
}
