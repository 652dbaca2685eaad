package trickplay

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"sett/node/library"
)

// Layout says how sheets are made.
type Layout struct {
	Width         int           // of one picture
	Interval      time.Duration // between two
	Columns, Rows int
}

// Usual is what every client can show.
func Usual() Layout { return Layout{Width: 320, Interval: 10 * time.Second, Columns: 10, Rows: 10} }

// Info describes the sheets of one film in one width.
type Info struct {
	Width, Height int // of one picture
	Columns, Rows int // of a sheet
	Count         int // of pictures
	Interval      time.Duration
	Bandwidth     int // bits/s, of the sheet that takes most
}

// maxPictures bounds what a file that claims to be endless can cost.
const maxPictures = 24 * 3600

// Info plans the sheets of a source; ok is false for what has no picture or no length.
func (l Layout) Info(src *library.Source) (info Info, ok bool) {
	v, ok := src.First(library.StreamVideo)
	if !ok || src.Runtime <= 0 || v.Width <= 0 || v.Height <= 0 || len(src.Parts) > 0 {
		return Info{}, false
	}
	n := int(math.Ceil(src.Runtime.Seconds() / l.Interval.Seconds()))
	return Info{
		Width: l.Width, Height: l.height(v), Columns: l.Columns, Rows: l.Rows, Interval: l.Interval,
		Count: min(max(1, n), maxPictures),
	}, true
}

// height keeps the shape that the film is shown in.
func (l Layout) height(v library.Stream) int {
	ratio := float64(v.Width) / float64(v.Height)
	if a, b, ok := strings.Cut(v.AspectRatio, ":"); ok {
		x, errX := strconv.ParseFloat(a, 64)
		y, errY := strconv.ParseFloat(b, 64)
		if errX == nil && errY == nil && x > 0 && y > 0 && x/y > ratio/3 && x/y < ratio*3 {
			ratio = x / y
		}
	}
	if v.Rotation%180 != 0 {
		ratio = 1 / ratio
	}
	h := int(math.Round(float64(l.Width)/ratio/2)) * 2
	return min(max(2, h), 4*l.Width)
}

// Sheets is how many there are.
func (i Info) Sheets() int {
	per := i.Columns * i.Rows
	return (i.Count + per - 1) / per
}

// on is how many pictures sheet n holds.
func (i Info) on(n int) int { return min(i.Columns*i.Rows, i.Count-n*i.Columns*i.Rows) }

// Playlist is an HLS playlist of the sheets; query is appended to their names.
func (i Info) Playlist(query string) []byte {
	var b strings.Builder
	per := float64(i.Columns*i.Rows) * i.Interval.Seconds()
	fmt.Fprintf(&b, "#EXTM3U\n#EXT-X-TARGETDURATION:%d\n#EXT-X-VERSION:7\n#EXT-X-MEDIA-SEQUENCE:1\n#EXT-X-PLAYLIST-TYPE:VOD\n#EXT-X-IMAGES-ONLY\n\n",
		int(math.Ceil(min(per, float64(i.Count)*i.Interval.Seconds()))))
	for n := range i.Sheets() {
		fmt.Fprintf(&b, "#EXTINF:%s,\n#EXT-X-TILES:RESOLUTION=%dx%d,LAYOUT=%dx%d,DURATION=%s\n%d.jpg%s\n",
			decimal(float64(i.on(n))*i.Interval.Seconds()), i.Width, i.Height, i.Columns, i.Rows, decimal(i.Interval.Seconds()), n, query)
	}
	b.WriteString("\n#EXT-X-ENDLIST\n")
	return []byte(b.String())
}

func decimal(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
