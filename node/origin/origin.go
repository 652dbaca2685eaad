// Package origin says where a connection came from and who the road it took
// vouches for. The answer is fixed by the listener that accepted the connection;
// nothing a client sends can change it.
//
// It is a leaf: standard library only, so that every other package may ask.
// Decisions (what a zone may reach) do not live here; see node/guard.
package origin

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"time"
)

// Zone is the kind of listener that accepted a connection.
type Zone uint8

const (
	Unknown   Zone = iota // nobody stamped the connection; always refused
	Local                 // loopback or unix socket on the machine itself
	LAN                   // a home-network listener, checked on-link at accept
	Tailnet               // the tsnet listener
	WireGuard             // the user-space WireGuard listener
	Proxy                 // the opt-in listener that alone believes forwarded headers
)

var zoneNames = [...]string{"unknown", "local", "lan", "tailnet", "wireguard", "proxy"}

func (z Zone) String() string {
	if int(z) < len(zoneNames) {
		return zoneNames[z]
	}
	return fmt.Sprintf("zone(%d)", uint8(z))
}

// AtHome reports whether the zone is the machine or its home network.
func (z Zone) AtHome() bool { return z == Local || z == LAN }

// PathKind is the kind of road packets of a tunnel take right now.
type PathKind uint8

const (
	PathUnknown PathKind = iota
	PathLAN              // the peer's packets come straight from the same home network
	PathDirect           // peer to peer over the internet
	PathRelay            // through another peer of the same tailnet
	PathDERP             // through a relay server of the control plane
)

var pathNames = [...]string{"unknown", "lan", "direct", "relay", "derp"}

func (k PathKind) String() string {
	if int(k) < len(pathNames) {
		return pathNames[k]
	}
	return fmt.Sprintf("path(%d)", uint8(k))
}

// Path is the present road of one peer. It may change while a film plays.
type Path struct {
	Kind   PathKind
	Region string        // DERP region code when Kind is PathDERP
	RTT    time.Duration // zero: not measured
}

// Grant is one value of the application capability that the network's policy
// gives a peer, as raw JSON. node/account gives it meaning.
type Grant = json.RawMessage

// Peer is who the road vouches for. The zero Peer is nobody.
type Peer struct {
	ID     string  // stable id of the device on its network
	Login  string  // login name of the human, "" for none
	Name   string  // display name of the human
	Device string  // device name, for people to read only
	Tagged bool    // a tagged device belongs to no human and is never signed in
	Shared bool    // the device was shared into the network from another one
	Router bool    // the device forwards for others, so its login proves little
	Grants []Grant // application capabilities
	Path   func() Path
}

// Human reports whether the road proves a person behind the connection.
func (p Peer) Human() bool { return p.Login != "" && !p.Tagged && !p.Router }

// Origin describes one accepted connection. It is immutable.
type Origin struct {
	Zone  Zone
	Addr  netip.AddrPort // the remote end, unmapped
	Local netip.AddrPort // the address of ours that was dialled
	// Foreign: a page of another web site made this request in somebody's browser.
	// Where the browser is, and whom its road vouches for, then counts for nothing.
	Foreign bool
	peer    func() (Peer, error)
}

// Peer returns who the road vouches for: the zero Peer and no error in zones that
// prove nothing. The first call may block on a look-up; a success is remembered
// for the connection's life, a failure is tried again.
func (o Origin) Peer() (Peer, error) {
	if o.peer == nil {
		return Peer{}, nil
	}
	return o.peer()
}

// AsForeign returns the origin of a request that another site's page made over the
// same connection: foreign, and with nobody vouched for.
func (o Origin) AsForeign() Origin {
	o.Foreign, o.peer = true, nil
	return o
}

type key struct{}

// Stamp returns an http.Server ConnContext hook that marks every connection of
// one listener with zone. who (may be nil) is asked lazily, on the first request
// that wants to know: ConnContext runs in the accept loop and must not block.
func Stamp(zone Zone, who func(netip.AddrPort) (Peer, error)) func(context.Context, net.Conn) context.Context {
	return func(ctx context.Context, c net.Conn) context.Context {
		o := Origin{Zone: zone, Addr: addrPort(c.RemoteAddr()), Local: addrPort(c.LocalAddr())}
		if who != nil {
			o.peer = onceGood(func() (Peer, error) { return who(o.Addr) })
		}
		return With(ctx, o)
	}
}

// With returns ctx carrying o.
func With(ctx context.Context, o Origin) context.Context { return context.WithValue(ctx, key{}, o) }

// New makes an Origin whose peer is already known, for tests and for listeners
// that learn it another way.
func New(zone Zone, addr, local netip.AddrPort, peer func() (Peer, error)) Origin {
	return Origin{Zone: zone, Addr: addr, Local: local, peer: peer}
}

// Of returns the Origin in ctx; a context nobody stamped is of the Unknown zone.
func Of(ctx context.Context) Origin {
	o, _ := ctx.Value(key{}).(Origin)
	return o
}

// onceGood remembers the first success of f and asks again after a failure.
func onceGood(f func() (Peer, error)) func() (Peer, error) {
	var mu sync.Mutex
	var known *Peer
	return func() (Peer, error) {
		mu.Lock()
		defer mu.Unlock()
		if known != nil {
			return *known, nil
		}
		p, err := f()
		if err != nil {
			return Peer{}, err
		}
		known = &p
		return p, nil
	}
}

func addrPort(a net.Addr) netip.AddrPort {
	if a == nil {
		return netip.AddrPort{}
	}
	ap, err := netip.ParseAddrPort(a.String())
	if err != nil {
		return netip.AddrPort{}
	}
	return netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())
}
