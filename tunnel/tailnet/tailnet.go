package tailnet

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"sett/node/origin"
	"sett/tunnel"
)

// Tunnel is the node's place in a tailnet. Its methods may be called from several
// goroutines at once.
type Tunnel struct {
	cfg   Config
	log   *slog.Logger
	board board

	refreshEvery time.Duration // how often the status is read without being asked to
	certRetry    time.Duration // first wait after a certificate could not be had

	mu  sync.Mutex
	run *run // nil: nothing of the tunnel is running
}

var _ tunnel.Tunnel = (*Tunnel)(nil)

// New returns a closed tunnel; it touches neither disk nor network. A mistake in
// cfg is told by Open.
func New(cfg Config, log *slog.Logger) *Tunnel {
	return &Tunnel{
		cfg:          cfg.withDefaults(),
		log:          log,
		board:        board{onChange: cfg.OnStatus},
		refreshEvery: 15 * time.Second,
		certRetry:    time.Minute,
	}
}

// Name is "tailnet".
func (t *Tunnel) Name() string { return "tailnet" }

// Zone is origin.Tailnet.
func (t *Tunnel) Zone() origin.Zone { return origin.Tailnet }

// Status is the present state, kept up to date while the tunnel is open. It never
// blocks on the network.
func (t *Tunnel) Status() tunnel.Status { return t.board.get() }

// Open joins the tailnet and returns a listener for each of Config.HTTPPorts and
// one for TLS on 443. The latter is always returned but refuses connections until
// there is a certificate, and accepts them from the moment there is one.
//
// Open tries for as long as ctx allows while the control server does not answer
// or a person has to act, and gives up at once when the control server says no.
// When it fails, what it had started winds down by itself; Close waits for it.
func (t *Tunnel) Open(ctx context.Context) ([]tunnel.Listener, error) {
	if err := t.cfg.check(); err != nil {
		t.fail(err)
		return nil, err
	}
	r, err := t.begin(ctx)
	if err != nil {
		return nil, err
	}
	lns, err := r.open(ctx)
	if err != nil {
		r.silence()
		t.fail(err)
		r.end()
		return nil, err
	}
	t.log.Info("tailnet tunnel open", "name", t.Status().DNSName)
	return lns, nil
}

// Close leaves the tailnet: connections break, Accept returns, and nothing of the
// tunnel runs when it returns. A status of Failed stays, so that the reason can
// still be read while a supervisor waits to open the tunnel again.
func (t *Tunnel) Close() error {
	t.mu.Lock()
	r := t.run
	t.mu.Unlock()
	if r != nil {
		r.silence()
		r.end()
		<-r.done
	}
	if t.Status().State != tunnel.Failed {
		t.board.set(tunnel.Status{State: tunnel.Off, Hostname: t.cfg.Hostname})
	}
	return nil
}

// begin makes the run of one Open, after the one before has wound down.
func (t *Tunnel) begin(ctx context.Context) (*run, error) {
	for {
		t.mu.Lock()
		before := t.run
		if before == nil {
			t.run = newRun(t)
			r := t.run
			t.mu.Unlock()
			t.board.set(tunnel.Status{State: tunnel.Starting, Hostname: t.cfg.Hostname})
			return r, nil
		}
		t.mu.Unlock()
		if before.ctx.Err() == nil {
			return nil, ErrOpen
		}
		select {
		case <-before.done:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// fail shows why Open returned; being told to stop is no failure.
func (t *Tunnel) fail(err error) {
	st := tunnel.Status{State: tunnel.Failed, Hostname: t.cfg.Hostname, Err: err.Error()}
	if errors.Is(err, ErrClosed) || errors.Is(err, context.Canceled) {
		st.State, st.Err = tunnel.Off, ""
	}
	if errors.Is(err, context.DeadlineExceeded) {
		st.Err = "the tailnet's control server did not let this node in before the time was up: check the network and the control server's address"
	}
	t.board.set(st)
}

// forget is called by a run whose last part has ended.
func (t *Tunnel) forget(r *run) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.run == r {
		t.run = nil
	}
}

// current returns the run that may be asked questions, nil for none.
func (t *Tunnel) current() *run {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.run == nil || t.run.ctx.Err() != nil || !t.run.isUp() {
		return nil
	}
	return t.run
}
