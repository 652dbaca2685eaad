package scan

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sett/node/library"
	"sett/node/naming"
	"sett/node/scan/nfo"
)

// setRef says that a film is in a collection.
type setRef struct {
	Film library.ID  `json:"i"`
	Set  library.Set `json:"s"`
}

// setWords end the names of folders that hold a collection of films, folded.
var setWords = []string{
	"collection", "trilogy", "trilogie", "trilogia", "quadrilogy", "tetralogy", "pentalogy", "anthology", "saga", "boxset", "box set",
	"collectie", "kollektion", "sammlung", "filmreihe", "coleccion", "collezione", "duology", "hexalogy",
}

// isSetFolder reports whether a folder holds a collection of films by its name, or by a
// file that says so.
func isSetFolder(d *dir) bool {
	if d == nil || d.rel == "" {
		return false
	}
	if marksSet(d) {
		return true
	}
	name := library.Fold(setName(d.name()))
	return slices.ContainsFunc(setWords, func(w string) bool { return strings.HasSuffix(name, " "+w) })
}

// marksSet reports a folder that says it is a collection in so many words.
func marksSet(d *dir) bool {
	return has(d, "collection.nfo") || has(d, "set.nfo") || strings.Contains(strings.ToLower(d.name()), "[boxset]")
}

// setName is the name of a collection out of its folder's.
func setName(folder string) string {
	if i := strings.Index(strings.ToLower(folder), "[boxset]"); i > 0 {
		folder = folder[:i]
	}
	return strings.TrimSpace(naming.Series(folder).Title)
}

// sets notes which collections a film is in: those of its NFO, and the one whose folder
// holds it.
func (j *job) sets(it *library.Item, d *dir, facts nfo.Facts) {
	if it.Kind != library.Movie {
		return
	}
	for _, s := range facts.Sets {
		it.Sets = append(it.Sets, library.Set{Name: s.Name, Overview: s.Overview, TMDB: s.TMDB})
	}
	folder := d
	if !isSetFolder(d) || ownFolder(it, d) && !marksSet(d) {
		folder = d.up
	}
	if !isSetFolder(folder) {
		return
	}
	name := setName(folder.name())
	for i := range it.Sets {
		if len(it.Sets) == 1 || library.Fold(it.Sets[i].Name) == library.Fold(name) {
			it.Sets[i].Folder = folder.abs
			return
		}
	}
	it.Sets = append(it.Sets, library.Set{Name: name, Folder: folder.abs})
}

// ownFolder reports whether a folder is named for the film itself.
func ownFolder(it *library.Item, d *dir) bool {
	return library.Fold(naming.Video(d.name()+"/").Title) == library.Fold(it.Name)
}

func setsOf(items []*library.Item) []setRef {
	var out []setRef
	for _, it := range items {
		for _, s := range it.Sets {
			out = append(out, setRef{it.ID, s})
		}
	}
	return out
}

// boxSets makes the collections of all films that are known.
func (p *pass) boxSets() []gathered {
	byName := make(map[string]*gathered)
	var order []string
	view := p.s.store.View()
	for _, r := range p.s.ledger.roots {
		for _, row := range r.units {
			for _, ref := range row.Sets {
				if _, ok := view.Card(ref.Film); !ok {
					continue
				}
				key := library.Fold(ref.Set.Name)
				g := byName[key]
				if g == nil {
					g = &gathered{it: &library.Item{ID: library.NewID("boxset", key), Kind: library.BoxSet}}
					byName[key] = g
					order = append(order, key)
				}
				g.addTo(ref)
			}
		}
	}
	slices.Sort(order)
	var out []gathered
	for _, key := range order {
		g := byName[key]
		if len(g.members) < 2 && g.it.Path == "" {
			continue
		}
		slices.SortFunc(g.members, func(a, b library.ID) int { return byRelease(view, a, b) })
		p.dress(g, key)
		out = append(out, *g)
	}
	return out
}

func (g *gathered) addTo(ref setRef) {
	it := g.it
	if it.Name == "" || ref.Set.Name < it.Name { // of several spellings always the same
		it.Name = ref.Set.Name
	}
	if it.Overview == "" || ref.Set.Overview != "" && ref.Set.Overview < it.Overview {
		it.Overview = ref.Set.Overview
	}
	if ref.Set.TMDB != "" {
		it.Providers = map[string]string{"Tmdb": ref.Set.TMDB}
	}
	if it.Path == "" || ref.Set.Folder != "" && ref.Set.Folder < it.Path {
		it.Path = ref.Set.Folder
	}
	if !slices.Contains(g.members, ref.Film) {
		g.members = append(g.members, ref.Film)
	}
}

func byRelease(v *library.Snapshot, a, b library.ID) int {
	x, _ := v.Card(a)
	y, _ := v.Card(b)
	return cmp.Or(cmp.Compare(x.Year, y.Year), cmp.Compare(x.Premiered, y.Premiered), cmp.Compare(x.Sort, y.Sort),
		slices.Compare(a[:], b[:]))
}

// dress gives a collection the pictures of its folder: the one around its films, or one
// with nothing but pictures that has its name.
func (p *pass) dress(g *gathered, key string) {
	old, err := p.s.store.Bare(g.it.ID)
	if err != nil {
		old = &library.Item{}
	}
	if g.it.Path == "" {
		g.it.Path = p.art[key]
	}
	if g.it.Path == "" && !p.full && old.Path != "" && exists(old.Path) {
		g.it.Path = old.Path // in a root that was not walked
	}
	if g.it.Path == "" {
		return
	}
	entries, err := os.ReadDir(g.it.Path)
	if err != nil {
		g.it.Images = old.Images
		return
	}
	d := &dir{abs: g.it.Path}
	for _, e := range entries {
		if fi, err := e.Info(); err == nil && fi.Mode().IsRegular() && naming.IsPhoto(e.Name()) {
			d.files = append(d.files, file{e.Name(), fi.Size(), fi.ModTime().UnixNano()})
		}
	}
	j := &job{p: p, final: true, old: map[library.ID]*library.Item{g.it.ID: old}}
	g.it.Images = j.images(g.it, []*dir{d}, "", false)
}

// noteFolder remembers what a folder holds that is part of no unit: playlists, and
// pictures for a collection of its name.
func (p *pass) noteFolder(l *lib, r *root, d *dir) {
	pictures, other := 0, 0
	for _, f := range d.files {
		switch {
		case isPlaylistFile(f.name):
			p.mu.Lock()
			p.lists[d.path(f.name)] = listFile{l.id, r, d.rel, f}
			p.mu.Unlock()
		case naming.IsPhoto(f.name):
			pictures++
		case !isNFO(f.name):
			other++
		}
	}
	if pictures > 0 && other == 0 && l.kind == library.Movies && d.rel != "" {
		p.mu.Lock()
		p.art[library.Fold(filepath.Base(d.abs))] = d.abs
		p.mu.Unlock()
	}
}
