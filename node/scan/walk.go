package scan

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"golang.org/x/sync/errgroup"

	"sett/node/library"
	"sett/node/naming"
)

// maxDepth bounds how deep folders may lie in each other.
const maxDepth = 32

// file is one file of a folder, as lstat (or stat, behind a link) shows it.
type file struct {
	name string
	size int64
	mod  int64 // Unix nanoseconds
}

func (f file) modified() time.Time { return time.Unix(0, f.mod).UTC() }

// dir is a folder that was read.
type dir struct {
	up     *dir
	rel    string // below the root, "" for the root itself
	abs    string
	info   fs.FileInfo
	linked bool // a link leads here
	files  []file
	subs   []*dir
	// growing files were written to a moment ago: they are no part of files.
	growing []string
	failed  bool // it could not be read, or not all of it
	read    bool

	once   sync.Once
	folded []folded // see withStem
}

type folded struct {
	name string
	f    file
}

// withStem lists the files whose names begin with a stem in any case. Folders hold
// thousands of films at times, and each looks for its side files.
func (d *dir) withStem(stem string) []file {
	d.once.Do(func() {
		d.folded = make([]folded, len(d.files))
		for i, f := range d.files {
			d.folded[i] = folded{strings.ToLower(f.name), f}
		}
		slices.SortStableFunc(d.folded, func(a, b folded) int { return strings.Compare(a.name, b.name) })
	})
	stem = strings.ToLower(stem)
	i, _ := slices.BinarySearchFunc(d.folded, stem, func(f folded, s string) int { return strings.Compare(f.name, s) })
	var out []file
	for ; i < len(d.folded) && strings.HasPrefix(d.folded[i].name, stem); i++ {
		out = append(out, d.folded[i].f)
	}
	return out
}

// file finds a file by its exact name.
func (d *dir) file(name string) (file, bool) {
	i, ok := slices.BinarySearchFunc(d.files, name, func(f file, n string) int { return strings.Compare(f.name, n) })
	if !ok {
		return file{}, false
	}
	return d.files[i], true
}

func (d *dir) path(name string) string { return inDir(d.abs, name) }
func (d *dir) relPath(name string) string {
	if d.rel == "" {
		return name
	}
	return inDir(d.rel, name)
}

// inDir is filepath.Join for paths that are clean.
func inDir(dir, name string) string {
	if strings.HasSuffix(dir, string(filepath.Separator)) { // "/"
		return dir + name
	}
	return dir + string(filepath.Separator) + name
}
func (d *dir) name() string { return filepath.Base(d.abs) }

// depth is how far below the root the folder is.
func (d *dir) depth() int {
	if d.rel == "" {
		return 0
	}
	return 1 + strings.Count(d.rel, string(filepath.Separator))
}

// sub returns the sub-folder of a name in any case.
func (d *dir) sub(name string) *dir {
	for _, s := range d.subs {
		if strings.EqualFold(s.name(), name) {
			return s
		}
	}
	return nil
}

// walker reads one root and emits its units.
type walker struct {
	ctx     context.Context
	kind    library.Collection
	root    *dir
	real    string // the root without links
	g       *errgroup.Group
	watch   func(abs string) // before a folder is read, so that no change falls between
	problem func(path, text string)
	found   func(*dir) // after it was read
	emit    func(*unit)
	now     time.Time

	mu     sync.Mutex
	failed []string // folders whose content is not known
}

// walk reads everything below the root. Several may share the slots of readers.
func (w *walker) walk(slots int) error {
	w.g = new(errgroup.Group)
	w.g.SetLimit(max(1, slots))
	if real, err := filepath.EvalSymlinks(w.root.abs); err == nil {
		w.real = real
	}
	w.tree(w.root)
	_ = w.g.Wait()
	return w.ctx.Err()
}

// tree emits the units of a folder and those below it.
func (w *walker) tree(d *dir) {
	if w.ctx.Err() != nil {
		return
	}
	w.read(d)
	whole := d != w.root && (w.kind == library.TVShows || w.kind == library.Mixed)
	if whole {
		w.readAll(d)
		w.split(d, w.kind)
		return
	}
	for _, s := range d.subs {
		if attached(w.kind, s) {
			w.readAll(s)
		}
	}
	w.emitUnit(d, w.kind)
	for _, s := range d.subs {
		if attached(w.kind, s) {
			continue
		}
		if !w.g.TryGo(func() error { w.tree(s); return nil }) {
			w.tree(s)
		}
	}
}

// split emits the units of a folder that was read whole.
func (w *walker) split(d *dir, kind library.Collection) {
	switch {
	case kind == library.Mixed:
		w.split(d, guess(d))
	case kind == library.TVShows && !groupsShows(d):
		w.emit(&unit{kind: kind, dirs: below(d, nil)})
	case kind == library.TVShows:
		for _, s := range d.subs {
			w.split(s, kind)
		}
	default:
		w.emitUnit(d, kind)
		for _, s := range d.subs {
			if !attached(kind, s) {
				w.split(s, kind)
			}
		}
	}
}

// emitUnit emits the unit of one folder with what is attached to it.
func (w *walker) emitUnit(d *dir, kind library.Collection) {
	u := &unit{kind: kind, dirs: []*dir{d}}
	if kind == library.Mixed {
		u.kind = library.Movies // loose files at the top
		if looksLikeShow(d) {
			u.kind = library.TVShows
		}
	}
	for _, s := range d.subs {
		if attached(u.kind, s) {
			u.dirs = below(s, u.dirs)
		}
	}
	w.emit(u)
}

// below lists a folder and all in it.
func below(d *dir, list []*dir) []*dir {
	list = append(list, d)
	for _, s := range d.subs {
		list = below(s, list)
	}
	return list
}

func (w *walker) readAll(d *dir) {
	w.read(d)
	for _, s := range d.subs {
		if w.ctx.Err() != nil {
			return
		}
		w.readAll(s)
	}
}

// read lists a folder once.
func (w *walker) read(d *dir) {
	if d.read {
		return
	}
	d.read = true
	if w.watch != nil {
		w.watch(d.abs)
	}
	f, err := os.Open(d.abs)
	if err != nil {
		w.fail(d, err)
		return
	}
	defer f.Close()
	entries, err := f.ReadDir(-1)
	if err != nil {
		w.fail(d, err)
	}
	if slices.ContainsFunc(entries, marksIgnored) {
		return
	}
	for _, e := range entries {
		if !naming.Ignored(e.Name()) {
			w.entry(d, e)
		}
	}
	if w.found != nil {
		w.found(d)
	}
	slices.SortFunc(d.files, func(a, b file) int { return strings.Compare(a.name, b.name) })
	slices.SortFunc(d.subs, func(a, b *dir) int { return strings.Compare(a.abs, b.abs) })
}

// marksIgnored knows the empty file ".ignore" with which people hide a folder.
func marksIgnored(e fs.DirEntry) bool {
	if e.Name() != ".ignore" {
		return false
	}
	fi, err := e.Info()
	return err == nil && fi.Size() == 0
}

func (w *walker) entry(d *dir, e fs.DirEntry) {
	name := e.Name()
	path := d.path(name)
	if !utf8.ValidString(name) {
		w.problem(strings.ToValidUTF8(path, "�"), "Its name is not valid UTF-8, so no client could ask for it. Rename it.")
		return
	}
	var info fs.FileInfo
	var err error
	if e.Type()&fs.ModeSymlink != 0 {
		info, err = os.Stat(path)
	} else {
		info, err = e.Info()
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if e.Type()&fs.ModeSymlink != 0 {
			w.problem(path, "It is a link to something that is not there.")
		}
	case err != nil && e.IsDir():
		w.fail(&dir{rel: d.relPath(name), abs: path}, err)
		d.failed = true
	case err != nil:
		w.problem(path, "It cannot be looked at: "+reason(err)+".")
	case info.IsDir():
		w.folder(d, name, info, e.Type()&fs.ModeSymlink != 0)
	case !info.Mode().IsRegular():
		if known(name) {
			w.problem(path, "It has the name of a media file but is no file at all (a pipe, socket or device).")
		}
	case known(name):
		f := file{name: name, size: info.Size(), mod: info.ModTime().UnixNano()}
		if age := w.now.Sub(info.ModTime()); age < settle && age > -2*time.Second {
			d.growing = append(d.growing, name)
			return
		}
		d.files = append(d.files, f)
	}
}

// folder adds a sub-folder, unless following it would go round in circles.
func (w *walker) folder(d *dir, name string, info fs.FileInfo, link bool) {
	s := &dir{up: d, rel: d.relPath(name), abs: d.path(name), info: info}
	if s.depth() > maxDepth {
		w.problem(s.abs, "Folders lie too deep in each other here; what is below is left out.")
		return
	}
	if link {
		real, err := filepath.EvalSymlinks(s.abs)
		if err == nil && (real == w.real || strings.HasPrefix(real, w.real+string(filepath.Separator))) {
			return // listed where it really is
		}
	}
	if s.linked = d.linked || link; s.linked {
		for a := d; a != nil; a = a.up {
			if a.info != nil && os.SameFile(a.info, info) {
				return
			}
		}
	}
	d.subs = append(d.subs, s)
}

func (w *walker) fail(d *dir, err error) {
	if errors.Is(err, fs.ErrNotExist) && d != w.root {
		return // it went while we walked
	}
	d.failed = true
	w.problem(d.abs, "The folder cannot be read ("+reason(err)+"); what was in it is kept.")
	w.mu.Lock()
	defer w.mu.Unlock()
	w.failed = append(w.failed, d.rel)
}

// reason is the system's part of an error, without the path.
func reason(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}

// known reports whether a file may matter at all.
func known(name string) bool {
	return naming.IsVideo(name) || naming.IsAudio(name) || naming.IsPhoto(name) || naming.IsSubtitle(name) ||
		naming.IsLyrics(name) || naming.IsBook(name) || isNFO(name) || isPlaylistFile(name)
}

func isNFO(name string) bool { return strings.EqualFold(filepath.Ext(name), ".nfo") }

// media reports whether a library of the kind has items of such a file.
func media(kind library.Collection, name string) bool {
	switch kind {
	case library.Music:
		return naming.IsAudio(name) && !naming.IsVideo(name) || isSound(name)
	case library.Photos, library.HomeVideos:
		return naming.IsPhoto(name) && !naming.IsVideo(name) || naming.IsVideo(name)
	case library.Books:
		return naming.IsBook(name) || naming.IsAudio(name) && !naming.IsVideo(name) || isSound(name)
	}
	return naming.IsVideo(name)
}

// isSound decides for the endings that stand for both sound and pictures.
func isSound(name string) bool {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".3gp", ".ts":
		return false
	}
	return naming.IsAudio(name)
}

// cutPath splits a path into folder and file.
func cutPath(path string) (dir, file string) {
	dir, file = filepath.Split(path)
	return strings.TrimSuffix(dir, string(filepath.Separator)), file
}
