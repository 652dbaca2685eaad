package jellyfin

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"sett/node/library"
	"sett/streaming/image"
)

// uploads is the folder of the pictures people gave. They are named by their tags, and
// are never put into media folders.
type uploads struct{ dir string }

func (a *API) uploads() uploads { return uploads{a.UploadDir} }

var uploadTypes = map[string]string{"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp"}

// path is the file of a picture, if there is such a picture.
func (u uploads) path(tag string) (string, bool) {
	id, err := library.ParseID(tag)
	if err != nil || u.dir == "" {
		return "", false
	}
	for _, ext := range uploadTypes {
		path := filepath.Join(u.dir, id.String()+ext)
		if _, err := os.Stat(path); err == nil {
			return path, true
		}
	}
	return "", false
}

// keep writes a picture whole or not at all.
func (u uploads) keep(tag, mime string, b []byte) (string, error) {
	ext, ok := uploadTypes[mime]
	if !ok {
		return "", fmt.Errorf("a picture of type %q cannot be kept", mime)
	}
	if err := os.MkdirAll(u.dir, 0o700); err != nil {
		return "", fmt.Errorf("make the folder for pictures: %w", err)
	}
	f, err := os.CreateTemp(u.dir, ".new-*")
	if err != nil {
		return "", fmt.Errorf("keep a picture: %w", err)
	}
	defer os.Remove(f.Name())
	_, err = f.Write(b)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return "", fmt.Errorf("keep a picture: %w", err)
	}
	path := filepath.Join(u.dir, tag+ext)
	return path, os.Rename(f.Name(), path)
}

// dropUpload throws a picture away that nothing shows any more.
func (a *API) dropUpload(tag string) {
	if path, ok := a.uploads().path(tag); ok {
		if err := os.Remove(path); err != nil {
			a.Log.Warn("a picture that is not needed any more stays on disk", "path", path, "err", err)
		}
	}
}

// upload reads the picture in a request's body, makes it safe and keeps it. Clients send
// it in base64; some send the bytes themselves.
func (a *API) upload(c *call, size image.Size) (library.Image, error) {
	if a.UploadDir == "" {
		return library.Image{}, unavailable("This server has no folder to keep pictures in.")
	}
	body, err := io.ReadAll(io.LimitReader(c.Request().Body, 2*image.MaxUpload))
	if err != nil {
		return library.Image{}, badRequest("The picture did not arrive whole.")
	}
	return a.keepUpload(c.Request().Context(), bytes.NewReader(unbase64(body)), size)
}

// keepUpload makes a picture safe and keeps it.
func (a *API) keepUpload(ctx context.Context, r io.Reader, size image.Size) (library.Image, error) {
	picture, mime, err := a.Images.Sanitise(ctx, r, size)
	switch {
	case errors.Is(err, image.ErrTooLarge):
		return library.Image{}, echo.NewHTTPError(http.StatusRequestEntityTooLarge, "The picture is too large.")
	case errors.Is(err, image.ErrNotPicture):
		return library.Image{}, badRequest("This is no picture that can be read: JPEG, PNG, WebP and GIF can.")
	case err != nil:
		return library.Image{}, err
	}
	im := library.Image{Tag: randomID().String(), Modified: time.Now().UTC()}
	if im.Path, err = a.uploads().keep(im.Tag, mime, picture); err != nil {
		return library.Image{}, err
	}
	if w, h, hash, err := a.Images.Describe(ctx, im); err == nil {
		im.Width, im.Height, im.Blurhash = w, h, hash
	}
	return im, nil
}

// unbase64 returns the bytes that a text stands for, or what is no such text as it is.
func unbase64(body []byte) []byte {
	text := strings.TrimSpace(string(body))
	if _, rest, ok := strings.Cut(text, ";base64,"); ok && strings.HasPrefix(text, "data:") {
		text = rest
	}
	out, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return body
	}
	return out
}
