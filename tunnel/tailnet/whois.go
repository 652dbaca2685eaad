package tailnet

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"tailscale.com/client/local"
	"tailscale.com/client/tailscale/apitype"
	"tailscale.com/net/tsaddr"
	"tailscale.com/tailcfg"

	"sett/node/origin"
)

// taggedLogin is what the vendor's control server calls the owner of tagged nodes.
const taggedLogin = "tagged-devices"

// WhoIs says which device of the tailnet has the remote address of a connection
// that one of the listeners accepted, and whose it is. Any other address, our own
// included, is ErrUnknownPeer. It must not be asked about addresses that come from
// elsewhere, such as a forwarded header: those prove nothing.
func (t *Tunnel) WhoIs(ctx context.Context, addr netip.AddrPort) (origin.Peer, error) {
	r := t.current()
	if r == nil {
		return origin.Peer{}, ErrNotOpen
	}
	ip := addr.Addr().Unmap()
	if !tsaddr.IsTailscaleIP(ip) || slices.Contains(t.Status().Addrs, ip) {
		return origin.Peer{}, fmt.Errorf("%v: %w", ip, ErrUnknownPeer)
	}
	// Without the port: with it, the library would also answer for connections
	// of this machine that it proxies.
	who, err := r.lc.WhoIs(ctx, ip.String())
	if errors.Is(err, local.ErrPeerNotFound) || (err == nil && who.Node == nil) {
		return origin.Peer{}, fmt.Errorf("%v: %w", ip, ErrUnknownPeer)
	}
	if err != nil {
		return origin.Peer{}, fmt.Errorf("ask the tailnet who %v is: %w", ip, err)
	}
	p := peerOf(who, tailcfg.PeerCapability(r.cfg.CapabilityName))
	id := who.Node.StableID
	p.Path = func() origin.Path { return r.paths.of(id) }
	return p, nil
}

// peerOf translates the library's answer, except for the path.
func peerOf(who *apitype.WhoIsResponse, capability tailcfg.PeerCapability) origin.Peer {
	n := who.Node
	p := origin.Peer{
		ID:     string(n.StableID),
		Device: deviceName(n),
		Shared: n.Hostinfo.Valid() && n.Hostinfo.ShareeNode(),
		Router: forwards(n),
		Tagged: n.IsTagged(),
	}
	if u := who.UserProfile; u != nil {
		p.Tagged = p.Tagged || u.LoginName == taggedLogin
		if !p.Tagged {
			p.Login, p.Name = u.LoginName, u.DisplayName
		}
	}
	if capability != "" {
		p.Grants = grantsOf(who.CapMap[capability])
	}
	return p
}

// grantsOf undoes the indentation that the library's own interface adds, so that
// equal grants are equal bytes. Policy files are checked by the control server;
// a value that is no JSON is dropped.
func grantsOf(raw []tailcfg.RawMessage) []origin.Grant {
	var out []origin.Grant
	for _, v := range raw {
		var b bytes.Buffer
		if err := json.Compact(&b, []byte(v)); err == nil {
			out = append(out, b.Bytes())
		}
	}
	return out
}

// deviceName is the first label of the node's name; a device shared from another
// tailnet does not tell its host name.
func deviceName(n *tailcfg.Node) string {
	name, _, _ := strings.Cut(n.Name, ".")
	if name == "" && n.Hostinfo.Valid() {
		return n.Hostinfo.Hostname()
	}
	return name
}

// forwards reports whether the node is a subnet router or an exit node, or offers
// to be one. It rewrites what it forwards to its own address, so a connection from
// it may be anybody's behind it.
func forwards(n *tailcfg.Node) bool {
	if len(n.PrimaryRoutes) > 0 || n.IsWireGuardOnly {
		return true
	}
	if n.Hostinfo.Valid() && n.Hostinfo.RoutableIPs().Len() > 0 {
		return true
	}
	for _, p := range n.AllowedIPs {
		if !slices.Contains(n.Addresses, p) {
			return true
		}
	}
	return false
}
