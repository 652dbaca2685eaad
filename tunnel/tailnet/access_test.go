package tailnet

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"tailscale.com/ipn/ipnlocal"
	"tailscale.com/tsnet"

	"sett/node/origin"
	"sett/tunnel"
	"sett/tunnel/tunneltest"
)

// serve answers on every listener with h.
func serve(t testing.TB, tun *Tunnel, lns []tunnel.Listener, h http.Handler) {
	t.Helper()
	who := func(a netip.AddrPort) (origin.Peer, error) { return tun.WhoIs(context.Background(), a) }
	srv := &http.Server{Handler: h, ConnContext: origin.Stamp(tun.Zone(), who)}
	for _, ln := range lns {
		go srv.Serve(ln)
	}
	t.Cleanup(func() { srv.Close() })
}

// guest is what the node learned of the last caller.
type guest struct {
	peer origin.Peer
	err  error
}

// guests serves a page that remembers who asked for it.
func guests(t testing.TB, tun *Tunnel, lns []tunnel.Listener) <-chan guest {
	seen := make(chan guest, 16)
	serve(t, tun, lns, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p, err := origin.Of(r.Context()).Peer()
		seen <- guest{p, err}
		io.WriteString(w, r.Proto)
	}))
	return seen
}

// ask makes one request on a connection of its own and returns what the node saw.
func ask(t testing.TB, from *tsnet.Server, url string, seen <-chan guest) guest {
	t.Helper()
	client := from.HTTPClient()
	defer client.CloseIdleConnections()
	client.Timeout = 20 * time.Second
	res, err := client.Get(url)
	if err != nil {
		t.Fatalf("%s asks for %s: %v", from.Hostname, url, err)
	}
	io.Copy(io.Discard, res.Body)
	res.Body.Close()
	return <-seen
}

func TestItKnowsWhoCallsWhoseDeviceItIsAndWhatThePolicyGrants(t *testing.T) {
	const capability = "example.org/cap/sett"
	ctx := within(t, time.Minute)
	lab := tunneltest.NewLab(t)
	tun, lns := openHome(t, lab, func(c *Config) { c.CapabilityName = capability })
	seen := guests(t, tun, lns)
	phone, tv := lab.Peer(ctx, "phone"), lab.Peer(ctx, "tv")
	url := "http://sett:8096/"

	g := ask(t, phone, url, seen)
	if g.err != nil {
		t.Fatal(g.err)
	}
	if g.peer.ID != lab.ID(ctx, phone) || g.peer.Login != lab.Login(ctx, phone) || g.peer.Device != "phone" || g.peer.Name == "" {
		t.Errorf("the phone is seen as %+v", g.peer)
	}
	if !g.peer.Human() || g.peer.Shared || g.peer.Router || len(g.peer.Grants) != 0 {
		t.Errorf("an ordinary phone is seen as %+v", g.peer)
	}
	if kind := g.peer.Path().Kind; kind != origin.PathDirect && kind != origin.PathDERP {
		t.Errorf("the phone's path is %v, want direct or derp", kind)
	}
	if other := ask(t, tv, url, seen); other.peer.ID == g.peer.ID || other.peer.Login == g.peer.Login {
		t.Errorf("phone and tv are both seen as %+v", other.peer)
	}

	// From here on the same addresses are asked for: connections would remember.
	now := func(s *tsnet.Server) origin.Peer {
		v4, _ := s.TailscaleIPs()
		p, err := tun.WhoIs(ctx, netip.AddrPortFrom(v4, 1))
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	lab.Grant(capability, `{"role":"adult"}`)
	eventually(t, "the grant", func() bool {
		p := now(phone)
		return len(p.Grants) == 1 && string(p.Grants[0]) == `{"role":"adult"}`
	})
	lab.Give(ctx, tv, phone)
	eventually(t, "the tv to be the phone's owner's", func() bool {
		return now(tv).Login == g.peer.Login
	})
	lab.Route(ctx, phone, netip.MustParsePrefix("192.168.77.0/24"))
	eventually(t, "the phone to be a router, which proves nobody", func() bool {
		p := now(phone)
		return p.Router && !p.Human()
	})
	lab.Tag(ctx, tv, "tag:tv")
	eventually(t, "the tv to be tagged and nobody's", func() bool {
		p := now(tv)
		return p.Tagged && p.Login == "" && p.Name == "" && !p.Human()
	})
}

func TestAFilmOfManyMegabytesArrivesWhole(t *testing.T) {
	const size = 192 << 20
	ctx := within(t, 2*time.Minute)
	lab := tunneltest.NewLab(t)
	tun, lns := openHome(t, lab, nil)
	film := func() io.Reader { return io.LimitReader(rand.NewChaCha8([32]byte{7}), size) }
	serve(t, tun, lns, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.Copy(w, film()) }))
	want := sha256.New()
	io.Copy(want, film())

	phone := lab.Peer(ctx, "phone")
	res, err := phone.HTTPClient().Get("http://sett." + tunneltest.Domain + "/film")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	got := sha256.New()
	began := time.Now()
	n, err := io.Copy(got, res.Body)
	if err != nil || n != size || !slices.Equal(got.Sum(nil), want.Sum(nil)) {
		t.Fatalf("%d of %d bytes arrived, %v; same content: %v", n, size, err, slices.Equal(got.Sum(nil), want.Sum(nil)))
	}
	t.Logf("%.0f MB/s", float64(n)/1e6/time.Since(began).Seconds())
}

func TestEveryListedAddressWorksAndNothingElseIsOpen(t *testing.T) {
	ctx := within(t, time.Minute)
	lab := tunneltest.NewLab(t)
	tun, lns := openHome(t, lab, func(c *Config) { c.HTTPPorts = []uint16{80, 8096} })
	seen := guests(t, tun, lns)
	phone := lab.Peer(ctx, "phone")
	urls := tun.Status().URLs
	if want := "http://sett." + tunneltest.Domain; len(urls) != 6 || urls[0] != want || urls[1] != want+":8096" {
		t.Errorf("URLs %v: want name, IPv4 and IPv6 on both ports, names first", urls)
	}
	for _, u := range urls {
		if g := ask(t, phone, u, seen); g.err != nil || g.peer.Device != "phone" {
			t.Errorf("%s: seen %+v, %v", u, g.peer, g.err)
		}
	}
	// A port that listens on the machine is not reachable through the tunnel.
	onMachine, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer onMachine.Close()
	_, machinePort, _ := net.SplitHostPort(onMachine.Addr().String())
	for _, port := range []string{"22", "443", "8920", machinePort} {
		dctx, cancel := context.WithTimeout(ctx, 5*time.Second)
		if c, err := phone.Dial(dctx, "tcp", net.JoinHostPort(tun.Status().Addrs[0].String(), port)); err == nil {
			c.Close()
			t.Errorf("port %s of the node is open", port)
		}
		cancel()
	}
}

// secureClient speaks HTTPS through the tunnel.
func secureClient(t testing.TB, from *tsnet.Server, iss *tunneltest.Issuer) *http.Client {
	tr := &http.Transport{DialContext: from.Dial, ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{RootCAs: iss.Roots}}
	t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr, Timeout: 10 * time.Second}
}

func TestTLSIsSpokenAsSoonAsTheControlPlaneHasACertificate(t *testing.T) {
	ctx := within(t, time.Minute)
	lab := tunneltest.NewLab(t)
	tun := home(t, lab, nil)
	tun.certRetry = 20 * time.Millisecond
	lns, err := tun.Open(ctx)
	if err != nil {
		t.Fatal(err)
	}
	guests(t, tun, lns)
	phone := lab.Peer(ctx, "phone")
	url := "https://sett." + tunneltest.Domain
	iss := tunneltest.NewIssuer(t)
	client := secureClient(t, phone, iss)

	eventually(t, "word that there is no certificate", func() bool {
		return strings.Contains(strings.Join(tun.Status().Health, " "), "no certificate")
	})
	if slices.Contains(tun.Status().URLs, url) {
		t.Errorf("%s is listed before it works", url)
	}
	if res, err := client.Get(url); err == nil {
		res.Body.Close()
		t.Error("port 443 answers without a certificate")
	}

	tsnet.TestHooks.LocalBackend(tun.run.srv).ForTest().ConfigureCerts(func(name string) (*ipnlocal.TLSCertKeyPair, error) {
		cert, key, err := iss.PEM(name)
		return &ipnlocal.TLSCertKeyPair{CertPEM: cert, KeyPEM: key}, err
	})
	eventually(t, "https to be listed first", func() bool {
		urls := tun.Status().URLs
		return len(urls) > 0 && urls[0] == url
	})
	res, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.ProtoMajor != 2 {
		t.Errorf("%s over TLS, want HTTP/2", res.Proto)
	}
}

func TestWithoutCertificatesFromTheControlPlaneTheOwnersOwnIsUsed(t *testing.T) {
	ctx := within(t, time.Minute)
	iss := tunneltest.NewIssuer(t)
	for name, own := range map[string]bool{"with one": true, "without one": false} {
		t.Run(name, func(t *testing.T) {
			lab := tunneltest.NewLab(t, tunneltest.WithoutCertificates())
			tun, lns := openHome(t, lab, func(c *Config) {
				if own {
					c.Certificate = iss.Get
				}
			})
			seen := guests(t, tun, lns)
			phone := lab.Peer(ctx, "phone")
			ask(t, phone, "http://sett", seen) // the road is open
			res, err := secureClient(t, phone, iss).Get("https://sett")
			if err == nil {
				res.Body.Close()
			}
			if (err == nil) != own {
				t.Errorf("https: %v", err)
			}
			if listed := strings.HasPrefix(tun.Status().URLs[0], "https://"); listed != own {
				t.Errorf("URLs %v: https listed %v, want %v", tun.Status().URLs, listed, own)
			}
		})
	}
}

func TestWhoIsOfAnUnknownAddressIsAnError(t *testing.T) {
	lab := tunneltest.NewLab(t)
	tun, _ := openHome(t, lab, nil)
	ctx := within(t, 10*time.Second)
	for _, a := range []string{"100.64.99.99:1", "[fd7a:115c:a1e0::99]:1", "127.0.0.1:80", "10.0.0.1:80", "[::ffff:127.0.0.1]:80"} {
		if p, err := tun.WhoIs(ctx, netip.MustParseAddrPort(a)); !errors.Is(err, ErrUnknownPeer) {
			t.Errorf("WhoIs(%s) is %+v, %v; want ErrUnknownPeer", a, p, err)
		}
	}
	tun.Close()
	if _, err := tun.WhoIs(ctx, netip.MustParseAddrPort("100.64.0.1:1")); !errors.Is(err, ErrNotOpen) {
		t.Errorf("WhoIs of a closed tunnel: %v, want ErrNotOpen", err)
	}
}

func TestCloseReturnsAlsoWithMoreConnectionsThanTheLibraryCanClose(t *testing.T) {
	const each = 300 // from two devices: more than 512 here, and fewer than that there
	ctx := within(t, time.Minute)
	lab := tunneltest.NewLab(t)
	dir := t.TempDir()
	tun, lns := openHome(t, lab, func(c *Config) { c.StateDir = dir })
	accepted := make(chan net.Conn)
	go func() {
		for {
			c, err := lns[0].Accept()
			if err != nil {
				return
			}
			accepted <- c
		}
	}()
	target := net.JoinHostPort(tun.Status().Addrs[0].String(), "80")
	for _, from := range []*tsnet.Server{lab.Peer(ctx, "phone"), lab.Peer(ctx, "tablet")} {
		for range each {
			c, err := from.Dial(ctx, "tcp", target)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			<-accepted
		}
	}
	began := time.Now()
	tun.Close()
	if took := time.Since(began); took > 4*time.Second {
		t.Errorf("Close took %v", took)
	}
	again, lns := openHome(t, lab, func(c *Config) { c.StateDir = dir })
	seen := guests(t, again, lns)
	tv := lab.Peer(ctx, "tv")
	if g := ask(t, tv, "http://sett", seen); g.err != nil || g.peer.Device != "tv" {
		t.Errorf("after opening again the tv is seen as %+v, %v", g.peer, g.err)
	}
}
