package decide

import (
	"strings"

	"sett/node/library"
)

// unknownBitrate is what a source of unknown bitrate is taken for. It is high: a
// client that set a limit would rather wait for an encoder than for its buffer.
const unknownBitrate = 40_000_000

// Decide returns how the device plays the source. It is pure and safe for
// concurrent use; it neither keeps nor changes its arguments.
func Decide(src library.Source, dev Device, sel Selection, lim Limits) Plan {
	j := newJob(&src, &dev, sel, lim)
	var p Plan
	switch {
	case src.Problem != "":
		p = j.refuse(DirectPlayError)
	case j.audioItem():
		p = j.decideAudio()
	default:
		p = j.decideVideo()
	}
	p.StartTicks = sel.StartTicks
	p.Sentence = j.sentence(p)
	return p
}

// job is one decision under way.
type job struct {
	src *library.Source
	dev *Device
	sel Selection
	lim Limits

	video    *library.Stream // nil: none
	audio    *library.Stream // what plays unless another candidate is better
	subtitle *library.Stream
	// audible are the tracks that may be played, the file's order.
	audible []*library.Stream

	subtitleIndex int   // as chosen, -1 none; not checked to exist
	maxBitrate    int64 // 0: no limit
	maxChannels   int   // 0: no limit
}

func newJob(src *library.Source, dev *Device, sel Selection, lim Limits) *job {
	j := &job{src: src, dev: dev, sel: sel, lim: lim, subtitleIndex: -1}
	j.maxBitrate = dev.MaxStreamingBitrate
	if sel.MaxBitrate > 0 {
		j.maxBitrate = sel.MaxBitrate
	}
	j.maxBitrate = lower(j.maxBitrate, lim.MaxBitrate)
	j.maxChannels = int(lower(int64(sel.MaxChannels), int64(lim.MaxChannels)))

	j.video = j.find(library.StreamVideo, nil)
	j.chooseAudio()
	if index := firstOf(sel.Subtitle, sel.DefaultSubtitle); index != nil {
		j.subtitleIndex = max(*index, -1)
		j.subtitle = j.find(library.StreamSubtitle, index)
	}
	return j
}

// lower is the lower of two limits, where 0 is none.
func lower(a, b int64) int64 {
	if a <= 0 || b > 0 && b < a {
		return max(b, 0)
	}
	return a
}

func firstOf(a, b *int) *int {
	if a != nil {
		return a
	}
	return b
}

// find returns the stream of a kind with the index; with none, the first.
func (j *job) find(kind library.StreamKind, index *int) *library.Stream {
	for i := range j.src.Streams {
		s := &j.src.Streams[i]
		if s.Kind == kind && (index == nil || s.Index == *index) {
			return s
		}
	}
	return nil
}

func (j *job) audioItem() bool {
	switch j.sel.Media {
	case AudioItem:
		return true
	case VideoItem:
		return false
	}
	return j.video == nil && j.audio != nil
}

func (j *job) picture() picture { return picture{src: j.src, stream: j.video} }

// tooFast reports whether the whole file exceeds the bitrate limit.
func (j *job) tooFast() bool {
	return j.maxBitrate > 0 && j.bitrate() > j.maxBitrate
}

func (j *job) bitrate() int64 {
	if j.src.Bitrate > 0 {
		return j.src.Bitrate
	}
	return unknownBitrate
}

func (j *job) decideVideo() Plan {
	var reasons Reasons
	if j.tooFast() {
		reasons = ContainerBitrateExceedsLimit
	} else {
		best := j.directPlay()
		if best.ok {
			return j.playDirectly(best)
		}
		reasons = best.reasons
	}
	profile := j.transcodingProfile()
	if profile == nil || j.sel.NoTranscoding && j.sel.NoDirectStream {
		return j.refuse(reasons)
	}
	return j.convert(profile, reasons)
}

// refuse is the plan for what cannot be played.
func (j *job) refuse(reasons Reasons) Plan {
	return Plan{
		Protocol: HTTP, Reasons: reasons, AudioIndex: indexOf(j.audio), SubtitleIndex: j.subtitleIndex,
		Video: Track{Index: indexOf(j.video)}, Audio: Track{Index: indexOf(j.audio)}, Subtitle: Track{Index: indexOf(j.subtitle)},
	}
}

// forbidden reports whether the person's rights or the request rule the plan out.
func (j *job) forbidden(p Plan) bool {
	encodes := p.Video.Action == Encode || p.Audio.Action == Encode
	switch {
	case j.sel.NoTranscoding && encodes:
		return true
	case j.lim.NoVideoEncode && p.Video.Action == Encode:
		return true
	case j.lim.NoAudioEncode && p.Audio.Action == Encode:
		return true
	}
	return j.lim.NoRemux && p.Method == Remux
}

func (j *job) playDirectly(best attempt) Plan {
	audio := j.audio
	if best.audio != nil {
		audio = best.audio
	}
	p := Plan{
		Method:    DirectPlay,
		Container: single(j.src.Container, TypeVideo, []DirectPlayProfile{*best.profile}),
		Protocol:  HTTP,
		Video:     asItIs(j.video), Audio: asItIs(audio), Subtitle: Track{Index: indexOf(j.subtitle)},
		Bitrate:    j.src.Bitrate,
		AudioIndex: indexOf(audio), SubtitleIndex: j.subtitleIndex,
	}
	if j.subtitle != nil {
		container := best.profile.Container
		if container == "" || strings.HasPrefix(container, "-") {
			container = j.src.Container
		}
		p.Subtitle = j.subtitleTrack(route{container: container})
	}
	return p
}

func indexOf(s *library.Stream) int {
	if s == nil {
		return -1
	}
	return s.Index
}

// asItIs is a stream copied.
func asItIs(s *library.Stream) Track {
	if s == nil {
		return Track{Index: -1}
	}
	return Track{
		Index: s.Index, Action: Copy, Codecs: []string{s.Codec}, Bitrate: s.BitRate,
		Width: s.Width, Height: s.Height, BitDepth: s.BitDepth, Level: s.Level, RefFrames: s.RefFrames,
		FrameRate: s.AvgFrameRate, Channels: s.Channels, SampleRate: s.SampleRate,
	}
}
