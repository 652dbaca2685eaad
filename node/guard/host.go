package guard

import (
	"net"
	"net/netip"
	"net/url"
	"strings"
)

// ownNames collects the names that do not change while the node runs.
func ownNames(o Options) map[string]bool {
	names := map[string]bool{"localhost": true}
	for _, n := range o.Names {
		n = strings.ToLower(strings.TrimSuffix(strings.TrimSpace(n), "."))
		if !strings.Contains(n, ".") {
			n = label(n)
		}
		if n == "" {
			continue
		}
		names[n] = true
		if !strings.Contains(n, ".") {
			names[n+".local"] = true
		}
	}
	if u, err := url.Parse(o.PublishedURL); err == nil && u.Hostname() != "" {
		names[strings.ToLower(u.Hostname())] = true
	}
	return names
}

// label turns a display name into the host name that mDNS gives it: "Mum's films"
// becomes "mum-s-films".
func label(name string) string {
	var b strings.Builder
	for _, r := range name {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	return strings.Trim(b.String(), "-")
}

// ownHost reports whether a Host header names this node. An address is always
// right: the attack it guards against (DNS rebinding) needs a name under somebody
// else's control. A request without Host (HTTP/1.0) comes from no browser.
func (g *Guard) ownHost(hostport string) bool {
	if hostport == "" {
		return true
	}
	host := hostOf(hostport)
	if _, err := netip.ParseAddr(host); err == nil {
		return true
	}
	return g.names[host] || g.tunnelName(host)
}

// tunnelName reports whether host is one of the node's names inside a tunnel, whole
// or, as search domains allow, only its first label.
func (g *Guard) tunnelName(host string) bool {
	if g.opts.TunnelNames == nil {
		return false
	}
	for _, n := range g.opts.TunnelNames() {
		n = strings.ToLower(strings.TrimSuffix(n, "."))
		short, _, _ := strings.Cut(n, ".")
		if host != "" && (host == n || host == short) {
			return true
		}
	}
	return false
}

// hostOf returns the host of a Host header or URL authority in lower case, without
// port, brackets and trailing dot.
func hostOf(hostport string) string {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		host = strings.TrimSuffix(strings.TrimPrefix(hostport, "["), "]")
	}
	return strings.ToLower(strings.TrimSuffix(host, "."))
}
