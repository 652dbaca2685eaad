package fetchtest

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"strings"
	"time"
)

// The fakes below answer in the shapes that the providers document. Every title, person
// and text in them is made up.

// Pages answers paths (with "?query" where it matters) with JSON, others with 404.
type Pages map[string]string

// ServeHTTP implements http.Handler.
func (p Pages) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	for _, key := range []string{r.URL.RequestURI(), r.URL.Path} {
		if body, ok := p[key]; ok {
			w.Header().Set("Content-Type", "application/json")
			http.ServeContent(w, r, "", time.Time{}, strings.NewReader(body))
			return
		}
	}
	http.NotFound(w, r)
}

// Keyed lets those through who show the key, as a parameter or a token.
func Keyed(key string, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("api_key") != key && r.Header.Get("Authorization") != "Bearer "+key {
			w.WriteHeader(http.StatusUnauthorized)
			fmt.Fprint(w, `{"status_code":7,"status_message":"fake: no key","success":false}`)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// Pictures answers every path with a picture of its own.
func Pictures() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sum := 0
		for _, b := range []byte(r.URL.Path) {
			sum = sum*31 + int(b)
		}
		im := image.NewRGBA(image.Rect(0, 0, 20, 30))
		im.Set(sum&15, sum>>4&15, color.RGBA{byte(sum), byte(sum >> 8), byte(sum >> 16), 255})
		var b bytes.Buffer
		if err := png.Encode(&b, im); err != nil {
			panic(err)
		}
		w.Header().Set("Content-Type", "image/png")
		if _, err := w.Write(b.Bytes()); err != nil {
			return // whoever asked has gone
		}
	})
}

// TMDB is a make-believe api.themoviedb.org with one film and one series.
func TMDB() Pages {
	film := `{"id":900001,"title":"The Glass Harbour","original_title":"Der gläserne Hafen","release_date":"2011-04-05","overview":"A fake film about a harbour.","poster_path":"/poster.jpg"`
	series := `{"id":900100,"name":"Made-up Lane","original_name":"Made-up Lane","first_air_date":"2015-09-01","overview":"A fake series about a lane."`
	return Pages{
		"/3/search/movie":   `{"page":1,"results":[` + film + `},{"id":900002,"title":"Glass Harbours of the World","original_title":"Glass Harbours of the World","release_date":"1999-01-01","overview":""}],"total_pages":1,"total_results":2}`,
		"/3/search/tv":      `{"page":1,"results":[` + series + `}],"total_pages":1,"total_results":1}`,
		"/3/find/tt9000001": `{"movie_results":[` + film + `}],"person_results":[],"tv_results":[],"tv_episode_results":[],"tv_season_results":[]}`,
		"/3/movie/900001": film + `,"tagline":"It does not exist.","runtime":101,"status":"Released","vote_average":7.5,"vote_count":12,
			"backdrop_path":"/back.jpg","genres":[{"id":18,"name":"Drama"},{"id":53,"name":"Thriller"}],
			"production_companies":[{"id":1,"name":"Fake Pictures"}],
			"credits":{"cast":[{"name":"Ada Example","character":"Captain","order":0}],
			"crew":[{"name":"Bo Sample","job":"Director"},{"name":"Bo Sample","job":"Screenplay"},{"name":"Cy Nobody","job":"Gaffer"}]},
			"external_ids":{"imdb_id":"tt9000001"},
			"release_dates":{"results":[{"iso_3166_1":"DE","release_dates":[{"certification":"12","type":3}]},{"iso_3166_1":"US","release_dates":[{"certification":"","type":1},{"certification":"PG-13","type":3}]}]},
			"images":{"backdrops":[{"file_path":"/back.jpg"},{"file_path":"/back2.jpg"}],"logos":[{"file_path":"/logo.png"}]},
			"videos":{"results":[{"site":"YouTube","type":"Trailer","key":"fake_Key-1"},{"site":"YouTube","type":"Trailer","key":"bad key&x=1"},{"site":"Elsewhere","type":"Trailer","key":"x"}]}}`,
		"/3/tv/900100": series + `,"tagline":"","status":"Ended","last_air_date":"2016-01-02","vote_average":8,"vote_count":3,"poster_path":"/lane.jpg","backdrop_path":null,
			"genres":[{"name":"Comedy"}],"networks":[{"name":"Fake Network"}],"production_companies":[{"name":"Fake Pictures"}],"created_by":[{"name":"Di Inventor"}],
			"aggregate_credits":{"cast":[{"name":"Ed Actor","roles":[{"character":"Neighbour"}]}],"crew":[]},
			"external_ids":{"imdb_id":"tt9000100","tvdb_id":990100},"content_ratings":{"results":[{"iso_3166_1":"US","rating":"TV-14"}]},
			"images":{"backdrops":[],"logos":[]},"videos":{"results":[]}}`,
		"/3/tv/900100/season/1": `{"_id":"x","name":"Season One of the Lane","overview":"The first fake season.","air_date":"2015-09-01","poster_path":"/s1.jpg","season_number":1,"episodes":[
			{"id":900111,"episode_number":1,"name":"Moving In","overview":"They move in.","air_date":"2015-09-01","still_path":"/e1.jpg","vote_average":7,"vote_count":1,"crew":[{"name":"Fi Maker","job":"Director"}],"guest_stars":[{"name":"Gil Guest","character":"Postman"}]},
			{"id":900112,"episode_number":2,"name":"Moving Out","overview":"They move out.","air_date":"2015-09-08","still_path":null,"crew":[],"guest_stars":[]},
			{"id":900113,"episode_number":3,"name":"Moving On","overview":"They move on.","air_date":"2015-09-15","still_path":"/e3.jpg","crew":[],"guest_stars":[]}]}`,
	}
}

// TVmaze is a make-believe api.tvmaze.com with one series.
func TVmaze() Pages {
	show := `{"id":800100,"name":"Made-up Lane","status":"Ended","premiered":"2015-09-01","ended":"2016-01-02","genres":["Comedy","Family"],
		"summary":"<p>A <b>fake</b> series &amp; more.</p>","network":{"id":1,"name":"Fake Network"},"webChannel":null,"rating":{"average":7.9},
		"image":{"medium":"https://static.tvmaze.com/m.jpg","original":"https://static.tvmaze.com/o.jpg"},"externals":{"tvrage":null,"thetvdb":990100,"imdb":"tt9000100"}`
	return Pages{
		"/search/shows":                `[{"score":0.9,"show":` + show + `}}]`,
		"/lookup/shows?thetvdb=990100": show + `}`,
		"/shows/800100":                show + `,"_embedded":{"cast":[{"person":{"name":"Ed Actor"},"character":{"name":"Neighbour"}},{"person":{"name":"Ed Actor"},"character":{"name":"Neighbour"}}]}}`,
		"/shows/800100/seasons":        `[{"number":1,"name":"","premiereDate":"2015-09-01","summary":null,"image":{"original":"https://static.tvmaze.com/s1.jpg"}}]`,
		"/shows/800100/episodes": `[{"season":1,"number":1,"name":"Moving In","airdate":"2015-09-01","summary":"<p>They move in.</p>","rating":{"average":null},"image":{"original":"https://static.tvmaze.com/e1.jpg"}},
			{"season":1,"number":2,"name":"Moving Out","airdate":"2015-09-08","summary":"<p>They move out.</p>","rating":{"average":6},"image":null},
			{"season":2,"number":1,"name":"Back","airdate":"2016-01-02","summary":null,"rating":{"average":null},"image":{"original":"https://elsewhere.example/x.jpg"}}]`,
	}
}

// Ids of the make-believe MusicBrainz.
const (
	FakeGroup   = "11111111-aaaa-4aaa-8aaa-000000000001"
	FakeRelease = "11111111-aaaa-4aaa-8aaa-000000000002"
	FakeArtist  = "11111111-aaaa-4aaa-8aaa-000000000003"
)

// MusicBrainz is a make-believe musicbrainz.org with one album and one artist.
func MusicBrainz() Pages {
	credit := `"artist-credit":[{"name":"The Placeholders","joinphrase":"","artist":{"id":"` + FakeArtist + `","name":"The Placeholders"}}]`
	group := `{"id":"` + FakeGroup + `","title":"Lorem & Ipsum","first-release-date":"1987-03","primary-type":"Album",` + credit
	artist := `{"id":"` + FakeArtist + `","name":"The Placeholders","sort-name":"Placeholders, The","type":"Group","disambiguation":"made-up band","life-span":{"begin":"1980","ended":true}`
	return Pages{
		"/ws/2/release-group":              `{"count":1,"offset":0,"release-groups":[` + group + `,"score":100}]}`,
		"/ws/2/release-group/" + FakeGroup: group + `,"genres":[{"name":"filler","count":1},{"name":"jazz","count":9}],"rating":{"value":4.5,"votes-count":2}}`,
		"/ws/2/release/" + FakeRelease:     `{"id":"` + FakeRelease + `","title":"Lorem & Ipsum","release-group":` + group + `}}`,
		"/ws/2/artist":                     `{"count":1,"artists":[` + artist + `,"score":100}]}`,
		"/ws/2/artist/" + FakeArtist:       artist + `,"genres":[{"name":"jazz","count":3}]}`,
	}
}

// CoverArt is a make-believe coverartarchive.org: it redirects to the archive's machines.
func CoverArt() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", "https://archive.org"+r.URL.Path)
		w.WriteHeader(http.StatusTemporaryRedirect)
	})
}

// World are all providers at their real names. TMDB wants the key.
func World(key string) map[string]http.Handler {
	return map[string]http.Handler{
		"api.themoviedb.org": Keyed(key, TMDB()), "image.tmdb.org": Pictures(),
		"api.tvmaze.com": TVmaze(), "static.tvmaze.com": Pictures(),
		"musicbrainz.org": MusicBrainz(), "coverartarchive.org": CoverArt(), "archive.org": Pictures(),
	}
}
