package image

import (
	"bytes"
	"context"
	"fmt"
	"hash/fnv"
	"image"
	"image/color"
	"image/png"
	"os"
	"strings"
	"unicode"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// Shape of a letter poster or a collage.
type Shape uint8

// The shapes.
const (
	Poster Shape = iota // 2:3
	Square
	Wide // 16:9
)

// size of a picture that has none of its own.
func (s Shape) size() (w, h int) {
	switch s {
	case Square:
		return 400, 400
	case Wide:
		return 640, 360
	}
	return 400, 600
}

// Letter makes a picture for something that has none: the first letter of its name
// on a colour that follows from the name, the same on every machine.
func (m *Maker) Letter(ctx context.Context, name string, shape Shape, o Options) (*Picture, error) {
	w, h := shape.size()
	w, h = o.box(w, h)
	letter := initial(name)
	key := fmt.Sprintf("letter %s %d×%d %08x", letter, w, h, hash(name))
	f, err := m.cache.File(ctx, key, func(_ context.Context, path string) error {
		b, err := letterPoster(name, w, h)
		if err != nil {
			return err
		}
		return os.WriteFile(path, b, 0o600)
	})
	if err != nil {
		return nil, err
	}
	return opened(f)
}

func hash(name string) uint32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(strings.ToLower(name)))
	return h.Sum32()
}

// initial is the first letter or digit, "?" when there is none the font could draw.
func initial(name string) string {
	for _, r := range name {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return string(unicode.ToUpper(r))
		}
	}
	return "?"
}

func letterPoster(name string, w, h int) ([]byte, error) {
	im := image.NewPaletted(image.Rect(0, 0, w, h), shades(hue(name)))
	face, err := opentype.Parse(gobold.TTF)
	if err != nil {
		return nil, err
	}
	f, err := opentype.NewFace(face, &opentype.FaceOptions{Size: float64(min(w, h)) * 0.6, DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text := initial(name)
	if _, _, ok := f.GlyphBounds([]rune(text)[0]); !ok {
		text = ""
	}
	bounds, _ := font.BoundString(f, text)
	d := font.Drawer{Dst: im, Src: image.NewUniform(im.Palette[len(im.Palette)-1]), Face: f, Dot: fixed.Point26_6{
		X: fixed.I(w)/2 - (bounds.Min.X+bounds.Max.X)/2,
		Y: fixed.I(h)/2 - (bounds.Min.Y+bounds.Max.Y)/2,
	}}
	d.DrawString(text)
	var b bytes.Buffer
	if err := png.Encode(&b, im); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// hue is a colour of middling strength, on which white can be read.
func hue(name string) color.RGBA {
	at := float64(hash(name)%360) / 60
	rise := uint8(110 * (at - float64(int(at))))
	fall := 110 - rise
	const lo, hi = 40, 150
	switch int(at) {
	case 0:
		return color.RGBA{hi, lo + rise, lo, 255}
	case 1:
		return color.RGBA{lo + fall, hi, lo, 255}
	case 2:
		return color.RGBA{lo, hi, lo + rise, 255}
	case 3:
		return color.RGBA{lo, lo + fall, hi, 255}
	case 4:
		return color.RGBA{lo + rise, lo, hi, 255}
	}
	return color.RGBA{hi, lo, lo + fall, 255}
}

// shades go from the colour to white: all that a letter with smooth edges needs.
func shades(c color.RGBA) color.Palette {
	const steps = 16
	p := make(color.Palette, steps)
	for i := range p {
		mix := func(v uint8) uint8 { return v + uint8(int(255-v)*i*9/10/(steps-1)) }
		p[i] = color.RGBA{mix(c.R), mix(c.G), mix(c.B), 255}
	}
	return p
}
