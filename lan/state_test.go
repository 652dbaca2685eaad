package lan

import (
	"net"
	"net/netip"
	"strings"
	"testing"
)

const upFlags = net.FlagUp | net.FlagBroadcast | net.FlagMulticast

// home is a machine with two LANs, a container bridge and two VPNs, one of them
// inside the range of the first LAN.
func home() []link {
	return []link{
		testLink(1, "lo", "device", "127.0.0.1/8", "::1/128"),
		testLink(2, "eth0", "device", "192.168.1.10/24", "2001:db8:1::10/64", "fd12:3456::10/64", "fe80::10/64"),
		testLink(3, "eth1", "device", "10.0.0.5/8", "100.64.7.1/24"),
		testLink(4, "docker0", "bridge", "172.17.0.1/16"),
		testLink(5, "wg0", "wireguard", "10.8.0.1/24"),
		testLink(6, "tailscale0", "tuntap", "100.100.1.1/32", "fd7a:115c:a1e0::1/128"),
	}
}

func testLink(index int, name, driver string, addrs ...string) link {
	l := link{Description: Description{Index: index, Name: name, Driver: driver, Flags: upFlags, Encap: "ether"}}
	switch driver {
	case "wireguard", "tuntap":
		l.Encap, l.Flags = "none", net.FlagUp|net.FlagPointToPoint
	}
	if name == "lo" {
		l.Encap, l.Flags = "loopback", net.FlagUp|net.FlagLoopback
	}
	for _, a := range addrs {
		l.Addrs = append(l.Addrs, Address{Prefix: netip.MustParsePrefix(a)})
	}
	return l
}

func testState(t testing.TB, p Policy, links ...link) *State {
	t.Helper()
	r, err := p.parse()
	if err != nil {
		t.Fatal(err)
	}
	return newState(links, r, false)
}

func TestACallerIsOnLinkOnlyInsideThePrefixOfTheInterfaceItDialled(t *testing.T) {
	plain := testState(t, Policy{}, home()...)
	routed := testState(t, Policy{Subnets: []string{"192.168.7.0/24", "10.8.0.77", "!192.168.1.66", "!2001:db8:1::bad"}}, home()...)
	for _, c := range []struct {
		st            *State
		local, remote string
		why           string
	}{
		{plain, "192.168.1.10", "192.168.1.20", ""},
		{plain, "192.168.1.10", "192.168.1.10", ""}, // this machine by its LAN address
		{plain, "::ffff:192.168.1.10", "::ffff:192.168.1.20", ""},
		{plain, "192.168.1.10", "169.254.3.4", ""},
		{plain, "192.168.1.10", "203.0.113.9", WhyOffLink},
		{plain, "192.168.1.10", "192.168.2.20", WhyOffLink},
		{plain, "192.168.1.10", "10.0.0.9", WhyOffLink}, // the other LAN of this house
		{plain, "192.168.1.10", "100.64.0.9", WhyOffLink},
		{plain, "192.168.1.10", "100.100.1.1", WhyOtherLink},
		{plain, "192.168.1.10", "172.17.0.2", WhyOtherLink}, // a container on this machine
		{plain, "192.168.1.10", "192.168.1.255", WhyInvalid},
		{plain, "192.168.1.10", "192.168.1.0", WhyInvalid},
		{plain, "192.168.1.10", "127.0.0.1", WhyInvalid},
		{plain, "192.168.1.10", "0.0.0.0", WhyInvalid},
		{plain, "192.168.1.10", "239.255.255.250", WhyInvalid},
		{plain, "2001:db8:1::10", "2001:db8:1::99", ""}, // global addresses of the home's own prefix
		{plain, "2001:db8:1::10", "2001:db8:2::99", WhyOffLink},
		{plain, "fd12:3456::10", "fd12:3456::99", ""},
		{plain, "fd12:3456::10", "fd7a:115c:a1e0::5", WhyOffLink},
		{plain, "fe80::10%eth0", "fe80::99%eth0", ""},
		{plain, "fe80::10%2", "fe80::99%2", ""},
		{plain, "fe80::10%eth0", "fe80::99%wg0", WhyOtherLink},
		{plain, "fe80::10%eth1", "fe80::99%eth1", WhyNotLAN},
		{plain, "10.0.0.5", "10.0.0.9", ""},
		{plain, "10.0.0.5", "10.8.0.2", WhyOtherLink}, // comes by the VPN whose range is inside the LAN's
		{plain, "100.64.7.1", "100.64.7.20", ""},      // a LAN that really uses these addresses
		{plain, "100.64.7.1", "100.64.8.20", WhyOffLink},
		{plain, "10.8.0.1", "10.8.0.2", WhyNotLAN},
		{plain, "100.100.1.1", "100.100.1.2", WhyNotLAN},
		{plain, "fd7a:115c:a1e0::1", "fd7a:115c:a1e0::5", WhyNotLAN},
		{plain, "172.17.0.1", "172.17.0.2", WhyNotLAN},
		{plain, "127.0.0.1", "127.0.0.1", WhyNotLAN}, // the Local zone, not LAN
		{plain, "192.168.1.11", "192.168.1.20", WhyNotLAN},
		{routed, "192.168.1.10", "192.168.7.20", ""},
		{routed, "192.168.1.10", "10.8.0.77", ""},
		{routed, "192.168.1.10", "10.8.0.78", WhyOtherLink},
		{routed, "10.8.0.1", "10.8.0.77", WhyNotLAN},
		{routed, "192.168.1.10", "192.168.1.66", WhyExcluded},
		{routed, "2001:db8:1::10", "2001:db8:1::bad", WhyExcluded},
		{routed, "192.168.1.10", "192.168.1.67", ""},
	} {
		ok, why := c.st.OnLink(netip.MustParseAddr(c.local), netip.MustParseAddr(c.remote))
		if ok != (c.why == "") || why != c.why {
			t.Errorf("%s ← %s: got %v %q, want %q", c.local, c.remote, ok, why, c.why)
		}
	}
	if ok, _ := plain.OnLink(netip.Addr{}, netip.Addr{}); ok {
		t.Error("no addresses at all are on-link")
	}
}

func TestTheOnLinkCheckDoesNotAllocate(t *testing.T) {
	st := testState(t, Policy{Subnets: []string{"192.168.7.0/24"}}, home()...)
	local, remote := netip.MustParseAddr("fe80::10%eth0"), netip.MustParseAddr("::ffff:203.0.113.9")
	if n := testing.AllocsPerRun(100, func() {
		st.OnLink(local, local)
		st.OnLink(netip.AddrFrom4([4]byte{192, 168, 1, 10}), remote)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkOnLink(b *testing.B) {
	links := home()
	for i := range 50 { // a machine with many containers
		links = append(links, testLink(100+i, "br-0123456789ab", "bridge", netip.PrefixFrom(netip.AddrFrom4([4]byte{172, 18 + byte(i), 0, 1}), 16).String()))
	}
	n := &Network{}
	n.state.Store(testState(b, Policy{Subnets: []string{"192.168.7.0/24"}}, links...))
	local, remote := netip.MustParseAddr("10.0.0.5"), netip.MustParseAddr("10.9.8.7")
	b.ReportAllocs()
	for b.Loop() {
		if ok, _ := n.OnLink(local, remote); !ok {
			b.Fatal("refused")
		}
	}
}

func TestTheSettingsChooseInterfaces(t *testing.T) {
	tap := testLink(7, "tap0", "device", "10.1.0.1/24")
	tap.Driver = "tuntap"
	down := testLink(8, "eth2", "device", "192.168.9.1/24")
	down.Flags = 0
	links := append(home(), tap, down)
	for _, c := range []struct {
		name   string
		policy Policy
		want   string
	}{
		{"by default", Policy{}, "eth0 eth1"},
		{"ignored", Policy{Ignore: []string{"eth1"}}, "eth0"},
		{"allowed alone", Policy{Allow: []string{"eth1"}}, "eth1"},
		{"allowed by pattern", Policy{Allow: []string{"eth*"}, Ignore: []string{"eth0"}}, "eth1"},
		{"a virtual one by name", Policy{Allow: []string{"tap0", "docker0"}}, "docker0 tap0"},
		{"a VPN never", Policy{Allow: []string{"wg0", "tailscale0"}}, ""},
		{"none", Policy{Ignore: []string{"*"}}, ""},
	} {
		var names []string
		for _, in := range testState(t, c.policy, links...).LAN() {
			names = append(names, in.Name)
		}
		if got := strings.Join(names, " "); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestABadSettingIsNamed(t *testing.T) {
	for entry, p := range map[string]Policy{
		"192.168.1.0/33": {Subnets: []string{"192.168.1.0/33"}},
		"fd23:1:0100/56": {Subnets: []string{"fd23:1:0100/56"}},
		"home.lan":       {Subnets: []string{"!home.lan"}},
		"0.0.0.0/0":      {Subnets: []string{"0.0.0.0/0"}},
		"eth[":           {Ignore: []string{"eth["}},
	} {
		if err := p.Validate(); err == nil || !strings.Contains(err.Error(), entry) {
			t.Errorf("%s: %v", entry, err)
		}
	}
	good := Policy{Subnets: []string{" 10.1.2.3 ", "!10.0.0.0/8", "::ffff:10.1.0.0/112", "!::/0"}, Allow: []string{"en*"}}
	if err := good.Validate(); err != nil {
		t.Error(err)
	}
}

func TestEachAskerIsToldTheAddressNearestToIt(t *testing.T) {
	links := home()
	eth0 := &links[1]
	eth0.Addrs = append([]Address{
		{Prefix: netip.MustParsePrefix("2001:db8:1::aaaa/64"), Temporary: true},
		{Prefix: netip.MustParsePrefix("2001:db8:1::bbbb/64"), Deprecated: true},
		{Prefix: netip.MustParsePrefix("2001:db8:1::cccc/64"), Tentative: true},
	}, eth0.Addrs...)
	st := testState(t, Policy{Subnets: []string{"192.168.7.0/24"}}, links...)
	for asker, want := range map[string]string{
		"192.168.1.20":      "192.168.1.10",
		"10.2.3.4":          "10.0.0.5",
		"100.64.7.9":        "100.64.7.1",
		"2001:db8:1::99":    "2001:db8:1::10",
		"fd12:3456::9":      "fd12:3456::10",
		"fe80::9%eth0":      "fe80::10%eth0",
		"192.168.7.9":       "192.168.1.10", // through a router of the home
		"127.0.0.1":         "127.0.0.1",
		"::1":               "::1",
		"203.0.113.9":       "",
		"10.8.0.2":          "",
		"fd7a:115c:a1e0::5": "",
	} {
		got, ok := st.AddressFor(netip.MustParseAddr(asker))
		if ok != (want != "") || (ok && got.String() != want) {
			t.Errorf("%s: got %v %v, want %q", asker, got, ok, want)
		}
	}
	var all []string
	for _, a := range st.Addresses() {
		all = append(all, a.String())
	}
	if got := strings.Join(all, " "); got != "192.168.1.10 10.0.0.5 100.64.7.1 2001:db8:1::10 fd12:3456::10" {
		t.Errorf("addresses for people: %s", got)
	}
}

func TestAContainersBridgeIsItsHomeNetworkAndIsSaidToBe(t *testing.T) {
	eth0 := testLink(2, "eth0", "veth", "172.17.0.2/16")
	st := newState([]link{eth0}, rules{}, true)
	if len(st.LAN()) != 1 || !st.Bridged() {
		t.Errorf("bridged container: LAN %v, bridged %v", st.LAN(), st.Bridged())
	}
	rootless := testLink(2, "tap0", "device", "10.0.2.100/24")
	rootless.Driver = "tuntap"
	if st := newState([]link{rootless}, rules{}, true); len(st.LAN()) != 1 || !st.Bridged() {
		t.Errorf("rootless container: LAN %v, bridged %v", st.LAN(), st.Bridged())
	}
	if st := newState([]link{rootless}, rules{}, false); len(st.LAN()) != 0 {
		t.Error("a tap outside a container is LAN unasked")
	}
	for _, driver := range []string{"macvlan", "device"} {
		if newState([]link{testLink(2, "eth0", driver, "192.168.1.5/24")}, rules{}, true).Bridged() {
			t.Errorf("a container with %s of its own is called bridged", driver)
		}
	}
}
