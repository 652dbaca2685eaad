package image

import (
	"io"
	"net/http"
	"net/http/httptest"
	"syscall"
	"testing"
	"time"

	"sett/node/library"
)

// The server hands files to the kernel, which copies them to the network by itself,
// only if it finds what a file is made of.
var _ syscall.Conn = (*Picture)(nil)

// serve sends a picture as the API does.
func serve(m *Maker, im library.Image) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		p, err := m.Picture(r.Context(), im, Options{Size: Size{FillWidth: 300, FillHeight: 450}, Quality: 90})
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		defer p.Close()
		w.Header().Set("Content-Type", p.MIME)
		w.Header().Set("ETag", p.ETag)
		http.ServeContent(w, r, "", time.Time{}, p)
	}
}

func get(tb testing.TB, url string) int64 {
	tb.Helper()
	resp, err := http.Get(url)
	if err != nil {
		tb.Fatal(err)
	}
	defer resp.Body.Close()
	n, err := io.Copy(io.Discard, resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		tb.Fatal(resp.Status, err)
	}
	return n
}

// BenchmarkCached compares a picture that is in the cache with a static file of the
// same bytes, over HTTP.
func BenchmarkCached(b *testing.B) {
	m := maker(b)
	im := library.Image{Path: posterFile(b, true)}
	p, err := m.Picture(b.Context(), im, Options{Size: Size{FillWidth: 300, FillHeight: 450}, Quality: 90})
	if err != nil {
		b.Fatal(err)
	}
	name := p.Name()
	p.Close()
	for _, c := range []struct {
		name string
		h    http.HandlerFunc
	}{
		{"static", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "image/jpeg")
			http.ServeFile(w, r, name)
		}},
		{"picture", serve(m, im)},
	} {
		b.Run(c.name, func(b *testing.B) {
			s := httptest.NewServer(c.h)
			defer s.Close()
			for b.Loop() {
				b.SetBytes(get(b, s.URL))
			}
		})
	}
	b.Run("open-alone", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			p, err := m.Picture(b.Context(), im, Options{Size: Size{FillWidth: 300, FillHeight: 450}, Quality: 90})
			if err != nil {
				b.Fatal(err)
			}
			p.Close()
		}
	})
}

func BenchmarkDescribe(b *testing.B) {
	m := maker(b)
	for kind, detailed := range kinds {
		im := library.Image{Path: posterFile(b, detailed)}
		b.Run(kind, func(b *testing.B) {
			for b.Loop() {
				if _, _, _, err := m.Describe(b.Context(), im); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	small := shrunk(poster(false), 21, 32).rgba()
	b.Run("hash-alone", func(b *testing.B) {
		for b.Loop() {
			blurhash(small)
		}
	})
}
