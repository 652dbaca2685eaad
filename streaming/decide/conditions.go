package decide

import (
	"math"
	"strconv"
	"strings"

	"sett/node/library"
)

// value is what a stream has for a property. Only one field counts, by kind.
type value struct {
	kind valueKind
	num  float64
	text string
	yes  bool
}

type valueKind uint8

const (
	unknown   valueKind = iota
	unasked             // the property does not apply here: every condition on it holds
	whole               // an integer
	fraction            // a number
	word                // text, compared ignoring case
	flag                // true or false
	rangeName           // a library.VideoRangeType
	angle               // degrees; -90 is 270
)

func wholeOf(n int64) value {
	if n == 0 {
		return value{}
	}
	return value{kind: whole, num: float64(n)}
}

func wordOf(s string) value {
	if s == "" {
		return value{}
	}
	return value{kind: word, text: s}
}

func flagOf(b *bool) value {
	if b == nil {
		return value{}
	}
	return value{kind: flag, yes: *b}
}

// holds reports whether the value meets the condition.
func (c Condition) holds(v value) bool {
	switch v.kind {
	case unasked:
		return true
	case unknown:
		return !c.IsRequired
	case whole, fraction, angle:
		return c.holdsNumber(v)
	case flag:
		return c.holdsFlag(v.yes)
	case rangeName:
		// HDR10+ is HDR10 with more on top: who plays the one plays the other.
		return v.text == string(library.RangeHDR10Plus) && c.holdsWord(string(library.RangeHDR10)) || c.holdsWord(v.text)
	}
	return c.holdsWord(v.text)
}

func (c Condition) holdsWord(is string) bool {
	switch c.Condition {
	case Equals:
		return strings.EqualFold(is, c.Value)
	case NotEquals:
		return !strings.EqualFold(is, c.Value)
	case EqualsAny:
		for want := range strings.SplitSeq(c.Value, "|") {
			if strings.EqualFold(is, strings.TrimSpace(want)) {
				return true
			}
		}
		return false
	}
	return true // an order among words asks for nothing
}

func (c Condition) holdsFlag(is bool) bool {
	want, err := strconv.ParseBool(strings.ToLower(strings.TrimSpace(c.Value)))
	switch {
	case err != nil:
		return false
	case c.Condition == Equals || c.Condition == EqualsAny:
		return is == want
	case c.Condition == NotEquals:
		return is != want
	}
	return true
}

func (c Condition) holdsNumber(v value) bool {
	if c.Condition == EqualsAny {
		for s := range strings.SplitSeq(c.Value, "|") {
			if want, ok := v.parse(s); ok && want == v.num {
				return true
			}
		}
		return false
	}
	want, ok := v.parse(c.Value)
	if !ok {
		return false
	}
	switch c.Condition {
	case Equals:
		return v.num == want
	case NotEquals:
		return v.num != want
	case LessThanEqual:
		return v.num <= want
	case GreaterThanEqual:
		return v.num >= want
	}
	return true
}

// parse reads a number of the value's kind.
func (v value) parse(s string) (float64, bool) {
	s = strings.TrimSpace(s)
	if v.kind == fraction {
		f, err := strconv.ParseFloat(strings.ReplaceAll(s, ",", ""), 64)
		return f, err == nil
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0, false
	}
	if v.kind == angle {
		n = (n%360 + 360) % 360
	}
	return float64(n), true
}

// picture looks at a video stream in its source. No stream leaves everything
// unknown but the counts.
type picture struct {
	src    *library.Source
	stream *library.Stream
}

func (p picture) of(prop Property) value {
	switch prop {
	case NumStreams:
		return value{kind: whole, num: float64(len(p.src.Streams))}
	case NumAudioStreams:
		return p.count(library.StreamAudio)
	case NumVideoStreams:
		return p.count(library.StreamVideo)
	case VideoFramerate:
		return value{kind: fraction, num: p.frameRate()}
	}
	s := p.stream
	if s == nil {
		if isPictureProperty(prop) {
			return value{}
		}
		return value{kind: unasked}
	}
	switch prop {
	case Width:
		return wholeOf(int64(s.Width))
	case Height:
		return wholeOf(int64(s.Height))
	case VideoBitDepth:
		return wholeOf(int64(s.BitDepth))
	case VideoBitrate:
		return wholeOf(s.BitRate)
	case RefFrames:
		return wholeOf(int64(s.RefFrames))
	case VideoLevel:
		if s.Level == 0 {
			return value{}
		}
		return value{kind: fraction, num: s.Level}
	case VideoProfile:
		return wordOf(s.Profile)
	case VideoCodecTag:
		return wordOf(s.CodecTag)
	case VideoRangeType:
		return value{kind: rangeName, text: string(s.VideoRangeType())}
	case VideoRotation:
		return value{kind: angle, num: float64((s.Rotation%360 + 360) % 360)}
	case IsAnamorphic:
		return flagOf(s.Anamorphic)
	case IsAvc:
		return flagOf(s.AVC)
	case IsInterlaced:
		return value{kind: flag, yes: s.Interlaced}
	case PacketLength, VideoTimestamp:
		return value{} // of transport streams; nobody probes them
	}
	return value{kind: unasked}
}

func isPictureProperty(p Property) bool {
	switch p {
	case Width, Height, VideoBitDepth, VideoBitrate, RefFrames, VideoLevel, VideoProfile, VideoCodecTag,
		VideoRangeType, VideoRotation, IsAnamorphic, IsAvc, IsInterlaced, PacketLength, VideoTimestamp:
		return true
	}
	return false
}

func (p picture) count(kind library.StreamKind) value {
	if len(p.src.Streams) == 0 {
		return value{}
	}
	n := 0
	for _, s := range p.src.Streams {
		if s.Kind == kind {
			n++
		}
	}
	return value{kind: whole, num: float64(n)}
}

// frameRate is the average rate, or the nominal one where the average is the
// nonsense some containers make probes report. 0: unknown.
func (p picture) frameRate() float64 {
	if p.stream == nil {
		return 0
	}
	// Single precision, as conditions are written against: 59.94006, not 59.94005994.
	if p.stream.AvgFrameRate < 1000 {
		return round32(p.stream.AvgFrameRate)
	}
	return round32(p.stream.RealFrameRate)
}

func round32(f float64) float64 { return math.Round(f*1e5) / 1e5 }

// sound looks at an audio stream. secondary is nil where it does not matter.
type sound struct {
	stream    *library.Stream
	secondary *bool
	alone     bool // no picture with it
}

func (a sound) of(prop Property) value {
	s := a.stream
	if s == nil {
		return value{}
	}
	switch prop {
	case AudioChannels:
		return wholeOf(int64(s.Channels))
	case AudioBitrate:
		return wholeOf(s.BitRate)
	case AudioSampleRate:
		return wholeOf(int64(s.SampleRate))
	case AudioBitDepth:
		return wholeOf(int64(s.BitDepth))
	case AudioProfile:
		if !a.alone {
			return wordOf(s.Profile)
		}
	case IsSecondaryAudio:
		if !a.alone {
			return flagOf(a.secondary)
		}
	}
	return value{kind: unasked}
}

// failures are the reasons of all conditions that do not hold of what is looked at.
func failures(of func(Property) value, conditions []Condition) Reasons {
	var r Reasons
	for _, c := range conditions {
		if !c.holds(of(c.Property)) {
			r |= c.Property.reason()
		}
	}
	return r
}

// meets reports whether all conditions hold.
func meets(of func(Property) value, conditions []Condition) bool {
	for _, c := range conditions {
		if !c.holds(of(c.Property)) {
			return false
		}
	}
	return true
}
