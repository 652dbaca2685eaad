package lan

import (
	"errors"
	"fmt"
	"net/netip"
	"path"
	"strings"
)

// Policy is what the settings say about the home network. The zero Policy is
// right for most homes: every Ethernet, Wi-Fi and bridge interface, nothing else.
type Policy struct {
	// Subnets adds callers that reach a LAN address through a router of the home
	// (VLANs): "192.168.7.0/24" or one address. "!192.168.1.66" or "!cidr" takes
	// callers away, whatever else admits them.
	Subnets []string
	// Allow, when set, names the only interfaces that are LAN; "eth*" matches by
	// pattern. It also admits virtual and container interfaces, never a VPN.
	Allow []string
	// Ignore names interfaces that are never LAN; it wins over Allow.
	Ignore []string
	// Virtual are name prefixes of interfaces to treat as virtual; nil: "veth".
	Virtual []string
}

// rules is a parsed Policy.
type rules struct {
	extra, excluded        []netip.Prefix
	allow, ignore, virtual []string
}

// Validate names the first entry of the policy that cannot be used.
func (p Policy) Validate() error {
	_, err := p.parse()
	return err
}

func (p Policy) parse() (rules, error) {
	r := rules{allow: p.Allow, ignore: p.Ignore, virtual: p.Virtual}
	for _, entry := range p.Subnets {
		text, negated := strings.CutPrefix(strings.TrimSpace(entry), "!")
		prefix, err := parsePrefix(text)
		if err != nil {
			return r, fmt.Errorf("subnet %q: %w", entry, err)
		}
		if negated {
			r.excluded = append(r.excluded, prefix)
			continue
		}
		if prefix.Bits() == 0 {
			return r, fmt.Errorf("subnet %q would make the whole internet part of the home network", entry)
		}
		r.extra = append(r.extra, prefix)
	}
	for _, pattern := range append(append([]string{}, p.Allow...), p.Ignore...) {
		if _, err := path.Match(pattern, ""); err != nil {
			return r, fmt.Errorf("interface name %q: %w", pattern, err)
		}
	}
	return r, nil
}

var errNotSubnet = errors.New("expected an address (192.168.7.20) or a subnet (192.168.7.0/24, fd12::/64)")

// parsePrefix reads a CIDR or an address, and unmaps ::ffff:a.b.c.d.
func parsePrefix(s string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(s); err == nil && a.Zone() == "" {
		a = a.Unmap()
		return netip.PrefixFrom(a, a.BitLen()), nil
	}
	p, err := netip.ParsePrefix(s)
	if err != nil {
		return p, errNotSubnet
	}
	if p.Addr().Is4In6() {
		if p.Bits() < 96 {
			return p, errNotSubnet
		}
		p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
	}
	return p.Masked(), nil
}

// admit decides whether an interface is LAN and says why not.
func (r rules) admit(in *Interface, soleTap bool) (bool, string) {
	switch {
	case in.Kind == Loopback:
		return false, "loopback"
	case in.Kind == VPN:
		return false, "a VPN or point-to-point link is never the home network"
	case matches(in.Name, r.ignore):
		return false, "ignored by the settings"
	case !in.Up():
		return false, "down"
	case len(r.allow) > 0 && matches(in.Name, r.allow):
		return true, ""
	case len(r.allow) > 0:
		return false, "not among the interfaces the settings allow"
	case in.Kind == Container:
		return false, "leads to containers or virtual machines"
	case in.Kind == Virtual && !soleTap:
		return false, "virtual"
	}
	return true, ""
}

func matches(name string, patterns []string) bool {
	for _, p := range patterns {
		if ok, _ := path.Match(p, name); ok {
			return true
		}
	}
	return false
}
