package image

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/draw"
	"io"
	"os"
	"strings"
	"testing"

	"sett/node/library"
)

func TestBlurhashesAreThoseOfOtherEncoders(t *testing.T) {
	for _, c := range []struct {
		w, h int
		want string
	}{
		{32, 21, "LiE^,I2RwsW,rCWUjwfAfxfTfTfN"},
		{21, 32, "Ti9laaKFn{hiaefTgEfmfTjEb0fN"},
		{1, 1, "L00000fQfQfQfQfQfQfQfQfQfQfQ"},
	} {
		im := image.NewRGBA(image.Rect(0, 0, c.w, c.h))
		for y := range c.h {
			for x := range c.w {
				im.SetRGBA(x, y, color.RGBA{byte(x * 7), byte(y * 7), byte(x * y), 255})
			}
		}
		if got := blurhash(im); got != c.want {
			t.Errorf("%d×%d: %s, want %s", c.w, c.h, got, c.want)
		}
	}
}

func TestPicturesAreDescribed(t *testing.T) {
	m := maker(t)
	raw := jpegOf(t, halves(400, 200))
	w, h, flat, err := m.Describe(t.Context(), write(t, "a.jpg", raw))
	if err != nil || w != 400 || h != 200 || len(flat) != 28 || flat[0] != 'L' {
		t.Errorf("%d×%d %q %v", w, h, flat, err)
	}
	w, h, tall, err := m.Describe(t.Context(), write(t, "b.jpg", withOrientation(raw, 6)))
	if err != nil || w != 200 || h != 400 || len(tall) != 28 || tall[0] != 'T' {
		t.Errorf("turned: %d×%d %q %v", w, h, tall, err)
	}
	clear := halves(40, 40)
	draw.Draw(clear, image.Rect(0, 0, 40, 20), image.Transparent, image.Point{}, draw.Src)
	if w, _, hash, err := m.Describe(t.Context(), write(t, "c.png", pngOf(t, clear))); err != nil || w != 40 || hash != "" {
		t.Errorf("a logo: %d %q %v", w, hash, err)
	}
	if _, _, _, err := m.Describe(t.Context(), write(t, "d.jpg", []byte("text"))); !errors.Is(err, ErrNotPicture) {
		t.Errorf("text: %v", err)
	}
}

func filled(w, h int, c color.Color) *image.RGBA {
	im := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(im, im.Rect, image.NewUniform(c), image.Point{}, draw.Src)
	return im
}

func TestACollageShowsTheFirstFour(t *testing.T) {
	m := maker(t)
	reds := write(t, "r.png", pngOf(t, filled(100, 150, color.RGBA{200, 0, 0, 255})))
	blues := write(t, "b.jpg", jpegOf(t, filled(300, 100, color.RGBA{0, 0, 200, 255})))
	broken, absent := write(t, "x.jpg", []byte("no")), library.Image{Path: "/nonexistent.jpg"}
	type look struct {
		x, y int
		is   func(image.Image, int, int) bool
	}
	for name, c := range map[string]struct {
		of    []library.Image
		shape Shape
		w, h  int
		looks []look
	}{
		"square": {[]library.Image{reds, blues, blues, reds, blues}, Square, 800, 800, []look{{50, 50, red}, {750, 50, blue}, {50, 750, blue}, {750, 750, red}}},
		"strip":  {[]library.Image{reds, broken, blues, absent, reds, blues}, Wide, 1280, 720, []look{{100, 300, red}, {450, 300, blue}, {800, 300, red}, {1200, 300, blue}}},
		"two":    {[]library.Image{reds, blues}, Poster, 800, 1200, []look{{400, 100, red}, {400, 1100, blue}}},
		"three":  {[]library.Image{reds, blues, reds}, Square, 800, 800, []look{{400, 100, red}, {100, 700, blue}, {700, 700, red}}},
		"one":    {[]library.Image{blues}, Square, 800, 800, []look{{5, 5, blue}, {795, 795, blue}}},
	} {
		p, err := m.Collage(t.Context(), c.of, c.shape, Options{})
		got := view(t, p, err)
		if b := got.Bounds(); b.Dx() != c.w || b.Dy() != c.h {
			t.Errorf("%s: %v", name, b)
		}
		for _, l := range c.looks {
			if !l.is(got, l.x, l.y) {
				t.Errorf("%s: at %d,%d it is %v", name, l.x, l.y, got.At(l.x, l.y))
			}
		}
	}
	if _, err := m.Collage(t.Context(), []library.Image{broken, absent}, Square, Options{}); !errors.Is(err, ErrNotPicture) {
		t.Errorf("of nothing: %v", err)
	}
}

func TestACollageIsTheSameEveryTimeAndChangesWithItsPictures(t *testing.T) {
	of := []library.Image{write(t, "a.jpg", jpegOf(t, halves(90, 60))), write(t, "b.png", pngOf(t, halves(30, 60)))}
	o := Options{Size: Size{FillWidth: 200}}
	make := func(m *Maker) []byte {
		p, err := m.Collage(t.Context(), of, Square, o)
		return bytesOf(t, p, err)
	}
	m := maker(t)
	first := make(m)
	if !bytes.Equal(first, make(maker(t))) {
		t.Error("two machines do not agree")
	}
	if err := os.WriteFile(of[0].Path, jpegOf(t, filled(80, 80, color.White)), 0o600); err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(first, make(m)) {
		t.Error("it shows what is no longer there")
	}
}

func TestUploadsAreMadeAnew(t *testing.T) {
	m := maker(t)
	size := Size{MaxWidth: 100, MaxHeight: 100}
	photo := append(withOrientation(jpegOf(t, halves(400, 200)), 6), "<script>a second life</script>"...)
	got, mime, err := m.Sanitise(t.Context(), bytes.NewReader(photo), size)
	if err != nil || mime != "image/jpeg" || bytes.Contains(got, []byte("Exif")) || bytes.Contains(got, []byte("script")) {
		t.Fatalf("%s, %v, %d bytes", mime, err, len(got))
	}
	im, _, err := image.Decode(bytes.NewReader(got))
	if err != nil || im.Bounds().Dx() != 50 || im.Bounds().Dy() != 100 || !red(im, 25, 20) || !blue(im, 25, 80) {
		t.Errorf("%v %v", im.Bounds(), err)
	}
	clear := halves(40, 40)
	draw.Draw(clear, image.Rect(0, 0, 40, 20), image.Transparent, image.Point{}, draw.Src)
	if _, mime, err := m.Sanitise(t.Context(), bytes.NewReader(pngOf(t, clear)), size); err != nil || mime != "image/png" {
		t.Errorf("a logo: %s, %v", mime, err)
	}
	whole := jpegOf(t, halves(400, 200))
	bomb := pngOf(t, image.NewGray(image.Rect(0, 0, 4, 4)))
	copy(bomb[16:], "\x00\x01\x00\x00\x00\x01\x00\x00")
	binary.BigEndian.PutUint32(bomb[29:33], crc32.ChecksumIEEE(bomb[12:29]))
	for name, c := range map[string]struct {
		r    io.Reader
		want error
	}{
		"SVG":       {strings.NewReader("<svg xmlns='http://www.w3.org/2000/svg'/>"), ErrNotPicture},
		"half":      {bytes.NewReader(whole[:len(whole)/2]), ErrNotPicture},
		"nothing":   {strings.NewReader(""), ErrNotPicture},
		"bomb":      {bytes.NewReader(bomb), ErrTooLarge},
		"too long":  {io.MultiReader(bytes.NewReader(whole), io.LimitReader(zeros{}, MaxUpload)), ErrTooLarge},
		"cut short": {io.MultiReader(bytes.NewReader(whole[:50]), failing{}), io.ErrUnexpectedEOF},
	} {
		if _, _, err := m.Sanitise(t.Context(), c.r, size); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
