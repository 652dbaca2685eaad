package nfo

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"sett/node/library"
)

func read(t *testing.T, name string) Document {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	d, err := Parse(f)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return d
}

func one(t *testing.T, xml string) Facts {
	t.Helper()
	d, err := Parse(strings.NewReader(xml))
	if err != nil || len(d.Items) != 1 {
		t.Fatalf("%q: %d items, %v", xml, len(d.Items), err)
	}
	return d.Items[0]
}

func TestItReadsEveryFieldOfAFilm(t *testing.T) {
	watched := true
	want := Facts{
		Root: Movie, Title: "The Pier", OriginalTitle: "Der Steg", SortTitle: "Pier 1", Plot: "Boats & gulls été.", Tagline: "Wet.",
		Year: 1999, Premiered: time.Date(1999, 5, 4, 0, 0, 0, 0, time.UTC), Runtime: 95 * time.Minute, Official: "Germany:12",
		Rating: 7.25, Critic: 81, UserRating: 9, Genres: []string{"Drama", "Crime"}, Tags: []string{"sea"}, Studios: []string{"Wharf"},
		Countries: []string{"Germany"},
		People: []Person{
			{Name: "A. Writer", Type: "Writer", Order: -1}, {Name: "B. Writer", Type: "Writer", Order: -1},
			{Name: "C. Director", Type: "Director", Order: -1},
			{Name: "D. Actor", Type: "Actor", Role: "Captain", Order: 0, Thumb: "http://pictures.example/d.jpg"},
			{Name: "E. Guest", Type: "GuestStar", Order: -1},
		},
		Sets:      []Set{{"Pier Collection", "All piers.", "77"}},
		Providers: map[string]string{"Imdb": "tt0054321", "Tmdb": "42", "TmdbCollection": "77"},
		Trailers:  []string{"https://www.youtube.com/watch?v=abc-123"},
		Pictures: []Picture{{Kind: library.Primary, Path: "http://pictures.example/p.jpg"},
			{Kind: library.Backdrop, Path: "http://pictures.example/f.jpg"}, {Kind: library.Logo, Path: "/pictures/logo.png"}},
		Streams: Streams{
			Video:     []StreamInfo{{Codec: "h264", Width: 1920, Height: 1080, Aspect: 1.78, Duration: 95 * time.Minute}},
			Audio:     []StreamInfo{{Codec: "ac3", Language: "ger", Channels: 6}, {Codec: "aac", Language: "eng", Channels: 2}},
			Subtitles: []StreamInfo{{Language: "eng"}},
		},
		Added: time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC), Watched: &watched, PlayCount: 2,
		LastPlayed: time.Date(2021, 2, 11, 7, 47, 23, 0, time.UTC), Resume: 61500 * time.Millisecond,
		Locked: true, LockedFields: []string{"Name", "Overview"},
	}
	got := read(t, "film.nfo")
	if len(got.Items) != 1 || got.Truncated || got.Providers != nil {
		t.Fatalf("got %+v", got)
	}
	if !reflect.DeepEqual(got.Items[0], want) {
		t.Errorf(" got %+v\nwant %+v", got.Items[0], want)
	}
}

func TestItReadsASeries(t *testing.T) {
	f := read(t, "show.nfo").Items[0]
	if f.Season != 0 || f.Episode != 0 {
		t.Error("a series' counts of seasons and episodes are taken for numbers")
	}
	if !reflect.DeepEqual(f.Providers, map[string]string{"Imdb": "tt0099999", "Tmdb": "7", "Tvdb": "1234"}) {
		t.Errorf("ids: %v", f.Providers)
	}
	if !reflect.DeepEqual(f.SeasonNames, map[int]string{1: "Arrivals", 2: "Departures"}) {
		t.Errorf("season names: %v", f.SeasonNames)
	}
	if len(f.Pictures) != 1 || f.Pictures[0].Season != library.Num(2) {
		t.Errorf("pictures: %v", f.Pictures)
	}
	if f.Status != "Ended" || f.Year != 2010 || f.Ended.Year() != 2013 || f.DisplayOrder != "dvd" || f.AirTime != "9 PM" || len(f.AirDays) != 1 {
		t.Errorf("got %+v", f)
	}
}

func TestEpisodesOfOneFileComeInOrderEvenWhenLeftOpen(t *testing.T) {
	d := read(t, "episodes.nfo")
	if len(d.Items) != 3 {
		t.Fatalf("got %d episodes", len(d.Items))
	}
	for i, title := range []string{"One", "Two", "Three"} {
		f := d.Items[i]
		if f.Title != title || f.Season != library.Num(1) || f.Episode != library.Num(i+1) {
			t.Errorf("got %+v", f)
		}
	}
	if d.Items[1].DisplaySeason != 0 || d.Items[1].AirsBeforeSeason != library.Num(2) {
		t.Errorf("got %+v", d.Items[1])
	}
	if d.Items[0].Rating != 8 || d.Items[0].Providers["Tvdb"] != "555" {
		t.Errorf("got %+v", d.Items[0])
	}
}

func TestItMakesTheBestOfBrokenMarkup(t *testing.T) {
	f := read(t, "soup.nfo").Items[0]
	want := Facts{
		Root: Movie, Title: "Fish & Chips", Plot: "Salt and vinegar.\n5 < 6 &nosuch; &", Year: 1984, Genres: []string{"Food"}, Rating: 7.5,
		People:  []Person{{Name: "R & D <x>", Type: "Director", Order: -1}, {Name: "Cook", Role: "Self", Type: "Actor", Order: -1}},
		Studios: []string{"Chippy"}, Providers: map[string]string{"Imdb": "tt7654321"},
	}
	if !reflect.DeepEqual(f, want) {
		t.Errorf(" got %+v\nwant %+v", f, want)
	}
}

func TestDeclaredEntitiesAreNeverExpanded(t *testing.T) {
	if got := read(t, "bomb.nfo").Items[0].Title; got != "Bomb &c; &x;" {
		t.Errorf("got the title %q", got)
	}
}

func TestItReadsFilesOfURLs(t *testing.T) {
	d := read(t, "urls.nfo")
	if len(d.Items) != 0 || !reflect.DeepEqual(d.Providers, map[string]string{"Tmdb": "30287", "Imdb": "tt0012345"}) {
		t.Errorf("got %+v", d)
	}
	for in, want := range map[string]string{
		"https://www.themoviedb.org/tv/1399-x": "Tmdb 1399", "www.imdb.com/title/tt0099999/": "Imdb tt0099999", "tt0099999": "Imdb tt0099999",
		"https://thetvdb.com/series/81189": "Tvdb 81189", "http://thetvdb.com/?tab=series&id=79168": "Tvdb 79168",
		"https://www.tvmaze.com/shows/82/x": "TvMaze 82", "https://anidb.net/anime/23": "AniDB 23",
		"https://musicbrainz.org/release/aa-bb": "MusicBrainzAlbum aa-bb", "see https://m.imdb.com/title/tt0000077.": "",
	} {
		d, err := Parse(strings.NewReader(in))
		var got string
		for k, v := range d.Providers {
			got = k + " " + v
		}
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: got %q %v, want %q", in, got, err, want)
		}
	}
}

func TestItReadsEveryEncodingToolsWrite(t *testing.T) {
	f := read(t, "latin1.nfo").Items[0]
	if f.Title != "Björk" || f.Plot != "Fräulein – Straße" || f.Providers["MusicBrainzArtist"] == "" || f.Year != 1993 {
		t.Errorf("latin-1: got %+v", f)
	}
	for _, name := range []string{"utf16.nfo", "mislabelled.nfo"} {
		f := read(t, name).Items[0]
		wantTracks := []Track{{1, "Tide", 185 * time.Second}, {2, "Ebb", 0}}
		if f.Title != "Łódź 🎹" || !slices.Equal(f.Artists, []string{"A", "B"}) || !slices.Equal(f.AlbumArtists, []string{"A"}) ||
			f.Plot != "Good." || !slices.Equal(f.Studios, []string{"Quay"}) || !slices.Equal(f.Tracks, wantTracks) {
			t.Errorf("%s: got %+v", name, f)
		}
	}
	if f := read(t, "cyrillic.nfo").Items[0]; f.Title != "Сезон 2" || f.Season != library.Num(2) {
		t.Errorf("windows-1251: got %+v", f)
	}
	for _, enc := range []string{"utf-16", "UTF-8", "nonsense", ""} {
		if f := one(t, `<?xml version="1.0" encoding="`+enc+`"?><movie><title>Żółw</title></movie>`); f.Title != "Żółw" {
			t.Errorf("utf-8 declared as %q: got %q", enc, f.Title)
		}
	}
	if f := one(t, "<movie><title>Caf\xe9</title></movie>"); f.Title != "Café" {
		t.Errorf("undeclared latin-1: got %q", f.Title)
	}
}

func TestItReadsValuesInEveryForm(t *testing.T) {
	for in, want := range map[string]time.Duration{"120": 2 * time.Hour, "95 min": 95 * time.Minute, "1h 35m": 95 * time.Minute, "1:35:00": 95 * time.Minute,
		"90.5": 90*time.Minute + 30*time.Second, "": 0, "-5": 5 * time.Minute, "x": 0, "99999999999": 0} {
		if got := minutes(in); got != want {
			t.Errorf("runtime %q: got %v, want %v", in, got, want)
		}
	}
	for in, want := range map[string]float32{"7,5": 7.5, "7.5": 7.5, "75": 7.5, "7.5/10": 7.5, "4/5": 8, "-1": 0, "NaN": 0, "1e99": 0, "": 0} {
		if got := one(t, "<movie><title>x</title><rating>"+in+"</rating></movie>").Rating; got != want {
			t.Errorf("rating %q: got %v, want %v", in, got, want)
		}
	}
	for _, in := range []string{"2004-07-16", "16.07.2004", "2004/07/16", "2004-07-16T00:00:00Z", "July 16, 2004", "20040716"} {
		if got := one(t, "<episodedetails><aired>"+in+"</aired></episodedetails>").Premiered; !got.Equal(time.Date(2004, 7, 16, 0, 0, 0, 0, time.UTC)) {
			t.Errorf("date %q: got %v", in, got)
		}
	}
	f := one(t, `<movie><title>a</title><title/><title>b</title><set>Plain</set><id>123</id><imdbId>nonsense</imdbId><tmdbId>5</tmdbId>
		<rating max="100">80</rating><trailer>plugin://evil/?x</trailer><trailer>https://v.example/t</trailer><watched>false</watched></movie>`)
	if f.Title != "b" || len(f.Sets) != 1 || f.Sets[0].Name != "Plain" || !reflect.DeepEqual(f.Providers, map[string]string{"Tmdb": "5"}) ||
		f.Rating != 8 || !slices.Equal(f.Trailers, []string{"https://v.example/t"}) || f.Watched == nil || *f.Watched {
		t.Errorf("got %+v", f)
	}
}

func TestAFileCutAnywhereStillGivesWhatItHolds(t *testing.T) {
	whole, err := os.ReadFile("testdata/film.nfo")
	if err != nil {
		t.Fatal(err)
	}
	titleEnd := bytes.Index(whole, []byte("</title>"))
	for n := range whole {
		d, err := Parse(bytes.NewReader(whole[:n]))
		if n > titleEnd && (err != nil || len(d.Items) != 1 || d.Items[0].Title != "The Pier") {
			t.Fatalf("cut at %d: %+v, %v", n, d, err)
		}
	}
}

func TestAReaderThatBreaksOffStillGivesWhatWasRead(t *testing.T) {
	broken := errors.New("cable pulled")
	d, err := Parse(io.MultiReader(strings.NewReader("<movie><title>Half</title><plot>…"), iotest.ErrReader(broken)))
	if !errors.Is(err, broken) || len(d.Items) != 1 || d.Items[0].Title != "Half" {
		t.Errorf("got %+v, %v", d, err)
	}
}

func TestWhatSaysNothingIsAnError(t *testing.T) {
	for _, in := range []string{"", "   \n", "hello", "<html><body>x</body></html>", "\x00\x01\x02", "https://example.org/x"} {
		if d, err := Parse(strings.NewReader(in)); !errors.Is(err, ErrNothing) {
			t.Errorf("%q: got %+v, %v", in, d, err)
		}
	}
}

func TestHugeFilesAreReadWithBoundedMemory(t *testing.T) {
	big := map[string]string{
		"ten megabytes of text":  "<movie><title>Big</title><plot>" + strings.Repeat("word ", 2<<20) + "</plot></movie>",
		"very many actors":       "<movie><title>Big</title>" + strings.Repeat("<actor><name>N</name><role>&#65;</role></actor>", 60_000),
		"very many open tags":    "<movie><title>Big</title>" + strings.Repeat("<a><b>", 300_000),
		"nothing but brackets":   "<movie><title>Big</title><plot>" + strings.Repeat("<", 2<<20),
		"nothing but ampersands": "<movie><title>Big</title><plot>" + strings.Repeat("&", 10<<20),
		"beyond the limit":       "<movie><title>Big</title>" + strings.Repeat(" ", MaxSize),
	}
	for what, in := range big {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		began := time.Now()
		d, err := Parse(strings.NewReader(in))
		took := time.Since(began)
		runtime.GC()
		runtime.ReadMemStats(&after)
		if err != nil || len(d.Items) != 1 || d.Items[0].Title != "Big" {
			t.Fatalf("%s: %d items, %v", what, len(d.Items), err)
		}
		if kept := int64(after.HeapAlloc) - int64(before.HeapAlloc); kept > 2<<20 {
			t.Errorf("%s: %d bytes kept", what, kept)
		}
		if took > 10*time.Second {
			t.Errorf("%s: took %v", what, took)
		}
		if d.Truncated != (len(in) > MaxSize) {
			t.Errorf("%s: truncated is %v", what, d.Truncated)
		}
		runtime.KeepAlive(d)
	}
}

// FuzzAnyBytesAreRead looks for crashes, texts that are no UTF-8 and values out of
// their range.
func FuzzAnyBytesAreRead(f *testing.F) {
	names, err := filepath.Glob("testdata/*.nfo")
	if err != nil || len(names) == 0 {
		f.Fatal("no testdata", err)
	}
	for _, n := range names {
		b, err := os.ReadFile(n)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	for _, s := range []string{"<", "<movie", "<movie a=", "<![CDATA[", "<!DOCTYPE [", "<!--", "&#x110000;", "\xff\xfe<", "<movie/>", "</movie>", "<movie><set><movie>"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := Parse(bytes.NewReader(b))
		if err != nil && !errors.Is(err, ErrNothing) {
			t.Fatal(err)
		}
		for _, it := range d.Items {
			if it.Rating < 0 || it.Rating > 10 || it.Critic < 0 || it.Critic > 100 || it.Runtime < 0 || it.Year < 0 {
				t.Errorf("out of range: %+v", it)
			}
			for _, s := range append([]string{it.Title, it.Plot, it.Album}, it.Genres...) {
				if strings.ToValidUTF8(s, "") != s || strings.ContainsRune(s, 0) {
					t.Errorf("no clean text: %q", s)
				}
			}
		}
	})
}
