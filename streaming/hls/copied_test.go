package hls

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"sett/node/library"
	"sett/streaming/ffmpeg"
)

// copying is a Spec that copies the picture and the first sound.
func copying(name string, change func(*Spec)) Spec {
	s := film(name, func(j *ffmpeg.Job) {
		j.Video = ffmpeg.Video{Action: ffmpeg.Copy, Codec: ffmpeg.H264}
		j.Audio = ffmpeg.Audio{Action: ffmpeg.Copy, Index: 1, Codec: ffmpeg.AC3}
	})
	if name == "long.mkv" {
		s.Job.Audio.Codec = ffmpeg.AAC
	}
	if change != nil {
		change(&s)
	}
	return s
}

// hashes lists what a stream of a file is made of, in decoding order.
func hashes(t *testing.T, path, stream string) []string {
	t.Helper()
	out, err := exec.Command("ffmpeg", "-v", "error", "-i", path, "-map", stream, "-c", "copy", "-bsf:v", "h264_mp4toannexb", "-f", "framemd5", "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for line := range strings.Lines(string(out)) {
		if f := strings.Split(strings.TrimSpace(line), ","); len(f) >= 6 {
			list = append(list, strings.TrimSpace(f[5]))
		}
	}
	return list
}

func TestACopiedFilmNeedsNoChildAndNoDisk(t *testing.T) {
	m := manager(t, Options{})
	for _, name := range []string{"film.mkv", "film.mp4", "film.ts"} {
		s := open(t, m, name, copying(name, func(s *Spec) { s.Job.Container = ffmpeg.MP4 }))
		if !s.InProcess() {
			t.Fatalf("%s is not copied in process", name)
		}
		n := s.spec.Job.Segments()
		order := []int{}
		for i := range n {
			order = append(order, n-1-i)
		}
		film := whole(t, s, order)
		judge(t, film)
		path := filepath.Join(t.TempDir(), "whole.mp4")
		if err := os.WriteFile(path, film, 0o600); err != nil {
			t.Fatal(err)
		}
		for _, stream := range []string{"0:v:0", "0:a:0"} {
			if name == "film.ts" && stream == "0:v:0" {
				continue // it has delimiters between pictures, which MP4 has not
			}
			if got, want := hashes(t, path, stream), hashes(t, filepath.Join(clips, name), stream); !slices.Equal(got, want) {
				t.Errorf("%s: stream %s is not the source's: %d packets of %d", name, stream, len(got), len(want))
			}
		}
		list := string(s.Playlist(func(int, library.Ticks, library.Ticks) string { return "x" }))
		if strings.Contains(list, "EXTINF:6.000000") || !strings.Contains(list, "EXT-X-MAP") {
			t.Errorf("%s: the lengths are not those between key frames:\n%s", name, list)
		}
		if master := string(s.Master("x", nil, nil)); !strings.Contains(master, `CODECS="avc1.`) || !strings.Contains(master, `,ac-3"`) {
			t.Errorf("%s: %s", name, master)
		}
	}
	if left := children(); len(left) > 0 {
		t.Errorf("children: %v", left)
	}
	if files, _ := os.ReadDir(m.o.Dir); len(files) > 0 {
		t.Errorf("on disk: %v", files)
	}
	if st := m.Stats(); st.Copied != 3 || st.CopiedByFFmpeg != 0 || st.Encoded != 0 || st.Conversions != 0 {
		t.Errorf("%+v", st)
	}
}

func TestThePlaylistOfACopyIsTrue(t *testing.T) {
	m := manager(t, Options{})
	s := open(t, m, "a", copying("film.mkv", nil))
	for n := range s.spec.Job.Segments() {
		start, length := s.spec.Job.Span(n)
		first, _, _, _ := span(judge(t, fetch(t, s, n)), 0)
		if off := first - start.Seconds() - ffmpeg.Offset; math.Abs(off-1.4) > 0.001 && math.Abs(off) > 0.001 && n > 0 {
			t.Errorf("segment %d begins at %f and is listed at %f for %f s", n, first, start.Seconds(), length.Seconds())
		}
	}
}

func TestWhatOnlyFFmpegCopiesIsCounted(t *testing.T) {
	m := manager(t, Options{})
	// FLAC in MPEG-TS is nobody's; DTS is for ffmpeg. Here: sound that remux refuses.
	dir := t.TempDir()
	odd := filepath.Join(dir, "odd.mkv")
	cmd := exec.Command("ffmpeg", "-v", "error", "-i", filepath.Join(clips, "film.mkv"), "-map", "0:0", "-map", "0:1", "-c:v", "copy",
		"-c:a", "dca", "-strict", "-2", odd)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	spec := copying("film.mkv", func(s *Spec) { s.Job.Input, s.Job.Audio.Codec, s.Job.Container = odd, "dts", ffmpeg.MP4 })
	s := open(t, m, "a", spec)
	if s.InProcess() {
		t.Skip("remux takes DTS by now; another odd sound is needed here")
	}
	fetch(t, s, 1)
	if st := m.Stats(); st.CopiedByFFmpeg != 1 || st.Conversions != 1 {
		t.Errorf("%+v", st)
	}
	// A container without any index in process.
	avi := filepath.Join(dir, "film.avi")
	cmd = exec.Command("ffmpeg", "-v", "error", "-i", filepath.Join(clips, "film.mkv"), "-map", "0:0", "-map", "0:1", "-c", "copy", "-bsf:v", "h264_mp4toannexb", avi)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	spec = copying("film.mkv", func(s *Spec) { s.Job.Input, s.Job.Format = avi, "avi" })
	if _, err := m.Open(t.Context(), "b", spec); !errors.Is(err, ErrNeedsIndex) {
		t.Errorf("a picture without an index: %v", err)
	}
	spec.Fallback = film("film.mkv", nil).Job.Video
	if s = open(t, m, "b", spec); s.Spec().Job.Video.Action != ffmpeg.Encode {
		t.Errorf("%+v", s.Spec().Job)
	}
	if again := open(t, m, "b", spec); again != s {
		t.Error("asked again, it was opened anew")
	}
	fetch(t, s, 0)
	if st := m.Stats(); st.Encoded != 1 {
		t.Errorf("%+v", st)
	}
}

func TestAFilmWithoutAnIndexIsScannedInTheBackground(t *testing.T) {
	m := manager(t, Options{ScanWait: time.Nanosecond})
	spec := copying("film.ts", nil)
	spec.Fallback = film("film.ts", nil).Job.Video
	s := open(t, m, "impatient", spec)
	if s.InProcess() {
		t.Log("the scan won the race")
	}
	eventually(t, "scanned", func() bool {
		s, err := m.Open(t.Context(), "patient", spec)
		if err != nil {
			t.Fatal(err)
		}
		defer m.Close("patient")
		return s.InProcess()
	})
	if again := open(t, m, "impatient", spec); again != s {
		t.Error("a session changed its ways in the middle of the film")
	}
}

func TestACopySurvivesItsSessionAndTheFilesEnd(t *testing.T) {
	m := manager(t, Options{})
	path := filepath.Join(t.TempDir(), "film.mkv")
	b, err := os.ReadFile(filepath.Join(clips, "film.mkv"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	spec := copying("film.mkv", func(s *Spec) { s.Job.Input = path })
	s := open(t, m, "a", spec)
	want := fetch(t, s, 1)
	r, err := s.Segment(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if got := fetch(t, s, 1); !slices.Equal(got, want) {
		t.Error("a deleted file is not played on")
	}
	m.Close("a")
	m.files.reap(time.Now().Add(time.Hour))
	if got, err := io.ReadAll(r); err != nil || !slices.Equal(got, want) {
		t.Errorf("%d bytes of %d, %v", len(got), len(want), err)
	}
	if err := errors.Join(r.Close(), r.Close()); err != nil {
		t.Error(err)
	}
	if _, err := s.Segment(t.Context(), 1); !errors.Is(err, ErrClosed) {
		t.Errorf("closed: %v", err)
	}
	if _, err := m.Open(t.Context(), "b", spec); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that is gone: %v", err)
	}
	m.files.reap(time.Now().Add(time.Hour))
	m.files.mu.Lock()
	defer m.files.mu.Unlock()
	if len(m.files.open) > 0 {
		t.Errorf("%d films are still open", len(m.files.open))
	}
}

func TestOpenFilmsAreBounded(t *testing.T) {
	m := manager(t, Options{MaxFiles: 1, MaxCopies: 2})
	a := open(t, m, "a", copying("film.mkv", nil))
	open(t, m, "b", copying("film.mp4", func(s *Spec) { s.Job.Container = ffmpeg.MP4 }))
	if _, err := m.Open(t.Context(), "c", copying("film.ts", nil)); !errors.Is(err, ErrBusy) {
		t.Errorf("one too many: %v", err)
	}
	m.Close("b")
	m.files.mu.Lock()
	n := len(m.files.open)
	m.files.mu.Unlock()
	if n != 1 {
		t.Errorf("%d films are open", n)
	}
	fetch(t, a, 0)
}

func TestManyMayOpenOneSessionAtOnce(t *testing.T) {
	m := manager(t, Options{})
	var wg sync.WaitGroup
	var mu sync.Mutex
	got := map[*Session]bool{}
	for range 16 {
		wg.Go(func() {
			s, err := m.Open(context.Background(), "a", copying("film.mkv", nil))
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			got[s] = true
		})
	}
	wg.Wait()
	if len(got) != 1 || m.Stats().Copied != 1 {
		t.Errorf("%d sessions, %+v", len(got), m.Stats())
	}
}
