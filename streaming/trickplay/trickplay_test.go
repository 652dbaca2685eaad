package trickplay

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"sett/node/library"
	"sett/streaming/ffmpeg"
	"sett/streaming/probe"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func tools(t *testing.T) *ffmpeg.Tools {
	t.Helper()
	tl, err := ffmpeg.Find(t.Context())
	if err != nil {
		t.Skip("ffmpeg is needed:", err)
	}
	return tl
}

// staircase is a film whose grey grows by 2 every second, with a key frame every two.
func staircase(t *testing.T, name string, seconds string, args ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	all := []string{"-nostdin", "-loglevel", "error", "-f", "lavfi", "-i", "color=c=black:s=320x180:r=5:d=" + seconds,
		"-vf", "geq=lum='20+2*floor(T)':cb=128:cr=128", "-g", "10", "-c:v", "libx264", "-preset", "ultrafast"}
	out, err := exec.Command("ffmpeg", append(append(all, args...), path)...).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return path
}

func source(t testing.TB, path string) *library.Source {
	t.Helper()
	src, _, err := probe.File(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	src.ID = library.NewID(path)
	return &src
}

func small() Layout { return Layout{Width: 64, Interval: 10 * time.Second, Columns: 3, Rows: 2} }

// greys are the brightnesses of a sheet's pictures, in order.
func greys(t *testing.T, sheet []byte, i Info) []int {
	t.Helper()
	im, err := jpeg.Decode(bytes.NewReader(sheet))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := im.Bounds().Size(), (image.Point{X: i.Width * i.Columns, Y: i.Height * i.Rows}); got != want {
		t.Fatalf("a sheet of %v, want %v", got, want)
	}
	var out []int
	for y := range i.Rows {
		for x := range i.Columns {
			c := color.GrayModel.Convert(im.At(x*i.Width+i.Width/2, y*i.Height+i.Height/2)).(color.Gray)
			out = append(out, int(c.Y))
		}
	}
	return out
}

func TestEveryPictureIsOfItsTimeWhicheverWayTheFilmIsRead(t *testing.T) {
	tl := tools(t)
	open := "keyint=10:min-keyint=10:bframes=3:open-gop=1"
	for name, args := range map[string][]string{
		"film.mp4": nil, "film.mkv": nil, "film.ts": nil, "film.avi": {"-c:v", "mpeg4", "-bf", "0"}, "open.mp4": {"-bf", "3", "-x264-params", open},
		"hevc.mkv": {"-c:v", "libx265", "-x265-params", "log-level=error:" + open}, "hevc.mp4": {"-c:v", "libx265", "-x265-params", "log-level=error:" + open},
	} {
		t.Run(name, func(t *testing.T) {
			src := source(t, staircase(t, name, "85", args...))
			m, err := NewMaker(t.Context(), tl, ffmpeg.Quiet{}, src, small())
			if err != nil {
				t.Fatal(err)
			}
			defer m.Close()
			if indexed := m.out != nil; indexed != (filepath.Ext(name) == ".mp4" || filepath.Ext(name) == ".mkv") {
				t.Errorf("read by its index: %v", indexed)
			}
			indexed := m.out
			defer func() {
				if m.out != indexed && name != "open.mp4" { // its key frames cannot be shown without the pictures before
					t.Error("its index was of no use")
				}
			}()
			i := m.Info()
			if i.Count != 9 || i.Sheets() != 2 || i.Width != 64 || i.Height != 36 {
				t.Fatalf("%+v", i)
			}
			for n := range 2 {
				sheet, err := m.Sheet(t.Context(), n)
				if err != nil {
					t.Fatal(err)
				}
				for k, grey := range greys(t, sheet, i)[:i.on(n)] {
					at := float64((n*6 + k) * 10)
					// Studio range is stretched to full on the way to JPEG.
					shown := (float64(grey)*219/255 + 16 - 20) / 2
					if shown < at-3 || shown > at+10 {
						t.Errorf("sheet %d, picture %d shows second %.1f, want about %v", n, k, shown, at)
					}
				}
			}
		})
	}
}

func key(src *library.Source) Key { return Key{src.ID, src.ID, "0123456789abcdef"} }

func open(t *testing.T, dir string, quota int64) *Store {
	t.Helper()
	s, err := OpenStore(dir, quota)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestWorkThatWasCutOffGoesOnWhereItWas(t *testing.T) {
	tl := tools(t)
	src := source(t, staircase(t, "film.mkv", "185"))
	dir := t.TempDir()
	s := open(t, dir, 1<<30)
	m, err := NewMaker(t.Context(), tl, ffmpeg.Quiet{}, src, Layout{Width: 64, Interval: time.Second, Columns: 5, Rows: 5})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	cut := make(chan int)
	go func() {
		defer close(cut)
		for ctx.Err() == nil {
			if done, _ := filepath.Glob(filepath.Join(dir, "part-*", "1.jpg")); len(done) > 0 {
				cancel()
			}
			time.Sleep(time.Millisecond)
		}
	}()
	if err := s.Fill(ctx, key(src), m); !errors.Is(err, context.Canceled) {
		t.Fatalf("cut off: %v", err)
	}
	<-cut
	if len(s.Of(src.ID)) != 0 {
		t.Fatal("half a set is shown")
	}
	s = open(t, dir, 1<<30)
	if err := s.Fill(t.Context(), key(src), m); err != nil {
		t.Fatal(err)
	}
	again := open(t, dir, 1<<30)
	set, ok := again.Find(key(src), 64)
	if !ok || set.Count != 185 || set.Bandwidth == 0 || again.Bytes() == 0 || again.Bytes() != s.Bytes() {
		t.Fatalf("%+v %v, %d and %d bytes", set, ok, again.Bytes(), s.Bytes())
	}
	f, err := again.Open(set, set.Sheets()-1)
	if err != nil {
		t.Fatal(err)
	}
	f.Close()
	if _, err := again.Open(set, set.Sheets()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a sheet past the end: %v", err)
	}
}

func TestFinishedSheetsAreNotMadeTwice(t *testing.T) {
	tl := tools(t)
	src := source(t, staircase(t, "film.mkv", "85"))
	dir := t.TempDir()
	s := open(t, dir, 1<<30)
	m, err := NewMaker(t.Context(), tl, ffmpeg.Quiet{}, src, small())
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	gone := *m
	gone.tools = &ffmpeg.Tools{FFmpeg: filepath.Join(dir, "no-such-program")}
	if err := s.Fill(t.Context(), key(src), &gone); err == nil {
		t.Fatal("made without a program")
	}
	parts, _ := filepath.Glob(filepath.Join(dir, "part-*"))
	if len(parts) != 1 {
		t.Fatalf("unfinished: %v", parts)
	}
	if err := os.WriteFile(filepath.Join(parts[0], "0.jpg"), []byte("made before"), 0o600); err != nil {
		t.Fatal(err)
	}
	m2, err := NewMaker(t.Context(), tl, ffmpeg.Quiet{}, src, small())
	if err != nil {
		t.Fatal(err)
	}
	defer m2.Close()
	if err := s.Fill(t.Context(), key(src), m2); err != nil {
		t.Fatal(err)
	}
	set, _ := s.Find(key(src), 64)
	b, err := os.ReadFile(filepath.Join(dir, set.name(), "0.jpg"))
	if err != nil || string(b) != "made before" {
		t.Errorf("%.20q, %v", b, err)
	}
}

func TestAFullStoreTakesNoMoreAndThrowsNothingAway(t *testing.T) {
	tl := tools(t)
	a, b := source(t, staircase(t, "a.mkv", "45")), source(t, staircase(t, "b.mkv", "45"))
	s := open(t, t.TempDir(), 4<<10)
	fill := func(src *library.Source) error {
		m, err := NewMaker(t.Context(), tl, ffmpeg.Quiet{}, src, small())
		if err != nil {
			t.Fatal(err)
		}
		defer m.Close()
		return s.Fill(t.Context(), key(src), m)
	}
	if err := fill(a); err != nil {
		t.Fatal(err)
	}
	s.quota = s.Bytes() + 10
	if err := fill(b); !errors.Is(err, ErrFull) {
		t.Fatalf("%v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(s.dir, "part-*")); len(left) != 0 || len(s.Of(a.ID)) != 1 || len(s.Of(b.ID)) != 0 {
		t.Errorf("left %v, %v, %v", left, s.Of(a.ID), s.Of(b.ID))
	}
	if err := s.Keep(a.ID, func(Set) bool { return false }); err != nil || s.Bytes() != 0 {
		t.Fatalf("%v, %d bytes", err, s.Bytes())
	}
	if err := fill(b); err != nil {
		t.Errorf("after room was made: %v", err)
	}
}

func TestAReplacedFileTakesThePlaceOfTheOld(t *testing.T) {
	tl := tools(t)
	src := source(t, staircase(t, "a.mkv", "25"))
	s := open(t, t.TempDir(), 1<<20)
	for _, identity := range []string{"0000000000000001", "0000000000000002"} {
		m, err := NewMaker(t.Context(), tl, ffmpeg.Quiet{}, src, small())
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Fill(t.Context(), Key{src.ID, src.ID, identity}, m); err != nil {
			t.Fatal(err)
		}
		m.Close()
	}
	sets := s.Of(src.ID)
	if len(sets) != 1 || sets[0].Identity != "0000000000000002" || s.Bytes() != sets[0].bytes {
		t.Errorf("%+v, %d bytes", sets, s.Bytes())
	}
}

func TestThePlaylistTellsWhatIsOnEachSheet(t *testing.T) {
	i := Info{Width: 320, Height: 180, Columns: 10, Rows: 10, Count: 130, Interval: 10 * time.Second}
	text := string(i.Playlist("?ApiKey=k"))
	for _, want := range []string{"#EXT-X-IMAGES-ONLY", "#EXTINF:1000,\n#EXT-X-TILES:RESOLUTION=320x180,LAYOUT=10x10,DURATION=10\n0.jpg?ApiKey=k\n", "#EXTINF:300,\n", "1.jpg?ApiKey=k", "#EXT-X-ENDLIST"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

func TestPicturesKeepTheShapeThatIsShown(t *testing.T) {
	for _, tc := range []struct {
		v    library.Stream
		want int
	}{
		{library.Stream{Width: 1920, Height: 1080}, 180},
		{library.Stream{Width: 720, Height: 576, AspectRatio: "16:9"}, 180},
		{library.Stream{Width: 1920, Height: 800, AspectRatio: "12:5"}, 134},
		{library.Stream{Width: 1920, Height: 1080, Rotation: 90}, 568},
		{library.Stream{Width: 1920, Height: 1080, AspectRatio: "0:1"}, 180},
	} {
		if got := Usual().height(tc.v); got != tc.want {
			t.Errorf("%+v: %d, want %d", tc.v, got, tc.want)
		}
	}
}

func TestASourceWithoutPictureOrLengthHasNoSheets(t *testing.T) {
	video := []library.Stream{{Kind: library.StreamVideo, Width: 640, Height: 360}}
	for _, src := range []library.Source{{Runtime: 1e9}, {Streams: video}, {Runtime: 1e9, Streams: video, Parts: []string{"b"}}} {
		if i, ok := Usual().Info(&src); ok {
			t.Errorf("%+v", i)
		}
	}
}

func TestAFilmInHighDynamicRangeIsMadeDarkerForOrdinaryScreens(t *testing.T) {
	tl := tools(t)
	if !tl.HasFilter("zscale") || !tl.HasEncoder("libx265") {
		t.Skip("this ffmpeg has no zscale or no libx265")
	}
	for _, name := range []string{"hdr.mkv", "hdr.ts"} {
		path := filepath.Join(t.TempDir(), name)
		out, err := exec.Command("ffmpeg", "-nostdin", "-loglevel", "error", "-f", "lavfi", "-i", "color=c=gray:s=320x180:r=5:d=25", "-pix_fmt", "yuv420p10le", "-g", "10",
			"-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=error:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc", path).CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		src := source(t, path)
		grey := func(src *library.Source) int {
			m, err := NewMaker(t.Context(), tl, ffmpeg.Quiet{}, src, small())
			if err != nil {
				t.Fatal(err)
			}
			defer m.Close()
			sheet, err := m.Sheet(t.Context(), 0)
			if err != nil {
				t.Fatal(err)
			}
			return greys(t, sheet, m.Info())[0]
		}
		mapped := grey(src)
		src.Streams[0].ColorTransfer = ""
		if plain := grey(src); mapped == plain || mapped < 10 {
			t.Errorf("%s: grey %d when mapped, %d as it is", name, mapped, plain)
		}
	}
}

func TestAFilmThatEndsEarlyHasThePicturesItHas(t *testing.T) {
	tl := tools(t)
	src := source(t, staircase(t, "film.mkv", "65"))
	src.Runtime = library.TicksOf(200 * time.Second)
	s := open(t, t.TempDir(), 1<<20)
	m, err := NewMaker(t.Context(), tl, ffmpeg.Quiet{}, src, small())
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	m.Close() // an index would repeat the last frame
	if err := s.Fill(t.Context(), key(src), m); err != nil {
		t.Fatal(err)
	}
	if set, ok := s.Find(key(src), 64); !ok || set.Count != 12 {
		t.Errorf("%+v", set)
	}
}
