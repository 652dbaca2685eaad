package decide

import (
	"strings"
)

// decideAudio plans a source that is only sound.
func (j *job) decideAudio() Plan {
	if j.audio == nil {
		return j.refuse(UnknownAudioStreamInfo)
	}
	profile, reasons := j.musicFits()
	if profile != nil && reasons == 0 && !j.sel.NoDirectPlay {
		return Plan{
			Method: DirectPlay, Protocol: HTTP, Bitrate: j.src.Bitrate,
			Container: single(j.src.Container, TypeAudio, []DirectPlayProfile{*profile}),
			Video:     Track{Index: -1}, Audio: asItIs(j.audio), Subtitle: Track{Index: -1},
			AudioIndex: j.audio.Index, SubtitleIndex: -1,
		}
	}
	if reasons == 0 {
		reasons = DirectPlayError
	}
	target := j.musicProfile()
	if target == nil || j.sel.NoTranscoding && j.sel.NoDirectStream {
		return j.refuse(reasons)
	}
	return j.convertMusic(target, reasons)
}

// musicFits finds the profile that plays the file as it is, or why none does.
func (j *job) musicFits() (*DirectPlayProfile, Reasons) {
	var reasons Reasons
	if j.tooFast() {
		reasons = ContainerBitrateExceedsLimit
	}
	containers, codec := false, false
	for i := range j.dev.DirectPlayProfiles {
		p := &j.dev.DirectPlayProfiles[i]
		if p.Type != TypeAudio || !j.opens(p) {
			continue
		}
		containers = true
		if codec = listed(p.AudioCodec, j.audio.Codec); codec {
			return p, reasons | j.soundFailures(j.src.Container, j.audio.Codec, j.audio, false)
		}
	}
	if !containers {
		reasons |= ContainerNotSupported
		codec = j.knownMusicCodec()
	}
	if !codec {
		reasons |= AudioCodecNotSupported
	}
	return nil, reasons
}

// opens reports whether the profile takes the source's container. A player of WebM
// does not take all of Matroska, though a source may be called both.
func (j *job) opens(p *DirectPlayProfile) bool {
	return p.supports(j.src.Container) && (!listed("mkv", j.src.Container) || p.supports("mkv"))
}

// knownMusicCodec reports whether the device names the codec for some other
// container, or as a container ("flac", "mp3").
func (j *job) knownMusicCodec() bool {
	for _, p := range j.dev.DirectPlayProfiles {
		if p.Type == TypeAudio && (has(split(p.AudioCodec), j.audio.Codec) || has(split(p.Container), j.audio.Codec)) {
			return true
		}
	}
	return false
}

// musicProfile picks the first profile that holds the codec the source has already,
// else the first there is.
func (j *job) musicProfile() *TranscodingProfile {
	var first *TranscodingProfile
	for i := range j.dev.TranscodingProfiles {
		p := &j.dev.TranscodingProfiles[i]
		if p.Type != TypeAudio || p.Context != Streaming || musicCodec(p) == "" {
			continue
		}
		if first == nil {
			first = p
		}
		if j.musicCopies(p) {
			return p
		}
	}
	return first
}

func musicCodec(p *TranscodingProfile) string {
	if codecs := split(p.AudioCodec); len(codecs) > 0 {
		return codecs[0]
	}
	return p.Container
}

// musicCopies reports whether the track can be copied by the profile.
func (j *job) musicCopies(p *TranscodingProfile) bool {
	s := j.audio
	fits := p.Protocol != HLS || has(hlsAudioCodecs(p.Container), s.Codec)
	most := lower(int64(p.MaxAudioChannels), int64(j.maxChannels))
	return fits && !j.sel.NoAudioCopy && !j.tooFast() && !s.External &&
		has(append(split(p.AudioCodec), p.Container), s.Codec) &&
		(most == 0 || int64(s.Channels) <= most) &&
		j.soundFailures(p.Container, s.Codec, s, false) == 0
}

func (j *job) convertMusic(profile *TranscodingProfile, reasons Reasons) Plan {
	d := &draft{
		Transcoding: newTranscoding(profile), profile: profile, container: profile.Container,
		protocol: profile.Protocol, audio: j.audio, reasons: reasons,
	}
	d.GlobalMaxAudioChannels = j.maxChannels
	d.AudioCodecs = split(profile.AudioCodec)
	if len(d.AudioCodecs) == 0 {
		d.AudioCodecs = []string{profile.Container}
	}
	copies := j.musicCopies(profile)
	if copies {
		d.takeSound(j.audio)
	}
	look := sound{stream: j.audio, alone: true}
	for _, p := range j.dev.CodecProfiles {
		if p.Type == CodecAudio && p.covers(d.container, false, d.AudioCodecs...) && meets(look.of, p.ApplyConditions) {
			d.apply(p.Conditions, "")
		}
	}
	d.AudioBitrate = lower(d.AudioBitrate, j.musicBitrate())
	p := Plan{
		Container: d.container, Protocol: d.protocol, Reasons: d.reasons,
		Video: Track{Index: -1}, Subtitle: Track{Index: -1},
		AudioIndex: j.audio.Index, SubtitleIndex: -1,
	}
	p.Audio = j.musicTrack(d, copies)
	p.Method = Transcode
	if p.Audio.Action == Copy {
		p.Method = Remux
	}
	p.Transcoding, p.Bitrate = d.Transcoding, p.Audio.Bitrate
	if j.forbidden(p) {
		return j.refuse(p.Reasons)
	}
	return p
}

// musicBitrate is what encoded music may have: the profile's word, within limits.
func (j *job) musicBitrate() int64 {
	rate := j.dev.MusicStreamingTranscodingBitrate
	if rate == 0 {
		rate = j.maxBitrate
	}
	if rate == 0 {
		rate = 128_000
	}
	return lower(rate, j.maxBitrate)
}

func (j *job) musicTrack(d *draft, copies bool) Track {
	if copies {
		return asItIs(j.audio)
	}
	codecs := soundCodecs(d.AudioCodecs, j.audio.Channels)
	t := Track{Index: j.audio.Index, Action: Encode, Codecs: codecs, Bitrate: d.AudioBitrate}
	t.Channels = int(lower(lower(int64(j.audio.Channels), int64(d.channels(codecs[0]))), int64(mostChannels(codecs[0]))))
	t.SampleRate = int(lower(int64(j.audio.SampleRate), int64(d.AudioSampleRate)))
	if lossless(codecs[0]) {
		t.Bitrate = 0
	}
	return t
}

func lossless(codec string) bool {
	c := canonical(codec)
	return c == "flac" || c == "alac" || c == "wav" || strings.HasPrefix(c, "pcm")
}
