package decide

import (
	"slices"
	"strconv"
	"strings"

	"sett/node/library"
)

// videoTrack settles whether the picture is copied, and if not into what it goes.
func (j *job) videoTrack(d *draft, burnIn bool) Track {
	if d.video != nil && !burnIn && !j.sel.NoVideoCopy && j.pictureFits(d) {
		t := asItIs(d.video)
		t.Tags = split(d.option(d.video.Codec, "codectag"))
		return t
	}
	codecs := easiestFirst(d.VideoCodecs, "h264", "hevc")
	t := Track{Index: indexOf(d.video), Action: Encode, Codecs: codecs}
	if len(codecs) == 0 { // the device wants only what its own protocol cannot carry
		t.Codecs = []string{"h264"}
	}
	target := t.Codecs[0]
	t.Profiles = split(strings.ToLower(d.option(target, "profile")))
	t.Level, _ = strconv.ParseFloat(d.option(target, "level"), 64)
	t.BitDepth, _ = strconv.Atoi(d.option(target, "videobitdepth"))
	t.RefFrames, _ = strconv.Atoi(d.option(target, "maxrefframes"))
	t.Ranges = split(d.option(target, "rangetype"))
	t.Tags = split(d.option(target, "codectag"))
	t.Deinterlace = d.option(target, "deinterlace") == "true"
	t.SquarePixels = d.RequireNonAnamorphic
	t.Width, t.Height, t.FrameRate = d.MaxWidth, d.MaxHeight, d.MaxFramerate
	t.Bitrate = encodedBitrate(d.VideoBitrate, d.video, target)
	if w := widthFor(t.Bitrate, target); d.video != nil && w < d.video.Width {
		t.Width = int(lower(int64(t.Width), int64(w)))
	}
	return t
}

// pictureFits reports whether the picture as it is stays within the limits. A
// codec tag is no obstacle: it belongs to the container, and copying writes it anew.
func (j *job) pictureFits(d *draft) bool {
	s := d.video
	option := func(name string) string { return d.option(s.Codec, name) }
	number := func(name string) float64 {
		f, err := strconv.ParseFloat(option(name), 64)
		if err != nil {
			return 0
		}
		return f
	}
	within := func(is, limit float64) bool { return limit <= 0 || is <= limit }
	switch {
	case !has(d.VideoCodecs, s.Codec):
		return false
	case s.Interlaced && option("deinterlace") == "true":
		return false
	case s.Anamorphic != nil && *s.Anamorphic && d.RequireNonAnamorphic:
		return false
	case s.Codec == "h264" && s.AVC != nil && !*s.AVC && d.RequireAvc && !strings.EqualFold(d.container, "mp4"):
		return false // in mp4 the samples are length-prefixed whatever they were
	case s.Codec == "h264" && sameName(j.src.Container, "avi"):
		return false // AVI has no presentation times; a copy would show frames in coding order
	case !profileFits(s, split(option("profile"))):
		return false
	case !rangeFits(s.VideoRangeType(), option("rangetype")):
		return false
	case !rotationFits(s.Rotation, option("rotation")):
		return false
	}
	return within(float64(s.Width), float64(d.MaxWidth)) &&
		within(float64(s.Height), float64(d.MaxHeight)) &&
		within(j.picture().frameRate(), d.MaxFramerate+frameRateSlack) &&
		within(float64(j.pictureBitrate()), float64(d.VideoBitrate)) &&
		within(float64(s.BitDepth), number("videobitdepth")) &&
		within(float64(s.RefFrames), number("maxrefframes")) &&
		within(s.Level, number("level")) &&
		j.meetsExclusions(d)
}

// frameRateSlack forgives probes that measure 60.02 frames/s of a 60 Hz recording.
const frameRateSlack = 0.05

// meetsExclusions checks the conditions on the picture that say only what must not
// be and so became no limit.
func (j *job) meetsExclusions(d *draft) bool {
	look := j.picture()
	for _, p := range j.dev.CodecProfiles {
		if p.Type != CodecVideo || !p.covers(d.container, d.protocol == HLS, d.video.Codec) || !meets(look.of, p.ApplyConditions) {
			continue
		}
		for _, c := range p.Conditions {
			if c.Condition == NotEquals && c.Property == VideoProfile && !c.holds(look.of(c.Property)) {
				return false
			}
		}
	}
	return true
}

// pictureBitrate is the picture's rate; where nobody wrote it down, what the other
// streams leave of the whole.
func (j *job) pictureBitrate() int64 {
	if j.video.BitRate > 0 {
		return j.video.BitRate
	}
	rest := j.bitrate()
	for _, s := range j.src.Streams {
		if !s.External && s.Index != j.video.Index {
			rest -= s.BitRate
		}
	}
	return max(rest, 1)
}

// profileFits: the profile is wanted, unknown, or simpler than the first wanted.
func profileFits(s *library.Stream, wanted []string) bool {
	if len(wanted) == 0 || s.Profile == "" {
		return true
	}
	plain := func(p string) string { return strings.ToLower(strings.ReplaceAll(p, " ", "")) }
	is := plain(s.Profile)
	if slices.ContainsFunc(wanted, func(w string) bool { return plain(w) == is }) {
		return true
	}
	var order []string
	switch s.Codec {
	case "h264":
		order = []string{"constrainedbaseline", "baseline", "extended", "main", "high", "progressivehigh", "constrainedhigh", "high10"}
	case "hevc":
		order = []string{"main", "main10"}
	case "av1":
		order = []string{"main", "high", "professional"}
	}
	has := slices.Index(order, is)
	return has >= 0 && has <= slices.Index(order, plain(wanted[0]))
}

func rangeFits(is library.VideoRangeType, wanted string) bool {
	if wanted == "" {
		return true
	}
	c := Condition{Condition: EqualsAny, Value: strings.ReplaceAll(wanted, ",", "|")}
	return c.holds(value{kind: rangeName, text: string(is)})
}

func rotationFits(degrees int, wanted string) bool {
	if wanted == "" || degrees%360 == 0 {
		return true
	}
	c := Condition{Condition: EqualsAny, Value: strings.ReplaceAll(wanted, ",", "|")}
	return c.holds(value{kind: angle, num: float64((degrees%360 + 360) % 360)})
}

// audioTrack settles whether the sound is copied. fits says that its codec and
// properties would allow it.
func (j *job) audioTrack(d *draft, fits bool) Track {
	s := d.audio
	if s == nil {
		return Track{Index: -1}
	}
	if fits && !j.sel.NoAudioCopy && d.soundFits() {
		return asItIs(s)
	}
	t := Track{Index: s.Index, Action: Encode, Codecs: soundCodecs(d.AudioCodecs, s.Channels), Bitrate: d.AudioBitrate}
	if len(t.Codecs) == 0 {
		t.Codecs = []string{"aac"}
	}
	target := t.Codecs[0]
	t.Channels = int(lower(lower(int64(s.Channels), int64(d.channels(target))), int64(mostChannels(target))))
	t.SampleRate = int(lower(int64(s.SampleRate), int64(d.AudioSampleRate)))
	t.Profiles = split(strings.ToLower(d.option(target, "profile")))
	t.Bitrate = min(t.Bitrate, goodBitrate(target, t.Channels))
	return t
}

// soundFits reports whether the track as it is stays within the limits. Sound from
// a file of its own is not copied into segments: its frames do not end where the
// picture's do.
func (d *draft) soundFits() bool {
	s := d.audio
	switch most := d.channels(s.Codec); {
	case s.External && d.protocol == HLS:
		return false
	case most > 0 && (s.Channels == 0 || s.Channels > most):
		return false
	case d.AudioSampleRate > 0 && s.SampleRate > d.AudioSampleRate:
		return false
	}
	return d.AudioBitrate == 0 || s.BitRate <= d.AudioBitrate
}

// easiestFirst brings codecs that every machine encodes in time to the front.
func easiestFirst(codecs []string, easy ...string) []string {
	out := slices.Clone(codecs)
	slices.SortStableFunc(out, func(a, b string) int { return ease(a, easy) - ease(b, easy) })
	return out
}

func ease(codec string, easy []string) int {
	if i := slices.Index(easy, canonical(codec)); i >= 0 {
		return i
	}
	return len(easy)
}

// soundCodecs orders targets: the device's order, but those that would fold
// surround to stereo later, and those with no good encoder last.
func soundCodecs(codecs []string, channels int) []string {
	out := slices.Clone(codecs)
	cost := func(c string) int {
		switch c = canonical(c); {
		case slices.Contains([]string{"dts", "dca", "truehd", "mlp", "aac_latm", "wma", "lpcm", "pcm"}, c):
			return 2
		case channels > mostChannels(c):
			return 1
		}
		return 0
	}
	slices.SortStableFunc(out, func(a, b string) int { return cost(a) - cost(b) })
	return out
}

// mostChannels is what encoders for the codec take. AAC could have eight, but few
// devices that want AAC play more than 5.1.
func mostChannels(codec string) int {
	switch canonical(codec) {
	case "mp1", "mp2", "mp3":
		return 2
	case "flac", "alac", "opus", "vorbis":
		return 8
	}
	return 6
}

// efficiency is the part of H.264's bitrate a codec needs for the same picture.
func efficiency(codec string) float64 {
	switch canonical(codec) {
	case "hevc", "h265", "vp9":
		return 0.6
	case "av1":
		return 0.5
	}
	return 1
}

// encodedBitrate is the limit, or the source's rate carried over to the target
// codec where that is less: more bits than the source had show nothing more.
func encodedBitrate(limit int64, s *library.Stream, target string) int64 {
	if s == nil || s.BitRate <= 0 {
		return limit
	}
	carried := float64(s.BitRate) * efficiency(target) / efficiency(s.Codec)
	return lower(limit, max(int64(carried), minVideoBitrate))
}

// widthFor is the widest picture worth having at the bitrate.
func widthFor(bitrate int64, codec string) int {
	steps := [...]struct {
		below float64
		width int
	}{{400_000, 426}, {800_000, 640}, {1_600_000, 854}, {3_200_000, 1280}, {11_000_000, 1920}, {18_000_000, 2560}}
	rate := float64(bitrate) / efficiency(codec)
	for _, s := range steps {
		if rate > 0 && rate < s.below {
			return s.width
		}
	}
	return 7680
}
