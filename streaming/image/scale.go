package image

import (
	"image"
	"image/color"
	"image/draw"
)

// shrink returns src at w×h, no larger than it is. Every source pixel counts by
// the area it covers, which keeps fine detail from flickering as sampling does not.
func shrink(src image.Image, w, h int) image.Image {
	b := src.Bounds()
	if w >= b.Dx() && h >= b.Dy() {
		return src
	}
	if y, ok := src.(*image.YCbCr); ok {
		return shrinkYCbCr(y, w, h)
	}
	in := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy())) // premultiplied, as averages need it
	draw.Draw(in, in.Rect, src, b.Min, draw.Src)
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	average(out.Pix, out.Stride, w, h, in.Pix, in.Stride, b.Dx(), b.Dy(), 4)
	return out
}

// shrinkYCbCr works on a JPEG's own planes, a half of the work or less.
func shrinkYCbCr(src *image.YCbCr, w, h int) *image.YCbCr {
	b := src.Rect
	out := image.NewYCbCr(image.Rect(0, 0, w, h), image.YCbCrSubsampleRatio420)
	average(out.Y, out.YStride, w, h, src.Y[src.YOffset(b.Min.X, b.Min.Y):], src.YStride, b.Dx(), b.Dy(), 1)
	cw, ch := chroma(src.SubsampleRatio, b)
	from := src.COffset(b.Min.X, b.Min.Y)
	average(out.Cb, out.CStride, (w+1)/2, (h+1)/2, src.Cb[from:], src.CStride, cw, ch, 1)
	average(out.Cr, out.CStride, (w+1)/2, (h+1)/2, src.Cr[from:], src.CStride, cw, ch, 1)
	return out
}

// chroma is the size of the colour planes.
func chroma(r image.YCbCrSubsampleRatio, b image.Rectangle) (w, h int) {
	over := func(lo, hi, by int) int { return (hi+by-1)/by - lo/by }
	x, y := 1, 1
	switch r {
	case image.YCbCrSubsampleRatio422:
		x = 2
	case image.YCbCrSubsampleRatio420:
		x, y = 2, 2
	case image.YCbCrSubsampleRatio440:
		y = 2
	case image.YCbCrSubsampleRatio411:
		x = 4
	case image.YCbCrSubsampleRatio410:
		x, y = 4, 2
	}
	return over(b.Min.X, b.Max.X, x), over(b.Min.Y, b.Max.Y, y)
}

// span is the source pixels from first on that make one pixel, and the weight of
// each; the weights add up to one.
type span struct {
	first   int
	weights []uint32
}

const one = 1 << 12

func spans(out, in int) []span {
	s := make([]span, out)
	for i := range s {
		// In units of 1/out of a source pixel.
		lo, hi := i*in, (i+1)*in
		if out > in { // a colour plane may be too small already
			first := min(i*in/out, in-1)
			s[i] = span{first, []uint32{one}}
			continue
		}
		first, last := lo/out, (hi-1)/out
		w := make([]uint32, last-first+1)
		rest := uint32(one)
		for p := first; p <= last; p++ {
			covered := min(hi, (p+1)*out) - max(lo, p*out)
			w[p-first] = uint32(covered * one / in)
			rest -= w[p-first]
		}
		w[len(w)/2] += rest
		s[i] = span{first, w}
	}
	return s
}

// average shrinks one plane of n interleaved channels: each source row across,
// then added to the rows below it.
func average(dst []byte, dstStride, dw, dh int, src []byte, srcStride, sw, sh, n int) {
	across, down := spans(dw, sw), spans(dh, sh)
	row := make([]uint32, dw*n)
	sum := make([]uint32, dw*n)
	ready := -1 // source row that is in row
	for y, v := range down {
		clear(sum)
		for k, weight := range v.weights {
			if at := v.first + k; at != ready {
				squeeze(row, src[at*srcStride:at*srcStride+sw*n], across, n)
				ready = at
			}
			for i, p := range row {
				sum[i] += p * weight >> 4
			}
		}
		line := dst[y*dstStride : y*dstStride+dw*n]
		for i, p := range sum {
			line[i] = byte(min(255, (p+1<<15)>>16))
		}
	}
}

// squeeze makes one row narrower. Its values have 8 more bits than a byte.
func squeeze(row []uint32, src []byte, across []span, n int) {
	if n == 1 {
		for x, s := range across {
			var v uint32
			for k, p := range src[s.first : s.first+len(s.weights)] {
				v += uint32(p) * s.weights[k]
			}
			row[x] = v >> 4
		}
		return
	}
	for x, s := range across {
		for c := range n {
			var v uint32
			for k, weight := range s.weights {
				v += uint32(src[(s.first+k)*n+c]) * weight
			}
			row[x*n+c] = v >> 4
		}
	}
}

// turned shows another picture the way its EXIF orientation says.
type turned struct {
	image.Image
	orientation int
	w, h        int // as shown
}

// turn applies an EXIF orientation, 1 to 8.
func turn(src image.Image, orientation int) image.Image {
	if orientation < 2 || orientation > 8 {
		return src
	}
	b := src.Bounds()
	t := turned{src, orientation, b.Dx(), b.Dy()}
	if orientation >= 5 {
		t.w, t.h = t.h, t.w
	}
	out := image.NewRGBA(image.Rect(0, 0, t.w, t.h))
	draw.Draw(out, out.Rect, t, image.Point{}, draw.Src)
	return out
}

func (t turned) ColorModel() color.Model { return color.RGBAModel }
func (t turned) Bounds() image.Rectangle { return image.Rect(0, 0, t.w, t.h) }
func (t turned) At(x, y int) color.Color {
	b := t.Image.Bounds()
	right, bottom := b.Dx()-1, b.Dy()-1
	switch t.orientation {
	case 2:
		x = right - x
	case 3:
		x, y = right-x, bottom-y
	case 4:
		y = bottom - y
	case 5:
		x, y = y, x
	case 6:
		x, y = y, bottom-x
	case 7:
		x, y = right-y, bottom-x
	case 8:
		x, y = right-y, x
	}
	return t.Image.At(b.Min.X+x, b.Min.Y+y)
}
