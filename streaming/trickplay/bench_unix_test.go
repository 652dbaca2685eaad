//go:build unix

package trickplay

import (
	"os"
	"syscall"
	"testing"
	"time"

	"sett/streaming/ffmpeg"
)

// BenchmarkAnHourOfFilm makes the sheets of the film named by TRICKPLAY_FILM, and says
// how much CPU time, ours and ffmpeg's, an hour of it takes. For comparison it lets
// ffmpeg decode every key frame.
func BenchmarkAnHourOfFilm(b *testing.B) {
	path := os.Getenv("TRICKPLAY_FILM")
	if path == "" {
		b.Skip("TRICKPLAY_FILM names no film")
	}
	tl, err := ffmpeg.Find(b.Context())
	if err != nil {
		b.Skip("ffmpeg is needed:", err)
	}
	src := source(b, path)
	for _, way := range []string{"index", "file"} {
		b.Run(way, func(b *testing.B) {
			for b.Loop() {
				m, err := NewMaker(b.Context(), tl, ffmpeg.Quiet{}, src, Usual())
				if err != nil {
					b.Fatal(err)
				}
				if way == "file" {
					m.Close()
				} else if m.out == nil {
					b.Skip("the film has no index")
				}
				before, bytes := cpu(), 0
				for n := range m.Info().Sheets() {
					sheet, err := m.Sheet(b.Context(), n)
					if err != nil {
						b.Fatal(err)
					}
					bytes += len(sheet)
				}
				hours := src.Runtime.Duration().Hours()
				b.ReportMetric((cpu()-before).Seconds()/hours, "cpu-s/h")
				b.ReportMetric(float64(bytes)/hours/1e6, "MB/h")
				m.Close()
			}
		})
	}
}

// cpu is the time that this process and its children have taken.
func cpu() time.Duration {
	var sum time.Duration
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var u syscall.Rusage
		if syscall.Getrusage(who, &u) == nil {
			sum += time.Duration(u.Utime.Nano() + u.Stime.Nano())
		}
	}
	return sum
}
