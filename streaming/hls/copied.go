package hls

import (
	"context"
	"fmt"
	"io"
	"sync"

	"sett/streaming/remux"
)

// copied is a segment cut in process. It keeps its film open, whatever becomes of
// the session.
type copied struct {
	*remux.Reader
	src  *source
	once sync.Once
}

func (c *copied) Close() error {
	err := c.Reader.Close()
	c.once.Do(c.src.release)
	return err
}

// copySegment opens a segment of a session that copies in process.
func (s *Session) copySegment(ctx context.Context, n int) (io.ReadSeekCloser, error) {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil, ErrClosed
	}
	s.src.hold() // under the lock: close has not released it yet
	s.waiting++
	s.reader = n
	s.mu.Unlock()
	r, err := s.out.Segment(ctx, n)
	s.mu.Lock()
	s.waiting--
	s.mu.Unlock()
	s.Touch()
	if err != nil {
		s.src.release()
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		return nil, fmt.Errorf("%w: %w", ErrConversion, err)
	}
	return &copied{Reader: r, src: s.src}, nil
}
