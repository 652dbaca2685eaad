package decide

import (
	"fmt"
	"strings"

	"sett/node/library"
)

// sentence puts the plan into words: what happens, then the reason a person can do
// something about.
func (j *job) sentence(p Plan) string {
	switch p.Method {
	case DirectPlay:
		return "Plays the file as it is."
	case None:
		return j.refusal(p)
	}
	return j.deed(p) + " because " + join(j.causes(p)) + "."
}

// refusal says why nothing can be done.
func (j *job) refusal(p Plan) string {
	switch {
	case j.src.Problem != "":
		return j.src.Problem
	case j.lim.NoVideoEncode || j.lim.NoAudioEncode || j.lim.NoRemux:
		return "Cannot be played: " + join(j.causes(p)) + ", and this person may not have it converted."
	case j.sel.NoTranscoding:
		return "Cannot be played: " + join(j.causes(p)) + ", and the app asked for no conversion."
	}
	return "Cannot be played: " + join(j.causes(p)) + ", and the app named no form to convert it into."
}

// deed says what is done to the streams.
func (j *job) deed(p Plan) string {
	var done []string
	if p.Video.Action == Encode && p.Video.Index >= 0 {
		done = append(done, "the picture")
	}
	if p.Audio.Action == Encode {
		done = append(done, "the sound")
	}
	what := "Repacks the file without converting it"
	if len(done) > 0 {
		what = "Converts " + join(done)
	}
	if p.Subtitle.Delivery == DeliverEncode {
		what += " and draws the subtitles into the picture"
	}
	return what
}

// causes are the reasons in words, most telling first, each only once.
func (j *job) causes(p Plan) []string {
	var out []string
	for _, c := range j.allCauses(p) {
		if p.Reasons.Has(c.reasons) {
			out = append(out, c.words)
		}
	}
	if p.Subtitle.Delivery == DeliverEncode && !p.Reasons.Has(SubtitleCodecNotSupported) {
		out = append(out, "the app cannot show these subtitles")
	}
	if len(out) == 0 || p.Reasons == DirectPlayError {
		out = append(out[:0], "the app did not take the file as it is")
	}
	return out
}

type cause struct {
	reasons Reasons
	words   string
}

func (j *job) allCauses(p Plan) []cause {
	video, audio := "known video", "known sound"
	var height, depth, channels int
	if s := j.video; s != nil {
		video, height, depth = codecName(s.Codec), s.Height, s.BitDepth
	}
	if s := j.heard(p); s != nil {
		audio, channels = codecName(s.Codec), s.Channels
	}
	noVideo, noAudio := "this device has no "+video, "this device has no "+audio
	if j.video != nil && j.plays(j.video.Codec, true) {
		noVideo = "the form the app asks for has no " + video
	}
	if s := j.heard(p); s != nil && j.plays(s.Codec, false) {
		noAudio = "the form the app asks for has no " + audio
	}
	return []cause{
		{ContainerBitrateExceedsLimit, fmt.Sprintf("the file needs %s and the limit is %s", mbits(j.bitrate()), mbits(j.maxBitrate))},
		{VideoCodecNotSupported, noVideo},
		{VideoRangeTypeNotSupported, "this device does not show " + rangeWords(j.video)},
		{VideoResolutionNotSupported, fmt.Sprintf("this device does not show %d lines", height)},
		{VideoBitDepthNotSupported, fmt.Sprintf("this device does not show %d-bit video", depth)},
		{VideoProfileNotSupported | VideoLevelNotSupported | RefFramesNotSupported, "this kind of " + video + " is too much for this device"},
		{VideoFramerateNotSupported, "this device does not show so many frames a second"},
		{VideoBitrateNotSupported, "the picture needs more bits than this device takes"},
		{InterlacedVideoNotSupported, "this device does not show interlaced video"},
		{AnamorphicVideoNotSupported, "this device would show the picture squeezed"},
		{VideoRotationNotSupported, "this device would show the picture turned"},
		{AudioCodecNotSupported, noAudio},
		{AudioChannelsNotSupported, fmt.Sprintf("this device does not play %d channels", channels)},
		{AudioBitrateNotSupported | AudioProfileNotSupported | AudioSampleRateNotSupported | AudioBitDepthNotSupported,
			"this kind of " + audio + " is too much for this device"},
		{SecondaryAudioNotSupported, "this device plays only the first sound track of a file"},
		{AudioIsExternal, "the sound is in a file of its own"},
		{SubtitleCodecNotSupported, "the app cannot show these subtitles"},
		{StreamCountExceedsLimit, fmt.Sprintf("this device does not take %d streams in a file", len(j.src.Streams))},
		{VideoCodecTagNotSupported, "this device wants the video marked differently"},
		{ContainerNotSupported, "this device does not open " + containerName(j.src.Container) + " files"},
	}
}

// plays reports whether the device plays the codec in some container, so that we do
// not tell people it has none.
func (j *job) plays(codec string, video bool) bool {
	for _, p := range j.dev.DirectPlayProfiles {
		codecs := p.AudioCodec
		if video {
			codecs = p.VideoCodec
		}
		if p.Type == TypeVideo && listed(codecs, codec) {
			return true
		}
	}
	return false
}

// heard is the track the plan plays.
func (j *job) heard(p Plan) *library.Stream {
	if p.AudioIndex < 0 {
		return j.audio
	}
	return j.find(library.StreamAudio, &p.AudioIndex)
}

func rangeWords(s *library.Stream) string {
	if s == nil {
		return "HDR"
	}
	switch t := s.VideoRangeType(); t {
	case library.RangeTypeSDR, library.RangeHDR10, library.RangeHLG:
		return string(t)
	case library.RangeHDR10Plus:
		return "HDR10+"
	}
	return "Dolby Vision of this kind"
}

func codecName(codec string) string {
	switch c := canonical(codec); c {
	case "":
		return "such codec"
	case "h264":
		return "H.264"
	case "hevc":
		return "HEVC"
	case "mpeg2video":
		return "MPEG-2"
	case "mpeg4":
		return "MPEG-4"
	case "ac3":
		return "Dolby Digital"
	case "eac3":
		return "Dolby Digital Plus"
	case "truehd":
		return "Dolby TrueHD"
	case "vorbis", "opus":
		return strings.ToUpper(c[:1]) + c[1:]
	}
	return strings.ToUpper(codec)
}

func containerName(container string) string {
	names := split(container)
	if len(names) == 0 {
		return "such"
	}
	for _, n := range names { // of "mov,mp4,…" the one people know
		if n == "mp4" {
			return "MP4"
		}
	}
	return strings.ToUpper(names[0])
}

func mbits(bits int64) string {
	switch {
	case bits <= 0:
		return "unlimited"
	case bits < 1_000_000:
		return fmt.Sprintf("%d kbit/s", (bits+500)/1000)
	}
	return strings.TrimSuffix(fmt.Sprintf("%.1f", float64(bits)/1e6), ".0") + " Mbit/s"
}

func join(parts []string) string {
	if len(parts) < 2 {
		return strings.Join(parts, "")
	}
	last := len(parts) - 1
	return strings.Join(parts[:last], ", ") + " and " + parts[last]
}
