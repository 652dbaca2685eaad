package node

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"time"

	"golang.org/x/sync/errgroup"

	"sett/lan/discovery"
	"sett/node/control"
	"sett/node/guard"
	"sett/node/origin"
)

const (
	headerTimeout = 10 * time.Second
	drainTimeout  = 3 * time.Second // of the five seconds a stop may take
)

// who proves the peer of one listener's connections; nil proves nothing.
type who func(netip.AddrPort) (origin.Peer, error)

// server is the http.Server of one listener: the same handler everywhere, and the
// zone stamped on each connection.
func (n *Node) server(zone origin.Zone, prove who) *http.Server {
	s := &http.Server{ //nolint:gosec // guard.Harden sets the time-outs
		Handler: n.handler, ConnContext: origin.Stamp(zone, prove),
		ErrorLog: slog.NewLogLogger(n.log.With("part", "http", "zone", zone.String()).Handler(), slog.LevelDebug),
	}
	guard.Harden(s)
	return s
}

// serveOn serves one listener until ctx ends, then lets requests finish for a while.
func (n *Node) serveOn(ctx context.Context, ln net.Listener, zone origin.Zone, prove who) error {
	srv := n.server(zone, prove)
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(ln) }()
	select {
	case err := <-failed:
		if ctx.Err() == nil {
			_ = srv.Close()
			return err
		}
		failed <- http.ErrServerClosed // the listener was closed first; requests are still to be drained
	case <-ctx.Done():
	}
	drain, cancel := context.WithTimeout(context.Background(), drainTimeout)
	defer cancel()
	if err := srv.Shutdown(drain); err != nil {
		_ = srv.Close() // streams that are still being watched
	}
	if err := <-failed; !errors.Is(err, http.ErrServerClosed) && !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}

func (n *Node) serveHome(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return n.serveOn(ctx, n.door.LAN(), origin.LAN, nil) })
	g.Go(func() error { return n.serveOn(ctx, n.door.Local(), origin.Local, nil) })
	return g.Wait()
}

// serveTailnet joins the tailnet and serves its listeners. Whatever goes wrong here
// stays here: the caller tries again, the home is not concerned.
func (n *Node) serveTailnet(ctx context.Context) error {
	listeners, err := n.tailnet.Open(ctx)
	if err != nil {
		return err
	}
	defer n.tailnet.Close()
	prove := func(at netip.AddrPort) (origin.Peer, error) {
		ask, cancel := context.WithTimeout(ctx, 5*time.Second)
		defer cancel()
		return n.tailnet.WhoIs(ask, at)
	}
	g, ctx := errgroup.WithContext(ctx)
	for _, ln := range listeners {
		g.Go(func() error { return n.serveOn(ctx, ln, n.tailnet.Zone(), prove) })
	}
	return g.Wait()
}

// discovery answers clients that look for a server on the home network.
func (n *Node) discovery(ctx context.Context) error {
	r := discovery.New(discovery.Config{Network: n.network, Log: n.log.With("part", "discovery"), Describe: n.describe})
	return r.Run(ctx)
}

func (n *Node) describe(_, local netip.Addr) (discovery.Answer, bool) {
	return discovery.Answer{Address: n.homeURL(local), ID: n.store.ServerID(), Name: n.cfg.Name, Port: n.door.Port()}, true
}

// serveControl lets the command line steer the node.
func (n *Node) serveControl(ctx context.Context) error {
	ln, err := control.Listen(n.cfg.DataDir)
	if err != nil {
		return err
	}
	srv := &http.Server{Handler: control.Handler(n.controlled()), ReadHeaderTimeout: headerTimeout, BaseContext: func(net.Listener) context.Context { return ctx }}
	stop := context.AfterFunc(ctx, func() { _ = srv.Close() })
	defer stop()
	if err := srv.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func (n *Node) controlled() control.Node {
	return control.Node{Accounts: n.accounts, Scan: n.scanner.Now, Backup: n.store.Backup, Progress: progressOf(n.scanner)}
}
