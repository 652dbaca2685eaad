package preview

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"sett/node/library"
	"sett/streaming/ffmpeg"
	"sett/streaming/trickplay"
)

// makeSheets makes the trickplay pictures that an item lacks, of every version.
func (p *Previews) makeSheets(ctx context.Context, id library.ID) error {
	it, err := p.file(id)
	if err != nil {
		return err
	}
	sheets := p.sheets.Load()
	current := map[library.ID]string{}
	for i := range it.Sources {
		current[it.Sources[i].ID] = Identity(&it.Sources[i])
	}
	// Pictures of a file that was replaced are of another film, for all we know.
	if err := sheets.Keep(id, func(s trickplay.Set) bool { return current[s.Source] == s.Identity }); err != nil {
		return err
	}
	if p.full {
		return nil
	}
	r, err := p.record(id)
	if err != nil {
		return err
	}
	for i := range it.Sources {
		src := &it.Sources[i]
		k := trickplay.Key{Item: id, Source: src.ID, Identity: current[src.ID]}
		if _, ok := sheets.Find(k, p.opt.Layout.Width); ok || r.Sheets[src.ID.String()].Identity == k.Identity {
			continue
		}
		if err := p.makeSet(ctx, k, src); err != nil {
			return err
		}
	}
	return nil
}

// makeSet makes one set. That a file defeats it is remembered.
func (p *Previews) makeSet(ctx context.Context, k trickplay.Key, src *library.Source) error {
	if _, err := os.Stat(src.Path); err != nil {
		return err
	}
	m, err := trickplay.NewMaker(ctx, p.tools, p.quiet, src, p.opt.Layout)
	if err == nil {
		err = errors.Join(p.sheets.Load().Fill(ctx, k, m), m.Close())
	}
	var failed *ffmpeg.Error
	if !errors.Is(err, trickplay.ErrNoPicture) && !errors.As(err, &failed) || ctx.Err() != nil {
		return err
	}
	if _, gone := os.Stat(src.Path); errors.Is(gone, fs.ErrNotExist) {
		return gone
	}
	if failed != nil {
		p.opt.Log.Info("no trickplay pictures for a film", "path", src.Path, "err", err)
	}
	return p.update(ctx, k.Item, func(r *record) {
		if r.Sheets == nil {
			r.Sheets = map[string]attempt{}
		}
		r.Sheets[k.Source.String()] = attempt{k.Identity, err.Error()}
	})
}
