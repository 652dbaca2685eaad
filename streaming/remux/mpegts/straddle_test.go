package mpegts

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"

	"sett/streaming/remux/media"
)

// heard is a packet of sound as it came out.
type heard struct {
	pts, dur int64
	body     string
}

// listen reads all segments of a recording, and returns their sound.
func listen(t *testing.T, file []byte) (all []heard, segments int) {
	t.Helper()
	x, err := Open(t.Context(), bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	if err := x.Scan(t.Context()); err != nil {
		t.Fatal(err)
	}
	r, err := x.Prepare(t.Context(), media.Selection{Video: 0, Audio: 1})
	if err != nil {
		t.Fatal(err)
	}
	cuts, _ := r.Cuts(1)
	for i, c := range cuts {
		var to *media.Cut
		if i+1 < len(cuts) {
			to = &cuts[i+1]
		}
		var b media.Batch
		if err := r.Read(context.Background(), &b, c, to); err != nil {
			t.Fatal(err)
		}
		for _, p := range b.Audio {
			all = append(all, heard{p.PTS, p.Dur, string(b.Data[p.Pos : p.Pos+int64(p.Size)])})
		}
	}
	return all, len(cuts)
}

// TestFramesOfSoundMayLieAcrossPackets cuts the sound of a recording into PES
// packets anew, without regard to its frames, as broadcasters do. What comes out
// must be the same.
func TestFramesOfSoundMayLieAcrossPackets(t *testing.T) {
	path := t.TempDir() + "/film.ts"
	cmd := exec.Command("ffmpeg", append(strings.Fields("-v error -f lavfi -i testsrc2=s=64x36:d=8:r=25 -f lavfi -i sine=d=8:r=48000:f=300:b=3 -c:v libx264 -preset ultrafast -g 25 -c:a ac3 -b:a 192k"), path)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want, n := listen(t, file)
	if n < 6 || len(want) != 250 {
		t.Fatalf("%d packets in %d segments", len(want), n)
	}
	for _, size := range []int{300, 768, 1000, 2500} {
		got, _ := listen(t, recut(t, file, size))
		if len(got) != len(want) {
			t.Errorf("cut to %d bytes: %d packets of %d", size, len(got), len(want))
		}
		for i := range min(len(got), len(want)) {
			if got[i] != want[i] {
				t.Errorf("cut to %d bytes: packet %d is at %d for %d, and was at %d for %d; same bytes: %v",
					size, i, got[i].pts, got[i].dur, want[i].pts, want[i].dur, got[i].body == want[i].body)
				break
			}
		}
	}
}

// recut writes a recording with its sound in PES packets of another size. Frames are
// of 768 bytes and 2880 ticks.
func recut(t *testing.T, file []byte, size int) []byte {
	t.Helper()
	const frame, ticks = 768, 2880
	s := &stream{r: bytes.NewReader(file), stride: packetSize}
	var es []byte
	var p packet
	first := int64(-1)
	var pes []byte
	flush := func() {
		if h, ok := parsePES(pes); ok {
			if first < 0 {
				first = h.pts
			}
			es = append(es, pes[h.size:]...)
		}
		pes = pes[:0]
	}
	var out []byte
	starts := map[int64]int{} // packets of sound that begin, and where in its stream
	for s.next(&p) == nil {
		if p.pid != audioPID {
			continue
		}
		if p.start {
			flush()
			starts[p.pos] = len(es)
		}
		pes = append(pes, p.body...)
	}
	flush()
	w := &writer{}
	track := Track{pid: audioPID, stream: privateStream}
	at := 0
	upTo := func(end int) {
		for ; at < min(end, len(es)); at += size {
			piece := es[at:min(at+size, len(es))]
			w.pes = append(w.pes[:0], 0, 0, 1, privateStream, 0, 0, 0x80, 0, 0)
			if k := (at + frame - 1) / frame; k*frame < at+len(piece) {
				w.header(privateStream, first+int64(k)*ticks, first+int64(k)*ticks, 0)
			}
			w.pes = append(w.pes, piece...)
			n := len(w.pes) - 6
			w.pes[4], w.pes[5] = byte(n>>8), byte(n)
			w.b = w.b[:0]
			w.packets(&track, false, -1, false)
			out = append(out, w.b...)
		}
	}
	s = &stream{r: bytes.NewReader(file), stride: packetSize}
	for s.next(&p) == nil {
		if p.pid != audioPID {
			out = append(out, file[p.pos:p.pos+packetSize]...)
		} else if end, ok := starts[p.pos]; ok {
			upTo(end + 1)
		}
	}
	upTo(len(es))
	return out
}
