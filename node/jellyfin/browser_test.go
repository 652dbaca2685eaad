package jellyfin

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sett/node/library"
)

// A real player plays every kind of session, seeks in it, shows its subtitles, and
// goes from one to another in the middle, as when the sound or the quality changes.
func TestABrowserPlaysEveryKindOfSession(t *testing.T) {
	modules, err := filepath.Abs("../testdata/clients/node_modules")
	if err != nil {
		t.Fatal(err)
	}
	hlsjs, err := filepath.Abs("../web/node_modules/hls.js/dist/hls.js")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{filepath.Join(modules, "playwright-core"), hlsjs} {
		if _, err := os.Stat(path); err != nil {
			t.Skip("the browser's packages are not installed: npm ci in node/testdata/clients and node/web")
		}
	}
	for _, program := range []string{"node", "chromium"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skip(program + " is not installed")
		}
	}
	c := newCinema(t)
	film := filepath.Join(c.dir, "aac.mkv")
	cmd := exec.Command("ffmpeg", "-v", "error", "-i", filepath.Join(c.dir, "film.mkv"), "-map", "0", "-c:v", "copy", "-c:a", "aac", film)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	item, err := c.Store.Item(c.real)
	if err != nil {
		t.Fatal(err)
	}
	item.Sources[0].Path, item.Sources[0].Streams[1].Codec = film, "aac"
	if err := c.Store.Apply(c.ctx, library.Put(item)); err != nil {
		t.Fatal(err)
	}
	type one struct {
		Name string `json:"name"`
		URL  string `json:"url"`
		Cues bool   `json:"cues"`
		Next string `json:"next"`
	}
	url := func(query string) string {
		return c.url + "/videos/" + c.real.Dashed() + "/master.m3u8?ApiKey=" + c.owner + "&VideoCodec=h264&AudioCodec=aac&" + query
	}
	const encodePicture, encodeSound, subtitles = "&AllowVideoStreamCopy=false&MaxWidth=120", "&AllowAudioStreamCopy=false&TranscodingMaxAudioChannels=1&AudioBitrate=64000", "&SubtitleMethod=Hls&SubtitleStreamIndex=2"
	var list []one
	for _, container := range []string{"mp4", "ts"} {
		in := "SegmentContainer=" + container + "&PlaySessionId="
		list = append(list,
			one{"remux " + container, url(in + "1" + container + subtitles), true, url(in + "1" + container + encodePicture)},
			one{"direct stream " + container, url(in + "2" + container + encodeSound + subtitles), true, url(in + "2" + container)},
			one{"transcode " + container, url(in + "3" + container + encodePicture + encodeSound + subtitles), true, url(in + "3" + container + encodePicture + "&VideoBitrate=200000")},
		)
	}
	b, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, "node", "testdata/player.mjs", modules, hlsjs, c.url, string(b)).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, strings.ReplaceAll(string(out), c.owner, "…"))
	}
	if st := c.Streams.Stats(); st.Copied == 0 || st.CopiedByFFmpeg == 0 || st.Encoded != 0 {
		t.Errorf("%+v", st)
	}
}
