package jellyfin

import (
	"encoding/json"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"sett/node/library"
	"sett/node/metadata"
	"sett/node/metadata/fetch/fetchtest"
	"sett/node/store"
)

const factsKey = "fake.key.of-a-test"

// withFacts gives a lab a store that lays facts over items, and providers of a
// make-believe internet. The film is one that they know.
func withFacts(t *testing.T, enabled ...string) (*lab, *fetchtest.Internet) {
	t.Helper()
	dir := t.TempDir()
	l := newLabWith(t, func(o *store.Options) { o.Overlay = metadata.Overlay(metadata.PicturesIn(dir)) })
	world := fetchtest.New(t, fetchtest.World(factsKey))
	l.UploadDir = t.TempDir()
	l.Facts = metadata.New(metadata.Options{
		Store: l.Store, CacheDir: dir, Dial: world.Dial, RootCAs: world.RootCAs, Log: l.Log,
		Providers: metadata.Providers{Enabled: enabled, TMDBKey: func() string { return factsKey }},
	})
	return l, world
}

func (l *lab) array(method, path, token, body string) []map[string]any {
	l.t.Helper()
	w := l.call(method, path, token, body)
	var v []map[string]any
	if w.Code != 200 || json.Unmarshal(w.Body.Bytes(), &v) != nil || v == nil {
		l.t.Fatalf("%s %s: %d %.300s", method, path, w.Code, w.Body)
	}
	return v
}

func TestTheOwnerSaysWhichThingAnItemIs(t *testing.T) {
	l, _ := withFacts(t, "tmdb", "tvmaze")
	body := `{"SearchInfo":{"Name":"The Glass Harbour","Year":"2011","ProviderIds":{"Imdb":"","Tmdb":null}},"ItemId":"` + l.film.String() + `","IncludeDisabledProviders":true}`
	l.does(403, "POST", "/Items/RemoteSearch/Movie", l.member, body)
	found := l.array("POST", "/Items/RemoteSearch/Movie", l.owner, body)
	if len(found) != 2 {
		t.Fatalf("found %v", found)
	}
	first := found[0]
	if first["Name"] != "The Glass Harbour" || first["ProductionYear"] != 2011.0 || first["SearchProviderName"] != "TMDB" || first["ImageUrl"] != "https://image.tmdb.org/t/p/w342/poster.jpg" || first["Overview"] == nil ||
		first["ProviderIds"].(map[string]any)["Tmdb"] != "900001" || first["Artists"] == nil {
		t.Errorf("the first is %v", first)
	}
	sent, _ := json.Marshal(first)
	path := "/Items/RemoteSearch/Apply/" + l.film.String()
	l.does(403, "POST", path, l.member, string(sent))
	l.does(204, "POST", path, l.owner, string(sent))
	it := l.json("/Items/"+l.film.String(), l.member)
	if it["Name"] != "The Glass Harbour" || it["ProductionYear"] != 2011.0 || it["Overview"] != "A fake film about a harbour." || it["ProviderIds"].(map[string]any)["Imdb"] != "tt9000001" {
		t.Errorf("the item is %v", it)
	}
	for want, bad := range map[string]int{`{}`: 400, `{"ProviderIds":{"Tmdb":"404"},"SearchProviderName":"TMDB"}`: 404, `{"ProviderIds":{"Imdb":"tt404"}}`: 404, `[]`: 400} {
		l.does(bad, "POST", path, l.owner, want)
	}
	l.does(404, "POST", "/Items/RemoteSearch/Apply/"+library.NewID("nothing").String(), l.owner, string(sent))
}

func TestAnItemIsFoundByAnotherDatabasesID(t *testing.T) {
	l, _ := withFacts(t, "tmdb")
	l.does(204, "POST", "/Items/RemoteSearch/Apply/"+l.film.String(), l.owner, `{"ProviderIds":{"Imdb":"tt9000001"}}`)
	if it := l.json("/Items/"+l.film.String(), l.member); it["Name"] != "The Glass Harbour" {
		t.Errorf("it is %v", it["Name"])
	}
}

func TestASearchNeedsNoItemAndMayNameItsProvider(t *testing.T) {
	l, _ := withFacts(t, "tmdb", "tvmaze", "musicbrainz")
	series := func(provider string) (names []string) {
		for _, r := range l.array("POST", "/Items/RemoteSearch/Series", l.owner, `{"SearchInfo":{"Name":"Made-up Lane"},"SearchProviderName":"`+provider+`"}`) {
			names = append(names, r["SearchProviderName"].(string))
			if u, _ := r["ImageUrl"].(string); r["SearchProviderName"] == "TVmaze" && u != "https://static.tvmaze.com/m.jpg" {
				t.Errorf("its picture is %q", u)
			}
		}
		return names
	}
	if got := series(""); !slices.Equal(got, []string{"TMDB", "TVmaze"}) {
		t.Errorf("by all: %v", got)
	}
	if got := series("tvmaze"); !slices.Equal(got, []string{"TVmaze"}) {
		t.Errorf("by one: %v", got)
	}
	album := l.array("POST", "/Items/RemoteSearch/MusicAlbum", l.owner, `{"SearchInfo":{"Name":"Lorem and Ipsum","AlbumArtists":["The Placeholders"]}}`)
	if len(album) != 1 || album[0]["AlbumArtist"].(map[string]any)["Name"] != "The Placeholders" || album[0]["ProviderIds"].(map[string]any)["MusicBrainzReleaseGroup"] != fetchtest.FakeGroup {
		t.Errorf("the album is %v", album)
	}
	l.does(400, "POST", "/Items/RemoteSearch/Movie", l.owner, `{"SearchInfo":{"Name":"`+strings.Repeat("x", 600)+`"}}`)
	l.does(404, "POST", "/Items/RemoteSearch/Movie", l.owner, `{"ItemId":"`+library.NewID("nothing").String()+`"}`)
}

func TestWithoutProvidersSearchesAreEmptyAndNothingIsDialled(t *testing.T) {
	none, world := withFacts(t)
	for name, l := range map[string]*lab{"no fetcher": newLab(t), "no provider": none} {
		for _, kind := range []string{"Movie", "Series", "Person", "MusicAlbum", "MusicArtist", "MusicVideo", "Trailer", "Book", "BoxSet"} {
			if got := l.array("POST", "/Items/RemoteSearch/"+kind, l.owner, `{"SearchInfo":{"Name":"x"},"ItemId":"`+l.film.String()+`"}`); len(got) > 0 {
				t.Errorf("%s, %s: %v", name, kind, got)
			}
		}
		item := "/Items/" + l.film.String()
		if got := l.json(item+"/RemoteImages", l.owner); got["TotalRecordCount"] != 0.0 || len(got["Images"].([]any))+len(got["Providers"].([]any)) > 0 {
			t.Errorf("%s: pictures %v", name, got)
		}
		if got := l.array("GET", item+"/RemoteImages/Providers", l.owner, ""); len(got) > 0 {
			t.Errorf("%s: providers %v", name, got)
		}
		l.does(503, "POST", "/Items/RemoteSearch/Apply/"+l.film.String(), l.owner, `{"ProviderIds":{"Tmdb":"1"},"SearchProviderName":"TMDB"}`)
		l.does(503, "POST", item+"/RemoteImages/Download?type=Primary&imageUrl=https%3A%2F%2Fimage.tmdb.org%2Fx.jpg", l.owner, "")
	}
	if d := world.Dialed(); len(d) > 0 {
		t.Errorf("dialled %v", d)
	}
}

func TestALockedItemIsNotIdentified(t *testing.T) {
	l, _ := withFacts(t, "tmdb")
	l.does(204, "POST", "/Items/"+l.film.String(), l.owner, `{"LockData":true}`)
	l.does(400, "POST", "/Items/RemoteSearch/Apply/"+l.film.String(), l.owner, `{"ProviderIds":{"Tmdb":"900001"},"SearchProviderName":"TMDB"}`)
	if it := l.json("/Items/"+l.film.String()+"?fields=Settings", l.owner); it["Name"] != "A & B <Film>" || it["LockData"] != true {
		t.Errorf("it is %v", it)
	}
}

func TestTheOwnerPicksAPictureOfAProvider(t *testing.T) {
	l, world := withFacts(t, "tmdb")
	item := "/Items/" + l.film.String()
	sent := `{"ProviderIds":{"Tmdb":"900001"},"SearchProviderName":"TMDB"}`
	l.does(204, "POST", "/Items/RemoteSearch/Apply/"+l.film.String(), l.owner, sent)
	l.does(403, "GET", item+"/RemoteImages", l.member, "")
	providers := l.array("GET", item+"/RemoteImages/Providers", l.owner, "")
	if len(providers) != 1 || providers[0]["Name"] != "TMDB" || len(providers[0]["SupportedImages"].([]any)) != 3 {
		t.Errorf("providers %v", providers)
	}
	all := l.json(item+"/RemoteImages", l.owner)
	page := l.json(item+"/RemoteImages?type=backdrop&startIndex=1&limit=5&providerName=TMDB", l.owner)
	if all["TotalRecordCount"] != 4.0 || page["TotalRecordCount"] != 2.0 || len(page["Images"].([]any)) != 1 {
		t.Fatalf("all %v, backdrops %v", all, page)
	}
	poster := l.json(item+"/RemoteImages?type=Primary", l.owner)["Images"].([]any)[0].(map[string]any)
	lacks(t, "a picture", poster, []string{"ProviderName", "Url", "Type", "RatingType"})
	download := func(u string) string {
		return item + "/RemoteImages/Download?type=Primary&imageUrl=" + url.QueryEscape(u)
	}
	l.does(403, "POST", download(poster["Url"].(string)), l.member, "")
	before := len(world.Asked())
	for _, bad := range []string{"http://127.0.0.1:1/x.jpg", "https://image.tmdb.org/t/p/w780/other.jpg", "file:///etc/passwd"} {
		l.does(404, "POST", download(bad), l.owner, "")
	}
	l.does(400, "POST", download(""), l.owner, "")
	l.does(400, "POST", item+"/RemoteImages/Download?type=Chapter&imageUrl=x", l.owner, "")
	if asked := world.Asked()[before:]; len(asked) > 0 {
		t.Errorf("asked %v", asked)
	}
	l.does(204, "POST", download(poster["Url"].(string)), l.owner, "")
	e := l.Store.Edited(l.film)
	if len(e.Images) != 1 || e.Images[0].Kind != library.Primary || e.Images[0].Width != 20 {
		t.Fatalf("the edit is %+v", e)
	}
	if w := l.call("GET", item+"/Images/Primary", l.member, ""); w.Code != 200 {
		t.Errorf("the picture: %d", w.Code)
	}
	l.does(204, "POST", "/Items/RemoteSearch/Apply/"+l.film.String(), l.owner, sent) // says nothing of pictures
	if len(l.Store.Edited(l.film).Images) != 1 {
		t.Error("the owner's picture went unasked")
	}
	l.does(204, "POST", "/Items/RemoteSearch/Apply/"+l.film.String()+"?replaceAllImages=true", l.owner, sent)
	if files, _ := os.ReadDir(l.UploadDir); len(files) != 0 || len(l.Store.Edited(l.film).Images) != 0 {
		t.Errorf("the owner's picture stayed: %v", files)
	}
}

func TestExternalIDsHaveTheTypesThatClientsKnow(t *testing.T) {
	known := []string{"Album", "AlbumArtist", "Artist", "BoxSet", "Episode", "Movie", "OtherArtist", "Person", "ReleaseGroup", "Season", "Series", "Track", "Book", "Recording"}
	if len(externalIDs(library.Season)) == 0 || len(externalIDs(library.Folder)) != 0 {
		t.Error("a season has ids elsewhere, a folder none")
	}
	for k := library.KindUnknown + 1; k.String() != ""; k++ {
		for _, id := range externalIDs(k) {
			if !slices.Contains(known, id.Type) || id.Name == "" || id.Key == "" {
				t.Errorf("%s: %+v", k, id)
			}
		}
	}
	l := newLab(t)
	path := "/Items/" + l.film.String() + "/ExternalIdInfos"
	l.does(403, "GET", path, l.member, "")
	if got := l.array("GET", path, l.owner, ""); len(got) != 2 || got[0]["Key"] != "Imdb" || got[0]["Type"] != "Movie" {
		t.Errorf("of a film: %v", got)
	}
}

func TestEverybodySeesWhatProvidersWantSaid(t *testing.T) {
	l := newLab(t)
	l.does(401, "GET", "/Sett/Attributions", "", "")
	got := l.array("GET", "/Sett/Attributions", l.member, "")
	if len(got) != 3 {
		t.Fatalf("%v", got)
	}
	for _, a := range got {
		lacks(t, "an attribution", a, []string{"Name", "Text", "Url"})
	}
}
