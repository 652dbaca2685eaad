package scan

import (
	"cmp"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"sett/node/library"
	"sett/node/naming"
)

// album makes the item of an album and ties its tracks to it. main is the folder's
// largest, which bears the folder's id.
func (j *job) album(a *album, main bool) *library.Item {
	d := j.u.dir()
	it := j.item(j.albumID(a, main), library.MusicAlbum, a.title)
	it.Year = a.year
	if main {
		it.Path = d.abs
	}
	if a.artist != "" {
		it.AlbumArtists = []string{a.artist}
	}
	for _, t := range a.tracks {
		j.tie(it, t)
	}
	if old := j.old[it.ID]; old != nil && old.Added.Before(it.Added) && !old.Added.IsZero() {
		it.Added = old.Added
	}
	it.Images = j.images(it, j.u.dirs, "", false)
	if _, ok := it.Image(library.Primary, 0); !ok {
		it.Images = append(it.Images, firstCover(a.tracks)...)
	}
	for _, t := range a.tracks {
		if f := t.f; f != nil && f.prior == nil {
			j.albumTags(it, f)
			break
		} else if old := j.old[it.ID]; f != nil && old != nil {
			it.Providers, it.ReplayGain = old.Providers, old.ReplayGain
			break
		}
	}
	j.overlay(it, d, "album.nfo")
	return it
}

func (j *job) albumTags(it *library.Item, f *fact) {
	it.ReplayGain = f.tags.AlbumGain
	for _, k := range []string{"MusicBrainzAlbum", "MusicBrainzAlbumArtist", "MusicBrainzReleaseGroup"} {
		if v := f.tags.Providers[k]; v != "" {
			if it.Providers == nil {
				it.Providers = make(map[string]string)
			}
			it.Providers[k] = v
		}
	}
}

// tie makes a track one of an album.
func (j *job) tie(it *library.Item, t *track) {
	t.it.Album, t.it.Parent, t.it.AlbumArtists = it.ID, it.ID, it.AlbumArtists
	if len(t.it.Artists) == 0 && len(it.AlbumArtists) > 0 && it.AlbumArtists[0] != variousArtists {
		t.it.Artists = it.AlbumArtists
	}
	if t.it.Year == 0 {
		t.it.Year = it.Year
	}
	it.Runtime += t.it.Runtime
	if it.Added.IsZero() || t.it.Added.Before(it.Added) {
		it.Added = t.it.Added
	}
	if t.it.Modified.After(it.Modified) {
		it.Modified = t.it.Modified
	}
	if t.it.Premiered.After(it.Premiered) {
		it.Premiered = t.it.Premiered
	}
	it.Artists = union(it.Artists, t.it.Artists)
	it.Genres = union(it.Genres, t.it.Genres)
}

func union(a, b []string) []string {
	for _, s := range b {
		if !slices.ContainsFunc(a, func(o string) bool { return library.Fold(o) == library.Fold(s) }) {
			a = append(a, s)
		}
	}
	return a
}

// albumID is the folder's id for its main album, which outlives changes of its tags, and
// one from the tags for others in the same folder.
func (j *job) albumID(a *album, main bool) library.ID {
	d := j.u.dir()
	if main && d.rel != "" {
		w := &who{kind: library.MusicAlbum}
		if facts, ok := j.firstNFO(w.kind, d, "album.nfo"); ok {
			w.providers = facts.Providers
		}
		return j.folderID(w, d, func(it *library.Item) library.ID { return it.Album })
	}
	return library.NewID(library.MusicAlbum.String(), j.u.lib.id.String(), filepath.ToSlash(d.rel),
		library.Fold(a.artist), library.Fold(a.title))
}

// firstCover is the picture inside the first track that has one.
func firstCover(tracks []*track) []library.Image {
	for _, t := range tracks {
		for _, im := range t.it.Images {
			if im.Kind == library.Primary {
				return []library.Image{im}
			}
		}
	}
	return nil
}

// cover gives an item the picture inside its file when nothing lies beside it.
func (j *job) cover(it *library.Item) {
	if _, ok := it.Image(library.Primary, 0); !ok {
		it.Images = append(it.Images, j.coverOf(it)...)
	}
}

// coverOf is the picture inside a file.
func (j *job) coverOf(it *library.Item) []library.Image {
	src := it.Sources[0]
	for _, st := range src.Streams {
		if st.Kind == library.StreamImage && !st.External {
			return []library.Image{{
				Kind: library.Primary, Path: src.Path, Embedded: true, Stream: st.Index, Width: st.Width, Height: st.Height,
				Tag: imageTag(src.Path, src.Size, src.Modified.UnixNano()), Modified: src.Modified,
			}}
		}
	}
	return nil
}

// artist makes the item of an album artist. A folder of the artist's name around the
// album gives it pictures.
func (j *job) artist(name string) *library.Item {
	if name == "" {
		return nil
	}
	it := j.item(library.EntityID(library.MusicArtist, name), library.MusicArtist, name)
	if up := j.u.dir().up; up != nil && up.rel != "" && naming.SortName(up.name()) == naming.SortName(name) {
		it.Path = up.abs
		it.Images = j.images(it, []*dir{up}, "", false)
		j.overlay(it, up, "artist.nfo")
		it.Name = name
	}
	return j.p.bestArtist(it)
}

// bestArtist is the item of an artist that says most: his folder may hold some albums
// and others lie elsewhere.
func (p *pass) bestArtist(it *library.Item) *library.Item {
	p.mu.Lock()
	defer p.mu.Unlock()
	best := p.artists[it.ID]
	if best == nil {
		if old, err := p.s.store.Bare(it.ID); err == nil && old.Kind == library.MusicArtist {
			best = old
		}
	}
	if best != nil {
		it.Added = best.Added
	}
	it.SortName = cmp.Or(it.SortName, naming.SortName(it.Name)) // others read it from now on
	if it.Added.IsZero() {
		it.Added = p.start.UTC().Truncate(time.Second)
	}
	if best != nil && it.Path == "" && (best.Path == "" || exists(best.Path)) {
		it = best
	}
	p.artists[it.ID] = it
	return it
}

// lyrics adds a text of the song that lies beside it.
func (j *job) lyrics(src *library.Source, s stack) {
	for _, f := range s.d.withStem(s.stem()) {
		if !naming.Lyrics(s.stem(), f.name) {
			continue
		}
		next := 0
		for _, st := range src.Streams {
			next = max(next, st.Index+1)
		}
		src.Streams = append(slices.Clone(src.Streams), library.Stream{
			Index: next, Kind: library.StreamSubtitle, Codec: strings.ToLower(strings.TrimPrefix(filepath.Ext(f.name), ".")),
			External: true, Path: s.d.path(f.name),
		})
		return
	}
}
