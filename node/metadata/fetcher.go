package metadata

import (
	"context"
	"crypto/x509"
	"errors"
	"log/slog"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"sett/node/library"
	"sett/node/metadata/fetch"
	"sett/node/metadata/musicbrainz"
	"sett/node/metadata/provider"
	"sett/node/metadata/tmdb"
	"sett/node/metadata/tvmaze"
	"sett/node/store"
)

// The words of the providers' package that callers need.
type (
	Query       = provider.Query
	Candidate   = provider.Candidate
	Facts       = provider.Facts
	Attribution = provider.Attribution
)

// Errors that callers branch on.
var (
	ErrOffline  = fetch.ErrOffline
	ErrNotFound = provider.ErrNotFound
	// ErrNoProvider: no provider that was chosen knows things of this kind.
	ErrNoProvider = errors.New("no online provider for this is switched on")
	// ErrLocked: the owner locked the item as a whole.
	ErrLocked = errors.New("the item is locked")
)

// Providers are the settings: which providers to ask, and how.
type Providers struct {
	Enabled  []string      // "tmdb", "tvmaze", "musicbrainz"; the first wins. Empty: none
	TMDBKey  func() string // asked for each request, never kept or logged; nil or "": no TMDB
	Language string        // "de" or "de-AT"; "" for English
}

// Options say what a Fetcher works with.
type Options struct {
	Store     *store.Store
	Providers Providers
	CacheDir  string // kept answers; may be emptied at any time
	Pictures  string // fetched pictures, as given to Overlay; "": in CacheDir
	UserAgent string // who asks, with a way to reach them, as MusicBrainz wants
	Online    func() bool
	Log       *slog.Logger

	// Settle is how long an item that changed is left alone before it is asked about, as
	// a scan publishes most items twice. 0: 10 s.
	Settle time.Duration

	Dial    fetch.DialFunc // for tests; nil: public addresses only
	RootCAs *x509.CertPool // for tests
}

// maxCache bounds the kept answers, in bytes.
const maxCache = 128 << 20

// source is a provider and the way to it.
type source struct {
	provider.Provider
	client *fetch.Client
}

// Fetcher asks online providers about items, in the background. Safe for concurrent use.
type Fetcher struct {
	opt     Options
	store   *store.Store
	table   store.Table[record]
	log     *slog.Logger
	sources []source
	lacking []string // providers that were chosen but cannot be asked, with why
	video   *queue   // what music's slow pace must not hold up
	music   *queue

	mu      sync.Mutex
	puzzles map[library.ID]bool // ambiguous items
}

// New returns a Fetcher. It does nothing until Run, Identify or Apply.
func New(opt Options) *Fetcher {
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	if opt.Online == nil {
		opt.Online = func() bool { return true }
	}
	if opt.Settle == 0 {
		opt.Settle = 10 * time.Second
	}
	if opt.Pictures == "" {
		opt.Pictures = PicturesIn(opt.CacheDir)
	}
	if opt.UserAgent == "" {
		opt.UserAgent = "Sett"
	}
	f := &Fetcher{
		opt: opt, store: opt.Store, table: tableOf(opt.Store), log: opt.Log,
		video: newQueue(), music: newQueue(), puzzles: make(map[library.ID]bool),
	}
	for i, name := range opt.Providers.Enabled {
		if !slices.Contains(opt.Providers.Enabled[:i], name) {
			f.add(name)
		}
	}
	return f
}

// PicturesIn is the folder of fetched pictures in a cache folder.
func PicturesIn(cacheDir string) string { return filepath.Join(cacheDir, "metadata", "pictures") }

// add makes a provider of its name.
func (f *Fetcher) add(name string) {
	switch name {
	case tmdb.Name:
		key := f.opt.Providers.TMDBKey
		if key == nil || key() == "" {
			f.lacking = append(f.lacking, "tmdb needs a key")
			f.log.Warn("TMDB is switched on but has no key, so it is not asked")
			return
		}
		c := f.client(tmdb.Access(key))
		f.sources = append(f.sources, source{tmdb.New(c, f.opt.Providers.Language), c})
	case tvmaze.Name:
		c := f.client(tvmaze.Access())
		f.sources = append(f.sources, source{tvmaze.New(c), c})
	case musicbrainz.Name:
		c := f.client(musicbrainz.Access())
		f.sources = append(f.sources, source{musicbrainz.New(c), c})
	default:
		f.lacking = append(f.lacking, name+" is not known")
	}
}

func (f *Fetcher) client(opt fetch.Options) *fetch.Client {
	opt.UserAgent, opt.Online, opt.Log = f.opt.UserAgent, f.opt.Online, f.log
	opt.CacheDir = filepath.Join(f.answers(), opt.Name)
	opt.Dial, opt.RootCAs = f.opt.Dial, f.opt.RootCAs
	return fetch.New(opt)
}

func (f *Fetcher) answers() string { return filepath.Join(f.opt.CacheDir, "metadata", "answers") }

// Run asks about what the library holds and about what comes to it, until ctx ends. With
// no provider it only waits. It must run once at a time.
func (f *Fetcher) Run(ctx context.Context) error {
	if len(f.sources) == 0 {
		<-ctx.Done()
		return ctx.Err()
	}
	defer f.closeClients()
	changes, cancel := f.store.Subscribe()
	defer cancel()
	if err := f.sweep(ctx); err != nil {
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return f.follow(ctx, changes) })
	g.Go(func() error { return f.work(ctx, f.video) })
	g.Go(func() error { return f.work(ctx, f.music) })
	return g.Wait()
}

func (f *Fetcher) closeClients() {
	for _, s := range f.sources {
		s.client.Close()
	}
}

// follow queues what comes and changes, and twice a day whatever answer has grown old.
func (f *Fetcher) follow(ctx context.Context, changes <-chan library.ChangeSet) error {
	again := time.NewTicker(12 * time.Hour)
	defer again.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-again.C:
			if err := f.sweep(ctx); err != nil {
				return err
			}
		case set, ok := <-changes:
			if !ok {
				return store.ErrClosed
			}
			due := time.Now().Add(f.opt.Settle)
			for _, c := range slices.Concat(set.Added, set.Updated) {
				f.queue(c, waiting{due: due})
			}
		}
	}
}

// Enqueue asks about items now, whether or not they have been asked about. Seasons and
// episodes stand for their series. Ids of other things are passed over.
func (f *Fetcher) Enqueue(ids ...library.ID) {
	view := f.store.View()
	for _, id := range ids {
		if c, ok := view.Card(id); ok {
			f.queue(c, waiting{due: time.Now(), force: true})
		}
	}
}

func (f *Fetcher) queue(c *library.Card, w waiting) {
	w.id = c.ID
	kind := c.Kind
	if kind == library.Season || kind == library.Episode {
		w.id, kind = c.Series, library.Series
	}
	if len(f.handling(kind)) == 0 || w.id.IsZero() {
		return
	}
	f.lane(kind).put(w)
}

func (f *Fetcher) lane(k library.Kind) *queue {
	if k == library.MusicAlbum || k == library.MusicArtist {
		return f.music
	}
	return f.video
}

// handling are the providers that know things of a kind.
func (f *Fetcher) handling(k library.Kind) []source {
	var out []source
	for _, s := range f.sources {
		if s.Handles(k) {
			out = append(out, s)
		}
	}
	return out
}

// patience of a worker: how long it lets things be when they fail.
const (
	whileOffline = 15 * time.Second
	maxTries     = 8
)

// work asks about one item after the other.
func (f *Fetcher) work(ctx context.Context, q *queue) error {
	for {
		now := time.Now()
		wait := time.Hour
		if !f.opt.Online() {
			wait = whileOffline
		} else if w, ok, next := q.take(now); ok {
			if err := f.enrich(ctx, q, w); err != nil {
				return err
			}
			continue
		} else if !next.IsZero() {
			wait = next.Sub(now)
		}
		t := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			t.Stop()
			return ctx.Err()
		case <-q.wake:
		case <-t.C:
		}
		t.Stop()
	}
}

// enrich asks about one item and puts it back when that failed for now. Its error ends
// the worker.
func (f *Fetcher) enrich(ctx context.Context, q *queue, w waiting) error {
	err := f.ask(ctx, w)
	var busy *fetch.Busy
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, store.ErrClosed), errors.Is(err, store.ErrFull):
		return err
	case errors.Is(err, ErrOffline):
		w.due = time.Now().Add(whileOffline)
		q.put(w)
		return nil
	case errors.Is(err, fetch.ErrBadKey):
		return nil // the client has said so; the next start asks again
	case errors.As(err, &busy) && w.tries < maxTries:
		w.tries, w.due = w.tries+1, busy.Until
		q.put(w)
		return nil
	}
	f.log.Warn("an item could not be looked up online", "id", w.id, "err", err)
	return f.note(ctx, w.id, failed)
}
