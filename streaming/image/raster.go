package image

import (
	"image"
	"image/color"
	"image/draw"
)

// raster is a picture while we work on it: one plane of grey, three of Y, Cb and Cr
// (the latter half as wide and high), or one of premultiplied RGBA.
type raster struct {
	planes  []plane
	damaged bool // not all of it could be read
}

// plane has n interleaved channels of bytes.
type plane struct {
	pix             []byte
	stride, w, h, n int
}

func newPlane(w, h, n int) plane { return plane{make([]byte, w*h*n), w * n, w, h, n} }

func (p plane) row(y int) []byte { return p.pix[y*p.stride:][:p.w*p.n] }

func (r raster) size() (w, h int) { return r.planes[0].w, r.planes[0].h }

func (r raster) transparent() bool {
	p := r.planes[0]
	return p.n == 4 && !r.image().(*image.RGBA).Opaque()
}

// image is the same picture for the standard library. They share their bytes.
func (r raster) image() image.Image {
	p := r.planes[0]
	rect := image.Rect(0, 0, p.w, p.h)
	switch {
	case len(r.planes) == 3:
		return &image.YCbCr{
			Y: p.pix, Cb: r.planes[1].pix, Cr: r.planes[2].pix, YStride: p.stride, CStride: r.planes[1].stride,
			SubsampleRatio: image.YCbCrSubsampleRatio420, Rect: rect,
		}
	case p.n == 4:
		return &image.RGBA{Pix: p.pix, Stride: p.stride, Rect: rect}
	}
	return &image.Gray{Pix: p.pix, Stride: p.stride, Rect: rect}
}

// each makes a new picture plane by plane.
func (r raster) each(f func(plane) plane) raster {
	out := raster{make([]plane, len(r.planes)), r.damaged}
	for i, p := range r.planes {
		out.planes[i] = f(p)
	}
	return out
}

// over puts the picture on a colour, in place.
func (r raster) over(c color.RGBA) {
	p := r.planes[0]
	if p.n != 4 {
		return
	}
	for i := 0; i+4 <= len(p.pix); i += 4 {
		px := p.pix[i : i+4]
		if rest := 255 - int(px[3]); rest > 0 {
			px[0] += byte((int(c.R)*rest + 127) / 255)
			px[1] += byte((int(c.G)*rest + 127) / 255)
			px[2] += byte((int(c.B)*rest + 127) / 255)
			px[3] = 255
		}
	}
}

// rgba is the picture as one plane of RGBA; its own when it is one already.
func (r raster) rgba() *image.RGBA {
	if im, ok := r.image().(*image.RGBA); ok {
		return im
	}
	w, h := r.size()
	im := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(im, im.Rect, r.image(), image.Point{}, draw.Src)
	return im
}

// straight is an RGBA picture with its colours not multiplied by alpha, as PNG keeps
// them; the encoder's own way there is many times slower.
func (r raster) straight() *image.NRGBA {
	p := r.planes[0]
	im := image.NewNRGBA(image.Rect(0, 0, p.w, p.h))
	for y := range p.h {
		line := im.Pix[y*im.Stride:]
		for i, src := 0, p.row(y); i+4 <= len(src); i += 4 {
			a := int(src[i+3])
			if a == 0 {
				continue
			}
			for c := range 3 {
				line[i+c] = byte(min(255, (int(src[i+c])*255+a/2)/a))
			}
			line[i+3] = byte(a)
		}
	}
	return im
}

// turn applies an EXIF orientation, 1 to 8.
func (p plane) turn(orientation int) plane {
	if orientation < 2 || orientation > 8 {
		return p
	}
	// Where the pixel at 0, 0 of the result is, and the steps from there.
	w, h := p.w, p.h
	last, bottom := (p.w-1)*p.n, (p.h-1)*p.stride
	var start, right, down int
	switch orientation {
	case 2:
		start, right, down = last, -p.n, p.stride
	case 3:
		start, right, down = last+bottom, -p.n, -p.stride
	case 4:
		start, right, down = bottom, p.n, -p.stride
	case 5:
		start, right, down = 0, p.stride, p.n
	case 6:
		start, right, down = bottom, -p.stride, p.n
	case 7:
		start, right, down = last+bottom, -p.stride, -p.n
	case 8:
		start, right, down = last, p.stride, -p.n
	}
	if orientation >= 5 {
		w, h = h, w
	}
	out := newPlane(w, h, p.n)
	for y := range h {
		line, at := out.row(y), start+y*down
		for x := 0; x < len(line); x += p.n {
			copy(line[x:x+p.n], p.pix[at:])
			at += right
		}
	}
	return out
}

// blur averages over a box around each pixel three times, which is close to a bell
// curve.
func (p plane) blur(radius int) plane {
	if radius < 1 {
		return p
	}
	out := newPlane(p.w, p.h, p.n)
	for y := range p.h {
		copy(out.row(y), p.row(y))
	}
	box := max(1, radius/2)
	line, done := make([]byte, max(p.w, p.h)), make([]byte, max(p.w, p.h))
	smooth := func(start, step, n int) {
		for i := range n {
			line[i] = out.pix[start+i*step]
		}
		for range 3 {
			average1(done[:n], line[:n], box)
			line, done = done, line
		}
		for i := range n {
			out.pix[start+i*step] = line[i]
		}
	}
	for c := range p.n {
		for y := range p.h {
			smooth(y*out.stride+c, p.n, p.w)
		}
		for x := range p.w {
			smooth(x*p.n+c, out.stride, p.h)
		}
	}
	return out
}

// average1 is a running mean over radius values to both sides; the ends go on.
func average1(dst, src []byte, radius int) {
	n, width := len(src), 2*radius+1
	at := func(i int) int { return int(src[min(max(0, i), n-1)]) }
	sum := width / 2
	for i := -radius; i <= radius; i++ {
		sum += at(i)
	}
	for i := range n {
		dst[i] = byte(sum / width)
		sum += at(i+radius+1) - at(i-radius)
	}
}
