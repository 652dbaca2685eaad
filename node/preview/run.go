package preview

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"time"

	"sett/node/library"
	"sett/node/store"
	"sett/streaming/cache"
	"sett/streaming/ffmpeg"
	"sett/streaming/segment"
	"sett/streaming/trickplay"
)

const (
	printQuota = 256 << 20
	// again is when all is looked through again, for files that could not be read.
	again = 24 * time.Hour
	// calm is how long nobody must have played before work goes on.
	calm = 2 * time.Second
)

// Run prepares until ctx ends. It fails where there is no ffmpeg.
func (p *Previews) Run(ctx context.Context) error {
	if err := p.open(ctx); err != nil {
		return err
	}
	changes, cancel := p.opt.Store.Subscribe()
	defer cancel()
	for {
		q := newQueue()
		if err := p.sweep(ctx, q); err != nil {
			return err
		}
		if err := p.work(ctx, q, changes, time.Now().Add(again)); err != nil {
			return err
		}
	}
}

// open takes the folders, and learns what is there.
func (p *Previews) open(ctx context.Context) error {
	sheets, err := trickplay.OpenStore(p.opt.SheetDir, p.opt.Quota)
	if err != nil {
		return err
	}
	p.sheets.Store(sheets)
	if p.prints, err = cache.Open(filepath.Join(p.opt.CacheDir, "fingerprints"), printQuota); err != nil {
		return err
	}
	err = p.table.Each(func(key string, r record) error {
		if id, err := library.ParseID(key); err == nil && len(r.Segments) > 0 {
			p.note(id, true)
		}
		return ctx.Err()
	})
	if err != nil {
		return fmt.Errorf("read what is known of films: %w", err)
	}
	if p.tools, err = ffmpeg.Find(ctx); err != nil {
		return err
	}
	p.quiet = ffmpeg.Quiet{Busy: p.opt.Busy}
	p.listen = segment.CanFingerprint(ctx, p.tools)
	return nil
}

// sweep queues everything, and forgets what is gone.
func (p *Previews) sweep(ctx context.Context, q *queue) error {
	view := p.opt.Store.View()
	view.Each(func(c *library.Card) bool {
		p.queue(q, c, time.Time{})
		return ctx.Err() == nil
	})
	gone := p.sheets.Load().Items()
	err := p.table.Each(func(key string, _ record) error {
		if id, err := library.ParseID(key); err == nil {
			gone = append(gone, id)
		}
		return ctx.Err()
	})
	if err != nil {
		return fmt.Errorf("read what is known of films: %w", err)
	}
	for _, id := range gone {
		if _, ok := view.Card(id); !ok {
			if err := p.forget(ctx, id); err != nil {
				return err
			}
		}
	}
	return ctx.Err()
}

// queue asks for what a card's item may lack.
func (p *Previews) queue(q *queue, c *library.Card, due time.Time) {
	switch c.Kind {
	case library.Movie, library.Episode, library.Video, library.MusicVideo:
	default:
		return
	}
	if c.Path == "" || c.Flags&library.IsUnplayable != 0 {
		return
	}
	if p.opt.Trickplay {
		q.put(task{c.ID, true}, c.Added, due)
	}
	if !p.opt.Segments || c.Kind == library.MusicVideo {
		return
	}
	unit := c.ID
	if c.Kind == library.Episode && !c.Season.IsZero() {
		unit = c.Season
	}
	q.put(task{unit, false}, c.Added, due)
}

// work does one task after the other until a time.
func (p *Previews) work(ctx context.Context, q *queue, changes <-chan library.ChangeSet, until time.Time) error {
	for {
		wait := time.Until(until)
		if wait <= 0 {
			return nil
		}
		if p.opt.Busy() {
			wait = min(wait, calm)
		} else if e, ok, later := q.next(time.Now()); ok {
			if err := p.do(ctx, q, e); err != nil {
				return err
			}
			wait = 0
		} else if later > 0 {
			wait = min(wait, later)
		}
		if err := p.hear(ctx, q, changes, wait); err != nil {
			return err
		}
	}
}

// hear takes in what changed, and waits for it no longer than asked.
func (p *Previews) hear(ctx context.Context, q *queue, changes <-chan library.ChangeSet, wait time.Duration) error {
	t := time.NewTimer(wait)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return ctx.Err()
	case set, ok := <-changes:
		if !ok {
			return store.ErrClosed
		}
		due := time.Now().Add(p.opt.Settle)
		for _, c := range slices.Concat(set.Added, set.Updated) {
			p.queue(q, c, due)
		}
		for _, c := range set.Removed {
			if err := p.forget(ctx, c.ID); err != nil {
				return err
			}
		}
		return nil
	}
}

// do does a task. What fails because of the file is remembered and no error.
func (p *Previews) do(ctx context.Context, q *queue, e entry) error {
	var err error
	if e.sheets {
		err = p.makeSheets(ctx, e.id)
	} else {
		err = p.findSegments(ctx, e.id)
	}
	switch {
	case err == nil:
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, ffmpeg.ErrHeld):
		q.put(e.task, e.added, time.Time{})
	case errors.Is(err, store.ErrNotFound), errors.Is(err, fs.ErrNotExist):
		// Gone, or on a disk that is: the library will say so.
	case errors.Is(err, trickplay.ErrFull):
		if !p.full {
			p.opt.Log.Warn("the space for trickplay pictures is used up; the films that have none yet go without", "quota_mb", p.opt.Quota>>20)
		}
		p.full = true
	case errors.Is(err, ffmpeg.ErrNotInstalled), errors.Is(err, store.ErrFull), errors.Is(err, store.ErrClosed):
		return err
	default:
		p.opt.Log.Warn("a film could not be prepared", "item", e.id, "err", err)
	}
	return nil
}

// file is an item that can be worked on.
func (p *Previews) file(id library.ID) (*library.Item, error) {
	it, err := p.opt.Store.Item(id)
	if err != nil {
		return nil, err
	}
	if len(it.Sources) == 0 || it.Sources[0].Problem != "" || it.Sources[0].Path == "" {
		return nil, store.ErrNotFound
	}
	return it, nil
}
