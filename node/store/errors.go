package store

import (
	"errors"
	"fmt"
	"strings"
	"syscall"
)

// Errors that callers branch on. Wrapped errors say what was tried and what to do.
var (
	ErrLocked   = errors.New("the data directory is in use by another node")
	ErrFull     = errors.New("no space left for the data directory")
	ErrNotFound = errors.New("not found")
	ErrNewer    = errors.New("the data was written by a newer version")
	ErrClosed   = errors.New("the store is closed")
)

// classify names an error of the database. It wraps what it does not know as it is.
func classify(doing string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, ErrFull), errors.Is(err, ErrNotFound), errors.Is(err, ErrClosed):
		return fmt.Errorf("%s: %w", doing, err)
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT),
		strings.Contains(err.Error(), syscall.ENOSPC.Error()):
		return fmt.Errorf("%s: %w: %w", doing, ErrFull, err)
	}
	return fmt.Errorf("%s: %w", doing, err)
}
