package hls

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"sett/streaming/ffmpeg"
)

// The numbers that matter are ratios against plain ffmpeg with the same arguments,
// measured in turns in one run: the metric "x-plain" is the median of them.

// feature is a film of 60 s in 1080p, made once.
func feature(b *testing.B) string {
	b.Helper()
	path := filepath.Join(clips, "feature.mkv")
	if _, err := os.Stat(path); err == nil {
		return path
	}
	cmd := exec.Command("ffmpeg", "-y", "-v", "error", "-f", "lavfi", "-i", "testsrc2=s=1920x1080:d=60:r=24", "-f", "lavfi", "-i", "sine=d=60:r=48000",
		"-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-b:v", "4M", "-g", "120", "-c:a", "ac3", path)
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	return path
}

func benchManager(b *testing.B) *Manager {
	b.Helper()
	m := New(Options{Dir: b.TempDir(), Tools: tools, Logger: slog.New(slog.NewTextHandler(io.Discard, nil))})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- m.Run(ctx) }()
	for !m.serving() {
		time.Sleep(time.Millisecond)
	}
	b.Cleanup(func() { cancel(); <-done })
	return m
}

func transcode(path string) Spec {
	return Spec{Job: ffmpeg.Job{
		Input: path, Format: "mkv", Runtime: 60 * sec,
		Video: ffmpeg.Video{Action: ffmpeg.Encode, Codec: ffmpeg.H264, Width: 1280, Height: 720, MaxRate: 4_000_000, FrameRate: 24},
		Audio: ffmpeg.Audio{Action: ffmpeg.Encode, Index: 1, Codec: ffmpeg.AAC, Channels: 2, Bitrate: 192_000},
	}}
}

func one(b *testing.B, s *Session, n int) {
	b.Helper()
	r, err := s.Segment(b.Context(), n)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, r); err != nil {
		b.Fatal(err)
	}
	_ = r.Close()
}

// plain runs ffmpeg with a job's arguments until a file is there, or to its end
// with "".
func plain(b *testing.B, job ffmpeg.Job, first int, until string) time.Duration {
	b.Helper()
	args, err := job.Args(first)
	if err != nil {
		b.Fatal(err)
	}
	dir := b.TempDir()
	begin := time.Now()
	cmd := exec.Command("ffmpeg", args...)
	cmd.Dir = dir
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	// As the node's own: anything else is another race for two cores.
	_ = syscall.Setpriority(syscall.PRIO_PROCESS, cmd.Process.Pid, ffmpeg.DefaultNice)
	if until == "" {
		if err := cmd.Wait(); err != nil {
			b.Fatal(err)
		}
		return time.Since(begin)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, until)); err == nil {
			break
		}
		time.Sleep(500 * time.Microsecond)
	}
	took := time.Since(begin)
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	return took
}

func median(list []float64) float64 {
	slices.Sort(list)
	return list[len(list)/2]
}

// BenchmarkStart is from nothing to the first segment, and to one in the middle.
func BenchmarkStart(b *testing.B) {
	path := feature(b)
	for _, v := range []struct {
		name string
		spec Spec
		at   func(*ffmpeg.Job) int
	}{
		{"transcode/first", transcode(path), func(*ffmpeg.Job) int { return 0 }},
		{"transcode/seek", transcode(path), func(j *ffmpeg.Job) int { return j.At(30 * sec) }},
		{"directstream/first", sounded(transcode(path)), func(*ffmpeg.Job) int { return 0 }},
		{"directstream/seek", sounded(transcode(path)), func(j *ffmpeg.Job) int { return j.At(30 * sec) }},
	} {
		b.Run(v.name, func(b *testing.B) {
			m := benchManager(b)
			var ratios, ours []float64
			for i := range b.N {
				begin := time.Now()
				s, err := m.Open(b.Context(), fmt.Sprint(i), v.spec)
				if err != nil {
					b.Fatal(err)
				}
				job := s.Spec().Job
				n := v.at(&job)
				one(b, s, n)
				mine := time.Since(begin)
				m.Close(fmt.Sprint(i))
				other := plain(b, job, n, job.SegmentName(n+1))
				ours = append(ours, mine.Seconds())
				ratios = append(ratios, mine.Seconds()/other.Seconds())
			}
			b.ReportMetric(median(ratios), "x-plain")
			b.ReportMetric(median(ours), "s/start")
		})
	}
}

// sounded copies the picture.
func sounded(s Spec) Spec {
	s.Job.Video = ffmpeg.Video{Action: ffmpeg.Copy, Codec: ffmpeg.H264}
	return s
}

// BenchmarkCopy is a segment copied in process, against ffmpeg doing it: opened
// cold, and from a session that is there.
func BenchmarkCopy(b *testing.B) {
	path := feature(b)
	spec := sounded(transcode(path))
	spec.Job.Audio = ffmpeg.Audio{Action: ffmpeg.Copy, Index: 1, Codec: ffmpeg.AC3}
	spec.Job.Container = ffmpeg.MP4
	for _, cold := range []bool{true, false} {
		b.Run(map[bool]string{true: "cold", false: "warm"}[cold], func(b *testing.B) {
			m := benchManager(b)
			var ratios, ours []float64
			for i := range b.N {
				if cold {
					m.Close("a")
					m.files.reap(time.Now().Add(time.Hour))
				} else if _, err := m.Open(b.Context(), "a", spec); err != nil {
					b.Fatal(err)
				}
				begin := time.Now()
				s, err := m.Open(b.Context(), "a", spec)
				if err != nil {
					b.Fatal(err)
				}
				if !s.InProcess() {
					b.Fatal("not in process")
				}
				n := i % (s.spec.Job.Segments() - 1)
				one(b, s, n)
				mine := time.Since(begin)
				job := s.Spec().Job
				other := plain(b, job, n, job.SegmentName(n+1))
				ours = append(ours, mine.Seconds()*1000)
				ratios = append(ratios, mine.Seconds()/other.Seconds())
			}
			b.ReportMetric(median(ratios), "x-plain")
			b.ReportMetric(median(ours), "ms/segment")
		})
	}
}

// BenchmarkSustained is the CPU of a whole transcode, ours and the children's,
// against plain ffmpeg's.
func BenchmarkSustained(b *testing.B) {
	spec := transcode(feature(b))
	cpu := func() float64 {
		var sum float64
		for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
			var u syscall.Rusage
			if err := syscall.Getrusage(who, &u); err != nil {
				b.Fatal(err)
			}
			sum += float64(u.Utime.Sec+u.Stime.Sec) + float64(u.Utime.Usec+u.Stime.Usec)/1e6
		}
		return sum
	}
	m := benchManager(b)
	var ratios []float64
	for i := range b.N {
		begin := cpu()
		s, err := m.Open(b.Context(), fmt.Sprint(i), spec)
		if err != nil {
			b.Fatal(err)
		}
		for n := range s.spec.Job.Segments() {
			one(b, s, n)
		}
		job := s.Spec().Job
		m.Close(fmt.Sprint(i))
		mine := cpu() - begin
		begin = cpu()
		plain(b, job, 0, "")
		ratios = append(ratios, mine/(cpu()-begin))
	}
	b.ReportMetric(median(ratios), "x-plain-cpu")
}
