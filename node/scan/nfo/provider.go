package nfo

import (
	"net/url"
	"strings"
)

// idTags are elements that hold a provider's id.
var idTags = map[string]string{
	"imdbid": "Imdb", "imdb_id": "Imdb", "imdb": "Imdb", "tmdbid": "Tmdb", "tmdb_id": "Tmdb", "tvdbid": "Tvdb", "tvdb_id": "Tvdb",
	"tvmazeid": "TvMaze", "tvrageid": "TvRage", "zap2itid": "Zap2It", "anidbid": "AniDB", "anilistid": "AniList",
	"tmdbcolid": "TmdbCollection", "tmdbcollectionid": "TmdbCollection", "tvcomid": "TvCom", "wikidataid": "Wikidata",
	"musicbrainzartistid": "MusicBrainzArtist", "musicbrainzalbumartistid": "MusicBrainzAlbumArtist",
	"musicbrainzalbumid": "MusicBrainzAlbum", "musicbrainzreleasegroupid": "MusicBrainzReleaseGroup",
	"musicbrainztrackid": "MusicBrainzTrack", "musicbrainzrecordingid": "MusicBrainzRecording",
	"audiodbartistid": "AudioDbArtist", "audiodbalbumid": "AudioDbAlbum", "imvdbid": "Imvdb",
}

// providerTypes are the spellings of uniqueid's type that differ from idTags
// without "id".
var providerTypes = map[string]string{
	"themoviedb": "Tmdb", "thetvdb": "Tvdb", "tmdbset": "TmdbCollection", "tmdbcol": "TmdbCollection",
	"tmdbcollection": "TmdbCollection", "wikidata": "Wikidata", "trakt": "Trakt", "letterboxd": "Letterboxd",
}

const maxID = 128

// addProvider keeps the first id of a provider.
func (f *Facts) addProvider(key, id string) {
	if _, ok := f.Providers[key]; !ok {
		f.setProvider(key, id)
	}
}

func (f *Facts) setProvider(key, id string) {
	id = strings.TrimSpace(id)
	if key == "" || id == "" || len(id) > maxID || strings.ContainsAny(id, " \n\t<>") || id == "0" || id == "-1" {
		return
	}
	if key == "Imdb" && !isIMDb(id) {
		return
	}
	if f.Providers == nil {
		f.Providers = make(map[string]string, 4)
	}
	if _, known := f.Providers[key]; known || len(f.Providers) < maxList {
		f.Providers[key] = id
	}
}

// uniqueID is the newest way to say an id and wins over the others.
func (f *Facts) uniqueID(kind, id string) {
	if kind == "" {
		if isIMDb(id) {
			f.addProvider("Imdb", id)
		}
		return
	}
	f.setProvider(providerName(kind), id)
}

func providerName(kind string) string {
	l := strings.ToLower(kind)
	if name, ok := providerTypes[l]; ok {
		return name
	}
	if name, ok := idTags[strings.TrimSuffix(l, "id")+"id"]; ok {
		return name
	}
	if len(kind) > maxName {
		return ""
	}
	return kind
}

// plainID reads <id>: attributes name providers, text is IMDb's by its form, or of a
// series the TVDB's.
func plainID(p *parser, e *element) {
	for _, a := range e.attrs {
		if name, ok := idTags[a.name+"id"]; ok {
			p.cur.addProvider(name, a.value)
		}
	}
	switch v := e.value(); {
	case isIMDb(v):
		p.cur.addProvider("Imdb", v)
	case p.cur.Root == TVShow && isDigits(v):
		p.cur.addProvider("Tvdb", v)
	}
}

func isIMDb(s string) bool {
	return len(s) > 6 && len(s) < 16 && (strings.HasPrefix(s, "tt") || strings.HasPrefix(s, "nm")) && isDigits(s[2:])
}

func isDigits(s string) bool {
	return s != "" && len(s) < 16 && strings.Trim(s, "0123456789") == ""
}

// providersIn finds ids in URLs and bare IMDb ids in loose text.
func providersIn(text string) map[string]string {
	var f Facts
	for _, w := range strings.Fields(text) {
		w = strings.Trim(w, `"'<>(),;`)
		if strings.Contains(w, "://") || strings.HasPrefix(w, "www.") {
			f.fromURL(w)
		} else if strings.HasPrefix(w, "tt") {
			f.addProvider("Imdb", w)
		}
	}
	return f.Providers
}

// fromURL reads the address of a page about the item.
func (f *Facts) fromURL(s string) {
	if !strings.Contains(s, "://") {
		s = "https://" + s
	}
	u, err := url.Parse(s)
	if err != nil {
		return
	}
	host := strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
	parts := strings.Split(strings.Trim(u.Path, "/"), "/")
	after := func(names ...string) string {
		for i := 0; i+1 < len(parts); i++ {
			for _, n := range names {
				if parts[i] == n {
					return parts[i+1]
				}
			}
		}
		return ""
	}
	leadingDigits := func(s string) string {
		return s[:len(s)-len(strings.TrimLeft(s, "0123456789"))]
	}
	switch {
	case host == "imdb.com" || strings.HasSuffix(host, ".imdb.com"):
		f.addProvider("Imdb", after("title", "name"))
	case host == "themoviedb.org" || host == "tmdb.org":
		f.addProvider("Tmdb", leadingDigits(after("movie", "tv")))
		f.addProvider("TmdbCollection", leadingDigits(after("collection")))
	case strings.HasSuffix(host, "thetvdb.com"):
		id := u.Query().Get("id")
		if id == "" {
			id = leadingDigits(after("series", "dereferrer", "movies"))
		}
		f.addProvider("Tvdb", leadingDigits(id))
	case host == "tvmaze.com":
		f.addProvider("TvMaze", leadingDigits(after("shows")))
	case host == "anidb.net":
		f.addProvider("AniDB", leadingDigits(strings.TrimPrefix(after("anime"), "a")))
	case host == "musicbrainz.org":
		f.addProvider("MusicBrainzArtist", after("artist"))
		f.addProvider("MusicBrainzAlbum", after("release"))
		f.addProvider("MusicBrainzReleaseGroup", after("release-group"))
	}
}

// trailer turns what players write for YouTube into an address, and drops what is
// none.
func trailer(s string) string {
	if strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "https://") {
		return s
	}
	if !strings.HasPrefix(s, "plugin://plugin.video.youtube") {
		return ""
	}
	u, err := url.Parse(s)
	if err != nil {
		return ""
	}
	for _, key := range []string{"videoid", "video_id"} {
		if id := u.Query().Get(key); id != "" && len(id) <= maxID {
			return "https://www.youtube.com/watch?v=" + url.QueryEscape(id)
		}
	}
	return ""
}
