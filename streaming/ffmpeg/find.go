package ffmpeg

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"
)

// ErrNotInstalled means that ffmpeg or ffprobe is not on this machine's PATH.
var ErrNotInstalled = errors.New("ffmpeg is not installed; install it with your system's packages")

// Tools is the FFmpeg on this machine and what it can do.
type Tools struct {
	FFmpeg  string // absolute path
	FFprobe string // absolute path, "" when only ffmpeg is there
	Version string // "5.1.9-0+deb12u1"
	// Hardware is the encoder in silicon to use for a codec, where one was proved to
	// work: see [Tools.FindHardware].
	Hardware map[Codec]Encoder
	encoders map[string]bool
	filters  map[string]bool
}

// Find looks for ffmpeg on PATH and asks it for its version, encoders and
// filters. It takes about 0.2 s; keep the answer. The error wraps
// [ErrNotInstalled] when there is none.
func Find(ctx context.Context) (*Tools, error) {
	path, err := Look("ffmpeg")
	if err != nil {
		return nil, err
	}
	t := &Tools{FFmpeg: path}
	t.FFprobe, _ = Look("ffprobe")
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	out, err := Output(ctx, path, []string{"-hide_banner", "-version"}, 1<<20)
	if err != nil {
		return nil, fmt.Errorf("ask %s for its version: %w", path, err)
	}
	t.Version = parseVersion(string(out))
	if out, err = Output(ctx, path, []string{"-hide_banner", "-encoders"}, 1<<20); err != nil {
		return nil, fmt.Errorf("ask %s for its encoders: %w", path, err)
	}
	t.encoders = parseNames(string(out), 6)
	if out, err = Output(ctx, path, []string{"-hide_banner", "-filters"}, 1<<20); err != nil {
		return nil, fmt.Errorf("ask %s for its filters: %w", path, err)
	}
	t.filters = parseNames(string(out), 3)
	return t, nil
}

// Look returns the absolute path of one of FFmpeg's programs.
func Look(name string) (string, error) {
	path, err := exec.LookPath(name)
	if err != nil {
		return "", fmt.Errorf("look for %s: %w", name, ErrNotInstalled)
	}
	return path, nil
}

// HasEncoder reports whether this build has the encoder of that FFmpeg name. That
// hardware for it exists is not said.
func (t *Tools) HasEncoder(name string) bool { return t.encoders[name] }

// HasFilter reports whether this build has the filter.
func (t *Tools) HasFilter(name string) bool { return t.filters[name] }

func parseVersion(out string) string {
	line, _, _ := strings.Cut(out, "\n")
	f := strings.Fields(line)
	if len(f) >= 3 && f[1] == "version" {
		return f[2]
	}
	return ""
}

// parseNames reads FFmpeg's tables of "FLAGS name description", where the first
// column is flags characters wide.
func parseNames(out string, flags int) map[string]bool {
	names := make(map[string]bool)
	for line := range strings.Lines(out) {
		f := strings.Fields(line)
		if len(f) >= 2 && len(f[0]) == flags && f[1] != "=" {
			names[f[1]] = true
		}
	}
	return names
}
