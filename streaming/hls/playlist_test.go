package hls

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"sett/node/library"
	"sett/streaming/ffmpeg"
)

func TestThePlaylistListsTheWholeRuntimeUpFront(t *testing.T) {
	m := manager(t, Options{})
	uri := func(n int, start, length library.Ticks) string { return fmt.Sprintf("hls1/main/%d?at=%d", n, start) }
	s := open(t, m, "ts", film("film.mkv", func(j *ffmpeg.Job) { j.Runtime = 20*sec + sec/2 }))
	want := "#EXTM3U\n#EXT-X-PLAYLIST-TYPE:VOD\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:6\n#EXT-X-MEDIA-SEQUENCE:0\n" +
		"#EXTINF:6.000000,\nhls1/main/0?at=0\n#EXTINF:6.000000,\nhls1/main/1?at=60000000\n" +
		"#EXTINF:6.000000,\nhls1/main/2?at=120000000\n#EXTINF:2.500000,\nhls1/main/3?at=180000000\n#EXT-X-ENDLIST\n"
	if got := string(s.Playlist(uri)); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	s = open(t, m, "mp4", film("film.mkv", func(j *ffmpeg.Job) { j.Container = ffmpeg.MP4 }))
	if got := string(s.Playlist(uri)); !strings.Contains(got, "#EXT-X-VERSION:7\n") || !strings.Contains(got, "#EXT-X-MAP:URI=\"hls1/main/-1?at=0\"\n") {
		t.Errorf("got\n%s", got)
	}
	if len(children()) > 0 {
		t.Error("a playlist started a child")
	}
	spec := film("film.mkv", func(j *ffmpeg.Job) { j.Video.Level = 31 })
	spec.Width, spec.Height, spec.FrameRate = 120, 68, 23.976
	got := string(open(t, m, "master", spec).Master("main.m3u8?x=1", nil, nil))
	want = "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-STREAM-INF:BANDWIDTH=1128000,CODECS=\"avc1.64001F,mp4a.40.2\",RESOLUTION=120x68,FRAME-RATE=23.976,VIDEO-RANGE=SDR\nmain.m3u8?x=1\n"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestWhatCannotBeServedIsRefused(t *testing.T) {
	m := manager(t, Options{MaxSessions: 1})
	if _, err := m.Open(t.Context(), "a", film("film.mkv", func(j *ffmpeg.Job) { j.Audio.Codec = "x" })); !errors.Is(err, ffmpeg.ErrJob) {
		t.Errorf("odd codec: %v", err)
	}
	s := open(t, m, "a", film("film.mkv", nil))
	if _, err := m.Open(t.Context(), "b", film("film.mkv", nil)); !errors.Is(err, ErrBusy) {
		t.Errorf("one too many: %v", err)
	}
	for _, n := range []int{-1, 4} {
		if _, err := s.Segment(t.Context(), n); !errors.Is(err, ErrNoSegment) {
			t.Errorf("segment %d: %v", n, err)
		}
	}
	if _, err := s.Init(t.Context()); !errors.Is(err, ErrNoSegment) {
		t.Errorf("init of TS: %v", err)
	}
	m.Close("a")
	m.Close("a")
	if _, err := s.Segment(t.Context(), 0); !errors.Is(err, ErrClosed) {
		t.Errorf("closed: %v", err)
	}
	if _, err := New(Options{Dir: t.TempDir()}).Open(t.Context(), "a", film("film.mkv", nil)); !errors.Is(err, ErrClosed) {
		t.Errorf("not running: %v", err)
	}
	t.Setenv("PATH", "")
	if _, err := m.Open(t.Context(), "c", film("film.mkv", nil)); !errors.Is(err, ffmpeg.ErrNotInstalled) {
		t.Errorf("no ffmpeg: %v", err)
	}
}
