package metadata

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"sett/node/library"
	"sett/node/metadata/musicbrainz"
	"sett/node/metadata/provider"
	"sett/node/metadata/tmdb"
	"sett/node/metadata/tvmaze"
)

// Identify asks every provider what an item may be, for the owner to choose from. What
// the query leaves empty comes from the item; a title or ids in the query replace both.
// Errors are those of Search.
func (f *Fetcher) Identify(ctx context.Context, id library.ID, q Query) ([]Candidate, error) {
	s, err := f.subject(id)
	if err != nil {
		return nil, err
	}
	own := queryOf(s.seen)
	q.Kind = own.Kind
	if q.Title == "" && len(q.IDs) == 0 {
		q.Title, q.IDs = own.Title, own.IDs
		if q.Year == 0 {
			q.Year = own.Year
		}
	}
	if q.Artist == "" {
		q.Artist = own.Artist
	}
	return f.Search(ctx, q)
}

// Search asks every provider what a query may mean. It waits for no provider longer than
// ctx. ErrOffline and ErrNoProvider say that nobody can be asked: then only editing by
// hand is left. Another error says that all who were asked failed.
func (f *Fetcher) Search(ctx context.Context, q Query) ([]Candidate, error) {
	sources, err := f.asked(q.Kind)
	if err != nil {
		return nil, err
	}
	var all []Candidate
	var errs []error
	for _, src := range sources {
		list, err := src.Search(ctx, q)
		if err != nil && !errors.Is(err, provider.ErrNotFound) {
			errs = append(errs, fmt.Errorf("%s: %w", src.Name(), err))
			continue
		}
		all = append(all, list...)
	}
	if len(all) == 0 {
		return nil, errors.Join(errs...)
	}
	return all, nil
}

// asked are the providers that may be asked about a kind at present.
func (f *Fetcher) asked(k library.Kind) ([]source, error) {
	sources := f.handling(k)
	switch {
	case len(sources) == 0:
		return nil, ErrNoProvider
	case !f.opt.Online():
		return nil, ErrOffline
	}
	return sources, nil
}

// Apply makes an item the thing that the owner chose. Only the candidate's provider and id
// count: its facts are asked for anew. The owner's other edits stay over them, but ids that
// he wrote before go, as they say something else. Pictures, seasons and episodes follow in
// the background. ErrLocked if he locked the item as a whole.
func (f *Fetcher) Apply(ctx context.Context, id library.ID, c Candidate) error {
	s, err := f.subject(id)
	if err != nil {
		return err
	}
	if s.locks.all {
		return ErrLocked
	}
	src, ok := f.named(c.Provider)
	if !ok || !src.Handles(s.bare.Kind) {
		return ErrNoProvider
	}
	facts, err := src.Details(ctx, s.bare.Kind, c.ID)
	if err != nil {
		return fmt.Errorf("%s: %w", src.Name(), err)
	}
	err = f.save(ctx, id, func(r *record) {
		r.Chosen, r.Outcome, r.At, r.Asked = true, found, time.Now().UTC(), ""
		r.Online = []said{{c.Provider, c.ID, facts}}
	})
	if err != nil {
		return err
	}
	if slices.Contains(s.edit.Fields, "Providers") {
		err = f.store.Edit(ctx, id, func(_ *library.Item, e *library.Edit) error {
			e.Fields = slices.DeleteFunc(e.Fields, func(name string) bool { return name == "Providers" })
			e.Values.Providers = nil
			return nil
		})
		if err != nil {
			return err
		}
	}
	f.Enqueue(id)
	return nil
}

// Forget takes back what providers said of an item and what the owner chose for it, but
// not the owner's edits, and nothing of an item that he locked as a whole. It is asked
// about again only when it changes or on Enqueue.
func (f *Fetcher) Forget(ctx context.Context, id library.ID) error {
	s, err := f.subject(id)
	if err != nil || s.locks.all {
		return err
	}
	question := f.question(queryOf(s.seen))
	err = f.save(ctx, id, func(r *record) {
		r.Chosen, r.Online, r.Outcome, r.Asked, r.At = false, nil, unknown, question, time.Now().UTC()
	})
	if err != nil {
		return err
	}
	return f.forgetChildren(ctx, s.bare)
}

// IDKey is the name, among an item's Providers, of the id that a provider gives to things
// of a kind; "" if it gives none.
func IDKey(name string, k library.Kind) string {
	switch name {
	case tmdb.Name:
		return "Tmdb"
	case tvmaze.Name:
		return "TvMaze"
	case musicbrainz.Name:
		switch k {
		case library.MusicAlbum:
			return "MusicBrainzReleaseGroup"
		case library.MusicArtist:
			return "MusicBrainzArtist"
		}
	}
	return ""
}
