package metadata

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"sett/node/library"
	"sett/node/metadata/provider"
)

// OnlinePicture is a picture that a provider has of an item.
type OnlinePicture struct {
	Provider      string
	Kind          library.ImageKind
	URL           string // at the provider; FetchPicture takes it
	Width, Height int    // 0: unknown
}

// PictureProvider is a chosen provider with the kinds of picture it may have.
type PictureProvider struct {
	Provider string
	Kinds    []library.ImageKind
}

// PictureProviders are the chosen providers that have pictures of things of a kind.
func (f *Fetcher) PictureProviders(k library.Kind) []PictureProvider {
	var out []PictureProvider
	for _, s := range f.sources {
		if kinds := s.Pictures(k); len(kinds) > 0 {
			out = append(out, PictureProvider{s.Name(), kinds})
		}
	}
	return out
}

// Pictures lists the pictures that the chosen providers have of an item, for the owner to
// choose from. Of seasons and episodes they are those that were named with their series.
// Errors are those of Search.
func (f *Fetcher) Pictures(ctx context.Context, id library.ID) ([]OnlinePicture, error) {
	s, err := f.subject(id)
	if err != nil {
		return nil, err
	}
	online := s.rec.Online
	if k := s.bare.Kind; k == library.Season || k == library.Episode {
		_, err = f.asked(library.Series)
	} else {
		online, err = f.everybody(ctx, s)
	}
	if err != nil {
		return nil, err
	}
	var out []OnlinePicture
	for _, o := range online {
		for _, p := range o.Facts.Pictures {
			if p.URL != "" {
				out = append(out, OnlinePicture{o.Provider, p.Kind, p.URL, p.Width, p.Height})
			}
		}
	}
	return out, nil
}

// everybody is what each provider says of an item, whatever it lacks. Nothing is kept.
func (f *Fetcher) everybody(ctx context.Context, s subject) ([]said, error) {
	sources, err := f.asked(s.bare.Kind)
	if err != nil {
		return nil, err
	}
	query := queryOf(s.edit.Over(overlay(s.bare, &s.rec, &s.edit, f.opt.Pictures)))
	var all []said
	var errs []error
	for _, src := range sources {
		facts, out, err := f.known(ctx, src, s, query)
		switch {
		case err != nil && !errors.Is(err, provider.ErrNotFound):
			errs = append(errs, fmt.Errorf("%s: %w", src.Name(), err))
		case out == found:
			all = append(all, facts)
		}
	}
	if len(all) == 0 {
		return nil, errors.Join(errs...)
	}
	return all, nil
}

// known asks a provider about what it is known to call an item, else about what that may
// be.
func (f *Fetcher) known(ctx context.Context, src source, s subject, q Query) (said, outcome, error) {
	for _, o := range s.rec.Online {
		if o.Provider == src.Name() {
			facts, err := src.Details(ctx, s.bare.Kind, o.ID)
			return said{o.Provider, o.ID, facts}, found, err
		}
	}
	return f.believe(ctx, src, q)
}

// FetchPicture fetches one of an item's Pictures to disk and returns the file, which is
// the caller's to copy at once. ErrNotFound for an address that is none of theirs: what
// people send is never asked for.
func (f *Fetcher) FetchPicture(ctx context.Context, id library.ID, url string) (string, error) {
	list, err := f.Pictures(ctx, id)
	if err != nil {
		return "", err
	}
	for _, p := range list {
		src, ok := f.named(p.Provider)
		if p.URL != url || !ok {
			continue
		}
		pic, err := src.client.Picture(ctx, p.URL, f.opt.Pictures)
		if err != nil {
			return "", fmt.Errorf("%s: %w", p.Provider, err)
		}
		return filepath.Join(f.opt.Pictures, pic.File), nil
	}
	return "", ErrNotFound
}
