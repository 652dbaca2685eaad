package tailnet

import (
	"net"
	"net/netip"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"tailscale.com/ipn"
	"tailscale.com/ipn/ipnstate"

	"sett/tunnel"
)

// board holds the tunnel's present Status and tells of its changes.
type board struct {
	onChange func(tunnel.Status) // may be nil

	telling sync.Mutex // held over set and onChange, so that changes arrive in order
	mu      sync.Mutex // guards now; never held while calling out
	now     tunnel.Status
}

// get returns a copy nobody else writes to.
func (b *board) get() tunnel.Status {
	b.mu.Lock()
	defer b.mu.Unlock()
	st := b.now
	st.Addrs, st.URLs, st.Health = slices.Clone(st.Addrs), slices.Clone(st.URLs), slices.Clone(st.Health)
	return st
}

// set replaces the status, keeping Since while the state stays the same. It
// returns the state before.
func (b *board) set(st tunnel.Status) tunnel.State {
	b.telling.Lock()
	defer b.telling.Unlock()
	b.mu.Lock()
	before := b.now
	st.Since = before.Since
	if st.State != before.State || before.Since.IsZero() {
		st.Since = time.Now()
	}
	b.now = st
	b.mu.Unlock()
	if b.onChange != nil && !reflect.DeepEqual(st, before) {
		b.onChange(b.get())
	}
	return before.State
}

// stateOf translates the library's state. Without a link to visit, NeedsLogin is
// only a moment on the way in.
func stateOf(st *ipnstate.Status) tunnel.State {
	switch st.BackendState {
	case ipn.Running.String():
		if len(st.TailscaleIPs) > 0 {
			return tunnel.Running
		}
	case ipn.NeedsLogin.String():
		if st.AuthURL != "" {
			return tunnel.NeedsLogin
		}
	case ipn.NeedsMachineAuth.String():
		return tunnel.NeedsAccept
	}
	return tunnel.Starting
}

// statusOf describes the library's status for people. secureName is the name with
// a working certificate, "" for none.
func statusOf(cfg Config, st *ipnstate.Status, secureName string) tunnel.Status {
	out := tunnel.Status{
		State:    stateOf(st),
		Hostname: cfg.Hostname,
		Addrs:    slices.Clone(st.TailscaleIPs),
		Health:   slices.Clone(st.Health),
	}
	if out.State == tunnel.NeedsLogin {
		out.LoginURL = st.AuthURL
	}
	if st.Self == nil {
		return out
	}
	out.DNSName = strings.TrimSuffix(st.Self.DNSName, ".")
	if st.Self.KeyExpiry != nil {
		out.KeyExpiry = *st.Self.KeyExpiry
	}
	if out.State == tunnel.Running {
		name := out.DNSName
		if st.CurrentTailnet == nil || !st.CurrentTailnet.MagicDNSEnabled {
			name = "" // nobody could resolve it
		}
		out.URLs = urls(secureName, name, out.Addrs, cfg.HTTPPorts)
	}
	return out
}

// urls lists where a client opens the node: by name before by number, TLS first,
// every plain port in the order of the settings.
func urls(secureName, name string, addrs []netip.Addr, ports []uint16) []string {
	var out []string
	if secureName != "" {
		out = append(out, "https://"+secureName)
	}
	var hosts []string
	if name != "" {
		hosts = append(hosts, name)
	}
	for _, a := range addrs {
		hosts = append(hosts, a.String())
	}
	for _, h := range hosts {
		for _, p := range ports {
			out = append(out, "http://"+hostPort(h, p))
		}
	}
	return out
}

func hostPort(host string, port uint16) string {
	if port != 80 {
		return net.JoinHostPort(host, strconv.Itoa(int(port)))
	}
	if strings.Contains(host, ":") {
		return "[" + host + "]"
	}
	return host
}
