package jellyfin

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"sett/node/library"
	"sett/node/origin"
)

// cinema is a lab whose conversions run, with a film and a song that exist, behind
// a real listener.
type cinema struct {
	*lab
	url        string
	real, song library.ID
	dir        string
}

func newCinema(t *testing.T) *cinema {
	t.Helper()
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		t.Skip("ffmpeg is not installed")
	}
	c := &cinema{lab: newLab(t), dir: t.TempDir(), real: library.NewID("real"), song: library.NewID("song")}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- c.Streams.Run(ctx) }()
	srv := httptest.NewUnstartedServer(c.API)
	srv.Config.ConnContext = func(ctx context.Context, _ net.Conn) context.Context { return origin.With(ctx, at(origin.LAN)) }
	srv.Start()
	c.url = srv.URL
	t.Cleanup(func() {
		srv.CloseClientConnections()
		srv.Close()
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	c.shoot()
	return c
}

// shoot makes the media and files them.
func (c *cinema) shoot() {
	c.t.Helper()
	film, song := filepath.Join(c.dir, "film.mkv"), filepath.Join(c.dir, "song.flac")
	for _, args := range []string{
		"-f lavfi -i testsrc2=s=160x90:d=20:r=24 -f lavfi -i sine=d=20:f=440:b=4:r=48000 -map 0 -map 1 -c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 48 -c:a ac3 " + film,
		"-f lavfi -i sine=d=20:f=440:r=44100 -c:a flac " + song,
	} {
		if out, err := exec.Command("ffmpeg", append([]string{"-y", "-v", "error"}, strings.Fields(args)...)...).CombinedOutput(); err != nil {
			c.t.Fatalf("%v\n%s", err, out)
		}
	}
	srt := filepath.Join(c.dir, "film.srt")
	if err := os.WriteFile(srt, []byte("1\n00:00:01,000 --> 00:00:03,000\nOne & <i>two</i>\n\n2\n00:00:05,000 --> 00:00:07,000\nAcross\n\n3\n00:00:15,000 --> 00:00:16,000\nLate\n"), 0o600); err != nil {
		c.t.Fatal(err)
	}
	films := library.NewID("films")
	runtime := library.TicksOf(20 * time.Second)
	err := c.Store.Apply(c.ctx,
		library.Put(&library.Item{ID: c.real, Kind: library.Movie, Library: films, Parent: films, Name: "Real", Runtime: runtime, Sources: []library.Source{{
			ID: c.real, Path: film, Container: "mkv", Runtime: runtime, Streams: []library.Stream{
				{Index: 0, Kind: library.StreamVideo, Codec: "h264", Width: 160, Height: 90, AvgFrameRate: 24, RealFrameRate: 24},
				{Index: 1, Kind: library.StreamAudio, Codec: "ac3", Channels: 1, SampleRate: 48000, Default: true},
				{Index: 2, Kind: library.StreamSubtitle, Codec: "subrip", Language: "eng", Title: "A \"title\"", External: true, Path: srt},
			}}}}),
		library.Put(&library.Item{ID: c.song, Kind: library.Audio, Library: films, Parent: films, Name: "Song", Runtime: runtime, Sources: []library.Source{{
			ID: c.song, Path: song, Container: "flac", Runtime: runtime, Streams: []library.Stream{
				{Index: 0, Kind: library.StreamAudio, Codec: "flac", Channels: 1, SampleRate: 44100},
			}}}}),
	)
	if err != nil {
		c.t.Fatal(err)
	}
}

// get fetches a path as the owner.
func (c *cinema) get(path string) (*http.Response, []byte) {
	c.t.Helper()
	sep := "?"
	if strings.Contains(path, "?") {
		sep = "&"
	}
	resp, err := http.Get(c.url + path + sep + "ApiKey=" + c.owner)
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatalf("GET %s: %v", path, err)
	}
	return resp, b
}

// length lets ffprobe say how long a file is, and of what.
func (c *cinema) length(b []byte) (seconds float64, codecs string) {
	c.t.Helper()
	path := filepath.Join(c.t.TempDir(), "got")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		c.t.Fatal(err)
	}
	out, err := exec.Command("ffmpeg", "-v", "error", "-i", path, "-f", "null", "-").CombinedOutput()
	if err != nil || len(out) > 0 {
		c.t.Errorf("decode: %v %s", err, out)
	}
	out, err = exec.Command("ffprobe", "-v", "error", "-show_entries", "stream=codec_name", "-of", "csv=p=0", path).Output()
	if err != nil {
		c.t.Fatal(err)
	}
	codecs = strings.Join(strings.Fields(strings.ReplaceAll(string(out), ",", " ")), ",")
	out, err = exec.Command("ffprobe", "-v", "error", "-show_entries", "packet=pts_time", "-select_streams", "a:0", "-of", "csv=p=0", path).Output()
	if err != nil {
		c.t.Fatal(err)
	}
	times := strings.Fields(strings.ReplaceAll(string(out), ",", " "))
	if len(times) == 0 {
		return 0, codecs
	}
	first, _ := strconv.ParseFloat(times[0], 64)
	last, _ := strconv.ParseFloat(times[len(times)-1], 64)
	return last - first, codecs
}

func TestAConversionIsOneProperFile(t *testing.T) {
	c := newCinema(t)
	video, song := "/Videos/"+c.real.String(), "/Audio/"+c.song.String()
	for _, v := range []struct {
		path, mime, codecs string
		length             float64
	}{
		{video + "/stream.mp4", "video/mp4", "h264,ac3", 20},
		{video + "/stream.ts?VideoCodec=h264&AudioCodec=ac3", "video/mp2t", "h264,ac3", 20},
		{video + "/stream.ts?VideoCodec=h264&AudioCodec=ac3&StartTimeTicks=120000000", "video/mp2t", "h264,ac3", 8},
		{video + "/stream.mp4?VideoCodec=h264&AudioCodec=aac&StartTimeTicks=100000000", "video/mp4", "h264,aac", 10},
		{video + "/stream.mp4?VideoCodec=h264&AudioCodec=aac&AllowVideoStreamCopy=false&MaxWidth=80", "video/mp4", "h264,aac", 20},
		{video + "/stream.mkv?VideoCodec=h264&AudioCodec=mp3&AllowAudioStreamCopy=false", "video/x-matroska", "h264,mp3", 20},
		{song + "/stream.mp3", "audio/mpeg", "mp3", 20},
		{song + "/stream.aac", "audio/aac", "aac", 20},
		{song + "/stream.opus?StartTimeTicks=50000000", "audio/ogg", "opus", 15},
		{song + "/stream.m4a?AudioCodec=aac", "audio/mp4", "aac", 20},
		{song + "/stream.flac", "audio/flac", "flac", 20},
		{song + "/universal?Container=mp3,aac&TranscodingContainer=mp3&AudioCodec=mp3&MaxStreamingBitrate=128000", "audio/mpeg", "mp3", 20},
		{song + "/universal?Container=flac&TranscodingContainer=mp3&AudioCodec=mp3", "audio/flac", "flac", 20},
		{song + "/universal?Container=opus,flac|vorbis&TranscodingContainer=ts&TranscodingProtocol=http&AudioCodec=aac", "video/mp2t", "aac", 20},
	} {
		resp, b := c.get(v.path)
		if got := resp.Header.Get("Content-Type"); resp.StatusCode != 200 || got != v.mime && v.mime != "video/mp2t" {
			t.Errorf("%s: %d %s %.200s", v.path, resp.StatusCode, got, b)
			continue
		}
		got, codecs := c.length(b)
		if codecs != v.codecs && codecs != v.codecs+","+v.codecs || got < v.length-1.1 || got > v.length+2.1 {
			t.Errorf("%s: %s over %f s, want %s over %f s", v.path, codecs, got, v.codecs, v.length)
		}
	}
	if st := c.Streams.Stats(); st.Conversions != 0 {
		t.Errorf("%+v", st)
	}
}

func TestACopyIsPlayedWithoutFFmpeg(t *testing.T) {
	c := newCinema(t)
	t.Setenv("PATH", "")
	base := "/videos/" + c.real.Dashed() + "/"
	query := "VideoCodec=h264&AudioCodec=ac3&SegmentContainer=mp4&PlaySessionId=p1"
	resp, master := c.get(base + "master.m3u8?" + query)
	if resp.StatusCode != 200 || !strings.Contains(string(master), `CODECS="avc1.`) {
		t.Fatalf("%d %s", resp.StatusCode, master)
	}
	_, list := c.get(base + "main.m3u8?" + query)
	n := 0
	for line := range strings.Lines(string(list)) {
		if strings.HasPrefix(line, "hls1/") {
			n++
			resp, b := c.get(base + strings.TrimSpace(line))
			if resp.StatusCode != 200 || len(b) == 0 || resp.ContentLength != int64(len(b)) || resp.Header.Get("Content-Type") != "video/mp4" {
				t.Errorf("%s: %d, %d bytes of %d", line, resp.StatusCode, len(b), resp.ContentLength)
			}
		}
	}
	if n < 3 {
		t.Errorf("%d segments:\n%s", n, list)
	}
	resp, b := c.get(base + "master.m3u8?VideoCodec=h264&AudioCodec=aac&AllowVideoStreamCopy=false&PlaySessionId=p2")
	if resp.StatusCode != 503 || !strings.Contains(string(b), "no ffmpeg") {
		t.Errorf("without ffmpeg: %d %s", resp.StatusCode, b)
	}
}

func TestAPlayerThatLeavesAStreamEndsItsConversion(t *testing.T) {
	c := newCinema(t)
	ctx, cancel := context.WithCancel(t.Context())
	req, err := http.NewRequestWithContext(ctx, "GET", c.url+"/Videos/"+c.real.String()+"/stream.mp4?VideoCodec=h264&AudioCodec=aac&AllowVideoStreamCopy=false&ApiKey="+c.owner, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	resp.Body.Close()
	for end := time.Now().Add(10 * time.Second); c.Streams.Stats().Conversions > 0; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the conversion goes on")
		}
	}
}

func TestSubtitlesComeInThePlaylist(t *testing.T) {
	c := newCinema(t)
	base := "/videos/" + c.real.Dashed() + "/"
	for container, clock := range map[string]string{"ts": "90000", "mp4": "90000"} {
		query := "VideoCodec=h264&AudioCodec=ac3&SegmentContainer=" + container + "&SubtitleMethod=Hls&SubtitleStreamIndex=2&PlaySessionId=p" + container
		_, master := c.get(base + "master.m3u8?" + query)
		var uri string
		for line := range strings.Lines(string(master)) {
			if strings.HasPrefix(line, "#EXT-X-MEDIA:TYPE=SUBTITLES") && strings.Contains(line, `NAME="A 'title'",DEFAULT=YES`) && strings.Contains(line, `LANGUAGE="eng"`) {
				_, uri, _ = strings.Cut(strings.TrimSpace(line), `URI="`)
				uri = strings.TrimSuffix(uri, `"`)
			}
		}
		if uri == "" || !strings.Contains(string(master), `SUBTITLES="subs"`) {
			t.Fatalf("%s", master)
		}
		resp, list := c.get(base + strings.Replace(uri, "SegmentLength=30", "SegmentLength=6", 1))
		if resp.StatusCode != 200 || strings.Count(string(list), "#EXTINF:6.000000") != 3 {
			t.Fatalf("%d\n%s", resp.StatusCode, list)
		}
		var pieces []string
		for line := range strings.Lines(string(list)) {
			if !strings.HasPrefix(line, "#") {
				resp, b := c.get(base + c.real.String() + "/Subtitles/2/" + strings.TrimSpace(line))
				if resp.StatusCode != 200 || !strings.HasPrefix(string(b), "WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:"+clock+",LOCAL:00:00:00.000\n") {
					t.Errorf("%s: %d\n%s", line, resp.StatusCode, b)
				}
				pieces = append(pieces, string(b))
			}
		}
		const across = "00:00:05.000 --> 00:00:07.000\nAcross"
		if len(pieces) != 4 || !strings.Contains(pieces[0], across) || !strings.Contains(pieces[1], across) || strings.Contains(pieces[2], "Across") ||
			!strings.Contains(pieces[0], "One &amp; <i>two</i>") || !strings.Contains(pieces[2], "00:00:15.000") {
			t.Errorf("%q", pieces)
		}
	}
	_, master := c.get(base + "master.m3u8?VideoCodec=h264&AudioCodec=ac3&AllowVideoStreamCopy=false&SegmentContainer=ts&EnableSubtitlesInManifest=True&PlaySessionId=e")
	if !strings.Contains(string(master), "TimeMap=216000") {
		t.Errorf("ffmpeg's transport streams begin 2.4 s late:\n%s", master)
	}
}

// The first segment of every kind of session begins where the subtitles' map says.
func TestThePlayerMayChangeTheQuality(t *testing.T) {
	c := newCinema(t)
	base := "/videos/" + c.real.Dashed() + "/"
	_, master := c.get(base + "master.m3u8?VideoCodec=h264&AudioCodec=aac&AllowVideoStreamCopy=false&VideoBitrate=9000000&PlaySessionId=q&EnableAdaptiveBitrateStreaming=true")
	if n := strings.Count(string(master), "#EXT-X-STREAM-INF"); n != 1 {
		t.Errorf("a film of 90 lines has %d qualities:\n%s", n, master)
	}
	item, err := c.Store.Item(c.real)
	if err != nil {
		t.Fatal(err)
	}
	item.Sources[0].Streams[0].Width, item.Sources[0].Streams[0].Height = 1920, 1080 // says the library
	if err := c.Store.Apply(c.ctx, library.Put(item)); err != nil {
		t.Fatal(err)
	}
	_, master = c.get(base + "master.m3u8?VideoCodec=h264&AudioCodec=aac&AllowVideoStreamCopy=false&VideoBitrate=9000000&PlaySessionId=q&EnableAdaptiveBitrateStreaming=true")
	var uris []string
	for line := range strings.Lines(string(master)) {
		if !strings.HasPrefix(line, "#") {
			uris = append(uris, strings.TrimSpace(line))
		}
	}
	if len(uris) != 1+maxVariants || !strings.Contains(string(master), "RESOLUTION=1280x720") {
		t.Fatalf("%s", master)
	}
	for _, uri := range uris {
		resp, list := c.get(base + uri)
		if resp.StatusCode != 200 {
			t.Errorf("%s: %d %s", uri, resp.StatusCode, list)
		}
	}
	if st := c.Streams.Stats(); st.Sessions != 1+maxVariants {
		t.Errorf("%+v", st)
	}
	req := c.call("DELETE", "/Videos/ActiveEncodings?deviceId=d&playSessionId=q", c.owner, "")
	if st := c.Streams.Stats(); req.Code != 204 || st.Sessions != 0 {
		t.Errorf("stopped: %d, %+v", req.Code, st)
	}
}
