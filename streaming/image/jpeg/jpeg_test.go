package jpeg

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	std "image/jpeg"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// scene is something with soft and hard edges.
func scene(w, h, seed int) *image.Gray {
	im := image.NewGray(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			v := 128 + 80*math.Sin(float64(x+seed*20)/17)*math.Cos(float64(y)/(11+float64(seed)))
			if (x/13+y/9+seed)%5 == 0 {
				v += 40
			}
			im.Pix[y*im.Stride+x] = uint8(max(0, min(255, v)))
		}
	}
	return im
}

// parts are the tables and the entropy-coded data of a grey JPEG.
func parts(t testing.TB, im *image.Gray) (tables, data []byte) {
	t.Helper()
	var b bytes.Buffer
	if err := std.Encode(&b, im, &std.Options{Quality: 92}); err != nil {
		t.Fatal(err)
	}
	raw := b.Bytes()
	for at := 2; ; {
		size := 2 + int(binary.BigEndian.Uint16(raw[at+2:]))
		switch raw[at+1] {
		case markDQT, markDHT:
			tables = append(tables, raw[at:at+size]...)
		case markSOS:
			return tables, raw[at+size : len(raw)-2]
		}
		at += size
	}
}

// assemble writes a JPEG of any components, a scan for each. adobe is the transform
// Adobe's segment speaks of, -1: there is none.
func assemble(t testing.TB, w, h, adobe int, sampling ...factors) (raw []byte, planes []*image.Gray) {
	t.Helper()
	hmax, vmax := Header{sampling: sampling}.most()
	out := []byte{0xff, markSOI}
	if adobe >= 0 {
		out = append(out, 0xff, markAPP14, 0, 14, 'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, byte(adobe))
	}
	var scans []byte
	for i, f := range sampling {
		plane := scene(ceil(w*f.h, hmax), ceil(h*f.v, vmax), i)
		planes = append(planes, plane)
		tables, data := parts(t, plane)
		if i == 0 {
			out = append(out, tables...)
		}
		scans = append(scans, 0xff, markSOS, 0, 8, 1, byte(i+1), 0, 0, 63, 0)
		scans = append(scans, data...)
	}
	out = append(out, 0xff, markSOF0, 0, byte(8+3*len(sampling)), 8, byte(h>>8), byte(h), byte(w>>8), byte(w), byte(len(sampling)))
	for i, f := range sampling {
		out = append(out, byte(i+1), byte(f.h<<4|f.v), 0)
	}
	return append(append(out, scans...), 0xff, markEOI), planes
}

func corpus(t testing.TB) map[string][]byte {
	t.Helper()
	all := make(map[string][]byte)
	files, err := filepath.Glob("testdata/*.jpg")
	if err != nil || len(files) == 0 {
		t.Fatal("no testdata", err)
	}
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		all[filepath.Base(f)] = raw
	}
	for _, side := range []int{1, 7, 8, 9, 16, 17, 100} {
		im := image.NewRGBA(image.Rect(0, 0, side, 2*side))
		for i, p := range scene(side, 8*side, 3).Pix {
			im.Pix[i] = p | byte(i%4/3*255)
		}
		var colour, grey bytes.Buffer
		if err := errors.Join(std.Encode(&colour, im, nil), std.Encode(&grey, scene(side, side, 1), nil)); err != nil {
			t.Fatal(err)
		}
		all["colour"+string(rune('a'+side))], all["grey"+string(rune('a'+side))] = colour.Bytes(), grey.Bytes()
	}
	return all
}

// standard is the picture as the standard library reads it, plane by plane.
func standard(t *testing.T, raw []byte) []Plane {
	t.Helper()
	im, err := std.Decode(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	w, h := im.Bounds().Dx(), im.Bounds().Dy()
	switch im := im.(type) {
	case *image.Gray:
		return []Plane{{im.Pix, im.Stride, w, h}}
	case *image.YCbCr:
		cw, ch := w, h
		if im.SubsampleRatio == image.YCbCrSubsampleRatio420 {
			cw, ch = (w+1)/2, (h+1)/2
		}
		return []Plane{{im.Y, im.YStride, w, h}, {im.Cb, im.CStride, cw, ch}, {im.Cr, im.CStride, cw, ch}}
	}
	t.Fatalf("%T", im)
	return nil
}

// apart is how much two planes differ: the worst, and the mean square. Rows from to
// on are not looked at.
func apart(t *testing.T, a, b Plane, to int) (worst int, square float64) {
	t.Helper()
	if a.Width != b.Width || a.Height != b.Height {
		t.Fatalf("%d×%d and %d×%d", a.Width, a.Height, b.Width, b.Height)
	}
	for y := range min(a.Height, to) {
		for x := range a.Width {
			d := int(a.Pix[y*a.Stride+x]) - int(b.Pix[y*b.Stride+x])
			worst, square = max(worst, d, -d), square+float64(d*d)
		}
	}
	return worst, square / float64(a.Width*max(1, min(a.Height, to)))
}

// averaged is a plane with k×k samples made one.
func averaged(p Plane, k int) Plane {
	out := Plane{Width: ceil(p.Width, k), Height: ceil(p.Height, k), Stride: ceil(p.Width, k)}
	for y := range out.Height {
		for x := range out.Width {
			sum, n := 0, 0
			for j := y * k; j < min(y*k+k, p.Height); j++ {
				for i := x * k; i < min(x*k+k, p.Width); i++ {
					sum, n = sum+int(p.Pix[j*p.Stride+i]), n+1
				}
			}
			out.Pix = append(out.Pix, byte((sum+n/2)/n))
		}
	}
	return out
}

func TestWholePicturesAreWhatTheStandardLibraryReads(t *testing.T) {
	for name, raw := range corpus(t) {
		got, err := Decode(raw, 8)
		if err != nil || got.Damaged {
			t.Fatalf("%s: %v, damaged: %v", name, err, got != nil)
		}
		want := standard(t, raw)
		if len(got.Planes) != len(want) {
			t.Fatalf("%s: %d planes", name, len(got.Planes))
		}
		for i := range want {
			if worst, _ := apart(t, got.Planes[i], want[i], math.MaxInt); worst > 2 {
				t.Errorf("%s: plane %d is %d off", name, i, worst)
			}
		}
	}
}

func TestSmallPicturesAreTheMeanOfWholeOnes(t *testing.T) {
	for name, raw := range corpus(t) {
		if len(name) < 8 {
			continue // their edges fill blocks with what is not in the picture
		}
		whole := standard(t, raw)
		for _, n := range []int{4, 2, 1} {
			got, err := Decode(raw, n)
			if err != nil || got.Damaged {
				t.Fatalf("%s: %v", name, err)
			}
			for i, p := range got.Planes {
				// An ideal filter keeps a little more than a mean does.
				if _, square := apart(t, p, averaged(whole[i], 8/n), math.MaxInt); square > 40 {
					t.Errorf("%s in blocks of %d: plane %d is %.1f off in square", name, n, i, square)
				}
			}
		}
	}
}

func TestEverySamplingIsRead(t *testing.T) {
	for _, y := range []factors{{1, 1}, {2, 1}, {2, 2}, {1, 2}, {4, 1}, {4, 2}, {3, 1}, {4, 4}} {
		for _, c := range []factors{{1, 1}, {2, 1}, {1, 2}} {
			raw, planes := assemble(t, 101, 67, -1, y, c, factors{1, 1})
			got, err := Decode(raw, 8)
			if err != nil || got.Damaged {
				t.Fatalf("%v %v: %v", y, c, err)
			}
			for i, p := range planes {
				b := p.Bounds()
				if _, square := apart(t, got.Planes[i], Plane{p.Pix, p.Stride, b.Dx(), b.Dy()}, math.MaxInt); square > 40 {
					t.Errorf("%v %v: plane %d is %.1f off in square", y, c, i, square)
				}
			}
			small, err := Decode(raw, 4)
			if err != nil || small.Planes[1].Width != ceil(planes[1].Rect.Dx(), 2) {
				t.Errorf("%v %v, half: %v", y, c, err)
			}
		}
	}
}

func TestColoursThatAreNotYCbCrAreRead(t *testing.T) {
	full := factors{1, 1}
	for name, c := range map[string]struct {
		adobe    int
		sampling []factors
	}{
		"RGB":  {0, []factors{full, full, full}},
		"CMYK": {0, []factors{full, full, full, full}},
		"YCCK": {2, []factors{full, full, full, full}},
	} {
		raw, _ := assemble(t, 80, 56, c.adobe, c.sampling...)
		want, err := std.Decode(bytes.NewReader(raw))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got, err := Decode(raw, 8)
		if err != nil || got.RGBA == nil {
			t.Fatalf("%s: %v", name, err)
		}
		for y := range 56 {
			for x := range 80 {
				a, b := got.RGBA.RGBAAt(x, y), color.RGBAModel.Convert(want.At(x, y)).(color.RGBA)
				for _, d := range []int{int(a.R) - int(b.R), int(a.G) - int(b.G), int(a.B) - int(b.B)} {
					if d > 3 || d < -3 {
						t.Fatalf("%s: %v, want %v", name, a, b)
					}
				}
			}
		}
		if small, err := Decode(raw, 2); err != nil || small.RGBA.Rect != image.Rect(0, 0, 20, 14) {
			t.Errorf("%s: a quarter is %v, %v", name, small.RGBA.Rect, err)
		}
	}
	raw, _ := assemble(t, 80, 56, -1, full, full, full, full)
	if _, err := Decode(raw, 8); err != nil {
		t.Errorf("inks without Adobe: %v", err)
	}
}

func TestACutPictureIsShownAsFarAsItGoes(t *testing.T) {
	for name, raw := range corpus(t) {
		whole, err := Decode(raw, 8)
		if err != nil {
			t.Fatal(err)
		}
		start := bytes.LastIndex(raw, []byte{0xff, markSOS}) + 20
		if whole.Planes[0].Height < 64 || start > len(raw)/2 {
			continue // progressive ones have their last scan where little remains
		}
		got, err := Decode(raw[:len(raw)*3/4], 8)
		if err != nil || !got.Damaged {
			t.Fatalf("%s: %v, not noticed", name, err)
		}
		if worst, _ := apart(t, got.Planes[0], whole.Planes[0], whole.Planes[0].Height/3); worst != 0 {
			t.Errorf("%s: the upper third is %d off", name, worst)
		}
		if last := got.Planes[0]; last.Pix[(last.Height-1)*last.Stride] != 128 {
			t.Errorf("%s: what is missing is not grey", name)
		}
	}
	for name, raw := range corpus(t) { // wherever it is cut
		for at := 0; at < len(raw); at += 11 {
			if p, err := Decode(raw[:at], 2); err == nil && !p.Damaged && at < len(raw)-2 {
				t.Fatalf("%s cut at %d of %d: not noticed", name, at, len(raw))
			}
		}
	}
}

func TestDamageEndsAtTheNextRestart(t *testing.T) {
	raw, err := os.ReadFile("testdata/baseline-420-restarts.jpg")
	if err != nil {
		t.Fatal(err)
	}
	whole, err := Decode(raw, 8)
	if err != nil {
		t.Fatal(err)
	}
	first, second := bytes.Index(raw, []byte{0xff, 0xd0}), bytes.Index(raw, []byte{0xff, 0xd2})
	for name, broken := range map[string][]byte{
		"overwritten": append(append(bytes.Clone(raw[:first+2]), bytes.Repeat([]byte{0xfe}, 30)...), raw[first+32:]...),
		"missing":     append(bytes.Clone(raw[:first]), raw[second:]...),
	} {
		got, err := Decode(broken, 8)
		if err != nil || !got.Damaged {
			t.Fatalf("%s: %v", name, err)
		}
		a, b := got.Planes[0], whole.Planes[0]
		from := a.Height / 2 * a.Stride
		if !bytes.Equal(a.Pix[from:], b.Pix[from:]) {
			t.Errorf("%s: the lower half suffered", name)
		}
	}
}

func TestMemoryIsKnownBeforeItIsTaken(t *testing.T) {
	raw, _ := assemble(t, 1200, 900, -1, factors{2, 2}, factors{1, 1}, factors{1, 1})
	progressive, err := os.ReadFile("testdata/progressive-444.jpg")
	if err != nil {
		t.Fatal(err)
	}
	full := factors{1, 1}
	rgb, _ := assemble(t, 400, 300, 0, full, full, full)
	inks, _ := assemble(t, 400, 300, 2, full, full, full, full)
	for _, raw := range [][]byte{raw, progressive, rgb, inks} {
		h, err := ReadHeader(raw)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range []int{8, 4, 2, 1} {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			if _, err := Decode(raw, n); err != nil {
				t.Fatal(err)
			}
			runtime.ReadMemStats(&after)
			if took, said := int64(after.TotalAlloc-before.TotalAlloc), h.Memory(n); took > said*5/4+64<<10 {
				t.Errorf("%+v in blocks of %d took %d bytes, %d were announced", h, n, took, said)
			}
		}
	}
}

func TestWhatIsNoPictureIsRefused(t *testing.T) {
	raw, _ := assemble(t, 40, 30, -1, factors{1, 1})
	at := bytes.Index(raw, []byte{0xff, markSOF0})
	patch := func(off int, v byte) []byte {
		b := bytes.Clone(raw)
		b[at+off] = v
		return b
	}
	for name, c := range map[string]struct {
		raw  []byte
		want error
	}{
		"nothing":      {nil, ErrFormat},
		"text":         {[]byte("hello, world"), ErrFormat},
		"a head only":  {raw[:at+20], ErrFormat},
		"12 bits":      {patch(4, 12), ErrUnsupported},
		"no height":    {append(append(bytes.Clone(raw[:at+5]), 0, 0), raw[at+7:]...), ErrUnsupported},
		"arithmetic":   {patch(1, 0xc9), ErrUnsupported},
		"lossless":     {patch(1, 0xc3), ErrUnsupported},
		"2 components": {patch(9, 2), ErrUnsupported},
		"no table":     {patch(12, 9), ErrFormat},
	} {
		if _, err := Decode(c.raw, 8); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	if _, err := Decode(raw, 3); err == nil {
		t.Error("blocks of 3 were accepted")
	}
	head := bytes.Clone(raw[:len(raw)-2])
	scan := bytes.LastIndex(head, []byte{0xff, markSOS})
	many := append(head, bytes.Repeat(head[scan:scan+10], 10*maxScans)...)
	if p, err := Decode(many, 8); err != nil || !p.Damaged {
		t.Errorf("hundreds of scans: %v", err)
	}
}
