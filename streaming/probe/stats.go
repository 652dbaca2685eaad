package probe

import (
	"context"
	"sync/atomic"
)

// Stats counts how files were read. It may be read while they are.
type Stats struct {
	native, asked, frames atomic.Int64
}

// Native is the number of files read in process.
func (s *Stats) Native() int64 { return s.native.Load() }

// Asked is the number of files that ffprobe was asked about.
func (s *Stats) Asked() int64 { return s.asked.Load() }

// Frames is the number of films of which ffprobe looked at the first picture.
func (s *Stats) Frames() int64 { return s.frames.Load() }

type statsKey struct{}

// WithStats returns a context whose files are counted in s.
func WithStats(ctx context.Context, s *Stats) context.Context {
	return context.WithValue(ctx, statsKey{}, s)
}

// statsOf is where files are counted: nowhere in particular where nobody asked.
func statsOf(ctx context.Context) *Stats {
	if s, ok := ctx.Value(statsKey{}).(*Stats); ok {
		return s
	}
	return new(Stats)
}
