package decide

import (
	"math"
	"slices"
	"strings"

	"sett/node/library"
)

// What HLS players take, by the container of the segments.
func hlsVideoCodecs() []string { return []string{"h264", "hevc", "vp9", "av1"} }

func hlsAudioCodecs(container string) []string {
	codecs := []string{"aac", "ac3", "eac3", "mp3"}
	if strings.EqualFold(container, "mp4") {
		codecs = append(codecs, "alac", "flac", "opus", "dts", "truehd")
	}
	return codecs
}

// transcodingProfile picks the profile that needs the least encoding: first by
// the picture, then by the sound, then the device's own order. nil: there is none.
func (j *job) transcodingProfile() *TranscodingProfile {
	var best *TranscodingProfile
	bestRank := math.MaxInt
	for i := range j.dev.TranscodingProfiles {
		p := &j.dev.TranscodingProfiles[i]
		if p.Type != TypeVideo || p.Context != Streaming {
			continue
		}
		if rank := 10*j.rankPicture(p) + j.rankSound(p); rank < bestRank {
			best, bestRank = p, rank
		}
	}
	return best
}

// rankPicture: 1 the picture can be copied, 2 its codec is right and something
// else is not, 3 it must become another codec.
func (j *job) rankPicture(p *TranscodingProfile) int {
	switch {
	case j.video == nil, j.sel.NoVideoCopy, !listed(p.VideoCodec, j.video.Codec):
		return 3
	case j.pictureFailures(p.Container) != 0:
		return 2
	}
	return 1
}

// rankSound: 1 the sound can be copied, 2 one of the codecs can hold it as it is,
// 3 it loses something. So 5.1 FLAC becomes 5.1 AAC rather than stereo FLAC.
func (j *job) rankSound(p *TranscodingProfile) int {
	rank := 3
	if j.audio == nil || j.sel.NoAudioCopy {
		return rank
	}
	for _, codec := range split(p.AudioCodec) {
		switch {
		case j.soundFailures(p.Container, codec, j.audio, false) != 0:
		case sameName(codec, j.audio.Codec):
			return 1
		default:
			rank = 2
		}
	}
	return rank
}

// draft is a converted stream being specified.
type draft struct {
	Transcoding
	profile   *TranscodingProfile
	container string
	protocol  Protocol
	video     *library.Stream
	audio     *library.Stream // its Channels lowered where the device hears fewer
	reasons   Reasons
}

// convert plans by the transcoding profile.
func (j *job) convert(profile *TranscodingProfile, reasons Reasons) Plan {
	d := &draft{
		Transcoding: newTranscoding(profile), profile: profile,
		container: profile.Container, protocol: profile.Protocol,
		video: j.video, audio: j.audio, reasons: reasons,
	}
	d.AlwaysBurnIn = j.sel.AlwaysBurnIn
	j.targetPicture(d)
	copied := j.targetSound(d)
	j.applyPictureConditions(d)
	j.applySoundConditions(d)
	d.shareBitrate(j.maxBitrate)

	subtitle := Track{Index: -1}
	if j.subtitle != nil {
		subtitle = j.subtitleTrack(route{converted: true, container: d.container, protocol: d.protocol})
		if subtitle.Delivery == DeliverEncode && j.lim.NoVideoEncode {
			// Better the film without subtitles than no film.
			subtitle = Track{Index: subtitle.Index, Delivery: DeliverDrop}
		}
		d.SubtitleCodecs = subtitle.Codecs
	}
	if d.reasons.Has(videoReasons | ContainerBitrateExceedsLimit) {
		d.apply(profile.Conditions, "")
	}
	p := Plan{
		Container: d.container, Protocol: d.protocol, Subtitle: subtitle,
		AudioIndex: indexOf(d.audio), SubtitleIndex: j.subtitleIndex,
	}
	p.Video = j.videoTrack(d, subtitle.Delivery == DeliverEncode)
	if p.Video.Action == Encode && d.AlwaysBurnIn && p.Subtitle.Action != Absent {
		p.Subtitle.Action, p.Subtitle.Delivery = Encode, DeliverEncode
	}
	p.Audio = j.audioTrack(d, copied)
	p.Method = method(p)
	p.Reasons, p.Transcoding = d.reasons, d.Transcoding
	p.Bitrate = p.Video.Bitrate + p.Audio.Bitrate
	if j.forbidden(p) {
		return j.refuse(p.Reasons)
	}
	return p
}

func method(p Plan) Method {
	switch {
	case p.Video.Action != Copy:
		return Transcode
	case p.Audio.Action == Encode:
		return DirectStream
	}
	return Remux
}

func newTranscoding(p *TranscodingProfile) Transcoding {
	return Transcoding{
		MaxAudioChannels: p.MaxAudioChannels, MinSegments: p.MinSegments, SegmentLength: p.SegmentLength,
		TranscodeSeekInfo: p.TranscodeSeekInfo, EstimateContentLength: p.EstimateContentLength,
		CopyTimestamps: p.CopyTimestamps, EnableSubtitlesInManifest: p.EnableSubtitlesInManifest,
		EnableMpegtsM2TsMode: p.EnableMpegtsM2TsMode, EnableAudioVbrEncoding: p.EnableAudioVbrEncoding,
	}
}

// targetPicture sets the picture's codecs and, as the limits to start from, what
// the source has.
func (j *job) targetPicture(d *draft) {
	d.VideoCodecs = split(d.profile.VideoCodec)
	if len(d.VideoCodecs) == 0 && d.video != nil && d.video.Codec != "" {
		d.VideoCodecs = []string{d.video.Codec}
	}
	if d.protocol == HLS {
		d.VideoCodecs = among(d.VideoCodecs, hlsVideoCodecs())
	}
	if d.video == nil {
		return
	}
	if !has(d.VideoCodecs, d.video.Codec) {
		d.reasons |= VideoCodecNotSupported
	}
	d.MaxFramerate = j.picture().frameRate()
	if d.video.Level != 0 {
		d.set(d.video.Codec, "level", formatNumber(d.video.Level))
	}
	if d.video.BitDepth > 0 {
		d.set(d.video.Codec, "videobitdepth", formatNumber(float64(d.video.BitDepth)))
	}
	if d.video.Profile != "" {
		d.set(d.video.Codec, "profile", strings.ToLower(d.video.Profile))
	}
}

// targetSound picks the track and its codecs, and reports whether it fits to be
// copied.
func (j *job) targetSound(d *draft) (copied bool) {
	d.AudioCodecs = split(d.profile.AudioCodec)
	if len(d.AudioCodecs) == 0 && d.audio != nil && d.audio.Codec != "" {
		d.AudioCodecs = []string{d.audio.Codec}
	}
	if d.protocol == HLS {
		d.AudioCodecs = among(d.AudioCodecs, hlsAudioCodecs(d.container))
	}
	d.GlobalMaxAudioChannels = j.maxChannels
	if d.audio == nil {
		return false
	}
	i := slices.IndexFunc(j.audible, func(s *library.Stream) bool { return has(d.AudioCodecs, s.Codec) })
	if i < 0 {
		d.reasons |= AudioCodecNotSupported
		return false
	}
	candidate := j.audible[i]
	failed := j.soundFailures(d.container, candidate.Codec, candidate, false)
	d.reasons |= failed
	if d.MaxAudioChannels > 0 && candidate.Channels > d.MaxAudioChannels {
		d.reasons |= AudioChannelsNotSupported
		mixed := *d.audio
		mixed.Channels = d.MaxAudioChannels
		d.audio = &mixed
		d.GlobalMaxAudioChannels = int(lower(int64(j.maxChannels), int64(d.MaxAudioChannels)))
		return false
	}
	if failed != 0 || d.reasons.Has(ContainerBitrateExceedsLimit) {
		return false
	}
	d.takeSound(candidate)
	return true
}

// takeSound makes the candidate the track, with what it has as the limits.
func (d *draft) takeSound(s *library.Stream) {
	d.audio, d.AudioCodecs, d.AudioSampleRate = s, []string{s.Codec}, s.SampleRate
	if s.Channels > 0 {
		d.set(s.Codec, "audiochannels", formatNumber(float64(s.Channels)))
	}
	if s.Profile != "" {
		d.set(s.Codec, "profile", strings.ToLower(s.Profile))
	}
	if s.Level != 0 {
		d.set(s.Codec, "level", formatNumber(s.Level))
	}
}

// among keeps the codecs that are in the other list, in their own order.
func among(codecs, known []string) []string {
	return slices.DeleteFunc(codecs, func(c string) bool { return !has(known, c) })
}
