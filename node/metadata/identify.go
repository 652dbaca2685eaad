package metadata

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"sett/node/library"
	"sett/node/metadata/provider"
)

// Identify asks every provider what an item may be, for the owner to choose from. What
// the query leaves empty comes from the item; a title or ids in the query replace both.
// It waits for no provider longer than ctx. ErrOffline and ErrNoProvider say that nobody
// can be asked: then only editing by hand is left.
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
	sources := f.handling(q.Kind)
	switch {
	case len(sources) == 0:
		return nil, ErrNoProvider
	case !f.opt.Online():
		return nil, ErrOffline
	}
	var all []Candidate
	var errs []error
	for _, src := range sources {
		list, err := src.Search(ctx, q)
		if err != nil && !errors.Is(err, provider.ErrNotFound) {
			errs = append(errs, fmt.Errorf("%s: %w", src.Name(), err))
		}
		all = append(all, list...)
	}
	if len(all) == 0 {
		return nil, errors.Join(errs...)
	}
	return all, nil
}

// Apply makes an item the thing that the owner chose. Only the candidate's provider, kind
// and id count: its facts are asked for anew. Pictures, seasons and episodes follow in
// the background.
func (f *Fetcher) Apply(ctx context.Context, id library.ID, c Candidate) error {
	s, err := f.subject(id)
	if err != nil {
		return err
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
	f.Enqueue(id)
	return nil
}

// Forget takes back what providers said of an item and what the owner chose for it, but
// not the owner's edits. It is asked about again only when it changes or on Enqueue.
func (f *Fetcher) Forget(ctx context.Context, id library.ID) error {
	s, err := f.subject(id)
	if err != nil {
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

// Edit sets fields of an item to the owner's values and locks them: no file and no
// provider changes them any more. fields are names of library.Item's fields, "Images.Primary"
// and the like; values of other fields are not looked at. Fields that were locked and are
// not named are let go. It needs no network.
func (f *Fetcher) Edit(ctx context.Context, id library.ID, values Facts, fields ...string) error {
	if _, err := f.store.Bare(id); err != nil {
		return err
	}
	fields = slices.Clone(fields)
	for i, name := range fields {
		if name == "Cast" { // the clients' word
			fields[i] = "People"
		}
		if !editable(fields[i]) {
			return fmt.Errorf("%q is no field that can be edited", name)
		}
	}
	slices.Sort(fields)
	return f.save(ctx, id, func(r *record) {
		r.Locked, r.Edits = slices.Compact(fields), values
		r.Edits.Pictures = nil
	})
}

func editable(name string) bool {
	switch name {
	case "Providers", "Images", "Images.Primary", "Images.Backdrop", "Images.Logo", "Images.Thumb", "Images.Banner", "Images.Art", "Images.Disc":
		return true
	}
	return slices.ContainsFunc(fields, func(f field) bool { return f.name == name })
}
