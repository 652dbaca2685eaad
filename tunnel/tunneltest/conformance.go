package tunneltest

import (
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"testing"
	"time"

	"sett/node/origin"
	"sett/tunnel"
)

const (
	patience = 30 * time.Second // for what must happen at all
	promptly = 5 * time.Second  // for what must not wait for the network
)

// Road is one kind of tunnel and its network, as Conformance needs it.
type Road struct {
	// New returns another closed tunnel on the network each time it is called.
	New func(testing.TB) tunnel.Tunnel
	// Callers are two or more devices on the other side of the tunnel.
	Callers []Caller
	// Strangers are addresses that no caller has; some that every tunnel must
	// refuse are tried anyway.
	Strangers []netip.AddrPort
	// Stuck, if set, returns a tunnel whose Open can only wait.
	Stuck func(testing.TB) tunnel.Tunnel
}

// Caller is a device that can dial into the tunnel.
type Caller struct {
	ID   string // what WhoIs must call it
	Dial func(ctx context.Context, addr netip.AddrPort) (net.Conn, error)
}

// Conformance runs the suite that every tunnel passes.
func Conformance(t *testing.T, road Road) {
	if len(road.Callers) < 2 {
		t.Fatal("the suite needs two callers to tell apart")
	}
	t.Run("It is off until it is opened", func(t *testing.T) { closedTunnel(t, road) })
	t.Run("It opens and carries bytes both ways", func(t *testing.T) { carries(t, road) })
	t.Run("WhoIs names the dialler and nobody else", func(t *testing.T) { names(t, road) })
	t.Run("Close ends Accept and connections and frees the road for the next Open", func(t *testing.T) { reopens(t, road) })
	t.Run("Its status only moves forward while it opens", func(t *testing.T) { forward(t, road) })
	t.Run("It opens only once at a time", func(t *testing.T) { onlyOnce(t, road) })
	t.Run("An Open whose context is cancelled returns promptly and may be repeated", func(t *testing.T) { cancelled(t, road) })
}

func context30(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	return ctx
}

// open opens tun and closes it with the test.
func open(t testing.TB, tun tunnel.Tunnel) []tunnel.Listener {
	t.Helper()
	lns, err := tun.Open(context30(t))
	t.Cleanup(func() { tun.Close() })
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	if len(lns) == 0 {
		t.Fatal("Open returned no listener")
	}
	if st := tun.Status(); st.State != tunnel.Running || len(st.Addrs) == 0 || len(st.URLs) == 0 {
		t.Fatalf("after Open the status is %+v: want running, with addresses and URLs", st)
	}
	return lns
}

// plain is the first listener without TLS.
func plain(t testing.TB, lns []tunnel.Listener) tunnel.Listener {
	t.Helper()
	for _, ln := range lns {
		if !ln.TLS {
			return ln
		}
	}
	t.Fatal("there is no listener without TLS")
	return tunnel.Listener{}
}

// target is where a caller dials ln.
func target(t testing.TB, tun tunnel.Tunnel, ln net.Listener) netip.AddrPort {
	t.Helper()
	_, port, err := net.SplitHostPort(ln.Addr().String())
	if err != nil {
		t.Fatalf("the listener's address %q has no port: %v", ln.Addr(), err)
	}
	ap, err := netip.ParseAddrPort(net.JoinHostPort(tun.Status().Addrs[0].String(), port))
	if err != nil {
		t.Fatal(err)
	}
	return ap
}

// connect makes one connection from c and returns both its ends.
func connect(t testing.TB, tun tunnel.Tunnel, ln net.Listener, c Caller) (ours, theirs net.Conn) {
	t.Helper()
	accepted := make(chan net.Conn, 1)
	go func() {
		conn, err := ln.Accept()
		if err != nil {
			close(accepted)
			return
		}
		accepted <- conn
	}()
	theirs, err := c.Dial(context30(t), target(t, tun, ln))
	if err != nil {
		t.Fatalf("%s dials: %v", c.ID, err)
	}
	t.Cleanup(func() { theirs.Close() })
	select {
	case ours, ok := <-accepted:
		if !ok {
			t.Fatal("Accept failed while the tunnel is open")
		}
		t.Cleanup(func() { ours.Close() })
		return ours, theirs
	case <-time.After(patience):
		t.Fatal("the connection was never accepted")
		return nil, nil
	}
}

func closedTunnel(t *testing.T, road Road) {
	tun := road.New(t)
	if st := tun.Status(); st.State != tunnel.Off {
		t.Errorf("state before Open is %v, want off", st.State)
	}
	if _, err := tun.WhoIs(context30(t), netip.MustParseAddrPort("100.64.0.1:1")); err == nil {
		t.Error("WhoIs of a closed tunnel names somebody")
	}
	for range 2 {
		if err := tun.Close(); err != nil {
			t.Errorf("Close of a closed tunnel: %v", err)
		}
	}
	if tun.Name() == "" || tun.Zone() == origin.Unknown || tun.Zone().AtHome() {
		t.Errorf("name %q, zone %v: want a name and a zone outside the home", tun.Name(), tun.Zone())
	}
}

func carries(t *testing.T, road Road) {
	tun := road.New(t)
	lns := open(t, tun)
	for _, c := range road.Callers {
		ours, theirs := connect(t, tun, plain(t, lns), c)
		echo(t, ours, theirs)
		echo(t, theirs, ours)
	}
}

func echo(t testing.TB, from, to net.Conn) {
	t.Helper()
	const word = "is anybody there"
	deadline := time.Now().Add(patience)
	from.SetDeadline(deadline)
	to.SetDeadline(deadline)
	if _, err := io.WriteString(from, word); err != nil {
		t.Fatalf("write: %v", err)
	}
	got := make([]byte, len(word))
	if _, err := io.ReadFull(to, got); err != nil || string(got) != word {
		t.Fatalf("read %q, %v; want %q", got, err, word)
	}
}

func names(t *testing.T, road Road) {
	tun := road.New(t)
	lns := open(t, tun)
	for _, c := range road.Callers {
		ours, _ := connect(t, tun, plain(t, lns), c)
		addr := netip.MustParseAddrPort(ours.RemoteAddr().String())
		p, err := tun.WhoIs(context30(t), addr)
		if err != nil {
			t.Fatalf("WhoIs(%v): %v", addr, err)
		}
		if p.ID != c.ID {
			t.Errorf("WhoIs(%v) is %q, want %q", addr, p.ID, c.ID)
		}
		if p.Path == nil {
			t.Errorf("WhoIs(%v) gives no path", addr)
		} else if p.Path().Kind == origin.PathUnknown {
			t.Errorf("the path of the connected %q is unknown", p.ID)
		}
	}
	strangers := append([]netip.AddrPort{
		{},
		netip.MustParseAddrPort("127.0.0.1:1"),
		netip.MustParseAddrPort("[::1]:1"),
		netip.MustParseAddrPort("192.168.1.10:1"),
		netip.MustParseAddrPort("[fe80::1]:1"),
		netip.AddrPortFrom(tun.Status().Addrs[0], 1), // we are not our own guest
	}, road.Strangers...)
	for _, s := range strangers {
		if p, err := tun.WhoIs(context30(t), s); err == nil {
			t.Errorf("WhoIs(%v) is %+v, want an error", s, p)
		}
	}
}

func reopens(t *testing.T, road Road) {
	tun := road.New(t)
	for round := range 2 {
		lns := open(t, tun)
		ours, theirs := connect(t, tun, plain(t, lns), road.Callers[0])
		echo(t, theirs, ours)
		guest := netip.MustParseAddrPort(ours.RemoteAddr().String())
		ended := make(chan error, len(lns)+1)
		for _, ln := range lns {
			go func() { _, err := ln.Accept(); ended <- err }()
		}
		ours.SetDeadline(time.Time{})
		go func() { _, err := ours.Read(make([]byte, 1)); ended <- err }()
		began := time.Now()
		if err := tun.Close(); err != nil {
			t.Fatalf("Close: %v", err)
		}
		if took := time.Since(began); took > promptly {
			t.Errorf("round %d: Close took %v", round, took)
		}
		for range len(lns) + 1 {
			select {
			case err := <-ended:
				if err == nil {
					t.Error("an Accept or Read succeeded after Close")
				}
			case <-time.After(promptly):
				t.Fatal("an Accept or Read still waits after Close")
			}
		}
		if st := tun.Status(); st.State != tunnel.Off || len(st.Addrs) != 0 || len(st.URLs) != 0 {
			t.Errorf("after Close the status is %+v: want off, without addresses", st)
		}
		if _, err := tun.WhoIs(context30(t), guest); err == nil {
			t.Error("WhoIs names a peer after Close")
		}
	}
}

func forward(t *testing.T, road Road) {
	tun := road.New(t)
	stop, seen := make(chan struct{}), make(chan []tunnel.Status, 1)
	go func() {
		all := []tunnel.Status{tun.Status()}
		for {
			select {
			case <-stop:
				seen <- append(all, tun.Status())
				return
			case <-time.After(time.Millisecond):
				all = append(all, tun.Status())
			}
		}
	}()
	open(t, tun)
	close(stop)
	all := <-seen
	for i := 1; i < len(all); i++ {
		a, b := all[i-1], all[i]
		if b.State < a.State || b.Since.Before(a.Since) {
			t.Errorf("the status went back from %v (%v) to %v (%v)", a.State, a.Since, b.State, b.Since)
		}
		if b.State == a.State && i > 1 && !b.Since.Equal(a.Since) {
			t.Errorf("Since moved from %v to %v while the state stayed %v", a.Since, b.Since, b.State)
		}
	}
	if last := all[len(all)-1]; last.State != tunnel.Running {
		t.Errorf("the last state is %v, want running", last.State)
	}
}

func onlyOnce(t *testing.T, road Road) {
	tun := road.New(t)
	lns := open(t, tun)
	if _, err := tun.Open(context30(t)); err == nil {
		t.Error("a second Open of an open tunnel succeeded")
	}
	ours, theirs := connect(t, tun, plain(t, lns), road.Callers[0])
	echo(t, theirs, ours)
}

func cancelled(t *testing.T, road Road) {
	tun := road.New(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	returnsPromptly(t, tun, ctx)
	open(t, tun)

	if road.Stuck == nil {
		return
	}
	stuck := road.Stuck(t)
	ctx, cancel = context.WithCancel(context.Background())
	time.AfterFunc(300*time.Millisecond, cancel) // in the middle of waiting
	returnsPromptly(t, stuck, ctx)
	if err := stuck.Close(); err != nil {
		t.Errorf("Close after a cancelled Open: %v", err)
	}
}

func returnsPromptly(t *testing.T, tun tunnel.Tunnel, ctx context.Context) {
	t.Helper()
	result := make(chan error, 1)
	go func() { _, err := tun.Open(ctx); result <- err }()
	select {
	case err := <-result:
		if !errors.Is(err, context.Canceled) {
			t.Errorf("a cancelled Open returned %v", err)
		}
	case <-time.After(promptly):
		t.Fatal("a cancelled Open did not return")
	}
	if st := tun.Status().State; st == tunnel.Running {
		t.Error("the tunnel is running after a cancelled Open")
	}
}
