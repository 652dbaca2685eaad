package remux_test

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"sett/node/library"
	"sett/streaming/remux"
)

// long makes a film of two hours and 4 Mbit/s in the picture's stuffing, with a
// key frame every 5 s, in the container that the name ends in.
func long(b *testing.B, name string) string {
	b.Helper()
	path := filepath.Join(clips, name)
	if _, err := os.Stat(path); err == nil {
		return path
	}
	part := filepath.Join(clips, "part.mp4")
	for _, args := range []string{
		"-f lavfi -i testsrc2=s=320x180:d=60:r=24000/1001 -f lavfi -i sine=d=60:f=440:r=48000 -map 0 -map 1 " + x264 +
			" -bf 3 -b_strategy 0 -g 120 -b:v 4M -maxrate 4M -minrate 4M -bufsize 4M -x264-params nal-hrd=cbr -c:a aac -b:a 128k " + part,
		"-stream_loop 119 -i " + part + " -map 0 -c copy " + flags[name] + " " + path,
	} {
		cmd := exec.Command("ffmpeg", append([]string{"-y", "-nostdin", "-loglevel", "fatal"}, strings.Fields(args)...)...)
		if out, err := cmd.CombinedOutput(); err != nil {
			b.Fatalf("make %s: %v\n%s", name, err, out)
		}
	}
	return path
}

var (
	containers = []string{"long.mp4", "long.mkv", "fragments.mp4"}
	flags      = map[string]string{"fragments.mp4": "-movflags +frag_keyframe+empty_moov+default_base_moof"}
)

// BenchmarkOpen opens a film, plans it and gets the first bytes of a segment.
func BenchmarkOpen(b *testing.B) {
	for _, name := range containers {
		b.Run(name, func(b *testing.B) {
			path := long(b, name)
			b.ReportAllocs()
			for b.Loop() {
				f, err := remux.Open(b.Context(), path, library.Source{})
				if err != nil {
					b.Fatal(err)
				}
				o, err := f.Output(b.Context(), remux.Options{Audio: 1})
				if err != nil {
					b.Fatal(err)
				}
				if n := len(o.Segments()); n < 1000 {
					b.Fatal(n, "segments")
				}
				r, err := o.Segment(b.Context(), 0)
				if err != nil {
					b.Fatal(err)
				}
				_ = r.Close()
				_ = f.Close()
			}
		})
	}
}

// BenchmarkSegment makes and copies segments from all over a film.
func BenchmarkSegment(b *testing.B) {
	for _, name := range append(containers, "long.mkv as TS") {
		b.Run(name, func(b *testing.B) {
			opts := remux.Options{Audio: 1}
			if strings.HasSuffix(name, "TS") {
				name, opts.Container = "long.mkv", remux.TS
			}
			f, err := remux.Open(b.Context(), long(b, name), library.Source{})
			if err != nil {
				b.Fatal(err)
			}
			defer f.Close()
			o, err := f.Output(b.Context(), opts)
			if err != nil {
				b.Fatal(err)
			}
			n := 0
			b.ReportAllocs()
			for b.Loop() {
				n = (n + 37) % 100
				r, err := o.Segment(b.Context(), n)
				if err != nil {
					b.Fatal(err)
				}
				b.SetBytes(r.Size())
				if _, err := r.WriteTo(io.Discard); err != nil {
					b.Fatal(err)
				}
				_ = r.Close()
			}
		})
	}
}
