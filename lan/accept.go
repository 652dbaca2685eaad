package lan

import (
	"errors"
	"net"
	"net/netip"
	"sync"
	"time"

	"sett/node/origin"
)

// zoneListener gathers the checked connections of all sockets of one zone.
type zoneListener struct {
	door  *Door
	zone  origin.Zone
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func newZoneListener(d *Door, z origin.Zone) *zoneListener {
	return &zoneListener{door: d, zone: z, conns: make(chan net.Conn), done: make(chan struct{})}
}

// Accept returns the next connection that passed the check, a *net.TCPConn.
func (z *zoneListener) Accept() (net.Conn, error) {
	select {
	case c := <-z.conns:
		return c, nil
	case <-z.done:
		return nil, &net.OpError{Op: "accept", Net: "tcp", Addr: z.Addr(), Err: net.ErrClosed}
	}
}

// Close closes the zone's sockets for good; accepted connections live on.
func (z *zoneListener) Close() error {
	z.once.Do(func() { close(z.done) })
	d := z.door
	d.mu.Lock()
	defer d.mu.Unlock()
	for t, ln := range d.sockets {
		if t.zone == z.zone {
			ln.Close()
			delete(d.sockets, t)
		}
	}
	for t := range d.failed {
		if t.zone == z.zone {
			delete(d.failed, t)
		}
	}
	return nil
}

// Addr is the port on no address in particular: Door.Bound has the addresses.
func (z *zoneListener) Addr() net.Addr { return &net.TCPAddr{Port: int(z.door.Port())} }

func (z *zoneListener) isClosed() bool {
	select {
	case <-z.done:
		return true
	default:
		return false
	}
}

// acceptFrom passes on what ln accepts until it is closed.
func (z *zoneListener) acceptFrom(ln *net.TCPListener) {
	wait := 5 * time.Millisecond
	for {
		c, err := ln.AcceptTCP()
		switch {
		case err == nil:
			wait = 5 * time.Millisecond
			if !z.admit(c) {
				return
			}
			continue
		case errors.Is(err, net.ErrClosed):
			return
		}
		// Out of descriptors, most likely: streams must not die for it.
		z.door.cfg.Log.Warn("accepting a connection failed", "addr", ln.Addr(), "err", err)
		select {
		case <-time.After(wait):
			wait = min(2*wait, time.Second)
		case <-z.done:
			return
		}
	}
}

// admit hands an acceptable connection on and resets any other. It reports
// whether the zone is still open.
func (z *zoneListener) admit(c *net.TCPConn) bool {
	local, remote := endpoint(c.LocalAddr()), endpoint(c.RemoteAddr())
	if ok, why := z.check(local.Addr(), remote.Addr()); !ok {
		z.door.refused.Add(remote.Addr(), local, why)
		_ = c.SetLinger(0) // reset: no answer and no state kept for a stranger
		c.Close()
		return true
	}
	select {
	case z.conns <- c:
		return true
	case <-z.done:
		c.Close()
		return false
	}
}

func (z *zoneListener) check(local, remote netip.Addr) (bool, string) {
	if z.zone == origin.LAN {
		return z.door.cfg.Network.OnLink(local, remote)
	}
	if !local.IsLoopback() || !remote.IsLoopback() {
		return false, WhyOffLink
	}
	return true, ""
}

func endpoint(a net.Addr) netip.AddrPort {
	t, ok := a.(*net.TCPAddr)
	if !ok {
		return netip.AddrPort{}
	}
	ap := t.AddrPort()
	return netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())
}
