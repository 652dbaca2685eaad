package decide

// audioBitrate is what the sound may take of the limit: the source's own rate
// where codec and channels stay, else what the target codec is good with.
func audioBitrate(limit int64, d *draft) int64 {
	var target string
	if len(d.AudioCodecs) > 0 {
		target = d.AudioCodecs[0]
	}
	rate := int64(defaultAudioBitrate)
	if s := d.audio; s != nil {
		if has(d.AudioCodecs, s.Codec) {
			target = s.Codec
		}
		most := d.channels(target)
		switch {
		case most > 0 && s.Channels > most:
			rate = goodBitrate(target, most)
		case most > 0 && s.Channels > 0 && s.Codec != "" && target != "" && !has(d.AudioCodecs, s.Codec):
			rate = goodBitrate(target, s.Channels)
		case s.BitRate > 0:
			rate = s.BitRate
		default:
			rate = goodBitrate(target, most)
		}
		// Vorbis and Opus encoders fail when asked for more of poor mono.
		if s.Channels == 1 && s.BitRate < 64_000 {
			rate = min(rate, 64_000)
		}
	}
	if limit > 0 {
		rate = min(rate, audioShare(limit))
	}
	return rate
}

const defaultAudioBitrate = 192_000

// goodBitrate is a rate at which the codec is not heard, for so many channels.
func goodBitrate(codec string, channels int) int64 {
	byChannels := func(mono, stereo, surround int64) int64 {
		switch {
		case channels < 2:
			return mono
		case channels < 6:
			return stereo
		}
		return surround
	}
	switch canonical(codec) {
	case "aac", "mp3", "ac3", "eac3":
		return byChannels(128_000, 384_000, 640_000)
	case "flac", "alac":
		return byChannels(768_000, 1_536_000, 3_584_000)
	}
	return defaultAudioBitrate
}

// audioShare is the most the sound may have of a total.
func audioShare(total int64) int64 {
	steps := [...]struct{ total, audio int64 }{
		{640_000, 128_000}, {2_000_000, 384_000}, {3_000_000, 448_000}, {4_000_000, 640_000},
		{5_000_000, 768_000}, {10_000_000, 1_536_000}, {15_000_000, 2_304_000}, {20_000_000, 3_584_000},
	}
	for _, s := range steps {
		if total <= s.total {
			return s.audio
		}
	}
	return 7_168_000
}
