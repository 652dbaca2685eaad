package exif

import (
	"encoding/binary"
	"io"
	"math"
	"strings"
	"time"
)

const (
	maxEntries = 512
	maxString  = 256
)

// tiff walks the directories of a TIFF structure that begins at base.
type tiff struct {
	r     io.ReaderAt
	base  int64
	size  int64
	order binary.ByteOrder
}

// entry is one field of a directory.
type entry struct {
	tag, kind uint16
	count     uint32
	value     [4]byte
}

// times are the parts of when a photo was taken.
type times struct{ original, originalZone, changed string }

// place is where it was taken, as written.
type place struct {
	latRef, lonRef string
	lat, lon       []float64
	altRef         byte
	alt            []float64
}

func (t *tiff) read(info *Info) error {
	var h [8]byte
	if n, _ := t.r.ReadAt(h[:], t.base); n < 8 {
		return ErrNone
	}
	switch string(h[:2]) {
	case "II":
		t.order = binary.LittleEndian
	case "MM":
		t.order = binary.BigEndian
	default:
		return ErrNone
	}
	var when times
	var sub, gps uint32
	t.each(t.order.Uint32(h[4:]), func(e entry) {
		switch e.tag {
		case 0x0100:
			setIfZero(&info.Width, t.number(e))
		case 0x0101:
			setIfZero(&info.Height, t.number(e))
		case 0x010f:
			info.Make = t.text(e)
		case 0x0110:
			info.Model = t.text(e)
		case 0x0112:
			if o := t.number(e); o >= 1 && o <= 8 {
				info.Orientation = o
			}
		case 0x0131:
			info.Software = t.text(e)
		case 0x0132:
			when.changed = t.text(e)
		case 0x8769:
			sub = uint32(t.number(e))
		case 0x8825:
			gps = uint32(t.number(e))
		}
	})
	t.camera(sub, info, &when)
	t.where(gps, info)
	info.Taken = when.time()
	return nil
}

func setIfZero(to *int, n int) {
	if *to == 0 {
		*to = n
	}
}

// camera reads the EXIF directory.
func (t *tiff) camera(at uint32, info *Info, when *times) {
	if at == 0 {
		return
	}
	t.each(at, func(e entry) {
		switch e.tag {
		case 0x829a:
			info.Exposure = first(t.rationals(e))
		case 0x829d:
			info.Aperture = first(t.rationals(e))
		case 0x8827:
			info.ISO = t.number(e)
		case 0x9003:
			when.original = t.text(e)
		case 0x9011:
			when.originalZone = t.text(e)
		case 0x920a:
			info.FocalLength = first(t.rationals(e))
		case 0xa002:
			setIfZero(&info.Width, t.number(e))
		case 0xa003:
			setIfZero(&info.Height, t.number(e))
		}
	})
}

// where reads the directory of the place.
func (t *tiff) where(at uint32, info *Info) {
	if at == 0 {
		return
	}
	var p place
	t.each(at, func(e entry) {
		switch e.tag {
		case 1:
			p.latRef = t.text(e)
		case 2:
			p.lat = t.rationals(e)
		case 3:
			p.lonRef = t.text(e)
		case 4:
			p.lon = t.rationals(e)
		case 5:
			p.altRef = e.value[0]
		case 6:
			p.alt = t.rationals(e)
		}
	})
	lat, lon := degrees(p.lat, p.latRef == "S", 90), degrees(p.lon, p.lonRef == "W", 180)
	if lat == nil || lon == nil || *lat == 0 && *lon == 0 { // cameras without a fix write zeros
		return
	}
	info.Latitude, info.Longitude = lat, lon
	if len(p.alt) == 1 && p.alt[0] < 100000 {
		alt := p.alt[0]
		if p.altRef == 1 {
			alt = -alt
		}
		info.Altitude = &alt
	}
}

func degrees(v []float64, negative bool, limit float64) *float64 {
	if len(v) != 3 {
		return nil
	}
	d := v[0] + v[1]/60 + v[2]/3600
	if math.IsNaN(d) || d < 0 || d > limit {
		return nil
	}
	if negative {
		d = -d
	}
	return &d
}

// each calls fn for the fields of a directory.
func (t *tiff) each(at uint32, fn func(entry)) {
	var n [2]byte
	pos := t.base + int64(at)
	if at < 8 || pos > t.size {
		return
	}
	if got, _ := t.r.ReadAt(n[:], pos); got < 2 {
		return
	}
	count := min(int(t.order.Uint16(n[:])), maxEntries)
	buf := make([]byte, 12*count)
	got, _ := t.r.ReadAt(buf, pos+2)
	for b := buf[:got-got%12]; len(b) > 0; b = b[12:] {
		fn(entry{t.order.Uint16(b), t.order.Uint16(b[2:]), t.order.Uint32(b[4:]), [4]byte(b[8:12])})
	}
}

// bytes are the n bytes of a field's value.
func (t *tiff) bytes(e entry, n int) []byte {
	if n <= 4 {
		return e.value[:n]
	}
	buf := make([]byte, n)
	got, _ := t.r.ReadAt(buf, t.base+int64(t.order.Uint32(e.value[:])))
	return buf[:got]
}

func (t *tiff) number(e entry) int {
	switch e.kind {
	case 1, 7:
		return int(e.value[0])
	case 3:
		return int(t.order.Uint16(e.value[:]))
	case 4, 13:
		return int(min(t.order.Uint32(e.value[:]), math.MaxInt32))
	}
	return 0
}

func (t *tiff) text(e entry) string {
	if e.kind != 2 && e.kind != 7 {
		return ""
	}
	b := t.bytes(e, int(min(e.count, maxString)))
	s, _, _ := strings.Cut(string(b), "\x00")
	return strings.TrimSpace(strings.ToValidUTF8(s, ""))
}

func (t *tiff) rationals(e entry) []float64 {
	if e.kind != 5 && e.kind != 10 || e.count == 0 || e.count > 8 {
		return nil
	}
	b := t.bytes(entry{value: e.value}, 8*int(e.count))
	var out []float64
	for ; len(b) >= 8; b = b[8:] {
		a, d := float64(t.order.Uint32(b)), float64(t.order.Uint32(b[4:]))
		if e.kind == 10 {
			a, d = float64(int32(t.order.Uint32(b))), float64(int32(t.order.Uint32(b[4:])))
		}
		if d == 0 {
			return nil
		}
		out = append(out, a/d)
	}
	return out
}

func first(v []float64) float64 {
	if len(v) == 0 {
		return 0
	}
	return v[0]
}

func (w times) time() time.Time {
	s := w.original
	if s == "" {
		s = w.changed
	}
	if at, err := time.Parse("2006:01:02 15:04:05-07:00", s+w.originalZone); err == nil && w.original != "" {
		return at.UTC()
	}
	at, err := time.Parse("2006:01:02 15:04:05", s)
	if err != nil || at.Year() < 1900 {
		return time.Time{}
	}
	return at
}
