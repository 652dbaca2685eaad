package lantest

import (
	"net"
	"net/netip"
	"time"
)

// Dial opens a TCP connection from the machine. The caller closes it.
func (ns *Namespace) Dial(to string, timeout time.Duration) (net.Conn, error) {
	var c net.Conn
	err := ns.Do(func() (err error) {
		c, err = net.DialTimeout("tcp", to, timeout)
		return err
	})
	return c, err
}

// DialFrom is Dial with one of the machine's own addresses as the source.
func (ns *Namespace) DialFrom(from, to string, timeout time.Duration) (net.Conn, error) {
	addr, err := netip.ParseAddr(from)
	if err != nil {
		return nil, err
	}
	d := net.Dialer{Timeout: timeout, LocalAddr: net.TCPAddrFromAddrPort(netip.AddrPortFrom(addr, 0))}
	var c net.Conn
	err = ns.Do(func() (err error) {
		c, err = d.Dial("tcp", to)
		return err
	})
	return c, err
}

// UDP opens a socket on the machine that may send broadcasts; at is "0.0.0.0:0" or
// one of its addresses. It is closed with the test.
func (ns *Namespace) UDP(at string) *net.UDPConn {
	ns.t.Helper()
	var c *net.UDPConn
	ns.must("UDP socket at "+at, func() error {
		addr, err := netip.ParseAddrPort(at)
		if err != nil {
			return err
		}
		c, err = net.ListenUDP("udp4", net.UDPAddrFromAddrPort(addr))
		return err
	})
	ns.t.Cleanup(func() { c.Close() })
	return c
}
