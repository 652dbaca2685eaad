package image

import (
	"bytes"
	"context"
	"fmt"
	"io"
)

// MaxUpload is how many bytes of an uploaded picture are read at most.
const MaxUpload = 20 << 20

// Sanitise makes a picture that somebody uploads safe to keep and show to others:
// it is decoded, turned upright, made to fit and written anew, as JPEG or, with
// transparency, PNG. Nothing else that was in the file remains: no place, camera or
// comment, no second picture. mime says which it is. What is no whole picture is
// refused with [ErrNotPicture], what is too large with [ErrTooLarge].
func (m *Maker) Sanitise(ctx context.Context, r io.Reader, size Size) (picture []byte, mime string, err error) {
	raw, err := io.ReadAll(io.LimitReader(r, MaxUpload+1))
	if err != nil {
		return nil, "", fmt.Errorf("read the upload: %w", err)
	}
	if len(raw) > MaxUpload {
		return nil, "", fmt.Errorf("%w: more than %d MB", ErrTooLarge, MaxUpload>>20)
	}
	if sniff(raw) == "" {
		return nil, "", fmt.Errorf("%w: neither JPEG nor PNG, WebP or GIF", ErrNotPicture)
	}
	leave, err := m.enter(ctx)
	if err != nil {
		return nil, "", err
	}
	defer leave()
	im, err := m.read(ctx, raw, size.Of)
	if err != nil {
		return nil, "", err
	}
	if im.damaged {
		return nil, "", fmt.Errorf("%w: parts of it are missing", ErrNotPicture)
	}
	var out bytes.Buffer
	if err := encode(&out, im, Options{}.normal()); err != nil {
		return nil, "", err
	}
	return out.Bytes(), sniff(out.Bytes()), nil
}
