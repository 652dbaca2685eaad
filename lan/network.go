package lan

import (
	"context"
	"fmt"
	"log/slog"
	"net/netip"
	"slices"
	"sync/atomic"
	"time"
)

const (
	settle       = 150 * time.Millisecond // changes come in bursts: read once after each
	pollNotified = 30 * time.Second       // where the system tells of changes
	pollOnly     = 2 * time.Second        // where it does not
)

// Network is the present picture of the home network. Its methods may be called
// from any goroutine and never block.
type Network struct {
	log   *slog.Logger
	rules rules
	state atomic.Pointer[State]
}

// NewNetwork reads the interfaces once under a policy. It fails only on a bad
// policy: a machine whose interfaces cannot be read yet has none, and Run retries.
func NewNetwork(p Policy, log *slog.Logger) (*Network, error) {
	r, err := p.parse()
	if err != nil {
		return nil, err
	}
	n := &Network{log: log, rules: r}
	n.state.Store(newState(nil, r, false))
	if err := n.refresh(); err != nil {
		log.Warn("network interfaces cannot be read, trying again", "err", err)
	}
	return n, nil
}

// State returns the present picture.
func (n *Network) State() *State { return n.state.Load() }

// OnLink is State().OnLink.
func (n *Network) OnLink(local, remote netip.Addr) (ok bool, why string) {
	return n.state.Load().OnLink(local, remote)
}

// AddressFor is State().AddressFor.
func (n *Network) AddressFor(remote netip.Addr) (netip.Addr, bool) {
	return n.state.Load().AddressFor(remote)
}

// Run follows the interfaces until ctx ends. It fails when the system's
// notifications cannot be had or break off; it may be run again.
func (n *Network) Run(ctx context.Context) error {
	hints, stop, err := notifications()
	if err != nil {
		return fmt.Errorf("following network interfaces: %w", err)
	}
	defer stop()
	every := pollOnly
	if hints != nil {
		every = pollNotified
	}
	poll := time.NewTicker(every)
	defer poll.Stop()
	for {
		if err := n.refresh(); err != nil {
			n.log.Warn("network interfaces cannot be read", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-poll.C:
		case _, ok := <-hints:
			if !ok {
				return fmt.Errorf("following network interfaces: %w", errNotificationsEnded)
			}
			if !pause(ctx, settle) {
				return nil
			}
		}
	}
}

// refresh reads the interfaces and publishes the picture if it changed.
func (n *Network) refresh() error {
	links, err := readLinks()
	if err != nil {
		return err
	}
	next, prev := newState(links, n.rules, contained()), n.state.Load()
	if same(prev, next) {
		return nil
	}
	n.state.Store(next)
	close(prev.replaced)
	n.logChange(prev, next)
	if next.Bridged() && !prev.Bridged() {
		n.log.Warn("this container sits on the engine's bridge: discovery cannot work and callers may look like strangers; " +
			"give it host networking, or add the home subnet to the LAN subnets and publish a URL")
	}
	return nil
}

func (n *Network) logChange(prev, next *State) {
	for i := range next.Interfaces {
		in := &next.Interfaces[i]
		if old := prev.Interface(in.Index); old != nil && sameInterface(*old, *in) {
			continue
		}
		n.log.Info("network interface", "name", in.Name, "kind", in.Kind.String(), "lan", in.LAN, "why", in.Why, "addrs", texts(in.Addrs))
	}
	for i := range prev.Interfaces {
		if in := &prev.Interfaces[i]; next.Interface(in.Index) == nil {
			n.log.Info("network interface is gone", "name", in.Name, "lan", in.LAN)
		}
	}
}

func texts(addrs []Address) []string {
	out := make([]string, 0, len(addrs))
	for _, a := range addrs {
		out = append(out, a.String())
	}
	return out
}

func same(a, b *State) bool {
	return a.Contained == b.Contained && slices.EqualFunc(a.Interfaces, b.Interfaces, sameInterface)
}

func sameInterface(a, b Interface) bool {
	return a.Name == b.Name && a.Index == b.Index && a.Kind == b.Kind && a.Flags == b.Flags &&
		a.LAN == b.LAN && slices.Equal(a.Addrs, b.Addrs)
}

func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
