package jellyfin

import (
	"compress/gzip"
	"io"
	"net/url"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"sett/node/library"
)

func TestEveryParameterIsReadInOnePlaceOrIgnoredForAReason(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range append(slices.Clone(itemParams), listParams()...) {
		n := 0
		for _, there := range []bool{p.Read != nil, p.Where != "", p.Ignored != ""} {
			if there {
				n++
			}
		}
		if n != 1 || seen[strings.ToLower(p.Name)] {
			t.Errorf("%s: %d fates, or a second row", p.Name, n)
		}
		seen[strings.ToLower(p.Name)] = true
	}
}

// Each parameter that is read into a query changes it.
func TestEveryParameterThatIsReadChangesTheQuery(t *testing.T) {
	values := []string{"true", "false", "7", "Movie", "Photo", "x", "Offline", "DE-16", "2020-01-01T00:00:00Z", library.NewID("x").String(), "IsPlayed", "SortName", "Primary", "FileSystem"}
	for _, p := range itemParams {
		if p.Read == nil {
			continue
		}
		changed := slices.ContainsFunc(values, func(v string) bool {
			q := library.Query{}
			p.Read(readParams(url.Values{p.Name: {v}}.Encode()), &q)
			return !reflect.DeepEqual(q, library.Query{})
		})
		if !changed {
			t.Errorf("%s changes nothing", p.Name)
		}
	}
}

// The lists of the API's document that are read by itemQuery or by handlers named in the
// tables.
var listPaths = []string{
	"/Items", "/UserItems/Resume", "/Items/Latest", "/Items/Suggestions", "/Shows/NextUp", "/Shows/{seriesId}/Episodes", "/Shows/{seriesId}/Seasons",
	"/Shows/Upcoming", "/Genres", "/Studios", "/Persons", "/Years", "/Artists", "/Artists/AlbumArtists", "/Items/Filters", "/Items/Filters2", "/Search/Hints",
	"/Items/{itemId}/Similar", "/Items/{itemId}/Collections", "/Trailers", "/Movies/Recommendations", "/UserViews", "/Items/Counts", "/Playlists/{playlistId}/Items",
}

func TestTheTablesNameEveryParameterOfTheDocument(t *testing.T) {
	path := os.Getenv("OPENAPI_SPEC")
	if path == "" {
		t.Skip("OPENAPI_SPEC names no document to compare with")
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(path, ".gz") {
		if r, err = gzip.NewReader(f); err != nil {
			t.Fatal(err)
		}
	}
	var doc struct {
		Paths map[string]map[string]struct {
			Parameters []struct{ Name string }
		}
	}
	if err := yaml.NewDecoder(r).Decode(&doc); err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, p := range append(slices.Clone(itemParams), listParams()...) {
		known[strings.ToLower(p.Name)] = true
	}
	for _, path := range listPaths {
		get, ok := doc.Paths[path]["get"]
		if !ok || len(get.Parameters) == 0 {
			t.Errorf("the document has no list %s", path)
		}
		for _, p := range get.Parameters {
			if !known[strings.ToLower(p.Name)] {
				t.Errorf("%s: %s is in no table", path, p.Name)
			}
		}
	}
}

func TestListsHonourWhatClientsAskFor(t *testing.T) {
	l := newLab(t)
	for query, want := range map[string]string{
		"includeItemTypes=Movie,Episode&sortBy=SortName":                   "One,A & B <Film>",
		"includeItemTypes=Movie,Episode&audioLanguages=eng":                "",
		"includeItemTypes=Movie,Episode&subtitleLanguages=ENG&sortBy=Name": "A & B <Film>,One",
		"isMovie=true":                   "A & B <Film>",
		"isSeries=true":                  "A Series",
		"isMovie=false&mediaTypes=Video": "One",
		"mediaTypes=Video&minWidth=1900&maxHeight=1080&isMovie=true": "A & B <Film>",
		"minWidth=2000":                             "",
		"imageTypes=Backdrop":                       "A Series",
		"isMissing=true":                            "",
		"isUnaired=true":                            "",
		"excludeLocationTypes=FileSystem":           "",
		"excludeLocationTypes=Virtual&isMovie=true": "A & B <Film>",
		"hasTmdbId=true":                            "",
		"hasTmdbId=false&isMovie=true":              "A & B <Film>",
		"videoTypes=Iso":                            "",
		"videoTypes=VideoFile&sortBy=Name":          "A & B <Film>,One",
		"isLocked=true":                             "",
		"hasOfficialRating=true":                    "",
		"maxOfficialRating=PG":                      "",
		"minDateLastSaved=2100-01-01T00:00:00Z":     "",
		"hasThemeSong=true":                         "",
		"includeItemTypes=Movie,Episode&sortBy=Name&adjacentTo=" + l.episode.String(): "A & B <Film>,One",
	} {
		if got := itemNames(l.json("/Items?recursive=true&"+query, l.member)); got != want {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
	series := library.NewID("series").String()
	for path, want := range map[string]string{
		"/Persons?appearsInItemId=" + l.film.String():         "Somebody",
		"/Persons?appearsInItemId=" + l.episode.String():      "",
		"/Persons?excludePersonTypes=Actor":                   "",
		"/Persons?excludePersonTypes=Director":                "Somebody",
		"/Shows/" + series + "/Seasons?isSpecialSeason=true":  "",
		"/Shows/" + series + "/Seasons?isSpecialSeason=false": "Season 1",
		"/Trailers": "",
	} {
		if got := itemNames(l.json(path, l.member)); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
	l.does(200, "POST", "/UserPlayedItems/"+l.film.String(), l.member, "")
	if w := l.call("GET", "/Items/Latest", l.member, ""); strings.Contains(w.Body.String(), l.film.String()) {
		t.Error("what was played is among the latest, though the person does not want it there")
	}
	l.does(204, "POST", "/Users/Configuration", l.member, `{"MyMediaExcludes":["`+library.NewID("films").String()+`"]}`)
	if got := itemNames(l.json("/UserViews", l.member)); got != "Shows" {
		t.Errorf("views %s", got)
	}
	l.does(204, "POST", "/Users/Configuration", l.member, `{"OrderedViews":["`+library.NewID("shows").String()+`"]}`)
	if got := itemNames(l.json("/UserViews", l.member)); got != "Shows,Films" {
		t.Errorf("views %s", got)
	}
	l.does(200, "GET", "/Movies/Recommendations", l.member, "")
}
