package probe

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"sett/streaming/probe/avi"
	"sett/streaming/probe/facts"
	"sett/streaming/probe/isom"
	"sett/streaming/probe/matroska"
	"sett/streaming/probe/mpegts"
	"sett/streaming/probe/music"
	"sett/streaming/probe/tag"
)

// fuzz feeds a reader files like the matrix's of the given extensions. Whatever they
// hold, the reader must come back soon, with facts or with facts.ErrUnsure, and must
// not have used memory out of proportion.
func fuzz(f *testing.F, read func(*facts.Reader) (*facts.Document, error), extensions ...string) {
	dir := sampleDir(f)
	for _, ext := range extensions {
		paths, err := filepath.Glob(filepath.Join(dir, "*."+ext))
		if err != nil {
			f.Fatal(err)
		}
		for _, p := range paths {
			b, err := os.ReadFile(p)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(b)
			f.Add(b[:len(b)/2])
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		began := time.Now()
		d, err := read(facts.NewReader(context.Background(), bytes.NewReader(b), int64(len(b))))
		took := time.Since(began)
		runtime.ReadMemStats(&after)
		if err != nil && !errors.Is(err, facts.ErrUnsure) {
			t.Errorf("an error that sends nobody to ffprobe: %v", err)
		}
		if (d == nil) == (err == nil) {
			t.Errorf("document %v, error %v", d, err)
		}
		if took > 10*time.Second {
			t.Errorf("it took %v", took)
		}
		if used := after.TotalAlloc - before.TotalAlloc; used > 64<<20+64*uint64(len(b)) {
			t.Errorf("%d bytes of file took %d bytes of memory", len(b), used)
		}
		if d != nil {
			src := source(d, "x.mkv", int64(len(b)))
			if src.Runtime < 0 || src.Bitrate < 0 {
				t.Errorf("runtime %d, bitrate %d", src.Runtime, src.Bitrate)
			}
			tagsOf(d)
		}
	})
}

func FuzzMatroska(f *testing.F) { fuzz(f, matroska.Read, "mkv", "webm", "mka") }
func FuzzMovie(f *testing.F)    { fuzz(f, isom.Read, "mp4", "mov", "m4a", "m4b", "3gp") }
func FuzzFLAC(f *testing.F)     { fuzz(f, music.FLAC, "flac") }
func FuzzMP3(f *testing.F)      { fuzz(f, music.MP3, "mp3") }
func FuzzOgg(f *testing.F)      { fuzz(f, music.Ogg, "ogg", "opus", "oga") }
func FuzzWave(f *testing.F)     { fuzz(f, music.Wave, "wav") }
func FuzzAVI(f *testing.F)      { fuzz(f, avi.Read, "avi") }

func FuzzTransport(f *testing.F) {
	fuzz(f, func(r *facts.Reader) (*facts.Document, error) { return mpegts.Read(r, 188, 0) }, "ts")
}

// FuzzTags goes through the tags alone, so that mutations find them.
func FuzzTags(f *testing.F) {
	for _, t := range id3Samples {
		f.Add(t.bytes())
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		r := facts.NewReader(context.Background(), bytes.NewReader(b), int64(len(b)))
		set := tag.New()
		if _, err := set.ID3v2(r, 0); err != nil && !errors.Is(err, facts.ErrUnsure) {
			t.Error(err)
		}
		for _, read := range []func() error{
			func() error { return tag.New().Vorbis(b, true) },
			func() error { _, err := set.APE(r, int64(len(b))); return err },
			func() error { _, err := set.ID3v1(r); return err },
			func() error { return set.AddPictures(new(facts.Document)) },
		} {
			if err := read(); err != nil && !errors.Is(err, facts.ErrUnsure) {
				t.Error(err)
			}
		}
	})
}
