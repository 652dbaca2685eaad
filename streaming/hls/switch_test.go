package hls

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sett/node/library"
	"sett/streaming/ffmpeg"
)

func TestASegmentOfAnOlderPlaylistDoesNotTakeTheNewerOnesPlace(t *testing.T) {
	m := manager(t, Options{})
	old, fresh := film("film.mkv", nil), film("film.mkv", func(j *ffmpeg.Job) { j.Audio.Index = 2 })
	fetch(t, open(t, m, "a", old), 0)
	s := open(t, m, "a", fresh) // another sound
	fetch(t, s, 2)
	if _, err := m.Join(t.Context(), "a", old); !errors.Is(err, ErrSuperseded) {
		t.Errorf("a late segment: %v", err)
	}
	if again, err := m.Join(t.Context(), "a", fresh); err != nil || again != s {
		t.Errorf("the new one's segment: %v", err)
	}
	if again, err := m.Join(t.Context(), "a", film("film.mkv", func(j *ffmpeg.Job) { j.Video.Level = 40 })); err != nil || again == s {
		t.Errorf("a segment of no older one: %v", err) // the library knows more by now
	}
	s = open(t, m, "a", fresh)
	if _, err := m.Join(t.Context(), "b", old); err != nil { // after a restart of the node
		t.Errorf("nobody's segment: %v", err)
	}
	s.mu.Lock()
	s.used = time.Now().Add(-time.Minute)
	s.mu.Unlock()
	if _, err := m.Join(t.Context(), "a", old); err != nil {
		t.Errorf("the newer one is abandoned: %v", err)
	}
	if s = open(t, m, "a", fresh); s.Spec().Job.Audio.Index != 2 { // and back, by its playlist
		t.Error("the playlist did not bring it back")
	}
}

func TestAConversionWaitsForAnotherToEnd(t *testing.T) {
	m := manager(t, Options{MaxSessions: 1, Queue: 20 * time.Second})
	first := open(t, m, "a", film("film.mkv", nil))
	got := make(chan error, 2)
	go func() {
		_, err := m.Open(context.Background(), "b", film("film.mkv", nil))
		got <- err
	}()
	open(t, m, "copied", copying("film.mkv", nil)) // needs no turn
	select {
	case err := <-got:
		t.Fatalf("it did not wait: %v", err)
	case <-time.After(50 * time.Millisecond):
	}
	m.Close("a")
	if err := <-got; err != nil {
		t.Error(err)
	}
	if _, err := first.Segment(t.Context(), 0); !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
	// One that is long unused makes way at once.
	b, _ := m.Get("b")
	b.mu.Lock()
	b.used = time.Now().Add(-time.Minute)
	b.mu.Unlock()
	open(t, m, "c", film("film.mkv", nil))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := m.Open(ctx, "d", film("film.mkv", nil)); !errors.Is(err, context.Canceled) {
		t.Errorf("given up: %v", err)
	}
}

func TestWhatIsLeftToUsBeginsWithAShortSegment(t *testing.T) {
	m := manager(t, Options{})
	spec := film("film.mkv", func(j *ffmpeg.Job) { j.Segment = 0 })
	s := open(t, m, "a", spec)
	if n := s.spec.Job.Segments(); n != 8 {
		t.Fatalf("%d segments", n)
	}
	list := string(s.Playlist(func(int, library.Ticks, library.Ticks) string { return "x" }))
	if !strings.Contains(list, "TARGETDURATION:3\n") || !strings.Contains(list, "#EXTINF:1.000000,\nx\n#EXTINF:2.000000,\nx\n#EXTINF:3.000000,") {
		t.Errorf("%s", list)
	}
	want := judge(t, whole(t, s, []int{0, 1, 2, 3, 4, 5, 6, 7}))
	got := judge(t, whole(t, open(t, m, "b", spec), []int{7, 1, 0, 4, 5, 3, 2, 6}))
	if len(got) != len(want) {
		t.Errorf("%d packets, in order %d", len(got), len(want))
	}
	if s = open(t, m, "c", copying("film.mkv", func(s *Spec) { s.Job.Segment = 0 })); s.spec.Job.Segments() != 4 {
		t.Errorf("copied: %d segments", s.spec.Job.Segments())
	}
}

func TestWhatFFmpegLacksIsLeftOut(t *testing.T) {
	m := manager(t, Options{Tools: &ffmpeg.Tools{}})
	if s := open(t, m, "a", film("film.mkv", func(j *ffmpeg.Job) { j.Video.ToneMap = true })); s.Spec().Job.Video.ToneMap {
		t.Error("tone mapping without its filter")
	}
}

func TestAFilmLyingOnItsSideComesUpright(t *testing.T) {
	m := manager(t, Options{})
	side := filepath.Join(t.TempDir(), "side.mp4")
	cmd := exec.Command("ffmpeg", "-v", "error", "-i", filepath.Join(clips, "film.mp4"), "-map", "0:0", "-map", "0:1", "-c", "copy", "-metadata:s:v", "rotate=90", side)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	s := open(t, m, "a", film("film.mp4", func(j *ffmpeg.Job) { j.Input, j.Video.Width = side, 0 }))
	path := filepath.Join(t.TempDir(), "0.ts")
	if err := os.WriteFile(path, fetch(t, s, 0), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("ffprobe", "-v", "error", "-select_streams", "v", "-show_entries", "stream=width,height", "-of", "csv=p=0", path).Output()
	if err != nil || !strings.HasPrefix(string(out), "90,160") {
		t.Errorf("%s %v", out, err)
	}
}

func TestSurroundSoundIsMixedDownInEveryLayout(t *testing.T) {
	m := manager(t, Options{})
	for _, layout := range []string{"5.1", "7.1", "5.0(side)", "quad", "2.1", "stereo"} {
		src := filepath.Join(t.TempDir(), "s.mkv")
		cmd := exec.Command("ffmpeg", "-v", "error", "-f", "lavfi", "-i", "sine=d=8:r=48000", "-af", "aformat=channel_layouts="+layout, "-c:a", "pcm_s16le", src)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		s := open(t, m, layout, film("film.mkv", func(j *ffmpeg.Job) {
			j.Input, j.Runtime, j.Video = src, 8*sec, ffmpeg.Video{}
			j.Audio.Index, j.Audio.Downmix, j.Audio.Even = 0, true, true
		}))
		if _, _, _, count := span(judge(t, fetch(t, s, 0)), 0); count < 270 {
			t.Errorf("%s: %d packets", layout, count)
		}
	}
}

// The hardware is made up, so ffmpeg fails as it would when a driver does.
func TestWhenHardwareFailsSoftwareGoesOn(t *testing.T) {
	real, err := ffmpeg.Find(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	bad := ffmpeg.Encoder{Kind: ffmpeg.VAAPI, Device: "/dev/dri/renderD999"}
	real.Hardware = map[ffmpeg.Codec]ffmpeg.Encoder{ffmpeg.H264: bad}
	m := manager(t, Options{Tools: real})
	s := open(t, m, "a", film("film.mkv", nil))
	if got := s.Spec().Job.Video.Encoder; got != bad {
		t.Fatalf("encoder %v", got)
	}
	judge(t, fetch(t, s, 1))
	if got := s.Spec().Job.Video.Encoder; got != (ffmpeg.Encoder{}) {
		t.Errorf("still %v", got)
	}
	if got := open(t, m, "b", film("film.mkv", nil)).Spec().Job.Video.Encoder; got != (ffmpeg.Encoder{}) {
		t.Errorf("the next film is given to %v", got)
	}
	m.broken.Clear()
	p := pipe(t, m, "c", film("film.mkv", nil), ffmpeg.ToTS)
	if n, err := p.Read(make([]byte, 188)); n == 0 || err != nil {
		t.Errorf("%d bytes, %v", n, err)
	}
}
