package image

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strconv"
	"time"

	"golang.org/x/sync/semaphore"

	"sett/node/library"
	"sett/streaming/cache"
)

// Maker makes pictures and keeps them in a cache. Only so many are worked on at a
// time, and only so large ones, as each may take much memory.
type Maker struct {
	cache  *cache.Cache
	slots  chan struct{}
	memory *semaphore.Weighted
}

// NewMaker keeps what it makes in c.
func NewMaker(c *cache.Cache) *Maker {
	atOnce := min(max(2, runtime.GOMAXPROCS(0)), 4)
	return &Maker{c, make(chan struct{}, atOnce), semaphore.NewWeighted(maxMemory)}
}

// Picture is one that is ready to send. The caller closes it.
type Picture struct {
	*os.File
	MIME string
	ETag string // quoted
}

// Picture makes im in the wanted size and form. A plain file that needs no change
// comes as it is. The error is [ErrNotPicture], [ErrTooLarge] or the system's, all
// wrapped.
func (m *Maker) Picture(ctx context.Context, im library.Image, o Options) (*Picture, error) {
	o = o.normal()
	key, err := keyOf(im)
	if err != nil {
		return nil, err
	}
	if !im.Embedded && o.plain() {
		if p, err := original(im, o); p != nil || err != nil {
			return p, err
		}
	}
	return m.make(ctx, key, o, func(ctx context.Context) ([]byte, error) { return load(ctx, im) })
}

// keyOf names a picture, and changes with it.
func keyOf(im library.Image) (string, error) {
	fi, err := os.Stat(im.Path)
	if err != nil {
		return "", err
	}
	key := im.Path + " " + strconv.FormatInt(fi.Size(), 10) + " " + strconv.FormatInt(fi.ModTime().UnixNano(), 10)
	if im.Embedded {
		key += " stream " + strconv.Itoa(im.Stream)
	}
	return key, nil
}

// load reads a picture's bytes, wherever they are.
func load(ctx context.Context, im library.Image) ([]byte, error) {
	if im.Embedded {
		return embedded(ctx, im.Path, im.Stream)
	}
	return readFile(im.Path)
}

// Frame makes a picture of a film at a time.
func (m *Maker) Frame(ctx context.Context, path string, at time.Duration, o Options) (*Picture, error) {
	key, err := keyOf(library.Image{Path: path})
	if err != nil {
		return nil, err
	}
	key += fmt.Sprintf(" at %d", at)
	return m.make(ctx, key, o.normal(), func(ctx context.Context) ([]byte, error) { return frame(ctx, path, at) })
}

// make decodes, turns, shrinks and encodes what get returns, unless the cache has
// the result.
func (m *Maker) make(ctx context.Context, key string, o Options, get func(context.Context) ([]byte, error)) (*Picture, error) {
	key = "picture " + o.key() + " " + key
	f, err := m.cache.File(ctx, key, func(ctx context.Context, path string) error {
		leave, err := m.enter(ctx)
		if err != nil {
			return err
		}
		defer leave()
		raw, err := get(ctx)
		if err != nil {
			return err
		}
		r, err := m.read(ctx, raw, o.Size.Of)
		if err != nil {
			return err
		}
		return save(path, r, o)
	})
	if err != nil {
		return nil, err
	}
	return opened(f)
}

// enter waits for its turn.
func (m *Maker) enter(ctx context.Context) (leave func(), err error) {
	select {
	case m.slots <- struct{}{}:
		return func() { <-m.slots }, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// opened tells a result's type by its first bytes, and names it for caches.
func opened(f *os.File) (*Picture, error) {
	var head [12]byte
	n, err := f.ReadAt(head[:], 0)
	if err != nil && !errors.Is(err, io.EOF) {
		_ = f.Close()
		return nil, err
	}
	fi, err := f.Stat()
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	tag := strconv.FormatInt(fi.ModTime().UnixNano(), 16) + "-" + strconv.FormatInt(fi.Size(), 16)
	return &Picture{f, sniff(head[:n]), `"` + tag + `"`}, nil
}

// original opens a file that can go out as it is: no size is asked for, or one it
// does not exceed. It returns nil when there is work to do.
func original(im library.Image, o Options) (*Picture, error) {
	whole := o.Size == (Size{})
	if !whole {
		if im.Width <= 0 || im.Height <= 0 {
			return nil, nil
		}
		if w, h := o.Size.Of(im.Width, im.Height); w != im.Width || h != im.Height {
			return nil, nil
		}
	}
	f, err := os.Open(im.Path)
	if err != nil {
		return nil, err
	}
	p, err := opened(f)
	if err != nil {
		return nil, err
	}
	// Clients that ask for a size do not all turn what they get.
	if !o.takes(p.MIME) || !whole && turnedBy(f) != 1 {
		_ = f.Close()
		return nil, nil
	}
	return p, nil
}

// turnedBy reads a file's orientation.
func turnedBy(f *os.File) int {
	head := make([]byte, 64<<10)
	n, _ := f.ReadAt(head, 0)
	return orientation(head[:n])
}

func sniff(head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte("\xff\xd8\xff")):
		return "image/jpeg"
	case bytes.HasPrefix(head, []byte("\x89PNG\r\n\x1a\n")):
		return "image/png"
	case bytes.HasPrefix(head, []byte("GIF8")):
		return "image/gif"
	case len(head) >= 12 && string(head[:4]) == "RIFF" && string(head[8:12]) == "WEBP":
		return "image/webp"
	}
	return ""
}

func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readAll(f)
}

// readAll reads a file in one piece, as its size is mostly right.
func readAll(f *os.File) ([]byte, error) {
	fi, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if fi.Size() > maxBytes {
		return nil, fmt.Errorf("%w: %d MB", ErrTooLarge, fi.Size()>>20)
	}
	b := bytes.NewBuffer(make([]byte, 0, fi.Size()+bytes.MinRead))
	_, err = b.ReadFrom(io.LimitReader(f, maxBytes+1))
	if err == nil && b.Len() > maxBytes {
		err = ErrTooLarge
	}
	return b.Bytes(), err
}

// Dimensions reads a picture's size as shown, from its head.
func Dimensions(path string) (w, h int, err error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, 0, err
	}
	defer f.Close()
	head, err := io.ReadAll(io.LimitReader(f, 1<<20))
	if err != nil {
		return 0, 0, err
	}
	s, err := inspect(head, func(int, int) (int, int) { return 1, 1 })
	if err != nil && !errors.Is(err, ErrTooLarge) {
		return 0, 0, err
	}
	w, h = s.shown()
	return w, h, nil
}

// shown is the size once upright.
func (s source) shown() (w, h int) {
	if s.way >= 5 {
		return s.h, s.w
	}
	return s.w, s.h
}
