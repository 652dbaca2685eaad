package lan

import (
	"errors"
	"net/netip"
	"os"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

var errNotificationsEnded = errors.New("the kernel's notifications ended")

// readLinks asks the kernel by netlink, which knows a bridge from a cable; some
// sandboxes forbid that, and the standard library's view must do.
func readLinks() ([]link, error) {
	found, err := netlink.LinkList()
	if err != nil && !errors.Is(err, netlink.ErrDumpInterrupted) {
		return readPortable()
	}
	addrs, err := netlink.AddrList(nil, netlink.FAMILY_ALL)
	if err != nil && !errors.Is(err, netlink.ErrDumpInterrupted) {
		return readPortable()
	}
	ports := map[int][]string{}
	for _, l := range found {
		if master := l.Attrs().MasterIndex; master != 0 {
			ports[master] = append(ports[master], l.Type())
		}
	}
	byIndex := map[int][]Address{}
	for _, a := range addrs {
		if addr, ok := readAddress(a); ok {
			byIndex[a.LinkIndex] = append(byIndex[a.LinkIndex], addr)
		}
	}
	links := make([]link, 0, len(found))
	for _, l := range found {
		at := l.Attrs()
		links = append(links, link{Addrs: byIndex[at.Index], Description: Description{
			Name: at.Name, Index: at.Index, Flags: at.Flags, Encap: at.EncapType, Driver: l.Type(),
			Wireless: isWireless(at.Name), Ports: ports[at.Index],
		}})
	}
	return links, nil
}

func readAddress(a netlink.Addr) (Address, bool) {
	ip, ok := netip.AddrFromSlice(a.IP)
	if !ok || a.Flags&unix.IFA_F_DADFAILED != 0 {
		return Address{}, false
	}
	bits, _ := a.Mask.Size()
	return Address{
		Prefix:     netip.PrefixFrom(ip.Unmap(), bits),
		Temporary:  ip.Is6() && !ip.Is4In6() && a.Flags&unix.IFA_F_TEMPORARY != 0,
		Deprecated: a.Flags&unix.IFA_F_DEPRECATED != 0,
		Tentative:  a.Flags&unix.IFA_F_TENTATIVE != 0 && a.Flags&unix.IFA_F_OPTIMISTIC == 0,
	}, true
}

func isWireless(name string) bool {
	_, err := os.Stat("/sys/class/net/" + name + "/phy80211")
	return err == nil
}

// contained reports a container engine's marks, not system containers that sit on
// the home network like a machine of their own.
func contained() bool {
	for _, mark := range []string{"/.dockerenv", "/run/.containerenv", "/var/run/secrets/kubernetes.io"} {
		if _, err := os.Stat(mark); err == nil {
			return true
		}
	}
	return false
}

// notifications returns a channel that gets a value whenever a link or address
// changes and is closed when they break off; nil where the kernel refuses, which
// leaves polling. What changed does not matter: everything is read again.
func notifications() (<-chan struct{}, func(), error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, unix.NETLINK_ROUTE)
	if err != nil {
		return nil, func() {}, nil //nolint:nilerr // polling is the fallback
	}
	groups := uint32(unix.RTMGRP_LINK | unix.RTMGRP_IPV4_IFADDR | unix.RTMGRP_IPV6_IFADDR)
	if err := unix.Bind(fd, &unix.SockaddrNetlink{Family: unix.AF_NETLINK, Groups: groups}); err != nil {
		unix.Close(fd)
		return nil, func() {}, nil //nolint:nilerr // polling is the fallback
	}
	f := os.NewFile(uintptr(fd), "netlink")
	hints, ended := make(chan struct{}, 1), make(chan struct{})
	go func() {
		defer close(ended)
		defer close(hints)
		readHints(f, hints)
	}()
	return hints, func() { f.Close(); <-ended }, nil
}

func readHints(f *os.File, hints chan<- struct{}) {
	buf := make([]byte, 1<<14)
	for {
		// ENOBUFS: the kernel dropped messages, so something changed.
		if _, err := f.Read(buf); err != nil && !errors.Is(err, unix.ENOBUFS) {
			return
		}
		select {
		case hints <- struct{}{}:
		default:
		}
	}
}
