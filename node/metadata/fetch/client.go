package fetch

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Options describe a provider to a Client.
type Options struct {
	Name      string
	UserAgent string
	Hosts     []string // the host names that may be asked; ".example.org" for all below one
	Every     time.Duration
	Burst     int // how many requests may come at once after a rest, at least 1
	PerDay    int // 0: no budget

	// Sign adds the key to a request. What it adds is in no cache key and no error.
	Sign     func(*http.Request)
	CacheDir string      // "" for no cache
	Online   func() bool // nil: always
	Log      *slog.Logger

	Timeout time.Duration  // of one request as a whole; 0: 30 s
	Dial    DialFunc       // nil: DialPublic
	RootCAs *x509.CertPool // nil: the system's
}

// Bounds that no provider has reason to reach.
const (
	maxJSON   = 8 << 20
	maxImage  = 16 << 20
	maxWait   = 24 * time.Hour // of a Retry-After
	patience  = time.Minute    // how long a request waits for its provider
	attempts  = 3
	redirects = 4
)

// Client asks one provider. Safe for concurrent use.
type Client struct {
	opt   Options
	http  *http.Client
	limit *rate.Limiter
	cache cache

	mu     sync.Mutex
	paused time.Time // nobody asks before
	why    error
	fails  int // in a row
	badKey bool
	day    time.Time // when the present day of the budget began
	spent  int
}

// New returns a Client. It asks nothing and opens nothing yet.
func New(opt Options) *Client {
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	if opt.Online == nil {
		opt.Online = func() bool { return true }
	}
	if opt.Dial == nil {
		opt.Dial = DialPublic()
	}
	if opt.Timeout == 0 {
		opt.Timeout = 30 * time.Second
	}
	c := &Client{opt: opt, cache: cache{opt.CacheDir}, limit: rate.NewLimiter(rate.Every(opt.Every), max(1, opt.Burst))}
	c.http = &http.Client{CheckRedirect: c.redirect, Transport: &http.Transport{
		// No proxy: its address could not be told from one that must be refused.
		DialContext:           opt.Dial,
		TLSClientConfig:       &tls.Config{RootCAs: opt.RootCAs, MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:   10 * time.Second,
		ResponseHeaderTimeout: opt.Timeout,
		MaxIdleConnsPerHost:   2,
		IdleConnTimeout:       30 * time.Second,
		ForceAttemptHTTP2:     true,
	}}
	return c
}

// Close ends idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Status is how a provider is doing.
type Status struct {
	Problem string    // "" when all is well
	Paused  time.Time // not asked before; zero for no pause
	Spent   int       // requests of the present day
	PerDay  int
}

// Status returns how the provider is doing.
func (c *Client) Status() Status {
	c.mu.Lock()
	defer c.mu.Unlock()
	st := Status{Spent: c.spent, PerDay: c.opt.PerDay}
	if now := time.Now(); now.Sub(c.day) >= 24*time.Hour {
		st.Spent = 0
	}
	switch {
	case c.badKey:
		st.Problem = ErrBadKey.Error()
	case time.Now().Before(c.paused):
		st.Paused, st.Problem = c.paused, c.why.Error()
	}
	return st
}

// redirect follows to the provider's own hosts only. The page redirected from stays
// unsaid: its address may hold the key.
func (c *Client) redirect(r *http.Request, via []*http.Request) error {
	r.Header.Del("Referer")
	if len(via) > redirects {
		return fmt.Errorf("%w: more than %d redirects", ErrForbidden, redirects)
	}
	return c.allowed(r)
}

func (c *Client) allowed(r *http.Request) error {
	host := strings.ToLower(r.URL.Hostname())
	ok := slices.ContainsFunc(c.opt.Hosts, func(h string) bool {
		return host == h || strings.HasPrefix(h, ".") && strings.HasSuffix(host, h)
	})
	if !ok || r.URL.Scheme != "https" || r.URL.User != nil || r.URL.Port() != "" && r.URL.Port() != "443" {
		return fmt.Errorf("%w: %s://%s", ErrForbidden, r.URL.Scheme, r.URL.Host)
	}
	return nil
}

// admit returns when a request may be made.
func (c *Client) admit(ctx context.Context) error {
	for {
		if !c.opt.Online() {
			return ErrOffline
		}
		until, err := c.blocked()
		if err != nil {
			return err
		}
		if until.IsZero() {
			break
		}
		deadline, bound := ctx.Deadline()
		if time.Until(until) > patience || bound && deadline.Before(until) {
			return c.busy()
		}
		if err := sleep(ctx, time.Until(until)); err != nil {
			return err
		}
	}
	if err := c.limit.Wait(ctx); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return &Busy{time.Now().Add(c.opt.Every), err} // the deadline comes first
	}
	if !c.opt.Online() {
		return ErrOffline
	}
	return c.spend()
}

func (c *Client) blocked() (until time.Time, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.badKey {
		return until, ErrBadKey
	}
	if time.Now().Before(c.paused) {
		until = c.paused
	}
	return until, nil
}

func (c *Client) busy() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return &Busy{c.paused, c.why}
}

// spend takes one request from the day's budget.
func (c *Client) spend() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	if now.Sub(c.day) >= 24*time.Hour {
		c.day, c.spent = now, 0
	}
	if c.opt.PerDay > 0 && c.spent >= c.opt.PerDay {
		c.paused, c.why = c.day.Add(24*time.Hour), fmt.Errorf("the day's %d requests are spent", c.opt.PerDay)
		return &Busy{c.paused, c.why}
	}
	c.spent++
	return nil
}

func (c *Client) succeeded() {
	c.mu.Lock()
	c.fails = 0
	c.mu.Unlock()
}

// failed makes everybody wait: as long as the provider says, else longer each time.
func (c *Client) failed(why error, wait time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fails++
	if wait <= 0 {
		wait = min(time.Second<<min(c.fails, 20), 5*time.Minute)
	}
	if until := time.Now().Add(min(wait, maxWait)); until.After(c.paused) {
		c.paused, c.why = until, why
	}
	c.opt.Log.Debug("a provider of facts makes us wait", "provider", c.opt.Name, "why", why, "wait", wait)
}

func (c *Client) refused() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.badKey {
		c.opt.Log.Warn("a provider of facts refuses the key; it is not asked again until the settings change", "provider", c.opt.Name)
	}
	c.badKey = true
	return ErrBadKey
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
