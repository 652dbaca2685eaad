package lantest

import (
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"time"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// must runs f inside the namespace and fails the test with what was tried.
func (ns *Namespace) must(what string, f func() error) {
	ns.t.Helper()
	if err := ns.Do(f); err != nil {
		ns.t.Fatalf("%s: %s: %v", ns.Name, what, err)
	}
}

// Cable joins two machines: ifA appears in a, ifB in b, both up.
func (l *Lab) Cable(a *Namespace, ifA string, b *Namespace, ifB string) {
	l.t.Helper()
	a.must("cable "+ifA, func() error {
		return netlink.LinkAdd(&netlink.Veth{
			LinkAttrs: netlink.LinkAttrs{Name: ifA},
			PeerName:  ifB, PeerNamespace: netlink.NsFd(b.fd),
		})
	})
	a.Up(ifA)
	b.Up(ifB)
}

// Bridge adds a switch to the machine with the given interfaces as its ports.
func (ns *Namespace) Bridge(name string, ports ...string) {
	ns.t.Helper()
	ns.must("bridge "+name, func() error {
		br := &netlink.Bridge{LinkAttrs: netlink.LinkAttrs{Name: name}}
		if err := netlink.LinkAdd(br); err != nil {
			return err
		}
		for _, port := range ports {
			l, err := netlink.LinkByName(port)
			if err != nil {
				return err
			}
			if err := netlink.LinkSetMaster(l, br); err != nil {
				return err
			}
		}
		return netlink.LinkSetUp(br)
	})
}

// Up switches an interface on.
func (ns *Namespace) Up(ifname string) { ns.t.Helper(); ns.link(ifname, netlink.LinkSetUp) }

// Down switches an interface off.
func (ns *Namespace) Down(ifname string) { ns.t.Helper(); ns.link(ifname, netlink.LinkSetDown) }

// Unplug removes an interface, and with it the other end of its cable.
func (ns *Namespace) Unplug(ifname string) { ns.t.Helper(); ns.link(ifname, netlink.LinkDel) }

func (ns *Namespace) link(ifname string, do func(netlink.Link) error) {
	ns.t.Helper()
	ns.must("interface "+ifname, func() error {
		l, err := netlink.LinkByName(ifname)
		if err != nil {
			return err
		}
		return do(l)
	})
}

// Addr gives an interface an address: Addr("eth0", "192.168.1.10/24").
func (ns *Namespace) Addr(ifname, cidr string) {
	ns.t.Helper()
	ns.address(ifname, cidr, netlink.AddrAdd)
}

// DropAddr takes an address away.
func (ns *Namespace) DropAddr(ifname, cidr string) {
	ns.t.Helper()
	ns.address(ifname, cidr, netlink.AddrDel)
}

func (ns *Namespace) address(ifname, cidr string, do func(netlink.Link, *netlink.Addr) error) {
	ns.t.Helper()
	ns.link(ifname, func(l netlink.Link) error {
		a, err := netlink.ParseAddr(cidr)
		if err != nil {
			return err
		}
		return do(l, a)
	})
}

// Settle waits until every interface that is on has its carrier and every address
// may be used: the kernel takes a moment for both.
func (ns *Namespace) Settle() {
	ns.t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for {
		var waiting string
		ns.must("settling", func() (err error) { waiting, err = unsettled(); return err })
		if waiting == "" {
			return
		}
		if time.Now().After(deadline) {
			ns.t.Fatalf("%s: %s is not ready", ns.Name, waiting)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func unsettled() (string, error) {
	links, err := netlink.LinkList()
	if errors.Is(err, netlink.ErrDumpInterrupted) {
		return "the list of interfaces", nil
	}
	if err != nil {
		return "", err
	}
	for _, l := range links {
		at := l.Attrs()
		if at.Flags&net.FlagUp != 0 && at.OperState != netlink.OperUp && at.OperState != netlink.OperUnknown {
			return at.Name, nil
		}
	}
	addrs, err := netlink.AddrList(nil, netlink.FAMILY_V6)
	if err != nil {
		return "", err
	}
	for _, a := range addrs {
		if a.Flags&unix.IFA_F_TENTATIVE != 0 {
			return a.String(), nil
		}
	}
	return "", nil
}

// Route sends packets for a destination ("default" or a CIDR) to a gateway.
func (ns *Namespace) Route(destination, gateway string) {
	ns.t.Helper()
	ns.Exec("ip", "route", "replace", destination, "via", gateway)
}

// Forward makes the machine a router.
func (ns *Namespace) Forward() {
	ns.t.Helper()
	ns.Sysctl("net/ipv4/ip_forward", "1")
	ns.Sysctl("net/ipv6/conf/all/forwarding", "1")
}

// VPN joins two machines by a point-to-point link: a tun interface in each, with a
// user-space program (this one) carrying the packets. Both are up without address.
func (l *Lab) VPN(a *Namespace, ifA string, b *Namespace, ifB string) {
	l.t.Helper()
	endA, endB := a.tun(ifA), b.tun(ifB)
	var pumps sync.WaitGroup
	pumps.Go(func() { pump(endA, endB) })
	pumps.Go(func() { pump(endB, endA) })
	l.t.Cleanup(func() {
		endA.Close()
		endB.Close()
		pumps.Wait()
	})
}

func (ns *Namespace) tun(name string) *os.File {
	ns.t.Helper()
	var f *os.File
	err := ns.Do(func() error {
		fd, err := unix.Open("/dev/net/tun", unix.O_RDWR|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
		if err != nil {
			return err
		}
		req, err := unix.NewIfreq(name)
		if err == nil {
			req.SetUint16(unix.IFF_TUN | unix.IFF_NO_PI)
			err = unix.IoctlIfreq(fd, unix.TUNSETIFF, req)
		}
		if err != nil {
			unix.Close(fd)
			return fmt.Errorf("making it: %w", err)
		}
		f = os.NewFile(uintptr(fd), "tun "+name)
		return nil
	})
	if errors.Is(err, os.ErrNotExist) || errors.Is(err, os.ErrPermission) {
		ns.t.Skipf("no tun interfaces here: %v", err)
	}
	if err != nil {
		ns.t.Fatalf("%s: VPN interface %s: %v", ns.Name, name, err)
	}
	ns.Up(name)
	return f
}

func pump(from, to *os.File) {
	buf := make([]byte, 1<<16)
	for {
		n, err := from.Read(buf)
		if err != nil {
			return
		}
		if _, err := to.Write(buf[:n]); errors.Is(err, os.ErrClosed) {
			return
		}
	}
}
