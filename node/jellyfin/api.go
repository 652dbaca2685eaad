package jellyfin

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"github.com/labstack/echo/v4"

	"sett/node/account"
	"sett/node/blurhash"
	"sett/node/library"
	"sett/node/metadata"
	"sett/node/origin"
	"sett/node/preview"
	"sett/node/store"
	"sett/streaming/decide"
	"sett/streaming/hls"
	"sett/streaming/image"
	"sett/streaming/subtitle"
)

// Options are the parts the API stands on. All are required unless said otherwise.
type Options struct {
	Store     *store.Store
	Accounts  *account.Accounts
	Streams   *hls.Manager
	Images    *image.Maker
	Subtitles *subtitle.Store
	Hashes    *blurhash.Hashes // nil: none are known
	Log       *slog.Logger

	ServerName string
	Version    string // reported to clients, which refuse servers outside the range they know

	// LocalAddress is the URL by which the asker reaches the node best.
	LocalAddress func(origin.Origin) string
	// Limits are what the asker's road allows.
	Limits func(origin.Origin, account.User) decide.Limits
	// Rescan asks for a library scan and returns at once.
	Rescan func()
	// ScanProgress reports the running scan; ok is false when none runs.
	ScanProgress func() (percent float64, ok bool)
	// StopScan ends the running scan. Nil: it cannot be stopped.
	StopScan func()
	// RefreshItem asks for an item's facts to be fetched anew, all of them with replace.
	// Nil: nothing fetches any.
	RefreshItem func(id library.ID, replace bool)
	// UploadDir keeps the pictures people give; "" for none.
	UploadDir string
	// BinDir keeps the media files people delete; "": nobody deletes any.
	BinDir string
	// Network describes doors and tunnels for the owner's page.
	Network func(origin.Origin) NetworkReport
	// Facts asks online providers. Nil: there are none.
	Facts *metadata.Fetcher
	// Previews hands out trickplay pictures and segments. Nil: there are none.
	Previews *preview.Previews
	// FFmpeg says whether conversion is possible at all, and if not why.
	FFmpeg func() error
}

// API answers requests. Make it with New; it has no goroutines of its own beyond
// those of open websockets, which end with ctx of New.
type API struct {
	Options
	ctx      context.Context
	echo     *echo.Echo
	paths    canonicalPaths
	sessions *sessions
	tasks    tasks
	started  time.Time
}

// New builds the API. ctx ends its websockets.
func New(ctx context.Context, o Options) *API {
	routes := Routes()
	a := &API{Options: o, ctx: ctx, paths: newCanonicalPaths(routes), sessions: newSessions(), started: time.Now()}
	a.echo = echo.New()
	a.echo.HideBanner, a.echo.HidePort = true, true
	a.echo.Logger.SetOutput(slogWriter{o.Log})
	a.echo.HTTPErrorHandler = a.fail
	for _, r := range routes {
		h := a.handler(r)
		for _, p := range r.Paths() {
			for _, m := range methodsOf(r) {
				a.echo.Add(m, p, h)
			}
		}
	}
	return a
}

// ServeHTTP implements http.Handler.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodOptions {
		preflight(w, r)
		return
	}
	allowOrigin(w, r)
	if !a.paths.rewrite(r) {
		http.NotFound(w, r)
		return
	}
	a.echo.ServeHTTP(w, r)
}

// Run forgets sessions and grants that time out, until ctx ends.
func (a *API) Run(ctx context.Context) error {
	tick := time.NewTicker(30 * time.Second)
	defer tick.Stop()
	look := time.NewTicker(time.Second)
	defer look.Stop()
	changed, stop := a.Store.Subscribe()
	defer stop()
	defer a.Accounts.OnRevoked(a.sessions.drop)()
	for {
		select {
		case <-ctx.Done():
			a.sessions.closeAll()
			return ctx.Err()
		case now := <-look.C:
			_, running := a.ScanProgress()
			a.tasks.look(now, running)
		case <-tick.C:
			a.sessions.sweep(time.Now())
		case c := <-changed:
			a.libraryChanged(c)
		}
	}
}

// call is one request on its way through a handler.
type call struct {
	echo.Context
	api  *API
	q    params
	at   origin.Origin
	auth clientAuth
	who  account.Caller // zero when nobody is signed in
	view *library.Snapshot
}

func (a *API) handler(r Route) echo.HandlerFunc {
	return func(ec echo.Context) error {
		req := ec.Request()
		c := &call{Context: ec, api: a, q: readParams(req.URL.RawQuery), at: origin.Of(req.Context())}
		c.auth = readAuth(req.Header, c.q)
		c.view = a.Store.View()
		if err := c.admit(r.Access); err != nil {
			return err
		}
		return r.Do(a, c)
	}
}

// admit is the one place where access is checked.
func (c *call) admit(need Access) error {
	if need == Closed {
		return errNotFound
	}
	who, err := c.api.Accounts.Caller(c.auth.Token, c.device(), c.at)
	switch {
	case err == nil:
		c.who = who
	case need == Public:
		return nil
	case need == Granted && c.auth.Token == "":
		return nil // the handler asks whether this address was handed the item
	default:
		return errUnauthorised
	}
	if need == Admin && !who.Admin() {
		return errForbidden
	}
	return nil
}

func (c *call) device() account.Device {
	return account.Device{ID: c.auth.DeviceID, Name: c.auth.Device, Client: c.auth.Client, Version: c.auth.Version}
}

// addr is the caller's address, for people and for throttling.
func (c *call) addr() netip.Addr { return c.at.Addr.Addr() }
