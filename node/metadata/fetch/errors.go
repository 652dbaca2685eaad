package fetch

import (
	"errors"
	"fmt"
	"net/url"
	"time"
)

// Errors that callers branch on.
var (
	ErrOffline   = errors.New("the node is offline by choice")
	ErrBadKey    = errors.New("the provider refuses the key")
	ErrForbidden = errors.New("this address is not to be asked")
	ErrTooLarge  = errors.New("the answer is too large")
	ErrNotImage  = errors.New("the answer is no picture")
	ErrAnswer    = errors.New("the provider cannot make sense of the request")
)

// Busy says that a provider fails or wants to be left alone for now.
type Busy struct {
	Until time.Time // when asking again makes sense
	Err   error     // why
}

func (b *Busy) Error() string {
	return fmt.Sprintf("busy until %s: %v", b.Until.UTC().Format(time.RFC3339), b.Err)
}

// Unwrap returns why.
func (b *Busy) Unwrap() error { return b.Err }

// plain takes the URL, which may hold a key, out of an error.
func plain(err error) error {
	var u *url.Error
	for errors.As(err, &u) {
		err = u.Err
	}
	return err
}
