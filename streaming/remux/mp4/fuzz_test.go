package mp4

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"sett/streaming/remux/media"
)

// FuzzMP4 reads whatever it is given as MP4, to the last packet. It must end,
// soon, and every packet must lie where there is something.
func FuzzMP4(f *testing.F) {
	for _, args := range []string{"-c:v libx264 -bf 2 -c:a aac -f mp4", "-c:v libx264 -c:a ac3 -f mp4 -movflags +frag_keyframe+delay_moov", "-c:v libx265 -x265-params log-level=none -c:a alac -f mov"} {
		cmd := exec.Command("ffmpeg", append(strings.Fields("-v error -f lavfi -i testsrc2=s=32x32:d=1:r=10 -f lavfi -i sine=d=1"),
			append(strings.Fields(args), "-g", "4", "-y", f.TempDir()+"/seed")...)...)
		if out, err := cmd.CombinedOutput(); err != nil {
			f.Fatalf("make a seed: %v\n%s", err, out)
		}
		seed, err := os.ReadFile(cmd.Args[len(cmd.Args)-1])
		if err != nil {
			f.Fatal(err)
		}
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		x, err := Open(ctx, bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return
		}
		tracks := x.Tracks()
		for _, v := range tracks[:min(len(tracks), 3)] {
			for _, sel := range []media.Selection{{Video: v.Index, Audio: -1}, {Video: -1, Audio: v.Index}, {Video: v.Index, Audio: len(tracks) - 1}} {
				if r, err := x.Prepare(ctx, sel); err == nil {
					readAll(ctx, t, r, int64(len(data)))
				}
			}
		}
		if ctx.Err() != nil {
			t.Fatal("it takes too long")
		}
	})
}

func readAll(ctx context.Context, t *testing.T, r media.Reader, size int64) {
	var b media.Batch
	cuts, _ := r.Cuts(0.5)
	for i, c := range cuts[:min(len(cuts), 20)] {
		var to *media.Cut
		if i+1 < len(cuts) {
			to = &cuts[i+1]
		}
		if r.Read(ctx, &b, c, to) != nil {
			continue
		}
		if len(b.Data) > 0 {
			size = int64(len(b.Data))
		}
		for _, p := range append(b.Video, b.Audio...) {
			if p.Size < 0 || p.Pos < 0 || int64(p.Size) > size-p.Pos {
				t.Fatalf("a packet at %d of %d bytes, of %d", p.Pos, p.Size, size)
			}
		}
	}
}
