package jpeg

import (
	"fmt"
	"image"
	"image/color"
)

// Plane is one component of a picture.
type Plane struct {
	Pix                   []byte
	Stride, Width, Height int
}

// Picture is a decoded JPEG: one plane of grey, or three of Y, Cb and Cr. Planes
// are as large as they were stored, so Cb and Cr are often smaller than Y.
type Picture struct {
	Planes  []Plane
	Damaged bool // some of it could not be read, and is grey
	// RGBA has the picture instead of Planes when it was stored as RGB or CMYK.
	RGBA *image.RGBA
}

// Decode reads a JPEG with each block of 8×8 samples as n×n: 8, 4, 2 or 1. What is
// damaged behind the header is shown as far as it goes. The errors are [ErrFormat]
// and [ErrUnsupported]. Ask [Header.Memory] first whether it may be so large.
func Decode(data []byte, n int) (*Picture, error) {
	keep := map[int]int{1: 1, 2: 5, 4: 25, 8: 64}[n]
	if keep == 0 {
		return nil, fmt.Errorf("decode a JPEG in blocks of %d", n)
	}
	d := decoder{data: data, n: n, keep: keep}
	if err := d.segments(); err != nil {
		return nil, err
	}
	if d.head.Progressive {
		d.show()
	}
	p := &Picture{Damaged: d.damaged}
	for _, c := range d.components {
		p.Planes = append(p.Planes, Plane{c.pix, c.stride, c.samplesW, c.samplesH})
	}
	if d.head.mixed {
		p.RGBA, p.Planes = d.full(p.Planes), nil
	}
	return p, nil
}

// rgb says that three components are no Y, Cb and Cr: Adobe says so, or nobody says
// anything and the names do.
func (d *decoder) rgb() bool {
	if d.adobe >= 0 {
		return d.adobe == 0
	}
	c := d.components
	return !d.jfif && c[0].id == 'R' && c[1].id == 'G' && c[2].id == 'B'
}

// full brings planes that are not Y, Cb and Cr together.
func (d *decoder) full(planes []Plane) *image.RGBA {
	w, h := ceil(d.head.Width*d.n, 8), ceil(d.head.Height*d.n, 8)
	im := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		line := im.Pix[y*im.Stride:][:4*w]
		for x := range w {
			var v [4]byte
			for i, p := range planes {
				v[i] = p.Pix[y*p.Height/h*p.Stride+x*p.Width/w]
			}
			line[4*x], line[4*x+1], line[4*x+2] = d.colour(v, len(planes))
			line[4*x+3] = 255
		}
	}
	return im
}

// colour makes RGB. With Adobe's segment, as nearly always, inks are stored as the
// light they leave.
func (d *decoder) colour(v [4]byte, n int) (r, g, b byte) {
	if n == 3 {
		return v[0], v[1], v[2]
	}
	switch {
	case d.adobe > 0: // YCCK: YCbCr of the inks
		r, g, b = color.YCbCrToRGB(v[0], v[1], v[2])
		v[0], v[1], v[2] = 255-r, 255-g, 255-b
	case d.adobe < 0:
		v = [4]byte{255 - v[0], 255 - v[1], 255 - v[2], 255 - v[3]}
	}
	light := func(ink byte) byte { return byte((int(ink)*int(v[3]) + 127) / 255) }
	return light(v[0]), light(v[1]), light(v[2])
}
