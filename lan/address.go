package lan

import "net/netip"

// AddressFor returns the address of ours that a caller at remote should use: the
// one in the longest common prefix, else, for a caller in a configured subnet or
// with a link-local address, the first of the caller's family. A loopback caller
// is told its own address. It is false for everybody who is not on-link.
func (s *State) AddressFor(remote netip.Addr) (netip.Addr, bool) {
	remote = remote.Unmap()
	if remote.IsLoopback() {
		return remote, true
	}
	var best netip.Addr
	bestBits := -1
	for i := range s.Interfaces {
		in := &s.Interfaces[i]
		if !in.LAN {
			continue
		}
		if ok, _ := s.admits(in, remote); !ok {
			continue
		}
		if a, bits := in.addressFor(remote); bits > bestBits {
			best, bestBits = a, bits
		}
	}
	return best, bestBits >= 0
}

// AddressOn is AddressFor restricted to the LAN interface of an index, for
// protocols that must answer from the interface a question came in on.
func (s *State) AddressOn(index int, remote netip.Addr) (netip.Addr, bool) {
	remote = remote.Unmap()
	in := s.Interface(index)
	if in == nil || !in.LAN {
		return netip.Addr{}, false
	}
	if ok, _ := s.admits(in, remote); !ok {
		return netip.Addr{}, false
	}
	a, bits := in.addressFor(remote)
	return a, bits >= 0
}

// addressFor picks the interface's address for remote and says how long the
// common prefix is: 0 for one of the same family only, −1 for none.
func (in *Interface) addressFor(remote netip.Addr) (netip.Addr, int) {
	var best netip.Addr
	bestRank, bestBits := -1, -1
	for i := range in.Addrs {
		a := &in.Addrs[i]
		if a.Addr().Is4() != remote.Is4() || a.Tentative {
			continue
		}
		bits := 0
		if a.Contains(remote.WithZone("")) {
			bits = a.Bits()
		}
		if rank := bits*4 + a.worth(); rank > bestRank {
			best, bestRank, bestBits = a.Addr(), rank, bits
		}
	}
	if best.Is6() && best.IsLinkLocalUnicast() {
		best = best.WithZone(in.Name)
	}
	return best, bestBits
}

// worth orders addresses with the same prefix by how long they will be right.
func (a *Address) worth() int {
	switch {
	case a.Deprecated:
		return 0
	case a.Addr().IsLinkLocalUnicast():
		return 1
	case a.Temporary:
		return 2
	}
	return 3
}

// Addresses returns the addresses worth telling people, IPv4 first: of LAN
// interfaces, without link-local, temporary and deprecated ones.
func (s *State) Addresses() []netip.Addr {
	var four, six []netip.Addr
	for _, in := range s.LAN() {
		for i := range in.Addrs {
			a := &in.Addrs[i]
			switch {
			case a.worth() < 3 || a.Tentative:
			case a.Addr().Is4():
				four = append(four, a.Addr())
			default:
				six = append(six, a.Addr())
			}
		}
	}
	return append(four, six...)
}

// Has reports whether a is an address of the interface.
func (in *Interface) Has(a netip.Addr) bool {
	for i := range in.Addrs {
		if in.Addrs[i].Addr() == a {
			return true
		}
	}
	return false
}

// Holds reports whether a is an address of any interface of this machine.
func (s *State) Holds(a netip.Addr) bool {
	for i := range s.Interfaces {
		if s.Interfaces[i].Has(a) {
			return true
		}
	}
	return false
}
