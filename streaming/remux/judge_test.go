package remux_test

import (
	"bytes"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"sett/node/library"
	"sett/streaming/remux"
)

func open(t testing.TB, name string) *remux.File {
	t.Helper()
	f, err := remux.Open(t.Context(), clip(t, name), library.Source{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

func output(t testing.TB, f *remux.File, o remux.Options) *remux.Output {
	t.Helper()
	if o.Target == 0 {
		o.Target = 4e7
	}
	out, err := f.Output(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func segment(t testing.TB, o *remux.Output, n int) []byte {
	t.Helper()
	r, err := o.Segment(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var b bytes.Buffer
	if _, err := io.Copy(&b, r); err != nil {
		t.Fatal(err)
	}
	if int64(b.Len()) != r.Size() {
		t.Errorf("segment %d has %d bytes, and says %d", n, b.Len(), r.Size())
	}
	return b.Bytes()
}

// whole fetches all segments in order, in reverse and at random, and returns them
// joined in their order.
func whole(t *testing.T, o *remux.Output) []byte {
	t.Helper()
	parts := make([][]byte, len(o.Segments()))
	for n := range parts {
		parts[n] = segment(t, o, n)
	}
	again := rand.Perm(len(parts))
	for n := len(parts) - 1; n >= 0; n-- {
		again = append(again, n)
	}
	for _, n := range again {
		if !bytes.Equal(segment(t, o, n), parts[n]) {
			t.Errorf("segment %d is not the same twice", n)
		}
	}
	return append(slices.Clone(o.Init()), bytes.Join(parts, nil)...)
}

// packet is one as ffprobe sees it.
type packet struct {
	pts, dts, dur float64
	hash          string
}

// packets lists a file's packets by stream.
func packets(t *testing.T, path string) map[int][]packet {
	t.Helper()
	out, err := exec.Command("ffprobe", "-v", "error", "-show_data_hash", "md5", "-show_entries",
		"packet=stream_index,pts_time,dts_time,duration_time,data_hash", "-of", "compact=p=0", path).Output()
	if err != nil {
		t.Fatal(err)
	}
	list := map[int][]packet{}
	last := 0
	for line := range strings.Lines(string(out)) {
		var p packet
		stream := -1
		for field := range strings.SplitSeq(strings.TrimSpace(line), "|") {
			name, value, _ := strings.Cut(field, "=")
			switch name {
			case "stream_index":
				stream, _ = strconv.Atoi(value)
			case "pts_time":
				p.pts, _ = strconv.ParseFloat(value, 64)
			case "dts_time":
				p.dts, _ = strconv.ParseFloat(value, 64)
			case "duration_time":
				p.dur, _ = strconv.ParseFloat(value, 64)
			case "data_hash":
				p.hash = value
			}
		}
		if stream < 0 { // side data, after which the packet goes on
			if before := list[last]; p.hash != "" && len(before) > 0 {
				before[len(before)-1].hash = p.hash
			}
			continue
		}
		last = stream
		list[stream] = append(list[stream], p)
	}
	return list
}

// decode lets ffmpeg decode a file, which must not complain.
func decode(t *testing.T, path string) {
	t.Helper()
	out, err := exec.Command("ffmpeg", "-v", "error", "-xerror", "-i", path, "-map", "0", "-fps_mode", "passthrough", "-enc_time_base", "-1", "-f", "null", "-").CombinedOutput()
	if err != nil || len(out) > 0 {
		t.Errorf("decode: %v\n%s", err, out)
	}
}

// same compares what came out with the source: packets one by one, their times
// moved by one amount.
func same(t *testing.T, kind string, got, want []packet) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: %d packets of %d", kind, len(got), len(want))
	}
	bad := 0
	for i := range min(len(got), len(want)) {
		g, w := got[i], want[i]
		if g.hash != w.hash {
			t.Errorf("%s: packet %d at %f is not the source's at %f", kind, i, g.pts, w.pts)
			bad++
		}
		if off := g.pts - w.pts - remux.Offset.Seconds(); math.Abs(off) > 0.00105 {
			t.Errorf("%s: packet %d is at %f, and in the source at %f: %f off", kind, i, g.pts, w.pts, off)
			bad++
		}
		if i > 0 && g.dts <= got[i-1].dts {
			t.Errorf("%s: packet %d is decoded at %f, after one at %f", kind, i, g.dts, got[i-1].dts)
			bad++
		}
		if bad > 5 {
			t.FailNow()
		}
	}
}

// grid checks that sound has neither holes nor overlaps, but for the source's own:
// all its packets are equally long.
func grid(t *testing.T, got, want []packet) {
	t.Helper()
	var steps []float64
	for i := 1; i < len(got); i++ {
		steps = append(steps, got[i].pts-got[i-1].pts)
	}
	slices.Sort(steps)
	usual := steps[len(steps)/2]
	for i, bad := 1, 0; i < min(len(got), len(want))-1 && bad < 5; i++ {
		step, before := got[i].pts-got[i-1].pts, want[i].pts-want[i-1].pts
		if math.Abs(step-usual) > 0.00003 && math.Abs(before-usual) < 0.0015 && math.Abs(step-before) > 0.00003 {
			t.Errorf("sound: packet %d comes %f after the last, and not %f", i, step, usual)
			bad++
		}
	}
}

func save(t *testing.T, film []byte, name string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, film, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func end(p []packet) float64 {
	last := 0.0
	for _, x := range p {
		last = max(last, x.pts+x.dur)
	}
	return last
}
