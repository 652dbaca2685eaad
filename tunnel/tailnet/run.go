package tailnet

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"tailscale.com/client/local"
	"tailscale.com/envknob"
	"tailscale.com/ipn"
	"tailscale.com/tsnet"

	"sett/tunnel"
)

const (
	relayPatience = 500 * time.Millisecond // Open waits so long for the relay when all else is ready
	closePatience = 2 * time.Second        // Close waits so long for the library
)

// run is everything between one Open and its end. It owns the library's server
// and every goroutine started for it.
type run struct {
	t   *Tunnel
	cfg Config
	log *slog.Logger
	srv *tsnet.Server
	lc  *local.Client // set before the watchers start

	ctx    context.Context // ends when the run must end
	cancel context.CancelFunc
	wg     sync.WaitGroup

	started  chan struct{} // closed when srv.Start has returned, with startErr
	startErr error
	up       chan struct{} // closed when the node is Running for the first time
	upOnce   sync.Once
	endOnce  sync.Once
	done     chan struct{} // closed when nothing of the run is left

	refused   chan error            // the first final answer of the control server
	complaint atomic.Pointer[error] // the latest one

	publishing sync.Mutex
	silent     bool // nothing is published any more

	secure *secure
	paths  paths
}

func newRun(t *Tunnel) *run {
	r := &run{
		t: t, cfg: t.cfg, log: t.log,
		started: make(chan struct{}), up: make(chan struct{}),
		refused: make(chan error, 1), done: make(chan struct{}),
	}
	r.ctx, r.cancel = context.WithCancel(context.Background())
	logf := libraryLog(t.log, t.cfg.AuthKey)
	r.srv = &tsnet.Server{
		Dir:           t.cfg.StateDir,
		Hostname:      t.cfg.Hostname,
		AuthKey:       t.cfg.AuthKey,
		ControlURL:    t.cfg.ControlURL,
		Ephemeral:     t.cfg.Ephemeral,
		AdvertiseTags: t.cfg.Tags,
		Port:          t.cfg.Port,
		Logf:          logf,
		UserLogf:      logf,
	}
	r.secure = newSecure(r)
	r.paths.run = r
	return r
}

// open starts the node, waits until it is in the tailnet and listens.
func (r *run) open(ctx context.Context) ([]tunnel.Listener, error) {
	go r.start()
	select {
	case <-r.started:
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-r.ctx.Done():
		return nil, ErrClosed
	}
	if r.startErr != nil {
		return nil, r.startErr
	}
	r.wg.Go(r.watch)
	select {
	case <-r.up:
	case err := <-r.refused:
		return nil, err
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-r.ctx.Done():
		return nil, ErrClosed
	}
	r.awaitRelay(ctx)
	return r.listen(ctx)
}

// awaitRelay waits a moment for the first word of the home relay. A peer that
// knocks before is not heard, and knocks again only 5 s later.
func (r *run) awaitRelay(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, relayPatience)
	defer cancel()
	health, sock := r.srv.Sys().HealthTracker.Get(), r.srv.Sys().MagicSock.Get()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		rep := sock.GetLastNetcheckReport(ctx)
		if rep != nil && rep.PreferredDERP != 0 && !health.GetDERPRegionReceivedTime(rep.PreferredDERP).IsZero() {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		case <-r.ctx.Done():
			return
		}
	}
}

// start brings the library up. With an OAuth client secret it waits for a web
// service, which no context of ours reaches; so it has a goroutine of its own.
func (r *run) start() {
	defer close(r.started)
	r.startErr = r.tryStart()
}

func (r *run) tryStart() error {
	if err := prepareStateDir(r.cfg.StateDir); err != nil {
		return err
	}
	if !r.cfg.LogUpload {
		envknob.SetNoLogsNoSupport()
	}
	if r.cfg.NoPortMapping {
		envknob.Setenv("TS_DISABLE_PORTMAPPER", "true")
	}
	if err := r.srv.Start(); err != nil {
		return errors.New("the tailnet node did not start: " + redact(err.Error(), r.cfg.AuthKey))
	}
	if err := boundBuffers(r.srv); err != nil {
		r.log.Warn("the tailnet's TCP buffers keep the library's limits", "err", err)
	}
	lc, err := r.srv.LocalClient()
	if err != nil {
		return fmt.Errorf("reach the tailnet node: %w", err)
	}
	// The library's own client keeps connections that were never used, and its
	// server waits 5 s for those when it is closed.
	r.lc = &local.Client{
		Transport: &http.Transport{DialContext: lc.Dial, DisableKeepAlives: true},
		OmitAuth:  true,
	}
	return r.refuseRoutes()
}

// refuseRoutes turns off what some platforms have on by default: routes of other
// devices would let addresses in that no device of the tailnet owns.
func (r *run) refuseRoutes() error {
	_, err := r.lc.EditPrefs(r.ctx, &ipn.MaskedPrefs{RouteAllSet: true})
	if err != nil {
		return fmt.Errorf("refuse routes of other tailnet devices: %w", err)
	}
	return nil
}

// listen opens the listeners. A serve configuration from an earlier life of the
// state folder goes first: it could publish a port by Funnel.
func (r *run) listen(ctx context.Context) ([]tunnel.Listener, error) {
	if err := r.lc.SetServeConfig(ctx, new(ipn.ServeConfig)); err != nil {
		return nil, fmt.Errorf("clear what the tailnet node may serve by itself: %w", err)
	}
	var lns []tunnel.Listener
	for _, p := range r.cfg.HTTPPorts {
		ln, err := r.srv.Listen("tcp", ":"+strconv.Itoa(int(p)))
		if err != nil {
			return nil, fmt.Errorf("listen on port %d in the tailnet: %w", p, err)
		}
		lns = append(lns, tunnel.Listener{Listener: ln})
	}
	return append(lns, tunnel.Listener{Listener: r.secure.gate, TLS: true}), nil
}

func (r *run) isUp() bool {
	select {
	case <-r.up:
		return true
	default:
		return false
	}
}

// publish shows st unless the run has been silenced.
func (r *run) publish(st tunnel.Status) {
	r.publishing.Lock()
	defer r.publishing.Unlock()
	if r.silent {
		return
	}
	if before := r.t.board.set(st); before != st.State {
		r.log.Info("tailnet state", "state", st.State.String())
	}
}

// silence returns when the run has published its last status.
func (r *run) silence() {
	r.publishing.Lock()
	defer r.publishing.Unlock()
	r.silent = true
}

// end starts winding the run down and returns at once; done tells when it has.
func (r *run) end() {
	r.endOnce.Do(func() {
		r.cancel()
		go r.windDown()
	})
}

func (r *run) windDown() {
	defer close(r.done)
	defer r.t.forget(r)
	<-r.started // the library cannot be closed while it starts
	r.secure.close()
	r.wg.Wait()
	if r.srv.Sys() == nil {
		return // it failed before there was anything to close
	}
	r.leave()
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		if err := r.srv.Close(); err != nil {
			r.log.Debug("close the tailnet node", "err", err)
		}
	}()
	select {
	case <-closed:
	case <-time.After(closePatience + ephemeralPatience(r.cfg)):
		r.log.Error("the tailnet library did not finish closing in time; what is left of it is cut off from the tailnet and holds memory until the process ends")
	}
}

// leave takes the node off the tailnet before it is closed. The library's Close
// waits for ever when more than 512 connections are open in its TCP stack
// (v1.102.5: the resets fill a queue whose reader has been stopped). What then
// stays behind must not answer in this node's name any more, and a stack that
// gets no packets has nothing else to fill the queue with.
func (r *run) leave() {
	if r.lc == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if _, err := r.lc.EditPrefs(ctx, &ipn.MaskedPrefs{WantRunningSet: true}); err != nil {
		r.log.Debug("take the node off the tailnet", "err", err)
	}
}

// ephemeralPatience is the time the library may take to say goodbye.
func ephemeralPatience(cfg Config) time.Duration {
	if cfg.Ephemeral {
		return 5 * time.Second
	}
	return 0
}
