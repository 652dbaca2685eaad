package lantest

// House is the smallest network with an inside and an outside:
//
//	Stranger 203.0.113.10 ── Router 192.168.1.1 ─┬─ Home 192.168.1.10 ══ VPN ══ Friend 10.8.0.2
//	         2001:db8:f::10         2001:db8:1::1 └─ TV   192.168.1.20
//	                                                      2001:db8:1::20
//
// The router forwards without translation, as a port forward does, so the stranger
// reaches Home under its own address. Home's VPN is an interface of the kernel with
// 10.8.0.1; Friend has a route to the whole of 192.168.1.0/24 through it. Home has
// 2001:db8:1::10 as well.
type House struct {
	Home, TV, Router, Stranger, Friend *Namespace
}

// House builds the network around home, whose interfaces become eth0 and wg0.
func (l *Lab) House(home *Namespace) *House {
	l.t.Helper()
	h := &House{
		Home: home, TV: l.Namespace("tv"), Router: l.Namespace("router"),
		Stranger: l.Namespace("stranger"), Friend: l.Namespace("friend"),
	}
	l.Cable(home, "eth0", h.Router, "p-home")
	l.Cable(h.TV, "eth0", h.Router, "p-tv")
	l.Cable(h.Stranger, "eth0", h.Router, "wan")
	l.VPN(home, "wg0", h.Friend, "wg0")
	h.Router.Bridge("br-lan", "p-home", "p-tv")
	h.Router.Forward()

	h.Router.Addr("br-lan", "192.168.1.1/24")
	h.Router.Addr("br-lan", "2001:db8:1::1/64")
	h.Router.Addr("wan", "203.0.113.1/24")
	h.Router.Addr("wan", "2001:db8:f::1/64")
	for ns, last := range map[*Namespace]string{home: "10", h.TV: "20"} {
		ns.Addr("eth0", "192.168.1."+last+"/24")
		ns.Addr("eth0", "2001:db8:1::"+last+"/64")
		ns.Route("default", "192.168.1.1")
		ns.Route("2001:db8:f::/64", "2001:db8:1::1")
	}
	h.Stranger.Addr("eth0", "203.0.113.10/24")
	h.Stranger.Addr("eth0", "2001:db8:f::10/64")
	h.Stranger.Route("192.168.1.0/24", "203.0.113.1")
	h.Stranger.Route("2001:db8:1::/64", "2001:db8:f::1")
	home.Addr("wg0", "10.8.0.1/24")
	h.Friend.Addr("wg0", "10.8.0.2/24")
	h.Friend.Exec("ip", "route", "replace", "192.168.1.0/24", "dev", "wg0")
	for _, ns := range []*Namespace{home, h.TV, h.Router, h.Stranger, h.Friend} {
		ns.Settle()
	}
	return h
}
