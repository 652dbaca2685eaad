package lan

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"sett/node/origin"
)

// loopbackOnly is a network of a machine without a home network.
func loopbackOnly(t *testing.T) *Network {
	t.Helper()
	n, err := NewNetwork(Policy{Ignore: []string{"*"}}, quiet())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func openDoor(t *testing.T, n *Network, port uint16) *Door {
	t.Helper()
	d, err := OpenDoor(t.Context(), DoorConfig{Network: n, Port: port, Setting: "http_port", Log: quiet()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

// serveZones answers with the name of the zone on both listeners until the test ends.
func serveZones(t *testing.T, d *Door) {
	t.Helper()
	for zone, ln := range map[origin.Zone]net.Listener{origin.LAN: d.LAN(), origin.Local: d.Local()} {
		srv := &http.Server{
			ConnContext: origin.Stamp(zone, nil),
			Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				fmt.Fprint(w, origin.Of(r.Context()).Zone)
			}),
		}
		served := make(chan error, 1)
		go func() { served <- srv.Serve(ln) }()
		t.Cleanup(func() {
			srv.Close()
			if err := <-served; !errors.Is(err, http.ErrServerClosed) && !errors.Is(err, net.ErrClosed) {
				t.Errorf("%v listener: %v", zone, err)
			}
		})
	}
}

func get(t *testing.T, host netip.AddrPort) (string, error) {
	t.Helper()
	tr := &http.Transport{DisableKeepAlives: true}
	defer tr.CloseIdleConnections()
	res, err := (&http.Client{Transport: tr, Timeout: 3 * time.Second}).Get("http://" + host.String() + "/")
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return string(body), err
}

func eventually(t *testing.T, within time.Duration, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(within); !ok(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within %v: %s", within, what)
		}
	}
}

func TestWithoutAHomeNetworkTheMachineItselfIsServed(t *testing.T) {
	d := openDoor(t, loopbackOnly(t), 0)
	serveZones(t, d)
	body, err := get(t, netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), d.Port()))
	if err != nil || body != "local" {
		t.Errorf("got %q, %v", body, err)
	}
	for _, a := range d.Bound() {
		if !a.Addr().IsLoopback() || a.Port() != d.Port() {
			t.Errorf("bound to %v", a)
		}
	}
}

func TestConnectionsAreHandedOverBareSoThatSendfileWorks(t *testing.T) {
	d := openDoor(t, loopbackOnly(t), 0)
	c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", d.Port()))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	got, err := d.Local().Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer got.Close()
	if _, ok := got.(*net.TCPConn); !ok {
		t.Errorf("accepted a %T", got)
	}
}

func TestATakenPortIsToldWithItsOwnerAndTheSetting(t *testing.T) {
	other, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	port := uint16(other.Addr().(*net.TCPAddr).Port)
	_, err = OpenDoor(t.Context(), DoorConfig{Network: loopbackOnly(t), Port: port, Setting: "http_port", Log: quiet()})
	var taken *PortTakenError
	if !errors.As(err, &taken) {
		t.Fatalf("got %v", err)
	}
	owner := "another program"
	if runtime.GOOS == "linux" {
		owner = fmt.Sprintf("(pid %d)", os.Getpid())
	}
	for _, part := range []string{fmt.Sprintf("port %d is already in use by", port), owner, "stop it or set http_port"} {
		if !strings.Contains(taken.Error(), part) {
			t.Errorf("%q lacks %q", taken.Error(), part)
		}
	}
}

func TestAPortTakenLaterIsTriedAgainUntilItIsFree(t *testing.T) {
	n := loopbackOnly(t)
	d := openDoor(t, n, 0)
	key := targets(n.State())[0]
	// As if the address had come up while somebody else had the port.
	d.mu.Lock()
	d.sockets[key].Close()
	delete(d.sockets, key)
	d.mu.Unlock()
	at := netip.AddrPortFrom(key.addr, d.Port())
	other, err := net.Listen("tcp", at.String())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- d.Run(ctx) }()
	eventually(t, 2*time.Second, "the failed bind is known", d.failing)
	other.Close()
	serveZones(t, d)
	eventually(t, 3*time.Second, "the freed port answers", func() bool { _, err := get(t, at); return err == nil })
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if c, err := net.Dial("tcp", at.String()); err == nil {
		c.Close()
		t.Error("still listening after Run ended")
	}
}

func TestClosingADoorTwiceIsHarmlessAndEndsAccept(t *testing.T) {
	d := openDoor(t, loopbackOnly(t), 0)
	d.Close()
	d.Close()
	if _, err := d.LAN().Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("got %v", err)
	}
	if err := d.Run(t.Context()); !errors.Is(err, net.ErrClosed) {
		t.Errorf("running a closed door: %v", err)
	}
}

func TestRefusedSourcesAreCountedWithinBounds(t *testing.T) {
	r := NewRefusals("tcp", quiet())
	local := netip.MustParseAddrPort("192.168.1.10:8096")
	for i := range 2 * maxRefusedSources {
		r.Add(netip.AddrFrom4([4]byte{203, 0, byte(i >> 8), byte(i)}), local, WhyOffLink)
	}
	last := netip.AddrFrom4([4]byte{203, 0, 113, 9})
	for range 3 {
		r.Add(last, local, WhyExcluded)
	}
	sources := r.Sources()
	if len(sources) != maxRefusedSources {
		t.Errorf("%d sources are remembered", len(sources))
	}
	if s := sources[0]; s.Source != last || s.Count != 3 || s.Why != WhyExcluded || s.Local != local {
		t.Errorf("the latest is %+v", s)
	}
	if got := r.ByWhy(); got[WhyOffLink] != 2*maxRefusedSources || got[WhyExcluded] != 3 {
		t.Errorf("totals %v", got)
	}
}
