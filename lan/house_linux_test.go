package lan

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"sett/lan/lantest"
)

// follow is the promise of how soon a change of interfaces is acted on.
const follow = 3 * time.Second

// runHome runs a network and its door on port 8096 until the test ends.
func runHome(t *testing.T, p Policy) (*Network, *Door) {
	t.Helper()
	n, err := NewNetwork(p, quiet())
	if err != nil {
		t.Fatal(err)
	}
	d := openDoor(t, n, 8096)
	serveZones(t, d)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 2)
	go func() { ended <- n.Run(ctx) }()
	go func() { ended <- d.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		for range 2 {
			if err := <-ended; err != nil {
				t.Error(err)
			}
		}
	})
	return n, d
}

// knock sends a request from a machine and says what came of it: the body of the
// answer, "closed unread" for a connection the kernel made and we cut without a
// byte, "nobody there" when nothing listens.
func knock(ns *lantest.Namespace, to string) string {
	c, err := ns.Dial(to, 2*time.Second)
	switch {
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, syscall.EHOSTUNREACH), isTimeout(err):
		return "nobody there"
	case errors.Is(err, syscall.ECONNRESET):
		return "closed unread"
	case err != nil:
		return err.Error()
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(2 * time.Second))
	fmt.Fprintf(c, "GET / HTTP/1.1\r\nHost: sett\r\nConnection: close\r\n\r\n")
	answer, err := io.ReadAll(c)
	if len(answer) == 0 {
		if isTimeout(err) {
			return "left open without an answer"
		}
		return "closed unread"
	}
	return string(answer[strings.LastIndex(string(answer), "\r\n")+2:])
}

func isTimeout(err error) bool {
	var ne net.Error
	return errors.As(err, &ne) && ne.Timeout()
}

func TestOnlyTheHomeNetworkGetsAByteFromTheDoor(t *testing.T) {
	lantest.Inside(t, func(t *testing.T, lab *lantest.Lab, here *lantest.Namespace) {
		h := lab.House(here)
		h.Stranger.Addr("eth0", "100.64.9.9/32")
		h.Router.Exec("ip", "route", "add", "100.64.9.9/32", "dev", "wan")
		_, d := runHome(t, Policy{})
		for _, c := range []struct {
			ns       *lantest.Namespace
			to, want string
		}{
			{h.TV, "192.168.1.10:8096", "lan"},
			{h.TV, "[2001:db8:1::10]:8096", "lan"},
			{h.Home, "192.168.1.10:8096", "lan"},
			{h.Home, "127.0.0.1:8096", "local"},
			{h.Home, "[::1]:8096", "local"},
			{h.Home, "10.8.0.1:8096", "nobody there"}, // the VPN's address is not listened on
			{h.Stranger, "192.168.1.10:8096", "closed unread"},
			{h.Stranger, "[2001:db8:1::10]:8096", "closed unread"},
			{h.Friend, "10.8.0.1:8096", "nobody there"},
			{h.Friend, "192.168.1.10:8096", "closed unread"}, // the LAN's address through the VPN
		} {
			if got := knock(c.ns, c.to); got != c.want {
				t.Errorf("%s → %s: %q, want %q", c.ns.Name, c.to, got, c.want)
			}
		}
		if c, err := h.Stranger.DialFrom("100.64.9.9", "192.168.1.10:8096", 2*time.Second); err == nil {
			_ = c.SetDeadline(time.Now().Add(2 * time.Second))
			if n, err := c.Read(make([]byte, 1)); n != 0 || isTimeout(err) {
				t.Errorf("a provider's NAT address: %d bytes, %v", n, err)
			}
			c.Close()
		}
		var sources []string
		for _, r := range d.Refused().Sources() {
			sources = append(sources, r.Source.String())
		}
		slices.Sort(sources)
		if got := strings.Join(sources, " "); got != "10.8.0.2 100.64.9.9 2001:db8:f::10 203.0.113.10" {
			t.Errorf("refused sources: %s", got)
		}
	})
}

func TestAConfiguredSubnetIsServedThroughItsRouter(t *testing.T) {
	lantest.Inside(t, func(t *testing.T, lab *lantest.Lab, here *lantest.Namespace) {
		h := lab.House(here)
		_, _ = runHome(t, Policy{Subnets: []string{"203.0.113.0/24", "!192.168.1.20"}})
		if got := knock(h.Stranger, "192.168.1.10:8096"); got != "lan" {
			t.Errorf("a configured subnet: %q", got)
		}
		if got := knock(h.TV, "192.168.1.10:8096"); got != "closed unread" {
			t.Errorf("an excluded neighbour: %q", got)
		}
	})
}

func TestInterfacesAreFollowedWithoutDroppingOtherStreams(t *testing.T) {
	lantest.Inside(t, func(t *testing.T, lab *lantest.Lab, here *lantest.Namespace) {
		_, d := runHome(t, Policy{}) // started before there is any network
		tv, phone := lab.Namespace("tv"), lab.Namespace("phone")
		lab.Cable(here, "eth0", tv, "eth0")
		here.Addr("eth0", "192.168.1.10/24")
		tv.Addr("eth0", "192.168.1.20/24")
		served := func(ns *lantest.Namespace, to string) func() bool {
			return func() bool { return knock(ns, to) == "lan" }
		}
		eventually(t, follow, "an interface that comes up after the start", served(tv, "192.168.1.10:8096"))
		stream, err := tv.Dial("192.168.1.10:8096", 2*time.Second)
		if err != nil {
			t.Fatal(err)
		}
		defer stream.Close()

		lab.Cable(here, "wlan0", phone, "eth0")
		here.Addr("wlan0", "192.168.2.10/24")
		phone.Addr("eth0", "192.168.2.30/24")
		eventually(t, follow, "a second network", served(phone, "192.168.2.10:8096"))

		here.Addr("wlan0", "192.168.5.10/24") // DHCP moves it
		here.DropAddr("wlan0", "192.168.2.10/24")
		phone.Addr("eth0", "192.168.5.30/24")
		eventually(t, follow, "the new address", served(phone, "192.168.5.10:8096"))
		bound := func(addr string) func() bool {
			return func() bool {
				return slices.Contains(d.Bound(), netip.AddrPortFrom(netip.MustParseAddr(addr), 8096))
			}
		}
		eventually(t, follow, "the old address is let go", func() bool { return !bound("192.168.2.10")() })

		here.Unplug("wlan0")
		eventually(t, follow, "the unplugged network is let go", func() bool { return !bound("192.168.5.10")() })
		lab.Cable(here, "wlan0", phone, "eth0") // the same name and address again
		here.Addr("wlan0", "192.168.5.10/24")
		phone.Addr("eth0", "192.168.5.30/24")
		eventually(t, follow, "its return", served(phone, "192.168.5.10:8096"))

		fmt.Fprintf(stream, "GET / HTTP/1.1\r\nHost: sett\r\n\r\n")
		_ = stream.SetReadDeadline(time.Now().Add(2 * time.Second))
		if line, err := bufio.NewReader(stream).ReadString('\n'); err != nil || !strings.Contains(line, "200") {
			t.Errorf("the stream on the other interface: %q, %v", line, err)
		}
	})
}

func TestTheKernelsInterfacesAreClassified(t *testing.T) {
	lantest.Inside(t, func(t *testing.T, lab *lantest.Lab, here *lantest.Namespace) {
		h := lab.House(here)
		here.Bridge("docker0")
		here.Addr("docker0", "172.17.0.1/16")
		here.Up("lo")
		got := map[string]string{}
		for _, ns := range []*lantest.Namespace{here, h.Router} {
			var links []link
			if err := ns.Do(func() (err error) { links, err = readLinks(); return err }); err != nil {
				t.Fatal(err)
			}
			for _, in := range newState(links, rules{}, false).Interfaces {
				got[ns.Name+"/"+in.Name] = fmt.Sprint(in.Kind, " ", in.LAN)
			}
		}
		for name, want := range map[string]string{
			"inside/lo": "loopback false", "inside/eth0": "ethernet true", "inside/wg0": "vpn false",
			"inside/docker0": "container false", "router/wan": "ethernet true", "router/br-lan": "container false",
		} {
			if got[name] != want {
				t.Errorf("%s: %q, want %q", name, got[name], want)
			}
		}
	})
}

func TestTheNetworkTellsThatItHasChanged(t *testing.T) {
	lantest.Inside(t, func(t *testing.T, lab *lantest.Lab, here *lantest.Namespace) {
		n, _ := runHome(t, Policy{})
		lab.Cable(here, "eth0", lab.Namespace("tv"), "eth0")
		for deadline := time.After(follow); ; {
			st := n.State()
			if _, ok := st.AddressFor(netip.MustParseAddr("192.168.1.20")); ok {
				return
			}
			if len(st.LAN()) > 0 {
				here.Exec("ip", "addr", "replace", "192.168.1.10/24", "dev", "eth0")
			}
			select {
			case <-st.Replaced():
			case <-deadline:
				t.Fatalf("still %+v", n.State().Interfaces)
			}
		}
	})
}
