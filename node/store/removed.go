package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/dgraph-io/badger/v4"

	"sett/node/library"
)

// KeepRemoved is how long it is remembered what removed items were.
const KeepRemoved = 30 * 24 * time.Hour

// Removed is what an item was when it was taken out. Whoever finds the same thing again
// gives it the same id, and with that all that people did with it, which is never
// forgotten.
type Removed struct {
	ID          library.ID     `cbor:"1,keyasint,omitzero"`
	Kind        library.Kind   `cbor:"2,keyasint,omitzero"`
	Library     library.ID     `cbor:"3,keyasint,omitzero"`
	Parent      library.ID     `cbor:"4,keyasint,omitzero"`
	Series      library.ID     `cbor:"5,keyasint,omitzero"`
	Season      library.ID     `cbor:"6,keyasint,omitzero"`
	Album       library.ID     `cbor:"7,keyasint,omitzero"`
	Name        string         `cbor:"8,keyasint,omitzero"`
	Year        int            `cbor:"9,keyasint,omitzero"`
	Index       library.Number `cbor:"10,keyasint,omitzero"`
	ParentIndex library.Number `cbor:"11,keyasint,omitzero"`
	Path        string         `cbor:"12,keyasint,omitzero"`
	Fingerprint string         `cbor:"13,keyasint,omitzero"`
	Providers   []string       `cbor:"14,keyasint,omitzero"` // "imdb:tt0000001", folded
	Added       time.Time      `cbor:"15,keyasint,omitzero"`
	At          time.Time      `cbor:"16,keyasint,omitzero"` // when it was removed
}

// The ways to find a removed item.
const (
	howProvider    = 'p'
	howFingerprint = 'f'
	howFolder      = 's' // by the series or album it was in
	howName        = 'n' // of what is in neither
)

func howKey(how byte, text string, id library.ID) []byte {
	return append(howPrefix(how, text), id[:]...)
}

func howPrefix(how byte, text string) []byte {
	return append(append([]byte{prefixHow, how}, text...), 0)
}

// keys are the index keys of a removed item.
func (g *Removed) keys() [][]byte {
	var out [][]byte
	for _, p := range g.Providers {
		out = append(out, howKey(howProvider, p, g.ID))
	}
	if g.Fingerprint != "" {
		out = append(out, howKey(howFingerprint, g.Fingerprint, g.ID))
	}
	for _, folder := range [...]library.ID{g.Series, g.Album} {
		if !folder.IsZero() {
			out = append(out, howKey(howFolder, folder.String(), g.ID))
		}
	}
	if g.Series.IsZero() && g.Album.IsZero() {
		out = append(out, howKey(howName, nameText(g.Kind, g.Name, g.Year), g.ID))
	}
	return out
}

func nameText(kind library.Kind, name string, year int) string {
	return fmt.Sprintf("%v %d %s", kind, year, strings.ReplaceAll(library.Fold(name), "\x00", " "))
}

// AnyRemoved reports whether removed items may be remembered at all.
func (s *Store) AnyRemoved() bool { return s.anyGone.Load() }

// RemovedByName returns the removed items of a kind, name and year, of those that were in
// no series and no album.
func (s *Store) RemovedByName(kind library.Kind, name string, year int) ([]Removed, error) {
	return s.removedBy(howName, nameText(kind, name, year))
}

// RemovedItem returns what a removed item was; ErrNotFound if it was not removed, or too
// long ago.
func (s *Store) RemovedItem(id library.ID) (Removed, error) {
	var g Removed
	err := s.read(func(txn *badger.Txn) error {
		var err error
		g, err = s.goneIn(txn, id)
		return err
	})
	return g, classify("read removed item "+id.String(), err)
}

// RemovedByProvider returns the removed items that had an id with a provider ("imdb",
// "tt0000001"), in no order.
func (s *Store) RemovedByProvider(provider, id string) ([]Removed, error) {
	return s.removedBy(howProvider, library.Fold(provider)+":"+library.Fold(id))
}

// RemovedByFingerprint returns the removed items whose main file had some content.
func (s *Store) RemovedByFingerprint(fingerprint string) ([]Removed, error) {
	return s.removedBy(howFingerprint, fingerprint)
}

// RemovedIn returns the removed episodes and seasons of a series, or tracks of an album.
func (s *Store) RemovedIn(folder library.ID) ([]Removed, error) {
	return s.removedBy(howFolder, folder.String())
}

func (s *Store) removedBy(how byte, text string) ([]Removed, error) {
	if !s.anyGone.Load() || text == "" {
		return nil, nil
	}
	var out []Removed
	err := s.read(func(txn *badger.Txn) error {
		return each(txn, howPrefix(how, text), func(item *badger.Item) error {
			g, err := s.goneIn(txn, keyID(item.Key()))
			if errors.Is(err, ErrNotFound) {
				return nil
			}
			out = append(out, g)
			return err
		})
	})
	return out, classify("read removed items", err)
}

func (s *Store) goneIn(txn *badger.Txn, id library.ID) (Removed, error) {
	var g Removed
	rec, err := txn.Get(idKey(prefixGone, id))
	if errors.Is(err, badger.ErrKeyNotFound) {
		return g, ErrNotFound
	}
	if err != nil {
		return g, err
	}
	err = rec.Value(func(b []byte) error { return s.codec.dec.Unmarshal(b, &g) })
	return g, err
}

// bury adds the record of an item that is being removed. Names of things are not buried,
// nor is what has neither file nor provider.
func (s *Store) bury(r *records, id library.ID) error {
	it, err := s.Item(id)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if it.Kind.IsEntity() && it.Path == "" || it.Kind == library.BoxSet || it.Kind == library.Playlist {
		return nil
	}
	g := Removed{
		ID: it.ID, Kind: it.Kind, Library: it.Library, Parent: it.Parent, Series: it.Series, Season: it.Season, Album: it.Album,
		Name: it.Name, Year: it.Year, Index: it.Index, ParentIndex: it.ParentIndex, Path: it.Path, Fingerprint: it.Fingerprint,
		Added: it.Added, At: time.Now().UTC(),
	}
	for provider, id := range it.Providers {
		g.Providers = append(g.Providers, library.Fold(provider)+":"+library.Fold(id))
	}
	rec, err := s.codec.enc.Marshal(&g)
	if err != nil {
		return err
	}
	r.add(idKey(prefixGone, id), rec)
	for _, key := range g.keys() {
		r.add(key, []byte{})
	}
	s.anyGone.Store(true)
	return nil
}

// unbury takes the record of an item away that is there again.
func (s *Store) unbury(r *records, id library.ID) error {
	if !s.anyGone.Load() {
		return nil
	}
	g, err := s.RemovedItem(id)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	r.forget(&g)
	return nil
}

func (r *records) forget(g *Removed) {
	r.add(idKey(prefixGone, g.ID), nil)
	for _, key := range g.keys() {
		r.add(key, nil)
	}
}

// pruneRemoved forgets what was removed too long ago.
func (s *Store) pruneRemoved(ctx context.Context, now time.Time) {
	for ctx.Err() == nil && s.anyGone.Load() {
		n, err := s.pruneSome(now.Add(-KeepRemoved))
		if err != nil && !errors.Is(err, ErrClosed) {
			s.log.Warn("cannot forget items that were removed long ago", "error", err)
		}
		if err != nil || n == 0 {
			return
		}
	}
}

func (s *Store) pruneSome(before time.Time) (int, error) {
	s.apply.Lock()
	defer s.apply.Unlock()
	var r records
	n := 0
	errEnough := errors.New("enough")
	err := s.read(func(txn *badger.Txn) error {
		return each(txn, []byte{prefixGone}, func(item *badger.Item) error {
			var g Removed
			err := item.Value(func(b []byte) error { return s.codec.dec.Unmarshal(b, &g) })
			if err != nil {
				return err
			}
			if g.At.Before(before) {
				r.forget(&g)
				n++
			}
			if n >= txnItems {
				return errEnough
			}
			return nil
		})
	})
	if err != nil && !errors.Is(err, errEnough) {
		return 0, err
	}
	if n == 0 {
		return 0, nil
	}
	return n, classify("forget removed items", s.update(int64(r.bytes), r.write))
}

func anyWith(txn *badger.Txn, prefix byte) bool {
	it := txn.NewIterator(badger.IteratorOptions{Prefix: []byte{prefix}})
	defer it.Close()
	it.Rewind()
	return it.Valid()
}
