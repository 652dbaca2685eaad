package account

import (
	"net/netip"
	"strings"
	"sync"
	"time"

	"sett/node/library"
	"sett/node/origin"
)

const (
	grantLife       = 6 * time.Hour // since the token was last used there
	maxPlaces       = 4096
	tokensPerPlace  = 16
	itemsPerGrant   = 4096
	provenHashStart = "peer:"
)

// Grants remember which items were handed to signed-in clients at which address, for
// clients that then fetch streams, subtitles and pictures without their token. A
// grant holds for the same address in the same zone only, ends some hours after the
// token was last used there, and dies with the token.
//
// Nothing is granted to connections nobody stamped, to the Proxy zone, where many
// people may share an address, and to pages of other sites.
type Grants struct {
	mu     sync.Mutex
	places map[place]map[string]*handed // by token hash
}

type place struct {
	zone origin.Zone
	addr netip.Addr
}

// handed is what one token's client was given at one place. Items are forgotten in
// the order in which they came.
type handed struct {
	used  time.Time
	items map[library.ID]bool
	order []library.ID // a ring once it is full
	next  int
}

func newGrants() *Grants { return &Grants{places: map[place]map[string]*handed{}} }

func placeOf(o origin.Origin) (place, bool) {
	ok := !o.Foreign && o.Addr.IsValid() && o.Zone != origin.Unknown && o.Zone != origin.Proxy
	return place{o.Zone, o.Addr.Addr()}, ok
}

// Give remembers that a client with the token was handed an item. A token that was
// revoked meanwhile gives nothing.
func (g *Grants) Give(o origin.Origin, tokenHash string, items ...library.ID) {
	at, ok := placeOf(o)
	if !ok {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	h := g.places[at][tokenHash]
	if h == nil {
		return
	}
	for _, item := range items {
		h.add(item)
	}
}

// seen remembers that a token was used at a place.
func (g *Grants) seen(o origin.Origin, tokenHash string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if h := g.openLocked(o, tokenHash); h != nil {
		h.used = time.Now()
	}
}

// Allows reports whether the caller's address was handed an item.
func (g *Grants) Allows(o origin.Origin, item library.ID) bool {
	return g.any(o, func(h *handed) bool { return h.items[item] })
}

// AllowsImages reports whether somebody signed in used the caller's address lately;
// that is enough for pictures.
func (g *Grants) AllowsImages(o origin.Origin) bool {
	return g.any(o, func(*handed) bool { return true })
}

func (g *Grants) any(o origin.Origin, fits func(*handed) bool) bool {
	at, ok := placeOf(o)
	if !ok {
		return false
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	now := time.Now()
	for _, h := range g.places[at] {
		if now.Sub(h.used) < grantLife && fits(h) {
			return true
		}
	}
	return false
}

// openLocked finds or makes the record of a token at a place; nil where nothing is
// granted. Callers whom the road vouches for need no grant: every request of theirs
// proves itself.
func (g *Grants) openLocked(o origin.Origin, tokenHash string) *handed {
	at, ok := placeOf(o)
	if !ok || tokenHash == "" || strings.HasPrefix(tokenHash, provenHashStart) {
		return nil
	}
	tokens := g.places[at]
	if tokens == nil {
		if len(g.places) >= maxPlaces {
			g.dropOldestLocked()
		}
		tokens = map[string]*handed{}
		g.places[at] = tokens
	}
	h := tokens[tokenHash]
	if h == nil {
		if len(tokens) >= tokensPerPlace {
			delete(tokens, oldest(tokens))
		}
		h = &handed{used: time.Now(), items: map[library.ID]bool{}}
		tokens[tokenHash] = h
	}
	return h
}

func (h *handed) add(item library.ID) {
	if h.items[item] {
		return
	}
	h.items[item] = true
	if len(h.order) < itemsPerGrant {
		h.order = append(h.order, item)
		return
	}
	delete(h.items, h.order[h.next])
	h.order[h.next] = item
	h.next = (h.next + 1) % len(h.order)
}

func oldest(tokens map[string]*handed) string {
	var name string
	var used time.Time
	for n, h := range tokens {
		if name == "" || h.used.Before(used) {
			name, used = n, h.used
		}
	}
	return name
}

func (g *Grants) dropOldestLocked() {
	var gone place
	var used time.Time
	for at, tokens := range g.places {
		last := time.Time{}
		for _, h := range tokens {
			if h.used.After(last) {
				last = h.used
			}
		}
		if used.IsZero() || last.Before(used) {
			gone, used = at, last
		}
	}
	delete(g.places, gone)
}

// dropTokens ends the grants of tokens.
func (g *Grants) dropTokens(tokenHashes []string) {
	if len(tokenHashes) == 0 {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	for at, tokens := range g.places {
		for _, hash := range tokenHashes {
			delete(tokens, hash)
		}
		if len(tokens) == 0 {
			delete(g.places, at)
		}
	}
}

// sweep forgets what has expired.
func (g *Grants) sweep() {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := time.Now()
	for at, tokens := range g.places {
		for hash, h := range tokens {
			if now.Sub(h.used) >= grantLife {
				delete(tokens, hash)
			}
		}
		if len(tokens) == 0 {
			delete(g.places, at)
		}
	}
}
