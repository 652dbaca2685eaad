package jellyfin

import (
	"context"
	"encoding/json"
	"image/jpeg"
	"net/http"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"sett/node/library"
	"sett/node/preview"
	"sett/streaming/ffmpeg"
	"sett/streaming/probe"
	"sett/streaming/trickplay"
)

// prepared is a lab whose film is a real one, with chapters, and was prepared.
func prepared(t *testing.T) *lab {
	t.Helper()
	if _, err := ffmpeg.Look("ffmpeg"); err != nil {
		t.Skip("ffmpeg is needed:", err)
	}
	l := newLab(t)
	path := filepath.Join(t.TempDir(), "film.mp4")
	out, err := exec.Command("ffmpeg", "-nostdin", "-loglevel", "error", "-f", "lavfi", "-i", "testsrc2=s=320x180:r=10:d=65", "-g", "20", "-c:v", "libx264", "-preset", "ultrafast", path).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	src, _, err := probe.File(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	film, err := l.Store.Item(l.film)
	if err != nil {
		t.Fatal(err)
	}
	second := func(n int) library.Ticks { return library.TicksOf(time.Duration(n) * time.Second) }
	src.ID, src.Chapters = l.film, []library.Chapter{{Name: "Intro"}, {Start: second(15), Name: "One"}, {Start: second(60), Name: "Credits"}}
	film.Path, film.Runtime, film.Sources = path, src.Runtime, []library.Source{src}
	if err := l.Store.Apply(t.Context(), library.Put(film)); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	l.Previews = preview.New(preview.Options{
		Store: l.Store, Trickplay: true, Segments: true, SheetDir: filepath.Join(dir, "sheets"), CacheDir: dir, Log: l.Log,
		Layout: trickplay.Layout{Width: 64, Interval: 10 * time.Second, Columns: 2, Rows: 2},
	})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); _ = l.Previews.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
	for end := time.Now().Add(time.Minute); len(l.Previews.Trickplay(l.film)) == 0 || !l.Previews.HasSegments(l.film); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the film was not prepared")
		}
	}
	return l
}

func TestTrickplayIsDescribedOnItemsAndServedAsSheets(t *testing.T) {
	l := prepared(t)
	id := l.film.String()
	want := map[string]any{"Width": 64.0, "Height": 36.0, "TileWidth": 2.0, "TileHeight": 2.0, "ThumbnailCount": 7.0, "Interval": 10000.0}
	for _, p := range []string{"/Items/" + id, "/Items?fields=Trickplay&ids=" + id} {
		it := l.json(p, l.owner)
		if list, ok := it["Items"].([]any); ok {
			it = list[0].(map[string]any)
		}
		sources, _ := it["Trickplay"].(map[string]any)
		widths, _ := sources[id].(map[string]any)
		info, _ := widths["64"].(map[string]any)
		for name, v := range want {
			if info[name] != v {
				t.Errorf("%s: %s is %v, want %v", p, name, info[name], v)
			}
		}
		if b, _ := info["Bandwidth"].(float64); b <= 0 || len(info) != 7 {
			t.Errorf("%s: %v", p, info)
		}
	}
	for _, p := range []string{"/Items/" + l.episode.String(), "/Items?ids=" + id} {
		if w := l.call("GET", p, l.owner, ""); strings.Contains(w.Body.String(), "Trickplay") {
			t.Errorf("%s speaks of trickplay: %s", p, w.Body)
		}
	}
	base := "/Videos/" + id + "/Trickplay/64/"
	w := l.call("GET", base+"1.jpg?MediaSourceId="+id, l.owner, "")
	im, err := jpeg.Decode(w.Body)
	if err != nil || im.Bounds().Dx() != 128 || w.Header().Get("Content-Type") != "image/jpeg" || w.Header().Get("ETag") == "" {
		t.Errorf("a sheet: %d %v %v", w.Code, err, w.Header())
	}
	if w := l.call("GET", base+"0.jpg", "", ""); w.Code != 200 {
		t.Errorf("without a token from the device that was handed the item: %d", w.Code)
	}
	if w := l.call("GET", base+"0.jpg", "", "", stranger); w.Code != 401 {
		t.Errorf("a stranger: %d", w.Code)
	}
	for _, p := range []string{base + "2.jpg", base + "-1.jpg", base + "x.jpg", base + "0.png", "/Videos/" + id + "/Trickplay/320/0.jpg", base + "0.jpg?mediaSourceId=" + l.episode.String()} {
		if w := l.call("GET", p, l.owner, ""); w.Code != 404 {
			t.Errorf("%s: %d, want 404", p, w.Code)
		}
	}
	w = l.call("GET", base+"tiles.m3u8", l.owner, "")
	for _, s := range []string{"#EXT-X-IMAGES-ONLY", "LAYOUT=2x2", "1.jpg?MediaSourceId=" + id + "&ApiKey=" + l.owner} {
		if !strings.Contains(w.Body.String(), s) {
			t.Errorf("no %q in the playlist: %d %s", s, w.Code, w.Body)
		}
	}
}

func TestChaptersHavePictures(t *testing.T) {
	l := prepared(t)
	chapters := l.json("/Items/"+l.film.String(), l.owner)["Chapters"].([]any)
	seen := map[string]bool{}
	for i, c := range chapters {
		tag, _ := c.(map[string]any)["ImageTag"].(string)
		if tag == "" || seen[tag] {
			t.Fatalf("chapter %d: tag %q", i, tag)
		}
		seen[tag] = true
		w := l.call("GET", "/Items/"+l.film.String()+"/Images/Chapter/"+strconv.Itoa(i)+"?maxWidth=80&tag="+tag, l.owner, "")
		im, err := jpeg.Decode(w.Body)
		if err != nil || im.Bounds().Dx() != 80 || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
			t.Errorf("chapter %d: %d %v %v", i, w.Code, err, w.Header())
		}
	}
	if len(seen) != 3 {
		t.Errorf("%d chapters", len(seen))
	}
	for _, p := range []string{"/Items/" + l.film.String() + "/Images/Chapter/3", "/Items/" + l.film.String() + "/Images/Chapter/-1", "/Items/" + l.episode.String() + "/Images/Chapter/0"} {
		if w := l.call("GET", p, l.owner, ""); w.Code != 404 {
			t.Errorf("%s: %d", p, w.Code)
		}
	}
}

func TestSegmentsAreListedAndAnnounced(t *testing.T) {
	l := prepared(t)
	id := l.film.String()
	types := func(query string) (out []string) {
		page := l.json("/MediaSegments/"+id+query, l.owner)
		list := page["Items"].([]any)
		if page["TotalRecordCount"] != float64(len(list)) || page["StartIndex"] != 0.0 {
			t.Errorf("%v", page)
		}
		for _, s := range list {
			m := s.(map[string]any)
			if m["ItemId"] != id || len(m["Id"].(string)) != 32 || m["EndTicks"].(float64) <= m["StartTicks"].(float64) || len(m) != 5 {
				t.Errorf("%v", m)
			}
			out = append(out, m["Type"].(string))
		}
		return out
	}
	for query, want := range map[string]string{
		"": "Intro Outro", "?includeSegmentTypes=Outro": "Outro", "?includeSegmentTypes=Intro&includeSegmentTypes=Outro": "Intro Outro",
		"?includeSegmentTypes=recap,intro": "Intro", "?includeSegmentTypes=Recap": "",
	} {
		if got := strings.Join(types(query), " "); got != want {
			t.Errorf("%q: %q, want %q", query, got, want)
		}
	}
	if n := l.json("/MediaSegments/"+l.episode.String(), l.owner)["TotalRecordCount"]; n != 0.0 {
		t.Errorf("an episode nobody looked at: %v", n)
	}
	has := func(v map[string]any) any { return v["MediaSources"].([]any)[0].(map[string]any)["HasSegments"] }
	if has(l.json("/Items/"+id, l.owner)) != true || has(l.json("/Items/"+id+"/PlaybackInfo", l.owner)) != true || has(l.json("/Items/"+l.episode.String(), l.owner)) != false {
		t.Error("HasSegments is wrong")
	}
}

func TestSomebodyPlaysFromTheirReportUntilTheyPauseOrStop(t *testing.T) {
	l := newLab(t)
	report := func(path string, paused bool) {
		b, _ := json.Marshal(map[string]any{"ItemId": l.film.String(), "PositionTicks": 1, "IsPaused": paused})
		if w := l.call(http.MethodPost, path, l.owner, string(b)); w.Code != 204 {
			t.Fatal(path, w.Code)
		}
	}
	for _, step := range []struct {
		path   string
		paused bool
		want   bool
	}{{"/Sessions/Playing", false, true}, {"/Sessions/Playing/Progress", true, false}, {"/Sessions/Playing/Progress", false, true}, {"/Sessions/Playing/Stopped", false, false}} {
		report(step.path, step.paused)
		if got := l.Playing(); got != step.want {
			t.Errorf("after %+v: %v", step, got)
		}
	}
}
