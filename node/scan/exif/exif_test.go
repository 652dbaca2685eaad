package exif

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"testing"
	"time"
)

// field is one field of a directory under construction.
type field struct {
	tag, kind uint16
	count     uint32
	data      []byte // as it stands in the file
}

// build makes a TIFF structure with the usual three directories.
func build(order binary.AppendByteOrder, main, exif, gps []field) []byte {
	mark := "II*\x00"
	if order == binary.AppendByteOrder(binary.BigEndian) {
		mark = "MM\x00*"
	}
	size := func(fs []field) int { return 2 + 12*len(fs) + 4 }
	mainAt := 8
	exifAt := mainAt + size(main) + 24 // two more fields
	gpsAt := exifAt + size(exif)
	dataAt := gpsAt + size(gps)
	long := func(n int) []byte { return order.AppendUint32(nil, uint32(n)) }
	main = append(main, field{0x8769, 4, 1, long(exifAt)}, field{0x8825, 4, 1, long(gpsAt)})
	out := order.AppendUint32([]byte(mark), uint32(mainAt))
	var data []byte
	for _, fs := range [][]field{main, exif, gps} {
		out = order.AppendUint16(out, uint16(len(fs)))
		for _, f := range fs {
			out = order.AppendUint16(order.AppendUint16(out, f.tag), f.kind)
			out = order.AppendUint32(out, f.count)
			if len(f.data) <= 4 {
				out = append(append(out, f.data...), make([]byte, 4-len(f.data))...)
				continue
			}
			out = order.AppendUint32(out, uint32(dataAt+len(data)))
			data = append(data, f.data...)
		}
		out = append(out, 0, 0, 0, 0)
	}
	return append(out, data...)
}

func sample(order binary.AppendByteOrder) []byte {
	text := func(tag uint16, s string) field { return field{tag, 2, uint32(len(s) + 1), []byte(s + "\x00")} }
	ratio := func(tag uint16, v ...uint32) field {
		var b []byte
		for _, n := range v {
			b = order.AppendUint32(b, n)
		}
		return field{tag, 5, uint32(len(v) / 2), b}
	}
	short := func(tag, n uint16) field { return field{tag, 3, 1, order.AppendUint16(nil, n)} }
	return build(order,
		[]field{text(0x010f, "Kamera AG"), text(0x0110, "K1"), short(0x0112, 6), text(0x0131, "v2"), text(0x0132, "2021:01:01 00:00:00")},
		[]field{ratio(0x829a, 1, 250), ratio(0x829d, 28, 10), short(0x8827, 400), text(0x9003, "2020:06:07 08:09:10"),
			text(0x9011, "+02:00"), ratio(0x920a, 35, 1)},
		[]field{text(1, "S"), ratio(2, 10, 1, 30, 1, 0, 1), text(3, "W"), ratio(4, 20, 1, 15, 1, 36, 1), {5, 1, 1, []byte{1}}, ratio(6, 25, 2)})
}

func jpeg(exif []byte) []byte {
	out := []byte{0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0}
	out = append(out, 0xff, 0xe1)
	out = binary.BigEndian.AppendUint16(out, uint16(len(exif)+8))
	out = append(append(out, "Exif\x00\x00"...), exif...)
	return append(out, 0xff, 0xc0, 0, 11, 8, 0x0b, 0xb8, 0x0f, 0xa0, 1, 1, 0x11, 0)
}

func png(exif []byte) []byte {
	out := append([]byte("\x89PNG\r\n\x1a\n"), 0, 0, 0, 0, 'I', 'H', 'D', 'R', 0, 0, 0, 0)
	out = binary.BigEndian.AppendUint32(out, uint32(len(exif)))
	return append(append(out, "eXIf"...), exif...)
}

func webp(exif []byte) []byte {
	out := append([]byte("RIFF\x00\x00\x00\x00WEBP"), "VP8X\x02\x00\x00\x00\x00\x00EXIF"...)
	out = binary.LittleEndian.AppendUint32(out, uint32(len(exif)))
	return append(out, exif...)
}

func heif(exif []byte) []byte {
	box := func(kind string, body ...[]byte) []byte {
		b := bytes.Join(body, nil)
		return append(append(binary.BigEndian.AppendUint32(nil, uint32(len(b)+8)), kind...), b...)
	}
	infe := box("infe", []byte{2, 0, 0, 0, 0, 7, 0, 0}, []byte("Exif\x00"))
	iinf := box("iinf", []byte{0, 0, 0, 0, 0, 1}, infe)
	ispe := box("ispe", []byte{0, 0, 0, 0, 0, 0, 0x0f, 0xa0, 0, 0, 0x0b, 0xb8})
	iprp := box("iprp", box("ipco", ispe))
	make := func(at int) []byte {
		loc := binary.BigEndian.AppendUint32([]byte{0, 0, 0, 0, 0x44, 0, 0, 1, 0, 7, 0, 0, 0, 1}, uint32(at))
		iloc := box("iloc", binary.BigEndian.AppendUint32(loc, uint32(len(exif)+4)))
		return append(box("ftyp", []byte("heic\x00\x00\x00\x00")), box("meta", []byte{0, 0, 0, 0}, iinf, iprp, iloc)...)
	}
	front := make(len(make(0)))
	return append(append(front, 0, 0, 0, 0), exif...)
}

func TestWhatACameraWroteIsRead(t *testing.T) {
	little, big := sample(binary.LittleEndian), sample(binary.BigEndian)
	for name, b := range map[string][]byte{
		"tiff": little, "tiff, big end first": big, "jpeg": jpeg(little), "jpeg, big end first": jpeg(big),
		"png": png(big), "webp": webp(little), "heif": heif(big),
	} {
		got, err := Read(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got.Make != "Kamera AG" || got.Model != "K1" || got.Software != "v2" || got.Orientation != 6 || got.ISO != 400 {
			t.Errorf("%s: %+v", name, got)
		}
		if got.Exposure != 0.004 || got.Aperture != 2.8 || got.FocalLength != 35 {
			t.Errorf("%s: %v s, f/%v, %v mm", name, got.Exposure, got.Aperture, got.FocalLength)
		}
		if want := time.Date(2020, 6, 7, 6, 9, 10, 0, time.UTC); !got.Taken.Equal(want) {
			t.Errorf("%s: taken %v", name, got.Taken)
		}
		if got.Latitude == nil || *got.Latitude != -10.5 || math.Abs(*got.Longitude+20.26) > 1e-9 || *got.Altitude != -12.5 {
			t.Errorf("%s: at %v %v %v", name, got.Latitude, got.Longitude, got.Altitude)
		}
		if (name == "heif" || name[:2] == "jp") && (got.Width != 4000 || got.Height != 3000) {
			t.Errorf("%s: %d×%d", name, got.Width, got.Height)
		}
	}
}

func TestAPictureWithoutEXIFSaysSo(t *testing.T) {
	for _, b := range []string{"", "GIF89a..........", "\xff\xd8\xff\xd9............", "\x89PNG\r\n\x1a\n\x00\x00\x00\x00IEND....", "RIFF\x00\x00\x00\x00WEBP"} {
		if _, err := Read(bytes.NewReader([]byte(b)), int64(len(b))); !errors.Is(err, ErrNone) {
			t.Errorf("%q gives %v", b, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	little := sample(binary.LittleEndian)
	for _, b := range [][]byte{little, sample(binary.BigEndian), jpeg(little), png(little), webp(little), heif(little)} {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		info, _ := Read(bytes.NewReader(b), int64(len(b)))
		if len(info.Make)+len(info.Model)+len(info.Software) > 3*3*maxString || info.Orientation > 8 {
			t.Errorf("%+v", info)
		}
		if info.Latitude != nil && math.Abs(*info.Latitude) > 90 {
			t.Errorf("latitude %v", *info.Latitude)
		}
	})
}
