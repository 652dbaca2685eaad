package image

import (
	"context"
	"fmt"
	"image"
	"strings"

	"golang.org/x/image/draw"

	"sett/node/library"
)

// maxCollage is how many pictures are tried for a collage; four are shown.
const maxCollage = 8

// Collage makes one picture of the first four that can be read: a strip side by
// side where it is wide, else two by two. The same pictures in the same order give
// the same result. With none to be read the error is [ErrNotPicture].
func (m *Maker) Collage(ctx context.Context, of []library.Image, shape Shape, o Options) (*Picture, error) {
	o = o.normal()
	w, h := shape.size()
	w, h = o.box(2*w, 2*h)
	of = of[:min(len(of), maxCollage)]
	var key strings.Builder
	fmt.Fprintf(&key, "collage %d×%d %d %s", w, h, shape, o.key())
	for _, im := range of {
		k, err := keyOf(im)
		if err != nil {
			k = "none" // it may come back, and then counts
		}
		fmt.Fprintf(&key, "\n%s", k)
	}
	f, err := m.cache.File(ctx, key.String(), func(ctx context.Context, path string) error {
		leave, err := m.enter(ctx)
		if err != nil {
			return err
		}
		defer leave()
		r, err := m.collage(ctx, of, shape, w, h)
		if err != nil {
			return err
		}
		return save(path, r, o)
	})
	if err != nil {
		return nil, err
	}
	return opened(f)
}

func (m *Maker) collage(ctx context.Context, of []library.Image, shape Shape, w, h int) (raster, error) {
	var parts []*image.RGBA
	cover := Size{FillWidth: w, FillHeight: h}
	if len(of) > 1 && shape != Poster {
		cover.FillWidth = (w + 1) / 2 // no cell is wider
	}
	for _, im := range of {
		if len(parts) == 4 {
			break
		}
		raw, err := load(ctx, im)
		if err == nil {
			var r raster
			if r, err = m.read(ctx, raw, cover.Of); err == nil {
				parts = append(parts, r.rgba())
			}
		}
		if ctx.Err() != nil {
			return raster{}, context.Cause(ctx)
		}
	}
	if len(parts) == 0 {
		return raster{}, fmt.Errorf("%w: none of %d", ErrNotPicture, len(of))
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(out, out.Rect, image.Black, image.Point{}, draw.Src)
	for i, cell := range cells(len(parts), shape, w, h) {
		draw.ApproxBiLinear.Scale(out, cell, parts[i], middle(parts[i].Rect, cell), draw.Over, nil)
	}
	return raster{planes: []plane{{out.Pix, out.Stride, w, h, 4}}}, nil
}

// cells are where n pictures go, at most four.
func cells(n int, shape Shape, w, h int) []image.Rectangle {
	across, down := n, 1
	if shape != Wide && n == 4 {
		across, down = 2, 2
	}
	if shape != Wide && n == 3 {
		return []image.Rectangle{
			image.Rect(0, 0, w, h/2), image.Rect(0, h/2, w/2, h), image.Rect(w/2, h/2, w, h),
		}
	}
	if shape == Poster && n == 2 {
		across, down = 1, 2
	}
	var out []image.Rectangle
	for i := range n {
		x, y := i%across, i/across
		out = append(out, image.Rect(x*w/across, y*h/down, (x+1)*w/across, (y+1)*h/down))
	}
	return out
}

// middle is the largest part of a picture that has the shape of a cell.
func middle(of, cell image.Rectangle) image.Rectangle {
	w, h := of.Dx(), of.Dy()
	if w*cell.Dy() > h*cell.Dx() {
		w = max(1, h*cell.Dx()/max(1, cell.Dy()))
	} else {
		h = max(1, w*cell.Dy()/max(1, cell.Dx()))
	}
	x, y := of.Min.X+(of.Dx()-w)/2, of.Min.Y+(of.Dy()-h)/2
	return image.Rect(x, y, x+w, y+h)
}
