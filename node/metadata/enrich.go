package metadata

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"sett/node/library"
	"sett/node/metadata/fetch"
	"sett/node/metadata/provider"
	"sett/node/store"
)

// subject is an item that is asked about.
type subject struct {
	bare  *library.Item // as its files have it
	rec   record
	edit  library.Edit  // the owner's
	seen  *library.Item // bare with the owner's edit
	locks locks         // what providers may not change
}

func (f *Fetcher) subject(id library.ID) (subject, error) {
	bare, err := f.store.Bare(id)
	if err != nil {
		return subject{}, err
	}
	rec, err := recordOf(f.store, id)
	if err != nil {
		return subject{}, err
	}
	s := subject{bare: bare, rec: rec, edit: f.store.Edited(id), seen: bare}
	if !s.edit.IsZero() {
		s.seen = s.edit.Over(bare)
	}
	s.locks = locksOf(bare, &s.edit)
	s.locks.all = s.locks.all || s.edit.LockAll
	return s, nil
}

// due reports whether providers are to be asked: never about what is locked as a whole
// and known.
func (s *subject) due(question string, force bool) bool {
	if s.locks.all && len(s.rec.Online) > 0 {
		return false
	}
	return force || !s.rec.fresh(question, time.Now())
}

// queryOf is what is asked about an item.
func queryOf(it *library.Item) Query {
	q := Query{Kind: it.Kind, Title: it.Name, Year: it.Year, IDs: it.Providers}
	if len(it.AlbumArtists) > 0 && it.Kind == library.MusicAlbum {
		q.Artist = it.AlbumArtists[0]
	}
	return q
}

// question is a query and whom it goes to, in short: while it stays the same, so would
// the answer.
func (f *Fetcher) question(q Query) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d\x00%s\x00%d\x00%s\x00%s", q.Kind, q.Title, q.Year, q.Artist, f.opt.Providers.Language)
	for _, k := range slices.Sorted(maps.Keys(q.IDs)) {
		fmt.Fprintf(&b, "\x00%s=%s", k, q.IDs[k])
	}
	for _, s := range f.handling(q.Kind) {
		b.WriteString("\x00" + s.Name())
	}
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:8])
}

// ask finds out what an item is and what is known of it.
func (f *Fetcher) ask(ctx context.Context, w waiting) error {
	s, err := f.subject(w.id)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	question := f.question(queryOf(s.seen))
	online, out := s.rec.Online, s.rec.Outcome
	if s.due(question, w.force) {
		online, out, err = f.answer(ctx, s, w.force)
		if err != nil || out == "" {
			return err
		}
		if err := f.learn(ctx, s, question, online, out); err != nil {
			return err
		}
	}
	if out != found {
		return nil
	}
	pictures := f.pictures(ctx, s, online)
	if s.bare.Kind == library.Series {
		err = f.children(ctx, w, online)
	}
	return errors.Join(pictures, err)
}

// learn keeps an answer.
func (f *Fetcher) learn(ctx context.Context, s subject, question string, online []said, out outcome) error {
	if e := f.store.Edited(s.bare.ID); e.LockAll && !s.edit.LockAll {
		return nil // the owner was quicker
	}
	keep := f.save
	if len(online) == 0 && len(s.rec.Online) == 0 {
		keep = f.update // nothing to see
	}
	err := keep(ctx, s.bare.ID, func(r *record) {
		if r.Chosen && !s.rec.Chosen {
			return // the owner was quicker
		}
		r.Asked, r.Outcome, r.At, r.Online = question, out, time.Now().UTC(), online
	})
	if err != nil || len(online) > 0 || len(s.rec.Online) == 0 {
		return err
	}
	return f.forgetChildren(ctx, s.bare)
}

// answer asks the providers one after the other until nothing is lacking. The empty
// outcome says that nothing was lacking to begin with.
func (f *Fetcher) answer(ctx context.Context, s subject, force bool) ([]said, outcome, error) {
	if s.rec.Chosen {
		return f.again(ctx, s)
	}
	if (!force || s.locks.all) && !lacks(s.seen, s.locks) && !f.childLacks(s.bare) {
		return nil, "", nil
	}
	var online []said
	var refused error
	result := unknown
	for _, src := range f.handling(s.bare.Kind) {
		so := overlay(s.seen, &record{Online: online}, &s.edit, f.opt.Pictures)
		if len(online) > 0 && !lacksBut(so, s.locks, online) {
			break
		}
		facts, out, err := f.believe(ctx, src, queryOf(so))
		switch {
		case hopeless(err):
			f.log.Debug("a provider is passed over", "provider", src.Name(), "err", err)
			refused = err
		case err != nil:
			return nil, "", err
		case out == found && s.locks.all: // a series whose episodes are not locked
			online, result = append(online, said{facts.Provider, facts.ID, Facts{}}), found
		case out == found:
			online, result = append(online, facts), found
		case out == ambiguous && result == unknown:
			result = ambiguous
		}
	}
	if len(online) == 0 && refused != nil {
		return nil, "", refused
	}
	return online, result, nil
}

// hopeless reports errors that asking again would only repeat.
func hopeless(err error) bool {
	return errors.Is(err, fetch.ErrBadKey) || errors.Is(err, fetch.ErrAnswer) ||
		errors.Is(err, fetch.ErrTooLarge) || errors.Is(err, fetch.ErrForbidden)
}

// believe asks one provider and decides.
func (f *Fetcher) believe(ctx context.Context, src source, q Query) (said, outcome, error) {
	list, err := src.Search(ctx, q)
	if errors.Is(err, provider.ErrNotFound) {
		return said{}, unknown, nil
	}
	if err != nil {
		return said{}, "", err
	}
	c, out := decide(q, list)
	if out != found {
		return said{}, out, nil
	}
	facts, err := src.Details(ctx, q.Kind, c.ID)
	if errors.Is(err, provider.ErrNotFound) {
		return said{}, unknown, nil
	}
	return said{c.Provider, c.ID, facts}, found, err
}

// again asks for what is known by now of things that are decided.
func (f *Fetcher) again(ctx context.Context, s subject) ([]said, outcome, error) {
	online := slices.Clone(s.rec.Online)
	for i, o := range online {
		for _, src := range f.handling(s.bare.Kind) {
			if src.Name() != o.Provider {
				continue
			}
			facts, err := src.Details(ctx, s.bare.Kind, o.ID)
			if errors.Is(err, provider.ErrNotFound) || hopeless(err) {
				continue
			}
			if err != nil {
				return nil, "", err
			}
			facts.Pictures = fetchedBefore(facts.Pictures, o.Facts.Pictures)
			online[i].Facts = facts
		}
	}
	return online, found, nil
}

// fetchedBefore takes over pictures that are on disk already.
func fetchedBefore(list, old []provider.Picture) []provider.Picture {
	for i, p := range list {
		for _, o := range old {
			if o.URL == p.URL && o.File != "" {
				list[i] = o
			}
		}
	}
	return list
}

// lacks reports whether an item is without something that people look for and that a
// provider may fill.
func lacks(it *library.Item, locked locks) bool {
	no := func(field string, empty bool) bool { return empty && !locked.has(field) }
	picture := func(k library.ImageKind) bool {
		_, ok := it.Image(k, 0)
		return no("Images."+string(k), !ok)
	}
	overview, genres := no("Overview", it.Overview == ""), no("Genres", len(it.Genres) == 0)
	switch it.Kind {
	case library.Movie, library.Series:
		return overview || genres || no("People", len(it.People) == 0) || picture(library.Primary) || picture(library.Backdrop)
	case library.MusicAlbum:
		return genres || no("Year", it.Year == 0) || picture(library.Primary)
	case library.MusicArtist:
		return genres
	case library.Season:
		return overview || picture(library.Primary)
	case library.Episode:
		return overview || no("Name", numbered(it)) || picture(library.Primary)
	}
	return false
}

// lacksBut is lacks for an item whose online pictures are not fetched yet.
func lacksBut(it *library.Item, locked locks, online []said) bool {
	with := *it
	with.Images = slices.Clone(it.Images)
	for _, o := range online {
		for _, p := range o.Facts.Pictures {
			with.Images = append(with.Images, library.Image{Kind: p.Kind})
		}
	}
	return lacks(&with, locked)
}

// save changes a record and shows the item as it then is.
func (f *Fetcher) save(ctx context.Context, id library.ID, change func(*record)) error {
	if err := f.update(ctx, id, change); err != nil {
		return err
	}
	return f.store.Refresh(ctx, id)
}

// update changes a record only.
func (f *Fetcher) update(ctx context.Context, id library.ID, change func(*record)) error {
	r, err := f.table.Update(ctx, id.String(), func(r record, _ bool) (record, error) {
		r.Online = slices.Clone(r.Online)
		change(&r)
		return r, nil
	})
	if err != nil {
		return fmt.Errorf("keep what is known of %s: %w", id, err)
	}
	f.puzzle(id, r.Outcome)
	return nil
}

func (f *Fetcher) puzzle(id library.ID, o outcome) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if o == ambiguous {
		f.puzzles[id] = true
	} else {
		delete(f.puzzles, id)
	}
}

// note keeps how asking ended when nothing was learnt. What was known stays.
func (f *Fetcher) note(ctx context.Context, id library.ID, o outcome) error {
	s, err := f.subject(id)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	question := f.question(queryOf(s.seen))
	return f.update(ctx, id, func(r *record) {
		if r.Outcome != found {
			r.Asked, r.Outcome, r.At = question, o, time.Now().UTC()
		}
	})
}
