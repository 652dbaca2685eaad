package probe

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// patched writes a changed copy of a sample.
func patched(t *testing.T, name string, change func([]byte) []byte) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(sampleDir(t), name))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, change(b), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func agree(t *testing.T, path string) {
	t.Helper()
	diffs, err := differences(t, path)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range diffs {
		if !isAllowed(filepath.Base(path), d) {
			t.Error(d)
		}
	}
}

func TestAFilmThatDoesNotSayItsRateIsMeasured(t *testing.T) {
	for _, name := range []string{"vp9.webm", "a.mkv"} {
		path := patched(t, name, func(b []byte) []byte {
			at := bytes.Index(b, []byte{0x23, 0xe3, 0x83, 0x84}) // the default duration becomes a void
			if at < 0 {
				t.Fatal("no default duration")
			}
			copy(b[at:], []byte{0xec, 0x86})
			return b
		})
		// What ffprobe estimates from a second of film is no measure.
		want, _ := file(t, filepath.Join(sampleDir(t), name))
		diffs, err := differences(t, path)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range diffs {
			if !isAllowed(name, d) && !strings.Contains(d, "FrameRate") {
				t.Errorf("%s%s", name, d)
			}
		}
		got, _ := file(t, path)
		if g, w := got.Streams[0], want.Streams[0]; g.AvgFrameRate != w.AvgFrameRate || g.RealFrameRate != w.RealFrameRate {
			t.Errorf("%s: %v and %v pictures a second, want %v", name, g.AvgFrameRate, g.RealFrameRate, w.AvgFrameRate)
		}
	}
}

// insert puts a box at the end of the one that a path of boxes leads to, and
// corrects the sizes of all of them.
func insert(t *testing.T, b []byte, path string, box []byte) []byte {
	t.Helper()
	at := 0
	for kind := range strings.SplitSeq(path, "/") {
		n := bytes.Index(b[at:], []byte(kind))
		if n < 0 {
			t.Fatalf("no %q in %s", kind, path)
		}
		at += n
		binary.BigEndian.PutUint32(b[at-4:], binary.BigEndian.Uint32(b[at-4:])+uint32(len(box)))
	}
	end := at - 4 + int(binary.BigEndian.Uint32(b[at-4:])) - len(box)
	return slices.Insert(b, end, box...)
}

func TestDolbyVisionReadsAsFFprobeReadsIt(t *testing.T) {
	record := make([]byte, 32)
	copy(record[8:], []byte{1, 0, 8 << 1, 6<<3 | 5, 1 << 4}) // profile 8, level 6, RPU and BL, compatible 1
	binary.BigEndian.PutUint32(record, 32)
	copy(record[4:], "dvvC")
	path := patched(t, "hdr10.mp4", func(b []byte) []byte {
		return insert(t, b, "moov/trak/mdia/minf/stbl/stsd/hvc1", record)
	})
	other := clip(t, t.TempDir(), "b.mkv", "-i", path, "-c", "copy", "-strict", "unofficial")
	for _, path := range []string{path, other} {
		agree(t, path)
		src, _ := file(t, path)
		d := src.Streams[0].DolbyVision
		if d == nil || d.Profile != 8 || d.Level != 6 || !d.RPU || d.EL || !d.BL || d.BLCompatibility != 1 {
			t.Errorf("%s: got %+v", path, d)
		}
	}
}

// hdr10plus is a supplemental information unit of SMPTE 2094-40.
func hdr10plus() []byte {
	var bits []byte
	put := func(v uint32, n int) {
		for i := n - 1; i >= 0; i-- {
			bits = append(bits, byte(v>>i&1))
		}
	}
	for _, c := range []byte{0xb5, 0, 0x3c, 0, 1, 4, 1} {
		put(uint32(c), 8)
	}
	put(1, 2)     // windows
	put(4000, 27) // what it was made for
	put(0, 1)
	for range 4 {
		put(10000, 17)
	}
	put(1, 4) // percentiles
	put(50, 7)
	put(5000, 17)
	put(100, 10)
	put(0, 1)
	put(0, 1) // no curve
	put(0, 1) // no saturation
	for len(bits)%8 != 0 {
		bits = append(bits, 0)
	}
	var payload []byte
	for i := 0; i < len(bits); i += 8 {
		var c byte
		for _, bit := range bits[i : i+8] {
			c = c<<1 | bit
		}
		payload = append(payload, c)
	}
	unit := append([]byte{39 << 1, 1, 4, byte(len(payload))}, payload...)
	unit = append(unit, 0x80)
	var escaped []byte
	zeros := 0
	for _, c := range unit {
		if zeros >= 2 && c <= 3 {
			escaped, zeros = append(escaped, 3), 0
		}
		if escaped = append(escaped, c); c == 0 {
			zeros++
		} else {
			zeros = 0
		}
	}
	return append([]byte{0, 0, 0, 1}, escaped...)
}

func TestHDR10PlusIsFoundInTheFirstPicture(t *testing.T) {
	dir := t.TempDir()
	raw := clip(t, dir, "a.hevc", "-i", filepath.Join(sampleDir(t), "hdr10.mp4"), "-an", "-c", "copy", "-bsf:v", "hevc_mp4toannexb")
	b, err := os.ReadFile(raw)
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.Index(b, []byte{0, 0, 1, 39 << 1, 1}) // before the encoder's own information
	if at < 1 {
		t.Fatal("no information unit")
	}
	if err := os.WriteFile(raw, slices.Insert(b, at-1, hdr10plus()...), 0o600); err != nil {
		t.Fatal(err)
	}
	from := clip(t, dir, "times.mp4", "-r", "25", "-i", raw, "-c", "copy")
	for _, name := range []string{"b.mkv", "b.mp4"} {
		path := clip(t, dir, name, "-i", from, "-c", "copy")
		from = path
		stats := new(Stats)
		src, _, err := File(WithStats(t.Context(), stats), path)
		if err != nil {
			t.Fatal(err)
		}
		if stats.Native() != 1 || stats.Frames() != 0 {
			t.Errorf("%s: read in process %d times, by ffprobe %d", name, stats.Native(), stats.Frames())
		}
		oracle := src
		oracle.Streams = slices.Clone(src.Streams)
		oracle.Streams[0].HDR10Plus = false
		hdr10Plus(t.Context(), path, &oracle)
		if !oracle.Streams[0].HDR10Plus || !src.Streams[0].HDR10Plus {
			t.Errorf("%s: native %v, ffprobe %v", name, src.Streams[0].HDR10Plus, oracle.Streams[0].HDR10Plus)
		}
	}
}

func TestOrdinaryFilesNeedNoFFprobe(t *testing.T) {
	t.Setenv("PATH", "")
	stats := new(Stats)
	ctx := WithStats(t.Context(), stats)
	dir := sampleDir(t)
	n := int64(0)
	for _, s := range matrix {
		if s.tool != "" {
			continue
		}
		if _, _, err := File(ctx, s.path(dir)); err != nil {
			t.Errorf("%s: %v", s.name, err)
		}
		n++
	}
	if stats.Native() != n || stats.Asked() != 0 || stats.Frames() != 0 {
		t.Errorf("%d of %d in process, ffprobe asked about %d and for %d pictures", stats.Native(), n, stats.Asked(), stats.Frames())
	}
}

func TestAFilesBeginningDecidesNotItsName(t *testing.T) {
	for from, to := range map[string]string{"a.mkv": "x.mp4", "plain.mp4": "x.mp3", "v23.mp3": "x.flac", "a.flac": "x.mkv"} {
		b, err := os.ReadFile(filepath.Join(sampleDir(t), from))
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), to)
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		agree(t, path)
	}
}

func TestDamagedFilesReadAsFFprobeReadsThemOrNotAtAll(t *testing.T) {
	dir := sampleDir(t)
	for _, s := range matrix {
		b, err := os.ReadFile(s.path(dir))
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range []int{2} {
			path := filepath.Join(t.TempDir(), s.name)
			if err := os.WriteFile(path, b[:len(b)/part], 0o600); err != nil {
				t.Fatal(err)
			}
			f, fi, err := open(path)
			if err != nil {
				t.Fatal(err)
			}
			_, err = native(t.Context(), f, fi.Size())
			f.Close()
			if err != nil {
				continue // ffprobe decides
			}
			if _, err := ask(t.Context(), path); err != nil {
				t.Errorf("%s cut to one in %d: native reads it, ffprobe says %v", s.name, part, err)
			}
		}
	}
}
