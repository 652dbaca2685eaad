package naming

import "strings"

// providerNames maps how people write a provider to the name used everywhere else.
var providerNames = map[string]string{
	"imdb": "Imdb", "imdbid": "Imdb", "tmdb": "Tmdb", "tmdbid": "Tmdb", "themoviedb": "Tmdb",
	"tvdb": "Tvdb", "tvdbid": "Tvdb", "thetvdb": "Tvdb", "tvmaze": "TvMaze", "tvmazeid": "TvMaze",
	"tvrage": "TvRage", "tvrageid": "TvRage", "anidb": "AniDB", "anidbid": "AniDB",
	"anilist": "AniList", "anilistid": "AniList", "zap2it": "Zap2It", "zap2itid": "Zap2It",
	"mbid": "MusicBrainzAlbum", "musicbrainzalbumid": "MusicBrainzAlbum",
	"musicbrainzartistid": "MusicBrainzArtist", "isbn": "ISBN", "asin": "ASIN",
}

// ProviderIDs collects the ids written into a name: [tmdbid=1], [imdbid-tt1],
// {tvdb-1}, (tmdb:1), and a bare tt0000001. nil when there are none. The first of
// a provider wins.
func ProviderIDs(name string) map[string]string {
	var ids map[string]string
	add := func(k, v string) {
		if ids == nil {
			ids = make(map[string]string, 2)
		}
		if _, ok := ids[k]; !ok {
			ids[k] = v
		}
	}
	for s := name; ; {
		i := strings.IndexAny(s, "[{(")
		if i < 0 {
			break
		}
		end := strings.IndexByte(s[i:], closing(s[i]))
		if end < 0 {
			break
		}
		if k, v, ok := providerTag(s[i+1 : i+end]); ok {
			add(k, v)
			s = s[i+end:]
			continue
		}
		s = s[i+1:]
	}
	if id := bareIMDb(name); id != "" {
		add("Imdb", id)
	}
	return ids
}

func isProviderTag(inner string) bool {
	_, _, ok := providerTag(inner)
	return ok || bareIMDb(inner) == strings.TrimSpace(inner)
}

// providerTag reads "tmdbid=1", "imdb-tt1", "tvdb:1" or "tt1".
func providerTag(inner string) (key, id string, ok bool) {
	i := strings.IndexAny(inner, "=-:")
	if i <= 0 || i+1 >= len(inner) {
		return "", "", false
	}
	key, ok = providerNames[lower(strings.TrimSpace(inner[:i]))]
	id = strings.TrimSpace(inner[i+1:])
	if !ok || id == "" || strings.ContainsAny(id, " []{}()/\\") {
		return "", "", false
	}
	return key, id, true
}

// bareIMDb finds an IMDb id that stands as a word of its own.
func bareIMDb(s string) string {
	for i := 0; i+9 <= len(s); i++ {
		if s[i] != 't' || s[i+1] != 't' || !startsWord(s, i) {
			continue
		}
		if _, end, ok := number(s, i+2, 8); ok && end-i >= 9 && endsWord(s, end) {
			return s[i:end]
		}
	}
	return ""
}
