package fetch

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	_ "image/jpeg" // headers of pictures
	_ "image/png"  // headers of pictures
	"net/http"
	"os"
	"path/filepath"

	_ "golang.org/x/image/webp" // headers of pictures
)

// maxSide bounds a picture's width and height in pixels.
const maxSide = 12000

// Picture is a picture on disk.
type Picture struct {
	File          string // its name in the folder; follows from the content
	Width, Height int
}

// Picture fetches a picture into a folder. What is no JPEG, PNG or WebP is ErrNotImage,
// whatever its label says.
func (c *Client) Picture(ctx context.Context, url, dir string) (Picture, error) {
	var got answer
	err := c.try(ctx, func() error {
		var err error
		got, err = c.get(ctx, url, "image/webp,image/jpeg,image/png", maxImage, entry{})
		return err
	})
	if err != nil {
		return Picture{}, err
	}
	p, err := examine(got.body)
	if err != nil {
		return Picture{}, err
	}
	path := filepath.Join(dir, p.File)
	if _, err := os.Stat(path); err == nil {
		return p, nil
	}
	return p, writeFile(path, got.body)
}

// endings of the pictures that are taken.
func ending(contentType string) string {
	switch contentType {
	case "image/jpeg":
		return ".jpg"
	case "image/png":
		return ".png"
	case "image/webp":
		return ".webp"
	}
	return ""
}

func examine(b []byte) (Picture, error) {
	kind := http.DetectContentType(b)
	ext := ending(kind)
	if ext == "" {
		return Picture{}, fmt.Errorf("%w but %s", ErrNotImage, kind)
	}
	cfg, _, err := image.DecodeConfig(bytes.NewReader(b))
	if err != nil || cfg.Width < 1 || cfg.Height < 1 || cfg.Width > maxSide || cfg.Height > maxSide {
		return Picture{}, fmt.Errorf("%w: %d×%d pixels, %v", ErrNotImage, cfg.Width, cfg.Height, err)
	}
	sum := sha256.Sum256(b)
	return Picture{hex.EncodeToString(sum[:16]) + ext, cfg.Width, cfg.Height}, nil
}
