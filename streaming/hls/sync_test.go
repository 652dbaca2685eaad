package hls

import (
	"encoding/binary"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"sett/streaming/ffmpeg"
)

// beeps lists when the tone of the clips beeps, which it does once a second, on the
// file's own clock: by what is heard, not by what time stamps say of it.
func beeps(t *testing.T, path string) []float64 {
	t.Helper()
	const rate = 8000
	out, err := exec.Command("ffmpeg", "-v", "error", "-copyts", "-i", path, "-map", "0:a:0",
		"-af", "highpass=f=1500:p=2,highpass=f=1500:p=2,aresample=8000:async=1:min_hard_comp=0.001:first_pts=0", "-ac", "1", "-f", "s16le", "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	loudest := 0.
	level := make([]float64, len(out)/2)
	for i := range level {
		level[i] = math.Abs(float64(int16(binary.LittleEndian.Uint16(out[2*i:]))))
		loudest = max(loudest, level[i])
	}
	var list []float64
	for i, quiet := 0, rate; i < len(level); i++ {
		if level[i] < loudest/3 {
			quiet++
			continue
		}
		if quiet > rate/2 {
			list = append(list, float64(i)/rate)
		}
		quiet = 0
	}
	return list
}

func TestWhatIsHeardComesWithWhatIsSeen(t *testing.T) {
	m := manager(t, Options{})
	for name, spec := range map[string]Spec{
		"remux mkv to mp4":         copying("film.mkv", func(s *Spec) { s.Job.Container = ffmpeg.MP4 }),
		"remux mp4 to ts":          copying("film.mp4", nil),
		"direct stream mkv to mp4": directStream("film.mkv", func(s *Spec) { s.Job.Container = ffmpeg.MP4 }),
		"direct stream mp4 to ts":  directStream("film.mp4", nil),
		"direct stream ts to mp4":  directStream("film.ts", func(s *Spec) { s.Job.Container = ffmpeg.MP4 }),
		"transcode mkv to mp4":     film("film.mkv", func(j *ffmpeg.Job) { j.Container = ffmpeg.MP4 }),
		"transcode mp4 to ts":      film("film.mp4", nil),
	} {
		s := open(t, m, name, spec)
		n := s.spec.Job.Segments()
		var order []int
		for i := range n {
			order = append(order, (i+n/2)%n) // two runs, joined in the middle
		}
		path := filepath.Join(t.TempDir(), "whole")
		if err := os.WriteFile(path, whole(t, s, order), 0o600); err != nil {
			t.Fatal(err)
		}
		video, _, _, _ := span(packetsOf(t, path, false), 0)
		video0, _, _, _ := span(packetsOf(t, spec.Job.Input, false), 0)
		got, want := beeps(t, path), beeps(t, spec.Job.Input)
		if len(want) < 15 || len(got) != len(want) {
			t.Errorf("%s: %d beeps of %d", name, len(got), len(want))
			continue
		}
		worst := 0.
		for i := range got {
			if skew := (got[i] - video) - (want[i] - video0); math.Abs(skew) > math.Abs(worst) {
				worst = skew
			}
		}
		t.Logf("%s: %.1f ms", name, worst*1000)
		if math.Abs(worst) > 0.020 {
			t.Errorf("%s: sound comes %f s late", name, worst)
		}
	}
}
