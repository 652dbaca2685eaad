package probe

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// benched are samples of each container, as libraries are made of.
var benched = []string{
	"plain.mp4", "hdr10.mp4", "tagged.m4a", "a.mkv", "hdr10.mkv", "vp9.webm", "a.flac", "v23.mp3", "cbr-plain.mp3", "a.ogg", "a.opus",
	"a.wav", "asp.avi", "h264.ts", "h264.m2ts",
}

// BenchmarkFile reports the CPU a file takes when read in process, page cache hot.
func BenchmarkFile(b *testing.B) {
	for _, name := range benched {
		b.Run(name, func(b *testing.B) {
			path := filepath.Join(sampleDir(b), name)
			stats := new(Stats)
			ctx := WithStats(b.Context(), stats)
			b.ReportAllocs()
			before := cpu(b)
			for b.Loop() {
				if _, _, err := File(ctx, path); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(cpu(b)-before)/float64(b.N)/1e6, "cpu-ms/file")
			if stats.Asked() > 0 || stats.Frames() > 0 {
				b.Errorf("ffprobe was asked %d times", stats.Asked()+stats.Frames())
			}
		})
	}
}

// BenchmarkFFprobe is what the same files cost when ffprobe is asked.
func BenchmarkFFprobe(b *testing.B) {
	for _, name := range []string{"plain.mp4", "a.mkv", "a.flac"} {
		b.Run(name, func(b *testing.B) {
			path := filepath.Join(sampleDir(b), name)
			before := cpu(b)
			for b.Loop() {
				if _, err := ask(b.Context(), path); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(cpu(b)-before)/float64(b.N)/1e6, "cpu-ms/file")
		})
	}
}

// BenchmarkFolder reads all of a folder that the one who runs it names.
func BenchmarkFolder(b *testing.B) {
	dir := os.Getenv("PROBE_FILES")
	if dir == "" {
		b.Skip("PROBE_FILES names no folder of media")
	}
	var paths []string
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err == nil && e.Type().IsRegular() && media(path) {
			paths = append(paths, path)
		}
		return err
	})
	if err != nil || len(paths) == 0 {
		b.Fatalf("%d files: %v", len(paths), err)
	}
	for b.Loop() {
		stats := new(Stats)
		before := cpu(b)
		for _, path := range paths {
			if _, _, err := File(WithStats(b.Context(), stats), path); err != nil {
				b.Error(err)
			}
		}
		n := float64(len(paths))
		b.ReportMetric(float64(cpu(b)-before)/n/1e6, "cpu-ms/file")
		b.ReportMetric(n, "files")
		b.ReportMetric(float64(stats.Asked()+stats.Frames()), "asked")
	}
}

func media(path string) bool {
	switch filepath.Ext(path) {
	case ".jpg", ".png", ".srt", ".ass", ".txt", ".nfo", ".sup", ".log", ".done", "":
		return false
	}
	return true
}

// cpu is the time this process and its children have run.
func cpu(b *testing.B) time.Duration {
	b.Helper()
	var sum time.Duration
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var u syscall.Rusage
		if err := syscall.Getrusage(who, &u); err != nil {
			b.Fatal(err)
		}
		sum += time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	return sum
}
