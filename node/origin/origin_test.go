package origin

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"sync"
	"testing"
)

func TestAContextNobodyStampedIsUnknown(t *testing.T) {
	o := Of(context.Background())
	if p, err := o.Peer(); o.Zone != Unknown || p.Human() || err != nil {
		t.Fatal(o, p, err)
	}
	if o.Zone.AtHome() {
		t.Error("unknown counts as home")
	}
}

func TestEveryConnectionOfAListenerGetsItsZone(t *testing.T) {
	got := make(chan Origin, 1)
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got <- Of(r.Context()) }))
	s.Config.ConnContext = Stamp(LAN, nil)
	s.Start()
	defer s.Close()
	req, _ := http.NewRequest("GET", s.URL, nil)
	req.Header.Set("X-Forwarded-For", "1.2.3.4")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	o := <-got
	if o.Zone != LAN || !o.Addr.Addr().IsLoopback() || o.Local.String() != s.Listener.Addr().String() {
		t.Errorf("origin is %+v", o)
	}
}

func TestAnAddressIsUnmapped(t *testing.T) {
	a := addrPort(&net.TCPAddr{IP: net.ParseIP("::ffff:192.168.1.5"), Port: 7})
	if a != netip.MustParseAddrPort("192.168.1.5:7") {
		t.Errorf("got %v", a)
	}
	if addrPort(nil).IsValid() || addrPort(&net.UnixAddr{Name: "/run/x"}).IsValid() {
		t.Error("something that is no address became one")
	}
}

func TestThePeerIsAskedOnceAfterItWasFound(t *testing.T) {
	calls, fail := 0, errors.New("away")
	ctx := Stamp(Tailnet, func(netip.AddrPort) (Peer, error) {
		if calls++; calls == 1 {
			return Peer{}, fail
		}
		return Peer{Login: "anna"}, nil
	})(context.Background(), pipe(t))
	o := Of(ctx)
	if calls != 0 {
		t.Fatal("asked while accepting")
	}
	if _, err := o.Peer(); !errors.Is(err, fail) {
		t.Fatal("a failure was swallowed")
	}
	var wg sync.WaitGroup
	for range 10 {
		wg.Go(func() {
			if p, err := Of(ctx).Peer(); err != nil || p.Login != "anna" {
				t.Error(p, err)
			}
		})
	}
	wg.Wait()
	if calls != 2 {
		t.Errorf("asked %d times", calls)
	}
}

func TestAForeignPageIsNobodyButKeepsItsAddress(t *testing.T) {
	at := netip.MustParseAddrPort("100.64.0.7:1")
	o := New(Tailnet, at, at, func() (Peer, error) { return Peer{Login: "anna"}, nil })
	f := o.AsForeign()
	if p, err := f.Peer(); p.Human() || err != nil || !f.Foreign || f.Zone != Tailnet || f.Addr != at {
		t.Error(f, p, err)
	}
	if p, _ := o.Peer(); !p.Human() || o.Foreign {
		t.Error("the connection's own origin changed")
	}
}

func TestOnlyAPersonsOwnDeviceIsHuman(t *testing.T) {
	for _, tc := range []struct {
		peer Peer
		want bool
	}{
		{Peer{}, false}, {Peer{Login: "a"}, true}, {Peer{Login: "a", Shared: true}, true},
		{Peer{Login: "a", Tagged: true}, false}, {Peer{Login: "a", Router: true}, false}, {Peer{Name: "a"}, false},
	} {
		if tc.peer.Human() != tc.want {
			t.Errorf("%+v: human is %v", tc.peer, tc.peer.Human())
		}
	}
}

func TestEveryNameIsThere(t *testing.T) {
	for z := range Zone(len(zoneNames)) {
		if z.String() == "" {
			t.Errorf("zone %d has no name", z)
		}
	}
	if Proxy.String() != "proxy" || Zone(77).String() != "zone(77)" || PathDERP.String() != "derp" || PathKind(77).String() != "path(77)" {
		t.Error(Proxy, Zone(77), PathDERP, PathKind(77))
	}
}

func pipe(t *testing.T) net.Conn {
	a, b := net.Pipe()
	t.Cleanup(func() { a.Close(); b.Close() })
	return a
}
