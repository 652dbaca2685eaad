package lan

import (
	"net"
	"net/netip"
	"slices"
)

// Address is one address of an interface with the length of its prefix.
type Address struct {
	netip.Prefix
	Temporary  bool // an IPv6 privacy address: it will be gone within days
	Deprecated bool // still works, must not be handed out
	Tentative  bool // IPv6 duplicate detection still runs: it cannot be bound yet
}

// Interface is one network interface at one moment.
type Interface struct {
	Name  string
	Index int
	Kind  Kind
	Flags net.Flags
	Addrs []Address
	LAN   bool
	Why   string // why it is not LAN, for people

	inner bool // the other end of the cable is on this machine: veth, tap
}

// Up reports whether the interface is switched on (a cable may still be missing).
func (in *Interface) Up() bool { return in.Flags&net.FlagUp != 0 }

// Why a caller is refused. The values are fixed, so they serve as metric labels.
const (
	WhyInvalid   = "impossible source address"
	WhyNotLAN    = "the address asked is not on a LAN interface"
	WhyOffLink   = "source is not on this network"
	WhyExcluded  = "source is excluded by the settings"
	WhyOtherLink = "source belongs to another interface"
)

// State is an immutable picture of the interfaces under a policy.
type State struct {
	Interfaces []Interface // by index
	Contained  bool        // the program runs inside a container

	rules    rules
	foreign  []netip.Prefix // what interfaces that are not LAN lead to
	replaced chan struct{}
}

// link is one interface as read from the system.
type link struct {
	Description
	Addrs []Address
}

// newState judges links under r. It is pure.
func newState(links []link, r rules, contained bool) *State {
	s := &State{Contained: contained, rules: r, replaced: make(chan struct{})}
	for _, l := range links {
		s.Interfaces = append(s.Interfaces, Interface{
			Name: l.Name, Index: l.Index, Flags: l.Flags, Addrs: l.Addrs,
			Kind: Classify(l.Description, r.virtual), inner: l.Driver == "veth" || l.Driver == "tuntap",
		})
	}
	slices.SortFunc(s.Interfaces, func(a, b Interface) int { return a.Index - b.Index })
	soleTap := contained && !slices.ContainsFunc(s.Interfaces, func(in Interface) bool {
		return in.Kind == Ethernet || in.Kind == WiFi || in.Kind == Bridge
	})
	for i := range s.Interfaces {
		in := &s.Interfaces[i]
		in.LAN, in.Why = r.admit(in, soleTap)
		if in.LAN || !in.Up() || in.Kind == Loopback {
			continue
		}
		for _, a := range in.Addrs {
			if !a.Addr().IsLinkLocalUnicast() {
				s.foreign = append(s.foreign, a.Masked())
			}
		}
	}
	return s
}

// Replaced is closed when a newer State has taken this one's place.
func (s *State) Replaced() <-chan struct{} { return s.replaced }

// LAN returns the interfaces that are the home network.
func (s *State) LAN() []Interface {
	var out []Interface
	for _, in := range s.Interfaces {
		if in.LAN {
			out = append(out, in)
		}
	}
	return out
}

// Interface returns the interface of an index, nil when there is none.
func (s *State) Interface(index int) *Interface {
	for i := range s.Interfaces {
		if s.Interfaces[i].Index == index {
			return &s.Interfaces[i]
		}
	}
	return nil
}

// Bridged reports a container whose only network is the engine's bridge: home
// broadcasts do not reach it and its addresses mean nothing to the home network.
func (s *State) Bridged() bool {
	lan := s.LAN()
	outside := func(in Interface) bool { return !in.inner }
	return s.Contained && len(lan) > 0 && !slices.ContainsFunc(lan, outside)
}

// OnLink reports whether a caller at remote may use local: local is an address of
// a LAN interface and remote is on that interface's own network or in a configured
// subnet. Otherwise why is one of the Why constants. It does not allocate.
// Loopback is no LAN: it is the Local zone, decided by its own listener.
func (s *State) OnLink(local, remote netip.Addr) (ok bool, why string) {
	local, remote = local.Unmap(), remote.Unmap()
	in := s.holder(local)
	if in == nil {
		return false, WhyNotLAN
	}
	return s.admits(in, remote)
}

// holder returns the LAN interface that local is an address of.
func (s *State) holder(local netip.Addr) *Interface {
	zone := local.Zone()
	local = local.WithZone("")
	for i := range s.Interfaces {
		in := &s.Interfaces[i]
		if !in.LAN || (zone != "" && !in.isZone(zone)) {
			continue
		}
		for j := range in.Addrs {
			if in.Addrs[j].Addr() == local {
				return in
			}
		}
	}
	return nil
}

// admits is the second half of OnLink; remote is unmapped.
func (s *State) admits(in *Interface, remote netip.Addr) (bool, string) {
	bare := remote.WithZone("")
	switch {
	case !bare.IsValid() || bare.IsUnspecified() || bare.IsMulticast() || bare.IsLoopback():
		return false, WhyInvalid
	case contains(s.rules.excluded, bare) >= 0:
		return false, WhyExcluded
	case bare.Is6() && bare.IsLinkLocalUnicast():
		if zone := remote.Zone(); zone != "" && !in.isZone(zone) {
			return false, WhyOtherLink
		}
		return true, ""
	}
	near := in.longest(bare)
	if near >= 0 && in.isBroadcast(bare) {
		return false, WhyInvalid
	}
	if near < 0 && bare.Is4() && bare.IsLinkLocalUnicast() {
		near = 16
	}
	switch {
	case contains(s.rules.extra, bare) >= 0:
		return true, ""
	case contains(s.foreign, bare) > near:
		return false, WhyOtherLink
	case near < 0:
		return false, WhyOffLink
	}
	return true, ""
}

// isZone matches an IPv6 zone: the interface's name, or its number when the
// system could not name it.
func (in *Interface) isZone(zone string) bool {
	if zone == in.Name {
		return true
	}
	n := 0
	for _, c := range []byte(zone) {
		if c < '0' || c > '9' || n > 1<<24 {
			return false
		}
		n = n*10 + int(c-'0')
	}
	return n == in.Index && n > 0
}

// longest returns the length of the longest prefix of the interface that contains
// a, −1 for none. A prefix of length 0 says nothing about a network.
func (in *Interface) longest(a netip.Addr) int {
	best := -1
	for i := range in.Addrs {
		if p := in.Addrs[i].Prefix; p.Bits() > max(best, 0) && p.Contains(a) {
			best = p.Bits()
		}
	}
	return best
}

// isBroadcast reports the first and last address of an IPv4 prefix: a source that
// would turn one answer into many.
func (in *Interface) isBroadcast(a netip.Addr) bool {
	if !a.Is4() {
		return false
	}
	v := v4(a)
	for i := range in.Addrs {
		p := in.Addrs[i].Prefix
		if !p.Addr().Is4() || p.Bits() == 0 || p.Bits() >= 31 || !p.Contains(a) {
			continue
		}
		host := uint32(1)<<(32-p.Bits()) - 1
		if v&host == 0 || v&host == host {
			return true
		}
	}
	return false
}

func v4(a netip.Addr) uint32 {
	b := a.As4()
	return uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3])
}

// contains returns the length of the longest prefix that contains a, −1 for none.
func contains(prefixes []netip.Prefix, a netip.Addr) int {
	best := -1
	for _, p := range prefixes {
		if p.Bits() > best && p.Contains(a) {
			best = p.Bits()
		}
	}
	return best
}
