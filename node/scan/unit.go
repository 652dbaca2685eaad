package scan

import (
	"path/filepath"
	"strings"

	"sett/node/library"
	"sett/node/naming"
)

// sumVersion changes when the same files would give other items: units of older sums
// are done again. What is known of the files is used again.
const sumVersion = 2

// unit is a folder and what belongs to it: the smallest part of a library whose items
// follow from its own files.
type unit struct {
	lib  *lib
	root *root
	kind library.Collection // of its library; what it looks like in a mixed one
	dirs []*dir             // the folder itself first
	sum  uint64
}

func (u *unit) dir() *dir   { return u.dirs[0] }
func (u *unit) key() string { return u.dirs[0].rel }

// hasMedia reports whether there is anything to make items of.
func (u *unit) hasMedia() bool {
	for _, d := range u.dirs {
		if disc(d) != "" && u.kind != library.Music && u.kind != library.Books {
			return true
		}
		for _, f := range d.files {
			if media(u.kind, f.name) {
				return true
			}
		}
	}
	return false
}

// files is how many there are to make items of.
func (u *unit) files() int {
	n := 0
	for _, d := range u.dirs {
		for _, f := range d.files {
			if media(u.kind, f.name) {
				n++
			}
		}
	}
	return n
}

// growing reports whether files were left for later.
func (u *unit) growing() bool {
	for _, d := range u.dirs {
		if len(d.growing) > 0 {
			return true
		}
	}
	return false
}

func (u *unit) failed() bool {
	for _, d := range u.dirs {
		if d.failed {
			return true
		}
	}
	return false
}

// addUp makes the sum over all that decides what the unit gives.
func (u *unit) addUp() {
	h := hashInt(hashStart, sumVersion)
	h = hashString(h, string(u.kind))
	for _, d := range u.dirs {
		h = hashString(h, d.rel)
		h = sumFiles(h, d, func(string) bool { return true })
		for _, g := range d.growing {
			h = hashString(h, g)
		}
	}
	up := u.dir().up
	if u.kind == library.Movies && isSetFolder(up) { // what makes it a collection
		h = sumFiles(h, up, isNFO)
	}
	if up != nil && u.kind == library.Music { // the artist's pictures
		h = sumFiles(h, up, func(name string) bool { return naming.IsPhoto(name) || isNFO(name) })
	}
	if h == 0 {
		h = 1
	}
	u.sum = h
}

func sumFiles(h uint64, d *dir, which func(string) bool) uint64 {
	for _, f := range d.files {
		if which(f.name) {
			h = hashString(h, f.name)
			h = hashInt(h, f.size)
			h = hashInt(h, f.mod)
		}
	}
	return h
}

// attached reports whether a folder belongs to the item of the folder around it.
func attached(kind library.Collection, d *dir) bool {
	name := strings.ToLower(d.name())
	switch name {
	case "extrafanart", "extrabackdrops", "extrathumbs":
		return true
	}
	switch kind {
	case library.Music, library.Books:
		_, ok := naming.DiscFolder(d.name())
		return ok && d.depth() > 1
	case library.Movies, library.MusicVideos:
		switch name {
		case "subs", "subtitles", "sub", "video_ts", "bdmv", "certificate", "audio_ts":
			return true
		}
		_, extra := naming.ExtraFolder(d.name())
		return extra && d.depth() > 1
	}
	return false
}

// groupsShows reports whether a folder in a library of shows is none itself but holds
// some: "Kids/The Show/Season 1".
func groupsShows(d *dir) bool {
	if isShow(d) {
		return false
	}
	for _, s := range d.subs {
		if isShow(s) && (hasSeasons(s) || has(s, "tvshow.nfo")) {
			return true
		}
	}
	return false
}

func isShow(d *dir) bool {
	if has(d, "tvshow.nfo") || hasSeasons(d) {
		return true
	}
	for _, f := range d.files {
		if naming.IsVideo(f.name) {
			return true
		}
	}
	return false
}

func hasSeasons(d *dir) bool {
	for _, s := range d.subs {
		if _, ok := naming.Season(s.name(), d.name()); ok {
			return true
		}
	}
	return false
}

func has(d *dir, name string) bool {
	for _, f := range d.files {
		if strings.EqualFold(f.name, name) {
			return true
		}
	}
	return false
}

// stem is a file's name without its ending.
func stem(name string) string { return strings.TrimSuffix(name, filepath.Ext(name)) }
