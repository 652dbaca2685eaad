package probe

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"sett/streaming/probe/facts"
)

// spoil changes some bytes, mostly where headers are, and perhaps cuts.
func spoil(r *rand.Rand, b []byte) []byte {
	b = bytes.Clone(b)
	near := len(b)
	if r.IntN(2) == 0 {
		near = min(near, 2048)
	}
	tail := r.IntN(4) == 0
	for range 1 + r.IntN(6) {
		at := r.IntN(near)
		if tail {
			at = len(b) - 1 - at
		}
		switch r.IntN(4) {
		case 0:
			b[at] = byte(r.IntN(256))
		case 1:
			b[at] ^= 1 << r.IntN(8)
		case 2:
			for i := at; i < min(at+4, len(b)); i++ {
				b[i] = 0xff
			}
		default:
			for i := at; i < min(at+4, len(b)); i++ {
				b[i] = 0
			}
		}
	}
	if r.IntN(8) == 0 {
		b = b[:r.IntN(len(b))+1]
	}
	return b
}

// TestSpoiledFilesNeitherCrashNorStall does in little what fuzzing does at length:
// PROBE_MUTATIONS sets how many copies of each sample are spoilt.
func TestSpoiledFilesNeitherCrashNorStall(t *testing.T) {
	copies := 100
	if n, err := strconv.Atoi(os.Getenv("PROBE_MUTATIONS")); err == nil {
		copies = n
	}
	dir := sampleDir(t)
	r := rand.New(rand.NewPCG(1, uint64(copies)))
	for _, s := range matrix {
		whole, err := os.ReadFile(s.path(dir))
		if err != nil {
			t.Fatal(err)
		}
		for range copies {
			b := spoil(r, whole)
			began := time.Now()
			d, err := native(context.Background(), bytes.NewReader(b), int64(len(b)))
			if took := time.Since(began); took > 5*time.Second {
				t.Errorf("%s: it took %v", s.name, took)
			}
			if err != nil && !errors.Is(err, facts.ErrUnsure) {
				t.Errorf("%s: %v", s.name, err)
			}
			if d != nil {
				source(d, s.name, int64(len(b)))
				tagsOf(d)
			}
		}
	}
}
