package image

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	_ "image/gif" // registers the decoder
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"time"

	_ "golang.org/x/image/webp" // registers the decoder

	"sett/node/library"
	"sett/streaming/cache"
	"sett/streaming/ffmpeg"
)

// Errors that callers branch on.
var (
	ErrNotPicture = errors.New("not a picture we can read")
	ErrTooLarge   = errors.New("larger than any picture we would show")
)

const (
	maxBytes  = 64 << 20
	maxPixels = 80_000_000 // 320 MB of memory at worst, for a moment
)

// Maker makes pictures and keeps them in a cache. At most a few at a time: each
// may take much memory.
type Maker struct {
	cache *cache.Cache
	slots chan struct{}
}

// NewMaker keeps what it makes in c.
func NewMaker(c *cache.Cache) *Maker { return &Maker{c, make(chan struct{}, 2)} }

// Options of a picture.
type Options struct {
	Size
	Quality int // of JPEG, 1–100; 0: 90
}

// Picture is one that is ready to send. The caller closes it.
type Picture struct {
	*os.File
	MIME string
	ETag string // quoted
}

// Picture makes im in the wanted size. A plain file that needs no change comes as
// it is. The error is [ErrNotPicture], [ErrTooLarge] or the system's, all wrapped.
func (m *Maker) Picture(ctx context.Context, im library.Image, o Options) (*Picture, error) {
	fi, err := os.Stat(im.Path)
	if err != nil {
		return nil, err
	}
	key := fmt.Sprintf("%s %d %d", im.Path, fi.Size(), fi.ModTime().UnixNano())
	if im.Embedded {
		key += " stream " + strconv.Itoa(im.Stream)
	}
	if !im.Embedded && o.Size == (Size{}) {
		if p, err := original(im.Path); p != nil || err != nil {
			return p, err
		}
	}
	return m.make(ctx, key, o, func(ctx context.Context) ([]byte, error) {
		if im.Embedded {
			return embedded(ctx, im.Path, im.Stream)
		}
		return readFile(im.Path)
	})
}

// Frame makes a picture of a film at a time.
func (m *Maker) Frame(ctx context.Context, path string, at time.Duration, o Options) (*Picture, error) {
	fi, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	key := fmt.Sprintf("%s %d %d at %d", path, fi.Size(), fi.ModTime().UnixNano(), at)
	return m.make(ctx, key, o, func(ctx context.Context) ([]byte, error) { return frame(ctx, path, at) })
}

// make decodes, turns, shrinks and encodes what get returns, unless the cache has
// the result.
func (m *Maker) make(ctx context.Context, key string, o Options, get func(context.Context) ([]byte, error)) (*Picture, error) {
	key = fmt.Sprintf("picture %+v %s", o, key)
	f, err := m.cache.File(ctx, key, func(ctx context.Context, path string) error {
		select {
		case m.slots <- struct{}{}:
			defer func() { <-m.slots }()
		case <-ctx.Done():
			return ctx.Err()
		}
		raw, err := get(ctx)
		if err != nil {
			return err
		}
		return convert(raw, path, o)
	})
	if err != nil {
		return nil, err
	}
	return opened(f)
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
	return &Picture{f, sniff(head[:n]), fmt.Sprintf("\"%x-%x\"", fi.ModTime().UnixNano(), fi.Size())}, nil
}

// original opens a file that any client can show, nil when it needs work.
func original(path string) (*Picture, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	p, err := opened(f)
	if err != nil {
		return nil, err
	}
	if p.MIME == "" {
		_ = f.Close()
		return nil, nil
	}
	return p, nil
}

func sniff(head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte("\xff\xd8\xff")):
		return "image/jpeg"
	case bytes.HasPrefix(head, []byte("\x89PNG\r\n\x1a\n")):
		return "image/png"
	case bytes.HasPrefix(head, []byte("GIF8")):
		return "image/gif"
	case len(head) >= 12 && string(head[:4]) == "RIFF" && string(head[8:]) == "WEBP":
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
	b, err := io.ReadAll(io.LimitReader(f, maxBytes+1))
	if err == nil && len(b) > maxBytes {
		err = ErrTooLarge
	}
	return b, err
}

// decode reads a picture and turns it upright.
func decode(raw []byte) (image.Image, error) {
	c, _, err := image.DecodeConfig(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotPicture, err)
	}
	if c.Width <= 0 || c.Height <= 0 || c.Width > maxPixels/c.Height {
		return nil, fmt.Errorf("%w: %d×%d", ErrTooLarge, c.Width, c.Height)
	}
	src, _, err := image.Decode(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNotPicture, err)
	}
	return src, nil
}

func convert(raw []byte, path string, o Options) error {
	src, err := decode(raw)
	if err != nil {
		return err
	}
	b := src.Bounds()
	// Shrunk first, turned after: the other way is more work.
	way, size := orientation(raw), o.Size
	if way >= 5 {
		size = Size{size.Height, size.Width, size.MaxHeight, size.MaxWidth, size.FillHeight, size.FillWidth}
	}
	w, h := size.Of(b.Dx(), b.Dy())
	return save(path, turn(shrink(src, w, h), way), o.Quality)
}

// save writes PNG for what one can see through, else JPEG.
func save(path string, im image.Image, quality int) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	if opaque(im) {
		if quality < 1 || quality > 100 {
			quality = 90
		}
		err = jpeg.Encode(w, im, &jpeg.Options{Quality: quality})
	} else {
		err = (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(w, im)
	}
	return errors.Join(err, w.Flush(), f.Close())
}

func opaque(im image.Image) bool {
	o, ok := im.(interface{ Opaque() bool })
	return ok && o.Opaque()
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
	c, _, err := image.DecodeConfig(bytes.NewReader(head))
	if err != nil {
		return 0, 0, fmt.Errorf("%w: %w", ErrNotPicture, err)
	}
	if orientation(head) >= 5 {
		return c.Height, c.Width, nil
	}
	return c.Width, c.Height, nil
}

// embedded takes an attached picture out of a media file, as it is.
func embedded(ctx context.Context, path string, stream int) ([]byte, error) {
	return run(ctx, path, nil, "-map", "0:"+strconv.Itoa(stream), "-c", "copy")
}

// frame takes one frame out of a film: the keyframe at or before the time.
func frame(ctx context.Context, path string, at time.Duration) ([]byte, error) {
	seek := []string{"-noaccurate_seek", "-ss", strconv.FormatFloat(max(0, at).Seconds(), 'f', 3, 64)}
	raw, err := run(ctx, path, seek, "-map", "0:V:0", "-c:v", "mjpeg", "-q:v", "3", "-pix_fmt", "yuvj420p",
		"-vf", "scale=w='trunc(iw*sar/2)*2':h='trunc(ih/2)*2',setsar=1")
	if err == nil && len(raw) == 0 {
		err = fmt.Errorf("%w: the film has no picture at %v", ErrNotPicture, at)
	}
	return raw, err
}

func run(ctx context.Context, path string, before []string, after ...string) ([]byte, error) {
	bin, err := ffmpeg.Look("ffmpeg")
	if err != nil {
		return nil, err
	}
	args := append([]string{"-y", "-nostdin", "-loglevel", "error"}, before...)
	args = append(args, ffmpeg.Guard()...)
	args = append(args, "-i", ffmpeg.File(path))
	args = append(args, after...)
	args = append(args, "-frames:v", "1", "-f", "image2pipe", "pipe:1")
	raw, err := ffmpeg.Output(ctx, bin, args, maxBytes)
	if err != nil {
		return nil, fmt.Errorf("take a picture out of %s: %w", filepath.Base(path), err)
	}
	return raw, nil
}
