package hls

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"sett/node/library"
	"sett/streaming/ffmpeg"
)

const sec = library.Ticks(1e7)

// clips are made once: a film of 20 s with two soundtracks in three containers,
// and a long one that encodes quickly.
var (
	clips string
	tools *ffmpeg.Tools
)

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "hls-clips-")
	if err == nil {
		clips = dir
		err = makeClips(dir)
	}
	if err == nil {
		tools, err = ffmpeg.Find(context.Background())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	_ = os.RemoveAll(dir)
	if code == 0 {
		if err := goleak.Find(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
		if left := children(); len(left) > 0 {
			fmt.Fprintln(os.Stderr, "children left behind:", left)
			code = 1
		}
	}
	os.Exit(code)
}

func makeClips(dir string) error {
	film := filepath.Join(dir, "film.mkv")
	for _, args := range [][]string{
		{"-f", "lavfi", "-i", "testsrc2=s=160x90:d=20:r=24000/1001", "-f", "lavfi", "-i", "sine=d=20:f=440:b=4:r=44100",
			"-map", "0", "-map", "1", "-map", "1", "-c:v", "libx264", "-preset", "ultrafast", "-bf", "2", "-g", "60",
			"-c:a:0", "ac3", "-ar:a:0", "48000", "-c:a:1", "aac", "-ac", "2", film},
		{"-i", film, "-map", "0", "-c", "copy", filepath.Join(dir, "film.mp4")},
		{"-i", film, "-map", "0", "-c", "copy", filepath.Join(dir, "film.ts")},
		{"-f", "lavfi", "-i", "testsrc2=s=64x36:d=240:r=12", "-f", "lavfi", "-i", "sine=d=240", "-c:v", "libx264",
			"-preset", "ultrafast", "-c:a", "aac", filepath.Join(dir, "long.mkv")},
	} {
		cmd := exec.Command("ffmpeg", append([]string{"-y", "-loglevel", "error"}, args...)...)
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("make a clip: %w\n%s", err, out)
		}
	}
	return nil
}

// children lists the ids of our live child processes.
func children() []int {
	var pids []int
	files, _ := filepath.Glob("/proc/self/task/*/children")
	for _, f := range files {
		b, _ := os.ReadFile(f)
		for _, w := range strings.Fields(string(b)) {
			pid, _ := strconv.Atoi(w)
			pids = append(pids, pid)
		}
	}
	return pids
}

func needProc(t *testing.T) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("reads /proc, which only Linux has")
	}
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !ok(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not within 20 s: %s", what)
		}
	}
}

// manager returns a running one that is stopped, and proved to have left nothing,
// at the end of the test.
func manager(t *testing.T, o Options) *Manager {
	t.Helper()
	if o.Dir == "" {
		o.Dir = filepath.Join(t.TempDir(), "odd %d [dir]")
	}
	if o.Tools == nil {
		o.Tools = tools
	}
	if o.Queue == 0 {
		o.Queue = -1
	}
	o.Logger = slog.New(slog.NewTextHandler(io.Discard, nil))
	m := New(o)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- m.Run(ctx) }()
	eventually(t, "running", func() bool { m.mu.Lock(); defer m.mu.Unlock(); return m.running })
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
		if left, _ := os.ReadDir(o.Dir); len(left) > 0 {
			t.Errorf("left on disk: %v", left)
		}
		if left := children(); len(left) > 0 {
			t.Errorf("children left behind: %v", left)
		}
	})
	return m
}

func film(name string, change func(*ffmpeg.Job)) Spec {
	j := ffmpeg.Job{
		Input: filepath.Join(clips, name), Format: strings.TrimPrefix(filepath.Ext(name), "."), Runtime: 20 * sec, Segment: 6 * sec,
		Video: ffmpeg.Video{Action: ffmpeg.Encode, Codec: ffmpeg.H264, Width: 120, Height: 1000, MaxRate: 1_000_000, FrameRate: 24},
		Audio: ffmpeg.Audio{Action: ffmpeg.Encode, Index: 1, Codec: ffmpeg.AAC, Channels: 2, Bitrate: 128_000},
	}
	if name == "long.mkv" {
		j.Runtime, j.Video.Width = 240*sec, 0
	}
	if change != nil {
		change(&j)
	}
	return Spec{Job: j}
}

func open(t *testing.T, m *Manager, id string, spec Spec) *Session {
	t.Helper()
	s, err := m.Open(t.Context(), id, spec)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func fetch(t *testing.T, s *Session, n int) []byte {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	r, err := s.Segment(ctx, n)
	if err != nil {
		t.Fatalf("segment %d: %v", n, err)
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// whole fetches all segments in the given order and joins them in their own.
func whole(t *testing.T, s *Session, order []int) []byte {
	t.Helper()
	parts := make([][]byte, s.spec.Job.Segments())
	for _, n := range order {
		parts[n] = fetch(t, s, n)
	}
	var head []byte
	if s.spec.Job.Container == ffmpeg.MP4 {
		var err error
		if head, err = s.Init(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	return append(head, bytes.Join(parts, nil)...)
}

type packet struct {
	stream   int
	pts, dts float64
}

// judge lets ffmpeg decode what a player got, and returns its packets.
func judge(t *testing.T, film []byte) []packet {
	t.Helper()
	path := filepath.Join(t.TempDir(), "whole")
	if err := os.WriteFile(path, film, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("ffmpeg", "-v", "error", "-i", path, "-map", "0", "-f", "null", "-").CombinedOutput()
	if err != nil || len(out) > 0 {
		t.Errorf("decode: %v\n%s", err, out)
	}
	return packetsOf(t, path, true)
}

// packetsOf lists a file's packets; ordered insists on rising decoding times, which
// Matroska has none of.
func packetsOf(t *testing.T, path string, ordered bool) []packet {
	t.Helper()
	out, err := exec.Command("ffprobe", "-v", "error", "-show_entries", "packet=stream_index,pts_time,dts_time", "-of", "csv=p=0", path).Output()
	if err != nil {
		t.Fatal(err)
	}
	var packets []packet
	last := map[int]float64{}
	for line := range strings.Lines(string(out)) {
		f := strings.Split(strings.TrimSpace(line), ",")
		if len(f) < 3 {
			continue
		}
		p := packet{}
		p.stream, _ = strconv.Atoi(f[0])
		p.pts, _ = strconv.ParseFloat(f[1], 64)
		p.dts, _ = strconv.ParseFloat(f[2], 64)
		if before, ok := last[p.stream]; ordered && ok && p.dts <= before {
			t.Errorf("stream %d goes back from %f to %f", p.stream, before, p.dts)
		}
		last[p.stream] = p.dts
		packets = append(packets, p)
	}
	slices.SortFunc(packets, func(a, b packet) int {
		if a.stream != b.stream {
			return a.stream - b.stream
		}
		return int(math.Copysign(1, a.pts-b.pts))
	})
	return packets
}

// span is the first and last time of a stream, and the longest step in it.
func span(packets []packet, stream int) (first, last, gap float64, count int) {
	first = -1
	for _, p := range packets {
		if p.stream != stream {
			continue
		}
		if first < 0 {
			first = p.pts
		} else {
			gap = max(gap, p.pts-last)
		}
		last = p.pts
		count++
	}
	return first, last, gap, count
}

var variants = []struct {
	name   string
	source string
	change func(*ffmpeg.Job)
}{
	{"ts", "film.mkv", nil},
	{"mp4", "film.mp4", func(j *ffmpeg.Job) { j.Container = ffmpeg.MP4 }},
	{"from a broadcast", "film.ts", nil},
	{"sound copied to ts", "film.mkv", func(j *ffmpeg.Job) { j.Audio = ffmpeg.Audio{Action: ffmpeg.Copy, Index: 1, Codec: ffmpeg.AC3} }},
	{"sound copied to mp4", "film.mkv", func(j *ffmpeg.Job) {
		j.Container, j.Audio = ffmpeg.MP4, ffmpeg.Audio{Action: ffmpeg.Copy, Index: 1, Codec: ffmpeg.AC3}
	}},
	{"adts copied to mp4", "film.ts", func(j *ffmpeg.Job) {
		j.Container, j.Audio = ffmpeg.MP4, ffmpeg.Audio{Action: ffmpeg.Copy, Index: 2, Codec: ffmpeg.AAC}
	}},
	{"sound only in ts", "film.mkv", func(j *ffmpeg.Job) { j.Video = ffmpeg.Video{} }},
	{"sound only in mp4", "film.mkv", func(j *ffmpeg.Job) { j.Container, j.Video = ffmpeg.MP4, ffmpeg.Video{} }},
	{"sound only copied", "film.mkv", func(j *ffmpeg.Job) {
		j.Video, j.Audio = ffmpeg.Video{}, ffmpeg.Audio{Action: ffmpeg.Copy, Index: 2, Codec: ffmpeg.AAC}
	}},
	{"picture only", "film.mkv", func(j *ffmpeg.Job) { j.Audio = ffmpeg.Audio{} }},
	{"mp3 sound", "film.mkv", func(j *ffmpeg.Job) { j.Audio.Codec, j.Audio.SampleRate = ffmpeg.MP3, 44100 }},
	{"resampled sound", "film.mkv", func(j *ffmpeg.Job) { j.Audio.Index = 2 }},
	{"opus in mp4", "film.mkv", func(j *ffmpeg.Job) { j.Container, j.Audio.Codec = ffmpeg.MP4, ffmpeg.Opus }},
	{"sound of another file", "film.mkv", func(j *ffmpeg.Job) { j.Audio.Path = filepath.Join(clips, "film.mp4") }},
}

func TestEverySegmentJoinsWhateverTheOrder(t *testing.T) {
	for i, v := range variants {
		t.Run(v.name, func(t *testing.T) {
			if testing.Short() && i >= 3 {
				t.Skip("a short run tries TS, MP4 and a broadcast only")
			}
			m := manager(t, Options{})
			spec := film(v.source, v.change)
			want := judge(t, whole(t, open(t, m, "in order", spec), []int{0, 1, 2, 3}))
			for stream := range 2 {
				first, last, gap, count := span(want, stream)
				if count == 0 {
					continue
				}
				if length := last - first; length < 19.8 || length > 20.2 || gap > 0.15 {
					t.Errorf("stream %d: %d packets from %f to %f, widest step %f", stream, count, first, last, gap)
				}
			}
			orders := map[string][]int{"reversed": {3, 2, 1, 0}} // each segment from a run of its own
			if i < 3 {
				orders["at random"] = rand.Perm(4)
			}
			for id, order := range orders {
				t.Logf("%s: %v", id, order)
				got := judge(t, whole(t, open(t, m, id, spec), order))
				if len(got) != len(want) {
					t.Errorf("%s: %d packets, in order there are %d", id, len(got), len(want))
					continue
				}
				for i := range got {
					if got[i].stream != want[i].stream || math.Abs(got[i].pts-want[i].pts) > 0.002 {
						t.Errorf("%s: packet %d is %+v, in order it is %+v", id, i, got[i], want[i])
						break
					}
				}
			}
		})
	}
}

func TestSoundAndPictureStayTogether(t *testing.T) {
	m := manager(t, Options{})
	for _, name := range []string{"film.mkv", "film.mp4", "film.ts"} {
		packets := judge(t, whole(t, open(t, m, name, film(name, nil)), []int{2, 3, 0, 1}))
		video, _, _, _ := span(packets, 0)
		audio, _, _, _ := span(packets, 1)
		// The encoder says 1024 samples of silence before the first sound.
		if skew := video - audio - 1024./48000; math.Abs(skew) > 0.045 {
			t.Errorf("%s: the picture begins %f s after the sound", name, skew)
		}
	}
}

func TestEverySegmentDecodesByItself(t *testing.T) {
	m := manager(t, Options{})
	for _, c := range []ffmpeg.Container{ffmpeg.TS, ffmpeg.MP4} {
		s := open(t, m, strconv.Itoa(int(c)), film("film.mkv", func(j *ffmpeg.Job) { j.Container = c }))
		for n, frames := range []int{144, 144, 144, 48} {
			b := fetch(t, s, n)
			if c == ffmpeg.MP4 {
				head, err := s.Init(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				b = append(slices.Clone(head), b...)
			}
			if _, _, _, count := span(judge(t, b), 0); count < frames-1 || count > frames+1 {
				t.Errorf("segment %d has %d frames, want %d", n, count, frames)
			}
		}
	}
}

func atof(s string) float64 {
	f, _ := strconv.ParseFloat(s, 64)
	return f
}
