package decide

import (
	"math/bits"
	"strings"
)

// Reasons is the set of reasons why the file is not played as it is. The bits are
// the API's, so the number can go on the wire as well as the names.
type Reasons uint32

// The reasons of the API. UnknownVideoStreamInfo and UnknownAudioStreamInfo are
// part of it, but never reported.
const (
	ContainerNotSupported Reasons = 1 << iota
	VideoCodecNotSupported
	AudioCodecNotSupported
	SubtitleCodecNotSupported
	AudioIsExternal
	SecondaryAudioNotSupported
	VideoProfileNotSupported
	VideoLevelNotSupported
	VideoResolutionNotSupported
	VideoBitDepthNotSupported
	VideoFramerateNotSupported
	RefFramesNotSupported
	AnamorphicVideoNotSupported
	InterlacedVideoNotSupported
	AudioChannelsNotSupported
	AudioProfileNotSupported
	AudioSampleRateNotSupported
	AudioBitDepthNotSupported
	ContainerBitrateExceedsLimit
	VideoBitrateNotSupported
	AudioBitrateNotSupported
	UnknownVideoStreamInfo
	UnknownAudioStreamInfo
	DirectPlayError
	VideoRangeTypeNotSupported
	VideoCodecTagNotSupported
	StreamCountExceedsLimit
	VideoRotationNotSupported
)

var reasonNames = [...]string{
	"ContainerNotSupported", "VideoCodecNotSupported", "AudioCodecNotSupported", "SubtitleCodecNotSupported",
	"AudioIsExternal", "SecondaryAudioNotSupported", "VideoProfileNotSupported", "VideoLevelNotSupported",
	"VideoResolutionNotSupported", "VideoBitDepthNotSupported", "VideoFramerateNotSupported", "RefFramesNotSupported",
	"AnamorphicVideoNotSupported", "InterlacedVideoNotSupported", "AudioChannelsNotSupported", "AudioProfileNotSupported",
	"AudioSampleRateNotSupported", "AudioBitDepthNotSupported", "ContainerBitrateExceedsLimit", "VideoBitrateNotSupported",
	"AudioBitrateNotSupported", "UnknownVideoStreamInfo", "UnknownAudioStreamInfo", "DirectPlayError",
	"VideoRangeTypeNotSupported", "VideoCodecTagNotSupported", "StreamCountExceedsLimit", "VideoRotationNotSupported",
}

// Groups of reasons that block the same thing.
const (
	containerReasons = ContainerNotSupported | ContainerBitrateExceedsLimit

	audioStreamReasons = AudioBitrateNotSupported | AudioChannelsNotSupported | AudioProfileNotSupported |
		AudioSampleRateNotSupported | SecondaryAudioNotSupported | AudioBitDepthNotSupported | AudioIsExternal

	videoStreamReasons = VideoResolutionNotSupported | AnamorphicVideoNotSupported | InterlacedVideoNotSupported |
		VideoBitDepthNotSupported | VideoBitrateNotSupported | VideoFramerateNotSupported | VideoLevelNotSupported |
		RefFramesNotSupported | VideoRangeTypeNotSupported | VideoProfileNotSupported | VideoRotationNotSupported

	videoReasons = VideoCodecNotSupported | videoStreamReasons
)

// Has reports whether any of the given reasons is in the set.
func (r Reasons) Has(any Reasons) bool { return r&any != 0 }

// List names the reasons, in the API's order. It is never nil.
func (r Reasons) List() []string {
	names := make([]string, 0, bits.OnesCount32(uint32(r)))
	for i, name := range reasonNames {
		if r&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return names
}

// String joins the names by commas, as in a transcoding URL; "" for none.
func (r Reasons) String() string { return strings.Join(r.List(), ",") }

// ParseReasons reads what String writes, in any case; unknown names are skipped.
func ParseReasons(s string) Reasons {
	var r Reasons
	for _, name := range split(s) {
		for i, known := range reasonNames {
			if strings.EqualFold(name, known) {
				r |= 1 << i
			}
		}
	}
	return r
}

// reason is what a failed condition on the property is reported as; some are not.
func (p Property) reason() Reasons {
	switch p {
	case AudioBitrate:
		return AudioBitrateNotSupported
	case AudioChannels:
		return AudioChannelsNotSupported
	case AudioProfile:
		return AudioProfileNotSupported
	case AudioSampleRate:
		return AudioSampleRateNotSupported
	case AudioBitDepth:
		return AudioBitDepthNotSupported
	case IsSecondaryAudio:
		return SecondaryAudioNotSupported
	case Width, Height:
		return VideoResolutionNotSupported
	case IsAnamorphic:
		return AnamorphicVideoNotSupported
	case IsInterlaced:
		return InterlacedVideoNotSupported
	case NumStreams:
		return StreamCountExceedsLimit
	case RefFrames:
		return RefFramesNotSupported
	case VideoBitDepth:
		return VideoBitDepthNotSupported
	case VideoBitrate:
		return VideoBitrateNotSupported
	case VideoCodecTag:
		return VideoCodecTagNotSupported
	case VideoFramerate:
		return VideoFramerateNotSupported
	case VideoLevel:
		return VideoLevelNotSupported
	case VideoProfile:
		return VideoProfileNotSupported
	case VideoRangeType:
		return VideoRangeTypeNotSupported
	case VideoRotation:
		return VideoRotationNotSupported
	}
	return 0
}
