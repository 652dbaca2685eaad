package metadata

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"sett/node/library"
	"sett/node/metadata/provider"
	"sett/node/store"
)

// seasonOf is a season of a series as the library has it.
type seasonOf struct {
	number int
	cards  []*library.Card // the season itself and its episodes
}

// seasons lists what the library has of a series, by season.
func (f *Fetcher) seasons(series library.ID) []seasonOf {
	view := f.store.View()
	byNumber := make(map[int]*seasonOf)
	add := func(c *library.Card, number library.Number) {
		n, ok := number.Get()
		if !ok {
			return
		}
		if byNumber[n] == nil {
			byNumber[n] = &seasonOf{number: n}
		}
		byNumber[n].cards = append(byNumber[n].cards, c)
	}
	for _, c := range view.Children(library.Viewer{}, series) {
		switch c.Kind {
		case library.Episode:
			add(c, c.ParentIndex)
		case library.Season:
			add(c, c.Index)
			for _, e := range view.Children(library.Viewer{}, c.ID) {
				if e.Kind == library.Episode {
					add(e, c.Index)
				}
			}
		}
	}
	var out []seasonOf
	for _, s := range byNumber {
		out = append(out, *s)
	}
	slices.SortFunc(out, func(a, b seasonOf) int { return a.number - b.number })
	return out
}

// childLacks reports whether a season or episode of a series is without a text or picture.
func (f *Fetcher) childLacks(it *library.Item) bool {
	if it.Kind != library.Series {
		return false
	}
	for _, s := range f.seasons(it.ID) {
		for _, c := range s.cards {
			if !whole(c) {
				return true
			}
		}
	}
	return false
}

// whole reports whether a season or episode has a text and a picture.
func whole(c *library.Card) bool {
	return c.Flags&library.HasOverview != 0 && c.Image(library.Primary, 0) != ""
}

// children asks about the seasons and episodes of a series whose identity is known.
func (f *Fetcher) children(ctx context.Context, w waiting, online []said) error {
	var asked strings.Builder
	for _, o := range online {
		asked.WriteString(o.Provider + ":" + o.ID + " " + f.opt.Providers.Language + " ")
	}
	question := asked.String()
	for _, s := range f.seasons(w.id) {
		var due []subject
		var ids []library.ID
		for _, c := range s.cards {
			if whole(c) && !w.force {
				continue
			}
			sub, err := f.subject(c.ID)
			if errors.Is(err, store.ErrNotFound) {
				continue
			}
			if err != nil {
				return err
			}
			if !sub.locks.all && (w.force || !sub.rec.fresh(question, time.Now()) && lacks(sub.seen, sub.locks)) {
				due = append(due, sub)
			}
			ids = append(ids, c.ID)
		}
		if len(due) > 0 {
			if err := f.season(ctx, s.number, due, question, online); err != nil {
				return err
			}
		}
		if err := f.childPictures(ctx, ids); err != nil {
			return err
		}
	}
	return nil
}

// heard is what one provider says of a season.
type heard struct {
	said
	season provider.Season
}

// season asks about one season and keeps what is said of those that are due.
func (f *Fetcher) season(ctx context.Context, number int, due []subject, question string, online []said) error {
	var all []heard
	for _, o := range online {
		for _, src := range f.handling(library.Series) {
			if src.Name() != o.Provider {
				continue
			}
			s, err := src.Season(ctx, o.ID, number)
			if errors.Is(err, provider.ErrNotFound) || hopeless(err) {
				continue
			}
			if err != nil {
				return err
			}
			all = append(all, heard{o, s})
		}
	}
	var ids []library.ID
	for _, s := range due {
		list := childFacts(s.bare, all)
		out := found
		if len(list) == 0 {
			out = unknown
		}
		for i := range list {
			for _, old := range s.rec.Online {
				list[i].Facts.Pictures = fetchedBefore(list[i].Facts.Pictures, old.Facts.Pictures)
			}
		}
		err := f.update(ctx, s.bare.ID, func(r *record) {
			r.Asked, r.Outcome, r.At, r.Online = question, out, time.Now().UTC(), list
		})
		if err != nil {
			return err
		}
		ids = append(ids, s.bare.ID)
	}
	return f.store.Refresh(ctx, ids...)
}

// forgetChildren takes back what was said of the seasons and episodes of a series.
func (f *Fetcher) forgetChildren(ctx context.Context, it *library.Item) error {
	if it.Kind != library.Series {
		return nil
	}
	var ids []library.ID
	for _, s := range f.seasons(it.ID) {
		for _, c := range s.cards {
			r, err := recordOf(f.store, c.ID)
			if err != nil {
				return err
			}
			if e := f.store.Edited(c.ID); len(r.Online) == 0 || e.LockAll {
				continue
			}
			if err := f.update(ctx, c.ID, func(r *record) { r.Online, r.Asked, r.Outcome = nil, "", "" }); err != nil {
				return err
			}
			ids = append(ids, c.ID)
		}
	}
	return f.store.Refresh(ctx, ids...)
}

// childPictures fetches the pictures that have not been fetched yet.
func (f *Fetcher) childPictures(ctx context.Context, ids []library.ID) error {
	for _, id := range ids {
		s, err := f.subject(id)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err == nil {
			err = f.pictures(ctx, s, s.rec.Online)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// childFacts picks what is said of one season or episode.
func childFacts(it *library.Item, all []heard) []said {
	var out []said
	for _, h := range all {
		facts := h.season.Facts
		if it.Kind == library.Episode {
			var ok bool
			if facts, ok = episodeFacts(it, h.season.Episodes); !ok {
				continue
			}
		}
		out = append(out, said{h.Provider, h.ID, facts})
	}
	return out
}

// episodeFacts are those of an episode. A file of several is called by all their names.
func episodeFacts(it *library.Item, of map[int]provider.Facts) (provider.Facts, bool) {
	n, _ := it.Index.Get()
	facts, ok := of[n]
	if it.Index == 0 || !ok {
		return facts, false
	}
	last, many := it.IndexEnd.Get()
	for i := n + 1; many && i <= last && i < n+10; i++ {
		next, ok := of[i]
		if !ok || next.Name == "" || facts.Name == "" {
			continue
		}
		facts.Name += " / " + next.Name
	}
	return facts, true
}
