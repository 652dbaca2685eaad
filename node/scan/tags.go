package scan

import (
	"cmp"
	"maps"
	"strings"

	"sett/node/library"
	"sett/streaming/probe"
)

// maxText bounds what is kept of a text inside a file.
const maxText = 64 << 10

func bounded(s string) string {
	if len(s) > maxText {
		s = s[:maxText]
	}
	return strings.ToValidUTF8(s, "")
}

// embedded fills in what a video says of itself, where its name does not. Titles are
// taken of episodes and music videos only: those of films mostly name who made the file.
func (j *job) embedded(it *library.Item, f *fact) {
	switch {
	case f == nil:
		return
	case f.prior != nil:
		it.Embedded = f.prior.Embedded
	default:
		it.Embedded = embeddedIn(it.Kind, f.tags)
	}
	e := it.Embedded
	if e == nil {
		return
	}
	it.Overview = cmp.Or(it.Overview, e.Overview)
	it.Year = cmp.Or(it.Year, e.Year)
	if len(e.Genres) > 0 {
		it.Genres = e.Genres
	}
	if len(e.Artists) > 0 && it.Kind == library.MusicVideo {
		it.Artists = e.Artists
	}
	if e.Title != "" {
		it.Name = e.Title
	}
	if len(e.Providers) > 0 {
		ids := maps.Clone(e.Providers)
		maps.Copy(ids, it.Providers) // the name is nearer to the owner
		it.Providers = ids
	}
}

func embeddedIn(kind library.Kind, t probe.Tags) *library.Embedded {
	e := &library.Embedded{Overview: bounded(t.Description), Genres: t.Genres, Providers: map[string]string{}}
	switch kind {
	case library.Movie:
		e.Year = t.Year
		for _, p := range []string{"Imdb", "Tmdb", "Tvdb"} {
			if id := t.Providers[p]; id != "" {
				e.Providers[p] = id
			}
		}
	case library.Episode:
		if t.Show != "" {
			e.Title = t.Title
		}
	case library.MusicVideo:
		e.Year = t.Year
		if len(t.Artists) > 0 && t.Title != "" {
			e.Title, e.Artists, e.Album = t.Title, t.Artists, t.Album
		}
	}
	if len(e.Providers) == 0 {
		e.Providers = nil
	}
	if e.Overview == "" && e.Year == 0 && e.Title == "" && len(e.Genres) == 0 && e.Providers == nil {
		return nil
	}
	return e
}
