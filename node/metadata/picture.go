package metadata

import (
	"context"
	"errors"
	"slices"
	"time"

	"sett/node/library"
	"sett/node/metadata/fetch"
	"sett/node/metadata/provider"
)

// pictures fetches the pictures that an item is without and shows them. A kind of which
// the owner gave one, or of which he took away the one that was found, is not fetched.
func (f *Fetcher) pictures(ctx context.Context, s subject, online []said) error {
	have := make(map[library.ImageKind]bool)
	for _, im := range slices.Concat(s.bare.Images, s.seen.Images) {
		have[im.Kind] = true
	}
	got := make(map[string]provider.Picture) // by URL; the zero Picture is none at all
	for _, o := range online {
		src, ok := f.named(o.Provider)
		if !ok {
			continue
		}
		of := make(map[library.ImageKind]bool)
		for _, p := range o.Facts.Pictures {
			if have[p.Kind] || s.locks.has("Images."+string(p.Kind)) {
				continue
			}
			if p.File != "" {
				of[p.Kind] = true
				continue
			}
			pic, err := f.picture(ctx, src, p)
			if err != nil {
				return errors.Join(err, f.keepPictures(ctx, s.bare.ID, got))
			}
			got[p.URL] = pic
			of[p.Kind] = of[p.Kind] || pic.File != ""
		}
		for k, ok := range of {
			have[k] = have[k] || ok
		}
	}
	return f.keepPictures(ctx, s.bare.ID, got)
}

func (f *Fetcher) named(name string) (source, bool) {
	for _, s := range f.sources {
		if s.Name() == name {
			return s, true
		}
	}
	return source{}, false
}

// picture fetches one. The zero Picture means that there is none to be had.
func (f *Fetcher) picture(ctx context.Context, src source, p provider.Picture) (provider.Picture, error) {
	pic, err := src.client.Picture(ctx, p.URL, f.opt.Pictures)
	switch {
	case err == nil:
		p.File, p.Width, p.Height, p.Modified = pic.File, pic.Width, pic.Height, time.Now().UTC().Truncate(time.Second)
		return p, nil
	case errors.Is(err, provider.ErrNotFound), errors.Is(err, fetch.ErrNotImage), errors.Is(err, fetch.ErrTooLarge),
		errors.Is(err, fetch.ErrForbidden), errors.Is(err, fetch.ErrAnswer):
		f.log.Debug("a picture is passed over", "provider", src.Name(), "err", err)
		return provider.Picture{}, nil
	}
	return provider.Picture{}, err
}

// keepPictures writes down which pictures are on disk and forgets those that are none.
func (f *Fetcher) keepPictures(ctx context.Context, id library.ID, got map[string]provider.Picture) error {
	if len(got) == 0 {
		return nil
	}
	return f.save(ctx, id, func(r *record) {
		for i, o := range r.Online {
			var list []provider.Picture
			for _, p := range o.Facts.Pictures {
				switch pic, asked := got[p.URL]; {
				case !asked:
					list = append(list, p)
				case pic.File != "":
					list = append(list, pic)
				}
			}
			r.Online[i].Facts.Pictures = list
		}
	})
}
