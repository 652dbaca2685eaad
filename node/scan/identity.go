package scan

import (
	"path/filepath"
	"strings"

	"sett/node/library"
)

// idOf decides what an item is called, for ever. Of one item the first answer counts:
//
//   - what one of its files was called before, at the same path;
//   - what the item of the same provider's id was called whose file is gone;
//   - what the same content was called at a path that is gone: a rename or a move;
//   - what the item in the same place of the unit, or the film of the same title and year,
//     was called whose file is gone: a replacement by another resolution;
//   - what it was called when it was taken out of the library, for some weeks;
//   - an id from kind, library and path below the root.
func (j *job) idOf(w *who, stacks ...stack) library.ID {
	memo := w.kind.String() + "\x00" + stacks[0].path()
	if id, ok := j.ids[memo]; ok {
		return id
	}
	j.p.mu.Lock()
	defer j.p.mu.Unlock()
	id, ok := j.knownLocked(w.kind, stacks)
	if !ok {
		id, ok = j.elsewhereLocked(w, &stacks[0])
	}
	if !ok {
		id = j.freshLocked(w.kind, stacks[0].rel(), stacks[0].path())
	}
	j.p.claims[id] = stacks[0].path()
	j.ids[memo] = id
	return id
}

// elsewhereLocked finds the item that was elsewhere, had another file, or was removed.
func (j *job) elsewhereLocked(w *who, s *stack) (library.ID, bool) {
	if j.p.virgin && !j.p.removed {
		return library.ID{}, false
	}
	path := s.path()
	if it := j.providedLocked(w, path); it != nil {
		return j.takeLocked(it, s), true
	}
	if id, ok := j.movedLocked(w.kind, *s); ok {
		return id, true
	}
	if id, ok := j.alikeLocked(w.kind, w.alike); ok {
		return id, true
	}
	if it := j.titledLocked(w, path); it != nil {
		return j.takeLocked(it, s), true
	}
	if it := j.returnedLocked(w, s, path); it != nil {
		return j.takeLocked(it, s), true
	}
	if it := j.removedEpisodeLocked(w.series, w.season, w.number); it != nil && w.kind == library.Episode {
		return j.takeLocked(it, s), true
	}
	return library.ID{}, false
}

// claimedLocked reports whether another item of this pass has the id.
func (p *pass) claimedLocked(id library.ID, path string) bool {
	by, ok := p.claims[id]
	return ok && by != path
}

func (j *job) knownLocked(kind library.Kind, stacks []stack) (library.ID, bool) {
	for _, s := range stacks {
		for _, path := range s.paths() {
			if it := j.byPath[path]; it != nil && it.Kind == kind && !j.p.claimedLocked(it.ID, stacks[0].path()) {
				return it.ID, true
			}
		}
	}
	return library.ID{}, false
}

// movedLocked finds the item whose file lay elsewhere and is not there any more.
func (j *job) movedLocked(kind library.Kind, s stack) (library.ID, bool) {
	p := j.p
	p.indexPrintsLocked()
	size := sizePart(s.files[0].size)
	if len(p.prints) == 0 || !p.sizes[size] {
		return library.ID{}, false
	}
	full, err := j.print(s.path())
	if err != nil {
		return library.ID{}, false
	}
	var found *library.Item
	for _, id := range p.prints[short(full)] {
		if p.claimedLocked(id, s.path()) {
			continue
		}
		it, err := p.s.store.Bare(id)
		if err != nil || it.Kind != kind || it.Fingerprint != full || !p.gone(it.Path) {
			continue
		}
		if found == nil || filepath.Base(it.Path) == s.files[0].name { // of several copies the one of the name
			found = it
		}
	}
	if found == nil {
		return library.ID{}, false
	}
	j.adopt(found, s)
	return found.ID, true
}

// adopt makes an item that came from elsewhere one of the unit's old ones.
func (j *job) adopt(it *library.Item, s stack) {
	moved := *it
	j.moved = append(j.moved, it)
	if len(it.Sources) > 0 {
		moved.Sources = append([]library.Source(nil), it.Sources...)
		moved.Sources[0].Path = s.path()
		moved.Sources[0].Parts = nil
		if p := s.parts(); len(p) == len(it.Sources[0].Parts) && len(p) > 0 {
			moved.Sources[0].Parts = p
		}
	}
	j.old[it.ID] = it
	j.byPath[s.path()] = &moved
}

// indexPrintsLocked collects the fingerprints of all items that are known.
func (p *pass) indexPrintsLocked() {
	if p.prints != nil {
		return
	}
	p.prints, p.sizes = make(map[mark][]library.ID), make(map[uint64]bool)
	for _, r := range p.s.ledger.roots {
		for _, row := range r.units {
			p.addPrints(row)
		}
	}
	for _, row := range p.dropped {
		p.addPrints(row)
	}
}

func (p *pass) addPrints(row *row) {
	for i, id := range row.IDs {
		if i < len(row.Prints) && row.Prints[i] != 0 {
			p.prints[row.Prints[i]] = append(p.prints[row.Prints[i]], id)
			p.sizes[row.Prints[i].size()] = true
		}
	}
}

// alikeLocked finds an item of the same unit that was the same thing and lost its file.
func (j *job) alikeLocked(kind library.Kind, alike string) (library.ID, bool) {
	if alike == "" {
		return library.ID{}, false
	}
	if j.lost == nil {
		j.lost = make(map[string][]*library.Item)
		for _, it := range j.old {
			if key := j.alike(it); key != "" && !j.holds(it) {
				j.lost[key] = append(j.lost[key], it)
			}
		}
	}
	for _, it := range j.lost[alike] {
		if it.Kind == kind && !j.p.claimedLocked(it.ID, "") {
			return it.ID, true
		}
	}
	return library.ID{}, false
}

// holds reports whether any file of an old item is still there.
func (j *job) holds(it *library.Item) bool {
	for _, s := range it.Sources {
		for _, path := range append([]string{s.Path}, s.Parts...) {
			if j.u.has(path) {
				return true
			}
		}
	}
	return j.u.has(it.Path)
}

// has reports whether a file is among the unit's, growing ones included.
func (u *unit) has(path string) bool {
	dirName, name := filepath.Split(path)
	dirName = strings.TrimSuffix(dirName, string(filepath.Separator))
	for _, d := range u.dirs {
		if d.abs != dirName {
			continue
		}
		if _, ok := d.file(name); ok {
			return true
		}
		for _, g := range d.growing {
			if g == name {
				return true
			}
		}
	}
	return false
}

// freshLocked makes an id from the path. Should something that moved away have kept it,
// a number is added.
func (j *job) freshLocked(kind library.Kind, rel, path string) library.ID {
	parts := []string{kind.String(), j.u.lib.id.String(), filepath.ToSlash(rel)}
	for n := '1'; ; n++ {
		id := library.NewID(parts...)
		if !j.p.takenLocked(id, path) || n > '9' {
			return id
		}
		parts = append(parts[:3:3], string(n))
	}
}

// takenLocked reports whether an id belongs to something else that is still there.
func (p *pass) takenLocked(id library.ID, path string) bool {
	if p.claimedLocked(id, path) {
		return true
	}
	c, ok := p.view.Card(id)
	return ok && c.Path != path && c.Path != "" && !p.gone(c.Path)
}

// folderID is the id of a series or album: as before at the same path, as the one of the
// same provider's id that is gone, as before it moved with its content, as before it was
// removed, else from the path.
func (j *job) folderID(w *who, d *dir, of func(*library.Item) library.ID) library.ID {
	memo := w.kind.String() + "\x00" + d.abs
	if id, ok := j.ids[memo]; ok {
		return id
	}
	j.p.mu.Lock()
	defer j.p.mu.Unlock()
	id := j.folderLocked(w, d, of)
	j.p.claims[id] = d.abs
	j.ids[memo] = id
	return id
}

func (j *job) folderLocked(w *who, d *dir, of func(*library.Item) library.ID) library.ID {
	if it := j.byPath[d.abs]; it != nil && it.Kind == w.kind && !j.p.claimedLocked(it.ID, d.abs) {
		return it.ID
	}
	if it := j.providedLocked(w, d.abs); it != nil {
		return j.takeLocked(it, nil)
	}
	for _, child := range j.moved {
		if id, ok := j.parentLocked(w, d, of(child)); ok {
			return id
		}
	}
	if it := j.returnedLocked(w, nil, d.abs); it != nil {
		return j.takeLocked(it, nil)
	}
	return j.freshLocked(w.kind, d.rel, d.abs)
}

// parentLocked takes the id of the folder that something was in before it came here, if
// that folder is no more.
func (j *job) parentLocked(w *who, d *dir, id library.ID) (library.ID, bool) {
	if id.IsZero() || j.p.claimedLocked(id, d.abs) {
		return id, false
	}
	if it, err := j.p.s.store.Bare(id); err == nil {
		if it.Kind != w.kind || !j.p.gone(it.Path) {
			return id, false
		}
		j.old[id] = it
		return id, true
	}
	g, err := j.p.s.store.RemovedItem(id)
	if err != nil || g.Kind != w.kind {
		return id, false
	}
	j.old[id] = &library.Item{ID: id, Kind: g.Kind, Path: g.Path, Added: g.Added}
	return id, true
}
