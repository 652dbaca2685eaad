package blurhash

import (
	"context"
	"image"
	"image/color"
	"image/jpeg"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"sett/node/library"
	"sett/node/store"
	"sett/streaming/cache"
	settimage "sett/streaming/image"
)

func TestEveryPictureGetsAHashThatOutlivesTheProcess(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	dir := t.TempDir()
	picture := filepath.Join(dir, "poster.jpg")
	im := image.NewRGBA(image.Rect(0, 0, 60, 90))
	for i := range 60 * 90 {
		im.Set(i%60, i/60, color.RGBA{uint8(i % 60 * 4), 90, uint8(i / 60), 255})
	}
	f, err := os.Create(picture)
	if err != nil {
		t.Fatal(err)
	}
	if err := jpeg.Encode(f, im, nil); err != nil {
		t.Fatal(err)
	}
	f.Close()

	s, err := store.Open(ctx, filepath.Join(dir, "store"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	c, err := cache.Open(filepath.Join(dir, "cache"), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	maker := settimage.NewMaker(c)
	h, err := Open(s, maker, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- h.Run(ctx) }()
	err = s.Apply(ctx, library.Put(&library.Item{ID: library.NewID("film"), Kind: library.Movie, Name: "Film", Images: []library.Image{
		{Kind: library.Primary, Path: picture, Tag: "good"}, {Kind: library.Logo, Path: filepath.Join(dir, "gone.png"), Tag: "gone"},
	}}))
	if err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(20 * time.Second); h.Get("good") == ""; {
		if time.Now().After(deadline) {
			t.Fatal("no hash was made")
		}
		<-time.After(20 * time.Millisecond)
	}
	if h.Get("gone") != "" {
		t.Error("a picture that is not there has a hash")
	}
	cancel()
	<-ended
	again, err := Open(s, maker, slog.New(slog.DiscardHandler))
	if err != nil || again.Get("good") != h.Get("good") {
		t.Errorf("after a restart the hash is %q, %v; it was %q", again.Get("good"), err, h.Get("good"))
	}
}
