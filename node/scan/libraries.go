package scan

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"sett/node/library"
	"sett/node/naming"
)

// lib is a library of this pass.
type lib struct {
	id    library.ID
	name  string
	kind  library.Collection
	roots []*root
	first bool // never scanned to the end before
}

// root is one folder of a library.
type root struct {
	lib    *lib
	path   string
	rows   *rootRows
	ok     bool     // it is there and was walked to the end
	failed []string // folders below that could not be read
	seen   map[string]bool

	asked, telling bool // see answers
}

// keeps reports whether what is known below a root must be kept although it was not
// seen: the root is away, or the folder was not to be read.
func (r *root) keeps(rel string) bool {
	if !r.ok {
		return true
	}
	for _, f := range r.failed {
		if f == "" || rel == f || strings.HasPrefix(rel, f+string(filepath.Separator)) {
			return true
		}
	}
	return false
}

// libraries says which libraries there are, by the settings and by what is in the media
// folders.
func (p *pass) libraries() []*lib {
	var libs []*lib
	for _, l := range p.s.opt.Libraries {
		name := l.Name
		if name == "" {
			name = defaultNames[l.Kind]
		}
		libs = addLibrary(libs, name, l.Kind, l.Paths...)
	}
	for _, m := range p.s.opt.Media {
		libs = p.inMedia(libs, filepath.Clean(m))
	}
	libs = p.knownLibraries(libs)
	p.identify(libs)
	return libs
}

// identify gives each library the id it had: under the same name and with one of the same
// folders, with one of the same folders under another name, under the same name elsewhere.
func (p *pass) identify(libs []*lib) {
	used := make(map[library.ID]bool)
	for _, same := range []func(*library.Item, *lib) bool{
		func(o *library.Item, l *lib) bool { return strings.EqualFold(o.Name, l.name) && l.sharesRoot(o) },
		func(o *library.Item, l *lib) bool { return l.sharesRoot(o) },
		func(o *library.Item, l *lib) bool { return strings.EqualFold(o.Name, l.name) },
	} {
		for _, l := range libs {
			for _, o := range p.stored {
				if l.id.IsZero() && !used[o.ID] && o.Collection == l.kind && same(o, l) {
					l.id = o.ID
					used[o.ID] = true
				}
			}
		}
	}
	for _, l := range libs {
		for _, parts := range [][]string{nil, {string(l.kind)}, {string(l.kind), l.roots[0].path}} {
			if id := library.NewID(append([]string{"library", strings.ToLower(l.name)}, parts...)...); l.id.IsZero() && !used[id] {
				l.id = id
				used[id] = true
			}
		}
	}
}

func (l *lib) sharesRoot(o *library.Item) bool {
	return slices.ContainsFunc(l.roots, func(r *root) bool { return slices.Contains(o.Roots, r.path) })
}

// addLibrary adds a library, without an id as yet, or roots to the one of the same name and kind: two disks
// with a folder Films each are one library.
func addLibrary(libs []*lib, name string, kind library.Collection, paths ...string) []*lib {
	var l *lib
	for _, old := range libs {
		if strings.EqualFold(old.name, name) && old.kind == kind {
			l = old
		}
	}
	if l == nil {
		l = &lib{name: name, kind: kind}
		libs = append(libs, l)
	}
	for _, path := range paths {
		path = filepath.Clean(path)
		if !slices.ContainsFunc(l.roots, func(r *root) bool { return r.path == path }) {
			l.roots = append(l.roots, &root{lib: l, path: path, seen: make(map[string]bool)})
		}
	}
	return libs
}

// inMedia adds what a media folder holds.
func (p *pass) inMedia(libs []*lib, media string) []*lib {
	entries, err := os.ReadDir(media)
	if err != nil {
		p.problem(media, missing("media folder", media, "its libraries", err))
		return libs
	}
	var subs []string
	named, direct := 0, tally{}
	for _, e := range entries {
		path := filepath.Join(media, e.Name())
		if naming.Ignored(e.Name()) || p.taken(path) {
			continue
		}
		if fi, err := os.Stat(path); err == nil && fi.IsDir() {
			subs = append(subs, path)
			if _, ok := kindNamed(e.Name()); ok {
				named++
			}
			continue
		}
		direct.add(e.Name())
	}
	if named == 0 && (!direct.empty() || oneLibrary(media, subs)) {
		kind, ok := kindNamed(filepath.Base(media))
		if !ok {
			kind = p.guessed(media)
		}
		return addLibrary(libs, filepath.Base(media), kind, media)
	}
	for _, sub := range subs {
		kind, ok := kindNamed(filepath.Base(sub))
		if !ok {
			if kind = p.guessed(sub); kind == library.Mixed {
				continue
			}
		}
		libs = addLibrary(libs, filepath.Base(sub), kind, sub)
	}
	if direct.videos+direct.sounds > 0 {
		p.problem(media, "Files lie beside the libraries in this folder and belong to none of them. Move them into one.")
	}
	return libs
}

// taken reports whether a folder is a library of its own by the settings.
func (p *pass) taken(path string) bool {
	return slices.ContainsFunc(p.s.opt.Libraries, func(l Library) bool { return slices.Contains(l.Paths, path) })
}

// guessed is the kind of a folder whose name says nothing. It stays what it was.
func (p *pass) guessed(path string) library.Collection {
	for _, l := range p.stored {
		if slices.Contains(l.Roots, path) {
			return l.Collection
		}
	}
	t := sample(path)
	return t.kind()
}

// oneLibrary reports whether the sub-folders of a media folder look like films, shows
// or albums rather than like libraries.
func oneLibrary(media string, subs []string) bool {
	if _, ok := kindNamed(filepath.Base(media)); ok && len(subs) > 0 {
		return true
	}
	items := 0
	for _, sub := range subs {
		if _, year := naming.SplitYear(filepath.Base(sub)); year > 0 || holdsItems(sub) {
			items++
		}
	}
	return len(subs) > 0 && 2*items >= len(subs)
}

// holdsItems reports whether a folder directly holds media files or seasons.
func holdsItems(path string) bool {
	entries, _ := os.ReadDir(path)
	for _, e := range entries {
		if e.IsDir() {
			if _, ok := naming.SeasonIn(e.Name(), filepath.Base(path)); ok {
				return true
			}
		} else if !naming.Ignored(e.Name()) && (naming.IsVideo(e.Name()) || naming.IsAudio(e.Name())) {
			return true
		}
	}
	return false
}

// knownLibraries adds libraries of media folders that are not there now: they are kept.
func (p *pass) knownLibraries(libs []*lib) []*lib {
	for _, l := range p.stored {
		for _, path := range l.Roots {
			known := slices.ContainsFunc(libs, func(o *lib) bool { return o.hasRoot(path) })
			if !known && p.inAMediaFolder(path) && !exists(path) && p.holdsSome(l.ID) {
				libs = addLibrary(libs, l.Name, l.Collection, path)
			}
		}
	}
	return libs
}

func (l *lib) hasRoot(path string) bool {
	return slices.ContainsFunc(l.roots, func(r *root) bool { return r.path == path })
}

func (p *pass) inAMediaFolder(path string) bool {
	return slices.ContainsFunc(p.s.opt.Media, func(m string) bool {
		m = filepath.Clean(m)
		return path == m || filepath.Dir(path) == m
	})
}

// holdsSome reports whether the store has items of a library.
func (p *pass) holdsSome(id library.ID) bool {
	return p.view.RecursiveCount(library.Viewer{}, id) > 0
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// missing is the sentence for a folder that cannot be read.
func missing(what, path, things string, err error) string {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Sprintf("The %s %s is not there; %s are kept. Connect the disk or change the settings.", what, path, things)
	}
	return fmt.Sprintf("The %s %s cannot be read (%s); %s are kept. Give this user the right to read it.", what, path, reason(err), things)
}

// storedLibraries are the libraries the store knows.
func (p *pass) storedLibraries() []*library.Item {
	var out []*library.Item
	for _, c := range p.view.Libraries(library.Viewer{}) {
		it, err := p.s.store.Bare(c.ID)
		if err != nil { // it will be made anew
			p.s.log.Warn("the record of a library cannot be read", "name", c.Name, "err", err)
			continue
		}
		out = append(out, it)
	}
	return out
}

// libraryItem makes the item of a library.
func (p *pass) libraryItem(l *lib) *library.Item {
	it := &library.Item{
		ID: l.id, Kind: library.CollectionFolder, Library: l.id, Collection: l.kind,
		Name: l.name, SortName: naming.SortName(l.name), Added: p.start.UTC().Truncate(time.Second),
	}
	for _, r := range l.roots {
		it.Roots = append(it.Roots, r.path)
	}
	it.Path = it.Roots[0]
	for _, old := range p.stored {
		if old.ID == l.id {
			it.Added, it.Images = old.Added, old.Images
		}
	}
	return it
}
