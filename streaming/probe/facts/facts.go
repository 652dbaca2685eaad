// Package facts holds what a media file says about itself in ffprobe's words, and
// the bounded reader that the readers of containers share. ffprobe's JSON decodes
// into a [Document], and every native reader fills one, so that both answers go
// through the same translation. It parses no container.
package facts

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
	"strconv"
)

// ErrUnsure says that a native reader could not tell everything about a file, and
// that ffprobe must be asked. The file may be perfectly fine.
var ErrUnsure = errors.New("only ffprobe can tell")

// Unsure is ErrUnsure with a reason.
func Unsure(format string, a ...any) error {
	return fmt.Errorf("%w: %s", ErrUnsure, fmt.Sprintf(format, a...))
}

// Document is ffprobe's answer: the fields we read of it, most of them text.
type Document struct {
	Streams  []*Stream `json:"streams"`
	Chapters []Chapter `json:"chapters"`
	Format   Format    `json:"format"`
}

// Chapter is a named position.
type Chapter struct {
	Start string            `json:"start_time"` // seconds
	Tags  map[string]string `json:"tags"`
}

// Format is what belongs to the file as a whole.
type Format struct {
	Name     string            `json:"format_name"`
	Start    string            `json:"start_time"`
	Duration string            `json:"duration"`
	BitRate  string            `json:"bit_rate"`
	Tags     map[string]string `json:"tags"`
}

// Stream is one stream of a file. The empty string and zero mean not said.
type Stream struct {
	Index       int               `json:"index"`
	Type        string            `json:"codec_type"`
	Codec       string            `json:"codec_name"`
	Tag         string            `json:"codec_tag_string"`
	Profile     string            `json:"profile"`
	Level       int               `json:"level"`
	Width       int               `json:"width"`
	Height      int               `json:"height"`
	SAR         string            `json:"sample_aspect_ratio"`
	DAR         string            `json:"display_aspect_ratio"`
	PixFmt      string            `json:"pix_fmt"`
	Range       string            `json:"color_range"`
	Space       string            `json:"color_space"`
	Transfer    string            `json:"color_transfer"`
	Primaries   string            `json:"color_primaries"`
	FieldOrder  string            `json:"field_order"`
	Refs        int               `json:"refs"`
	IsAVC       string            `json:"is_avc"`
	NalLength   string            `json:"nal_length_size"`
	RFrameRate  string            `json:"r_frame_rate"`
	AvgRate     string            `json:"avg_frame_rate"`
	TimeBase    string            `json:"time_base"`
	Start       string            `json:"start_time"`
	Duration    string            `json:"duration"`
	BitRate     string            `json:"bit_rate"`
	RawBits     string            `json:"bits_per_raw_sample"`
	SampleBits  int               `json:"bits_per_sample"`
	SampleRate  string            `json:"sample_rate"`
	Channels    int               `json:"channels"`
	Layout      string            `json:"channel_layout"`
	Disposition map[string]int    `json:"disposition"`
	Tags        map[string]string `json:"tags"`
	SideData    []SideData        `json:"side_data_list"`

	// FrameSeen says that the first picture was looked at for what only pictures
	// tell, which ffprobe does in a second call.
	FrameSeen bool `json:"-"`
}

// The kinds of side data that matter.
const (
	SideMatrix      = "Display Matrix"
	SideDolbyVision = "DOVI configuration record"
	SideHDR10Plus   = "HDR Dynamic Metadata SMPTE2094-40 (HDR10+)"
)

// SideData is a record beside a stream's parameters.
type SideData struct {
	Type     string  `json:"side_data_type"`
	Rotation float64 `json:"rotation"`

	DVMajor   int `json:"dv_version_major"`
	DVMinor   int `json:"dv_version_minor"`
	DVProfile int `json:"dv_profile"`
	DVLevel   int `json:"dv_level"`
	RPU       int `json:"rpu_present_flag"`
	EL        int `json:"el_present_flag"`
	BL        int `json:"bl_present_flag"`
	BLCompat  int `json:"dv_bl_signal_compatibility_id"`
}

// Add appends a stream, giving it the next index.
func (d *Document) Add(s *Stream) {
	s.Index = len(d.Streams)
	d.Streams = append(d.Streams, s)
}

// SetTag sets a tag of a stream, making the map.
func (s *Stream) SetTag(key, value string) {
	if s.Tags == nil {
		s.Tags = make(map[string]string)
	}
	s.Tags[key] = value
}

// SetFlag sets a disposition.
func (s *Stream) SetFlag(name string) {
	if s.Disposition == nil {
		s.Disposition = make(map[string]int)
	}
	s.Disposition[name] = 1
}

// Shape sets the aspect ratios from the shape of a pixel; none is said where it is
// unknown.
func (s *Stream) Shape(num, den int64) {
	if num <= 0 || den <= 0 || s.Width <= 0 || s.Height <= 0 {
		return
	}
	num, den = Reduce(num, den, math.MaxInt32)
	s.SAR = strconv.FormatInt(num, 10) + ":" + strconv.FormatInt(den, 10)
	hi1, w := bits.Mul64(uint64(s.Width), uint64(num))
	hi2, h := bits.Mul64(uint64(s.Height), uint64(den))
	if hi1 != 0 || hi2 != 0 || w > math.MaxInt64 || h > math.MaxInt64 {
		return
	}
	a, b := Reduce(int64(w), int64(h), 1<<20)
	s.DAR = strconv.FormatInt(a, 10) + ":" + strconv.FormatInt(b, 10)
}

// Rate words a fraction, "0/0" where it is none.
func Rate(num, den int64) string {
	if num <= 0 || den <= 0 {
		return "0/0"
	}
	num, den = Reduce(num, den, math.MaxInt32)
	return strconv.FormatInt(num, 10) + "/" + strconv.FormatInt(den, 10)
}

// Base words a time base of one unit in n.
func Base(n int64) string { return "1/" + strconv.FormatInt(n, 10) }

// Reduce finds the nearest fraction whose parts do not exceed limit, by continued
// fractions.
func Reduce(num, den, limit int64) (int64, int64) {
	if num == 0 || den == 0 {
		return num, den
	}
	if g := gcd(num, den); g > 1 {
		num, den = num/g, den/g
	}
	if num <= limit && den <= limit {
		return num, den
	}
	var n0, d0, n1, d1 int64 = 0, 1, 1, 0
	for den != 0 {
		x := num / den
		if n1 != 0 && x > (limit-n0)/n1 || d1 != 0 && x > (limit-d0)/d1 {
			break
		}
		n0, n1 = n1, x*n1+n0
		d0, d1 = d1, x*d1+d0
		num, den = den, num-x*den
	}
	if d1 == 0 {
		return limit, 1
	}
	return n1, d1
}

func gcd(a, b int64) int64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// Seconds words a time in units of 1/scale as ffprobe does: six decimals.
func Seconds(t, scale int64) string {
	if scale <= 0 {
		return ""
	}
	return strconv.FormatFloat(float64(t)/float64(scale), 'f', 6, 64)
}

// Int words a positive number, "" for none.
func Int(n int64) string {
	if n <= 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

// Whole sets the duration of the file, in microseconds, and from it the bit rate.
func (f *Format) Whole(micros, size int64) {
	if micros <= 0 {
		return
	}
	f.Duration = Seconds(micros, 1e6)
	f.BitRate = Int(int64(float64(size) * 8 * 1e6 / float64(micros)))
}

// Rescale is t*to/from to the nearest, away from zero at the half.
func Rescale(t, to, from int64) int64 {
	if from <= 0 || to < 0 {
		return 0
	}
	neg := t < 0
	u := uint64(t)
	if neg {
		u = uint64(-t)
	}
	hi, lo := bits.Mul64(u, uint64(to))
	lo, carry := bits.Add64(lo, uint64(from)/2, 0)
	hi += carry
	if hi >= uint64(from) {
		return 0 // nothing real lasts as long
	}
	q, _ := bits.Div64(hi, lo, uint64(from))
	if q > math.MaxInt64 {
		return 0
	}
	if neg {
		return -int64(q)
	}
	return int64(q)
}
