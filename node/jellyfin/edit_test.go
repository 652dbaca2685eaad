package jellyfin

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"sett/node/account"
	"sett/node/library"
)

func TestAnEditIsKeptOverARescanAndReadBackWhole(t *testing.T) {
	l := newLab(t)
	path := "/Items/" + l.film.String()
	before := l.json(path, l.owner)
	body, _ := json.Marshal(before)
	l.does(403, "POST", path, l.member, string(body))
	l.does(204, "POST", path, l.owner, string(body)) // sent back unchanged: nothing is edited
	if e := l.Store.Edited(l.film); len(e.Fields) != 0 {
		t.Errorf("sending an item back edits %v", e.Fields)
	}
	before["Name"], before["ProductionYear"], before["Genres"] = "New Name", 1999, []string{" Comedy ", "Comedy"}
	before["People"] = []map[string]string{{"Name": "Somebody Else", "Type": "Director"}}
	before["Studios"] = []map[string]string{{"Name": "A24"}}
	before["ProviderIds"] = map[string]string{"Imdb": "tt9"}
	before["PremiereDate"], before["Taglines"], before["LockedFields"] = "1999-05-01T00:00:00.0000000Z", []string{"Tag"}, []string{"Overview"}
	body, _ = json.Marshal(before)
	l.does(204, "POST", path, l.owner, string(body))

	scanned, err := l.Store.Bare(l.film)
	if err != nil {
		t.Fatal(err)
	}
	scanned.Overview, scanned.Name = "Found on the way.", "Scanned"
	if err := l.Store.Apply(l.ctx, library.Put(scanned)); err != nil {
		t.Fatal(err)
	}
	got := l.json(path, l.member)
	for name, want := range map[string]string{
		"Name": `"New Name"`, "ProductionYear": `1999`, "Genres": `["Comedy"]`, "Taglines": `["Tag"]`, "ProviderIds": `{"Imdb":"tt9"}`,
		"LockedFields": `["Overview"]`, "PremiereDate": `"1999-05-01T00:00:00.0000000Z"`, "Overview": "null",
	} {
		if b, _ := json.Marshal(got[name]); string(b) != want {
			t.Errorf("%s is %s, want %s", name, b, want)
		}
	}
	if n := l.json("/Items?recursive=true&person=Somebody%20Else", l.member)["TotalRecordCount"]; n != 1.0 {
		t.Errorf("found %v by the new director", n)
	}
	l.does(204, "POST", path+"/Refresh?replaceAllMetadata=true", l.owner, "")
	if got := l.json(path, l.member); got["Name"] != "Scanned" || got["Overview"] != nil {
		t.Errorf("replaced but for the lock: %v, %v", got["Name"], got["Overview"])
	}
	for _, bad := range []string{`{"Name":""}`, `{"Name":3}`, `[]`, `{"Genres":"x"}`} {
		l.does(400, "POST", path, l.owner, bad)
	}
	l.does(404, "POST", "/Items/"+library.NewID("nothing").String(), l.owner, `{}`)
	editor := l.json(path+"/MetadataEditor", l.owner)
	lacks(t, "the editor", editor, []string{"ParentalRatingOptions", "Countries", "Cultures", "ExternalIdInfos", "ContentTypeOptions"})
}

func pngOf(w, h int) []byte {
	im := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := range im.Pix {
		im.Pix[i] = 0xFF
	}
	im.Set(1, 1, color.RGBA{1, 2, 3, 255})
	var b bytes.Buffer
	_ = png.Encode(&b, im)
	return b.Bytes()
}

func TestTheOwnerGivesAndTakesPictures(t *testing.T) {
	l := newLab(t)
	l.UploadDir = t.TempDir()
	path := "/Items/" + l.film.String() + "/Images"
	picture := base64.StdEncoding.EncodeToString(pngOf(40, 60))
	l.does(403, "POST", path+"/Primary", l.member, picture)
	l.does(400, "POST", path+"/Primary", l.owner, base64.StdEncoding.EncodeToString([]byte("<svg onload=x>")))
	l.does(400, "POST", path+"/Chapter", l.owner, picture)
	l.does(204, "POST", path+"/Primary", l.owner, picture)
	l.does(204, "POST", path+"/Backdrop", l.owner, string(pngOf(64, 36)))
	l.does(204, "POST", path+"/Backdrop/1", l.owner, string(pngOf(32, 18)))
	infos := func() []map[string]any {
		w := l.call("GET", path, l.owner, "")
		var v []map[string]any
		if w.Code != 200 || json.Unmarshal(w.Body.Bytes(), &v) != nil {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		return v
	}
	got := infos()
	if len(got) != 3 || got[0]["ImageType"] != "Primary" || got[0]["Width"] != 40.0 || got[1]["ImageIndex"] != 0.0 || got[2]["ImageIndex"] != 1.0 || got[2]["Width"] != 32.0 {
		t.Fatalf("pictures %v", got)
	}
	if w := l.call("GET", path+"/Primary", l.member, ""); w.Code != 200 || !strings.HasPrefix(w.Header().Get("Content-Type"), "image/") {
		t.Errorf("the new poster: %d %s", w.Code, w.Header())
	}
	l.does(204, "POST", path+"/Backdrop/1/Index?newIndex=0", l.owner, "")
	if got := infos(); got[1]["Width"] != 32.0 {
		t.Errorf("moved: %v", got)
	}
	if files, _ := os.ReadDir(l.UploadDir); len(files) != 3 {
		t.Errorf("%d files are kept", len(files))
	}
	l.does(204, "POST", path+"/Primary", l.owner, picture) // takes the place of the first
	l.does(204, "DELETE", path+"/Primary", l.owner, "")    // the found one is seen again
	if tag := l.json("/Items/"+l.film.String(), l.owner)["ImageTags"].(map[string]any)["Primary"]; tag != "abc" {
		t.Errorf("after removal the poster is %v", tag)
	}
	l.does(204, "DELETE", path+"/Primary/0", l.owner, "")
	l.does(404, "DELETE", path+"/Primary", l.owner, "")
	l.does(204, "DELETE", path+"/Backdrop/0", l.owner, "")
	if got := infos(); len(got) != 1 || got[0]["Width"] != 64.0 {
		t.Errorf("left: %v", got)
	}
	if files, _ := os.ReadDir(l.UploadDir); len(files) != 1 {
		t.Errorf("%d files are left", len(files))
	}
	person := library.EntityID(library.Person, "Somebody").String() // only a name so far
	l.does(204, "POST", "/Items/"+person+"/Images/Primary", l.owner, picture)
	l.does(200, "GET", "/Items/"+person+"/Images/Primary", l.member, "")
}

func TestAPersonHasAPicture(t *testing.T) {
	l := newLab(t)
	l.UploadDir = t.TempDir()
	l.does(404, "GET", "/UserImage?userId="+l.ownerID.String(), l.member, "")
	l.does(204, "POST", "/UserImage?userId="+l.ownerID.String(), l.owner, base64.StdEncoding.EncodeToString(pngOf(50, 50)))
	tag, _ := l.json("/Users/Me", l.owner)["PrimaryImageTag"].(string)
	if tag == "" {
		t.Fatal("no tag")
	}
	l.does(200, "GET", "/UserImage?userId="+l.ownerID.String()+"&tag="+tag, l.member, "")
	l.does(200, "GET", "/Users/"+l.ownerID.String()+"/Images/Primary", l.member, "")
	l.does(403, "POST", "/Users/"+l.ownerID.String()+"/Images/Primary", l.member, string(pngOf(50, 50)))
	l.does(403, "DELETE", "/UserImage?userId="+l.ownerID.String(), l.member, "")
	l.does(204, "POST", "/Users/"+l.ownerID.Dashed()+"/Images/Primary", l.owner, string(pngOf(60, 60)))
	if files, _ := os.ReadDir(l.UploadDir); len(files) != 1 {
		t.Errorf("%d files are kept", len(files))
	}
	l.does(204, "DELETE", "/UserImage", l.owner, "")
	l.does(404, "GET", "/UserImage", l.owner, "")
}

// media makes a library on disk: a film with what is beside it, and a show.
func (l *lab) media() (root string, film, series library.ID) {
	root = filepath.Join(l.t.TempDir(), "media")
	for _, p := range []string{"Film/Film.mkv", "Film/Film.nfo", "Film/Film.en.srt", "Film/Film 2.mkv", "Film/Film 2.nfo", "Show/S1/e1.mkv"} {
		p = filepath.Join(root, p)
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			l.t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(p), 0o644); err != nil {
			l.t.Fatal(err)
		}
	}
	lib, ep := library.NewID("disk"), library.NewID("disk ep")
	film, series = library.NewID("disk film"), library.NewID("disk series")
	err := l.Store.Apply(l.ctx,
		library.Put(&library.Item{ID: lib, Kind: library.CollectionFolder, Library: lib, Name: "Disk", Roots: []string{root}, Path: root}),
		library.Put(&library.Item{ID: film, Kind: library.Movie, Library: lib, Parent: lib, Name: "Film", Path: filepath.Join(root, "Film/Film.mkv"),
			Sources: []library.Source{{ID: film, Path: filepath.Join(root, "Film/Film.mkv"), Container: "mkv"}}}),
		library.Put(&library.Item{ID: series, Kind: library.Series, Library: lib, Parent: lib, Name: "Show", Path: filepath.Join(root, "Show")}),
		library.Put(&library.Item{ID: ep, Kind: library.Episode, Library: lib, Parent: series, Series: series, Name: "E1", Path: filepath.Join(root, "Show/S1/e1.mkv"),
			Sources: []library.Source{{ID: ep, Path: filepath.Join(root, "Show/S1/e1.mkv")}}}),
	)
	if err != nil {
		l.t.Fatal(err)
	}
	return root, film, series
}

func filesIn(t *testing.T, dir string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(dir, func(p string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			out = append(out, filepath.Base(p))
		}
		return err
	})
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	slices.Sort(out)
	return out
}

func TestMediaIsDeletedOnlyWithARightAndIntoABin(t *testing.T) {
	l := newLab(t)
	root, film, series := l.media()
	path := "/Items/" + film.String()
	rescans := 0
	l.Rescan = func() { rescans++ }
	l.does(403, "DELETE", path, l.owner, "") // not even an administrator by themselves
	allow := func() {
		if _, err := l.Accounts.Update(l.ctx, l.ownerID, func(u *account.User) error { u.DeletesFrom = []library.ID{library.NewID("disk")}; return nil }); err != nil {
			t.Fatal(err)
		}
	}
	allow()
	if w := l.call("DELETE", path, l.owner, ""); w.Code != 403 || !strings.Contains(w.Body.String(), "library.bin_dir") {
		t.Errorf("without a bin: %d %s", w.Code, w.Body)
	}
	l.BinDir = filepath.Join(root, "bin")
	l.does(503, "DELETE", path, l.owner, "") // the scan would find it there
	l.BinDir = filepath.Join(t.TempDir(), "bin")
	l.does(403, "DELETE", path, l.member, "")
	l.does(403, "DELETE", "/Items?ids="+film.String()+","+l.film.String(), l.owner, "") // all or nothing: the other is in another library
	if got := filesIn(t, root); len(got) != 6 {
		t.Fatalf("something was deleted: %v", got)
	}
	if l.json(path+"?fields=CanDelete", l.owner)["CanDelete"] != true || l.json(path, l.member)["CanDelete"] != false {
		t.Error("CanDelete does not say so")
	}
	l.does(204, "DELETE", path, l.owner, "")
	l.does(404, "GET", path, l.owner, "")
	if got := filesIn(t, root); !slices.Equal(got, []string{"Film 2.mkv", "Film 2.nfo", "e1.mkv"}) {
		t.Errorf("left: %v", got)
	}
	if got := filesIn(t, l.BinDir); !slices.Equal(got, []string{"Film.en.srt", "Film.mkv", "Film.nfo", binName}) {
		t.Errorf("in the bin: %v", got)
	}
	l.does(204, "DELETE", "/Items?ids="+series.String(), l.owner, "")
	l.does(404, "GET", "/Items/"+library.NewID("disk ep").String(), l.owner, "")
	if got := filesIn(t, root); !slices.Equal(got, []string{"Film 2.mkv", "Film 2.nfo"}) {
		t.Errorf("left: %v", got)
	}
	l.does(403, "DELETE", "/Items/"+library.NewID("disk").String(), l.owner, "")
	if rescans != 2 {
		t.Errorf("%d rescans", rescans)
	}
}

func TestTheScanIsATaskWithProgress(t *testing.T) {
	l := newLab(t)
	percent, running := 0.0, false
	l.ScanProgress = func() (float64, bool) { return percent, running }
	asked := 0
	l.Rescan = func() { asked++ }
	task := func() map[string]any {
		w := l.call("GET", "/ScheduledTasks", l.owner, "")
		var v []map[string]any
		if w.Code != 200 || json.Unmarshal(w.Body.Bytes(), &v) != nil || len(v) != 1 {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		return v[0]
	}
	first := task()
	if first["State"] != "Idle" || first["Key"] != "RefreshLibrary" || first["LastExecutionResult"] != nil {
		t.Errorf("at first %v", first)
	}
	run := "/ScheduledTasks/Running/" + first["Id"].(string)
	l.does(204, "POST", run, l.owner, "")
	l.does(404, "POST", "/ScheduledTasks/Running/x", l.owner, "")
	l.does(403, "POST", run, l.member, "")
	if asked != 1 || task()["State"] != "Running" {
		t.Errorf("asked %d times, %v", asked, task())
	}
	percent, running = 42, true
	if got := task(); got["CurrentProgressPercentage"] != 42.0 {
		t.Errorf("running: %v", got)
	}
	l.does(400, "DELETE", run, l.owner, "")
	stopped := false
	l.StopScan = func() { stopped = true }
	if l.does(204, "DELETE", run, l.owner, ""); !stopped {
		t.Error("not stopped")
	}
	running = false
	got := task()
	last, _ := got["LastExecutionResult"].(map[string]any)
	if got["State"] != "Idle" || last["Status"] != "Completed" {
		t.Errorf("done: %v", got)
	}
	if at, err := time.Parse(time.RFC3339, last["EndTimeUtc"].(string)); err != nil || time.Since(at) > time.Minute {
		t.Errorf("ended at %v, %v", last["EndTimeUtc"], err)
	}
	l.does(http.StatusOK, "GET", "/ScheduledTasks/"+first["Id"].(string), l.owner, "")
}
