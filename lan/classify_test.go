package lan

import (
	"net"
	"testing"
)

func TestItTellsTheHomeNetworkFromVPNsAndContainers(t *testing.T) {
	const up = net.FlagUp | net.FlagBroadcast | net.FlagMulticast
	for _, c := range []struct {
		d    Description
		want Kind
	}{
		{Description{Name: "lo", Flags: net.FlagUp | net.FlagLoopback, Encap: "loopback"}, Loopback},
		{Description{Name: "eth0", Flags: up, Encap: "ether", Driver: "device"}, Ethernet},
		{Description{Name: "eth0", Flags: up, Encap: "ether", Driver: "veth"}, Ethernet}, // seen inside a container
		{Description{Name: "enp3s0.20", Flags: up, Encap: "ether", Driver: "vlan"}, Ethernet},
		{Description{Name: "bond0", Flags: up, Encap: "ether", Driver: "bond"}, Ethernet},
		{Description{Name: "eth0", Flags: up, Encap: "ether", Driver: "macvlan"}, Ethernet},
		{Description{Name: "ovs_eth0", Flags: up, Encap: "ether", Driver: "openvswitch"}, Ethernet},
		{Description{Name: "wlan0", Flags: up, Encap: "ether", Driver: "device", Wireless: true}, WiFi},
		{Description{Name: "br0", Flags: up, Encap: "ether", Driver: "bridge", Ports: []string{"device", "veth"}}, Bridge},
		{Description{Name: "vmbr0", Flags: up, Encap: "ether", Driver: "bridge", Ports: []string{"tuntap", "bond"}}, Bridge},
		{Description{Name: "vmbr1", Flags: up, Encap: "ether", Driver: "bridge", Ports: []string{"tuntap"}}, Container},
		{Description{Name: "docker0", Flags: up, Encap: "ether", Driver: "bridge"}, Container},
		{Description{Name: "br-0123456789ab", Flags: up, Encap: "ether", Driver: "bridge", Ports: []string{"veth"}}, Container},
		{Description{Name: "br-lan", Flags: up, Encap: "ether", Driver: "bridge", Ports: []string{"dsa"}}, Bridge},
		{Description{Name: "veth12ab34c", Flags: up, Encap: "ether", Driver: "veth"}, Container},
		{Description{Name: "virbr0", Flags: up, Encap: "ether", Driver: "bridge"}, Container},
		{Description{Name: "tailscale0", Flags: net.FlagUp | net.FlagPointToPoint, Encap: "none", Driver: "tuntap"}, VPN},
		{Description{Name: "home", Flags: net.FlagUp, Encap: "none", Driver: "wireguard"}, VPN},
		{Description{Name: "office", Flags: net.FlagUp | net.FlagPointToPoint, Encap: "none", Driver: "tuntap"}, VPN},
		{Description{Name: "ztabcdefgh", Flags: up, Encap: "ether", Driver: "tuntap"}, VPN},
		{Description{Name: "tap0", Flags: up, Encap: "ether", Driver: "tuntap"}, Virtual},
		{Description{Name: "ppp0", Flags: net.FlagUp | net.FlagPointToPoint, Encap: "ppp", Driver: "ppp"}, VPN},
		{Description{Name: "wwan0", Flags: net.FlagUp, Encap: "none", Driver: "device"}, VPN},
		{Description{Name: "rawip0", Flags: net.FlagUp, Encap: "none", Driver: "device"}, VPN},
		{Description{Name: "gre1", Flags: net.FlagUp, Encap: "gre", Driver: "gre"}, VPN},
		{Description{Name: "dummy0", Flags: up, Encap: "ether", Driver: "dummy"}, Virtual},
		{Description{Name: "vx1", Flags: up, Encap: "ether", Driver: "vxlan"}, Virtual},
		// Without netlink there are only names and flags.
		{Description{Name: "en0", Flags: up}, Ethernet},
		{Description{Name: "utun3", Flags: net.FlagUp | net.FlagPointToPoint}, VPN},
		{Description{Name: "Tailscale", Flags: up}, VPN},
		{Description{Name: "vEthernet (WSL)", Flags: up}, Container},
		{Description{Name: "bridge100", Flags: up}, Virtual},
	} {
		if got := Classify(c.d, nil); got != c.want {
			t.Errorf("%s (%s): got %v, want %v", c.d.Name, c.d.Driver, got, c.want)
		}
	}
}

func TestVirtualNamesAreThePrefixesOfTheSettings(t *testing.T) {
	d := Description{Name: "LXDnic7", Driver: "device", Encap: "ether"}
	if got := Classify(d, []string{"lxdnic*"}); got != Container {
		t.Errorf("a name in the settings: got %v", got)
	}
	if got := Classify(Description{Name: "veth1", Driver: "veth", Encap: "ether"}, []string{}); got != Ethernet {
		t.Errorf("an empty list in the settings: got %v", got)
	}
}
