//go:build unix

package store

import (
	"os"

	"golang.org/x/sys/unix"
)

// locked reports whether somebody has the database open. It is asked before anything in
// the folder is touched; the database takes the lock for good.
func locked(dir string) bool {
	f, err := os.Open(dir)
	if err != nil {
		return false
	}
	defer f.Close()
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		return err == unix.EWOULDBLOCK
	}
	return false // the lock goes with the descriptor
}
