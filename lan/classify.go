package lan

import (
	"net"
	"slices"
	"strings"
)

// Kind is what an interface is, as far as its description tells.
type Kind uint8

const (
	Unclassified Kind = iota
	Loopback
	Ethernet  // a cable, also VLAN, bond, macvlan, and a container's end of a veth
	WiFi      // a radio
	Bridge    // a bridge with a real port: its ports are the home network
	Container // a bridge or port that leads to containers or virtual machines
	VPN       // point-to-point: tun, WireGuard, PPP, mobile modem; never LAN
	Virtual   // tap, dummy, overlay: LAN only when the settings name it
)

var kindNames = [...]string{"unclassified", "loopback", "ethernet", "wifi", "bridge", "container", "vpn", "virtual"}

func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "kind?"
}

// Description is what the operating system says about an interface. Empty fields
// are unknown; on systems without netlink only Name and Flags are set.
type Description struct {
	Name     string
	Index    int
	Flags    net.Flags
	Encap    string   // link layer: "ether", "none", "ppp", "loopback", …
	Driver   string   // kind of virtual link: "veth", "bridge", "tuntap", …; "device" for hardware
	Wireless bool     // a radio
	Ports    []string // drivers of the ports of a bridge
}

// defaultVirtual are the name prefixes that mark the host's end of a container's
// cable when the settings do not say otherwise.
var defaultVirtual = []string{"veth"}

// Classify says what an interface is. virtual are name prefixes, compared without
// case, of interfaces to treat as virtual; nil means "veth".
func Classify(d Description, virtual []string) Kind {
	if virtual == nil {
		virtual = defaultVirtual
	}
	switch {
	case d.Flags&net.FlagLoopback != 0 || d.Encap == "loopback":
		return Loopback
	case isVPN(d):
		return VPN
	case d.Driver == "tuntap":
		return Virtual // a tap: ZeroTier-like networks, emulators, rootless containers
	case d.Driver == "bridge":
		return classifyBridge(d)
	case hasPrefix(d.Name, containerNames), isDockerBridge(d.Name), hasPrefix(d.Name, virtual):
		return Container
	case slices.Contains(virtualDrivers, d.Driver), hasPrefix(d.Name, virtualNames):
		return Virtual
	case d.Wireless:
		return WiFi
	}
	return Ethernet
}

// Names and link kinds that programs give to the interfaces they make. They are
// never written to.
var (
	vpnNames = []string{"tailscale", "wg", "tun", "utun", "ppp", "zt", "feth", "ipsec", "nordlynx", "proton",
		"mullvad", "wintun", "gif", "stf", "wwan", "hamachi"}
	vpnDrivers = []string{"wireguard", "gre", "gretap", "ip6gre", "ip6gretap", "ipip", "ip6tnl", "sit", "vti",
		"vti6", "xfrm", "ppp", "wwan", "rmnet", "amt", "ovpn"}
	containerNames = []string{"docker", "virbr", "lxcbr", "lxdbr", "incusbr", "cni", "podman", "cali", "flannel",
		"cilium", "kube", "weave", "vnet", "lxc"}
	virtualNames   = []string{"tap", "dummy", "vmnet", "vboxnet", "awdl", "llw", "anpi", "bridge1", "ap1"}
	virtualDrivers = []string{"dummy", "ifb", "vxlan", "geneve", "bareudp", "vrf", "nlmon", "vcan", "netdevsim"}
	sharedEncaps   = []string{"", "generic", "ether", "eether", "infiniband", "ieee802.11", "ieee1394"}
)

// isVPN reports links that lead to one far end, or that are named by a program
// which makes such links out of an Ethernet-like one (ZeroTier).
func isVPN(d Description) bool {
	if d.Flags&net.FlagPointToPoint != 0 || hasPrefix(d.Name, vpnNames) || slices.Contains(vpnDrivers, d.Driver) {
		return true
	}
	return !slices.Contains(sharedEncaps, d.Encap)
}

// classifyBridge tells a home network's bridge from a container engine's: the
// former has a port that is not the end of a container's or machine's cable.
func classifyBridge(d Description) Kind {
	if hasPrefix(d.Name, containerNames) || isDockerBridge(d.Name) {
		return Container
	}
	for _, port := range d.Ports {
		if port != "veth" && port != "tuntap" {
			return Bridge
		}
	}
	return Container
}

// isDockerBridge matches br- and the first 12 hex digits of a network's id.
func isDockerBridge(name string) bool {
	id, ok := strings.CutPrefix(name, "br-")
	if !ok || len(id) != 12 {
		return false
	}
	return strings.Trim(id, "0123456789abcdef") == ""
}

func hasPrefix(name string, prefixes []string) bool {
	for _, p := range prefixes {
		if p = strings.TrimSuffix(p, "*"); p != "" && len(name) >= len(p) && strings.EqualFold(name[:len(p)], p) {
			return true
		}
	}
	return false
}
