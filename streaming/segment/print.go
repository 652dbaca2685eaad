package segment

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"sett/node/library"
	"sett/streaming/ffmpeg"
)

// Print is the fingerprint of a stretch of sound: one number for every step, each
// about the seconds that follow. Like sound has numbers that differ in few bits.
type Print struct {
	From  library.Ticks // where in the film it begins
	Items []uint32
}

// Of the fingerprint's making: step seconds lie between two items, and each looks
// at about span seconds from its own time on.
const (
	step = 4096.0 / 3 / 11025
	span = 2.6
)

// What is looked at: intros lie in the first minutes, credits in the last.
const (
	Head = 10 * time.Minute
	Tail = 4 * time.Minute
)

// ErrNoSound is returned for sources without sound of their own.
var ErrNoSound = errors.New("the film has no sound to compare")

// HeadOf and TailOf are the stretches of a source that are fingerprinted.
func HeadOf(src *library.Source) (from, length time.Duration) {
	return 0, min(Head, src.Runtime.Duration()/2)
}

// TailOf: see [HeadOf].
func TailOf(src *library.Source) (from, length time.Duration) {
	length = min(Tail, src.Runtime.Duration()/2)
	return src.Runtime.Duration() - length, length
}

// audio is the source's own sound that is compared: the first, since tracks in
// other languages come in the same order in every episode.
func audio(src *library.Source) (library.Stream, bool) {
	for _, s := range src.Streams {
		if s.Kind == library.StreamAudio && !s.External && s.Path == "" {
			return s, true
		}
	}
	return library.Stream{}, false
}

const maxPrint = 1 << 20

// Take fingerprints a stretch of a source.
func Take(ctx context.Context, tools *ffmpeg.Tools, quiet ffmpeg.Quiet, src *library.Source, from, length time.Duration) (Print, error) {
	a, ok := audio(src)
	if !ok {
		return Print{}, ErrNoSound
	}
	args := []string{"-hide_banner", "-nostdin", "-loglevel", "error", "-threads", "1"}
	if from > 0 {
		args = append(args, "-ss", secs(from))
	}
	args = append(append(args, "-t", secs(length)), ffmpeg.Guard()...)
	args = append(args, "-i", ffmpeg.File(src.Path), "-map", "0:"+strconv.Itoa(a.Index), "-vn", "-sn", "-dn",
		"-af", "aresample=async=1:first_pts=0", "-ac", "1", "-ar", "11025", "-c:a", "pcm_s16le", "-f", "chromaprint", "-fp_format", "raw", "pipe:1")
	raw, err := quiet.Run(ctx, tools.FFmpeg, args, nil, maxPrint)
	if err != nil {
		return Print{}, fmt.Errorf("fingerprint the sound of %s: %w", filepath.Base(src.Path), err)
	}
	return ParsePrint(library.TicksOf(from), raw), nil
}

// ParsePrint reads a fingerprint as [Print.Bytes] writes it.
func ParsePrint(from library.Ticks, raw []byte) Print {
	p := Print{From: from, Items: make([]uint32, len(raw)/4)}
	for i := range p.Items {
		p.Items[i] = binary.NativeEndian.Uint32(raw[4*i:])
	}
	return p
}

// Bytes is the fingerprint's stored form, for this machine.
func (p Print) Bytes() []byte {
	b := make([]byte, 0, 4*len(p.Items))
	for _, v := range p.Items {
		b = binary.NativeEndian.AppendUint32(b, v)
	}
	return b
}

func secs(d time.Duration) string { return strconv.FormatFloat(d.Seconds(), 'f', 3, 64) }

// CanFingerprint reports whether ffmpeg's build has the fingerprint's muxer.
func CanFingerprint(ctx context.Context, tools *ffmpeg.Tools) bool {
	out, err := ffmpeg.Output(ctx, tools.FFmpeg, []string{"-hide_banner", "-muxers"}, 1<<20)
	return err == nil && strings.Contains(string(out), " chromaprint ")
}

// flat marks items in stretches without change: silence and test tones are alike
// everywhere and prove nothing.
func (p Print) flat() []bool {
	const still = 8 // about a second
	out := make([]bool, len(p.Items))
	for i := 0; i < len(p.Items); {
		j := i + 1
		for j < len(p.Items) && bits.OnesCount32(p.Items[i]^p.Items[j]) <= 1 {
			j++
		}
		for k := i; k < j; k++ {
			out[k] = j-i >= still
		}
		i = j
	}
	return out
}
