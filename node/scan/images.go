package scan

import (
	"bufio"
	"cmp"
	"image"
	_ "image/gif"  // headers of pictures
	_ "image/jpeg" // headers of pictures
	_ "image/png"  // headers of pictures
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	_ "golang.org/x/image/webp" // headers of pictures

	"sett/node/library"
	"sett/node/naming"
)

// maxHeader bounds how far into a picture its size is looked for; photographs carry
// previews and profiles in front of it.
const maxHeader = 4 << 20

// ranked is a picture file that belongs to an item.
type ranked struct {
	naming.ImageName
	d *dir
	f file
}

// images lists the pictures of an item among the files of some folders and of the
// folders of backdrops in them, best first.
func (j *job) images(it *library.Item, dirs []*dir, stem string, shared bool) []library.Image {
	c := naming.ImageContext{Of: it.Kind, Stem: stem, Shared: shared}
	var found []ranked
	add := func(d *dir, f file, name string) {
		if n, ok := naming.Image(name, c); ok && n.Season == 0 {
			found = append(found, ranked{n, d, f})
		}
	}
	for _, d := range dirs {
		files := d.files
		if shared {
			files = d.withStem(stem)
		}
		for _, f := range files {
			if naming.IsPhoto(f.name) {
				add(d, f, f.name)
			}
		}
		if shared {
			continue
		}
		for _, name := range []string{"extrafanart", "extrabackdrops"} {
			if s := d.sub(name); s != nil {
				for _, f := range s.files {
					add(s, f, filepath.Join(name, f.name))
				}
			}
		}
	}
	return j.pictures(it.ID, found)
}

// seasonImages are pictures in the season's own folder and those in the series' that
// name the season.
func (j *job) seasonImages(it *library.Item, dirs []*dir) []library.Image {
	var found []ranked
	for i, d := range dirs {
		for _, f := range d.files {
			n, ok := naming.Image(f.name, naming.ImageContext{Of: library.Season})
			if ok && (n.Season == it.Index || n.Season == 0 && i > 0) {
				found = append(found, ranked{n, d, f})
			}
		}
	}
	return j.pictures(it.ID, found)
}

func (j *job) pictures(id library.ID, found []ranked) []library.Image {
	slices.SortStableFunc(found, func(a, b ranked) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Rank, b.Rank))
	})
	var out []library.Image
	for i, r := range found {
		if i > 0 && r.Kind == found[i-1].Kind && r.Kind != library.Backdrop {
			continue // one of each kind but backdrops
		}
		out = append(out, j.picture(id, r.Kind, r.d, r.f))
	}
	return out
}

// picture describes a picture file. Its size is read once, when the unit is finished.
func (j *job) picture(id library.ID, kind library.ImageKind, d *dir, f file) library.Image {
	im := library.Image{Kind: kind, Path: d.path(f.name), Modified: f.modified()}
	im.Tag = imageTag(im.Path, f.size, f.mod)
	if old := j.old[id]; old != nil {
		for _, o := range old.Images {
			if o.Path == im.Path && o.Tag == im.Tag && o.Width > 0 {
				o.Kind = kind
				return o
			}
		}
	}
	if j.final {
		im.Width, im.Height = pictureSize(im.Path)
	}
	return im
}

func imageTag(path string, size, mod int64) string {
	return library.NewID("image", path, strconv.FormatInt(mod, 36), strconv.FormatInt(size, 36)).String()[:16]
}

// pictureSize reads the header of a picture; zeros for what it cannot read.
func pictureSize(path string) (width, height int) {
	f, err := os.Open(path)
	if err != nil {
		return 0, 0
	}
	defer f.Close()
	c, _, err := image.DecodeConfig(bufio.NewReader(io.LimitReader(f, maxHeader)))
	if err != nil {
		return 0, 0
	}
	return c.Width, c.Height
}

// libraryImages are the pictures at the top of a library.
func (p *pass) libraryImages(l *lib, old []library.Image) []library.Image {
	var out []library.Image
	for _, r := range l.roots {
		entries, err := os.ReadDir(r.path)
		if err != nil {
			for _, im := range old { // the disk is away
				if filepath.Dir(im.Path) == r.path {
					out = append(out, im)
				}
			}
			continue
		}
		d := &dir{abs: r.path}
		for _, e := range entries {
			if _, ok := naming.Image(e.Name(), naming.ImageContext{Of: library.CollectionFolder}); !ok {
				continue
			}
			if fi, err := e.Info(); err == nil && fi.Mode().IsRegular() {
				d.files = append(d.files, file{e.Name(), fi.Size(), fi.ModTime().UnixNano()})
			}
		}
		j := &job{p: p, final: true, old: map[library.ID]*library.Item{l.id: {Images: old}}}
		out = append(out, j.images(&library.Item{ID: l.id, Kind: library.CollectionFolder}, []*dir{d}, "", false)...)
	}
	return out
}

func newest(d *dir) time.Time {
	var t time.Time
	for _, f := range d.files {
		if m := f.modified(); m.After(t) {
			t = m
		}
	}
	return t
}
