package jellyfin

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sett/node/account"
	"sett/node/library"
)

// family adds to the lab what somebody may not see: a film for adults with files that are
// there, a show that hands its rating on, lists of people, and everybody's rights.
type family struct {
	*lab
	people map[string]string // name → token
	ids    map[string]library.ID
}

func newFamily(t *testing.T) *family {
	t.Helper()
	l := newLab(t)
	f := &family{lab: l, people: map[string]string{"owner": l.owner}, ids: map[string]library.ID{"film": l.film, "episode": l.episode}}
	dir := t.TempDir()
	film := filepath.Join(dir, "Adult.mkv")
	if err := os.WriteFile(film, []byte("not really a film"), 0o600); err != nil {
		t.Fatal(err)
	}
	sub := filepath.Join(dir, "Adult.srt")
	if err := os.WriteFile(sub, []byte("1\n00:00:01,000 --> 00:00:02,000\nHello\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	films := library.NewID("films")
	adult, saw := library.NewID("adult"), library.NewID("saw")
	src := []library.Source{{ID: adult, Path: film, Container: "mkv", Runtime: library.TicksOf(7200e9), Streams: []library.Stream{
		{Index: 0, Kind: library.StreamVideo, Codec: "h264"}, {Index: 1, Kind: library.StreamAudio, Codec: "aac"},
		{Index: 2, Kind: library.StreamSubtitle, Codec: "subrip", External: true, Path: sub}}}}
	err := l.Store.Apply(l.ctx,
		library.Put(&library.Item{ID: adult, Kind: library.Movie, Library: films, Parent: films, Name: "Forbidden Zone", OfficialRating: "DE-18", Year: 1980, Path: film,
			Tags: []string{"gore"}, Genres: []string{"Splatter"}, Studios: []string{"Grim"}, People: []library.Credit{{Name: "Forbidden Actor", Type: "Actor"}}, Sources: src,
			Images: []library.Image{{Kind: library.Primary, Path: filepath.Join(dir, "p.jpg"), Tag: "t"}}}),
		library.Put(&library.Item{ID: saw, Kind: library.BoxSet, Name: "Forbidden Set", Members: []library.Member{{Item: adult}}}),
	)
	if err != nil {
		t.Fatal(err)
	}
	f.ids["adult"], f.ids["set"] = adult, saw
	f.person("child", func(u *account.User) { u.MaxRating = new(int); *u.MaxRating = 12 })
	f.person("squeamish", func(u *account.User) { u.BlockedTags = []string{"GORE"} })
	f.person("shows only", func(u *account.User) { u.Libraries = []library.ID{library.NewID("shows")} })
	f.person("kept away", func(u *account.User) { u.HiddenItems = []library.ID{adult} })
	f.person("tagged only", func(u *account.User) { u.AllowedTags = []string{"nice"} })
	f.person("grown-up", func(u *account.User) { u.Downloads = true })
	return f
}

func (f *family) person(name string, change func(*account.User)) {
	f.t.Helper()
	tok, id := f.join(name, false)
	if _, err := f.Accounts.Update(f.ctx, id, func(u *account.User) error { u.Downloads = true; change(u); return nil }); err != nil {
		f.t.Fatal(err)
	}
	f.people[name] = tok
}

// Every way to one item: who may not know of it gets 404 everywhere, who may gets
// anything but that.
func TestWhoMayNotSeeAnItemFindsNoWayToIt(t *testing.T) {
	f := newFamily(t)
	id := f.ids["adult"].String()
	ways := []string{
		"GET /Items/ID", "GET /Users/ME/Items/ID", "GET /Items/ID/PlaybackInfo", "POST /Items/ID/PlaybackInfo", "GET /Items/ID/Similar", "GET /Items/ID/Ancestors",
		"GET /Items/ID/ThemeMedia", "GET /Items/ID/Intros", "GET /Items/ID/SpecialFeatures", "GET /Items/ID/LocalTrailers", "GET /Items/ID/Collections",
		"GET /Videos/ID/stream?static=true", "GET /Videos/ID/stream.mkv?static=true", "GET /Items/ID/File", "GET /Items/ID/Download",
		"GET /Videos/ID/ID/Subtitles/2/0/Stream.vtt", "GET /Videos/ID/ID/Subtitles/2/Stream.srt", "GET /Videos/ID/AdditionalParts", "GET /MediaSegments/ID",
		"GET /UserItems/ID/UserData", "POST /UserItems/ID/UserData", "POST /UserPlayedItems/ID", "DELETE /UserPlayedItems/ID", "POST /UserFavoriteItems/ID", "DELETE /UserFavoriteItems/ID",
		"POST /UserItems/ID/Rating?likes=true", "GET /Videos/ID/master.m3u8?videoCodec=h264", "GET /Videos/ID/main.m3u8?videoCodec=h264",
	}
	hidden := []string{ // these answer 404 to both, since the lab has no such picture or part, but never anything else
		"GET /Items/ID/Images/Primary", "GET /Items/ID/Images/Primary/0", "GET /Videos/ID/ID/Attachments/0",
	}
	for name, token := range f.people {
		sees := name == "owner" || name == "grown-up"
		me, _ := f.Accounts.UserByName(name)
		for _, way := range append(ways, hidden...) {
			method, path, _ := strings.Cut(strings.NewReplacer("ID", id, "ME", me.ID.String()).Replace(way), " ")
			w := f.call(method, path, token, "{}")
			if !sees && w.Code != http.StatusNotFound {
				t.Errorf("%s: %s: %d, want 404", name, way, w.Code)
			}
			if sees && w.Code == http.StatusNotFound && !contains(hidden, way) {
				t.Errorf("%s: %s: 404", name, way)
			}
		}
		if w := f.call("GET", "/Items/"+f.ids["set"].String(), token, ""); (w.Code == 200) != sees {
			t.Errorf("%s: the collection: %d", name, w.Code)
		}
	}
}

func contains(list []string, s string) bool {
	for _, l := range list {
		if l == s {
			return true
		}
	}
	return false
}

// Every list: the name of what somebody may not see is in none of them.
func TestWhoMayNotSeeAnItemReadsItsNameNowhere(t *testing.T) {
	f := newFamily(t)
	for _, name := range []string{"child", "squeamish", "shows only", "kept away", "tagged only", "grown-up"} { // as if they had played it before
		u, _ := f.Accounts.UserByName(name)
		_, err := f.Store.UpdateUserData(f.ctx, u.ID, f.ids["adult"], func(d library.UserData) library.UserData {
			d.Position, d.Favorite = library.TicksOf(3600e9), true
			return d
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	id := f.ids["adult"].String()
	lists := []string{
		"/Items?recursive=true", "/Items?recursive=true&searchTerm=forbidden", "/Items?ids=" + id, "/Items?recursive=true&isFavorite=true", "/Items?recursive=true&includeItemTypes=Movie,BoxSet",
		"/Items?recursive=true&filters=IsResumable", "/Items?recursive=true&person=Forbidden%20Actor", "/Items?recursive=true&genres=Splatter", "/Items?recursive=true&studios=Grim",
		"/Items?recursive=true&officialRatings=DE-18", "/Items?recursive=true&years=1980", "/Items?parentId=" + library.NewID("films").String(),
		"/Items?parentId=" + library.EntityID(library.Genre, "Splatter").String(), "/Items?parentId=" + f.ids["set"].String(), "/Items?recursive=true&collapseBoxSetItems=true",
		"/Items/Latest", "/UserItems/Resume", "/Items/Suggestions", "/Search/Hints?searchTerm=forbidden", "/Genres", "/Studios", "/Persons", "/Persons?searchTerm=forbidden",
		"/Items/Filters", "/Items/Filters2", "/UserViews", "/Shows/NextUp", "/Items/" + f.film.String() + "/Similar", "/Years",
	}
	words := []string{"Forbidden", "Splatter", "Grim", "DE-18", id}
	for name, token := range f.people {
		sees := name == "owner" || name == "grown-up"
		found := 0
		for _, path := range lists {
			w := f.call("GET", path, token, "")
			if w.Code != 200 && w.Code != 404 {
				t.Errorf("%s: %s: %d", name, path, w.Code)
			}
			for _, word := range words {
				if strings.Contains(w.Body.String(), word) {
					found++
					if !sees {
						t.Errorf("%s: %s says %s: %.300s", name, path, word, w.Body)
					}
				}
			}
		}
		if sees && found < 15 {
			t.Errorf("%s reads of it only %d times", name, found)
		}
	}
	for name, want := range map[string]float64{"child": 1, "shows only": 0, "grown-up": 2, "owner": 2} {
		if n := f.json("/Items/Counts", f.people[name])["MovieCount"]; n != want {
			t.Errorf("%s counts %v films, want %v", name, n, want)
		}
	}
	for path, want := range map[string]int{"/Genres/Splatter": 404, "/Persons/Forbidden%20Actor": 404, "/Studios/Grim": 404} {
		if w := f.call("GET", path, f.people["child"], ""); w.Code != want {
			t.Errorf("%s: %d, want %d", path, w.Code, want)
		}
		if w := f.call("GET", path, f.people["grown-up"], ""); w.Code != 200 {
			t.Errorf("%s for a grown-up: %d", path, w.Code)
		}
	}
}

func TestAnAdministratorSetsAPolicyAndReadsItBack(t *testing.T) {
	l := newLab(t)
	m, _ := l.Accounts.UserByName("Member")
	show := func() map[string]any { return l.json("/Users/"+m.ID.String(), l.owner)["Policy"].(map[string]any) }
	policy := show()
	policy["MaxParentalRating"], policy["BlockedTags"], policy["AllowedTags"] = 12, []string{"gore"}, []string{"nice"}
	policy["BlockUnratedItems"], policy["EnableAllFolders"], policy["EnabledFolders"] = []string{"movie", "LiveTvChannel"}, false, []string{library.NewID("films").Dashed()}
	policy["EnableContentDownloading"], policy["EnableCollectionManagement"], policy["RemoteClientBitrateLimit"] = false, true, 4000000
	body, _ := json.Marshal(policy)
	if w := l.call("POST", "/Users/"+m.ID.String()+"/Policy", l.member, string(body)); w.Code != 403 {
		t.Errorf("by a member: %d", w.Code)
	}
	if w := l.call("POST", "/Users/"+m.ID.String()+"/Policy", l.owner, string(body)); w.Code != 204 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	got := show()
	for name, want := range map[string]string{
		"MaxParentalRating": "12", "BlockedTags": `["gore"]`, "AllowedTags": `["nice"]`, "BlockUnratedItems": `["Movie"]`, "EnableAllFolders": "false",
		"EnabledFolders": `["` + library.NewID("films").String() + `"]`, "EnableContentDownloading": "false", "EnableCollectionManagement": "true", "RemoteClientBitrateLimit": "4000000",
	} {
		if b, _ := json.Marshal(got[name]); string(b) != want {
			t.Errorf("%s is %s, want %s", name, b, want)
		}
	}
	delete(policy, "MaxParentalRating")
	policy["EnableAllFolders"] = true
	body, _ = json.Marshal(policy)
	l.call("POST", "/Users/"+m.ID.String()+"/Policy", l.owner, string(body))
	if got := show(); got["MaxParentalRating"] != nil || got["EnableAllFolders"] != true {
		t.Errorf("lifted: %v", got)
	}
	if w := l.call("POST", "/Users/"+l.ownerID.String()+"/Policy", l.owner, `{"IsAdministrator":false}`); w.Code != 400 {
		t.Errorf("the last administrator resigned: %d", w.Code)
	}
}

// What is added to the route table later is held to the same: whatever names an item in
// its path does not know of it for somebody who may not.
func TestEveryRouteThatNamesAnItemAsksForRights(t *testing.T) {
	f := newFamily(t)
	child, _ := f.Accounts.UserByName("child")
	n := 0
	for _, r := range Routes() {
		for _, p := range r.Paths() {
			if !strings.Contains(p, ":itemId") || strings.Contains(p, ":playlistId") || r.Access == Admin {
				continue // a playlist's entries are named by ids of their own
			}
			path := strings.NewReplacer(":itemId", f.ids["adult"].String(), ":mediaSourceId", f.ids["adult"].String(), ":userId", child.ID.String()).Replace(p)
			path = fillPath(path)
			n++
			w := f.call(r.Method, path, f.people["child"], `{"ItemId":"`+f.ids["adult"].String()+`"}`)
			if w.Code != http.StatusNotFound {
				t.Errorf("%s %s: %d, want 404: %.200s", r.Method, p, w.Code, w.Body)
			}
		}
	}
	if n < 60 {
		t.Errorf("only %d routes name an item", n)
	}
}
