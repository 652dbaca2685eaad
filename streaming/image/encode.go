package image

import (
	"bufio"
	"errors"
	"image/jpeg"
	"image/png"
	"io"
	"os"
)

// save writes what the options ask for to a file.
func save(path string, r raster, o Options) error {
	r = r.finished(o)
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	return errors.Join(encode(w, r, o), w.Flush(), f.Close())
}

// finished applies what is not size. Chroma planes are half as wide, so half as
// much makes them as blurred.
func (r raster) finished(o Options) raster {
	if o.Blur > 0 {
		blurred := raster{damaged: r.damaged}
		for i, p := range r.planes {
			radius := o.Blur
			if i > 0 {
				radius = (radius + 1) / 2
			}
			blurred.planes = append(blurred.planes, p.blur(radius))
		}
		r = blurred
	}
	if o.Background != "" || o.Format == JPEG {
		r.over(o.colour())
	}
	return r
}

// encode writes JPEG, or PNG where one can see through the picture. PNG's fast
// compression saves two milliseconds of a logo at best, and costs up to two fifths
// of its size.
func encode(w io.Writer, r raster, o Options) error {
	switch {
	case r.transparent():
		return png.Encode(w, r.straight())
	case o.Format == PNG:
		return png.Encode(w, r.image())
	}
	return jpeg.Encode(w, r.image(), &jpeg.Options{Quality: o.Quality})
}
