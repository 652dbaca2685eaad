package image

import (
	"image/color"
	"mime"
	"strconv"
	"strings"
)

// Format of a picture.
type Format uint8

// The formats. Auto is JPEG, or PNG where one can see through the picture.
const (
	Auto Format = iota
	JPEG
	PNG
	WebP
	GIF
)

// Options of a picture. Two requests with equal Options share a result.
type Options struct {
	Size
	Quality int    // of JPEG, 1–100; 0: 90
	Format  Format // wanted; WebP and GIF are read, not written: see [Options.WebP]
	WebP    bool   // the client can show WebP, so a WebP file may go out as it is
	Blur    int    // radius in pixels of the result, at most 100; 0: sharp

	// Background fills what one can see through, #rrggbb; "" leaves it, but for JPEG
	// it is black.
	Background string
}

// ParseFormat knows a format by the name or file ending clients use; Auto when it
// does not.
func ParseFormat(name string) Format {
	switch strings.ToLower(name) {
	case "jpg", "jpeg":
		return JPEG
	case "png":
		return PNG
	case "webp":
		return WebP
	case "gif":
		return GIF
	}
	return Auto
}

// AcceptsWebP reads an HTTP Accept header. Only the type by name counts: a client
// that writes */* need not know WebP.
func AcceptsWebP(accept string) bool {
	for part := range strings.SplitSeq(accept, ",") {
		kind, params, err := mime.ParseMediaType(part)
		if err != nil || kind != "image/webp" {
			continue
		}
		q, err := strconv.ParseFloat(params["q"], 64)
		return err != nil || q > 0
	}
	return false
}

// ParseBackground reads a colour as clients write it, with or without #; "" when it
// is none.
func ParseBackground(s string) string {
	s = strings.ToLower(strings.TrimPrefix(s, "#"))
	if len(s) != 6 {
		return ""
	}
	if _, err := strconv.ParseUint(s, 16, 32); err != nil {
		return ""
	}
	return "#" + s
}

// colour is black when there is none.
func (o Options) colour() color.RGBA {
	v, _ := strconv.ParseUint(strings.TrimPrefix(o.Background, "#"), 16, 32)
	return color.RGBA{byte(v >> 16), byte(v >> 8), byte(v), 255}
}

// normal brings what is out of bounds into them, so that no nonsense gets its own
// place in the cache.
func (o Options) normal() Options {
	if o.Quality < 1 || o.Quality > 100 {
		o.Quality = 90
	}
	o.Blur = min(max(0, o.Blur), 100)
	o.Background = ParseBackground(o.Background)
	if o.Format == WebP {
		o.Format, o.WebP = Auto, true
	}
	if o.Format == GIF {
		o.Format = Auto
	}
	return o
}

// key tells Options apart, for the cache. It is made for every picture sent, so it
// is made by hand.
func (o Options) key() string {
	b := make([]byte, 0, 64)
	for _, n := range [...]int{
		o.Width, o.Height, o.MaxWidth, o.MaxHeight, o.FillWidth, o.FillHeight, o.Quality, int(o.Format), o.Blur,
	} {
		b = append(strconv.AppendInt(b, int64(n), 10), ' ')
	}
	return string(append(b, o.Background...))
}

// plain says that only the size matters, so that a file may go out as it is.
func (o Options) plain() bool { return o.Blur == 0 && o.Background == "" }

// takes says that a file of this type need not be changed into another.
func (o Options) takes(mime string) bool {
	switch mime {
	case "image/jpeg":
		return o.Format != PNG
	case "image/png":
		return o.Format != JPEG
	case "image/gif":
		return o.Format == Auto
	case "image/webp":
		return o.Format == Auto && o.WebP
	}
	return false
}
