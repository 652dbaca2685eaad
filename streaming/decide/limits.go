package decide

import (
	"slices"
	"strconv"
	"strings"

	"sett/node/library"
)

// applyPictureConditions turns the device's conditions on the target codecs into
// limits. Profiles go in reverse, so that where two disagree the first has the
// last word.
func (j *job) applyPictureConditions(d *draft) {
	inHLS := d.protocol == HLS
	look := j.picture()
	for _, p := range slices.Backward(j.dev.CodecProfiles) {
		if p.Type != CodecVideo || !p.covers(d.container, inHLS, d.VideoCodecs...) || !meets(look.of, p.ApplyConditions) {
			continue
		}
		for _, codec := range d.VideoCodecs {
			if p.covers(d.container, inHLS, codec) {
				d.apply(p.Conditions, codec)
			}
		}
	}
}

func (j *job) applySoundConditions(d *draft) {
	rate := audioBitrate(j.maxBitrate, d)
	d.AudioBitrate = lower(d.AudioBitrate, rate)
	secondary := j.secondary(d.audio)
	look := sound{stream: d.audio, secondary: &secondary}
	for _, p := range slices.Backward(j.dev.CodecProfiles) {
		if p.Type != CodecVideoAudio || !p.covers(d.container, false, d.AudioCodecs...) || !meets(look.of, p.ApplyConditions) {
			continue
		}
		for _, codec := range d.AudioCodecs {
			if p.covers(d.container, false, codec) {
				d.apply(p.Conditions, codec)
				break
			}
		}
	}
}

// shareBitrate leaves the picture what the sound does not take of the limit.
func (d *draft) shareBitrate(limit int64) {
	if limit <= 0 {
		return
	}
	d.VideoBitrate = max(lower(d.VideoBitrate, max(limit-d.AudioBitrate, 1)), minVideoBitrate)
}

// minVideoBitrate is where encoders still give a picture.
const minVideoBitrate = 64_000

// apply writes conditions down as limits. codec qualifies what is said per codec;
// "" is for all. What cannot be said as a limit is left out.
func (d *draft) apply(conditions []Condition, codec string) {
	for _, c := range conditions {
		if c.Value == "" || c.Condition == GreaterThanEqual {
			continue
		}
		switch c.Property {
		case AudioBitrate:
			limitNumber(c, &d.AudioBitrate)
		case AudioSampleRate:
			limitNumber(c, &d.AudioSampleRate)
		case VideoBitrate:
			limitNumber(c, &d.VideoBitrate)
		case Width:
			limitNumber(c, &d.MaxWidth)
		case Height:
			limitNumber(c, &d.MaxHeight)
		case VideoFramerate:
			limitNumber(c, &d.MaxFramerate)
		case IsAvc:
			d.RequireAvc = d.RequireAvc || c.demands(true)
		case IsAnamorphic:
			d.RequireNonAnamorphic = d.RequireNonAnamorphic || c.demands(false)
		case IsInterlaced:
			if c.demands(false) {
				d.set(codec, "deinterlace", "true")
			}
		case AudioChannels:
			d.limitOption(c, codec, "audiochannels")
		case RefFrames:
			d.limitOption(c, codec, "maxrefframes")
		case VideoBitDepth:
			d.limitOption(c, codec, "videobitdepth")
		default:
			d.applyNamed(c, codec)
		}
	}
}

// applyNamed writes down what is said by name, and only per codec.
func (d *draft) applyNamed(c Condition, codec string) {
	if codec == "" {
		return
	}
	switch c.Property {
	case VideoLevel:
		d.limitOption(c, codec, "level")
	case VideoProfile:
		d.oneOf(c, codec, "profile")
	case VideoCodecTag:
		d.oneOf(c, codec, "codectag")
	case VideoRotation:
		d.oneOf(c, codec, "rotation")
	case VideoRangeType:
		if c.Condition == NotEquals {
			d.set(codec, "rangetype", strings.Join(otherRanges(values(c)), ","))
			return
		}
		d.oneOf(c, codec, "rangetype")
	}
}

// demands reports whether the condition asks for the flag to be as given.
func (c Condition) demands(want bool) bool {
	said, err := strconv.ParseBool(strings.ToLower(strings.TrimSpace(c.Value)))
	switch {
	case err != nil:
		return false
	case c.Condition == Equals:
		return said == want
	case c.Condition == NotEquals:
		return said != want
	}
	return false
}

// limitNumber lowers a limit, or sets it where the condition is exact. 0 is none.
func limitNumber[N int | int64 | float64](c Condition, limit *N) {
	f, err := strconv.ParseFloat(strings.TrimSpace(c.Value), 64)
	if n := N(f); err == nil && f > 0 && f < 1e15 {
		switch {
		case c.Condition == Equals, c.Condition == LessThanEqual && (*limit == 0 || n < *limit):
			*limit = n
		}
	}
}

// limitOption lowers a numeric option, or sets it where the condition is exact.
func (d *draft) limitOption(c Condition, codec, name string) {
	n, err := strconv.Atoi(strings.TrimSpace(c.Value))
	if err != nil {
		return
	}
	limit := float64(n)
	if c.Condition == LessThanEqual {
		if name == "audiochannels" {
			if channels := d.channels(codec); channels > 0 {
				limit = min(limit, float64(channels))
			}
		} else if now, err := strconv.ParseFloat(d.option(codec, name), 64); err == nil {
			limit = min(limit, now)
		}
	}
	if c.Condition == LessThanEqual || c.Condition == Equals {
		d.set(codec, name, formatNumber(limit))
	}
}

// oneOf restricts an option to the condition's values. What is set already stays,
// if it is one of them: that is the source's own, which need not change.
func (d *draft) oneOf(c Condition, codec, name string) {
	if c.Condition != Equals && c.Condition != EqualsAny {
		return
	}
	wanted := values(c)
	now := d.option(codec, name)
	if c.Condition == EqualsAny && now != "" && slices.ContainsFunc(wanted, func(v string) bool { return strings.EqualFold(v, now) }) {
		return
	}
	d.set(codec, name, strings.Join(wanted, ","))
}

func values(c Condition) []string {
	return split(strings.ReplaceAll(c.Value, "|", ","))
}

func otherRanges(but []string) []string {
	var out []string
	for _, r := range library.VideoRangeTypes() {
		if !slices.ContainsFunc(but, func(b string) bool { return strings.EqualFold(b, string(r)) }) {
			out = append(out, string(r))
		}
	}
	return out
}

// channels is the most the target may have in the codec; 0: no limit.
func (d *draft) channels(codec string) int {
	most := d.GlobalMaxAudioChannels
	if most == 0 {
		most = d.MaxAudioChannels
	}
	n, _ := strconv.Atoi(d.option(codec, "audiochannels"))
	return int(lower(int64(most), int64(n)))
}

// set writes an option, in place where it was set before.
func (d *draft) set(codec, name, val string) {
	if codec != "" {
		name = codec + "-" + name
	}
	for i := range d.Options {
		if strings.EqualFold(d.Options[i].Name, name) {
			d.Options[i].Value = val
			return
		}
	}
	d.Options = append(d.Options, Option{name, val})
}

// option reads the codec's value, else the one for all; "" where unset.
func (d *draft) option(codec, name string) string {
	var general string
	for _, o := range d.Options {
		if strings.EqualFold(o.Name, codec+"-"+name) {
			return o.Value
		}
		if strings.EqualFold(o.Name, name) {
			general = o.Value
		}
	}
	return general
}

func formatNumber(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
