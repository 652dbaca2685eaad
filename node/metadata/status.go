package metadata

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"sett/node/library"
	"sett/node/metadata/fetch"
	"sett/node/metadata/musicbrainz"
	"sett/node/metadata/tmdb"
	"sett/node/metadata/tvmaze"
)

// Status is how fetching is going, for people.
type Status struct {
	Online    bool             // somebody may be asked
	Waiting   int              // items in the queue
	Ambiguous int              // items left to the owner; see Fetcher.Ambiguous
	Problems  []string         // of the settings
	Providers []ProviderStatus // those that are asked, in order
}

// ProviderStatus is how one provider is doing.
type ProviderStatus struct {
	Attribution
	fetch.Status
}

// Status returns how fetching is going.
func (f *Fetcher) Status() Status {
	st := Status{Waiting: f.video.len() + f.music.len(), Problems: slices.Clone(f.lacking)}
	st.Online = len(f.sources) > 0 && f.opt.Online()
	f.mu.Lock()
	st.Ambiguous = len(f.puzzles)
	f.mu.Unlock()
	for _, s := range f.sources {
		a, _ := AttributionOf(s.Name())
		st.Providers = append(st.Providers, ProviderStatus{a, s.client.Status()})
	}
	return st
}

// Ambiguous lists the items that may be several things, for the owner to decide.
func (f *Fetcher) Ambiguous() []library.ID {
	f.mu.Lock()
	defer f.mu.Unlock()
	ids := make([]library.ID, 0, len(f.puzzles))
	for id := range f.puzzles {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b library.ID) int { return bytes.Compare(a[:], b[:]) })
	return ids
}

// AttributionOf is what must be said where facts of a provider are shown, whether or not
// it is asked at present.
func AttributionOf(provider string) (Attribution, bool) {
	for _, a := range Attributions() {
		if a.Provider == provider {
			return a, true
		}
	}
	return Attribution{}, false
}

// Attributions are those of every provider there is.
func Attributions() []Attribution {
	return []Attribution{tmdb.Attribution, tvmaze.Attribution, musicbrainz.Attribution}
}

// sweep queues what the library holds, and what lost its pictures because somebody
// emptied their folder. It costs no request: items that have been asked about are passed
// over when their turn comes.
func (f *Fetcher) sweep(ctx context.Context) error {
	if err := fetch.Trim(f.answers(), maxCache); err != nil {
		f.log.Debug("the cache of answers could not be trimmed", "err", err)
	}
	lost, err := f.review(ctx)
	if err != nil {
		return fmt.Errorf("go through what is known: %w", err)
	}
	for _, id := range lost {
		err := f.save(ctx, id, func(r *record) {
			for i := range r.Online {
				list := slices.Clone(r.Online[i].Facts.Pictures)
				for n := range list {
					list[n].File = ""
				}
				r.Online[i].Facts.Pictures = list
			}
		})
		if err != nil {
			return err
		}
	}
	f.store.View().Each(func(c *library.Card) bool {
		f.queue(c, waiting{})
		return ctx.Err() == nil
	})
	return ctx.Err()
}

// review goes through all records. It returns the items whose pictures are gone, drops
// what is known of things that left the library long ago, and removes pictures that
// belong to nothing.
func (f *Fetcher) review(ctx context.Context) (lost []library.ID, err error) {
	view := f.store.View()
	used := make(map[string]bool)
	var old []string
	err = f.table.Each(func(key string, r record) error {
		id, err := library.ParseID(key)
		if err != nil {
			return nil
		}
		if _, there := view.Card(id); !there {
			if time.Since(r.At) > goneFor {
				old = append(old, key)
				return ctx.Err()
			}
		} else {
			f.puzzle(id, r.Outcome)
			if f.lostPictures(&r) {
				lost = append(lost, id)
			}
		}
		for _, o := range r.Online {
			for _, p := range o.Facts.Pictures {
				used[p.File] = true
			}
		}
		return ctx.Err()
	})
	if err != nil {
		return nil, err
	}
	for _, key := range old {
		if err := f.table.Delete(ctx, key); err != nil {
			return nil, err
		}
	}
	f.removeUnused(used)
	return lost, nil
}

// goneFor is how long what is known of an item outlives it.
const goneFor = 60 * 24 * time.Hour

func (f *Fetcher) removeUnused(used map[string]bool) {
	files, err := os.ReadDir(f.opt.Pictures)
	if err != nil {
		return // there are none yet
	}
	for _, e := range files {
		fi, err := e.Info()
		if used[e.Name()] || err != nil || !isOurs(e.Name()) || !fi.Mode().IsRegular() || time.Since(fi.ModTime()) < time.Hour {
			continue
		}
		if err := os.Remove(filepath.Join(f.opt.Pictures, e.Name())); err != nil {
			f.log.Debug("a picture that belongs to nothing stays", "err", err)
		}
	}
}

// isOurs knows the names that fetched pictures get.
func isOurs(name string) bool {
	_, err := library.ParseID(strings.TrimSuffix(name, filepath.Ext(name)))
	return err == nil
}

func (f *Fetcher) lostPictures(r *record) bool {
	for _, o := range r.Online {
		for _, p := range o.Facts.Pictures {
			if p.File == "" {
				continue
			}
			if _, err := os.Stat(filepath.Join(f.opt.Pictures, p.File)); err != nil {
				return true
			}
		}
	}
	return false
}
