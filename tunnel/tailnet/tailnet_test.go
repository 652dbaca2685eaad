package tailnet

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"testing"
	"time"

	"tailscale.com/tsnet"

	"sett/tunnel"
	"sett/tunnel/tunneltest"
)

// within is the context of one test.
func within(t testing.TB, d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), d)
	t.Cleanup(cancel)
	return ctx
}

// quiet is a log whose debug level is on, so that what the library says is
// formatted and thrown away.
func quiet() *slog.Logger {
	return slog.New(slog.NewTextHandler(io.Discard, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// home is a node in the lab, not opened yet; mod may change its settings.
func home(t testing.TB, lab *tunneltest.Lab, mod func(*Config)) *Tunnel {
	t.Helper()
	cfg := Config{Hostname: "sett", AuthKey: lab.AuthKey, ControlURL: lab.URL, StateDir: t.TempDir()}
	if mod != nil {
		mod(&cfg)
	}
	tun := New(cfg, quiet())
	t.Cleanup(func() { tun.Close() })
	return tun
}

// openHome is home, opened.
func openHome(t testing.TB, lab *tunneltest.Lab, mod func(*Config)) (*Tunnel, []tunnel.Listener) {
	t.Helper()
	tun := home(t, lab, mod)
	lns, err := tun.Open(within(t, 30*time.Second))
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	return tun, lns
}

// eventually polls ok with a deadline.
func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", what)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func caller(ctx context.Context, lab *tunneltest.Lab, s *tsnet.Server) tunneltest.Caller {
	return tunneltest.Caller{
		ID: lab.ID(ctx, s),
		Dial: func(ctx context.Context, addr netip.AddrPort) (net.Conn, error) {
			return s.Dial(ctx, "tcp", addr.String())
		},
	}
}

func TestItPassesTheSuiteOfEveryTunnel(t *testing.T) {
	ctx := within(t, time.Minute)
	lab := tunneltest.NewLab(t)
	away := tunneltest.NewLab(t, tunneltest.Away())
	tunneltest.Conformance(t, tunneltest.Road{
		New: func(t testing.TB) tunnel.Tunnel {
			return home(t, lab, nil)
		},
		Callers: []tunneltest.Caller{
			caller(ctx, lab, lab.Peer(ctx, "phone")),
			caller(ctx, lab, lab.Peer(ctx, "tv")),
		},
		Strangers: []netip.AddrPort{
			netip.MustParseAddrPort("100.64.200.200:1"),
			netip.MustParseAddrPort("[fd7a:115c:a1e0::dead]:1"),
		},
		Stuck: func(t testing.TB) tunnel.Tunnel { return home(t, away, nil) },
	})
}
