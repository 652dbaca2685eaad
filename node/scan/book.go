package scan

import (
	"cmp"
	"path/filepath"
	"slices"
	"strings"

	"sett/node/library"
	"sett/node/naming"
)

// books makes the books and audiobooks of one folder, its discs included.
func (j *job) books() []*library.Item {
	d := j.u.dir()
	var items []*library.Item
	for _, f := range d.files {
		if naming.IsBook(f.name) {
			items = append(items, j.book(d, f))
		}
	}
	sounds := audiobooks(d, j.u.dirs)
	for _, s := range sounds {
		items = append(items, j.audiobook(s, len(items)+len(sounds) == 1))
	}
	return items
}

func (j *job) book(d *dir, f file) *library.Item {
	s := one(d, f)
	n := naming.Book(f.name)
	w := &who{kind: library.Book, names: []string{n.Title}, year: n.Year, providers: naming.ProviderIDs(f.name)}
	it := j.item(j.idOf(w, s), library.Book, n.Title)
	if it.Name == "" {
		it.Name = stem(f.name)
	}
	it.Year, it.Index, it.BookSeries, it.Providers = n.Year, n.Index, n.Series, w.providers
	j.play(it, s, j.fact(s, library.Book))
	it.Images = j.images(it, []*dir{d}, s.stem(), len(d.files) > 2 || d.rel == "")
	return it
}

// part is a sound file with its place in a book.
type part struct {
	f               file // its name is below the unit's folder
	disc, chapter   int
	numbered, whole bool // whole: of a kind that mostly holds a book in one file
}

// audiobooks sorts the sound files of a folder into books. Files that are numbered
// through are the parts of one; so are all files of a folder inside an author's.
func audiobooks(d *dir, dirs []*dir) []stack {
	var parts []part
	for _, in := range dirs {
		disc, _ := naming.DiscFolder(in.name())
		for _, f := range in.files {
			if naming.IsBook(f.name) || !media(library.Books, f.name) {
				continue
			}
			p := part{f: f, disc: disc, whole: isWhole(f.name)}
			if in != d {
				p.f.name = filepath.Join(in.name(), f.name)
			}
			p.chapter, p.numbered = partNumber(f.name)
			parts = append(parts, p)
		}
	}
	if len(parts) < 2 || !areParts(d, parts) {
		var out []stack
		for _, p := range parts {
			out = append(out, one(d, p.f))
		}
		return out
	}
	slices.SortStableFunc(parts, func(a, b part) int {
		return cmp.Or(cmp.Compare(a.disc, b.disc), cmp.Compare(a.chapter, b.chapter), strings.Compare(a.f.name, b.f.name))
	})
	s := stack{d: d}
	for _, p := range parts {
		s.files = append(s.files, p.f)
	}
	return []stack{s}
}

func isWhole(name string) bool {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".m4b", ".aax":
		return true
	}
	return false
}

func areParts(d *dir, parts []part) bool {
	if d.rel == "" {
		return false
	}
	numbered, whole := true, false
	seen := make(map[[2]int]bool)
	for _, p := range parts {
		at := [2]int{p.disc, p.chapter}
		numbered = numbered && p.numbered && !seen[at]
		seen[at] = true
		whole = whole || p.whole
	}
	return numbered || !whole && d.depth() > 1
}

// partNumber reads the place in a book: "Chapter 03", "2-07", "03 - Title", "Title 03".
func partNumber(name string) (int, bool) {
	chapter, part := naming.AudiobookPart(name)
	if chapter > 0 || part > 0 {
		return part*10000 + chapter, true
	}
	s := stem(name)
	n, digits := 0, 0
	for i := len(s) - 1; i >= 0 && digits < 4 && s[i] >= '0' && s[i] <= '9'; i-- {
		digits++
	}
	if digits == 0 || digits == len(s) {
		return 0, false
	}
	for _, c := range s[len(s)-digits:] {
		n = n*10 + int(c-'0')
	}
	return n, digits < 4 // four are a year
}

// audiobook makes the item of a book that is read aloud. What its tags say wins over the
// names of file and folders.
func (j *job) audiobook(s stack, alone bool) *library.Item {
	d := s.d
	name, named := s.stem(), naming.Book(filepath.Base(s.files[0].name))
	if len(s.files) > 1 {
		name, named = d.name(), naming.Book(d.name())
	}
	w := &who{kind: library.AudioBook, names: []string{cmp.Or(named.Title, name)}, year: named.Year, providers: naming.ProviderIDs(name)}
	it := j.item(j.idOf(w, s), library.AudioBook, cmp.Or(named.Title, naming.Humanize(name)))
	it.Year, it.BookSeries, it.Providers = named.Year, named.Series, w.providers
	it.Index = named.Index
	if d.depth() > 1 {
		it.Artists = []string{d.up.name()}
	}
	src, fact := j.source(s, it.ID, library.AudioBook)
	it.Sources = []library.Source{src}
	j.bookTags(it, fact, len(s.files) > 1)
	it.AlbumArtists = it.Artists
	j.play(it, s, fact)
	it.Images = j.images(it, []*dir{d}, s.stem(), !alone || d.rel == "")
	j.cover(it)
	return it
}

func (j *job) bookTags(it *library.Item, f *fact, parts bool) {
	switch {
	case f == nil || f.problem != "" && f.prior == nil:
	case f.prior != nil:
		p := f.prior
		it.Name, it.Artists, it.Year, it.Genres, it.Overview, it.People = p.Name, p.Artists, p.Year, p.Genres, p.Overview, p.People
	default:
		g := f.tags
		title := cmp.Or(g.Title, g.Album)
		if parts {
			title = g.Album
		}
		it.Name = cmp.Or(title, it.Name)
		for _, artists := range [][]string{g.Artists, g.AlbumArtists} {
			if len(artists) > 0 {
				it.Artists = artists
			}
		}
		it.Year, it.Genres = cmp.Or(g.Year, it.Year), g.Genres
		it.Overview = bounded(cmp.Or(g.Description, g.Comment))
		for _, c := range g.Composers {
			it.People = append(it.People, library.Credit{Name: c, Type: "Narrator"})
		}
	}
}
