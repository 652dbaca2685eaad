package mp4

import (
	"encoding/binary"
	"testing"
)

func words(v ...uint32) []byte {
	var b []byte
	for _, x := range v {
		b = binary.BigEndian.AppendUint32(b, x)
	}
	return b
}

// TestTablesSayWhereAndWhen reads tables written by hand, with runs of all kinds.
func TestTablesSayWhereAndWhen(t *testing.T) {
	var tab table
	tab.addTimes(words(0, 2, 3, 100, 4, 50))
	tab.addMoves(words(0, 2, 2, 10, 5, 0xfffffff6))
	if err := tab.addSizes(words(0, 0, 7, 1, 2, 3, 4, 5, 6, 7)); err != nil {
		t.Fatal(err)
	}
	tab.addChunks(words(0, 3, 1000, 2000, 3000), false)
	if entry, err := tab.addSpans(words(0, 2, 1, 2, 1, 2, 3, 1)); err != nil || entry != 1 {
		t.Fatal(entry, err)
	}
	tab.addSync(words(0, 4, 1, 4, 4, 99))
	if tab.count != 7 || len(tab.sync) != 2 || tab.sync[1] != 3 {
		t.Fatalf("%+v", tab)
	}
	for i, want := range []struct {
		dts, pts, pos int64
		together      int
	}{{0, 10, 1000, 2}, {100, 110, 1001, 1}, {200, 190, 2000, 3}, {300, 290, 2003, 2}, {350, 340, 2007, 1}, {400, 390, 3000, 3}, {450, 440, 3006, 2}} {
		pos, together := tab.place(i)
		if tab.dts(i) != want.dts || tab.pts(i) != want.pts || pos != want.pos || together != want.together {
			t.Errorf("sample %d: %d %d %d %d, want %+v", i, tab.dts(i), tab.pts(i), pos, together, want)
		}
	}
	if tab.dts(7) != 500 || tab.at(301) != 4 || tab.at(300) != 3 || tab.at(9999) != 7 {
		t.Error(tab.dts(7), tab.at(301), tab.at(300), tab.at(9999))
	}
}

// TestCompactSizesAreUnpacked reads sizes of 4, 8 and 16 bits.
func TestCompactSizesAreUnpacked(t *testing.T) {
	for bits, b := range map[uint32][]byte{4: {0x12, 0x30}, 8: {1, 2, 3}, 16: {0, 1, 0, 2, 0, 3}} {
		tab := table{count: 9}
		if err := tab.addCompactSizes(append(words(0, bits, 3), b...)); err != nil {
			t.Fatal(err)
		}
		for i := range 3 {
			if tab.count != 3 || tab.size(i) != i+1 {
				t.Errorf("%d bits: %v", bits, tab.sizes)
			}
		}
	}
	if (&table{}).addCompactSizes(words(0, 5, 3)) == nil {
		t.Error("sizes of 5 bits are taken")
	}
}
