package account

import (
	"net/netip"
	"sync"
	"time"

	"sett/node/origin"
)

const (
	freeTries    = 5                // before the first wait
	firstWait    = time.Second      // doubled by every further failure
	addressWait  = 15 * time.Minute // longest wait of an address
	personWait   = 30 * time.Second // of a person: nobody shall lock others out for long
	forget       = 30 * time.Minute // without another failure
	maxThrottles = 20000
)

// throttle slows guessing down, for each address and each person alike. An attempt
// counts as failed until it has succeeded, so that parallel ones gain nothing.
type throttle struct {
	mu      sync.Mutex
	entries map[string]*tries
}

type tries struct {
	failed int
	last   time.Time
	until  time.Time
}

func newThrottle() *throttle { return &throttle{entries: map[string]*tries{}} }

// limit is one thing that attempts are counted by, and its longest wait.
type limit struct {
	key  string
	most time.Duration
}

// byAddress counts by where a request came from: the zone and the address, of which
// IPv6 callers have 2⁶⁴ to choose from.
func byAddress(kind string, o origin.Origin) limit {
	return limit{kind + "|" + o.Zone.String() + "|" + network(o.Addr.Addr()).String(), addressWait}
}

func network(a netip.Addr) netip.Prefix {
	bits := 64
	if a.Is4() {
		bits = 32
	}
	p, err := a.WithZone("").Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return p
}

// begin counts an attempt against every limit, or refuses it by a *ThrottledError
// without counting.
func (t *throttle) begin(limits ...limit) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := time.Now()
	var wait time.Duration
	for _, l := range limits {
		if e := t.entries[l.key]; e != nil {
			wait = max(wait, e.until.Sub(now))
		}
	}
	if wait > 0 {
		return &ThrottledError{wait}
	}
	for _, l := range limits {
		t.countLocked(l, now)
	}
	return nil
}

func (t *throttle) countLocked(l limit, now time.Time) {
	e := t.entries[l.key]
	if e == nil || now.Sub(e.last) > forget {
		if e == nil && len(t.entries) >= maxThrottles {
			t.makeRoomLocked(now)
		}
		e = &tries{}
		t.entries[l.key] = e
	}
	e.failed++
	e.last = now
	if over := e.failed - freeTries; over >= 0 {
		e.until = now.Add(min(l.most, firstWait<<min(over, 20)))
	}
}

// succeeded takes an attempt back. What failed before stays counted for addresses,
// or somebody with an account could guess at others' for ever; reset forgets it.
func (t *throttle) succeeded(limits ...limit) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, l := range limits {
		if e := t.entries[l.key]; e != nil {
			e.failed, e.until = e.failed-1, time.Time{}
		}
	}
}

func (t *throttle) reset(l limit) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.entries, l.key)
}

// sweep forgets what is old.
func (t *throttle) sweep() {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := time.Now()
	for k, e := range t.entries {
		if now.Sub(e.last) > forget {
			delete(t.entries, k)
		}
	}
}

// makeRoomLocked drops the old, or, under attack from everywhere, any that do not
// wait at present.
func (t *throttle) makeRoomLocked(now time.Time) {
	for k, e := range t.entries {
		if now.Sub(e.last) > forget || now.After(e.until) {
			delete(t.entries, k)
		}
	}
	for k := range t.entries {
		if len(t.entries) < maxThrottles {
			return
		}
		delete(t.entries, k)
	}
}
