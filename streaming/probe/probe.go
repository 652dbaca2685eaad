package probe

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"sett/node/library"
	"sett/streaming/ffmpeg"
	"sett/streaming/probe/facts"
)

// Errors of [File] and [Side]. A file that cannot be opened gives the system's
// error instead (fs.ErrNotExist, fs.ErrPermission).
var (
	ErrNoFFprobe = errors.New("ffprobe is not installed; install ffmpeg with your system's packages")
	ErrNotMedia  = errors.New("not a media file we can read")
)

const (
	// timeout bounds one look at one file: a sleeping disk takes ten seconds.
	timeout = 60 * time.Second
	// maxOutput bounds ffprobe's answer; a file with hundreds of streams and
	// chapters stays under 1 MB.
	maxOutput = 16 << 20
)

// File reads the facts of one media file: in process where the file's headers tell
// all, else by ffprobe, which need not be installed for the former. ID, Name and Parts of the source are
// left to the caller, as are files beside it. The error of a file that is damaged
// or no media wraps [ErrNotMedia] and reads as one sentence fit for
// library.Source.Problem.
func File(ctx context.Context, path string) (library.Source, Tags, error) {
	d, fi, err := document(ctx, path)
	if err != nil {
		return library.Source{}, Tags{}, err
	}
	src := source(d, path, fi.Size())
	src.Path, src.Modified = path, fi.ModTime()
	_, video := src.First(library.StreamVideo)
	_, audio := src.First(library.StreamAudio)
	if !video && !audio {
		return library.Source{}, Tags{}, fmt.Errorf("%w: it holds no picture and no sound", ErrNotMedia)
	}
	if video && wantsFrame(d, src) {
		statsOf(ctx).frames.Add(1)
		hdr10Plus(ctx, path, &src)
	}
	return src, tagsOf(d), nil
}

// document reads the facts of a file in process, or asks ffprobe.
func document(ctx context.Context, path string) (*facts.Document, os.FileInfo, error) {
	f, fi, err := open(path)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	d, err := native(ctx, f, fi.Size())
	switch {
	case err == nil:
		statsOf(ctx).native.Add(1)
		return d, fi, nil
	case !errors.Is(err, facts.ErrUnsure):
		return nil, fi, err
	}
	statsOf(ctx).asked.Add(1)
	d, err = ask(ctx, path)
	return d, fi, err
}

// Side reads the streams of a subtitle or audio file that lies beside a film.
// They come back External with Path set and Index counting from 0; language, title
// and flags that are in the file's name are the caller's to add.
func Side(ctx context.Context, path string) ([]library.Stream, error) {
	if codec, ok := sideCodec(path); ok {
		f, _, err := open(path)
		if err != nil {
			return nil, err
		}
		return []library.Stream{{Kind: library.StreamSubtitle, Codec: codec, External: true, Path: path}}, f.Close()
	}
	d, _, err := document(ctx, path)
	if err != nil {
		return nil, err
	}
	var streams []library.Stream
	for _, s := range d.Streams {
		st := streamOf(s)
		if st.Kind != library.StreamAudio && st.Kind != library.StreamSubtitle {
			continue
		}
		st.Index, st.External, st.Path = len(streams), true, path
		streams = append(streams, st)
	}
	if len(streams) == 0 {
		return nil, fmt.Errorf("%w: it holds no sound and no subtitles", ErrNotMedia)
	}
	return streams, nil
}

// open opens a regular file that is not empty.
func open(path string) (*os.File, os.FileInfo, error) {
	fi, err := os.Stat(path) // before opening, which a pipe would block
	if err != nil {
		return nil, nil, err
	}
	if !fi.Mode().IsRegular() {
		return nil, nil, fmt.Errorf("%w: it is not a regular file", ErrNotMedia)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	if fi, err = f.Stat(); err == nil && fi.Size() == 0 {
		err = fmt.Errorf("%w: the file is empty", ErrNotMedia)
	}
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	return f, fi, nil
}

func ask(ctx context.Context, path string) (*facts.Document, error) {
	out, err := ffprobe(ctx, path, "-show_format", "-show_streams", "-show_chapters")
	if err != nil {
		return nil, err
	}
	d := new(facts.Document)
	if err := json.Unmarshal(out, d); err != nil {
		return nil, fmt.Errorf("read ffprobe's answer about %s: %w", path, err)
	}
	return d, nil
}

func ffprobe(ctx context.Context, path string, what ...string) ([]byte, error) {
	bin, err := ffmpeg.Look("ffprobe")
	if err != nil {
		return nil, fmt.Errorf("%w (%w)", ErrNoFFprobe, err)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, timeout, fmt.Errorf("%w: reading it took more than %v", ErrNotMedia, timeout))
	defer cancel()
	args := append([]string{"-v", "error", "-print_format", "json"}, what...)
	args = append(args, ffmpeg.Guard()...)
	out, err := ffmpeg.Output(ctx, bin, append(args, ffmpeg.File(path)), maxOutput)
	var failed *ffmpeg.Error
	switch {
	case errors.As(err, &failed):
		return nil, fmt.Errorf("%w: it is damaged or of an unknown kind (%s)", ErrNotMedia, reason(failed, path))
	case errors.Is(err, ffmpeg.ErrTooMuch):
		return nil, fmt.Errorf("%w: it describes more than any film would", ErrNotMedia)
	case errors.Is(err, ffmpeg.ErrNotInstalled):
		return nil, fmt.Errorf("%w (%w)", ErrNoFFprobe, err)
	}
	return out, err
}
