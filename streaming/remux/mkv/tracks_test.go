package mkv

import (
	"bytes"
	"encoding/binary"
	"math"
	"strings"
	"testing"
)

// el is an element with a size of one byte.
func el(id uint32, parts ...[]byte) []byte {
	body := bytes.Join(parts, nil)
	b := bytes.TrimLeft(binary.BigEndian.AppendUint32(nil, id), "\x00")
	return append(append(b, 0x40|byte(len(body)>>8), byte(len(body))), body...)
}

func fl(v float64) []byte { return binary.BigEndian.AppendUint64(nil, math.Float64bits(v)) }

// TestColourAndLightBecomeMP4Boxes checks every field of the boxes by hand.
func TestColourAndLightBecomeMP4Boxes(t *testing.T) {
	mastering := el(idMastering, el(0x55D1, fl(0.68)), el(0x55D2, fl(0.32)), el(0x55D3, fl(0.265)), el(0x55D4, fl(0.69)),
		el(0x55D5, fl(0.15)), el(0x55D6, fl(0.06)), el(0x55D7, fl(0.3127)), el(0x55D8, fl(0.329)), el(0x55D9, fl(1000)), el(0x55DA, fl(0.0001)))
	colour := el(idColour, el(idMatrix, []byte{9}), el(idTransfer, []byte{16}), el(idPrimaries, []byte{9}), el(idRange, []byte{1}),
		el(idMaxCLL, []byte{3, 0xe8}), el(idMaxFALL, []byte{1, 0x90}), mastering)
	mapping := el(idBlockAdditionMapping, el(idBlockAddIDType, []byte("dvvC")), el(idBlockAddIDExtraData, []byte{1, 0, 16, 53, 16}))
	tr, kind := readTrack(bytes.Join([][]byte{
		el(idTrackNumber, []byte{1}), el(idTrackType, []byte{1}), el(idCodecID, []byte("V_VP9")),
		el(idVideo, el(idPixelWidth, []byte{64}), el(idPixelHeight, []byte{32}), colour), mapping,
	}, nil))
	if kind != 1 || tr.Codec != "vp9" || tr.Width != 64 || tr.Height != 32 || tr.Problem != "" {
		t.Fatalf("%d %+v", kind, tr)
	}
	be := binary.BigEndian
	var light []byte
	for _, v := range []uint16{13250, 34500, 7500, 3000, 34000, 16000, 15635, 16450} {
		light = be.AppendUint16(light, v)
	}
	light = be.AppendUint32(be.AppendUint32(light, 10_000_000), 1)
	for _, want := range []string{
		"\x00\x00\x00\x20mdcv" + string(light),
		"\x00\x00\x00\x13colrnclx\x00\x09\x00\x10\x00\x09\x00",
		"\x00\x00\x00\x0cclli\x03\xe8\x01\x90",
		"\x00\x00\x00\x0ddvvC\x01\x00\x10\x35\x10",
	} {
		if !strings.Contains(string(tr.Boxes), want) {
			t.Errorf("no %q in %q", want, tr.Boxes)
		}
	}
}

// TestLacesAreCutWhereTheySay has a lace of each kind, and broken ones.
func TestLacesAreCutWhereTheySay(t *testing.T) {
	for _, c := range []struct {
		kind  byte
		head  string
		size  int64
		sizes []int64
	}{
		{1, "\x02\xff\x05\x0a", 4 + 260 + 10 + 7, []int64{260, 10, 7}},
		{2, "\x03", 1 + 40, []int64{10, 10, 10, 10}},
		{3, "\x02\x8a\xff", 3 + 10 + 74 + 5, []int64{10, 74, 5}}, // all ones is the largest difference here
		{3, "\x02\x41\x00\x80", 4 + 256 + 193 + 5, []int64{256, 193, 5}},
		{1, "\x02\xff", 10, nil},
		{1, "\x01\x64", 50, nil},
		{2, "\x03", 42, nil},
		{3, "\x02\x81\x80", 100, nil},
		{3, "", 100, nil},
	} {
		sizes, used, ok := lace([]byte(c.head), c.size, c.kind)
		if ok != (c.sizes != nil) {
			t.Errorf("lace %d %q: %v", c.kind, c.head, sizes)
			continue
		}
		for i := range c.sizes {
			if used != int64(len(c.head)) || sizes[i] != c.sizes[i] {
				t.Errorf("lace %d %q: %v after %d", c.kind, c.head, sizes, used)
				break
			}
		}
	}
}
