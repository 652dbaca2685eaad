package hls

import (
	"fmt"
	"syscall"
)

// enough reports whether the disk that holds dir has reserve bytes left. FFmpeg
// goes on when the disk is full, and leaves segments that are cut short or empty;
// so nobody may come near to that.
func enough(dir string, reserve int64) error {
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err != nil {
		return fmt.Errorf("ask for the free space in %s: %w", dir, err)
	}
	if free := int64(st.Bavail) * int64(st.Bsize); free < reserve { //nolint:unconvert // types differ between systems
		return fmt.Errorf("%w: %d bytes are left", ErrFull, free)
	}
	return nil
}
