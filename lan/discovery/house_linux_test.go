package discovery

import (
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"sett/lan"
	"sett/lan/lantest"
)

const silence = 300 * time.Millisecond

func TestItAnswersOnlyOnLinkSourcesFromTheAddressAsked(t *testing.T) {
	lantest.Inside(t, func(t *testing.T, lab *lantest.Lab, here *lantest.Namespace) {
		h := lab.House(here)
		for _, ns := range []*lantest.Namespace{h.TV, here} {
			ns.Route("255.255.255.255/32", "192.168.1.1")
			ns.Exec("ip", "route", "replace", "255.255.255.255/32", "dev", "eth0")
		}
		r := start(t, lan.Policy{}, Port)
		tv, own := h.TV.UDP("0.0.0.0:0"), here.UDP("0.0.0.0:0")
		untilAnswered(t, tv, "192.168.1.10:7359")
		for _, c := range []struct {
			who   string
			c     *net.UDPConn
			to    string
			local string
		}{
			{"the TV by address", tv, "192.168.1.10:7359", "192.168.1.10"},
			{"the TV by directed broadcast", tv, "192.168.1.255:7359", "192.168.1.10"},
			{"the TV by broadcast", tv, "255.255.255.255:7359", "192.168.1.10"},
			{"this machine by its LAN address", own, "192.168.1.10:7359", "192.168.1.10"},
			{"this machine by loopback", own, "127.0.0.1:7359", "127.0.0.1"},
			{"this machine by broadcast", own, "192.168.1.255:7359", "192.168.1.10"},
			{"this machine by the VPN's address", own, "10.8.0.1:7359", ""},
			{"a stranger through the router", h.Stranger.UDP("0.0.0.0:0"), "192.168.1.10:7359", ""},
			{"a friend by the VPN's address", h.Friend.UDP("0.0.0.0:0"), "10.8.0.1:7359", ""},
			{"a friend by the LAN's address", h.Friend.UDP("0.0.0.0:0"), "192.168.1.10:7359", ""},
			{"a friend by the VPN's broadcast", h.Friend.UDP("0.0.0.0:0"), "10.8.0.255:7359", ""},
		} {
			got := ask(t, c.c, c.to, question, silence)
			switch {
			case c.local == "" && got != nil:
				t.Errorf("%s was answered: %+v", c.who, got)
			case c.local == "":
			case got == nil:
				t.Errorf("%s was not answered", c.who)
			case got.from.String() != c.local+":7359" || got.Address != "http://"+c.local+":8096":
				t.Errorf("%s heard %+v", c.who, got)
			case got.took > 100*time.Millisecond:
				t.Errorf("%s waited %v", c.who, got.took)
			}
		}
		var sources []string
		for _, s := range r.Refused().Sources() {
			sources = append(sources, s.Source.String())
		}
		slices.Sort(sources)
		if got := strings.Join(sources, " "); got != "10.8.0.1 10.8.0.2 203.0.113.10" {
			t.Errorf("refused sources: %s", got)
		}
	})
}

func TestASpoofedHomeAddressThroughTheVPNIsNotAnswered(t *testing.T) {
	lantest.Inside(t, func(t *testing.T, lab *lantest.Lab, here *lantest.Namespace) {
		h := lab.House(here)
		r := start(t, lan.Policy{}, Port)
		tv := h.TV.UDP("0.0.0.0:0")
		untilAnswered(t, tv, "192.168.1.10:7359")
		// The friend takes the address of a neighbour: only the interface gives it away.
		h.Friend.Addr("wg0", "192.168.1.77/32")
		for _, scope := range []string{"all", "wg0"} {
			here.Sysctl("net/ipv4/conf/"+scope+"/rp_filter", "0")
		}
		c := h.Friend.UDP("192.168.1.77:0")
		ask(t, c, "192.168.1.10:7359", question, silence)
		ask(t, c, "10.8.0.255:7359", question, silence)
		spoofed := netip.MustParseAddr("192.168.1.77")
		i := slices.IndexFunc(r.Refused().Sources(), func(s lan.Refusal) bool { return s.Source == spoofed })
		if i < 0 {
			t.Fatalf("not refused: %+v", r.Refused().Sources())
		}
		if s := r.Refused().Sources()[i]; s.Why != lan.WhyNotLAN {
			t.Errorf("refused as %+v", s)
		}
	})
}

func TestEachNetworkHearsItsOwnAddressAndComesBackAfterALoss(t *testing.T) {
	lantest.Inside(t, func(t *testing.T, lab *lantest.Lab, here *lantest.Namespace) {
		start(t, lan.Policy{}, Port) // before there is any network
		first, second := lab.Namespace("first"), lab.Namespace("second")
		plug := func(ns *lantest.Namespace, ifname, third string) *net.UDPConn {
			lab.Cable(here, ifname, ns, "eth0")
			here.Addr(ifname, "192.168."+third+".10/24")
			ns.Addr("eth0", "192.168."+third+".20/24")
			return ns.UDP("192.168." + third + ".20:0")
		}
		one, two := plug(first, "eth0", "1"), plug(second, "wlan0", "2")
		for c, third := range map[*net.UDPConn]string{one: "1", two: "2"} {
			began := time.Now()
			h := untilAnswered(t, c, "192.168."+third+".255:7359")
			if h.Address != "http://192.168."+third+".10:8096" || h.from.Addr().String() != "192.168."+third+".10" {
				t.Errorf("network %s heard %+v", third, h)
			}
			if waited := time.Since(began); waited > 3*time.Second {
				t.Errorf("network %s waited %v", third, waited)
			}
		}
		here.Unplug("wlan0")
		if ask(t, one, "192.168.1.255:7359", question, time.Second) == nil {
			t.Error("the loss of one network silenced the other")
		}
		two.Close()
		two = plug(second, "wlan0", "2")
		untilAnswered(t, two, "192.168.2.255:7359")
	})
}
