package facts

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// Bounds of what a native reader takes from one file. Real headers stay far below;
// pictures in tags are passed over, not read.
const (
	MaxPiece  = 16 << 20 // bytes taken at once
	maxTotal  = 96 << 20 // bytes read from one file
	windowLen = 8 << 10
)

// Reader reads pieces of a file through a small window, and gives up with
// [ErrUnsure] where a file would have it read too much.
type Reader struct {
	ctx   context.Context
	r     io.ReaderAt
	size  int64
	total int64

	at  int64
	buf []byte
}

// NewReader reads a file of the given size until ctx ends.
func NewReader(ctx context.Context, r io.ReaderAt, size int64) *Reader {
	return &Reader{ctx: ctx, r: r, size: size}
}

// Size is the file's, in bytes.
func (r *Reader) Size() int64 { return r.size }

// Peek returns up to n bytes at a position, fewer only at the end of the file. They
// stay valid until the next call.
func (r *Reader) Peek(pos int64, n int) ([]byte, error) {
	if pos < 0 || pos >= r.size || n <= 0 {
		return nil, nil
	}
	n = int(min(int64(n), r.size-pos))
	if off := pos - r.at; off >= 0 && off+int64(n) <= int64(len(r.buf)) {
		return r.buf[off : off+int64(n)], nil
	}
	want := max(n, windowLen)
	if n > MaxPiece {
		return nil, Unsure("a piece of %d bytes", n)
	}
	if err := r.spend(min(int64(want), r.size-pos)); err != nil {
		return nil, err
	}
	if cap(r.buf) < want || cap(r.buf) > 1<<20 && want <= windowLen {
		r.buf = make([]byte, want)
	}
	got, err := r.r.ReadAt(r.buf[:want], pos)
	r.at, r.buf = pos, r.buf[:got]
	if err != nil && !errors.Is(err, io.EOF) {
		r.buf = r.buf[:0]
		return nil, fmt.Errorf("read at %d: %w", pos, err)
	}
	return r.buf[:min(n, got)], nil
}

// Bytes returns exactly n bytes at a position, valid until the next call. Where the
// file ends before that it is unsure.
func (r *Reader) Bytes(pos int64, n int) ([]byte, error) {
	b, err := r.Peek(pos, n)
	if err != nil {
		return nil, err
	}
	if len(b) < n {
		return nil, Unsure("the file ends at %d, within what should be there", r.size)
	}
	return b, nil
}

// Load is Bytes in memory of its own, not shared with the window.
func (r *Reader) Load(pos, n int64) ([]byte, error) {
	if n < 0 || n > MaxPiece || pos < 0 || n > r.size-pos {
		return nil, Unsure("a piece of %d bytes at %d", n, pos)
	}
	if err := r.spend(n); err != nil {
		return nil, err
	}
	b := make([]byte, n)
	if _, err := r.r.ReadAt(b, pos); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read at %d: %w", pos, err)
	} else if err != nil && n > 0 {
		return nil, Unsure("the file ended while it was read")
	}
	return b, nil
}

func (r *Reader) spend(n int64) error {
	if err := r.ctx.Err(); err != nil {
		return err
	}
	if r.total += n; r.total > maxTotal {
		return Unsure("more than %d bytes would have to be read", maxTotal)
	}
	return nil
}
