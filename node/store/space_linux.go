package store

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// freeSpace is how many bytes this process may still write in a folder's file system.
func freeSpace(dir string) (int64, error) {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return 0, fmt.Errorf("free space of %s: %w", dir, err)
	}
	return int64(st.Bavail) * st.Bsize, nil
}

// setAside gives a file its blocks now.
func setAside(f *os.File, n int64) error { return unix.Fallocate(int(f.Fd()), 0, 0, n) }
