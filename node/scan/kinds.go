package scan

import (
	"os"
	"path/filepath"
	"strings"

	"sett/node/library"
	"sett/node/naming"
)

// folderNames are the names under which people keep each kind of media, folded.
var folderNames = map[library.Collection][]string{
	library.Movies: {
		"films", "film", "movies", "movie", "filme", "spielfilme", "kino", "cinema", "peliculas", "filmes", "pelis",
		"elokuvat", "filmy", "фильмы", "映画", "电影", "elokuva", "filmer", "speelfilms", "pellicole", "documentaries",
	},
	library.TVShows: {
		"shows", "show", "tv", "tv shows", "tvshows", "tv series", "series", "serien", "serie", "serier", "seriale",
		"television", "anime", "сериалы", "séries", "séries tv", "serie tv", "sarjat", "programmes", "sitcoms", "telly",
	},
	library.Music: {
		"music", "musik", "musique", "musica", "muziek", "muzyka", "musiikki", "audio", "songs", "albums", "flac", "mp3", "музыка", "hudba",
	},
	library.Photos:      {"photos", "photo", "pictures", "images", "fotos", "bilder", "foto", "photographs", "fotografias"},
	library.HomeVideos:  {"home videos", "home movies", "homevideos", "home video", "camcorder", "family videos", "privatvideos", "videos", "video"},
	library.MusicVideos: {"music videos", "musicvideos", "clips", "musikvideos", "concerts", "konzerte"},
	library.Books:       {"books", "ebooks", "e-books", "comics", "bücher", "buecher", "livres", "libros", "boeken", "audiobooks", "hörbücher", "manga"},
}

// defaultNames name libraries that have none.
var defaultNames = map[library.Collection]string{
	library.Movies: "Films", library.TVShows: "Shows", library.Music: "Music", library.Photos: "Photos",
	library.HomeVideos: "Home videos", library.MusicVideos: "Music videos", library.Books: "Books", library.Mixed: "Media",
}

// contents are what problems call the things in a library.
var contents = map[library.Collection]string{
	library.Movies: "films", library.TVShows: "shows", library.Music: "music", library.Photos: "photos",
	library.HomeVideos: "videos", library.MusicVideos: "music videos", library.Books: "books", library.Mixed: "items",
}

// kindNamed reads the name of a folder of one kind of media.
func kindNamed(name string) (library.Collection, bool) {
	folded := library.Fold(strings.NewReplacer("_", " ", ".", " ").Replace(strings.TrimSpace(name)))
	for kind, names := range folderNames {
		for _, n := range names {
			if library.Fold(n) == folded {
				return kind, true
			}
		}
	}
	return library.Mixed, false
}

// tally counts what a folder holds.
type tally struct {
	videos, episodes, sounds, photos, books, seen int
}

// maxTally bounds how many files are looked at to tell what a folder is.
const maxTally = 2000

func (t *tally) add(rel string) {
	t.seen++
	name := filepath.Base(rel)
	switch {
	case naming.Ignored(name):
	case naming.IsVideo(name):
		t.videos++
		if e := naming.Episode(rel, naming.EpisodeOptions{}); e.OK() && (e.Season > 0 || e.FolderSeason > 0 || !e.Date.IsZero()) {
			t.episodes++
		}
	case naming.IsAudio(name):
		t.sounds++
	case naming.IsBook(name):
		t.books++
	case naming.IsPhoto(name):
		t.photos++
	}
}

// kind is what most of the files say.
func (t *tally) kind() library.Collection {
	switch {
	case t.videos > 0 && 2*t.episodes >= t.videos && t.videos >= t.sounds/4:
		return library.TVShows
	case t.videos > 0 && 4*t.videos >= t.sounds && 20*t.videos >= t.photos:
		return library.Movies
	case t.sounds > 0 && t.sounds >= t.books:
		return library.Music
	case t.books > 0:
		return library.Books
	case t.photos > 0:
		return library.Photos
	}
	return library.Mixed
}

func (t *tally) empty() bool { return t.videos+t.sounds+t.books+t.photos == 0 }

// guess says what a folder of a mixed library is.
func guess(d *dir) library.Collection {
	var t tally
	for _, s := range below(d, nil) {
		for _, f := range s.files {
			t.add(s.relPath(f.name))
		}
	}
	if k := t.kind(); k == library.TVShows || k == library.Music {
		return k
	}
	return library.Movies
}

func looksLikeShow(d *dir) bool {
	var t tally
	for _, f := range d.files {
		t.add(d.relPath(f.name))
	}
	return t.kind() == library.TVShows
}

// sample looks into a folder nothing is known of yet, a few levels down.
func sample(abs string) tally {
	var t tally
	sampleIn(&t, abs, "", 0)
	return t
}

func sampleIn(t *tally, abs, rel string, depth int) {
	entries, err := os.ReadDir(abs)
	if err != nil || depth > 4 {
		return
	}
	for _, e := range entries {
		if t.seen >= maxTally {
			return
		}
		if naming.Ignored(e.Name()) {
			continue
		}
		at := filepath.Join(rel, e.Name())
		if e.IsDir() {
			sampleIn(t, filepath.Join(abs, e.Name()), at, depth+1)
			continue
		}
		t.add(at)
	}
}
