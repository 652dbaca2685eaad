package preview

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"slices"
	"time"

	"sett/node/library"
	"sett/node/store"
	"sett/streaming/ffmpeg"
	"sett/streaming/segment"
)

// rules is raised when the rules of package segment change, so that all is looked at
// again.
const rules = "1"

// findSegments looks for the segments of a film, or of every episode of a season.
func (p *Previews) findSegments(ctx context.Context, unit library.ID) error {
	card, ok := p.opt.Store.View().Card(unit)
	if !ok {
		return store.ErrNotFound
	}
	if card.Kind == library.Season {
		return p.season(ctx, unit)
	}
	e, err := p.examine(unit)
	if err != nil {
		return err
	}
	if e.current(rules) {
		return nil
	}
	return p.conclude(ctx, e, rules)
}

// exam is an item that is looked at.
type exam struct {
	it       *library.Item
	src      *library.Source
	identity string
	before   record
	chapters []segment.Segment
	sound    []segment.Segment
}

func (p *Previews) examine(id library.ID) (*exam, error) {
	it, err := p.file(id)
	if err != nil {
		return nil, err
	}
	e := &exam{it: it, src: &it.Sources[0]}
	if e.before, err = p.record(id); err != nil {
		return nil, err
	}
	e.identity = Identity(e.src)
	e.chapters = segment.FromChapters(e.src.Chapters, e.src.Runtime)
	return e, nil
}

func (e *exam) current(looked string) bool {
	return e.before.Identity == e.identity && e.before.Looked == looked
}

// conclude looks at the end, if that is all there is to go by, and keeps what was
// found.
func (p *Previews) conclude(ctx context.Context, e *exam, looked string) error {
	var dark []segment.Segment
	seen := e.before.Identity == e.identity && e.before.Dark
	switch {
	case seen:
		for _, s := range e.before.Segments {
			if s.By == segment.ByPicture {
				dark = append(dark, s)
			}
		}
	case !segment.Has(e.chapters, segment.Outro) && !segment.Has(e.sound, segment.Outro) && len(e.src.Parts) == 0:
		s, ok, err := segment.Credits(ctx, p.tools, p.quiet, e.src)
		if err := p.blame(ctx, e.src, err); err != nil {
			return err
		}
		if seen = true; ok {
			dark = append(dark, s)
		}
	}
	return p.update(ctx, e.it.ID, func(r *record) {
		r.Identity, r.Looked, r.Dark = e.identity, looked, seen
		r.Segments = segment.Merge(e.chapters, e.sound, dark)
	})
}

// blame keeps an error that is not the file's fault. What is, leaves the film without
// segments.
func (p *Previews) blame(ctx context.Context, src *library.Source, err error) error {
	var failed *ffmpeg.Error
	if err == nil || !errors.As(err, &failed) || ctx.Err() != nil {
		return err
	}
	if _, gone := os.Stat(src.Path); errors.Is(gone, fs.ErrNotExist) {
		return gone
	}
	p.opt.Log.Info("a film's sound or picture could not be looked at", "path", src.Path, "err", err)
	return nil
}

// maxSeason bounds how many episodes are compared: what calls itself a season and is
// longer has its theme changed now and then anyway.
const maxSeason = 400

// season compares the episodes of a season.
func (p *Previews) season(ctx context.Context, id library.ID) error {
	var all []*exam
	parts := []string{rules}
	for _, c := range p.opt.Store.View().Children(library.Viewer{}, id) {
		if c.Kind != library.Episode || len(all) == maxSeason {
			continue
		}
		e, err := p.examine(c.ID)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		all, parts = append(all, e), append(parts, c.ID.String()+e.identity)
	}
	slices.Sort(parts[1:])
	looked := library.NewID(parts...).String()[:16]
	if !slices.ContainsFunc(all, func(e *exam) bool { return !e.current(looked) }) {
		return nil
	}
	if err := p.compare(ctx, all); err != nil {
		return err
	}
	for _, e := range all {
		if err := p.conclude(ctx, e, looked); err != nil {
			return err
		}
	}
	return nil
}

// compare listens for what the episodes have in common, unless their chapters say
// it all.
func (p *Previews) compare(ctx context.Context, all []*exam) error {
	if !p.listen || len(all) < 2 {
		return nil
	}
	for k, stretch := range map[segment.Kind]func(*library.Source) (from, length time.Duration){
		segment.Intro: segment.HeadOf, segment.Outro: segment.TailOf,
	} {
		if !slices.ContainsFunc(all, func(e *exam) bool { return !segment.Has(e.chapters, k) }) {
			continue
		}
		prints := make([]segment.Print, len(all))
		for i, e := range all {
			from, length := stretch(e.src)
			var err error
			if prints[i], err = p.print(ctx, e, k, from, length); err != nil {
				return err
			}
		}
		found, err := segment.Season(ctx, k, prints, p.turn)
		if err != nil {
			return err
		}
		for i, s := range found {
			if s.Kind != "" {
				all[i].sound = append(all[i].sound, segment.ToEnd(s, all[i].src.Runtime))
			}
		}
	}
	return nil
}

// turn waits until nobody plays.
func (p *Previews) turn(ctx context.Context) error {
	for p.opt.Busy() {
		select {
		case <-ctx.Done():
		case <-time.After(calm):
		}
		if ctx.Err() != nil {
			break
		}
	}
	return ctx.Err()
}

// print fingerprints a stretch of an episode, once for as long as its file stays the
// same. One without sound has an empty print.
func (p *Previews) print(ctx context.Context, e *exam, k segment.Kind, from, length time.Duration) (segment.Print, error) {
	empty := segment.Print{From: library.TicksOf(from)}
	if len(e.src.Parts) > 0 || length <= 0 {
		return empty, nil
	}
	key := "print " + rules + " " + string(k) + " " + e.src.ID.String() + " " + e.identity
	f, err := p.prints.File(ctx, key, func(ctx context.Context, path string) error {
		pr, err := segment.Take(ctx, p.tools, p.quiet, e.src, from, length)
		if errors.Is(err, segment.ErrNoSound) {
			err = nil
		}
		if err = p.blame(ctx, e.src, err); err != nil {
			return err
		}
		return os.WriteFile(path, pr.Bytes(), 0o600)
	})
	if errors.Is(err, fs.ErrNotExist) {
		return empty, nil // an episode that is gone does not keep the others waiting
	}
	if err != nil {
		return empty, err
	}
	defer f.Close()
	raw, err := io.ReadAll(f)
	if err != nil {
		return empty, err
	}
	return segment.ParsePrint(library.TicksOf(from), raw), nil
}
