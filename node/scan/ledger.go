package scan

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"sett/node/library"
	"sett/node/store"
)

// row is what is remembered of a unit.
type row struct {
	// Sum is of the names, sizes and times of the unit's files; 0 while the unit is not
	// finished.
	Sum uint64 `json:"s"`
	// IDs are the items the unit gives. An item lives as long as some unit gives it.
	IDs []library.ID `json:"i,omitempty"`
	// Prints are the fingerprints of the items' main files, 0 for items without one.
	Prints   []mark    `json:"p,omitempty"`
	Problems []Problem `json:"x,omitempty"`
	Sets     []setRef  `json:"b,omitempty"` // collections its films are in
	NoTool   bool      `json:"t,omitempty"` // files wait for ffprobe
	Again    bool      `json:"a,omitempty"` // look at it in every pass: files that could not be opened
}

// buckets is how many records the rows of a root are spread over: a change writes one.
const buckets = 64

// ledger is the rows of all units, in memory and on disk.
type ledger struct {
	table store.Table[map[string]*row]
	done  store.Table[bool] // libraries that were scanned to the end once
	roots map[string]*rootRows
	refs  map[library.ID]int

	made    store.Table[keptList] // lists that scans made, see gather
	lists   map[library.ID]*keptList
	skipped map[library.ID]bool // playlists that are not worth an item

	fresh bool // just read: the store may hold items no row knows
}

type rootRows struct {
	key   string
	units map[string]*row
	dirty [buckets]bool
}

// openLedger reads the rows.
func openLedger(s *store.Store) (*ledger, error) {
	l := &ledger{
		table: store.TableOf[map[string]*row](s, "scan-units"), done: store.TableOf[bool](s, "scan-libraries"),
		roots: make(map[string]*rootRows), refs: make(map[library.ID]int), fresh: true,
		made: store.TableOf[keptList](s, "scan-lists"), lists: make(map[library.ID]*keptList), skipped: make(map[library.ID]bool),
	}
	if err := l.readLists(); err != nil {
		return nil, err
	}
	err := l.table.Each(func(key string, rows map[string]*row) error {
		root, _, _ := strings.Cut(key, "/")
		r := l.root(root)
		for unit, row := range rows {
			if row == nil {
				continue
			}
			r.units[unit] = row
			l.count(row, 1)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read what the last scan knew: %w", err)
	}
	return l, nil
}

func (l *ledger) readLists() error {
	err := l.made.Each(func(key string, k keptList) error {
		if id, err := library.ParseID(key); err == nil {
			l.lists[id] = &k
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("read what the last scan knew: %w", err)
	}
	return nil
}

func (l *ledger) root(key string) *rootRows {
	r := l.roots[key]
	if r == nil {
		r = &rootRows{key: key, units: make(map[string]*row)}
		l.roots[key] = r
	}
	return r
}

// rootKey names the rows of one root of a library.
func rootKey(lib library.ID, path string) string {
	id := library.NewID("root", lib.String(), path)
	return hex.EncodeToString(id[:8])
}

func (l *ledger) count(r *row, by int) {
	for _, id := range r.IDs {
		if l.refs[id] += by; l.refs[id] <= 0 {
			delete(l.refs, id)
		}
	}
}

// set replaces a unit's row; nil drops it.
func (l *ledger) set(r *rootRows, unit string, now *row) {
	if old := r.units[unit]; old != nil {
		defer l.count(old, -1)
	}
	if now == nil {
		delete(r.units, unit)
	} else {
		l.count(now, 1)
		r.units[unit] = now
	}
	r.dirty[bucketOf(unit)] = true
}

// drop forgets a root that is no longer among the settings.
func (l *ledger) drop(r *rootRows) {
	for unit := range r.units {
		l.set(r, unit, nil)
	}
}

func bucketOf(unit string) int { return int(hashString(hashStart, unit) % buckets) }

// save writes the rows that changed.
func (l *ledger) save(ctx context.Context) error {
	for _, r := range l.roots {
		if err := l.saveRoot(ctx, r); err != nil {
			return err
		}
	}
	return nil
}

func (l *ledger) saveRoot(ctx context.Context, r *rootRows) error {
	changed := make(map[int]map[string]*row)
	for b, dirty := range r.dirty {
		if dirty {
			changed[b] = make(map[string]*row)
		}
	}
	if len(changed) == 0 {
		return nil
	}
	for unit, row := range r.units {
		if rows := changed[bucketOf(unit)]; rows != nil {
			rows[unit] = row
		}
	}
	for b, rows := range changed {
		key := fmt.Sprintf("%s/%02d", r.key, b)
		var err error
		if len(rows) == 0 {
			err = l.table.Delete(ctx, key)
		} else {
			err = l.table.Put(ctx, key, rows)
		}
		if err != nil {
			return fmt.Errorf("keep what the scan knows: %w", err)
		}
		r.dirty[b] = false
	}
	return nil
}

// complete reports whether a library was scanned to the end before.
func (l *ledger) complete(lib library.ID) (bool, error) {
	ok, err := l.done.Get(lib.String())
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return ok, err
}

// The sums are FNV-1a, kept by hand because hash/fnv costs an allocation a text.
const (
	hashStart = uint64(14695981039346656037)
	hashPrime = 1099511628211
)

func hashString(h uint64, s string) uint64 {
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * hashPrime
	}
	return (h ^ 0xff) * hashPrime
}

func hashInt(h uint64, n int64) uint64 {
	for range 8 {
		h = (h ^ uint64(n&0xff)) * hashPrime
		n >>= 8
	}
	return h
}
