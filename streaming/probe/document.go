package probe

import (
	"cmp"
	"math"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"sett/node/library"
	"sett/streaming/ffmpeg"
)

// document is ffprobe's answer: the fields we read of it, most of them text.
type document struct {
	Streams  []stream `json:"streams"`
	Chapters []struct {
		Start string            `json:"start_time"`
		Tags  map[string]string `json:"tags"`
	} `json:"chapters"`
	Format struct {
		Name     string            `json:"format_name"`
		Start    string            `json:"start_time"`
		Duration string            `json:"duration"`
		BitRate  string            `json:"bit_rate"`
		Tags     map[string]string `json:"tags"`
	} `json:"format"`
}

type stream struct {
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
	SideData    []sideData        `json:"side_data_list"`
}

type sideData struct {
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

func (d *document) source(path string, size int64) library.Source {
	src := library.Source{
		Container: container(d.Format.Name, path), Size: size,
		Bitrate: integer(d.Format.BitRate), Runtime: d.runtime(),
	}
	for _, s := range d.Streams {
		if s.Type == "attachment" {
			src.Attachments = append(src.Attachments, library.Attachment{
				Index: s.Index, Codec: s.Codec, FileName: attachmentName(s.tag("filename")), MIME: s.tag("mimetype"),
			})
			continue
		}
		src.Streams = append(src.Streams, s.stream())
	}
	fillBitrates(&src)
	for _, c := range d.Chapters {
		src.Chapters = append(src.Chapters, library.Chapter{Start: max(0, ticks(c.Start)), Name: lookup(c.Tags, "title")})
	}
	return src
}

// runtime is the end of the picture or the sound, whichever is later. The
// container's own figure counts subtitles too, which can outlast the film.
func (d *document) runtime() library.Ticks {
	whole := ticks(d.Format.Duration)
	var end library.Ticks
	for _, s := range d.Streams {
		if s.Type != "video" && s.Type != "audio" || s.Disposition["attached_pic"] == 1 {
			continue
		}
		length := clock(s.tag("DURATION"))
		if own := ticks(s.Duration); own > 0 {
			length = own + ticks(s.Start) - ticks(d.Format.Start)
		}
		if length <= 0 {
			return whole
		}
		end = max(end, length)
	}
	if end == 0 || whole > 0 && end > whole {
		return whole
	}
	return end
}

// attachmentName keeps a name from the file from naming a folder.
func attachmentName(name string) string {
	if name = filepath.Base(strings.ReplaceAll(name, `\`, "/")); name == "." || name == "/" {
		return ""
	}
	return name
}

// fillBitrates estimates what the container does not say: the picture gets what
// the sound leaves over.
func fillBitrates(src *library.Source) {
	if src.Bitrate == 0 && src.Runtime > 0 && src.Size > 0 {
		src.Bitrate = int64(float64(src.Size) * 8 / src.Runtime.Seconds())
	}
	var sum int64
	var video *library.Stream
	for i := range src.Streams {
		st := &src.Streams[i]
		if st.Kind == library.StreamAudio && st.BitRate == 0 {
			st.BitRate = guessAudio(*st)
		}
		if st.Kind == library.StreamVideo && st.BitRate == 0 && video == nil {
			video = st
			continue
		}
		sum += st.BitRate
	}
	if video != nil && src.Bitrate > sum {
		video.BitRate = src.Bitrate - sum
	}
}

// guessAudio is the usual rate of a codec, for containers that do not tell.
func guessAudio(st library.Stream) int64 {
	many := st.Channels > 2
	pick := func(stereo, surround int64) int64 {
		if many {
			return surround
		}
		return stereo
	}
	switch st.Codec {
	case "aac", "mp3", "mp2", "vorbis", "opus":
		return pick(192_000, 320_000)
	case "ac3", "eac3":
		return pick(192_000, 640_000)
	case "dts":
		return pick(768_000, 1_509_000)
	case "flac", "alac", "truehd", "mlp":
		return pick(960_000, 2_880_000)
	}
	if strings.HasPrefix(st.Codec, "pcm_") {
		return int64(st.Channels) * int64(st.SampleRate) * int64(max(st.BitDepth, 16))
	}
	return 0
}

func (s *stream) tag(name string) string { return lookup(s.Tags, name) }

// lookup finds a tag whatever its case; containers disagree on it.
func lookup(tags map[string]string, name string) string {
	if v, ok := tags[name]; ok {
		return strings.TrimSpace(v)
	}
	for k, v := range tags {
		if strings.EqualFold(k, name) {
			return strings.TrimSpace(v)
		}
	}
	return ""
}

func integer(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// ratio reads "24000/1001"; 0 for what is none.
func ratio(s string) float64 {
	a, b, ok := strings.Cut(s, "/")
	if !ok {
		return 0
	}
	n, err1 := strconv.ParseFloat(a, 64)
	d, err2 := strconv.ParseFloat(b, 64)
	if err1 != nil || err2 != nil || d == 0 || n < 0 || d < 0 {
		return 0
	}
	return math.Round(n/d*1e5) / 1e5
}

// ticks reads seconds; 0 for "N/A" and for what no film lasts.
func ticks(s string) library.Ticks {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(f) || math.Abs(f) > 1e8 {
		return 0
	}
	return library.Ticks(math.Round(f * 1e7))
}

// clock reads Matroska's DURATION tag, "01:02:03.450000000".
func clock(s string) library.Ticks {
	h, rest, ok1 := strings.Cut(s, ":")
	m, sec, ok2 := strings.Cut(rest, ":")
	if !ok1 || !ok2 {
		return 0
	}
	d, err := time.ParseDuration(h + "h" + m + "m" + sec + "s")
	if err != nil || d < 0 {
		return 0
	}
	return library.TicksOf(d)
}

func reason(e *ffmpeg.Error, path string) string {
	r := strings.ReplaceAll(e.Reason, ffmpeg.File(path), filepath.Base(path))
	return cmp.Or(strings.ReplaceAll(r, path, filepath.Base(path)), e.State)
}
