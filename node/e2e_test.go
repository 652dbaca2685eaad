package node_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// limitedDevice is an app that plays H.264 and AAC in mp4 only.
var limitedDevice = map[string]any{
	"MaxStreamingBitrate": 20_000_000,
	"DirectPlayProfiles":  []map[string]any{{"Type": "Video", "Container": "mp4", "VideoCodec": "h264", "AudioCodec": "aac"}},
	"TranscodingProfiles": []map[string]any{{
		"Type": "Video", "Container": "ts", "Protocol": "hls", "Context": "Streaming", "VideoCodec": "h264", "AudioCodec": "aac", "MaxAudioChannels": "2",
	}},
	"SubtitleProfiles": []map[string]any{{"Format": "vtt", "Method": "External"}},
}

func TestAFilmIsFoundPlayedAndResumedOnTheHomeNetwork(t *testing.T) {
	cfg := settings(t, t.TempDir(), demo(t))
	cfg.Discovery = true
	n := start(t, cfg)

	base := discover(t)
	if base != fmt.Sprintf("http://127.0.0.1:%d", n.Port()) {
		t.Fatalf("discovery says %s, the node is on port %d", base, n.Port())
	}
	n.setUp(t)
	app := newClient(t, base, "phone")
	app.signIn(ownerName, ownerPass)

	var views items
	eventually(t, "three libraries", 30*time.Second, func() bool {
		app.get("/UserViews", &views)
		return len(views.Items) == 3
	})
	film := app.find("Movie", "First Light")
	playsDirectly(t, app, film)
	winter := app.find("Movie", "Second Winter")
	playsByHLS(t, app, winter)
	readsSubtitles(t, app, winter)

	episodes := items{}
	app.find("Episode", "Tide 2")
	app.get("/Items?recursive=true&includeItemTypes=Episode&sortBy=SortName", &episodes)
	if episodes.TotalRecordCount != 2 || episodes.Items[0].SeriesName != "Harbour Lights" {
		t.Errorf("episodes: %+v", episodes)
	}
	if song := app.find("Audio", "Walk 1"); song.Album != "Night Walks" {
		t.Errorf("the track's album is %q", song.Album)
	}

	position := film.RunTimeTicks * 2 / 5
	report := map[string]any{"ItemId": film.Id, "MediaSourceId": film.MediaSources[0].Id, "PositionTicks": 0, "PlayMethod": "DirectPlay", "CanSeek": true}
	app.do("POST", "/Sessions/Playing", report, 204)
	report["PositionTicks"] = position
	app.do("POST", "/Sessions/Playing/Progress", report, 204)

	if err := n.stop(); err != nil {
		t.Fatalf("stop: %v", err)
	}
	again := start(t, cfg)
	app.base = again.URL // the token is still good
	var resume items
	app.get("/UserItems/Resume?mediaTypes=Video", &resume)
	if len(resume.Items) != 1 || resume.Items[0].Id != film.Id || resume.Items[0].UserData.PlaybackPositionTicks != position {
		t.Fatalf("after the restart there is to resume: %+v, want %s at %d", resume.Items, film.Id, position)
	}
}

// discover asks on UDP 7359, as every app does, and returns the answer's address.
func discover(t *testing.T) string {
	t.Helper()
	conn, err := net.Dial("udp4", "127.0.0.1:7359")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	buf := make([]byte, 2048)
	var found struct{ Address, Id, Name string }
	eventually(t, "an answer to discovery", 10*time.Second, func() bool {
		if _, err := conn.Write([]byte("Who is JellyfinServer?")); err != nil {
			return false // nobody listens yet
		}
		_ = conn.SetReadDeadline(time.Now().Add(300 * time.Millisecond))
		k, err := conn.Read(buf)
		// Another node of this machine may answer too: it is not ours.
		return err == nil && json.Unmarshal(buf[:k], &found) == nil && found.Name == "Test Node"
	})
	if len(found.Id) != 32 {
		t.Errorf("discovery answered %+v", found)
	}
	return found.Address
}

func (c *client) playbackInfo(it item) (source, string) {
	c.t.Helper()
	var info struct {
		MediaSources  []source
		PlaySessionId string
	}
	c.post("/Items/"+it.Id+"/PlaybackInfo", map[string]any{"DeviceProfile": limitedDevice}, &info)
	if len(info.MediaSources) == 0 {
		c.t.Fatalf("%s has nothing to play", it.Name)
	}
	return info.MediaSources[0], info.PlaySessionId
}

func playsDirectly(t *testing.T, app *client, film item) {
	t.Helper()
	src, _ := app.playbackInfo(film)
	if !src.SupportsDirectPlay {
		t.Fatalf("the mp4 should play directly: %+v", src)
	}
	want, err := os.ReadFile(src.Path)
	if err != nil {
		t.Fatal(err)
	}
	url := fmt.Sprintf("/Videos/%s/stream.%s?static=true&mediaSourceId=%s", film.Id, src.Container, src.Id)
	for spec, part := range map[string][]byte{
		"bytes=0-999": want[:1000], "bytes=-7": want[len(want)-7:], fmt.Sprintf("bytes=%d-", len(want)-10): want[len(want)-10:],
	} {
		req := app.request("GET", url, nil)
		req.Header.Set("Range", spec)
		resp, err := app.http.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		got, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if resp.StatusCode != http.StatusPartialContent || !bytes.Equal(got, part) {
			t.Errorf("range %s: status %d, %d bytes, want %d", spec, resp.StatusCode, len(got), len(part))
		}
	}
	if got := app.do("GET", url, nil, 200); !bytes.Equal(got, want) {
		t.Error("the streamed film differs from the file")
	}
	req := app.request("HEAD", url, nil)
	resp, err := app.http.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.ContentLength != int64(len(want)) || resp.Header.Get("Content-Type") != "video/mp4" {
		t.Errorf("HEAD says %d bytes of %s", resp.ContentLength, resp.Header.Get("Content-Type"))
	}
}

// playsByHLS fetches every segment, in order, and lets ffmpeg decode the whole.
func playsByHLS(t *testing.T, app *client, film item) {
	t.Helper()
	src, play := app.playbackInfo(film)
	if src.SupportsDirectPlay || src.TranscodingUrl == "" || src.TranscodingSubProtocol != "hls" {
		t.Fatalf("the HEVC film must be converted: %+v", src)
	}
	anonymous := app.bare() // players send no header with segments
	master := string(anonymous.do("GET", src.TranscodingUrl, nil, 200))
	variant := uris(t, master)
	if len(variant) != 1 {
		t.Fatalf("master playlist:\n%s", master)
	}
	dir := src.TranscodingUrl[:strings.LastIndex(src.TranscodingUrl, "/")+1]
	playlist := string(anonymous.do("GET", dir+variant[0], nil, 200))
	if !strings.Contains(playlist, "#EXT-X-ENDLIST") {
		t.Fatalf("the playlist is not complete:\n%.500s", playlist)
	}
	segments := uris(t, playlist)
	var promised float64
	for _, m := range extinf.FindAllStringSubmatch(playlist, -1) {
		d, _ := strconv.ParseFloat(m[1], 64)
		promised += d
	}
	if len(segments) < 10 || promised < 95.9 || promised > 96.1 {
		t.Fatalf("%d segments of %.2f s in all for a 96 s film", len(segments), promised)
	}
	out := filepath.Join(t.TempDir(), "all.ts")
	f, err := os.Create(out)
	if err != nil {
		t.Fatal(err)
	}
	if last := anonymous.do("GET", dir+segments[len(segments)-1], nil, 200); len(last) < 188 {
		t.Errorf("the last segment, asked for first, has %d bytes", len(last))
	}
	for _, s := range segments {
		if _, err := f.Write(anonymous.do("GET", dir+s, nil, 200)); err != nil {
			t.Fatal(err)
		}
	}
	f.Close()
	if msg, err := exec.Command("ffmpeg", "-v", "error", "-i", out, "-f", "null", "-").CombinedOutput(); err != nil || len(msg) > 0 {
		t.Errorf("decoding what was streamed: %v\n%.2000s", err, msg)
	}
	if d := duration(t, out); d < 95.5 || d > 96.5 {
		t.Errorf("what was streamed lasts %.2f s, the film 96", d)
	}
	app.do("DELETE", "/Videos/ActiveEncodings?deviceId=phone&playSessionId="+play, nil, 204)
}

var extinf = regexp.MustCompile(`(?m)^#EXTINF:([0-9.]+)`)

func uris(t *testing.T, playlist string) []string {
	t.Helper()
	var out []string
	for line := range strings.Lines(playlist) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			out = append(out, line)
		}
	}
	return out
}

func duration(t *testing.T, file string) float64 {
	t.Helper()
	out, err := exec.Command("ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", file).Output()
	if err != nil {
		t.Fatal(err)
	}
	var d float64
	if _, err := fmt.Sscan(string(out), &d); err != nil {
		t.Fatal(err)
	}
	return d
}

func readsSubtitles(t *testing.T, app *client, film item) {
	t.Helper()
	src, _ := app.playbackInfo(film)
	for _, s := range src.MediaStreams {
		if !s.IsTextSubtitleStream {
			continue
		}
		if s.DeliveryMethod != "External" || s.DeliveryUrl == "" {
			t.Fatalf("the subtitle is delivered as %q %q", s.DeliveryMethod, s.DeliveryUrl)
		}
		vtt := string(app.bare().do("GET", s.DeliveryUrl, nil, 200))
		if !strings.HasPrefix(vtt, "WEBVTT") || !strings.Contains(vtt, "The snow has come early.") {
			t.Errorf("subtitle: %.200s", vtt)
		}
		return
	}
	t.Error("the mkv's subtitle track is missing")
}
