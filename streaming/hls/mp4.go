package hls

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// maxHead bounds an init segment: one has a kilobyte or two.
const maxHead = 1 << 20

var errNoFragment = errors.New("no fragment in the file")

// headSize walks the top-level boxes of an MP4 file to its first fragment.
func headSize(r io.ReaderAt) (int64, error) {
	var at int64
	for at < maxHead {
		var h [16]byte
		if _, err := r.ReadAt(h[:8], at); err != nil {
			return 0, fmt.Errorf("%w (%v)", errNoFragment, err)
		}
		size := int64(binary.BigEndian.Uint32(h[:4]))
		if string(h[4:8]) == "moof" {
			return at, nil
		}
		if size == 1 {
			if _, err := r.ReadAt(h[8:], at+8); err != nil {
				return 0, fmt.Errorf("%w (%v)", errNoFragment, err)
			}
			size = int64(binary.BigEndian.Uint64(h[8:]))
		}
		if size < 8 || size > maxHead {
			return 0, errNoFragment
		}
		at += size
	}
	return 0, errNoFragment
}

// splitFile moves the fragments of an MP4 file to one of their own, beside it and
// in place of it, and returns what stood before them. A file of their own, and not
// a part of one, can be sent by the kernel.
func splitFile(path string) (segment, []byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return segment{}, nil, err
	}
	defer f.Close()
	at, err := headSize(f)
	if errors.Is(err, errNoFragment) {
		// Nothing happens in this stretch of the film. An empty segment says so.
		return segment{path, 0}, nil, os.Truncate(path, 0)
	} else if err != nil {
		return segment{}, nil, err
	}
	head := make([]byte, at)
	if _, err := io.ReadFull(f, head); err != nil {
		return segment{}, nil, err
	}
	out, err := os.CreateTemp(filepath.Dir(path), "media-*.m4s")
	if err != nil {
		return segment{}, nil, err
	}
	size, err := io.Copy(out, f)
	if err = errors.Join(err, out.Close(), os.Remove(path)); err != nil {
		_ = os.Remove(out.Name())
		return segment{}, nil, err
	}
	return segment{out.Name(), size}, head, nil
}
