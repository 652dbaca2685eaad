package lan

import (
	"net"
	"net/netip"
)

// readPortable is the standard library's view: names, flags and addresses.
func readPortable() ([]link, error) {
	found, err := net.Interfaces()
	if err != nil {
		return nil, err
	}
	links := make([]link, 0, len(found))
	for _, in := range found {
		l := link{Description: Description{Name: in.Name, Index: in.Index, Flags: in.Flags}}
		addrs, err := in.Addrs()
		if err != nil {
			continue // the interface went away between the two calls
		}
		for _, a := range addrs {
			n, ok := a.(*net.IPNet)
			if !ok {
				continue
			}
			ip, _ := netip.AddrFromSlice(n.IP)
			bits, size := n.Mask.Size()
			if ip = ip.Unmap(); ip.IsValid() && size == ip.BitLen() {
				l.Addrs = append(l.Addrs, Address{Prefix: netip.PrefixFrom(ip, bits)})
			}
		}
		links = append(links, l)
	}
	return links, nil
}
