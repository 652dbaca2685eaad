package tailnet

import (
	"context"
	"net/netip"
	"sync"
	"time"

	"tailscale.com/ipn/ipnstate"
	"tailscale.com/tailcfg"

	"sett/node/origin"
)

const (
	pathTTL     = 2 * time.Second // asking at every request then costs nothing
	pathTimeout = time.Second
)

// paths knows the present path of every peer, read together and kept briefly.
type paths struct {
	run *run

	mu   sync.Mutex
	read time.Time
	byID map[tailcfg.StableNodeID]origin.Path
}

// of returns the path of one peer; the zero Path when it is not known, as after
// the tunnel was closed.
func (p *paths) of(id tailcfg.StableNodeID) origin.Path {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.run.ctx.Err() != nil {
		return origin.Path{}
	}
	if time.Since(p.read) > pathTTL {
		p.readLocked()
	}
	return p.byID[id]
}

// readLocked keeps the paths read before when there is no answer in time.
func (p *paths) readLocked() {
	ctx, cancel := context.WithTimeout(p.run.ctx, pathTimeout)
	defer cancel()
	p.read = time.Now()
	st, err := p.run.lc.Status(ctx)
	if err != nil {
		p.run.log.Debug("read the paths of tailnet peers", "err", err)
		return
	}
	p.byID = make(map[tailcfg.StableNodeID]origin.Path, len(st.Peer))
	for _, ps := range st.Peer {
		p.byID[ps.ID] = pathOf(ps, p.run.cfg.OnLink)
	}
}

// pathOf says which road a peer's packets take. A relay region is always named by
// the library and counts only when there is nothing better.
func pathOf(ps *ipnstate.PeerStatus, onLink func(netip.Addr) bool) origin.Path {
	switch {
	case ps.CurAddr != "":
		ap, err := netip.ParseAddrPort(ps.CurAddr)
		if err == nil && onLink(ap.Addr().Unmap().WithZone("")) {
			return origin.Path{Kind: origin.PathLAN}
		}
		return origin.Path{Kind: origin.PathDirect}
	case ps.PeerRelay != "":
		return origin.Path{Kind: origin.PathRelay}
	case ps.Relay != "":
		return origin.Path{Kind: origin.PathDERP, Region: ps.Relay}
	}
	return origin.Path{}
}
