package discovery

import (
	"errors"
	"syscall"
)

func shareAddress(string, string, syscall.RawConn) error { return nil }

// isDatagramError: connection reset (10054) and message too long (10040) by
// Windows numbers, harmless elsewhere.
func isDatagramError(err error) bool {
	return errors.Is(err, syscall.Errno(10054)) || errors.Is(err, syscall.Errno(10040))
}
