//go:build unix

package image

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"
)

// poster is 1000×1500: soft colours, and with detail also grain and fine patterns.
func poster(detailed bool) image.Image {
	r := rand.New(rand.NewPCG(1, 2))
	im := image.NewRGBA(image.Rect(0, 0, 1000, 1500))
	for y := range 1500 {
		for x := range 1000 {
			fx, fy := float64(x), float64(y)
			n := r.NormFloat64() * 2
			if detailed {
				n = r.NormFloat64()*14 + 40*math.Sin(fx/3.1+fy/7)*math.Sin(fy/2.3)
			}
			if (x/40+y/60)%9 == 0 {
				n += 60
			}
			c := func(a, b float64) byte { return byte(max(0, min(255, 128+100*math.Sin(fx/a)*math.Cos(fy/b)+n))) }
			im.SetRGBA(x, y, color.RGBA{c(300, 420), c(500, 310), c(190, 700), 255})
		}
	}
	return im
}

func posterFile(tb testing.TB, detailed bool) string {
	tb.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, poster(detailed), &jpeg.Options{Quality: 90}); err != nil {
		tb.Fatal(err)
	}
	path := filepath.Join(tb.TempDir(), "poster.jpg")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		tb.Fatal(err)
	}
	return path
}

var kinds = map[string]bool{"plain": false, "detailed": true}

func spent(u *syscall.Rusage) time.Duration {
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// ours is the CPU time of making one picture from a file, the cache aside.
func ours(tb testing.TB, path string, n int) time.Duration {
	tb.Helper()
	m := maker(tb)
	out := filepath.Join(tb.TempDir(), "out.jpg")
	var before, after syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &before)
	for range n {
		raw, err := readFile(path)
		if err != nil {
			tb.Fatal(err)
		}
		r, err := m.read(tb.Context(), raw, Size{FillWidth: 300, FillHeight: 450}.Of)
		if err == nil {
			err = save(out, r, Options{}.normal())
		}
		if err != nil {
			tb.Fatal(err)
		}
	}
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &after)
	return (spent(&after) - spent(&before)) / time.Duration(n)
}

// vips is the same of libvips, the start of its process taken out.
func vips(tb testing.TB, path string, n int) time.Duration {
	tb.Helper()
	times := func(n int) time.Duration {
		args := append([]string{"--size", "300x450", "-o", filepath.Join(tb.TempDir(), "out.jpg[Q=90]")}, slices.Repeat([]string{path}, n)...)
		cmd := exec.Command("vipsthumbnail", args...)
		cmd.Env = append(os.Environ(), "VIPS_CONCURRENCY=1")
		if out, err := cmd.CombinedOutput(); err != nil {
			tb.Fatalf("%v\n%s", err, out)
		}
		return cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	}
	return (times(n+1) - times(1)) / time.Duration(n)
}

// BenchmarkAgainstVips makes 300×450 of a poster in turn with libvips, which is C
// with assembly, and reports the median ratio of CPU time.
func BenchmarkAgainstVips(b *testing.B) {
	if _, err := exec.LookPath("vipsthumbnail"); err != nil {
		b.Skip("vipsthumbnail is not installed (Debian: libvips-tools)")
	}
	for kind, detailed := range kinds {
		b.Run(kind, func(b *testing.B) {
			path := posterFile(b, detailed)
			var us, them []time.Duration
			var ratios []float64
			for b.Loop() {
				u, v := ours(b, path, 20), vips(b, path, 20)
				us, them, ratios = append(us, u), append(them, v), append(ratios, float64(u)/float64(v))
			}
			for _, s := range [][]time.Duration{us, them} {
				slices.Sort(s)
			}
			slices.Sort(ratios)
			mid := len(us) / 2
			b.ReportMetric(ratios[mid], "×vips")
			b.ReportMetric(us[mid].Seconds()*1e3, "ours-ms")
			b.ReportMetric(them[mid].Seconds()*1e3, "vips-ms")
		})
	}
}

func BenchmarkPoster(b *testing.B) {
	m := maker(b)
	for kind, detailed := range kinds {
		path := posterFile(b, detailed)
		raw, err := readFile(path)
		if err != nil {
			b.Fatal(err)
		}
		var r raster
		size := Size{FillWidth: 300, FillHeight: 450}.Of
		b.Run(kind+"/read", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if r, err = m.read(b.Context(), raw, size); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(kind+"/write", func(b *testing.B) {
			b.ReportAllocs()
			var out bytes.Buffer
			for b.Loop() {
				out.Reset()
				if err := encode(&out, r, Options{}.normal()); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(out.Len()), "bytes")
		})
		b.Run(kind+"/standard-decode-alone", func(b *testing.B) {
			for b.Loop() {
				if _, err := jpeg.Decode(bytes.NewReader(raw)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
