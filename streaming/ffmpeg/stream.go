package ffmpeg

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"sett/node/library"
)

// Muxer is the form of a conversion that is one file, sent while it is made.
type Muxer string

// The muxers, by FFmpeg's names.
const (
	ToMP4      Muxer = "mp4" // fragmented
	ToTS       Muxer = "mpegts"
	ToMatroska Muxer = "matroska"
	ToWebM     Muxer = "webm"
	ToMP3      Muxer = "mp3"
	ToADTS     Muxer = "adts"
	ToOgg      Muxer = "ogg"
	ToFLAC     Muxer = "flac"
)

// holds says which sounds a muxer takes, the usual one first.
var holds = map[Muxer][]Codec{
	ToMP4:      {AAC, MP3, AC3, EAC3, Opus, FLAC, "alac"},
	ToTS:       {AAC, MP3, AC3, EAC3},
	ToMatroska: {AAC, MP3, AC3, EAC3, Opus, FLAC, "alac", "dts", "truehd", "vorbis"},
	ToWebM:     {Opus, "vorbis"},
	ToMP3:      {MP3},
	ToADTS:     {AAC},
	ToOgg:      {Opus, "vorbis", FLAC},
	ToFLAC:     {FLAC},
}

// Sound is the codec to encode to for a muxer: the first wish it can hold, else its
// usual one.
func (m Muxer) Sound(wishes []string) Codec {
	for _, w := range wishes {
		if _, ok := audioEncoders[Codec(w)]; ok && m.Holds(w) {
			return Codec(w)
		}
	}
	if list := holds[m]; len(list) > 0 {
		return list[0]
	}
	return AAC
}

// Holds reports whether a muxer takes a codec of sound.
func (m Muxer) Holds(codec string) bool { return slices.Contains(holds[m], Codec(codec)) }

// Picture reports whether a muxer takes a picture of ours.
func (m Muxer) Picture() bool { return m == ToMP4 || m == ToTS || m == ToMatroska }

// Stream is the command line that converts the source from a time on to one file on
// the standard output, whose time stamps begin at 0. The job's grid is not used.
func (j *Job) Stream(to Muxer, start library.Ticks) ([]string, error) {
	if err := j.Check(); err != nil {
		return nil, err
	}
	switch {
	case holds[to] == nil:
		return nil, fmt.Errorf("%w: no muxer %q", ErrJob, to)
	case start < 0 || start >= j.Runtime:
		return nil, fmt.Errorf("%w: begins at %v of %v", ErrJob, start.Duration(), j.Runtime.Duration())
	case j.Video.Action != Omit && !to.Picture():
		return nil, fmt.Errorf("%w: a picture in %s", ErrJob, to)
	case j.Audio.Action != Omit && !to.Holds(string(j.Audio.Codec)):
		return nil, fmt.Errorf("%w: %s in %s", ErrJob, j.Audio.Codec, to)
	}
	args := append([]string{"-hide_banner", "-nostdin", "-loglevel", "error"}, j.Video.Encoder.open()...)
	args = append(args, j.whole(j.Input, start)...)
	sound := 0
	if j.Audio.Action != Omit && j.Audio.Path != "" {
		args = append(args, j.whole(j.Audio.Path, start)...)
		sound = 1
	}
	args = append(args, j.streamVideo()...)
	args = append(args, j.streamAudio(sound)...)
	args = append(args, "-sn", "-dn", "-map_metadata", "-1", "-map_chapters", "-1", "-max_muxing_queue_size", "4096")
	switch {
	case to == ToMP4 && j.Video.Action == Omit:
		args = append(args, "-movflags", "+delay_moov+default_base_moof", "-frag_duration", "1000000", "-strict", "-2")
	case to == ToMP4:
		args = append(args, "-movflags", "+delay_moov+default_base_moof+frag_keyframe", "-strict", "-2")
	}
	return append(args, "-flush_packets", "1", "-f", string(to), "pipe:1"), nil
}

func (j *Job) whole(path string, start library.Ticks) []string {
	args := []string{"-fflags", "+genpts"}
	if start > 0 {
		args = append(args, "-ss", seconds(start.Seconds()))
	}
	return append(append(args, Guard()...), "-i", File(path))
}

// streamVideo is the picture without a grid: a key frame every other second, for
// players that begin or seek in what they have.
func (j *Job) streamVideo() []string {
	alone := *j
	alone.Runtime, alone.Segment, alone.Cuts, alone.Quick = 1, library.Ticks(1e7), nil, false // one segment: no cuts
	args := alone.videoArgs(0, 0)
	if j.Video.Action == Encode {
		args = append(args, "-force_key_frames", "expr:gte(t,n_forced*2)")
	}
	return args
}

func (j *Job) streamAudio(input int) []string {
	a := &j.Audio
	if a.Action != Encode {
		return j.audioArgs(input, 0)
	}
	enc := audioEncoders[a.Codec]
	args := []string{"-map", fmt.Sprintf("%d:%d", input, a.Index), "-c:a", enc.name, "-ar", strconv.Itoa(a.SampleRateOut())}
	if shape := strings.TrimPrefix(a.shape(), ","); shape != "" {
		args = append(args, "-af", shape)
	}
	return append(args, a.encoder()...)
}
