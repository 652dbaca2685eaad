package ffmpeg

import (
	"errors"
	"fmt"
	"path/filepath"
	"sort"
	"strings"
	"time"

	"sett/node/library"
)

// Action is what happens to one stream. The zero Action leaves it out.
type Action uint8

// The actions.
const (
	Omit Action = iota
	Copy
	Encode
)

// Codec names a codec as ffprobe does. Only the ones listed here can be encoded to;
// a copied stream may have any.
type Codec string

// The codecs with an encoder in [Job.Args].
const (
	H264 Codec = "h264"
	HEVC Codec = "hevc"
	AAC  Codec = "aac"
	MP3  Codec = "mp3"
	AC3  Codec = "ac3"
	EAC3 Codec = "eac3"
	Opus Codec = "opus"
	FLAC Codec = "flac"
)

// Container of the segments.
type Container uint8

// The containers.
const (
	TS Container = iota
	MP4
)

// Job is one conversion of one source into segments on a fixed grid of time. It
// is a plain value: two equal Jobs make interchangeable segments.
type Job struct {
	Input     string        // absolute path
	Format    string        // its container as probe names it, "" unknown
	Runtime   library.Ticks // of the whole source
	Video     Video
	Audio     Audio
	Container Container
	Segment   library.Ticks // length of a segment
	Quick     bool          // the first segment comes in two, a short one first
	Cuts      *Cuts         // where segments begin instead, which a copied picture needs
}

// Cuts is where the segments of a copied picture begin: at key frames, on the
// file's own clock. It must not be changed once it is part of a Job.
type Cuts struct {
	Starts []library.Ticks
	End    library.Ticks // of the last one

	// Orders are the times after which ffmpeg is to cut at the next key frame, where
	// its clock for this file may be off from ours; nil: right before the Starts.
	Orders []library.Ticks
}

// maxCuts and maxGrid bound the list of cuts, which is one argument of the command
// line: the kernel takes 128 KiB.
const (
	maxCuts = 11_000
	maxGrid = 16_000
)

// Video says what to do with the picture.
type Video struct {
	Action Action
	Index  int   // stream index in Input
	Codec  Codec // what comes out

	// The rest is for Encode.
	Width, Height int     // the box the picture must fit in, 0: any size. It never grows.
	Bitrate       int64   // average, bits/s; 0: constant quality under MaxRate
	MaxRate       int64   // peak, bits/s; 0: none
	Profile       string  // "baseline", "main", "high"; "" high
	Level         int     // 41 for 4.1; 0: as the encoder finds
	FrameRate     float64 // of the source, where it is constant; 0: it varies
	Deinterlace   bool
	ToneMap       bool // HDR to SDR; needs the zscale filter
	BurnIn        BurnIn
	Encoder       Encoder // zero: software
	InBand        bool    // parameter sets before every key frame also in MP4
}

// BurnIn draws a subtitle into the picture.
type BurnIn struct {
	Kind  BurnInKind
	Path  string // of a text subtitle: a file, embedded ones having been extracted
	Index int    // of a bitmap subtitle: stream index in Input
}

// BurnInKind is what sort of subtitle is burnt in.
type BurnInKind uint8

// The kinds of burnt-in subtitle.
const (
	NoSubtitle BurnInKind = iota
	TextSubtitle
	BitmapSubtitle
)

// Audio says what to do with the sound.
type Audio struct {
	Action Action
	Path   string // file beside the film that holds it, "" for Input
	Index  int    // stream index in that file
	Codec  Codec  // what comes out

	// The rest is for Encode.
	Channels   int   // 0: as many as there are
	Downmix    bool  // surround to stereo, with speech in front
	Even       bool  // loud and quiet nearer to each other, for quiet rooms
	Bitrate    int64 // bits/s, 0: the codec's usual
	SampleRate int   // Hz, 0: 48000
}

// ErrJob is wrapped by the errors of a Job that cannot be done as written.
var ErrJob = errors.New("impossible conversion")

// maxRuntime bounds the list of cuts, which is one argument of the command line.
const maxRuntime = 24 * time.Hour

// Check reports what is wrong with the job. Its values may come from a client, so
// everything that reaches a command line is checked here.
func (j *Job) Check() error {
	bad := func(format string, a ...any) error {
		return fmt.Errorf("%w: %s", ErrJob, fmt.Sprintf(format, a...))
	}
	switch {
	case !filepath.IsAbs(j.Input):
		return bad("the input is not an absolute path")
	case j.Audio.Path != "" && !filepath.IsAbs(j.Audio.Path):
		return bad("the sound's file is not an absolute path")
	case j.Video.Action == Omit && j.Audio.Action == Omit:
		return bad("neither picture nor sound")
	case j.Runtime <= 0 || j.Runtime.Duration() > maxRuntime:
		return bad("a runtime of %v", j.Runtime.Duration())
	case j.Cuts == nil && j.Segment > 0 && j.Runtime/j.Segment > maxGrid:
		return bad("segments of %v in %v", j.Segment.Duration(), j.Runtime.Duration())
	case j.Segment.Duration() < time.Second || j.Segment.Duration() > time.Minute:
		return bad("segments of %v", j.Segment.Duration())
	case j.Cuts != nil && (len(j.Cuts.Starts) == 0 || len(j.Cuts.Starts) > maxCuts):
		return bad("%d cuts", len(j.Cuts.Starts))
	case j.Cuts != nil && j.Cuts.Orders != nil && len(j.Cuts.Orders) != len(j.Cuts.Starts):
		return bad("%d cuts and %d orders", len(j.Cuts.Starts), len(j.Cuts.Orders))
	case j.Cuts != nil && j.Video.Action == Encode:
		return bad("an encoded picture on another grid than its own")
	case j.Container > MP4:
		return bad("an unknown container")
	case j.Video.Index < 0 || j.Audio.Index < 0 || j.Video.BurnIn.Index < 0:
		return bad("a negative stream index")
	}
	if err := j.Video.check(); err != nil {
		return bad("%v", err)
	}
	if j.Audio.Action == Encode {
		if _, ok := audioEncoders[j.Audio.Codec]; !ok {
			return bad("no encoder for %q", j.Audio.Codec)
		}
		if a := j.Audio; a.Channels < 0 || a.Channels > 8 || a.Bitrate < 0 || a.SampleRate < 0 || a.SampleRate > 192000 {
			return bad("sound with %d channels, %d bit/s, %d Hz", a.Channels, a.Bitrate, a.SampleRate)
		}
	}
	return nil
}

func (v *Video) check() error {
	if v.Action != Encode {
		return nil
	}
	if _, ok := videoEncoders[v.Codec]; !ok {
		return fmt.Errorf("no encoder for %q", v.Codec)
	}
	if err := v.Encoder.check(); err != nil {
		return err
	}
	if _, ok := profiles[v.profile()]; !ok {
		return fmt.Errorf("an unknown profile %q", v.Profile)
	}
	if v.Width < 0 || v.Height < 0 || v.Width > 1<<14 || v.Height > 1<<14 || v.Bitrate < 0 || v.MaxRate < 0 || v.Level < 0 || v.Level > 62 {
		return fmt.Errorf("a picture of %d×%d, %d bit/s, level %d", v.Width, v.Height, v.Bitrate, v.Level)
	}
	if v.BurnIn.Kind == TextSubtitle {
		if !filepath.IsAbs(v.BurnIn.Path) || v.BurnIn.Name() == "" {
			return errors.New("a subtitle that is no srt, ass or vtt file")
		}
	}
	return nil
}

func (v *Video) profile() string {
	if v.Profile == "" {
		return "high"
	}
	return v.Profile
}

// Name is what the subtitle's file must be called in the child's working folder:
// a filter's argument has quoting rules that no real path is safe from.
func (b BurnIn) Name() string {
	switch ext := strings.ToLower(filepath.Ext(b.Path)); ext {
	case ".srt", ".ass", ".ssa", ".vtt":
		return "burn" + ext
	}
	return ""
}

// Segments is the number of segments the job makes, and Span where each lies. A
// rest shorter than a second is part of the last one.
func (j *Job) Segments() int {
	if j.Cuts != nil {
		return len(j.Cuts.Starts)
	}
	n := int(j.Runtime / j.Segment)
	if j.Runtime%j.Segment >= library.TicksOf(time.Second) || n == 0 {
		n++
	}
	if j.quick() {
		n++
	}
	return n
}

func (j *Job) quick() bool { return j.Quick && j.Runtime >= 2*j.Segment }

// Span is the place and length of segment n.
func (j *Job) Span(n int) (start, length library.Ticks) {
	start = j.start(n)
	switch {
	case n < j.Segments()-1:
		return start, j.start(n+1) - start
	case j.Cuts != nil:
		return start, max(0, j.Cuts.End-start)
	}
	return start, j.Runtime - start
}

func (j *Job) start(n int) library.Ticks {
	if j.Cuts != nil {
		return j.Cuts.Starts[n]
	}
	if !j.quick() {
		return library.Ticks(n) * j.Segment
	}
	if n == 1 {
		return j.Segment / 3
	}
	return library.Ticks(max(0, n-1)) * j.Segment
}

// At is the segment that a time of the film is in.
func (j *Job) At(t library.Ticks) int {
	n := sort.Search(j.Segments(), func(n int) bool { return j.start(n) > t })
	return max(0, n-1)
}

// SampleRateOut is the rate the sound comes out with.
func (a *Audio) SampleRateOut() int {
	if a.SampleRate == 0 || a.SampleRate > 48000 || a.Codec == Opus {
		return 48000
	}
	return a.SampleRate
}
