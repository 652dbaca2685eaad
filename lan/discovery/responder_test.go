package discovery

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"sett/lan"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const question = "who is JellyfinServer?"

type heard struct {
	Address         string
	ID              string `json:"Id"`
	Name            string
	EndpointAddress *string
	Port            int

	from netip.AddrPort
	took time.Duration
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// describe answers with the address of ours that was asked.
func describe(_, local netip.Addr) (Answer, bool) {
	return Answer{Address: "http://" + local.String() + ":8096", ID: strings.Repeat("5", 32), Name: "Sett", Port: 8096}, true
}

// start runs a network and a responder until the test ends.
func start(t *testing.T, p lan.Policy, port uint16) *Responder {
	t.Helper()
	n, err := lan.NewNetwork(p, quiet())
	if err != nil {
		t.Fatal(err)
	}
	r := New(Config{Network: n, Describe: describe, Port: port, Log: quiet()})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 2)
	go func() { ended <- n.Run(ctx) }()
	go func() { ended <- r.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		for range 2 {
			if err := <-ended; err != nil {
				t.Error(err)
			}
		}
	})
	return r
}

// ask sends the question and waits for one answer; nil for silence.
func ask(t *testing.T, c *net.UDPConn, to, text string, patience time.Duration) *heard {
	t.Helper()
	began := time.Now()
	if _, err := c.WriteToUDPAddrPort([]byte(text), netip.MustParseAddrPort(to)); err != nil {
		t.Fatalf("asking %s: %v", to, err)
	}
	_ = c.SetReadDeadline(began.Add(patience))
	buf := make([]byte, 4096)
	n, from, err := c.ReadFromUDPAddrPort(buf)
	if err != nil {
		return nil
	}
	h := heard{from: netip.AddrPortFrom(from.Addr().Unmap(), from.Port()), took: time.Since(began)}
	if err := json.Unmarshal(buf[:n], &h); err != nil {
		t.Fatalf("%s: %v", buf[:n], err)
	}
	return &h
}

func freePort(t *testing.T) uint16 {
	t.Helper()
	c, err := net.ListenPacket("udp4", "0.0.0.0:0")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	return c.LocalAddr().(*net.UDPAddr).AddrPort().Port()
}

func loopbackSocket(t *testing.T) *net.UDPConn {
	t.Helper()
	c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// untilAnswered asks until the responder is up.
func untilAnswered(t *testing.T, c *net.UDPConn, to string) *heard {
	t.Helper()
	for range 50 {
		if h := ask(t, c, to, question, 300*time.Millisecond); h != nil {
			return h
		}
	}
	t.Fatalf("%s never answered", to)
	return nil
}

func TestThisMachineIsAnsweredOverLoopback(t *testing.T) {
	port := freePort(t)
	r := start(t, lan.Policy{Ignore: []string{"*"}}, port)
	to := netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), port)
	c := loopbackSocket(t)
	h := untilAnswered(t, c, to.String())
	if h.from != to || h.Address != "http://127.0.0.1:8096" || h.Port != 8096 || h.EndpointAddress != nil || len(h.ID) != 32 {
		t.Errorf("heard %+v", h)
	}
	if ask(t, c, to.String(), "who is EmbyServer?", 100*time.Millisecond) != nil {
		t.Error("another question was answered")
	}
	if s := r.Stats(); s.Answered == 0 || s.Ignored != 1 || s.Failed != 0 {
		t.Errorf("counted %+v", s)
	}
}

func TestATakenPortIsAnErrorAndRunCanBeTriedAgain(t *testing.T) {
	other, err := net.ListenPacket("udp4", "0.0.0.0:0") // does not share
	if err != nil {
		t.Fatal(err)
	}
	port := other.LocalAddr().(*net.UDPAddr).AddrPort().Port()
	n, err := lan.NewNetwork(lan.Policy{}, quiet())
	if err != nil {
		t.Fatal(err)
	}
	r := New(Config{Network: n, Describe: describe, Port: port, Log: quiet()})
	var taken *lan.PortTakenError
	if err := r.Run(t.Context()); !errors.As(err, &taken) || taken.Addr.Port() != port {
		t.Fatalf("got %v", err)
	}
	other.Close()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- r.Run(ctx) }()
	untilAnswered(t, loopbackSocket(t), netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), port).String())
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestAnotherServerThatSharesThePortDoesNotSilenceUs(t *testing.T) {
	port := freePort(t)
	lc := net.ListenConfig{Control: shareAddress}
	other, err := lc.ListenPacket(t.Context(), "udp4", netip.AddrPortFrom(netip.IPv4Unspecified(), port).String())
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	start(t, lan.Policy{}, port)
	untilAnswered(t, loopbackSocket(t), netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), port).String())
}

func TestAFloodFromOneSourceIsCutToItsRate(t *testing.T) {
	port := freePort(t)
	r := start(t, lan.Policy{}, port)
	to := netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), port)
	c := loopbackSocket(t)
	untilAnswered(t, c, to.String())
	began := time.Now()
	before := r.Stats()
	for range 200 {
		if _, err := c.WriteToUDPAddrPort([]byte(question), to); err != nil {
			t.Fatal(err)
		}
	}
	var s Stats
	for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		if s = r.Stats(); s.Answered+s.Limited-before.Answered >= 200 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("counted %+v", s)
		}
	}
	allowed := uint64(sourceBurst + 1 + time.Since(began).Seconds()*sourceRate)
	if got := s.Answered - before.Answered; got > allowed || s.Limited < 200-allowed {
		t.Errorf("%d answers, at most %d allowed; %+v", got, allowed, s)
	}
}
