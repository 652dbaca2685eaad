package image

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"image"
	"image/color/palette"
	"image/draw"
	"image/gif"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"sett/node/library"
)

// ffmpegMakes runs ffmpeg on a picture and returns what it wrote.
func ffmpegMakes(t *testing.T, from image.Image, name string, args ...string) library.Image {
	t.Helper()
	in, out := write(t, "in.png", pngOf(t, from)), filepath.Join(t.TempDir(), name)
	args = append(append([]string{"-loglevel", "error", "-i", in.Path}, args...), out)
	if msg, err := exec.Command("ffmpeg", args...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, msg)
	}
	return library.Image{Path: out}
}

func TestRareKindsOfPictureAreRead(t *testing.T) {
	m := maker(t)
	src := halves(400, 200)
	deep := image.NewNRGBA64(src.Rect)
	draw.Draw(deep, deep.Rect, src, image.Point{}, draw.Src)
	grey := image.NewGray16(src.Rect)
	draw.Draw(grey, grey.Rect, src, image.Point{}, draw.Src)
	pal := image.NewPaletted(src.Rect, palette.Plan9)
	draw.Draw(pal, pal.Rect, src, image.Point{}, draw.Src)
	// The first frame fills only the left half of the screen.
	part := image.NewPaletted(image.Rect(0, 0, 200, 200), palette.Plan9)
	draw.Draw(part, part.Rect, src, image.Point{}, draw.Src)
	var g bytes.Buffer
	err := gif.EncodeAll(&g, &gif.GIF{
		Image: []*image.Paletted{part, pal}, Delay: []int{1, 1}, Config: image.Config{Width: 400, Height: 200},
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		im     library.Image
		colour bool
	}{
		"16-bit PNG":       {write(t, "a.png", pngOf(t, deep)), true},
		"16-bit grey PNG":  {write(t, "a.png", pngOf(t, grey)), false},
		"palette PNG":      {write(t, "a.png", pngOf(t, pal)), true},
		"animated GIF":     {write(t, "a.gif", g.Bytes()), true},
		"animated WebP":    {ffmpegMakes(t, src, "a.webp", "-vf", "loop=5:1", "-c:v", "libwebp_anim", "-pix_fmt", "yuv420p"), true},
		"lossless WebP":    {ffmpegMakes(t, src, "a.webp", "-lossless", "1"), true},
		"grey JPEG":        {write(t, "a.jpg", jpegOf(t, grey)), false},
		"4:4:4 JPEG":       {ffmpegMakes(t, src, "a.jpg", "-pix_fmt", "yuvj444p"), true},
		"4:2:2 JPEG":       {ffmpegMakes(t, src, "a.jpg", "-pix_fmt", "yuvj422p"), true},
		"progressive JPEG": {library.Image{Path: "jpeg/testdata/progressive-420.jpg"}, false},
	} {
		p, err := m.Picture(t.Context(), c.im, Options{Size: Size{MaxWidth: 100}})
		got := view(t, p, err)
		if got.Bounds().Dx() != 100 {
			t.Errorf("%s: %v", name, got.Bounds())
		}
		if c.colour && (!red(got, 20, 20) || name != "animated GIF" && !blue(got, 80, 20)) {
			t.Errorf("%s: wrong colours", name)
		}
	}
}

func TestAnAnimationWithHolesKeepsThem(t *testing.T) {
	src := halves(80, 40)
	draw.Draw(src, image.Rect(0, 0, 80, 20), image.Transparent, image.Point{}, draw.Src)
	im := ffmpegMakes(t, src, "a.webp", "-vf", "loop=5:1", "-c:v", "libwebp_anim", "-pix_fmt", "yuva420p")
	p, err := maker(t).Picture(t.Context(), im, Options{Size: Size{MaxWidth: 40}})
	got := view(t, p, err)
	if _, _, _, a := got.At(10, 4).RGBA(); a != 0 || !red(got, 8, 16) {
		t.Errorf("at the top %v, below %v", got.At(10, 4), got.At(8, 16))
	}
}

func TestABrokenPictureIsShownAsFarAsItGoes(t *testing.T) {
	raw := jpegOf(t, halves(400, 200))
	im := write(t, "cut.jpg", raw[:len(raw)*3/4])
	p, err := maker(t).Picture(t.Context(), im, Options{Size: Size{MaxWidth: 200}})
	if got := view(t, p, err); !red(got, 20, 10) || !blue(got, 180, 10) || red(got, 20, 95) {
		t.Error("it is not red and blue above, and grey below")
	}
}

func TestAPictureThatIsNotTooLargeIsSentAsItIs(t *testing.T) {
	m := maker(t)
	raw := jpegOf(t, halves(40, 20))
	im := write(t, "a.jpg", raw)
	im.Width, im.Height = 40, 20
	for _, s := range []Size{{MaxWidth: 40}, {FillWidth: 300, FillHeight: 300}, {Width: 1000}} {
		p, err := m.Picture(t.Context(), im, Options{Size: s, Quality: 90})
		if got := bytesOf(t, p, err); !bytes.Equal(got, raw) {
			t.Errorf("%+v: it was changed", s)
		}
	}
	lying := write(t, "b.jpg", withOrientation(raw, 6))
	lying.Width, lying.Height = 20, 40
	p, err := m.Picture(t.Context(), lying, Options{Size: Size{MaxWidth: 500}})
	if got := view(t, p, err); got.Bounds().Dx() != 20 {
		t.Errorf("a turned one is %v", got.Bounds())
	}
}

func TestClientsGetAFormatTheyCanShow(t *testing.T) {
	m := maker(t)
	clear := halves(40, 40)
	draw.Draw(clear, image.Rect(0, 0, 40, 20), image.Transparent, image.Point{}, draw.Src)
	logo, photo := write(t, "logo.png", pngOf(t, clear)), write(t, "a.jpg", jpegOf(t, halves(40, 40)))
	webp := ffmpegMakes(t, halves(40, 40), "a.webp")
	small := Size{MaxWidth: 20}
	for _, c := range []struct {
		name string
		im   library.Image
		o    Options
		want string
	}{
		{"a photo", photo, Options{Size: small}, "image/jpeg"},
		{"a photo as PNG", photo, Options{Format: PNG}, "image/png"},
		{"a photo as WebP", photo, Options{Size: small, Format: WebP}, "image/jpeg"},
		{"a logo", logo, Options{Size: small, WebP: true}, "image/png"},
		{"a logo as JPEG", logo, Options{Format: JPEG}, "image/jpeg"},
		{"a logo on white", logo, Options{Background: "#ffffff"}, "image/jpeg"},
		{"WebP for who knows it", webp, Options{WebP: true}, "image/webp"},
		{"WebP for who asks for it", webp, Options{Format: WebP}, "image/webp"},
		{"WebP for who may not know it", webp, Options{}, "image/jpeg"},
	} {
		p, err := m.Picture(t.Context(), c.im, c.o)
		if err != nil || p.MIME != c.want {
			t.Errorf("%s: %v, %v", c.name, p, err)
			continue
		}
		p.Close()
	}
	p, err := m.Picture(t.Context(), logo, Options{Background: "FF0000"})
	if got := view(t, p, err); !red(got, 30, 5) || !blue(got, 30, 35) {
		t.Error("the background is not behind the picture")
	}
}

func TestTheAcceptHeaderIsReadByTheLetter(t *testing.T) {
	for header, want := range map[string]bool{
		"image/avif,image/webp,image/apng,*/*;q=0.8": true, "IMAGE/WEBP;q=0.5": true,
		"": false, "*/*": false, "image/*": false, "image/webp;q=0, image/png": false, ";;;,=": false,
	} {
		if AcceptsWebP(header) != want {
			t.Errorf("%q: %v", header, !want)
		}
	}
}

func TestBlurringSpreadsAnEdge(t *testing.T) {
	m := maker(t)
	im := write(t, "a.png", pngOf(t, halves(200, 100)))
	for radius, soft := range map[int]bool{0: false, 40: true, 9999: true} {
		p, err := m.Picture(t.Context(), im, Options{Blur: radius})
		got := view(t, p, err)
		r, _, b, _ := got.At(94, 50).RGBA()
		if (r > 0x3000 && b > 0x3000) != soft {
			t.Errorf("radius %d: %v beside the edge", radius, got.At(94, 50))
		}
		if r, _, b, _ := got.At(3, 50).RGBA(); r < b {
			t.Errorf("radius %d: %v far from it", radius, got.At(3, 50))
		}
	}
}

func TestOnlySoManyPicturesAreMadeAtATime(t *testing.T) {
	m := maker(t)
	im := write(t, "a.jpg", jpegOf(t, halves(40, 40)))
	for range cap(m.slots) {
		m.slots <- struct{}{}
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 2)
	go func() { _, _, _, err := m.Describe(ctx, im); done <- err }()
	go func() {
		_, err := m.Picture(ctx, im, Options{Size: Size{Width: 10}})
		done <- err
	}()
	cancel()
	for range 2 {
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	}
	for range cap(m.slots) {
		<-m.slots
	}
	// Memory is shared too: with all of it taken, a decoder waits.
	if !m.memory.TryAcquire(maxMemory) {
		t.Fatal("memory is taken by nobody")
	}
	ctx, cancel = context.WithCancel(t.Context())
	cancel()
	if _, _, _, err := m.Describe(ctx, im); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	m.memory.Release(maxMemory)
	if _, _, _, err := m.Describe(t.Context(), im); err != nil {
		t.Error(err)
	}
}

func TestAHugePhotoTakesLittleMemory(t *testing.T) {
	// 200 megapixels, as telephones make them, of a flat grey.
	s, err := inspect(flatJPEG(16320, 12240), Size{MaxWidth: 800}.Of)
	if err != nil {
		t.Fatal(err)
	}
	if s.block != 1 || s.memory > 8<<20 {
		t.Errorf("blocks of %d, %d MB", s.block, s.memory>>20)
	}
	if _, err := inspect(flatJPEG(65000, 65000), Size{MaxWidth: 8000, MaxHeight: 8000}.Of); err != nil && !errors.Is(err, ErrTooLarge) {
		t.Error(err)
	}
}

func TestAWebPThatClaimsToBeSmallIsRefused(t *testing.T) {
	raw, err := os.ReadFile(ffmpegMakes(t, halves(64, 64), "a.webp").Path)
	if err != nil {
		t.Fatal(err)
	}
	lying := append([]byte("RIFF\x00\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x00\x00\x00\x00\x07\x00\x00\x07\x00\x00"), raw[12:]...)
	binary.LittleEndian.PutUint32(lying[4:], uint32(len(lying)-8))
	if _, err := inspect(lying, Size{}.Of); !errors.Is(err, ErrNotPicture) {
		t.Errorf("got %v", err)
	}
	lying[24], lying[27] = 63, 63
	if s, err := inspect(lying, Size{}.Of); err != nil || s.w != 64 {
		t.Errorf("an honest one: %v", err)
	}
}

// flatJPEG is the head of a grey JPEG, without a picture.
func flatJPEG(w, h int) []byte {
	return []byte{0xff, 0xd8, 0xff, 0xc0, 0, 11, 8, byte(h >> 8), byte(h), byte(w >> 8), byte(w), 1, 1, 0x11, 0}
}

func FuzzPicture(f *testing.F) {
	files, _ := filepath.Glob("jpeg/testdata/*.jpg")
	for _, name := range files {
		raw, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	var p, g bytes.Buffer
	if err := errors.Join(png.Encode(&p, halves(20, 10)), gif.Encode(&g, halves(20, 10), nil)); err != nil {
		f.Fatal(err)
	}
	f.Add(p.Bytes())
	f.Add(g.Bytes())
	f.Add([]byte("RIFF\x30\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00ANMF\x10\x00\x00\x000123456789abcdef"))
	size := Size{MaxWidth: 32, MaxHeight: 32}.Of
	f.Fuzz(func(t *testing.T, raw []byte) {
		s, err := inspect(raw, size)
		if err != nil || s.memory > 8<<20 {
			return
		}
		r, err := s.decode(size)
		if err != nil {
			return
		}
		if w, h := r.size(); w < 1 || h < 1 || w > 32 || h > 32 {
			t.Fatalf("%d×%d", w, h)
		}
		if err := encode(&bytes.Buffer{}, r.finished(Options{Blur: 3, Background: "#102030"}), Options{}.normal()); err != nil {
			t.Fatal(err)
		}
	})
}
