package tailnet

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strings"

	"sett/tunnel"
)

// tlsPort is where TLS is spoken; plain HTTP may not claim it.
const tlsPort = 443

// Config is what a tailnet node needs to know. It is not changed by New.
type Config struct {
	// Hostname is the short name asked for in the tailnet. Default "sett".
	Hostname string
	// AuthKey enrols the node without a person: an auth key, or an OAuth client
	// secret ("tskey-client-…?ephemeral=false", without which the tailnet forgets
	// the node when it is away), which needs Tags. It is used once; after that the
	// state in StateDir counts. Empty: a person visits Status.LoginURL.
	AuthKey string
	// ControlURL is the control server; empty means the vendor's.
	ControlURL string
	// StateDir holds the node's private keys. It is made with, or tightened to,
	// mode 0700. Two machines with a copy of it fight for the same address.
	StateDir string
	// Ephemeral lets the tailnet forget the node as soon as it is closed. Close
	// then says goodbye to the control server, for 5 s at most when it is away.
	Ephemeral bool
	// Tags are asked for when the node is enrolled ("tag:media").
	Tags []string
	// HTTPPorts are the plain HTTP ports inside the tailnet, best first.
	// Default 80 and 8096.
	HTTPPorts []uint16
	// CapabilityName is the application capability whose values become
	// origin.Peer.Grants ("example.org/cap/sett"). Empty: no grants.
	CapabilityName string
	// LogUpload lets the library send its logs to the vendor. Off by default,
	// with two consequences: the vendor cannot give support for this node, and a
	// tailnet whose policy demands network flow logs refuses it.
	LogUpload bool
	// Port is the UDP port for peer-to-peer packets; 0 lets the system choose. A
	// fixed one can be opened in a firewall.
	Port uint16
	// NoPortMapping stops the library from asking the router for a port mapping
	// (UPnP, NAT-PMP, PCP) for its encrypted packets.
	NoPortMapping bool
	// Certificate, when set, is used on 443 in place of the certificates that the
	// control plane obtains: the owner's own, where a control server has none.
	Certificate func(*tls.ClientHelloInfo) (*tls.Certificate, error)
	// OnLink says whether an address is on a home network of this machine, so
	// that a peer met there has origin.PathLAN. nil: no address is.
	OnLink func(netip.Addr) bool
	// OnStatus hears of every change of Status, in order. It must return soon
	// and must not call Open or Close.
	OnStatus func(tunnel.Status)
}

func (c Config) withDefaults() Config {
	if c.Hostname == "" {
		c.Hostname = "sett"
	}
	if len(c.HTTPPorts) == 0 {
		c.HTTPPorts = []uint16{80, 8096}
	}
	if c.OnLink == nil {
		c.OnLink = func(netip.Addr) bool { return false }
	}
	c.HTTPPorts = slices.Clone(c.HTTPPorts)
	c.Tags = slices.Clone(c.Tags)
	return c
}

// check names the first setting that cannot work.
func (c Config) check() error {
	if c.StateDir == "" {
		return errors.New("the tailnet needs a state folder for its keys: set one")
	}
	for i, p := range c.HTTPPorts {
		if p == 0 || p == tlsPort || slices.Contains(c.HTTPPorts[:i], p) {
			return fmt.Errorf("port %d cannot be an HTTP port in the tailnet: choose another; %d is for TLS and none may come twice", p, tlsPort)
		}
	}
	if c.ControlURL != "" {
		if u, err := url.Parse(c.ControlURL); err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
			return fmt.Errorf("control server %q is not an http or https address: write it as https://name", c.ControlURL)
		}
	}
	if strings.HasPrefix(c.AuthKey, "tskey-client-") && len(c.Tags) == 0 {
		return errors.New("an OAuth client secret can only enrol a tagged node: set the tags, or use an auth key")
	}
	return nil
}

// prepareStateDir makes the folder, or takes away what others may do in it.
func prepareStateDir(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make the tailnet state folder: %w", err)
	}
	fi, err := os.Stat(dir)
	if err != nil {
		return fmt.Errorf("look at the tailnet state folder: %w", err)
	}
	if fi.Mode().Perm()&0o077 == 0 {
		return nil
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		return fmt.Errorf("keep the tailnet state folder to its owner: %w", err)
	}
	return nil
}
