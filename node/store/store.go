package store

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/options"

	"sett/node/library"
)

// Options say how a Store is to be opened. The zero Options are good for tests.
type Options struct {
	Logger *slog.Logger // nil: nowhere

	// Render makes the wire record of an item, which Wire hands out later. It is called
	// from several goroutines at once and must depend on the item alone. Nil: no records.
	Render func(*library.Item) []byte
	// RenderVersion changes when Render would answer differently for the same item.
	RenderVersion string

	// Overlay lays over an item what is known of it beside its files: it returns the item
	// as people shall see it, or the same pointer, and leaves the one it is given alone. It
	// is asked whenever an item is read or its card is made, may read tables, and must not
	// call Item, Apply or anything that writes. Nil: nothing. See Bare and Refresh.
	Overlay func(*Store, *library.Item) (*library.Item, error)

	// Reserve is how many bytes of the disk stay free; twice as many are wanted to begin
	// with. 0: 48 MB.
	Reserve int64
}

// Store keeps everything that must outlive the process. Safe for concurrent use.
type Store struct {
	db     *badger.DB
	log    *slog.Logger
	opt    Options
	codec  codec
	space  *space
	server string
	mark   [wireMark]byte // of the render version

	view atomic.Pointer[library.Snapshot]

	apply sync.Mutex // held by whoever writes items
	saved int        // names on disk; under apply

	writes chan *write
	stop   chan struct{}
	done   chan struct{} // closed when the writer has ended
	once   sync.Once
	closed error
	using  sync.WaitGroup // reads under way; added to under mu

	editMu  sync.RWMutex
	edits   map[library.ID]*library.Edit // never changed in place
	anyGone atomic.Bool                  // there may be records of removed items

	mu     sync.Mutex
	states map[library.ID]*userState
	subs   map[*subscriber]struct{}
}

// Open opens the store in a folder, making both if need be, and reads the library into
// memory. It fails with ErrLocked when another node has the folder, ErrNewer when a newer
// version wrote it, and ErrFull when the disk has no room to work in.
func Open(ctx context.Context, dir string, opt Options) (*Store, error) {
	if opt.Logger == nil {
		opt.Logger = slog.New(slog.DiscardHandler)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, classify("make the data directory", err)
	}
	codec, err := newCodec()
	if err != nil {
		return nil, err
	}
	s := &Store{
		log: opt.Logger, opt: opt, codec: codec, mark: markOf(opt.RenderVersion),
		space:  newSpace(dir, opt.Reserve, opt.Logger),
		writes: make(chan *write), stop: make(chan struct{}), done: make(chan struct{}),
		edits: make(map[library.ID]*library.Edit), states: make(map[library.ID]*userState), subs: make(map[*subscriber]struct{}),
	}
	if err := s.openDB(dir); err != nil {
		return nil, err
	}
	if err := s.begin(ctx); err != nil {
		return nil, errors.Join(err, s.db.Close())
	}
	s.space.take()
	go s.writer()
	return s, nil
}

func (s *Store) openDB(dir string) error {
	if locked(dir) {
		return fmt.Errorf("open %s: %w", dir, ErrLocked)
	}
	s.space.drop()
	if err := s.space.claimLittle(); err != nil {
		return err
	}
	db, err := badger.Open(tuned(dir, s.log))
	if err != nil {
		if strings.Contains(err.Error(), "Cannot acquire directory lock") {
			return fmt.Errorf("open %s: %w", dir, ErrLocked)
		}
		return classify("open the database in "+dir, err)
	}
	s.db = db
	return nil
}

// tuned are the database options for a small machine: little memory, values beside the
// keys' tree, every commit on disk before it counts.
func tuned(dir string, log *slog.Logger) badger.Options {
	return badger.DefaultOptions(dir).
		WithLogger(dbLogger{log}).
		WithMetricsEnabled(false).
		WithCompression(options.None).
		WithBlockCacheSize(0).
		WithIndexCacheSize(0).
		WithValueThreshold(512).
		WithValueLogFileSize(64 << 20).
		WithMemTableSize(8 << 20).
		WithNumMemtables(2).
		WithNumLevelZeroTables(2).
		WithNumLevelZeroTablesStall(6).
		WithNumCompactors(2).
		WithNumGoroutines(2).
		WithDetectConflicts(false). // one writer at a time, see writer and Apply
		WithSyncWrites(true)
}

// begin checks the format and loads what lives in memory.
func (s *Store) begin(ctx context.Context) error {
	if err := s.migrate(); err != nil {
		return err
	}
	id, err := s.ensureMeta("server", func() []byte {
		var b [16]byte
		rand.Read(b[:]) // never fails
		return []byte(hex.EncodeToString(b[:]))
	})
	if err != nil {
		return err
	}
	s.server = string(id)
	return s.load(ctx)
}

// View is the library as it is now. Hold one for a whole request.
func (s *Store) View() *library.Snapshot { return s.view.Load() }

// ServerID is the id of this server, 32 hex digits, made once for a data directory.
func (s *Store) ServerID() string { return s.server }

// Close ends all writing and closes the database. It may be called again; what is called
// after it fails with ErrClosed.
func (s *Store) Close() error {
	s.once.Do(func() {
		s.mu.Lock()
		close(s.stop)
		s.mu.Unlock()
		<-s.done
		s.using.Wait()
		s.apply.Lock() // a running Apply ends first
		defer s.apply.Unlock()
		s.endSubscriptions()
		s.space.drop() // closing writes what is still in memory
		s.closed = classify("close the database", s.db.Close())
		s.space.take()
	})
	return s.closed
}

func (s *Store) isClosed() bool {
	select {
	case <-s.stop:
		return true
	default:
		return false
	}
}

// read runs fn in a read transaction, which Close waits for.
func (s *Store) read(fn func(*badger.Txn) error) error {
	s.mu.Lock()
	if s.isClosed() {
		s.mu.Unlock()
		return ErrClosed
	}
	s.using.Add(1)
	s.mu.Unlock()
	defer s.using.Done()
	return s.db.View(fn)
}

// dbLogger passes the database's own messages on, a level lower than it thinks they are.
type dbLogger struct{ log *slog.Logger }

func (l dbLogger) Errorf(f string, a ...any)   { l.log.Error("database: " + line(f, a)) }
func (l dbLogger) Warningf(f string, a ...any) { l.log.Warn("database: " + line(f, a)) }
func (l dbLogger) Infof(f string, a ...any)    { l.log.Debug("database: " + line(f, a)) }
func (l dbLogger) Debugf(string, ...any)       {}

func line(f string, a []any) string { return strings.TrimSpace(fmt.Sprintf(f, a...)) }
