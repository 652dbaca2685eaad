package jellyfin

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"

	"sett/node/account"
	"sett/node/library"
	"sett/node/origin"
)

func (l *lab) made(path, token, body string) string {
	l.t.Helper()
	w := l.call("POST", path, token, body)
	var v struct {
		ID string `json:"Id"`
	}
	if w.Code != 200 || json.Unmarshal(w.Body.Bytes(), &v) != nil || v.ID == "" {
		l.t.Fatalf("POST %s: %d %s", path, w.Code, w.Body)
	}
	return v.ID
}

func (l *lab) does(want int, method, path, token, body string) {
	l.t.Helper()
	if w := l.call(method, path, token, body); w.Code != want {
		l.t.Errorf("%s %s: %d, want %d: %.200s", method, path, w.Code, want, w.Body)
	}
}

func itemNames(page map[string]any) string {
	var names []string
	for _, raw := range page["Items"].([]any) {
		names = append(names, raw.(map[string]any)["Name"].(string))
	}
	return strings.Join(names, ",")
}

func TestAPlaylistIsItsOwnersUntilTheyShareIt(t *testing.T) {
	l := newLab(t)
	id := l.made("/Playlists", l.member, `{"Name":"Evening","Ids":["`+l.film.String()+`","`+l.episode.Dashed()+`","`+l.film.String()+`"],"MediaType":"Video"}`)
	path := "/Playlists/" + id
	got := l.json(path+"/Items", l.member)
	if names := itemNames(got); names != "A & B <Film>,One,A & B <Film>" {
		t.Errorf("holds %s", names)
	}
	entry := func(i int) string {
		return l.json(path+"/Items", l.member)["Items"].([]any)[i].(map[string]any)["PlaylistItemId"].(string)
	}
	if entry(0) == entry(2) {
		t.Error("two entries have one name")
	}
	item := l.json("/Items/"+id, l.member)
	if item["Type"] != "Playlist" || item["MediaType"] != "Video" || item["ChildCount"] != 3.0 || item["CanDelete"] != true {
		t.Errorf("as an item: %v", item)
	}
	for _, p := range []string{path, path + "/Items", "/Items/" + id, path + "/Users/" + l.ownerID.String()} {
		l.does(404, "GET", p, l.owner, "")
	}
	l.does(404, "POST", path+"/Items?ids="+l.film.String(), l.owner, "")
	l.does(404, "DELETE", "/Items/"+id, l.owner, "")
	if n := l.json("/Items?recursive=true&includeItemTypes=Playlist", l.owner)["TotalRecordCount"]; n != 0.0 {
		t.Errorf("somebody else finds %v playlists", n)
	}
	if itemNames(l.json("/UserViews", l.member)) != "Films,Shows,Playlists" || itemNames(l.json("/UserViews", l.owner)) != "Films,Shows" {
		t.Errorf("views: %s, %s", itemNames(l.json("/UserViews", l.member)), itemNames(l.json("/UserViews", l.owner)))
	}

	l.does(204, "POST", path+"/Items/"+entry(2)+"/Move/0", l.member, "")
	l.does(204, "DELETE", path+"/Items?entryIds="+entry(1), l.member, "")
	if names := itemNames(l.json(path+"/Items", l.member)); names != "A & B <Film>,One" {
		t.Errorf("moved and removed: %s", names)
	}

	share := path + "/Users/" + l.ownerID.String()
	l.does(204, "POST", share, l.member, `{"CanEdit":false}`)
	l.does(200, "GET", path+"/Items", l.owner, "")
	l.does(403, "POST", path+"/Items?ids="+l.film.String(), l.owner, "")
	l.does(403, "GET", path+"/Users", l.owner, "")
	l.does(403, "POST", path+"/Users/"+l.ownerID.String(), l.owner, `{"CanEdit":true}`)
	l.does(204, "POST", share, l.member, `{"CanEdit":true}`)
	l.does(204, "POST", path+"/Items?position=0&ids="+l.episode.String(), l.owner, "")
	l.does(403, "POST", path, l.owner, `{"IsPublic":true}`)
	l.does(403, "DELETE", "/Items/"+id, l.owner, "")
	if names := itemNames(l.json(path+"/Items?startIndex=1&limit=1", l.member)); names != "A & B <Film>" {
		t.Errorf("the second page is %s", names)
	}
	l.does(204, "DELETE", share, l.owner, "") // leaves by themselves
	l.does(404, "GET", path+"/Items", l.owner, "")
	l.does(204, "POST", path, l.member, `{"Name":"Morning","IsPublic":true,"Ids":["`+l.film.String()+`"]}`)
	if p := l.json(path, l.owner); p["OpenAccess"] != true || len(p["ItemIds"].([]any)) != 1 {
		t.Errorf("public: %v", p)
	}
	l.does(204, "DELETE", "/Items/"+id, l.member, "")
	l.does(404, "GET", path, l.member, "")
}

func TestASeriesAddedToAPlaylistIsItsEpisodes(t *testing.T) {
	l := newLab(t)
	id := l.made("/Playlists?name=All&ids="+library.NewID("series").String(), l.member, "")
	if names := itemNames(l.json("/Playlists/"+id+"/Items", l.member)); names != "One" {
		t.Errorf("holds %s", names)
	}
}

func TestACollectionIsMadeByThoseWhoMayAndSeenThroughItsMembers(t *testing.T) {
	l := newLab(t)
	l.does(403, "POST", "/Collections?name=Both&ids="+l.film.String(), l.member, "")
	series := library.NewID("series")
	id := l.made("/Collections?name=Both&ids="+series.String()+","+l.film.String(), l.owner, "")
	if names := itemNames(l.json("/Items?parentId="+id, l.member)); names != "A Series,A & B <Film>" {
		t.Errorf("in the order they were added: %s", names)
	}
	if names := itemNames(l.json("/Items/"+l.film.String()+"/Collections", l.member)); names != "Both" {
		t.Errorf("the film is in %s", names)
	}
	l.does(200, "POST", "/UserPlayedItems/"+l.film.String(), l.member, "")
	got := l.json("/Items/"+id, l.member)
	ud := got["UserData"].(map[string]any)
	if got["ChildCount"] != 2.0 || ud["UnplayedItemCount"] != 1.0 || ud["PlayedPercentage"] != 50.0 {
		t.Errorf("%v children, %v", got["ChildCount"], ud)
	}
	if itemNames(l.json("/UserViews", l.member)) != "Films,Shows,Collections" {
		t.Errorf("views %s", itemNames(l.json("/UserViews", l.member)))
	}
	shelf := l.json("/UserViews", l.member)["Items"].([]any)[2].(map[string]any)
	if names := itemNames(l.json("/Items?recursive=true&parentId="+shelf["Id"].(string), l.member)); names != "Both" || shelf["CollectionType"] != "boxsets" {
		t.Errorf("on the shelf %v: %s", shelf["CollectionType"], names)
	}
	l.does(200, "GET", "/Items/"+shelf["Id"].(string), l.member, "")
	l.does(403, "DELETE", "/Collections/"+id+"/Items?ids="+l.film.String(), l.member, "")
	l.does(204, "DELETE", "/Collections/"+id+"/Items?ids="+l.film.String(), l.owner, "")
	m, _ := l.Accounts.UserByName("Member")
	if _, err := l.Accounts.Update(l.ctx, m.ID, func(u *account.User) error { u.Libraries = []library.ID{library.NewID("films")}; return nil }); err != nil {
		t.Fatal(err)
	}
	l.does(404, "GET", "/Items/"+id, l.member, "")
	l.does(404, "POST", "/Collections/"+id+"/Items?ids="+l.film.String(), l.member, "")
	l.does(204, "DELETE", "/Items/"+id, l.owner, "")
	l.does(404, "GET", "/Items/"+id, l.owner, "")
}

func TestWithAPersonGoTheirPlaylistsAndTheirPicture(t *testing.T) {
	l := newLab(t)
	l.UploadDir = t.TempDir()
	m, _ := l.Accounts.UserByName("Member")
	list, kept := l.made("/Playlists?name=Mine", l.member, ""), l.made("/Playlists?name=Other", l.owner, "")
	l.does(204, "POST", "/UserImage", l.member, string(pngOf(20, 20)))
	l.does(204, "DELETE", "/Users/"+m.ID.String(), l.owner, "")
	id, _ := library.ParseID(list)
	if _, ok := l.Store.View().Card(id); ok {
		t.Error("the playlist is still there")
	}
	l.does(200, "GET", "/Playlists/"+kept, l.owner, "")
	if files, err := os.ReadDir(l.UploadDir); err != nil || len(files) != 0 {
		t.Errorf("%d pictures are left, %v", len(files), err)
	}
}

func TestAnOpenAppHearsOfTheScan(t *testing.T) {
	l := newLab(t)
	percent := atomic.Int64{}
	l.ScanProgress = func() (float64, bool) { return float64(percent.Add(1)), true }
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		l.ServeHTTP(w, r.WithContext(origin.With(r.Context(), at(origin.LAN))))
	}))
	defer srv.Close()
	ctx, cancel := context.WithTimeout(l.ctx, 20*time.Second)
	defer cancel()
	conn, _, err := websocket.Dial(ctx, "ws"+strings.TrimPrefix(srv.URL, "http")+"/socket?api_key="+l.owner+"&deviceId=x", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.CloseNow()
	if err := conn.Write(ctx, websocket.MessageText, []byte(`{"MessageType":"ScheduledTasksInfoStart","Data":"0,500"}`)); err != nil {
		t.Fatal(err)
	}
	last := 0.0
	for n := 0; n < 2; {
		_, b, err := conn.Read(ctx)
		if err != nil {
			t.Fatal(err)
		}
		var msg struct {
			MessageType string
			Data        []struct {
				State, Key                string
				CurrentProgressPercentage float64
			}
		}
		if json.Unmarshal(b, &msg) != nil || msg.MessageType != "ScheduledTasksInfo" {
			continue
		}
		n++
		if len(msg.Data) != 1 || msg.Data[0].State != "Running" || msg.Data[0].Key != "RefreshLibrary" || msg.Data[0].CurrentProgressPercentage <= last {
			t.Fatalf("heard %s", b)
		}
		last = msg.Data[0].CurrentProgressPercentage
	}
}
