package decide

// Device is what a client says it can play: the DeviceProfile of the API. Decode
// it from the client's JSON; see [Device.UnmarshalJSON] for what is forgiven.
//
// In every list-valued text ("mp4,mkv") empty means anything, and a leading "-"
// on a container list means anything but these.
type Device struct {
	Name string `json:",omitempty"`
	ID   string `json:"Id,omitempty"`

	// Bits per second; 0 is no limit. What a client leaves out is 8 Mbit/s
	// (MusicStreamingTranscodingBitrate: 128 kbit/s), as the API has it.
	MaxStreamingBitrate              int64
	MaxStaticBitrate                 int64
	MusicStreamingTranscodingBitrate int64
	MaxStaticMusicBitrate            int64

	DirectPlayProfiles  []DirectPlayProfile
	TranscodingProfiles []TranscodingProfile
	ContainerProfiles   []ContainerProfile
	CodecProfiles       []CodecProfile
	ResponseProfiles    []ResponseProfile `json:",omitempty"`
	SubtitleProfiles    []SubtitleProfile
}

// ProfileType says which kind of item a profile speaks of.
type ProfileType string

// The profile types of the API.
const (
	TypeAudio    ProfileType = "Audio"
	TypeVideo    ProfileType = "Video"
	TypePhoto    ProfileType = "Photo"
	TypeSubtitle ProfileType = "Subtitle"
	TypeLyric    ProfileType = "Lyric"
)

// CodecType says which streams a codec profile speaks of.
type CodecType string

// The codec types of the API: the picture, the sound of something with a
// picture, and sound alone.
const (
	CodecVideo      CodecType = "Video"
	CodecVideoAudio CodecType = "VideoAudio"
	CodecAudio      CodecType = "Audio"
)

// Protocol is how a converted stream travels.
type Protocol string

// The two protocols, spelled as on the wire.
const (
	HTTP Protocol = "http"
	HLS  Protocol = "hls"
)

// Delivery is how a subtitle reaches the viewer.
type Delivery string

// The deliveries of the API: drawn into the picture, inside the container, as a
// file of its own, as a rendition of the playlist, not at all.
const (
	DeliverEncode   Delivery = "Encode"
	DeliverEmbed    Delivery = "Embed"
	DeliverExternal Delivery = "External"
	DeliverHLS      Delivery = "Hls"
	DeliverDrop     Delivery = "Drop"
)

// Context says when a transcoding profile applies.
type Context string

// Streaming is playback, Static a download. Decide plans playback.
const (
	Streaming Context = "Streaming"
	Static    Context = "Static"
)

// DirectPlayProfile is a combination the device plays as it is.
type DirectPlayProfile struct {
	Type       ProfileType
	Container  string
	VideoCodec string `json:",omitempty"`
	AudioCodec string `json:",omitempty"`
}

// TranscodingProfile is a form the device would like converted streams in.
type TranscodingProfile struct {
	Type                      ProfileType
	Container                 string
	VideoCodec                string
	AudioCodec                string
	Protocol                  Protocol
	Context                   Context
	MaxAudioChannels          int // 0: no limit
	MinSegments               int // segments ready before the playlist is served
	SegmentLength             int // seconds; 0: ours to choose
	TranscodeSeekInfo         string
	EstimateContentLength     bool
	EnableMpegtsM2TsMode      bool
	CopyTimestamps            bool
	EnableSubtitlesInManifest bool
	EnableAudioVbrEncoding    bool // true unless the client says otherwise
	Conditions                []Condition
}

// ContainerProfile binds conditions to containers.
type ContainerProfile struct {
	Type         ProfileType
	Container    string
	SubContainer string `json:",omitempty"`
	Conditions   []Condition
}

// CodecProfile binds conditions to codecs, in some containers or all. It counts
// only where all of ApplyConditions hold.
type CodecProfile struct {
	Type            CodecType
	Codec           string `json:",omitempty"`
	Container       string `json:",omitempty"`
	SubContainer    string `json:",omitempty"` // where Container is "hls": the segments' container
	Conditions      []Condition
	ApplyConditions []Condition
}

// ResponseProfile says how to name a type in headers. Kept for clients that read
// their profile back; it decides nothing.
type ResponseProfile struct {
	Type       ProfileType
	Container  string `json:",omitempty"`
	VideoCodec string `json:",omitempty"`
	AudioCodec string `json:",omitempty"`
	OrgPn      string `json:",omitempty"`
	MimeType   string `json:",omitempty"`
	Conditions []Condition
}

// SubtitleProfile is a subtitle format the device takes, and how it takes it.
type SubtitleProfile struct {
	Format    string
	Method    Delivery
	DidlMode  string `json:",omitempty"`
	Language  string `json:",omitempty"`
	Container string `json:",omitempty"`
}

// Comparison is how a condition compares.
type Comparison string

// The comparisons of the API. EqualsAny takes values separated by "|".
const (
	Equals           Comparison = "Equals"
	NotEquals        Comparison = "NotEquals"
	LessThanEqual    Comparison = "LessThanEqual"
	GreaterThanEqual Comparison = "GreaterThanEqual"
	EqualsAny        Comparison = "EqualsAny"
)

// Property is what a condition looks at.
type Property string

// The properties of the API.
const (
	AudioChannels    Property = "AudioChannels"
	AudioBitrate     Property = "AudioBitrate"
	AudioProfile     Property = "AudioProfile"
	Width            Property = "Width"
	Height           Property = "Height"
	Has64BitOffsets  Property = "Has64BitOffsets"
	PacketLength     Property = "PacketLength"
	VideoBitDepth    Property = "VideoBitDepth"
	VideoBitrate     Property = "VideoBitrate"
	VideoFramerate   Property = "VideoFramerate"
	VideoLevel       Property = "VideoLevel"
	VideoProfile     Property = "VideoProfile"
	VideoTimestamp   Property = "VideoTimestamp"
	IsAnamorphic     Property = "IsAnamorphic"
	RefFrames        Property = "RefFrames"
	NumAudioStreams  Property = "NumAudioStreams"
	NumVideoStreams  Property = "NumVideoStreams"
	IsSecondaryAudio Property = "IsSecondaryAudio"
	VideoCodecTag    Property = "VideoCodecTag"
	IsAvc            Property = "IsAvc"
	IsInterlaced     Property = "IsInterlaced"
	AudioSampleRate  Property = "AudioSampleRate"
	AudioBitDepth    Property = "AudioBitDepth"
	VideoRangeType   Property = "VideoRangeType"
	NumStreams       Property = "NumStreams"
	VideoRotation    Property = "VideoRotation"
)

// Condition is one requirement on a stream. An unknown value meets it unless
// IsRequired.
type Condition struct {
	Condition  Comparison
	Property   Property
	Value      string
	IsRequired bool // true when the client does not say
}
