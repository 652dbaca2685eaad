package account

import (
	"context"
	"fmt"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
)

const (
	minPassword = 4    // characters; guessing is throttled, and televisions have no keyboard
	maxPassword = 1024 // bytes
	// hashing is how many passwords are hashed at once: each takes 19 MiB and a core.
	hashing = 2
)

// hashParams follow OWASP's choice for argon2id on small machines.
var hashParams = argon2id.Params{Memory: 19 << 10, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// hasher hashes passwords, few at a time.
type hasher struct {
	slots  chan struct{}
	nobody string // a hash that no password has, to check for people who do not exist
}

func newHasher() *hasher {
	return &hasher{slots: make(chan struct{}, hashing),
		nobody: "$argon2id$v=19$m=19456,t=2,p=1$c2V0dC1ub2JvZHktc2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}
}

func (h *hasher) enter(ctx context.Context) error {
	select {
	case h.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (h *hasher) leave() { <-h.slots }

// check compares a password with a hash; "" is nobody's and takes just as long.
func (h *hasher) check(ctx context.Context, password, hash string) (ok, outdated bool, err error) {
	if len(password) > maxPassword {
		password = password[:maxPassword] + "…" // matches nothing
	}
	if err := h.enter(ctx); err != nil {
		return false, false, err
	}
	defer h.leave()
	if hash == "" {
		_, _ = argon2id.ComparePasswordAndHash(password, h.nobody)
		return false, false, nil
	}
	ok, params, err := argon2id.CheckHash(password, hash)
	if err != nil {
		return false, false, fmt.Errorf("checking a password: %w", err)
	}
	return ok, *params != hashParams, nil
}

func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	if err := h.enter(ctx); err != nil {
		return "", err
	}
	defer h.leave()
	return argon2id.CreateHash(password, &hashParams)
}

// hash checks a new password against the rules and hashes it; "" stays "".
func (a *Accounts) hash(ctx context.Context, password string) (string, error) {
	switch {
	case password == "":
		return "", nil
	case utf8.RuneCountInString(password) < minPassword:
		return "", rule("A password has at least %d characters.", minPassword)
	case len(password) > maxPassword:
		return "", rule("A password has at most %d bytes.", maxPassword)
	}
	return a.hasher.hash(ctx, password)
}
