package probe

import (
	"strconv"
	"strings"

	"sett/streaming/probe/facts"
)

// Tags is what a file says about itself. Empty and zero mean it does not say.
type Tags struct {
	Title, SortTitle     string
	Artists              []string
	AlbumArtists         []string
	Album                string
	Track, TrackTotal    int
	Disc, DiscTotal      int
	Date                 string // as written: "2003", "2003-04-05"
	Year                 int    // out of Date
	OriginalDate         string
	Genres               []string
	Composers            []string
	Publisher            string
	Comment, Description string
	Lyrics               string
	Compilation          bool

	// Of episodes in mp4 files.
	Show            string
	Season, Episode int

	// Providers are ids under the names clients know: MusicBrainzTrack,
	// MusicBrainzAlbum, MusicBrainzAlbumArtist, MusicBrainzArtist,
	// MusicBrainzReleaseGroup, MusicBrainzRecording, Imdb, Tmdb, Tvdb.
	Providers map[string]string

	TrackGain, AlbumGain *float64 // ReplayGain in dB
}

func tagsOf(d *facts.Document) Tags {
	m := merged(d)
	first := func(names ...string) string {
		for _, n := range names {
			if v := m[n]; v != "" {
				return v
			}
		}
		return ""
	}
	t := Tags{
		Title: first("title"), SortTitle: first("titlesort", "title-sort", "sort_name"),
		Artists: list(first("artists", "artist")), AlbumArtists: list(first("albumartists", "album_artist", "albumartist", "album artist")),
		Album: first("album"), Date: first("date", "year", "originaldate", "tdrc"), OriginalDate: first("originaldate", "originalyear", "tdor", "tory"),
		Genres: list(first("genre")), Composers: list(first("composer")),
		Publisher: first("label", "publisher", "organization", "tpub"), Comment: first("comment"),
		Description: first("synopsis", "description"), Lyrics: first("lyrics", "unsyncedlyrics", "lyrics-eng", "lyrics-xxx"),
		Compilation: first("compilation", "tcmp", "itunescompilation") == "1",
		Show:        first("show"), Season: number(first("season_number")), Episode: number(first("episode_sort")),
		TrackGain: gain(m, "replaygain_track_gain", "r128_track_gain"),
		AlbumGain: gain(m, "replaygain_album_gain", "r128_album_gain"),
	}
	t.Track, t.TrackTotal = pair(first("track", "tracknumber"), first("tracktotal", "totaltracks", "trackc"))
	t.Disc, t.DiscTotal = pair(first("disc", "discnumber", "disk"), first("disctotal", "totaldiscs", "discc"))
	if len(t.Date) >= 4 {
		t.Year = number(t.Date[:4])
	}
	t.Providers = providers(m)
	return t
}

// merged folds the names of the container's tags and, for the containers that keep
// them there (Ogg), of the only sound's.
func merged(d *facts.Document) map[string]string {
	m := make(map[string]string)
	add := func(tags map[string]string) {
		for k, v := range tags {
			k = strings.ToLower(k)
			if v = strings.TrimSpace(v); v != "" && m[k] == "" {
				m[k] = v
			}
		}
	}
	add(d.Format.Tags)
	var sound []*facts.Stream
	for _, s := range d.Streams {
		if s.Type == "audio" {
			sound = append(sound, s)
		}
	}
	if len(sound) == 1 && strings.HasPrefix(d.Format.Name, "ogg") {
		add(sound[0].Tags)
	}
	return m
}

var providerTags = map[string]string{
	"musicbrainz_trackid": "MusicBrainzRecording", "musicbrainz track id": "MusicBrainzRecording",
	"musicbrainz_releasetrackid": "MusicBrainzTrack", "musicbrainz release track id": "MusicBrainzTrack",
	"musicbrainz_albumid": "MusicBrainzAlbum", "musicbrainz album id": "MusicBrainzAlbum",
	"musicbrainz_albumartistid": "MusicBrainzAlbumArtist", "musicbrainz album artist id": "MusicBrainzAlbumArtist",
	"musicbrainz_artistid": "MusicBrainzArtist", "musicbrainz artist id": "MusicBrainzArtist",
	"musicbrainz_releasegroupid": "MusicBrainzReleaseGroup", "musicbrainz release group id": "MusicBrainzReleaseGroup",
	"imdb": "Imdb", "imdb_id": "Imdb", "tmdb": "Tmdb", "tvdb": "Tvdb", "tvdb2": "Tvdb",
}

func providers(m map[string]string) map[string]string {
	ids := make(map[string]string)
	for tag, name := range providerTags {
		v := m[tag]
		if v == "" {
			continue
		}
		// Several artists have several ids; the first is the one credited first.
		v = list(v)[0]
		if name == "Tmdb" || name == "Tvdb" {
			v = v[strings.LastIndexByte(v, '/')+1:] // "movie/603"
		}
		ids[name] = v
	}
	if len(ids) == 0 {
		return nil
	}
	return ids
}

// list splits what taggers join. A plain slash or comma is part of many a name.
func list(s string) []string {
	var out []string
	seen := make(map[string]bool)
	for _, v := range strings.FieldsFunc(strings.ReplaceAll(s, " / ", ";"), func(r rune) bool { return r == ';' || r == 0 || r == '|' }) {
		if v = strings.TrimSpace(v); v != "" && !seen[strings.ToLower(v)] {
			seen[strings.ToLower(v)] = true
			out = append(out, v)
		}
	}
	if out == nil && s != "" {
		return []string{s}
	}
	return out
}

// pair reads "2/9", or "2" and a total of its own.
func pair(s, total string) (n, of int) {
	a, b, ok := strings.Cut(s, "/")
	if !ok {
		b = total
	}
	return number(a), number(b)
}

func number(s string) int {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	if err != nil || n < 0 || n > 1<<20 {
		return 0
	}
	return n
}

// gain reads "-7.1 dB", or Opus' fixed-point form, which aims 5 dB lower.
func gain(m map[string]string, name, r128 string) *float64 {
	if v, _, _ := strings.Cut(m[name], " "); v != "" {
		if f, err := strconv.ParseFloat(strings.TrimSuffix(strings.ToLower(v), "db"), 64); err == nil && f > -100 && f < 100 {
			return &f
		}
	}
	if n, err := strconv.Atoi(m[r128]); err == nil && n > -32769 && n < 32768 {
		return new(float64(n)/256 + 5)
	}
	return nil
}
