package image

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"
	"time"

	"sett/streaming/ffmpeg"
)

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
