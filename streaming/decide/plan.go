package decide

import "sett/node/library"

// Method is how a source is played, in words of effort.
type Method uint8

// The methods, cheapest first. None means it cannot be played here: Reasons and
// Sentence say why. On the wire everything but DirectPlay is "Transcode", with a
// transcoding URL.
const (
	None         Method = iota
	DirectPlay          // the file as it is
	Remux               // all streams copied into another container
	DirectStream        // picture copied, sound encoded
	Transcode           // picture encoded; or sound, where there is only sound
)

var methodNames = [...]string{"None", "DirectPlay", "Remux", "DirectStream", "Transcode"}

func (m Method) String() string {
	if int(m) < len(methodNames) {
		return methodNames[m]
	}
	return "Unknown"
}

// Action is what happens to one stream.
type Action uint8

// The actions. Absent is also a stream that exists and is not sent.
const (
	Absent Action = iota
	Copy
	Encode
)

func (a Action) String() string { return [...]string{"Absent", "Copy", "Encode"}[min(a, Encode)] }

// Media says what the item is where the streams alone do not.
type Media uint8

// ByStreams takes a source with sound and no picture for audio, all else for video.
const (
	ByStreams Media = iota
	VideoItem
	AudioItem
)

// AudioChoice says why Selection.DefaultAudio is the default. Where nobody chose
// it, a better supported track may be taken instead.
type AudioChoice uint8

// The grounds for a default track; they combine.
const (
	ByLanguage    AudioChoice = 1 << iota // the person prefers its language
	ByDefaultFlag                         // the person prefers tracks flagged default
	ByPerson                              // the person picked this very track before
)

// Selection is what was asked for. Its zero value asks for nothing in particular
// and allows everything.
type Selection struct {
	// Indexes the client asks for; nil is not asked. A subtitle of -1 is none.
	Audio, Subtitle *int
	// What the person's settings pick where the client does not ask.
	DefaultAudio, DefaultSubtitle *int
	DefaultAudioChoice            AudioChoice

	Media       Media
	StartTicks  library.Ticks
	MaxBitrate  int64 // bits/s the client asks for instead of its profile's; 0: its profile's
	MaxChannels int   // 0: no limit

	// The request's Enable… and Allow…Copy flags, turned round. NoDirectStream
	// alone changes nothing: copying streams is always tried, as clients expect.
	NoDirectPlay, NoDirectStream, NoTranscoding bool
	NoVideoCopy, NoAudioCopy                    bool
	AlwaysBurnIn                                bool // subtitles, whenever the picture is encoded
}

// Limits is what we grant. They come from the person, the road and the household;
// this package does not know which.
type Limits struct {
	MaxBitrate  int64 // bits/s over all streams; 0: no limit
	MaxChannels int   // 0: no limit

	NoVideoEncode, NoAudioEncode, NoRemux bool // what this person's rights leave out
	NoSubtitleExtraction                  bool // embedded text subtitles are not made into files
}

// Plan is the decision. It holds no reference into the source or the device.
type Plan struct {
	Method    Method
	Container string   // of what is sent; under HLS the segments'
	Protocol  Protocol // HTTP for direct play

	Video    Track
	Audio    Track
	Subtitle Track

	Bitrate int64 // bits/s expected over all streams; 0: unknown
	Reasons Reasons

	// The tracks a client shows as chosen; -1: none.
	AudioIndex, SubtitleIndex int

	StartTicks  library.Ticks
	Transcoding Transcoding // what a transcoding URL carries; zero for direct play

	Sentence string // for people: what happens and why
}

// Track is what happens to one stream, and the limits to stay within when it is
// encoded. Zero limits are none.
type Track struct {
	Index  int // in the source; -1: no such stream
	Action Action
	Codecs []string // targets, best first; the stream's own for a copy

	Bitrate int64 // bits/s: the most the encoder may use; a copy's own rate

	// Video.
	Profiles     []string // lower case; any of them
	Level        float64
	BitDepth     int
	RefFrames    int
	Ranges       []string // library.VideoRangeType; any of them
	Tags         []string // codec tags to write: hvc1, dvh1
	Width        int
	Height       int
	FrameRate    float64
	Deinterlace  bool
	SquarePixels bool

	// Audio.
	Channels   int
	SampleRate int

	// Subtitle.
	Delivery Delivery // "" where there is no subtitle
	Format   string
}

// Option is one codec-specific parameter of a transcoding URL, "h264-level" = "41".
type Option struct{ Name, Value string }

// Transcoding is what the transcoding profile and the conditions ask of converted
// streams, in the API's parameters.
type Transcoding struct {
	VideoCodecs, AudioCodecs, SubtitleCodecs []string

	VideoBitrate, AudioBitrate int64
	AudioSampleRate            int
	MaxFramerate               float64
	MaxWidth, MaxHeight        int
	MaxAudioChannels           int // of the transcoding profile
	GlobalMaxAudioChannels     int // asked or granted

	SegmentLength, MinSegments int
	TranscodeSeekInfo          string

	RequireAvc, RequireNonAnamorphic, CopyTimestamps, EnableMpegtsM2TsMode   bool
	EnableSubtitlesInManifest, EstimateContentLength, EnableAudioVbrEncoding bool
	AlwaysBurnIn                                                             bool

	Options []Option // in the order they were set
}
