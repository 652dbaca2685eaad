// Package tunnel defines what the node needs of a private road from outside the
// home: listeners, proof of who is calling, and a status to show. The two
// implementations are tunnel/tailnet and tunnel/wireguard.
//
// No package below tunnel/ may import lan/, and nothing in lan/ may import
// tunnel/: local discovery never rides a tunnel and a tunnel never reaches it.
package tunnel

import (
	"context"
	"net"
	"net/netip"
	"time"

	"sett/node/origin"
)

// Tunnel is one private road. Open may be called again after Close.
type Tunnel interface {
	// Name is the tunnel's name in logs and settings: "tailnet", "wireguard".
	Name() string
	// Zone is the zone of every connection its listeners accept.
	Zone() origin.Zone
	// Open brings the tunnel up and returns its listeners. It blocks until the
	// tunnel can accept connections or ctx ends; waiting for a person to approve
	// the node counts as blocking and is visible in Status meanwhile.
	Open(context.Context) ([]Listener, error)
	// WhoIs says who is behind a remote address seen on one of its listeners.
	WhoIs(context.Context, netip.AddrPort) (origin.Peer, error)
	// Status never blocks.
	Status() Status
	// Close takes the tunnel down and returns when nothing of it runs any more.
	Close() error
}

// Listener is an opened listener and what to speak on it.
type Listener struct {
	net.Listener
	TLS bool // connections are already TLS: the listener unwraps it itself
}

// State is how far a tunnel has come.
type State uint8

const (
	Off         State = iota // not configured, or not open
	Starting                 // no answer from its control plane yet
	NeedsLogin               // a person must visit Status.LoginURL
	NeedsAccept              // the network's administrator must approve the device
	Running                  // connections are accepted
	Failed                   // see Status.Err; the node tries again
)

var stateNames = [...]string{"off", "starting", "needs-login", "needs-approval", "running", "failed"}

func (s State) String() string { return stateNames[s] }

// Status is a snapshot for people and metrics.
type Status struct {
	State     State
	Err       string       // one plain sentence when State is Failed
	LoginURL  string       // set while State is NeedsLogin
	Hostname  string       // short name asked for
	DNSName   string       // full name inside the tunnel, without trailing dot
	Addrs     []netip.Addr // our addresses inside the tunnel
	URLs      []string     // where a client opens the node, best first
	KeyExpiry time.Time    // zero: does not expire or not known
	Health    []string     // warnings of the tunnel's own health checks
	Since     time.Time    // when State was entered
}
