package scan

import (
	"path/filepath"

	"sett/node/library"
	"sett/node/naming"
)

// home makes the home videos and photos of one folder, and the folders they lie in.
func (j *job) home() []*library.Item {
	d := j.u.dir()
	parent := j.u.lib.id
	var items []*library.Item
	folder := library.Folder
	if j.u.kind == library.Photos {
		folder = library.PhotoAlbum
	}
	for _, up := range chain(d) {
		it := j.folder(folder, up, parent)
		parent = it.ID
		items = append(items, it)
	}
	films := videos(d)
	for _, f := range d.files {
		switch {
		case naming.IsVideo(f.name):
			items = append(items, j.video(d, f, parent))
		case naming.IsPhoto(f.name) && !j.sidePicture(films, f.name):
			items = append(items, j.photo(d, f, parent))
		}
	}
	return items
}

// chain are the folders from below the root down to d.
func chain(d *dir) []*dir {
	if d == nil || d.rel == "" {
		return nil
	}
	return append(chain(d.up), d)
}

// folder makes the item of a plain folder. Several units below it give the same one.
func (j *job) folder(kind library.Kind, d *dir, parent library.ID) *library.Item {
	it := j.item(library.NewID(kind.String(), j.u.lib.id.String(), filepath.ToSlash(d.rel)), kind, d.name())
	it.Parent, it.Path = parent, d.abs
	if j.old[it.ID] == nil {
		j.remember(it.ID) // another unit may have given it
	}
	it.Added = j.added(it.ID, newest(d))
	it.Images = j.images(it, []*dir{d}, "", false)
	return it
}

func (j *job) video(d *dir, f file, parent library.ID) *library.Item {
	s := one(d, f)
	v := naming.Video(s.rel())
	id := j.idOf(&who{kind: library.Video}, s)
	it := j.item(id, library.Video, v.Title)
	it.Parent, it.Year = parent, v.Year
	src, fact := j.source(s, id, library.Video)
	j.side(&src, s, false)
	it.Sources = []library.Source{src}
	j.play(it, s, fact)
	it.Images = j.images(it, []*dir{d}, s.stem(), true)
	j.cover(it)
	j.overlay(it, d, s.stem()+".nfo")
	return it
}

// sidePicture reports whether a picture is the poster of a video or folder.
func (j *job) sidePicture(films []string, name string) bool {
	if j.u.kind == library.Photos {
		return false
	}
	if _, ok := naming.Image(name, naming.ImageContext{Of: library.Folder}); ok {
		return true
	}
	for _, f := range films {
		if _, ok := naming.Image(name, naming.ImageContext{Of: library.Video, Stem: stem(f), Shared: true}); ok {
			return true
		}
	}
	return false
}
