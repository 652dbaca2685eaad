package image

import (
	"context"
	"image"
	"math"

	"sett/node/library"
)

// Describe reads a picture's size as shown and its blurhash, a few letters from
// which clients draw a placeholder. One can see through some pictures: their hash
// is "", as a box would stand where nothing belongs. Nothing is cached. The errors
// are those of [Maker.Picture].
func (m *Maker) Describe(ctx context.Context, im library.Image) (w, h int, hash string, err error) {
	leave, err := m.enter(ctx)
	if err != nil {
		return 0, 0, "", err
	}
	defer leave()
	raw, err := load(ctx, im)
	if err != nil {
		return 0, 0, "", err
	}
	r, err := m.read(ctx, raw, func(fw, fh int) (int, int) {
		w, h = fw, fh
		return Size{MaxWidth: 32, MaxHeight: 32}.Of(fw, fh)
	})
	if err != nil {
		return 0, 0, "", err
	}
	if r.transparent() {
		return w, h, "", nil
	}
	return w, h, blurhash(r.rgba()), nil
}

const base83 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~"

func digits(dst []byte, v, n int) []byte {
	for div := int(math.Pow(83, float64(n-1))); div > 0; div /= 83 {
		dst = append(dst, base83[v/div%83])
	}
	return dst
}

// blurhash is the few lowest waves of a small picture, as blurha.sh describes:
// four along the longer side, three along the other.
func blurhash(im *image.RGBA) string {
	nx, ny := 4, 3
	if im.Rect.Dy() > im.Rect.Dx() {
		nx, ny = 3, 4
	}
	f := waves(im, nx, ny)
	out := digits(nil, nx-1+(ny-1)*9, 1)
	most := 0.0
	for _, c := range f[1:] {
		most = max(most, math.Abs(c[0]), math.Abs(c[1]), math.Abs(c[2]))
	}
	scale := max(0, min(82, int(most*166-0.5)))
	out = digits(out, scale, 1)
	out = digits(out, stored(f[0][0])<<16|stored(f[0][1])<<8|stored(f[0][2]), 4)
	for _, c := range f[1:] {
		v := 0
		for _, x := range c {
			x /= float64(scale+1) / 166
			q := math.Copysign(math.Sqrt(math.Abs(x)), x)
			v = v*19 + max(0, min(18, int(math.Floor(q*9+9.5))))
		}
		out = digits(out, v, 2)
	}
	return string(out)
}

// waves are the picture's strengths, in linear light, at each of nx×ny frequencies.
func waves(im *image.RGBA, nx, ny int) [][3]float64 {
	w, h := im.Rect.Dx(), im.Rect.Dy()
	var linear [256]float64
	for i := range linear {
		linear[i] = light(float64(i) / 255)
	}
	cosines := func(n, size int) []float64 {
		c := make([]float64, n*size)
		for i := range n {
			for x := range size {
				c[i*size+x] = math.Cos(math.Pi * float64(i) * float64(x) / float64(size))
			}
		}
		return c
	}
	across, down := cosines(nx, w), cosines(ny, h)
	out := make([][3]float64, nx*ny)
	row := make([][3]float64, nx)
	for y := range h {
		clear(row)
		for x := range w {
			px := im.Pix[y*im.Stride+4*x:][:3]
			r, g, b := linear[px[0]], linear[px[1]], linear[px[2]]
			for i := range row {
				c := across[i*w+x]
				row[i][0] += c * r
				row[i][1] += c * g
				row[i][2] += c * b
			}
		}
		for j := range ny {
			for i, s := range row {
				for k := range 3 {
					out[j*nx+i][k] += down[j*h+y] * s[k]
				}
			}
		}
	}
	for i := range out {
		norm := 2.0
		if i == 0 {
			norm = 1
		}
		for k := range 3 {
			out[i][k] *= norm / float64(w*h)
		}
	}
	return out
}

// light undoes sRGB's gamma; stored applies it.
func light(v float64) float64 {
	if v <= 0.04045 {
		return v / 12.92
	}
	return math.Pow((v+0.055)/1.055, 2.4)
}

func stored(v float64) int {
	v = min(max(0, v), 1)
	if v <= 0.0031308 {
		return int(v*12.92*255 + 0.5)
	}
	return int((1.055*math.Pow(v, 1/2.4)-0.055)*255 + 0.5)
}
