package lan

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"

	"sett/node/origin"
)

// retryBind is how long after a failed bind it is tried again.
const retryBind = time.Second

// DoorConfig describes one TCP port of the node.
type DoorConfig struct {
	Network *Network
	Port    uint16 // 0: a free one, the same on every address
	Setting string // the setting that chooses the port, named when it is taken
	Log     *slog.Logger
}

// Door is one TCP port on every address of the home network and on loopback, and
// on nothing else. Each zone is a net.Listener for an http.Server of its own; the
// connections are plain *net.TCPConn, so sendfile works on them. Every connection
// is checked against [State.OnLink] and closed before a byte is read if it fails.
type Door struct {
	cfg     DoorConfig
	lan     *zoneListener
	local   *zoneListener
	refused *Refusals

	mu      sync.Mutex
	port    uint16
	sockets map[target]*net.TCPListener
	failed  map[target]string // last bind error, so that each is logged once
	closed  bool
	done    chan struct{}
	wg      sync.WaitGroup // accept loops
}

// target is an address to listen on. The index tells an interface from a later
// one of the same name.
type target struct {
	addr  netip.Addr
	index int
	zone  origin.Zone
}

// OpenDoor binds every address there is now. A machine without a home network
// gets loopback alone; addresses that cannot be bound yet are tried again by Run.
// It fails, with a *PortTakenError, when another program has the port. After it
// returns, connections are queued until LAN and Local are served.
func OpenDoor(ctx context.Context, cfg DoorConfig) (*Door, error) {
	const tries = 8 // of a free port that happens to be taken on another address
	for try := 1; ; try++ {
		d := newDoor(cfg)
		err := d.sync(ctx)
		if err == nil {
			return d, nil
		}
		d.Close()
		var taken *PortTakenError
		if cfg.Port != 0 || try == tries || !errors.As(err, &taken) {
			return nil, err
		}
	}
}

func newDoor(cfg DoorConfig) *Door {
	d := &Door{
		cfg: cfg, port: cfg.Port, refused: NewRefusals("tcp", cfg.Log),
		sockets: map[target]*net.TCPListener{}, failed: map[target]string{},
		done: make(chan struct{}),
	}
	d.lan, d.local = newZoneListener(d, origin.LAN), newZoneListener(d, origin.Local)
	return d
}

// LAN accepts connections from the home network.
func (d *Door) LAN() net.Listener { return d.lan }

// Local accepts connections from this machine over loopback.
func (d *Door) Local() net.Listener { return d.local }

// Refused counts the connections that were closed unread.
func (d *Door) Refused() *Refusals { return d.refused }

// Port is the port in use.
func (d *Door) Port() uint16 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.port
}

// Bound returns the addresses listened on at the moment: those of the home
// network first, IPv4 before IPv6. Which of them to print is State.Addresses.
func (d *Door) Bound() []netip.AddrPort {
	d.mu.Lock()
	defer d.mu.Unlock()
	keys := make([]target, 0, len(d.sockets))
	for t := range d.sockets {
		keys = append(keys, t)
	}
	slices.SortFunc(keys, func(a, b target) int {
		if a.zone != b.zone {
			return int(b.zone) - int(a.zone) // LAN is greater than Local
		}
		return a.addr.Compare(b.addr)
	})
	out := make([]netip.AddrPort, 0, len(keys))
	for _, t := range keys {
		out = append(out, netip.AddrPortFrom(t.addr, d.port))
	}
	return out
}

// Run follows the interfaces, binds what appears, closes what is gone and tries
// failed binds again, until ctx ends; then it closes the door. Connections that
// were accepted live on. A door closed by other hands is net.ErrClosed.
func (d *Door) Run(ctx context.Context) error {
	defer d.Close()
	for {
		st := d.cfg.Network.State()
		if err := d.sync(ctx); err != nil {
			d.cfg.Log.Debug("some addresses cannot be listened on", "err", err)
		}
		var again <-chan time.Time
		if d.failing() {
			again = time.After(retryBind)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-d.done:
			return net.ErrClosed
		case <-st.Replaced():
		case <-again:
		}
	}
}

// Close stops listening and returns when nothing of the door runs any more.
func (d *Door) Close() error {
	d.mu.Lock()
	if !d.closed {
		d.closed = true
		close(d.done)
	}
	d.mu.Unlock()
	d.lan.Close()
	d.local.Close()
	d.wg.Wait()
	return nil
}

func (d *Door) failing() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.failed) > 0
}

// targets are the addresses the door should listen on in a state.
func targets(s *State) []target {
	out := []target{
		{addr: netip.AddrFrom4([4]byte{127, 0, 0, 1}), zone: origin.Local},
		{addr: netip.IPv6Loopback(), zone: origin.Local},
	}
	for _, in := range s.LAN() {
		for _, a := range in.Addrs {
			addr := a.Addr()
			if a.Tentative || addr.IsLoopback() {
				continue
			}
			if addr.Is6() && addr.IsLinkLocalUnicast() {
				addr = addr.WithZone(in.Name)
			}
			out = append(out, target{addr, in.Index, origin.LAN})
		}
	}
	return out
}

// sync makes the sockets match the state. Errors that waiting cannot cure come
// back: the port is taken or forbidden.
func (d *Door) sync(ctx context.Context) error {
	want := targets(d.cfg.Network.State())
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return nil
	}
	for t, ln := range d.sockets {
		if !slices.Contains(want, t) {
			d.cfg.Log.Info("no longer listening", "addr", t.addr, "port", d.port)
			ln.Close()
			delete(d.sockets, t)
		}
	}
	for t := range d.failed {
		if !slices.Contains(want, t) {
			delete(d.failed, t)
		}
	}
	var errs []error
	for _, t := range want {
		if d.sockets[t] == nil && !d.zone(t).isClosed() {
			errs = append(errs, d.bindLocked(ctx, t))
		}
	}
	return errors.Join(errs...)
}

// bindLocked listens on one address. An address that does not exist (yet) is not
// an error: IPv6 may be off, an address may still be checked for duplicates.
func (d *Door) bindLocked(ctx context.Context, t target) error {
	ln, err := listen(ctx, netip.AddrPortFrom(t.addr, d.port))
	if err == nil {
		delete(d.failed, t)
		d.sockets[t] = ln
		d.port = ln.Addr().(*net.TCPAddr).AddrPort().Port()
		d.cfg.Log.Info("listening", "addr", t.addr, "port", d.port, "zone", t.zone)
		z := d.zone(t)
		d.wg.Go(func() { z.acceptFrom(ln) })
		return nil
	}
	if t.addr == netip.IPv6Loopback() && !isInUse(err) {
		return nil // no IPv6 on this machine: nothing to wait for
	}
	known := d.failed[t]
	d.failed[t] = err.Error()
	if known == err.Error() {
		return nil
	}
	d.cfg.Log.Warn("cannot listen yet, trying again", "addr", t.addr, "port", d.port, "err", err)
	if isInUse(err) || errors.Is(err, fs.ErrPermission) {
		return BindError("tcp", netip.AddrPortFrom(t.addr, d.port), d.cfg.Setting, err)
	}
	return nil
}

func (d *Door) zone(t target) *zoneListener {
	if t.zone == origin.LAN {
		return d.lan
	}
	return d.local
}

// listen opens one address without Multipath TCP: there a connection could grow a
// second path that nobody checked.
func listen(ctx context.Context, at netip.AddrPort) (*net.TCPListener, error) {
	var lc net.ListenConfig
	lc.SetMultipathTCP(false)
	network := "tcp4"
	if at.Addr().Is6() {
		network = "tcp6"
	}
	ln, err := lc.Listen(ctx, network, at.String())
	if err != nil {
		return nil, err
	}
	return ln.(*net.TCPListener), nil
}
