package tailnet

import (
	"errors"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"tailscale.com/client/tailscale/apitype"
	"tailscale.com/health"
	"tailscale.com/ipn/ipnstate"
	"tailscale.com/tailcfg"
	"tailscale.com/tsconst"

	"sett/node/origin"
	"sett/tunnel"
)

func TestPathsAreNamedByWhatIsBestAboutThem(t *testing.T) {
	home := netip.MustParsePrefix("192.168.1.0/24")
	for _, c := range []struct {
		ps   ipnstate.PeerStatus
		want origin.Path
	}{
		{ipnstate.PeerStatus{CurAddr: "192.168.1.7:41641", Relay: "fra"}, origin.Path{Kind: origin.PathLAN}},
		{ipnstate.PeerStatus{CurAddr: "203.0.113.9:41641", Relay: "fra"}, origin.Path{Kind: origin.PathDirect}},
		{ipnstate.PeerStatus{CurAddr: "[2001:db8::1]:41641"}, origin.Path{Kind: origin.PathDirect}},
		{ipnstate.PeerStatus{PeerRelay: "203.0.113.9:1:vni:5", Relay: "fra"}, origin.Path{Kind: origin.PathRelay}},
		{ipnstate.PeerStatus{Relay: "fra"}, origin.Path{Kind: origin.PathDERP, Region: "fra"}},
		{ipnstate.PeerStatus{}, origin.Path{}},
	} {
		if got := pathOf(&c.ps, home.Contains); got != c.want {
			t.Errorf("%+v: %+v, want %+v", c.ps, got, c.want)
		}
	}
}

func TestPeersThatProveNobodyAreMarked(t *testing.T) {
	own := []netip.Prefix{netip.MustParsePrefix("100.64.0.9/32"), netip.MustParsePrefix("fd7a:115c:a1e0::9/128")}
	node := func(mod func(*tailcfg.Node)) *tailcfg.Node {
		n := &tailcfg.Node{StableID: "n9", Name: "box.fam.ts.net.", Addresses: own, AllowedIPs: own}
		mod(n)
		return n
	}
	ada := &tailcfg.UserProfile{LoginName: "ada@example.org", DisplayName: "Ada"}
	for name, c := range map[string]struct {
		node  *tailcfg.Node
		user  *tailcfg.UserProfile
		human bool
		ok    func(origin.Peer) bool
	}{
		"an ordinary device": {node(func(*tailcfg.Node) {}), ada, true,
			func(p origin.Peer) bool { return p.Login == "ada@example.org" && p.Name == "Ada" && p.Device == "box" }},
		"a tagged device": {node(func(n *tailcfg.Node) { n.Tags = []string{"tag:x"} }), ada, false,
			func(p origin.Peer) bool { return p.Tagged && p.Login == "" && p.Name == "" }},
		"a tagged device by its owner": {node(func(*tailcfg.Node) {}), &tailcfg.UserProfile{LoginName: "tagged-devices"}, false,
			func(p origin.Peer) bool { return p.Tagged && p.Login == "" }},
		"a subnet router": {node(func(n *tailcfg.Node) { n.PrimaryRoutes = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")} }), ada, false,
			func(p origin.Peer) bool { return p.Router }},
		"an exit node": {node(func(n *tailcfg.Node) {
			n.AllowedIPs = append(slices.Clone(own), netip.MustParsePrefix("0.0.0.0/0"))
		}), ada, false, func(p origin.Peer) bool { return p.Router }},
		"a router that nobody approved": {node(func(n *tailcfg.Node) {
			n.Hostinfo = (&tailcfg.Hostinfo{RoutableIPs: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}).View()
		}), ada, false, func(p origin.Peer) bool { return p.Router }},
		"a device shared from another tailnet": {node(func(n *tailcfg.Node) {
			n.Hostinfo = (&tailcfg.Hostinfo{ShareeNode: true}).View()
		}), ada, true, func(p origin.Peer) bool { return p.Shared && p.Login == "ada@example.org" }},
		"a device without an owner": {node(func(*tailcfg.Node) {}), nil, false,
			func(p origin.Peer) bool { return p.Login == "" }},
	} {
		p := peerOf(&apitype.WhoIsResponse{Node: c.node, UserProfile: c.user}, "")
		if p.Human() != c.human || !c.ok(p) || p.ID != "n9" {
			t.Errorf("%s is %+v", name, p)
		}
	}
}

func TestGrantsComeFromTheNamedCapabilityOnly(t *testing.T) {
	who := &apitype.WhoIsResponse{Node: &tailcfg.Node{}, CapMap: tailcfg.PeerCapMap{
		"example.org/cap/sett":  {`{"role":"adult"}`, `{"role":"kid"}`},
		"example.org/cap/other": {`{"role":"admin"}`},
	}}
	if g := peerOf(who, "example.org/cap/sett").Grants; len(g) != 2 || string(g[0]) != `{"role":"adult"}` {
		t.Errorf("grants %s", g)
	}
	if g := peerOf(who, "").Grants; len(g) != 0 {
		t.Errorf("grants without a capability name: %s", g)
	}
}

func TestRefusalsOfTheControlServerAreToldApart(t *testing.T) {
	for _, c := range []struct {
		msg    string
		hasKey bool
		want   error
	}{
		{"invalid authkey", true, ErrAuthKey},
		{"invalid key: API key kABC not valid", true, ErrAuthKey},
		{"AuthKey not found", true, ErrAuthKey},
		{"authkey expired", true, ErrAuthKey},
		{"invalid pre auth key", true, ErrAuthKey},
		{"tailnet requires logging to be enabled. Remove --no-logs-no-support from tailscaled command line.", true, ErrLogsRequired},
		{"IPN bus consumer fell behind; closing watch", true, nil},
		{"device limit reached", true, refusal("device limit reached")},
		{"invalid authkey", false, refusal("invalid authkey")},
	} {
		if got := refused(c.msg, c.hasKey); !errors.Is(got, c.want) {
			t.Errorf("%q: %v, want %v", c.msg, got, c.want)
		}
	}
	report := func(text string) *health.State {
		return &health.State{Warnings: map[health.WarnableCode]health.UnhealthyState{
			tsconst.HealthWarnableLoginState: {Text: text},
		}}
	}
	if !keyRefusedQuietly(report("You are logged out. The last login error was: register request: http 401: AuthKey not found")) {
		t.Error("a key refused by an HTTP error is not recognised")
	}
	for _, h := range []*health.State{nil, {}, report("You are logged out."), report("You are logged out. The last login error was: connection refused")} {
		if keyRefusedQuietly(h) {
			t.Errorf("%+v counts as a refused key", h)
		}
	}
}

func TestSecretsAreTakenOutOfLogLines(t *testing.T) {
	for in, want := range map[string]string{
		"key tskey-auth-kX-yz used":                         "key [redacted] used",
		"key tskey-client-k-s?ephemeral=false&x=1 used":     "key [redacted] used",
		"key hskey-auth-abc used":                           "key [redacted] used",
		"go to: https://login.tailscale.com/a/1a2b3c":       "go to: https://login.tailscale.com/a/[redacted]",
		"go to: https://hs.example.org/register/abc.def ok": "go to: https://hs.example.org/register/[redacted] ok",
		"own mykey here":                                    "own [redacted] here",
		"privkey:00ff and nodekey:12ab":                     "[redacted] and nodekey:12ab",
	} {
		if got := redact(in, "mykey", ""); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}

func TestSettingsThatCannotWorkAreNamed(t *testing.T) {
	good := Config{StateDir: t.TempDir()}.withDefaults()
	if err := good.check(); err != nil {
		t.Errorf("the defaults are refused: %v", err)
	}
	if good.Hostname != "sett" || !slices.Equal(good.HTTPPorts, []uint16{80, 8096}) {
		t.Errorf("defaults %+v", good)
	}
	for want, mod := range map[string]func(*Config){
		"state folder":   func(c *Config) { c.StateDir = "" },
		"443":            func(c *Config) { c.HTTPPorts = []uint16{443} },
		"port 80 cannot": func(c *Config) { c.HTTPPorts = []uint16{80, 80} },
		"https://name":   func(c *Config) { c.ControlURL = "headscale.example.org" },
		"tags":           func(c *Config) { c.AuthKey = "tskey-client-x" },
	} {
		c := good
		mod(&c)
		tun := New(c, quiet())
		if _, err := tun.Open(t.Context()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Open: %v, want an error about %q", err, want)
		}
		if st := tun.Status(); st.State != tunnel.Failed || !strings.Contains(st.Err, want) {
			t.Errorf("status %+v, want failed with the error about %q", st, want)
		}
	}
}
