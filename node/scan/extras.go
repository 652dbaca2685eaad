package scan

import (
	"slices"
	"strings"

	"sett/node/library"
	"sett/node/naming"
)

// found is a file that belongs to some item of its unit.
type found struct {
	d    *dir
	f    file
	kind library.ExtraKind
	in   *dir // the folder of the item: the one around a folder of trailers
}

// extraFiles lists the extras among the files of a unit.
func (j *job) extraFiles() []found {
	var out []found
	for _, d := range j.u.dirs {
		in, folderKind := extraFolder(d)
		for _, f := range d.files {
			if k := extraKind(d, in, folderKind, f.name); k != library.NoExtra {
				out = append(out, found{d, f, k, in})
			}
		}
	}
	return out
}

// extraFolder finds the folder of extras that a folder is, or is in, and the one around
// it. Directly below a root such a name means nothing: short films are films.
func extraFolder(d *dir) (in *dir, kind library.ExtraKind) {
	for up := d; up != nil && up.depth() > 1; up = up.up {
		if k, ok := naming.ExtraFolder(up.name()); ok {
			return up.up, library.ParseExtraKind(string(k))
		}
	}
	return d, library.NoExtra
}

// extraKind is what a file is to the item of the folder.
func extraKind(d, in *dir, folderKind library.ExtraKind, name string) library.ExtraKind {
	sound := isSound(name)
	if !sound && !naming.IsVideo(name) || naming.IsSubtitle(name) {
		return library.NoExtra
	}
	switch {
	case in != d && sound == (folderKind == library.ThemeSong):
		return folderKind
	case in != d || sound && d.rel == "":
		return library.NoExtra
	}
	k, ok := naming.Extra(name)
	if !ok {
		return library.NoExtra
	}
	return library.ParseExtraKind(string(k))
}

// filmExtras makes the extras of the films of a folder.
func (j *job) filmExtras(films []*library.Item) []*library.Item {
	if len(films) == 0 {
		return nil
	}
	var out []*library.Item
	for _, x := range j.extraFiles() {
		owner := ownerByName(films, x)
		if owner == nil && x.in.rel != "" {
			owner = ownerOf(films, x.in)
		}
		if owner != nil {
			out = append(out, j.extra(owner, x))
		}
	}
	return out
}

// ownerOf is the only film of a folder, or the one that the folder is named for.
func ownerOf(films []*library.Item, d *dir) *library.Item {
	if len(films) == 1 {
		return films[0]
	}
	for _, it := range films {
		if ownFolder(it, d) {
			return it
		}
	}
	return nil
}

// ownerByName is the item whose file's name an extra's begins with, the longest such.
func ownerByName(items []*library.Item, x found) *library.Item {
	var best *library.Item
	longest := 0
	name := strings.ToLower(x.f.name)
	for _, it := range items {
		for _, src := range it.Sources {
			dir, file := cutPath(src.Path)
			own := strings.ToLower(stem(file))
			if dir == x.in.abs && len(own) > longest && strings.HasPrefix(name, own) {
				best, longest = it, len(own)
			}
		}
	}
	return best
}

// showExtras makes the extras of a series: of an episode by the name, else of the season
// or the series by the folder.
func (j *job) showExtras(s *series) []*library.Item {
	if s.loose {
		return nil
	}
	var out []*library.Item
	for _, x := range j.extraFiles() {
		owner := ownerByName(s.eps, x)
		for in := x.in; owner == nil && in != nil && in != s.d; in = in.up {
			for _, season := range s.seasons {
				if season.Path == in.abs {
					owner = season
				}
			}
		}
		if owner == nil {
			owner = s.it
		}
		out = append(out, j.extra(owner, x))
	}
	return out
}

// extra makes the item of an extra and counts it with its owner.
func (j *job) extra(owner *library.Item, x found) *library.Item {
	kind := library.Video
	switch x.kind {
	case library.TrailerExtra:
		kind = library.Trailer
	case library.ThemeSong:
		kind = library.Audio
	}
	s := one(x.d, x.f)
	id := j.idOf(&who{kind: kind}, s)
	it := j.item(id, kind, extraName(owner, x))
	it.Parent, it.Extra = owner.ID, x.kind
	src, fact := j.source(s, id, kind)
	if kind != library.Audio {
		j.side(&src, s, false)
	}
	it.Sources = []library.Source{src}
	j.play(it, s, fact)
	it.Images = j.images(it, []*dir{x.d}, s.stem(), true)
	owner.Extras.Add(x.kind)
	return it
}

// extraNames are what extras are called whose files say no more.
var extraNames = map[library.ExtraKind]string{
	library.UnknownExtra: "Extra", library.Clip: "Clip", library.TrailerExtra: "Trailer",
	library.BehindTheScenes: "Behind the scenes", library.DeletedScene: "Deleted scene", library.Interview: "Interview",
	library.Scene: "Scene", library.Sample: "Sample", library.ThemeSong: "Theme", library.ThemeVideo: "Theme",
	library.Featurette: "Featurette", library.Short: "Short",
}

// extraName is an extra's name without the owner's and without what only says which kind
// it is.
func extraName(owner *library.Item, x found) string {
	name := stem(x.f.name)
	for _, own := range []string{ownStem(owner), x.in.name()} {
		if own != "" && len(own) <= len(name) && strings.EqualFold(name[:len(own)], own) {
			name = name[len(own):]
			break
		}
	}
	name = strings.Trim(name, " -_.")
	if x.d == x.in {
		name = naming.CutExtra(name)
	}
	if name = naming.Humanize(name); name != "" {
		return name
	}
	return extraNames[x.kind]
}

func ownStem(it *library.Item) string {
	if len(it.Sources) == 0 {
		return ""
	}
	_, file := cutPath(it.Sources[0].Path)
	return stem(file)
}

// albumThemes attaches the theme songs of a music folder to its album.
func (j *job) albumThemes(items []*library.Item) []*library.Item {
	i := slices.IndexFunc(items, func(it *library.Item) bool { return it.Kind == library.MusicAlbum })
	if i < 0 {
		return nil
	}
	var out []*library.Item
	for _, d := range j.u.dirs {
		for _, f := range d.files {
			if isTheme(d, f.name) {
				out = append(out, j.extra(items[i], found{d, f, library.ThemeSong, d}))
			}
		}
	}
	return out
}
