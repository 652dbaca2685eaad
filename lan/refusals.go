package lan

import (
	"log/slog"
	"maps"
	"net/netip"
	"slices"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// maxRefusedSources bounds the table of refused sources; the one silent longest
// makes room. The totals stay exact.
const maxRefusedSources = 512

// Refusal is one source that was turned away.
type Refusal struct {
	Source      netip.Addr
	Local       netip.AddrPort // what it asked for last
	Why         string         // one of the Why constants
	Count       uint64
	First, Last time.Time
}

// Refusals counts who was turned away at one door. It may be used from any
// goroutine.
type Refusals struct {
	door string
	log  *slog.Logger

	mu      sync.Mutex
	byWhy   map[string]uint64
	sources map[netip.Addr]*Refusal
	quiet   *rate.Limiter
	unsaid  uint64 // refusals without a log line since the last one
}

// NewRefusals counts for a door ("tcp", "discovery") and logs some of it: a line for each
// of the first few, then one every ten seconds.
func NewRefusals(door string, log *slog.Logger) *Refusals {
	return &Refusals{
		door: door, log: log, byWhy: map[string]uint64{}, sources: map[netip.Addr]*Refusal{},
		quiet: rate.NewLimiter(rate.Every(10*time.Second), 5),
	}
}

// Add counts one refusal.
func (r *Refusals) Add(source netip.Addr, local netip.AddrPort, why string) {
	source, now := source.Unmap().WithZone(""), time.Now()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.byWhy[why]++
	seen := r.sources[source]
	if seen == nil {
		r.makeRoomLocked()
		seen = &Refusal{Source: source, First: now}
		r.sources[source] = seen
	}
	seen.Local, seen.Why, seen.Last = local, why, now
	seen.Count++
	if !r.quiet.AllowN(now, 1) {
		r.unsaid++
		return
	}
	r.log.Warn("refused: not from the home network", "door", r.door, "source", source, "local", local,
		"why", why, "times", seen.Count, "unsaid", r.unsaid)
	r.unsaid = 0
}

func (r *Refusals) makeRoomLocked() {
	if len(r.sources) < maxRefusedSources {
		return
	}
	var oldest *Refusal
	for _, s := range r.sources {
		if oldest == nil || s.Last.Before(oldest.Last) {
			oldest = s
		}
	}
	delete(r.sources, oldest.Source)
}

// ByWhy returns how often each reason occurred since start.
func (r *Refusals) ByWhy() map[string]uint64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return maps.Clone(r.byWhy)
}

// Sources returns the refused sources, the latest first.
func (r *Refusals) Sources() []Refusal {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := make([]Refusal, 0, len(r.sources))
	for _, s := range r.sources {
		out = append(out, *s)
	}
	slices.SortFunc(out, func(a, b Refusal) int { return b.Last.Compare(a.Last) })
	return out
}
