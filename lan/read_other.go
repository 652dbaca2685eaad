//go:build !linux

package lan

import "errors"

var errNotificationsEnded = errors.New("the system's notifications ended")

func readLinks() ([]link, error) { return readPortable() }

func contained() bool { return false }

// notifications has nothing to offer here: Network polls.
func notifications() (<-chan struct{}, func(), error) { return nil, func() {}, nil }
