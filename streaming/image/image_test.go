package image

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"sett/node/library"
	"sett/streaming/cache"
	"sett/streaming/ffmpeg"
)

func maker(t testing.TB) *Maker {
	t.Helper()
	c, err := cache.Open(t.TempDir(), 50<<20)
	if err != nil {
		t.Fatal(err)
	}
	return NewMaker(c)
}

// halves is red on its left and blue on its right.
func halves(w, h int) *image.RGBA {
	im := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{200, 0, 0, 255}
			if x >= w/2 {
				c = color.RGBA{0, 0, 200, 255}
			}
			im.SetRGBA(x, y, c)
		}
	}
	return im
}

func jpegOf(t *testing.T, im image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, im, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func pngOf(t *testing.T, im image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, im); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func write(t *testing.T, name string, b []byte) library.Image {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return library.Image{Path: path}
}

func bytesOf(t *testing.T, p *Picture, err error) []byte {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	b, err := io.ReadAll(p)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func view(t *testing.T, p *Picture, err error) image.Image {
	t.Helper()
	im, _, err := image.Decode(bytes.NewReader(bytesOf(t, p, err)))
	if err != nil {
		t.Fatal(err)
	}
	return im
}

// red and blue look at a pixel, as far as JPEG keeps colours.
func red(im image.Image, x, y int) bool {
	r, _, b, _ := im.At(x, y).RGBA()
	return r > 0x9000 && b < 0x5000
}

func blue(im image.Image, x, y int) bool {
	r, _, b, _ := im.At(x, y).RGBA()
	return b > 0x9000 && r < 0x5000
}

func TestSizesFollowTheClientsRules(t *testing.T) {
	for _, c := range []struct {
		s    Size
		w, h int
	}{
		{Size{}, 1000, 1500},
		{Size{MaxWidth: 300}, 300, 450},
		{Size{MaxWidth: 300, MaxHeight: 300}, 200, 300},
		{Size{MaxWidth: 5000}, 1000, 1500},
		{Size{Width: 500}, 500, 750},
		{Size{Height: 150}, 100, 150},
		{Size{FillWidth: 300, FillHeight: 300}, 300, 450},
		{Size{FillWidth: 100, FillHeight: 450}, 300, 450},
		{Size{FillWidth: 300}, 300, 450},
		{Size{FillWidth: 4000, FillHeight: 4000}, 1000, 1500},
		{Size{FillWidth: 1}, 1, 2},
	} {
		if w, h := c.s.Of(1000, 1500); w != c.w || h != c.h {
			t.Errorf("%+v: %d×%d, want %d×%d", c.s, w, h, c.w, c.h)
		}
	}
	if w, h := (Size{MaxWidth: 1}).Of(10, 20000); w != 1 || h != 2000 {
		t.Errorf("a line: %d×%d", w, h)
	}
}

func TestEveryFormatIsReadAndShrunk(t *testing.T) {
	m := maker(t)
	src := halves(400, 200)
	var g bytes.Buffer
	if err := gif.Encode(&g, src, nil); err != nil {
		t.Fatal(err)
	}
	pictures := map[string]library.Image{
		"jpeg": write(t, "a.jpg", jpegOf(t, src)),
		"png":  write(t, "a.png", pngOf(t, src)),
		"gif":  write(t, "a.gif", g.Bytes()),
	}
	webp := filepath.Join(t.TempDir(), "a.webp")
	if out, err := exec.Command("ffmpeg", "-loglevel", "error", "-i", pictures["png"].Path, webp).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	pictures["webp"] = library.Image{Path: webp}
	for name, im := range pictures {
		p, err := m.Picture(t.Context(), im, Options{Size: Size{MaxWidth: 101}})
		if err == nil && (p.MIME != "image/jpeg" || p.ETag == "") {
			t.Errorf("%s: %s %s", name, p.MIME, p.ETag)
		}
		got := view(t, p, err)
		if b := got.Bounds(); b.Dx() != 101 || b.Dy() < 50 || b.Dy() > 51 || !red(got, 20, 20) || !blue(got, 80, 20) {
			t.Errorf("%s: %v", name, b)
		}
	}
}

func TestWhatOneCanSeeThroughStaysSo(t *testing.T) {
	src := halves(100, 100)
	for y := range 50 {
		for x := range 100 {
			src.SetRGBA(x, y, color.RGBA{})
		}
	}
	m := maker(t)
	p, err := m.Picture(t.Context(), write(t, "logo.png", pngOf(t, src)), Options{Size: Size{Width: 50}})
	if err == nil && p.MIME != "image/png" {
		t.Errorf("type %s", p.MIME)
	}
	got := view(t, p, err)
	if _, _, _, a := got.At(10, 5).RGBA(); a != 0 {
		t.Errorf("alpha %x", a)
	}
	if !red(got, 10, 45) {
		t.Error("the rest lost its colour")
	}
}

func TestAPictureThatNeedsNothingIsSentAsItIs(t *testing.T) {
	m := maker(t)
	raw := jpegOf(t, halves(40, 20))
	p, err := m.Picture(t.Context(), write(t, "a.jpg", raw), Options{})
	if got := bytesOf(t, p, err); !bytes.Equal(got, raw) {
		t.Error("it was changed")
	}
}

func TestAveragingKeepsBrightness(t *testing.T) {
	board := image.NewGray(image.Rect(0, 0, 90, 90))
	for y := range 90 {
		for x := range 90 {
			if (x+y)%2 == 0 {
				board.SetGray(x, y, color.Gray{254})
			}
		}
	}
	small := shrunk(board, 10, 10).image()
	same := plane{board.Pix, board.Stride, 90, 90, 1}.shrink(10, 10)
	for y := range 10 {
		for x := range 10 {
			if r, _, _, _ := small.At(x, y).RGBA(); r>>8 < 124 || r>>8 > 130 || same.pix[y*10+x] != byte(r>>8) {
				t.Fatalf("pixel %d,%d of a chessboard is %d, want 127", x, y, r>>8)
			}
		}
	}
	white := image.NewGray(image.Rect(0, 0, 97, 31))
	for i := range white.Pix {
		white.Pix[i] = 255
	}
	for x := range 13 {
		if r, _, _, _ := shrunk(white, 13, 7).image().At(x, 3).RGBA(); r>>8 < 254 {
			t.Errorf("white became %d", r>>8)
		}
	}
}

// withOrientation puts an EXIF block after a JPEG's first marker.
func withOrientation(raw []byte, o uint16) []byte {
	tiff := []byte("II*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00")
	tiff = binary.LittleEndian.AppendUint16(tiff, o)
	tiff = append(tiff, 0, 0, 0, 0, 0, 0)
	body := append([]byte("Exif\x00\x00"), tiff...)
	out := append([]byte{0xff, 0xd8, 0xff, 0xe1}, binary.BigEndian.AppendUint16(nil, uint16(len(body)+2))...)
	return append(append(out, body...), raw[2:]...)
}

func TestPhotosStandUpright(t *testing.T) {
	m := maker(t)
	raw := jpegOf(t, halves(400, 200))
	for o, c := range map[uint16]struct {
		wide          bool
		redAt, blueAt image.Point
	}{
		1: {wide: true, redAt: image.Pt(10, 25), blueAt: image.Pt(90, 25)},
		2: {wide: true, redAt: image.Pt(90, 25), blueAt: image.Pt(10, 25)},
		3: {wide: true, redAt: image.Pt(90, 25), blueAt: image.Pt(10, 25)},
		4: {wide: true, redAt: image.Pt(10, 25), blueAt: image.Pt(90, 25)},
		5: {redAt: image.Pt(25, 10), blueAt: image.Pt(25, 90)},
		6: {redAt: image.Pt(25, 10), blueAt: image.Pt(25, 90)},
		7: {redAt: image.Pt(25, 90), blueAt: image.Pt(25, 10)},
		8: {redAt: image.Pt(25, 90), blueAt: image.Pt(25, 10)},
	} {
		im := write(t, "photo.jpg", withOrientation(raw, o))
		p, err := m.Picture(t.Context(), im, Options{Size: Size{MaxWidth: 100, MaxHeight: 100}})
		got := view(t, p, err)
		if b := got.Bounds(); (b.Dx() > b.Dy()) != c.wide || max(b.Dx(), b.Dy()) != 100 {
			t.Errorf("orientation %d: %v", o, b)
			continue
		}
		if !red(got, c.redAt.X, c.redAt.Y) || !blue(got, c.blueAt.X, c.blueAt.Y) {
			t.Errorf("orientation %d is not upright", o)
		}
		if w, h, err := Dimensions(im.Path); err != nil || (w == 400) != c.wide || w*h != 80000 {
			t.Errorf("orientation %d: said to be %d×%d, %v", o, w, h, err)
		}
	}
}

func TestWhatIsNoPictureIsRefused(t *testing.T) {
	m := maker(t)
	o := Options{Size: Size{Width: 10}}
	if _, err := m.Picture(t.Context(), write(t, "a.jpg", []byte("no picture")), o); !errors.Is(err, ErrNotPicture) {
		t.Errorf("text: %v", err)
	}
	bomb := pngOf(t, image.NewGray(image.Rect(0, 0, 4, 4)))
	copy(bomb[16:], "\x00\x01\x00\x00\x00\x01\x00\x00") // 65536×65536, says its head
	crc := bomb[29:33]
	binary.BigEndian.PutUint32(crc, crc32.ChecksumIEEE(bomb[12:29]))
	if _, err := m.Picture(t.Context(), write(t, "a.png", bomb), o); !errors.Is(err, ErrTooLarge) {
		t.Errorf("bomb: %v", err)
	}
	huge := write(t, "huge.jpg", nil)
	if err := os.Truncate(huge.Path, maxBytes+1); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Picture(t.Context(), huge, o); !errors.Is(err, ErrTooLarge) {
		t.Errorf("huge file: %v", err)
	}
	if _, err := m.Picture(t.Context(), library.Image{Path: "/nonexistent.jpg"}, o); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("absent: %v", err)
	}
}

func TestPicturesComeOutOfMediaFiles(t *testing.T) {
	m := maker(t)
	dir := t.TempDir()
	cover := write(t, "cover.jpg", jpegOf(t, halves(200, 200)))
	song, film := filepath.Join(dir, "it's: %d.flac"), filepath.Join(dir, "film.mkv")
	for _, args := range [][]string{
		{"-f", "lavfi", "-i", "sine=d=1", "-i", cover.Path, "-map", "0", "-map", "1", "-c:v", "copy", "-disposition:v", "attached_pic", song},
		{"-f", "lavfi", "-i", "color=red:s=160x90:d=2", "-f", "lavfi", "-i", "color=blue:s=160x90:d=2",
			"-filter_complex", "[0][1]concat", "-c:v", "libx264", "-g", "25", film},
	} {
		if out, err := exec.Command("ffmpeg", append([]string{"-loglevel", "error"}, args...)...).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	p, err := m.Picture(t.Context(), library.Image{Path: song, Embedded: true, Stream: 1}, Options{Size: Size{Width: 100}})
	if got := view(t, p, err); got.Bounds().Dx() != 100 || !red(got, 20, 50) || !blue(got, 80, 50) {
		t.Errorf("cover: %v", got.Bounds())
	}
	if _, err := m.Picture(t.Context(), library.Image{Path: song, Embedded: true, Stream: 7}, Options{}); err == nil {
		t.Error("a stream that is not there gave a picture")
	}
	for at, right := range map[time.Duration]func(image.Image, int, int) bool{0: red, 3 * time.Second: blue} {
		p, err := m.Frame(t.Context(), film, at, Options{Size: Size{MaxWidth: 80}})
		if got := view(t, p, err); got.Bounds().Dx() != 80 || !right(got, 40, 20) {
			t.Errorf("frame at %v: %v, %v", at, got.Bounds(), got.At(40, 20))
		}
	}
	t.Setenv("PATH", "")
	if _, err := m.Frame(t.Context(), film, time.Second, Options{}); !errors.Is(err, ffmpeg.ErrNotInstalled) {
		t.Errorf("no ffmpeg: %v", err)
	}
}

func TestALetterStandsForWhatHasNoPicture(t *testing.T) {
	m := maker(t)
	p, err := m.Letter(t.Context(), "the Film", Poster, Options{Size: Size{FillWidth: 200, FillHeight: 300}})
	got := view(t, p, err)
	if got.Bounds().Dx() != 200 || got.Bounds().Dy() != 300 {
		t.Errorf("size %v", got.Bounds())
	}
	// The stem of a T is in the middle; a corner has the plain colour.
	if mid, corner := got.At(100, 160), got.At(2, 2); mid == corner {
		t.Error("there is no letter")
	}
	a, err := letterPoster("the Film", 200, 300)
	if err != nil {
		t.Fatal(err)
	}
	b, _ := letterPoster("THE FILM", 200, 300)
	other, _ := letterPoster("Titanic", 200, 300)
	if !bytes.Equal(a, b) || bytes.Equal(a, other) {
		t.Error("the colour does not follow from the name")
	}
	for _, name := range []string{"", "…", "漢字", "7 Samurai", "\xff"} {
		p, err := m.Letter(t.Context(), name, Square, Options{})
		view(t, p, err)
	}
}

func FuzzOrientation(f *testing.F) {
	f.Add(withOrientation([]byte{0xff, 0xd8, 0xff, 0xda}, 6))
	f.Fuzz(func(t *testing.T, b []byte) {
		if o := orientation(b); o < 1 || o > 8 {
			t.Errorf("orientation %d", o)
		}
	})
}
