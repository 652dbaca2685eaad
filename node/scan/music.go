package scan

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"sett/node/library"
	"sett/node/naming"
)

// variousArtists is the album artist of albums with a different one on each track.
const variousArtists = "Various Artists"

// track is one song under way.
type track struct {
	it     *library.Item
	s      stack
	f      *fact
	album  string // by its tags, "" when they do not say
	artist string // the album's, by its tags
	comp   bool
	bare   bool // its tags have no title
	disc   int
}

// album is what the tags, or else the folder, put together.
type album struct {
	title, artist string
	year          int
	tracks        []*track
}

// music makes the tracks of one folder, its discs included, their albums and artists.
func (j *job) music() []*library.Item {
	var tracks []*track
	for _, d := range j.u.dirs {
		for _, f := range d.files {
			if media(library.Music, f.name) && !isTheme(d, f.name) {
				tracks = append(tracks, j.track(d, f))
			}
		}
	}
	var items []*library.Item
	artists := make(map[library.ID]bool)
	for i, a := range j.albums(tracks) {
		if a.title == "" {
			for _, t := range a.tracks {
				items = append(items, t.it)
			}
			continue
		}
		it := j.album(a, i == 0)
		if artist := j.artist(a.artist); artist != nil {
			it.Parent = artist.ID
			if !artists[artist.ID] {
				artists[artist.ID] = true
				items = append(items, artist)
			}
		}
		items = append(items, it)
		for _, t := range a.tracks {
			items = append(items, t.it)
		}
	}
	return append(items, j.albumThemes(items)...)
}

func isTheme(d *dir, name string) bool {
	k, ok := naming.Extra(d.relPath(name))
	return ok && k == naming.ThemeSong && d.rel != ""
}

func trackAlike(dir string, n naming.TrackName) string {
	return dir + "\x00" + library.Fold(n.Title)
}

// track makes the item of a song. What its tags say wins over its name.
func (j *job) track(d *dir, f file) *track {
	s := one(d, f)
	n := naming.Track(s.rel())
	id := j.idOf(&who{kind: library.Audio, alike: trackAlike(d.abs, n)}, s)
	t := &track{s: s, it: j.item(id, library.Audio, n.Title), disc: n.Disc}
	if dd, ok := naming.DiscFolder(d.name()); ok && d != j.u.dir() {
		t.disc = dd
	}
	if n.Track > 0 {
		t.it.Index = library.Num(n.Track)
	}
	if n.Artist != "" {
		t.it.Artists = []string{n.Artist}
	}
	src, fact := j.source(s, id, library.Audio)
	t.f = fact
	j.lyrics(&src, s)
	t.it.Sources = []library.Source{src}
	j.play(t.it, s, fact)
	j.tags(t)
	if t.disc > 0 {
		t.it.ParentIndex = library.Num(t.disc)
	}
	t.bare = t.it.Name == n.Title && len(t.it.Artists) == 0
	t.it.Images = j.coverOf(t.it)
	return t
}

// tags fills in what the file says of itself, or what it said when it was last read.
func (j *job) tags(t *track) {
	switch {
	case t.f == nil || t.f.problem != "" && t.f.prior == nil:
	case t.f.prior != nil:
		j.priorTags(t, t.f.prior)
	default:
		j.freshTags(t)
	}
}

// priorTags takes over the item that was made of the same file.
func (j *job) priorTags(t *track, p *library.Item) {
	it := t.it
	it.Name, it.SortName, it.Index, it.Artists, it.Genres = p.Name, p.SortName, p.Index, p.Artists, p.Genres
	it.Year, it.Premiered, it.People, it.Providers, it.ReplayGain = p.Year, p.Premiered, p.People, p.Providers, p.ReplayGain
	it.Lyrics = p.Lyrics
	if n, ok := p.ParentIndex.Get(); ok {
		t.disc = n
	}
	if p.Album.IsZero() {
		return
	}
	a := j.old[p.Album]
	if a == nil {
		j.remember(p.Album)
		a = j.old[p.Album]
	}
	if a == nil {
		return
	}
	t.album, t.comp = a.Name, slices.Contains(a.AlbumArtists, variousArtists)
	if len(a.AlbumArtists) > 0 && !t.comp {
		t.artist = a.AlbumArtists[0]
	}
}

func (j *job) freshTags(t *track) {
	it, g := t.it, t.f.tags
	it.Name = cmp.Or(g.Title, it.Name)
	if g.SortTitle != "" {
		it.SortName = naming.SortName(g.SortTitle)
	}
	if g.Track > 0 {
		it.Index = library.Num(g.Track)
	}
	if g.Disc > 0 {
		t.disc = g.Disc
	}
	if len(g.Artists) > 0 {
		it.Artists = g.Artists
	}
	it.Year, it.Genres, it.Providers, it.ReplayGain = g.Year, g.Genres, maps.Clone(g.Providers), g.TrackGain
	if d, err := time.Parse(time.DateOnly, g.Date); err == nil {
		it.Premiered = d
	}
	for _, c := range g.Composers {
		it.People = append(it.People, library.Credit{Name: c, Type: "Composer"})
	}
	it.Lyrics = bounded(g.Lyrics)
	t.album, t.comp = g.Album, g.Compilation
	if len(g.AlbumArtists) > 0 {
		t.artist = g.AlbumArtists[0]
	}
}

// albums groups tracks by what their tags say, the largest group first; tracks that do
// not say belong to the folder's own album.
func (j *job) albums(tracks []*track) []*album {
	byKey := make(map[string]*album)
	var list []*album
	var silent []*track
	for _, t := range tracks {
		if t.album == "" {
			silent = append(silent, t)
			continue
		}
		artist := t.artist
		if t.comp {
			artist = variousArtists
		}
		key := library.Fold(t.album) + "\x00" + library.Fold(artist)
		a := byKey[key]
		if a == nil {
			a = &album{title: t.album, artist: artist}
			byKey[key] = a
			list = append(list, a)
		}
		a.tracks = append(a.tracks, t)
	}
	slices.SortStableFunc(list, func(a, b *album) int { return len(b.tracks) - len(a.tracks) })
	if len(silent) > 0 {
		list = j.ownAlbum(list, silent)
	}
	for _, a := range list {
		j.settle(a)
	}
	return list
}

// ownAlbum puts tracks without an album into the folder's.
func (j *job) ownAlbum(list []*album, silent []*track) []*album {
	d := j.u.dir()
	if d.rel == "" {
		return append(list, &album{tracks: silent})
	}
	n := naming.Album(d.name())
	for _, a := range list {
		if len(list) == 1 || library.Fold(a.title) == library.Fold(n.Title) {
			a.tracks = append(a.tracks, silent...)
			return list
		}
	}
	a := &album{title: n.Title, artist: n.Artist, year: n.Year, tracks: silent}
	if a.artist == "" && d.up != nil && d.up.rel != "" {
		a.artist = d.up.name()
	}
	return append(list, a)
}

// settle decides on the album's artist, and on the year when the tags say none.
func (j *job) settle(a *album) {
	if a.title == "" {
		return
	}
	if a.artist == "" {
		a.artist = commonArtist(a.tracks)
	}
	if a.artist == "" {
		if up := j.u.dir().up; up != nil && up.rel != "" {
			a.artist = up.name()
		}
	}
	if library.Fold(a.artist) == library.Fold(variousArtists) {
		for _, t := range a.tracks { // "01 - Artist - Title"
			if artist, title, ok := strings.Cut(t.it.Name, " - "); ok && t.bare {
				t.it.Artists, t.it.Name = []string{strings.TrimSpace(artist)}, strings.TrimSpace(title)
			}
		}
	}
	for _, t := range a.tracks {
		if t.it.Year > 0 {
			a.year = t.it.Year
			break
		}
	}
	if a.year == 0 {
		a.year = naming.Album(j.u.dir().name()).Year
	}
}

// commonArtist is the first artist of all tracks, "Various Artists" when they differ.
func commonArtist(tracks []*track) string {
	name := ""
	for _, t := range tracks {
		if len(t.it.Artists) == 0 {
			continue
		}
		switch first := t.it.Artists[0]; {
		case name == "":
			name = first
		case library.Fold(name) != library.Fold(first):
			return variousArtists
		}
	}
	return name
}
