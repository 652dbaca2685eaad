package account

import (
	"errors"
	"fmt"
	"time"
)

var (
	// ErrBadCredentials: the name, password, code or token is wrong; which one is
	// not said.
	ErrBadCredentials = errors.New("the name or the password is wrong")
	// ErrRefused: the proof is right, but not on this road.
	ErrRefused = errors.New("signing in is not allowed from here")
	// ErrDisabled: the person proved who they are, and may not sign in.
	ErrDisabled = errors.New("this account is disabled")
	// ErrNoSuchUser: the id or name is nobody's.
	ErrNoSuchUser = errors.New("there is no such person")
	// ErrNoSuchCode: the Quick Connect code or secret is unknown, used or too old.
	ErrNoSuchCode = errors.New("there is no such code, or it is no longer valid")
	// ErrSetupDone: the owner's account exists; setup stays closed for ever.
	ErrSetupDone error = &RuleError{"This node has been set up already."}
)

// ThrottledError says that there were too many attempts.
type ThrottledError struct {
	After time.Duration // until the next attempt is looked at
}

func (e *ThrottledError) Error() string {
	return fmt.Sprintf("too many attempts; wait %s", e.After.Round(time.Second))
}

// RuleError is a change that the rules forbid, in one plain sentence for people.
type RuleError struct{ Text string }

func (e *RuleError) Error() string { return e.Text }

func rule(format string, args ...any) error { return &RuleError{fmt.Sprintf(format, args...)} }
