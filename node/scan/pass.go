package scan

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"sett/node/library"
	"sett/streaming/ffmpeg"
)

// pass is one scan under way.
type pass struct {
	s      *Scanner
	ctx    context.Context
	start  time.Time
	full   bool        // every root is looked at
	yield  func() bool // somebody waits for another pass
	view   *library.Snapshot
	stored []*library.Item // the libraries as they were
	libs   []*lib
	roots  []*root // those to walk
	pub    *publisher
	noTool bool // ffprobe is not installed
	watch  *watcher

	// step is held for reading while a unit's items and row are handed over, and for
	// writing while both are kept: no row may reach the disk before its items.
	step sync.RWMutex

	mu        sync.Mutex // guards what follows, and the ledger
	jobs      []*job
	problems  []Problem
	claims    map[library.ID]string // who has which id in this pass
	artists   map[library.ID]*library.Item
	prints    map[mark][]library.ID   // of all items there were when the pass began
	sizes     map[uint64]bool         // of those
	dropped   []*row                  // of roots that are no longer among the settings
	byFolder  map[string][]library.ID // by library and folder; see known
	unsettled bool
	names     *named
	lists     map[string]listFile // playlists that the walk met, by path
	art       map[string]string   // folders of nothing but pictures, by their folded names
	virgin    bool                // nothing was known before: no file can have come from elsewhere
	removed   bool                // items that were removed before are remembered
	touched   bool                // a unit changed or went
	looking   bool                // the walk is over
	counted   map[library.ID]bool
	saved     time.Time
	result    result
}

// pass scans what is wanted.
func (s *Scanner) pass(ctx context.Context, w want, yield func() bool) (result, error) {
	p := &pass{
		s: s, ctx: ctx, start: time.Now(), view: s.store.View(), yield: yield,
		claims: make(map[library.ID]string), artists: make(map[library.ID]*library.Item),
		counted: make(map[library.ID]bool), lists: make(map[string]listFile), art: make(map[string]string),
	}
	s.mu.Lock()
	p.watch = s.watch
	s.mu.Unlock()
	p.removed = s.store.AnyRemoved()
	var err error
	if s.ledger == nil {
		if s.ledger, err = openLedger(s.store); err != nil {
			return result{}, err
		}
	}
	p.stored = p.storedLibraries()
	_, missing := ffmpeg.Look("ffprobe")
	p.noTool = missing != nil
	p.libs = p.libraries()
	if err := p.open(w); err != nil {
		return result{}, err
	}
	p.pub = newPublisher(p)
	defer p.pub.close()
	if err := p.run(); err != nil {
		return result{}, err
	}
	p.publishProblems()
	p.result.libraries, p.result.unsettled = len(p.libs), p.unsettled
	return p.result, nil
}

// open finds the rows of each root and chooses the roots to walk.
func (p *pass) open(w want) error {
	current := make(map[string]bool)
	all := w.all
	for _, m := range p.s.opt.Media {
		m = filepath.Clean(m)
		all = all || w.roots[m] // a folder came or went there
		if p.watch != nil {
			p.watch.add(m, m)
		}
	}
	for _, l := range p.libs {
		done, err := p.s.ledger.complete(l.id)
		if err != nil {
			return fmt.Errorf("read what the last scan knew: %w", err)
		}
		l.first = !done
		for _, r := range l.roots {
			key := rootKey(l.id, r.path)
			current[key] = true
			r.rows = p.s.ledger.root(key)
			if all || w.roots[r.path] {
				p.roots = append(p.roots, r)
			}
		}
	}
	p.full, p.virgin = all, len(p.s.ledger.refs) == 0
	for key, rows := range p.s.ledger.roots {
		if !current[key] && len(rows.units) > 0 {
			for _, row := range rows.units {
				p.dropped = append(p.dropped, row)
			}
			p.s.ledger.drop(rows)
			p.touched = true
		}
	}
	return nil
}

func (p *pass) run() error {
	if err := p.putLibraries(); err != nil {
		return err
	}
	if err := p.walkAll(); err != nil {
		return err
	}
	if err := p.pub.flush(); err != nil {
		return err
	}
	if err := p.sweep(); err != nil {
		return err
	}
	p.publishProblems()
	if err := p.lookInside(); err != nil {
		return err
	}
	if err := p.pub.flush(); err != nil {
		return err
	}
	if err := p.gather(); err != nil {
		return err
	}
	if err := p.save(); err != nil || p.result.cut {
		return err
	}
	return p.complete()
}

// putLibraries publishes the libraries themselves.
func (p *pass) putLibraries() error {
	var changes []library.Change
	for _, l := range p.libs {
		it := p.libraryItem(l)
		it.Images = p.libraryImages(l, it.Images)
		i := slices.IndexFunc(p.stored, func(o *library.Item) bool { return o.ID == l.id })
		if i < 0 || !sameItem(p.stored[i], it) {
			changes = append(changes, library.Put(it))
		}
	}
	if err := p.s.store.Apply(p.ctx, changes...); err != nil {
		return fmt.Errorf("publish the libraries: %w", err)
	}
	return nil
}

// walkAll walks the roots, all at once, and publishes by name what changed.
func (p *pass) walkAll() error {
	ctx, cancel := context.WithCancelCause(p.ctx)
	defer cancel(nil)
	p.pub.fail = cancel
	slots := max(1, 2*runtime.NumCPU()/max(1, len(p.roots)))
	var g errgroup.Group
	g.SetLimit(4 * runtime.NumCPU())
	for _, r := range p.roots {
		g.Go(func() error { return p.walkRoot(ctx, r, slots) })
	}
	if err := g.Wait(); err != nil {
		if cause := context.Cause(ctx); cause != nil {
			return cause
		}
		return err
	}
	return p.pub.err
}

func (p *pass) walkRoot(ctx context.Context, r *root, slots int) error {
	top := &dir{abs: r.path}
	entries, err := readSome(r.path)
	if err != nil {
		p.problem(r.path, missing("folder", r.path, "its "+contents[r.lib.kind], err))
		return nil
	}
	if entries == 0 && len(r.rows.units) > 0 {
		p.problem(r.path, fmt.Sprintf("The folder %s is suddenly empty; its %s are kept. Connect the disk or change the settings.", r.path, contents[r.lib.kind]))
		return nil
	}
	top.info, _ = os.Stat(r.path)
	w := &walker{
		ctx: ctx, kind: r.lib.kind, root: top, problem: p.problem, now: time.Now(),
		found: func(d *dir) { p.s.progress.found(d); p.noteFolder(r.lib, r, d) }, emit: func(u *unit) { u.lib, u.root = r.lib, r; p.look(ctx, u) },
	}
	if p.watch != nil {
		w.watch = func(abs string) { p.watch.add(r.path, abs) }
	}
	if err := w.walk(slots); err != nil {
		return err
	}
	r.ok, r.failed = true, w.failed
	return nil
}

// readSome reports whether a folder can be read and has anything in it that counts.
func readSome(path string) (int, error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	names, err := f.Readdirnames(-1)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, name := range names {
		if !strings.HasPrefix(name, ".") && name != "lost+found" {
			n++
		}
	}
	return n, nil
}

// look decides whether a unit must be done.
func (p *pass) look(ctx context.Context, u *unit) {
	if ctx.Err() != nil {
		return
	}
	growing := u.growing()
	if !growing && !u.failed() && !u.hasMedia() {
		return
	}
	u.addUp()
	p.mu.Lock()
	u.root.seen[u.key()] = true
	p.unsettled = p.unsettled || growing
	old := u.root.rows.units[u.key()]
	if old != nil && old.Sum == u.sum && !old.Again && (!old.NoTool || p.noTool) {
		p.mu.Unlock()
		return
	}
	p.touched = true
	if old != nil && p.prints == nil {
		p.dropped = append(p.dropped, old)
	}
	p.mu.Unlock()
	j := &job{p: p, u: u, row: old}
	if p.virgin && time.Since(p.start) > namesAtOnce {
		j.later()
		return
	}
	if err := j.guarded(j.publishNames); err != nil {
		p.pub.stop(err)
	}
}

// sweep forgets units that are gone and takes out items that no unit gives any more.
func (p *pass) sweep() error {
	l := p.s.ledger
	for _, r := range p.roots {
		for unit := range r.rows.units {
			if !r.seen[unit] && !r.keeps(unit) {
				l.set(r.rows, unit, nil)
				p.touched = true
			}
		}
	}
	if !p.touched && !l.fresh && !p.full {
		return nil
	}
	var changes []library.Change
	p.s.store.View().Each(func(c *library.Card) bool {
		if p.isDead(c) {
			changes = append(changes, library.Remove(c.ID))
		}
		return true
	})
	if err := p.s.store.Apply(p.ctx, changes...); err != nil {
		return fmt.Errorf("take out what is gone: %w", err)
	}
	p.result.removed += len(changes)
	l.fresh = false
	return p.save()
}

// isDead reports whether an item of ours is given by no unit, and nothing that is away
// may bring it back.
func (p *pass) isDead(c *library.Card) bool {
	switch c.Kind {
	case library.BoxSet, library.Playlist, library.Person, library.Genre, library.MusicGenre, library.Studio, library.Year:
		return false
	case library.CollectionFolder:
		return !slices.ContainsFunc(p.libs, func(l *lib) bool { return l.id == c.ID })
	}
	if c.Library.IsZero() || p.s.ledger.refs[c.ID] > 0 {
		return false
	}
	for _, l := range p.libs {
		for _, r := range l.roots {
			if rel, ok := under(r.path, c.Path); ok && r.keeps(filepath.Dir(rel)) {
				return false // a scan was cut off, and now the disk is away
			}
		}
	}
	return true
}

// under is the path below a root.
func under(root, path string) (string, bool) {
	if path == root {
		return ".", true
	}
	rel, ok := strings.CutPrefix(path, strings.TrimSuffix(root, string(filepath.Separator))+string(filepath.Separator))
	return rel, ok
}

// save keeps the rows of what was published.
func (p *pass) save() error {
	p.step.Lock()
	defer p.step.Unlock()
	if err := p.pub.flush(); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.saved = time.Now()
	return p.s.ledger.save(p.ctx)
}

// complete remembers which libraries were scanned to the end.
func (p *pass) complete() error {
	for _, l := range p.libs {
		walked := p.full && slices.ContainsFunc(l.roots, func(r *root) bool { return r.ok })
		if !l.first || !walked || p.unsettled {
			continue
		}
		if err := p.s.ledger.done.Put(p.ctx, l.id.String(), true); err != nil {
			return fmt.Errorf("keep what the scan knows: %w", err)
		}
	}
	return nil
}

// gone reports whether a file that was known is not there any more, as opposed to being
// on a disk that is away. The caller holds p.mu.
func (p *pass) gone(path string) bool {
	if _, err := os.Lstat(path); !errors.Is(err, os.ErrNotExist) {
		return false
	}
	for _, l := range p.libs {
		for _, r := range l.roots {
			if _, ok := under(r.path, path); !ok {
				continue
			}
			if !p.answers(r) {
				return false
			}
		}
	}
	return true
}

// answers reports whether a root can tell that a file is not there: it is present, or it
// is a folder inside a media folder that is present, which may have got another name. A
// root of the settings that is not there is a disk that is away. The caller holds p.mu.
func (p *pass) answers(r *root) bool {
	if r.asked {
		return r.telling
	}
	r.asked = true
	n, err := readSome(r.path)
	renamed := errors.Is(err, os.ErrNotExist) && exists(filepath.Dir(r.path)) && p.inAMediaFolder(r.path)
	r.telling = err == nil && n > 0 || renamed
	return r.telling
}
