package jellyfin

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sett/node/account"
	"sett/node/jellyfin/dto"
	"sett/node/library"
	"sett/node/origin"
	"sett/node/store"
	"sett/streaming/cache"
	"sett/streaming/decide"
	"sett/streaming/hls"
	"sett/streaming/image"
	"sett/streaming/subtitle"
)

// lab is an API on a real store with a film, a show, an album and two people.
type lab struct {
	*API
	t             *testing.T
	owner, member string // tokens
	ownerID       library.ID
	film, episode library.ID
}

func newLab(t *testing.T) *lab { return newLabWith(t) }

func newLabWith(t *testing.T, change ...func(*store.Options)) *lab {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	opt := store.Options{Render: dto.Render, RenderVersion: dto.RenderVersion, Logger: log}
	for _, c := range change {
		c(&opt)
	}
	s, err := store.Open(ctx, t.TempDir(), opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	people, err := account.Open(ctx, s, account.Options{Log: log})
	if err != nil {
		t.Fatal(err)
	}
	c, err := cache.Open(filepath.Join(t.TempDir(), "subs"), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	l := &lab{t: t}
	l.API = New(ctx, Options{
		Store: s, Accounts: people, Streams: hls.New(hls.Options{Dir: t.TempDir(), Logger: log}), Subtitles: subtitle.NewStore(c), Images: image.NewMaker(c),
		Log: log, ServerName: "Lab", Version: "12.0.0", LocalAddress: func(origin.Origin) string { return "http://192.168.1.10:8096" },
		Limits: func(origin.Origin, account.User) decide.Limits { return decide.Limits{} }, Rescan: func() {},
		ScanProgress: func() (float64, bool) { return 0, false }, Network: func(origin.Origin) NetworkReport { return NetworkReport{} },
		FFmpeg: func() error { return errors.New("not in this lab") },
	})
	l.fill()
	l.owner, l.ownerID = l.join("Owner", true)
	l.member, _ = l.join("Member", false)
	return l
}

func (l *lab) join(name string, admin bool) (string, library.ID) {
	u, err := l.Accounts.Add(l.ctx, account.NewUser{Name: name, Password: "secret " + name, Admin: admin})
	if err != nil {
		l.t.Fatal(err)
	}
	tok, _, err := l.Accounts.Authenticate(l.ctx, name, "secret "+name, account.Device{ID: "d-" + name, Name: "Device", Client: "Lab", Version: "1"}, at(origin.LAN))
	if err != nil {
		l.t.Fatal(err)
	}
	return tok, u.ID
}

func (l *lab) fill() {
	films, shows := library.NewID("films"), library.NewID("shows")
	l.film, l.episode = library.NewID("film"), library.NewID("episode")
	series, season := library.NewID("series"), library.NewID("season")
	src := func(id library.ID) []library.Source {
		return []library.Source{{ID: id, Path: "/nowhere/film.mkv", Container: "mkv", Runtime: library.TicksOf(2 * time.Hour), Streams: []library.Stream{
			{Index: 0, Kind: library.StreamVideo, Codec: "hevc", Width: 1920, Height: 1080},
			{Index: 1, Kind: library.StreamAudio, Codec: "ac3", Channels: 6, Default: true},
			{Index: 2, Kind: library.StreamSubtitle, Codec: "subrip", Language: "eng"},
		}}}
	}
	put := func(it library.Item) library.Change { return library.Put(&it) }
	now := time.Now()
	err := l.Store.Apply(l.ctx,
		put(library.Item{ID: films, Kind: library.CollectionFolder, Library: films, Collection: library.Movies, Name: "Films"}),
		put(library.Item{ID: shows, Kind: library.CollectionFolder, Library: shows, Collection: library.TVShows, Name: "Shows"}),
		put(library.Item{ID: l.film, Kind: library.Movie, Library: films, Parent: films, Name: "A & B <Film>", SortName: "a & b", Year: 2001, Added: now,
			Runtime: library.TicksOf(2 * time.Hour), Genres: []string{"Science Fiction"}, People: []library.Credit{{Name: "Somebody", Type: "Actor", Role: "Self"}},
			Sources: src(l.film), Images: []library.Image{{Kind: library.Primary, Path: "/nowhere/poster.jpg", Tag: "abc", Width: 1000, Height: 1500}}}),
		put(library.Item{ID: series, Kind: library.Series, Library: shows, Parent: shows, Name: "A Series",
			Images: []library.Image{{Kind: library.Backdrop, Path: "/nowhere/b.jpg", Tag: "bd"}, {Kind: library.Primary, Path: "/nowhere/p.jpg", Tag: "pr"}}}),
		put(library.Item{ID: season, Kind: library.Season, Library: shows, Parent: series, Series: series, Name: "Season 1", Index: library.Num(1)}),
		put(library.Item{ID: l.episode, Kind: library.Episode, Library: shows, Parent: season, Season: season, Series: series, Name: "One",
			Index: library.Num(1), ParentIndex: library.Num(1), Runtime: library.TicksOf(time.Hour), Sources: src(l.episode)}),
	)
	if err != nil {
		l.t.Fatal(err)
	}
}

func at(z origin.Zone) origin.Origin {
	return origin.New(z, netip.MustParseAddrPort("192.168.1.50:4000"), netip.MustParseAddrPort("192.168.1.10:8096"), nil)
}

func (l *lab) call(method, path, token, body string, edit ...func(*http.Request)) *httptest.ResponseRecorder {
	l.t.Helper()
	req := httptest.NewRequest(method, path, strings.NewReader(body))
	req = req.WithContext(origin.With(req.Context(), at(origin.LAN)))
	if token != "" {
		req.Header.Set("Authorization", `MediaBrowser Client="Lab", Device="Device", DeviceId="d", Version="1", Token="`+token+`"`)
	}
	for _, e := range edit {
		e(req)
	}
	w := httptest.NewRecorder()
	l.ServeHTTP(w, req)
	return w
}

func (l *lab) json(path, token string) map[string]any {
	l.t.Helper()
	w := l.call("GET", path, token, "")
	var v map[string]any
	if w.Code != 200 || json.Unmarshal(w.Body.Bytes(), &v) != nil {
		l.t.Fatalf("GET %s: %d %.300s", path, w.Code, w.Body)
	}
	return v
}

func fillPath(p string) string {
	for _, name := range []string{":itemId", ":userId", ":seriesId", ":playlistId", ":mediaSourceId", ":collectionId", ":taskId"} {
		p = strings.ReplaceAll(p, name, strings.Repeat("0", 31)+"1")
	}
	return strings.NewReplacer(":container", "mp4", ":format", "vtt", ":segment", "0.ts", ":index", "0", ":startTicks", "0", ":imageType", "Primary", ":imageIndex", "0", ":tag", "t", ":maxWidth", "0", ":maxHeight", "0", ":percentPlayed", "0", ":unplayedCount", "0",
		":name", "x", ":displayPreferencesId", "x", ":newIndex", "0", ":width", "320").Replace(p)
}

func TestEveryDoorThatIsNotPublicAsksForATokenAndAdminDoorsForAnAdministrator(t *testing.T) {
	l := newLab(t)
	for _, r := range Routes() {
		for _, p := range r.Paths() {
			path := fillPath(p)
			for token, bad := range map[string]bool{"": true, "feedfacefeedface": true} {
				w := l.call(r.Method, path, token, "", stranger)
				if r.Access != Public && bad && w.Code != http.StatusUnauthorized {
					t.Errorf("%s %s with token %q: %d, want 401", r.Method, path, token, w.Code)
				}
			}
			if r.Access == Admin {
				if w := l.call(r.Method, path, l.member, ""); w.Code != http.StatusForbidden {
					t.Errorf("%s %s for a member: %d, want 403", r.Method, path, w.Code)
				}
			}
		}
	}
}

// stranger is a device of the home network that nobody signed in on.
func stranger(r *http.Request) {
	o := origin.New(origin.LAN, netip.MustParseAddrPort("192.168.1.99:4000"), netip.MustParseAddrPort("192.168.1.10:8096"), nil)
	*r = *r.WithContext(origin.With(r.Context(), o))
}

func TestADeviceMayFetchWhatItWasHandedWithoutAToken(t *testing.T) {
	l := newLab(t)
	image, subtitle := "/Items/"+l.film.String()+"/Images/Primary", "/Videos/"+l.film.String()+"/"+l.film.String()+"/Subtitles/7/0/Stream.vtt"
	if w := l.call("GET", subtitle, "", ""); w.Code != 401 {
		t.Errorf("a subtitle nobody was handed: %d", w.Code)
	}
	l.json("/Items/"+l.film.String(), l.owner)
	for _, p := range []string{image, subtitle} { // 404: the lab's files do not exist, but the door is open
		if w := l.call("GET", p, "", ""); w.Code != 404 {
			t.Errorf("%s from the same device: %d, want 404", p, w.Code)
		}
		if w := l.call("GET", p, "", "", stranger); w.Code != 401 {
			t.Errorf("%s from another device: %d, want 401", p, w.Code)
		}
		if w := l.call("GET", p, "gone", ""); w.Code != 401 {
			t.Errorf("%s with a token that is not valid: %d, want 401", p, w.Code)
		}
	}
	if err := l.Accounts.Revoke(account.HashToken(l.owner)); err != nil {
		t.Fatal(err)
	}
	if w := l.call("GET", subtitle, "", ""); w.Code != 401 {
		t.Errorf("after signing out: %d, want 401", w.Code)
	}
}

func TestAnItemCarriesWhatStrictDecodersRefuseToMiss(t *testing.T) {
	l := newLab(t)
	page := l.json("/Items?recursive=true&includeItemTypes=Movie,Episode&fields=MediaSources,People,Chapters&userId="+l.ownerID.String(), l.owner)
	for _, name := range []string{"Items", "TotalRecordCount", "StartIndex"} {
		if _, ok := page[name]; !ok {
			t.Errorf("a page without %s", name)
		}
	}
	required := map[string][]string{
		"":             {"Id", "Name", "Type", "ServerId", "UserData", "ImageTags", "BackdropImageTags", "MediaType", "IsFolder", "LocationType"},
		"UserData":     {"PlaybackPositionTicks", "PlayCount", "IsFavorite", "Played", "Key", "ItemId"},
		"MediaSources": {"Protocol", "Id", "Type", "IsRemote", "ReadAtNativeFramerate", "IgnoreDts", "IgnoreIndex", "GenPtsInput", "SupportsTranscoding", "SupportsDirectStream", "SupportsDirectPlay", "IsInfiniteStream", "RequiresOpening", "RequiresClosing", "RequiresLooping", "SupportsProbing", "TranscodingSubProtocol", "HasSegments", "MediaStreams", "Name", "Container", "RequiredHttpHeaders", "ETag"},
		"MediaStreams": {"IsInterlaced", "IsDefault", "IsForced", "IsHearingImpaired", "Type", "Index", "IsExternal", "IsTextSubtitleStream", "SupportsExternalStream", "Codec"},
		"People":       {"Id", "Name", "Type"},
	}
	for _, raw := range page["Items"].([]any) {
		it := raw.(map[string]any)
		lacks(t, "item", it, required[""])
		lacks(t, "UserData", it["UserData"].(map[string]any), required["UserData"])
		source := it["MediaSources"].([]any)[0].(map[string]any)
		lacks(t, "MediaSource", source, required["MediaSources"])
		for _, s := range source["MediaStreams"].([]any) {
			lacks(t, "MediaStream", s.(map[string]any), required["MediaStreams"])
		}
		for _, p := range it["People"].([]any) {
			lacks(t, "Person", p.(map[string]any), required["People"])
		}
	}
	ep := l.json("/Items/"+l.episode.String(), l.owner)
	lacks(t, "episode", ep, []string{"SeriesId", "SeasonId", "SeriesName", "SeasonName", "SeriesPrimaryImageTag", "ParentBackdropItemId", "ParentBackdropImageTags", "IndexNumber", "ParentIndexNumber"})
}

func TestAUserCarriesWhatStrictDecodersRefuseToMiss(t *testing.T) {
	l := newLab(t)
	u := l.json("/Users/Me", l.owner)
	lacks(t, "user", u, []string{"Id", "Name", "ServerId", "HasPassword", "HasConfiguredPassword", "HasConfiguredEasyPassword", "Policy", "Configuration"})
	if p := u["Policy"].(map[string]any); len(p) < 38 {
		t.Errorf("the policy has %d members", len(p))
	} else {
		lacks(t, "policy", p, []string{"AuthenticationProviderId", "PasswordResetProviderId", "SyncPlayAccess", "InvalidLoginAttemptCount", "RemoteClientBitrateLimit"})
	}
	if c := u["Configuration"].(map[string]any); len(c) < 14 {
		t.Errorf("the configuration has %d members", len(c))
	}
}

func lacks(t *testing.T, what string, v map[string]any, names []string) {
	t.Helper()
	for _, n := range names {
		if x, ok := v[n]; !ok || x == nil {
			t.Errorf("%s lacks %s", what, n)
		}
	}
}

func TestACamelCaseClientGetsCamelCase(t *testing.T) {
	l := newLab(t)
	w := l.call("GET", "/Items/"+l.film.String(), l.owner, "", func(r *http.Request) { r.Header.Set("Accept", `application/json; profile="CamelCase"`) })
	var v map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil {
		t.Fatal(err)
	}
	if v["name"] != "A & B <Film>" || v["userData"] == nil || v["Name"] != nil {
		t.Errorf("got %.200s", w.Body)
	}
}

func TestLegacySpellingsMeanTheSame(t *testing.T) {
	l := newLab(t)
	user := l.ownerID.Dashed()
	for _, p := range []string{
		"/Users/" + user + "/Views", "/users/" + user + "/items?Recursive=true&IncludeItemTypes=Movie", "/Users/" + user + "/Items/" + l.film.Dashed(),
		"/Users/" + user + "/Items/Resume", "//items/?limit=1&parentId=null", "/Users/" + user + "/Items/Latest",
	} {
		if w := l.call("GET", p, l.owner, ""); w.Code != 200 {
			t.Errorf("%s: %d %.200s", p, w.Code, w.Body)
		}
	}
	if w := l.call("GET", "/Users/"+user+"/Views", l.member, ""); w.Code != 403 {
		t.Errorf("somebody else's views: %d", w.Code)
	}
}

func TestAPositionIsReportedAndResumed(t *testing.T) {
	l := newLab(t)
	half := library.TicksOf(time.Hour)
	body := `{"itemid":"` + l.film.Dashed() + `","PositionTicks":"` + jsonInt(int64(half)) + `","playMethod":"DirectPlay"}`
	for _, p := range []string{"/Sessions/Playing", "/Sessions/Playing/Progress", "/Sessions/Playing/Stopped"} {
		if w := l.call("POST", p, l.owner, body); w.Code != 204 {
			t.Fatalf("%s: %d %s", p, w.Code, w.Body)
		}
	}
	items := l.json("/UserItems/Resume", l.owner)["Items"].([]any)
	if len(items) != 1 {
		t.Fatalf("to resume: %v", items)
	}
	ud := items[0].(map[string]any)["UserData"].(map[string]any)
	if ud["PlaybackPositionTicks"].(float64) != float64(half) || ud["PlayedPercentage"].(float64) != 50 || ud["PlayCount"].(float64) != 1 {
		t.Errorf("user data %v", ud)
	}
	if other := l.json("/UserItems/Resume", l.member)["Items"].([]any); len(other) != 0 {
		t.Errorf("somebody else resumes it too: %v", other)
	}
}

func jsonInt(n int64) string { b, _ := json.Marshal(n); return string(b) }

func TestAPersonWithoutALibraryKnowsNothingOfIt(t *testing.T) {
	l := newLab(t)
	m, _ := l.Accounts.UserByName("Member")
	if _, err := l.Accounts.Update(l.ctx, m.ID, func(u *account.User) error {
		u.Libraries = []library.ID{library.NewID("shows")}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for _, p := range []string{
		"/Items/" + l.film.String(), "/Items/" + l.film.String() + "/PlaybackInfo", "/Videos/" + l.film.String() + "/stream?static=true",
		"/Videos/" + l.film.String() + "/" + l.film.String() + "/Subtitles/2/0/Stream.vtt", "/Items/" + l.film.String() + "/Download",
		"/Items/" + l.film.String() + "/Similar", "/Videos/" + l.film.String() + "/master.m3u8",
	} {
		if w := l.call("GET", p, l.member, ""); w.Code != 404 {
			t.Errorf("%s: %d, want 404", p, w.Code)
		}
	}
	for _, p := range []string{"/Items?recursive=true&includeItemTypes=Movie", "/Items?recursive=true&searchTerm=film", "/Items?ids=" + l.film.String(), "/Genres", "/Persons"} {
		if n := l.json(p, l.member)["TotalRecordCount"].(float64); n != 0 {
			t.Errorf("%s finds %v", p, n)
		}
	}
	if n := l.json("/UserViews", l.member)["TotalRecordCount"].(float64); n != 1 {
		t.Errorf("%v views", n)
	}
}
