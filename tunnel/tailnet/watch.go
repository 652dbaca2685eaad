package tailnet

import (
	"time"

	"tailscale.com/ipn"
	"tailscale.com/ipn/ipnstate"

	"sett/tunnel"
)

// busMask asks the library's bus for what happens to this node, not to others.
const busMask = ipn.NotifyInitialState | ipn.NotifyInitialHealthState | ipn.NotifyNoNetMap

// watch keeps the status true until the run ends. The bus only says when to look:
// the library's status is looked at as a whole, so a missed message is harmless.
// The ticker is for what the bus does not tell (certificate names).
func (r *run) watch() {
	wake := make(chan struct{}, 1)
	r.wg.Go(func() { r.readBus(wake) })
	tick := time.NewTicker(r.t.refreshEvery)
	defer tick.Stop()
	w := watcher{run: r}
	for {
		select {
		case <-wake:
		case <-tick.C:
		case <-r.secure.changed:
		case <-r.ctx.Done():
			return
		}
		w.refresh()
	}
}

// readBus wakes the watcher at every message and handles refusals itself.
func (r *run) readBus(wake chan<- struct{}) {
	for r.ctx.Err() == nil {
		bus, err := r.lc.WatchIPNBus(r.ctx, busMask)
		if err != nil {
			r.pause(time.Second)
			continue
		}
		for {
			n, err := bus.Next()
			if err != nil {
				break
			}
			r.hear(&n)
			select {
			case wake <- struct{}{}:
			default: // it is going to look anyway
			}
		}
		bus.Close()
		r.pause(100 * time.Millisecond)
	}
}

// hear looks for a final answer in one message of the bus.
func (r *run) hear(n *ipn.Notify) {
	hasKey := r.cfg.AuthKey != ""
	var err error
	if n.ErrMessage != nil {
		err = refused(*n.ErrMessage, hasKey)
	}
	if err == nil && hasKey && !r.isUp() && keyRefusedQuietly(n.Health) {
		err = ErrAuthKey
	}
	if err == nil {
		return
	}
	r.complaint.Store(&err)
	if r.isUp() {
		r.log.Warn("the tailnet complains", "err", err)
	}
	select {
	case r.refused <- err:
	default: // one is enough
	}
}

func (r *run) pause(d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-r.ctx.Done():
	}
}

// watcher is the state of the watch goroutine alone.
type watcher struct {
	*run
	asked bool // a new sign-in was asked for since the node was last Running
}

func (w *watcher) refresh() {
	st, err := w.lc.StatusWithoutPeers(w.ctx)
	if err != nil {
		return // closing; a living node always answers
	}
	w.secure.follow(secureName(w.cfg, st))
	name, problem := w.secure.state()
	pub := statusOf(w.cfg, st, name)
	if problem != "" {
		pub.Health = append(pub.Health, problem)
	}
	if pub.State != tunnel.Running && w.isUp() {
		w.lost(st, &pub)
	}
	w.publish(pub)
	if pub.State == tunnel.Running {
		w.asked = false
		w.upOnce.Do(func() { close(w.up) })
	}
}

// lost handles a node that was in the tailnet and is not any more. When its key
// has expired a person must sign in again, for which a link has to be asked for.
func (w *watcher) lost(st *ipnstate.Status, pub *tunnel.Status) {
	switch st.BackendState {
	case ipn.NeedsLogin.String():
		if st.AuthURL != "" || w.asked {
			return
		}
		if err := w.lc.StartLoginInteractive(w.ctx); err != nil {
			w.log.Warn("ask the tailnet for a new sign-in", "err", err)
			return
		}
		w.asked = true
	case ipn.Stopped.String():
		if err := w.complaint.Load(); err != nil {
			pub.State, pub.Err = tunnel.Failed, (*err).Error()
		}
	}
}
