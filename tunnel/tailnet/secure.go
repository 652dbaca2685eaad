package tailnet

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"

	"tailscale.com/ipn/ipnstate"
)

const (
	certTimeout  = 2 * time.Minute // a first certificate takes a DNS challenge
	certMaxRetry = time.Hour       // certificate authorities limit failed attempts
)

// secure runs the TLS listener: open while there is a certificate, refusing
// connections while there is none. A client that tries https first then goes on
// to http at once instead of waiting for a handshake that cannot succeed.
type secure struct {
	run     *run
	gate    *gate
	changed chan struct{} // capacity 1: state() may answer differently now

	mu      sync.Mutex
	name    string             // the name to have a certificate for, "" for none
	ready   bool               // the listener is open
	problem string             // why there is no certificate, for people
	stop    context.CancelFunc // ends the attempts for name
}

func newSecure(r *run) *secure {
	return &secure{run: r, gate: newGate(), changed: make(chan struct{}, 1)}
}

// secureName is the name to have a certificate for: the one the control plane
// helps with, or simply the node's when the owner brings the certificate.
func secureName(cfg Config, st *ipnstate.Status) string {
	if cfg.Certificate == nil {
		if len(st.CertDomains) == 0 {
			return ""
		}
		return st.CertDomains[0]
	}
	if st.Self == nil {
		return ""
	}
	return strings.TrimSuffix(st.Self.DNSName, ".")
}

// follow makes name the one to serve.
func (s *secure) follow(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if name == s.name || s.run.ctx.Err() != nil {
		return
	}
	s.stopLocked()
	s.name = name
	if name == "" {
		return
	}
	ctx, cancel := context.WithCancel(s.run.ctx)
	s.stop = cancel
	s.run.wg.Go(func() { s.obtain(ctx, name) })
}

func (s *secure) stopLocked() {
	if s.stop != nil {
		s.stop()
		s.stop = nil
	}
	s.gate.shut()
	s.ready, s.problem = false, ""
}

// state returns the name served now ("" for none) and what is in the way of it.
func (s *secure) state() (name, problem string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ready {
		name = s.name
	}
	return name, s.problem
}

func (s *secure) close() {
	s.mu.Lock()
	s.stopLocked()
	s.mu.Unlock()
	s.gate.Close()
}

// obtain tries until there is a certificate for name, then opens the listener.
// Renewing it later is the library's work, or the owner's.
func (s *secure) obtain(ctx context.Context, name string) {
	wait := s.run.t.certRetry
	for {
		err := s.probe(ctx, name)
		if err == nil {
			err = s.unlock(ctx)
		}
		if ctx.Err() != nil {
			return
		}
		s.report(ctx, name, err)
		if err == nil {
			return
		}
		t := time.NewTimer(wait)
		select {
		case <-t.C:
		case <-ctx.Done():
			t.Stop()
			return
		}
		wait = min(2*wait, max(certMaxRetry, s.run.t.certRetry))
	}
}

// probe returns nil when a handshake for name would find a certificate.
func (s *secure) probe(ctx context.Context, name string) error {
	if own := s.run.cfg.Certificate; own != nil {
		_, err := own(&tls.ClientHelloInfo{ServerName: name})
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, certTimeout)
	defer cancel()
	_, _, err := s.run.lc.CertPair(ctx, name)
	return err
}

// unlock opens the listener. HTTP/2 is offered by name, which the library's own
// ListenTLS does not do.
func (s *secure) unlock(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	ln, err := s.run.srv.Listen("tcp", fmt.Sprintf(":%d", tlsPort))
	if err != nil {
		return fmt.Errorf("listen on port %d in the tailnet: %w", tlsPort, err)
	}
	get := s.run.lc.GetCertificate
	if own := s.run.cfg.Certificate; own != nil {
		get = own
	}
	s.gate.admit(tls.NewListener(ln, &tls.Config{
		GetCertificate: get,
		NextProtos:     []string{"h2", "http/1.1"},
		MinVersion:     tls.VersionTLS12,
	}))
	return nil
}

func (s *secure) report(ctx context.Context, name string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if ctx.Err() != nil {
		return
	}
	s.ready, s.problem = err == nil, ""
	if err != nil {
		s.problem = fmt.Sprintf("There is no certificate for %s yet, so clients use http inside the tunnel: %v", name, err)
		s.run.log.Info("no certificate from the tailnet yet", "name", name, "err", err)
	}
	select {
	case s.changed <- struct{}{}:
	default:
	}
}

// gate is a listener whose source of connections comes and goes. It hands on the
// connections themselves, so what they are stays visible to net/http.
type gate struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once

	mu    sync.Mutex
	inner net.Listener
	wg    sync.WaitGroup
}

func newGate() *gate {
	return &gate{conns: make(chan net.Conn), closed: make(chan struct{})}
}

// admit lets connections of ln in, in place of those of the listener before.
func (g *gate) admit(ln net.Listener) {
	g.shut()
	g.mu.Lock()
	defer g.mu.Unlock()
	g.inner = ln
	g.wg.Go(func() { g.pass(ln) })
}

// shut lets no more connections in until the next admit.
func (g *gate) shut() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.inner != nil {
		g.inner.Close()
		g.inner = nil
	}
}

func (g *gate) pass(ln net.Listener) {
	for {
		c, err := ln.Accept()
		if err != nil {
			return
		}
		select {
		case g.conns <- c:
		case <-g.closed:
			c.Close()
			return
		}
	}
}

// Accept waits for the next connection; after Close it returns net.ErrClosed.
func (g *gate) Accept() (net.Conn, error) {
	select {
	case c := <-g.conns:
		return c, nil
	case <-g.closed:
		return nil, net.ErrClosed
	}
}

// Close ends Accept and returns when no goroutine of the gate is left.
func (g *gate) Close() error {
	g.once.Do(func() { close(g.closed) })
	g.shut()
	g.wg.Wait()
	return nil
}

// Addr is ":443".
func (g *gate) Addr() net.Addr { return &net.TCPAddr{Port: tlsPort} }
