package discovery

import (
	"net/netip"
	"time"

	"golang.org/x/time/rate"
)

const (
	sourceRate, sourceBurst = 5, 10
	globalRate, globalBurst = 2000, 500
	maxSources              = 1024
	idle                    = sourceBurst / sourceRate * time.Second // a bucket is full again
)

// limiter keeps one token bucket per source and one for all. It belongs to the
// read loop and is not safe for others.
type limiter struct {
	all     *rate.Limiter
	sources map[netip.Addr]*bucket
	swept   time.Time
}

type bucket struct {
	*rate.Limiter
	last time.Time
}

func newLimiter() *limiter {
	return &limiter{all: rate.NewLimiter(globalRate, globalBurst), sources: map[netip.Addr]*bucket{}}
}

// allow takes a token of the source and one of all. A source that finds the table
// full of busy others waits its turn.
func (l *limiter) allow(source netip.Addr, now time.Time) bool {
	b := l.sources[source]
	if b == nil {
		if len(l.sources) >= maxSources && !l.sweep(now) {
			return false
		}
		b = &bucket{Limiter: rate.NewLimiter(sourceRate, sourceBurst)}
		l.sources[source] = b
	}
	b.last = now
	return b.AllowN(now, 1) && l.all.AllowN(now, 1)
}

// sweep forgets sources whose bucket is full again, at most four times a second,
// and reports whether there is room.
func (l *limiter) sweep(now time.Time) bool {
	if now.Sub(l.swept) < 250*time.Millisecond {
		return false
	}
	l.swept = now
	for a, b := range l.sources {
		if now.Sub(b.last) > idle {
			delete(l.sources, a)
		}
	}
	return len(l.sources) < maxSources
}
