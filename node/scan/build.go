package scan

import (
	"maps"
	"path/filepath"
	"strings"
	"time"

	"sett/node/library"
	"sett/node/naming"
)

// build makes the items of the unit out of its names, its side files and the facts known
// so far. What it needs to know more is in need afterwards. final says that nothing more
// will come: then pictures and side files are looked into as well.
func (j *job) build(final bool) ([]*library.Item, error) {
	j.final, j.need, j.problems = final, nil, nil
	var items []*library.Item
	switch j.u.kind {
	case library.TVShows:
		items = j.show()
	case library.Music:
		items = j.music()
	case library.Photos, library.HomeVideos:
		items = j.home()
	case library.Books:
		items = j.books()
	case library.MusicVideos:
		items = j.films(library.MusicVideo)
	default:
		items = j.films(library.Movie)
	}
	if err := j.p.ctx.Err(); err != nil {
		return nil, err
	}
	for _, it := range items {
		if it.SortName == "" {
			it.SortName = naming.SortName(it.Name)
		}
	}
	return items, nil
}

// item starts an item of the unit's library.
func (j *job) item(id library.ID, kind library.Kind, name string) *library.Item {
	return &library.Item{ID: id, Kind: kind, Library: j.u.lib.id, Parent: j.u.lib.id, Name: name}
}

// play fills in what follows from the sources.
func (j *job) play(it *library.Item, main stack, f *fact) {
	it.Path = main.path()
	it.Modified = main.modified()
	it.Added = j.added(it.ID, it.Modified)
	if len(it.Sources) > 0 {
		it.Runtime = it.Sources[0].Runtime
		for _, s := range it.Sources[1:] {
			if s.Modified.After(it.Modified) {
				it.Modified = s.Modified
			}
		}
	}
	if f != nil {
		it.Fingerprint = f.print
	}
}

// videos lists the video files of a folder that are no extras, as stacks of one.
func videos(d *dir) []string {
	var names []string
	for _, f := range d.files {
		if naming.IsVideo(f.name) {
			names = append(names, f.name)
		}
	}
	return names
}

// stackOf finds the files of a stack again by their names.
func stackOf(d *dir, names []string) stack {
	s := stack{d: d}
	for _, n := range names {
		if f, ok := d.file(n); ok {
			s.files = append(s.files, f)
		}
	}
	return s
}

// films makes the films of one folder.
func (j *job) films(kind library.Kind) []*library.Item {
	d := j.u.dir()
	if what := disc(d); what != "" && d.rel != "" {
		items := []*library.Item{j.discFilm(kind, d, what)}
		return append(items, j.filmExtras(items)...)
	}
	folder := ""
	if d.rel != "" {
		folder = d.name()
	}
	found, _ := naming.Films(folder, videos(d))
	alone := len(found) == 1 && d.rel != ""
	var items []*library.Item
	for _, f := range found {
		items = append(items, j.film(kind, f, alone))
	}
	for _, s := range j.u.dirs[1:] {
		if what := disc(s); what != "" && s.up == d {
			items = append(items, j.discFilm(kind, s, what))
		}
	}
	return append(items, j.filmExtras(items)...)
}

// filmAlike tells which film of a folder something is, whatever its files are called.
func filmAlike(v naming.VideoName) string {
	return library.Fold(v.Title) + "\x00" + yearText(v.Year)
}

func yearText(y int) string {
	if y == 0 {
		return ""
	}
	return time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC).Format("2006")
}

// alike is the key under which an old item may find a new file; see idOf.
func (j *job) alike(it *library.Item) string {
	switch it.Kind {
	case library.Movie, library.MusicVideo, library.Video:
		d := j.u.dir()
		if rel := filepath.Base(it.Path); filepath.Dir(it.Path) == d.abs {
			folder := ""
			if d.rel != "" {
				folder = d.name()
			}
			if f, _ := naming.Films(folder, []string{rel}); len(f) == 1 {
				return filmAlike(f[0].Name)
			}
		}
	case library.Episode:
		return episodeAlike(it.Series, it.ParentIndex, it.Index, it.Premiered)
	case library.Audio:
		return trackAlike(filepath.Dir(it.Path), naming.Track(it.Path))
	}
	return ""
}

func (j *job) film(kind library.Kind, f naming.Film, alone bool) *library.Item {
	d := j.u.dir()
	var stacks []stack
	for _, v := range f.Versions {
		stacks = append(stacks, stackOf(d, v.Files))
	}
	nfos := filmNFOs(d, stacks[0].stem(), alone)
	w := j.describe(kind, d, nfos, f.Name)
	w.alike = filmAlike(f.Name)
	id := j.idOf(w, stacks...)
	it := j.item(id, kind, f.Name.Title)
	it.Year = f.Name.Year
	it.Providers = maps.Clone(f.Name.Providers)
	if f.Name.Format3D != naming.Flat {
		it.Tags = append(it.Tags, "3D")
		it.Format3D = string(f.Name.Format3D)
	}
	main := j.versions(it, f.Versions, stacks, alone)
	j.play(it, stacks[0], main)
	if f.Name.Stub != "" {
		it.Sources[0].Problem = "This file only stands for a " + f.Name.Stub + " on a shelf; there is nothing to play."
	}
	if kind == library.MusicVideo {
		musicVideo(it, d)
	}
	j.embedded(it, main)
	it.Images = j.images(it, []*dir{d}, stacks[0].stem(), !alone)
	j.cover(it)
	facts, _ := j.overlay(it, d, nfos...)
	j.sets(it, d, facts)
	return it
}

// versions adds the sources of a film and returns the facts of the first.
func (j *job) versions(it *library.Item, names []naming.Version, stacks []stack, alone bool) *fact {
	var main *fact
	for i, s := range stacks {
		id := it.ID
		if i > 0 {
			id = library.NewID("source", j.u.lib.id.String(), filepath.ToSlash(s.rel()))
		}
		src, f := j.source(s, id, it.Kind)
		if names[i].Label != "" {
			src.Name = names[i].Label
		}
		j.side(&src, s, alone && len(stacks) == 1)
		it.Sources = append(it.Sources, src)
		if i == 0 {
			main = f
		}
	}
	return main
}

// musicVideo reads "Artist - Title", or the artist from the folder.
func musicVideo(it *library.Item, d *dir) {
	if artist, title, ok := strings.Cut(it.Name, " - "); ok {
		it.Artists, it.Name = []string{strings.TrimSpace(artist)}, strings.TrimSpace(title)
	} else if d.rel != "" {
		it.Artists = []string{d.name()}
	}
}
