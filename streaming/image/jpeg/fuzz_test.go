package jpeg

import (
	"bytes"
	std "image/jpeg"
	"testing"
)

func FuzzDecode(f *testing.F) {
	for _, raw := range corpus(f) {
		f.Add(raw, 4)
		f.Add(raw, 1)
	}
	full := factors{1, 1}
	raw, _ := assemble(f, 24, 16, 2, full, full, full, full)
	f.Add(raw, 8)
	f.Fuzz(func(t *testing.T, raw []byte, n int) {
		h, err := ReadHeader(raw)
		if err != nil || n < 1 || n > 8 || h.Memory(n) > 4<<20 {
			return
		}
		p, err := Decode(raw, n)
		if err != nil {
			return
		}
		// Averages alone are read by passing over the rest, which must end alike.
		if more, err := Decode(raw, 2); n == 1 && !h.Progressive && (err != nil || more.Damaged != p.Damaged) {
			t.Fatalf("damaged: %v; of more coefficients %+v, %v", p.Damaged, more, err)
		}
		for _, c := range p.Planes {
			if c.Width < 1 || c.Height < 1 || len(c.Pix) < (c.Height-1)*c.Stride+c.Width {
				t.Fatalf("plane %d×%d has %d bytes", c.Width, c.Height, len(c.Pix))
			}
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	raw, _ := assemble(b, 1000, 1500, -1, factors{2, 2}, factors{1, 1}, factors{1, 1})
	b.Run("standard", func(b *testing.B) {
		for b.Loop() {
			if _, err := std.Decode(bytes.NewReader(raw)); err != nil {
				b.Fatal(err)
			}
		}
	})
	for _, n := range []int{8, 4, 2, 1} {
		b.Run(string(rune('0'+n))+"-of-8", func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Decode(raw, n); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
