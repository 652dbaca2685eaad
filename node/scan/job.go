package scan

import (
	"errors"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"sett/node/library"
	"sett/node/store"
)

// job is a unit that must be done: first by names, later with the facts in its files.
type job struct {
	p   *pass
	u   *unit
	row *row // as it was before, nil for a new unit

	ids     map[string]library.ID // by kind and path: what was decided stays
	unnamed int                   // about how many files it has, while not even its names were published

	// Only while the job is at hand; see load and release.
	old    map[library.ID]*library.Item // what the unit gave, and what its files were elsewhere
	byPath map[string]*library.Item     // old items by the paths of all their files
	docs   map[string]*document         // NFO files by path
	look   func(stack) *fact            // looks into files while the unit is built, if set
	facts  map[string]*fact             // by the first path of a stack
	need   []stack
	moved  []*library.Item            // old items whose files came here from elsewhere
	lost   map[string][]*library.Item // old items whose files are gone, by what they are alike to

	printMu sync.Mutex
	known   map[string]string // fingerprints by path

	final    bool // the build under way is the one with all facts
	problems []Problem

	mu     sync.Mutex
	left   int // stacks to look into
	sentAt time.Time
	sent   map[library.ID]*library.Item
}

// load reads the items the unit gave before.
func (j *job) load() {
	j.old, j.byPath = make(map[library.ID]*library.Item), make(map[string]*library.Item)
	j.facts, j.need, j.moved, j.lost = make(map[string]*fact), nil, nil, nil
	ids := j.p.known(j.u)
	if j.row != nil {
		ids = append(ids, j.row.IDs...)
	}
	j.p.mu.Lock()
	now := j.u.root.rows.units[j.u.key()]
	j.p.mu.Unlock()
	if now != nil && now != j.row {
		ids = append(ids, now.IDs...)
	}
	for _, id := range ids {
		if _, ok := j.old[id]; ok {
			continue
		}
		j.remember(id)
	}
}

// remember reads an old item and its facts.
func (j *job) remember(id library.ID) {
	it, err := j.p.s.store.Bare(id)
	if err != nil {
		if !errors.Is(err, store.ErrNotFound) { // it will be made anew
			j.p.s.log.Warn("a record of the library cannot be read", "id", id, "err", err)
		}
		return
	}
	j.old[id] = it
	if it.Path != "" {
		j.byPath[it.Path] = it
	}
	for _, s := range it.Sources {
		if _, ok := j.byPath[s.Path]; !ok {
			j.byPath[s.Path] = it
		}
	}
}

// known are items that the store has for the folders of a unit although no row says so:
// a scan was cut off between the two.
func (p *pass) known(u *unit) []library.ID {
	if !p.s.ledger.fresh {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.byFolder == nil {
		p.byFolder = make(map[string][]library.ID)
		p.view.Each(func(c *library.Card) bool {
			dir := c.Path
			if !c.Kind.IsFolder() {
				dir = filepath.Dir(c.Path)
			}
			if c.Path != "" && c.Kind != library.CollectionFolder {
				key := c.Library.String() + dir
				p.byFolder[key] = append(p.byFolder[key], c.ID)
			}
			return true
		})
	}
	var ids []library.ID
	for _, d := range u.dirs {
		ids = append(ids, p.byFolder[u.lib.id.String()+d.abs]...)
	}
	return ids
}

// later leaves a unit's names to lookInside, which may be so quick that the names alone
// need not be shown.
func (j *job) later() {
	j.unnamed = j.u.files()
	j.ids = make(map[string]library.ID)
	j.p.s.progress.more(j.unnamed)
	j.p.mu.Lock()
	defer j.p.mu.Unlock()
	j.p.jobs = append(j.p.jobs, j)
}

// publishNames publishes what the names say, or, when all facts are known, everything.
func (j *job) publishNames() error {
	j.ids = make(map[string]library.ID)
	j.load()
	items, err := j.build(false)
	if err != nil {
		return err
	}
	if len(j.need) == 0 {
		return j.finish()
	}
	j.p.s.progress.more(len(j.need) - j.unnamed)
	now := &row{IDs: idsOf(items), Sets: setsOf(items)}
	j.carryPrints(now)
	j.keep(now)
	changes := j.p.changes(items, j.old)
	j.p.mu.Lock()
	j.p.s.ledger.set(j.u.root.rows, j.u.key(), now)
	if j.unnamed == 0 {
		j.p.jobs = append(j.p.jobs, j)
	}
	j.p.mu.Unlock()
	j.unnamed = 0
	j.release()
	return j.p.pub.add(changes)
}

// release lets go of what is large until the job's turn comes again.
func (j *job) release() {
	j.old, j.byPath, j.docs, j.facts, j.need, j.moved, j.lost, j.sent, j.known = nil, nil, nil, nil, nil, nil, nil, nil, nil
}

// finish publishes the unit with all facts and remembers it as done.
func (j *job) finish() error {
	items, err := j.build(true)
	if err != nil {
		return err
	}
	now := &row{Sum: j.u.sum, IDs: idsOf(items), Sets: setsOf(items)}
	for _, it := range items {
		now.Prints = append(now.Prints, short(it.Fingerprint))
	}
	now.Problems = j.problems
	for path, f := range j.facts {
		if f.problem != "" {
			now.Problems = append(now.Problems, Problem{path, f.problem})
		}
		now.NoTool = now.NoTool || f.noTool
		now.Again = now.Again || f.again
	}
	slices.SortFunc(now.Problems, func(a, b Problem) int { return strings.Compare(a.Path, b.Path) })
	j.keep(now)
	changes := j.p.changes(items, j.old)
	j.p.step.RLock() // the row and its items are kept together
	defer j.p.step.RUnlock()
	j.p.mu.Lock()
	before := j.u.root.rows.units[j.u.key()]
	j.p.s.ledger.set(j.u.root.rows, j.u.key(), now)
	if before != nil && j.p.looking { // while walking, the sweep does it
		for _, id := range before.IDs {
			if j.p.s.ledger.refs[id] == 0 {
				changes = append(changes, library.Remove(id))
				delete(j.p.claims, id)
			}
		}
	}
	j.p.mu.Unlock()
	return j.p.pub.add(changes)
}

// keep adds to a row what cannot be seen right now but was there: files that are being
// written, folders that cannot be read.
func (j *job) keep(now *row) {
	var hidden []string
	for _, d := range j.u.dirs {
		for _, g := range d.growing {
			hidden = append(hidden, d.path(g))
		}
		if d.failed {
			hidden = append(hidden, d.abs)
		}
	}
	if len(hidden) == 0 {
		return
	}
	has := make(map[library.ID]bool)
	for _, id := range now.IDs {
		has[id] = true
	}
	add := func(id library.ID) {
		if it := j.old[id]; it != nil && !has[id] {
			has[id] = true
			now.IDs = append(now.IDs, id)
			now.Prints = append(now.Prints, short(it.Fingerprint))
		}
	}
	for id, it := range j.old {
		if !slices.ContainsFunc(hidden, func(h string) bool { _, in := under(h, it.Path); return in }) {
			continue
		}
		for _, id := range []library.ID{id, it.Season, it.Series, it.Album, it.Parent} {
			add(id)
		}
	}
}

// carryPrints keeps the fingerprints that are known while the files are looked into.
func (j *job) carryPrints(now *row) {
	for _, id := range now.IDs {
		var m mark
		if it := j.old[id]; it != nil {
			m = short(it.Fingerprint)
		}
		now.Prints = append(now.Prints, m)
	}
}

func idsOf(items []*library.Item) []library.ID {
	ids := make([]library.ID, len(items))
	for i, it := range items {
		ids[i] = it.ID
	}
	return ids
}

// changes are the items that differ from what the store has.
func (p *pass) changes(items []*library.Item, old map[library.ID]*library.Item) []library.Change {
	var changes []library.Change
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, it := range items {
		was := old[it.ID]
		if was != nil && sameItem(was, it) {
			continue
		}
		changes = append(changes, library.Put(it))
		if p.counted[it.ID] {
			continue
		}
		p.counted[it.ID] = true
		if _, known := p.view.Card(it.ID); known {
			p.result.changed++
		} else {
			p.result.added++
		}
	}
	return changes
}

// sameItem compares what is stored of two items.
func sameItem(a, b *library.Item) bool { return reflect.DeepEqual(a, b) }

// done takes the fact of one stack; the last one finishes the job, and of large units
// the state so far is published now and then.
func (j *job) done(s stack, f *fact) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.facts[s.path()] = f
	j.left--
	if j.left == 0 {
		return j.finish()
	}
	if time.Since(j.sentAt) < 3*time.Second {
		return nil
	}
	j.sentAt = time.Now()
	items, err := j.build(false)
	if err != nil {
		return err
	}
	changes := j.p.changes(items, j.sent)
	for _, it := range items {
		j.sent[it.ID] = it
	}
	return j.p.pub.add(changes)
}

// added is when the library first saw the file of an item.
func (j *job) added(id library.ID, mod time.Time) time.Time {
	if old := j.old[id]; old != nil && !old.Added.IsZero() {
		return old.Added
	}
	now := j.p.start.UTC().Truncate(time.Second)
	if j.u.lib.first && mod.Before(now) {
		return mod
	}
	return now
}
