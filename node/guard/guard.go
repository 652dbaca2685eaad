// Package guard stands before every handler. From the zone that a connection came
// through it decides what may be reached at all, and it removes from requests
// whatever could pretend to another origin: forwarded headers, foreign Host names,
// other sites' pages.
//
// Who is calling, and what they may see, is not decided here: node/account and the
// route table do that for the requests that pass. No handler may depend on the
// guard for more than what [Exposure] prints.
//
// The guard hands handlers the ResponseWriter it was given, never a wrapper:
// wrapping would cost streams their sendfile.
package guard

import (
	"log/slog"
	"net/http"
	"runtime/debug"
	"sync/atomic"

	"sett/node/origin"
)

// Options are what a Guard is told by the settings and the node's other parts.
type Options struct {
	// Names are the node's own host names: its display name, the machine's name,
	// configured names. Each short one is known with ".local" too.
	Names []string
	// PublishedURL is the URL that clients are told to use; its host is a name too.
	PublishedURL string
	// TunnelNames (may be nil) returns the node's present DNS names inside tunnels.
	// It is asked for every request under a name that is not known otherwise, and
	// must not block.
	TunnelNames func() []string
	// Origins are the web origins whose pages may use the API beside the node's
	// own; "*" is any. Empty: none.
	Origins []string
	// WebPolicy is the Content-Security-Policy of pages; "" for [WebPolicy].
	WebPolicy string
	Log       *slog.Logger
}

// Guard is the middleware. Its methods may be used from several goroutines.
type Guard struct {
	opts    Options
	names   map[string]bool
	origins map[string]bool
	refused [reasonCount]atomic.Uint64
}

// Reason is why a request was refused.
type Reason uint8

// The reasons, in the order in which they are looked for.
const (
	UnknownZone Reason = iota // a listener nobody stamped: a bug of ours
	BadPath                   // dot segments or NUL bytes
	ForeignHost               // a Host that is none of our names: DNS rebinding
	NotExposed                // the exposure matrix
	NotProven                 // the matrix wants a proven person, and the look-up failed
	ForeignPage               // another site's page tried to change something
	TooLarge                  // the body's declared length
	reasonCount
)

var reasonNames = [reasonCount]string{
	"unknown zone", "bad path", "foreign host", "not exposed", "not proven", "foreign page", "too large"}

func (r Reason) String() string { return reasonNames[r] }

// New makes a Guard.
func New(o Options) *Guard {
	if o.WebPolicy == "" {
		o.WebPolicy = WebPolicy
	}
	g := &Guard{opts: o, names: ownNames(o), origins: map[string]bool{}}
	for _, s := range o.Origins {
		g.origins[s] = true
	}
	return g
}

// Refused returns how many requests were refused so far, for each reason.
func (g *Guard) Refused() map[Reason]uint64 {
	out := map[Reason]uint64{}
	for r := range g.refused {
		out[Reason(r)] = g.refused[r].Load()
	}
	return out
}

// Wrap returns the handler that lets only fit requests through to next.
func (g *Guard) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer g.recovered(w, r)
		o := origin.Of(r.Context())
		if o.Zone == origin.Unknown {
			w.Header().Set("Connection", "close")
			g.refuse(w, r, UnknownZone, http.StatusForbidden, "This connection came through no known door.")
			return
		}
		stripHeaders(r.Header, o.Zone)
		if !cleanPath(r.URL.Path) {
			g.refuse(w, r, BadPath, http.StatusBadRequest, "This path cannot exist.")
			return
		}
		if !g.ownHost(r.Host) {
			g.refuse(w, r, ForeignHost, http.StatusMisdirectedRequest,
				"This server does not answer to that host name. If it is yours, add it to server_names in the settings.")
			return
		}
		row := classify(r.Method, r.URL.Path)
		if !g.exposed(w, r, o, row.Class) {
			return
		}
		if r = g.fromPage(w, r, o, row.Class); r == nil {
			return
		}
		if !g.limitBody(w, r, row.body()) {
			return
		}
		g.protect(w.Header(), row.Class)
		next.ServeHTTP(w, r)
	})
}

// exposed checks the matrix, and answers the request itself when it is refused.
func (g *Guard) exposed(w http.ResponseWriter, r *http.Request, o origin.Origin, c Class) bool {
	rule := RuleFor(o.Zone, c)
	if rule == Open {
		return true
	}
	if rule != Closed {
		peer, err := o.Peer()
		if err != nil {
			w.Header().Set("Retry-After", "1")
			g.refuse(w, r, NotProven, http.StatusServiceUnavailable, "The network could not say who you are. Try again.")
			return false
		}
		if rule.admits(peer) {
			return true
		}
	}
	g.refuse(w, r, NotExposed, http.StatusForbidden, "This is not available on this road to the server.")
	return false
}

// refuse answers and counts. Nothing of the request is repeated in the answer.
func (g *Guard) refuse(w http.ResponseWriter, r *http.Request, why Reason, status int, text string) {
	g.refused[why].Add(1)
	o := origin.Of(r.Context())
	g.opts.Log.Debug("refused", "why", why.String(), "zone", o.Zone.String(), "addr", o.Addr.Addr().String(), "host", r.Host, "path", r.URL.Path)
	w.Header().Set("Cache-Control", "no-store")
	http.Error(w, text, status)
}

// recovered turns a handler's panic into a 500, or, when the answer had begun,
// into a cut connection: half a segment must not pass for a whole one.
func (g *Guard) recovered(w http.ResponseWriter, r *http.Request) {
	p := recover()
	if p == nil {
		return
	}
	if p != http.ErrAbortHandler { //nolint:errorlint // a panic value, as net/http compares it
		g.opts.Log.Error("panic in a handler", "method", r.Method, "path", r.URL.Path, "panic", p, "stack", string(debug.Stack()))
		w.Header().Set("Connection", "close")
		w.Header().Set("Content-Length", "0")
		w.WriteHeader(http.StatusInternalServerError)
		_ = http.NewResponseController(w).Flush()
	}
	panic(http.ErrAbortHandler)
}
