package image

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	_ "image/gif" // registers the decoder
	_ "image/png" // registers the decoder
	"math"

	_ "golang.org/x/image/webp" // registers the decoder

	"sett/streaming/image/jpeg"
)

// Errors that callers branch on.
var (
	ErrNotPicture = errors.New("not a picture we can read")
	ErrTooLarge   = errors.New("larger than any picture we would show")
)

const (
	maxBytes = 64 << 20
	// maxMemory is what all decoding at a time may take, and so what one may.
	maxMemory = 320 << 20
)

// fit says how large to make a w×h picture.
type fit func(w, h int) (int, int)

// source is a picture's head: what is known before memory is taken for it.
type source struct {
	raw    []byte
	w, h   int         // as stored
	way    int         // EXIF orientation
	at     image.Point // where an animation's first frame is on its screen
	memory int64
	block  int // of a JPEG: blocks of 8×8 are read as block×block; else 0
}

// inspect reads a head. A JPEG is going to be read as small as fit allows.
func inspect(raw []byte, size fit) (source, error) {
	s := source{raw: raw, way: orientation(raw)}
	if sniff(raw) == "image/webp" {
		s.still()
	}
	if sniff(raw) == "image/jpeg" {
		head, err := jpeg.ReadHeader(raw)
		if err != nil {
			return s, fmt.Errorf("%w: %w", ErrNotPicture, err)
		}
		s.w, s.h, s.block = head.Width, head.Height, 8
		w, h := s.fitted(size)
		for s.block > 1 && (s.w*s.block/2+7)/8 >= w && (s.h*s.block/2+7)/8 >= h {
			s.block /= 2
		}
		s.memory = head.Memory(s.block)
	} else {
		c, _, err := image.DecodeConfig(bytes.NewReader(s.raw))
		if err == nil && !honest(s.raw, c) {
			err = errors.New("its sizes do not agree")
		}
		if err != nil {
			return s, fmt.Errorf("%w: %w", ErrNotPicture, err)
		}
		if s.w == 0 { // else it is an animation's
			s.w, s.h = c.Width, c.Height
		}
		if c.Width > s.w || c.Height > s.h {
			return s, fmt.Errorf("%w: a frame of %d×%d", ErrNotPicture, c.Width, c.Height)
		}
		if s.w > 0 && s.h > math.MaxInt32/s.w {
			return s, fmt.Errorf("%w: %d×%d", ErrTooLarge, s.w, s.h)
		}
		s.memory = int64(s.w) * int64(s.h) * depth(c.ColorModel)
		switch {
		case sniff(raw) == "image/png" && len(raw) > 28 && raw[28] != 0:
			s.memory *= 2 // interlaced
		case sniff(raw) == "image/gif", c.Width != s.w, c.Height != s.h:
			s.memory *= 5 // a frame, put on its screen
		}
	}
	if s.w <= 0 || s.h <= 0 {
		return s, fmt.Errorf("%w: %d×%d", ErrNotPicture, s.w, s.h)
	}
	w, h := s.fitted(size)
	s.memory += 8 * int64(w) * int64(h) // the result, and one more on its way there
	if s.memory > maxMemory {
		return s, fmt.Errorf("%w: %d×%d takes %d MB", ErrTooLarge, s.w, s.h, s.memory>>20)
	}
	return s, nil
}

// depth is bytes per pixel when decoded.
func depth(m color.Model) int64 {
	switch m {
	case color.RGBA64Model, color.NRGBA64Model:
		return 8
	case color.GrayModel:
		return 1
	case color.Gray16Model:
		return 2
	}
	if _, ok := m.(color.Palette); ok {
		return 1
	}
	return 4
}

// fitted is the size before turning.
func (s source) fitted(size fit) (w, h int) {
	if s.way < 5 {
		return size(s.w, s.h)
	}
	h, w = size(s.h, s.w)
	return w, h
}

// decode reads the picture in the size wanted, upright.
func (s source) decode(size fit) (raster, error) {
	w, h := s.fitted(size)
	var r raster
	var err error
	if s.block > 0 {
		r, err = s.jpeg(w, h)
	} else {
		r, err = s.other(w, h)
	}
	if err != nil {
		return raster{}, fmt.Errorf("%w: %w", ErrNotPicture, err)
	}
	// Shrunk first, turned after: the other way is more work.
	return r.each(func(p plane) plane { return p.turn(s.way) }), nil
}

// jpeg works on the picture's own planes, less than half of the work.
func (s source) jpeg(w, h int) (raster, error) {
	p, err := jpeg.Decode(s.raw, s.block)
	if err != nil {
		return raster{}, err
	}
	if p.RGBA != nil {
		r := shrunk(p.RGBA, w, h)
		r.damaged = p.Damaged
		return r, nil
	}
	r := raster{damaged: p.Damaged}
	for i, c := range p.Planes {
		from := plane{c.Pix, c.Stride, c.Width, c.Height, 1}
		if i > 0 {
			r.planes = append(r.planes, from.shrink((w+1)/2, (h+1)/2))
			continue
		}
		r.planes = append(r.planes, from.shrink(w, h))
	}
	return r, nil
}

func (s source) other(w, h int) (raster, error) {
	src, _, err := image.Decode(bytes.NewReader(s.raw))
	if err != nil {
		return raster{}, err
	}
	b, screen := src.Bounds(), image.Rect(0, 0, s.w, s.h)
	if y, ok := src.(*image.YCbCr); ok && b == screen { // a WebP without transparency
		cw, ch := (s.w+1)/2, (s.h+1)/2
		return raster{planes: []plane{
			plane{y.Y, y.YStride, s.w, s.h, 1}.shrink(w, h),
			plane{y.Cb, y.CStride, cw, ch, 1}.shrink((w+1)/2, (h+1)/2),
			plane{y.Cr, y.CStride, cw, ch, 1}.shrink((w+1)/2, (h+1)/2),
		}}, nil
	}
	if b != screen {
		whole := image.NewRGBA(screen)
		draw.Draw(whole, b.Add(s.at), src, b.Min, draw.Src)
		src = whole
	}
	return shrunk(src, w, h), nil
}

// shrunk makes RGBA of any picture, a row at a time.
func shrunk(src image.Image, w, h int) raster {
	b := src.Bounds()
	line := image.NewRGBA(image.Rect(0, 0, b.Dx(), 1)) // premultiplied, as averages need it
	row := func(y int) []byte {
		if im, ok := src.(*image.RGBA); ok {
			return im.Pix[y*im.Stride:][:4*b.Dx()]
		}
		draw.Draw(line, line.Rect, src, image.Pt(b.Min.X, b.Min.Y+y), draw.Src)
		return line.Pix
	}
	return raster{planes: []plane{average(row, b.Dx(), b.Dy(), 4, w, h)}}
}

// read decodes with the memory that is needed and no more.
func (m *Maker) read(ctx context.Context, raw []byte, size fit) (raster, error) {
	s, err := inspect(raw, size)
	if err != nil {
		return raster{}, err
	}
	if err := m.memory.Acquire(ctx, s.memory); err != nil {
		return raster{}, err
	}
	defer m.memory.Release(s.memory)
	return s.decode(size)
}
