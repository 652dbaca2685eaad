package account

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"fmt"
	"strings"
	"sync"

	"sett/node/origin"
)

// setupFlag is set with the first administrator and never cleared: losing the last
// account must not hand the node to the next visitor.
const setupFlag = "has had an administrator"

// setupCode is the one-time code that makes the owner's account. It exists in memory
// only, from start until it is used.
type setupCode struct {
	mu   sync.Mutex
	code string // "" when setup is over
}

// openSetup makes a code if nobody has ever administered the node.
func (a *Accounts) openSetup() error {
	done, err := a.tables.flag(setupFlag)
	if err != nil {
		return fmt.Errorf("reading whether the node was set up: %w", err)
	}
	if done {
		return nil
	}
	a.setup.code = newSetupCode()
	for _, u := range a.Users() {
		if u.Admin { // a crash came between storing them and the flag
			a.setupOver()
		}
	}
	return nil
}

// setupLetters are hard to mistake for each other when read from a screen.
const setupLetters = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"

func newSetupCode() string {
	var b [12]byte
	_, _ = rand.Read(b[:])
	for i := range b {
		b[i] = setupLetters[int(b[i])%len(setupLetters)] // 32 letters: no bias
	}
	return string(b[:4]) + "-" + string(b[4:8]) + "-" + string(b[8:])
}

// SetupNeeded reports whether the owner's account has yet to be made.
func (a *Accounts) SetupNeeded() bool { return a.SetupCode() != "" }

// SetupCode is the code to show on the console, "" when setup is over.
func (a *Accounts) SetupCode() string {
	a.setup.mu.Lock()
	defer a.setup.mu.Unlock()
	return a.setup.code
}

// setupOver ends setup for ever. It follows the storing of an administrator; if the
// flag cannot be stored, the next start sees the administrator and tries again.
func (a *Accounts) setupOver() {
	if !a.SetupNeeded() {
		return
	}
	a.setup.mu.Lock()
	a.setup.code = ""
	a.setup.mu.Unlock()
	if err := a.tables.setFlag(setupFlag); err != nil {
		a.log.Error("storing that the node is set up", "err", err)
	}
}

// CompleteSetup makes the owner's account for whoever has the code. It fails with
// ErrSetupDone, ErrRefused, ErrBadCredentials for a wrong code, a *ThrottledError, or
// a *RuleError about name or password, after which the code is still good.
func (a *Accounts) CompleteSetup(ctx context.Context, code, name, password string, o origin.Origin) (User, error) {
	if o.Foreign || o.Zone == origin.Unknown || o.Zone == origin.Proxy {
		return User{}, ErrRefused
	}
	if !a.SetupNeeded() {
		return User{}, ErrSetupDone
	}
	limits := []limit{byAddress("setup", o), {"setup", personWait}}
	if err := a.throttle.begin(limits...); err != nil {
		return User{}, err
	}
	if !sameCode(code, a.SetupCode()) {
		return User{}, ErrBadCredentials
	}
	a.throttle.succeeded(limits...)
	if password == "" {
		return User{}, rule("The owner needs a password.")
	}
	hash, err := a.hash(ctx, password)
	if err != nil {
		return User{}, err
	}
	a.writing.Lock()
	defer a.writing.Unlock()
	if !sameCode(code, a.SetupCode()) { // somebody else was faster
		return User{}, ErrSetupDone
	}
	return a.addLocked(User{Name: name, Admin: true, RemoteAccess: true, Downloads: true}, hash)
}

// sameCode compares codes as people type them.
func sameCode(typed, code string) bool {
	typed = strings.ToUpper(strings.NewReplacer("-", "", " ", "").Replace(typed))
	code = strings.ReplaceAll(code, "-", "")
	return code != "" && subtle.ConstantTimeCompare([]byte(typed), []byte(code)) == 1
}
