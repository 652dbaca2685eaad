package node

import (
	"fmt"
	"net"
	"net/netip"
	"strconv"

	"github.com/mdp/qrterminal/v3"

	"sett/node/jellyfin"
	"sett/node/origin"
	"sett/tunnel"
)

// homeURL is the URL of one of our addresses on the home network.
func (n *Node) homeURL(at netip.Addr) string {
	if n.cfg.PublishedURL != "" {
		return n.cfg.PublishedURL
	}
	return "http://" + net.JoinHostPort(at.String(), strconv.Itoa(int(n.door.Port())))
}

// homeURLs are the addresses people at home can open, best first.
func (n *Node) homeURLs() []string {
	var urls []string
	for _, a := range n.network.State().Addresses() {
		if u := n.homeURL(a); len(urls) == 0 || urls[len(urls)-1] != u {
			urls = append(urls, u)
		}
	}
	return urls
}

func (n *Node) loopbackURL() string {
	return fmt.Sprintf("http://127.0.0.1:%d", n.door.Port())
}

// localAddress is the URL by which the asker reaches the node best: the address
// they came to, in the zone they came from.
func (n *Node) localAddress(at origin.Origin) string {
	switch at.Zone {
	case origin.LAN:
		return n.homeURL(at.Local.Addr().WithZone(""))
	case origin.Local:
		if urls := n.homeURLs(); len(urls) > 0 {
			return urls[0]
		}
		return n.loopbackURL()
	}
	if n.tailnet != nil {
		if urls := n.tailnet.Status().URLs; len(urls) > 0 {
			return urls[0]
		}
	}
	return n.cfg.PublishedURL
}

// announce tells the person at the console how to open the node.
func (n *Node) announce() {
	urls := append(n.homeURLs(), n.loopbackURL())
	path := "/web/"
	if code := n.accounts.SetupCode(); code != "" {
		path = "/web/#/setup?code=" + code
		fmt.Fprintf(n.out, "\n%s has no owner yet. Open this address once to make the owner's account\n(setup code %s, valid until it is used or the node restarts):\n\n", n.cfg.Name, code)
	} else {
		fmt.Fprintf(n.out, "\n%s is ready. Open it at:\n\n", n.cfg.Name)
	}
	for _, u := range urls {
		fmt.Fprintf(n.out, "  %s%s\n", u, path)
	}
	fmt.Fprintln(n.out)
	n.printQR(urls[0] + path)
	if n.network.State().Bridged() {
		fmt.Fprint(n.out, "This is a container on a bridge network: devices at home cannot find the node by themselves.\nStart it with host networking (docker run --network host) or set published_url.\n\n")
	}
}

// announceTunnel tells of a tunnel that needs a person, or that works now.
func (n *Node) announceTunnel(st tunnel.Status) {
	switch st.State {
	case tunnel.NeedsLogin:
		fmt.Fprintf(n.out, "\nTo let family in from outside, sign this node in to your tailnet:\n\n  %s\n\n", st.LoginURL)
		n.printQR(st.LoginURL)
	case tunnel.NeedsAccept:
		fmt.Fprint(n.out, "\nThe tailnet's administrator must approve this node in the admin console.\n")
	case tunnel.Running:
		fmt.Fprint(n.out, "\nOn the tailnet the node is at:\n\n")
		for _, u := range st.URLs {
			fmt.Fprintf(n.out, "  %s\n", u)
		}
		fmt.Fprintln(n.out)
	case tunnel.Failed:
		fmt.Fprintf(n.out, "\nThe tailnet cannot be used now: %s\n", st.Err)
	}
}

func (n *Node) printQR(text string) {
	qrterminal.GenerateWithConfig(text, qrterminal.Config{Level: qrterminal.L, Writer: n.out, HalfBlocks: true, QuietZone: 1,
		BlackChar: qrterminal.BLACK_BLACK, WhiteChar: qrterminal.WHITE_WHITE, BlackWhiteChar: qrterminal.BLACK_WHITE, WhiteBlackChar: qrterminal.WHITE_BLACK})
}

// networkReport is the owner's view of the doors.
func (n *Node) networkReport(origin.Origin) jellyfin.NetworkReport {
	r := jellyfin.NetworkReport{Zones: []jellyfin.ZoneReport{
		{Name: "Home network", Addresses: n.homeURLs(), Open: true, Refused: refused(n.door.Refused().ByWhy())},
		{Name: "This machine", Addresses: []string{n.loopbackURL()}, Open: true},
	}}
	if n.tailnet == nil {
		r.Tailnet.State = tunnel.Off.String()
		return r
	}
	st := n.tailnet.Status()
	r.Tailnet = jellyfin.TailnetReport{
		State: st.State.String(), Error: st.Err, LoginURL: st.LoginURL, Hostname: st.Hostname, DNSName: st.DNSName, URLs: st.URLs, Health: st.Health,
	}
	r.Zones = append(r.Zones, jellyfin.ZoneReport{Name: "Tailnet", Addresses: st.URLs, Open: st.State == tunnel.Running})
	return r
}

func refused(why map[string]uint64) uint64 {
	var sum uint64
	for _, n := range why {
		sum += n
	}
	return sum
}
