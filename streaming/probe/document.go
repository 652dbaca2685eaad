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
	"sett/streaming/probe/facts"
)

// source words a document as the library does.
func source(d *facts.Document, path string, size int64) library.Source {
	src := library.Source{
		Container: container(d.Format.Name, path), Size: size,
		Bitrate: integer(d.Format.BitRate), Runtime: playingTime(d),
	}
	for _, s := range d.Streams {
		if s.Type == "attachment" {
			src.Attachments = append(src.Attachments, library.Attachment{
				Index: s.Index, Codec: s.Codec, FileName: attachmentName(lookup(s.Tags, "filename")), MIME: lookup(s.Tags, "mimetype"),
			})
			continue
		}
		src.Streams = append(src.Streams, streamOf(s))
	}
	fillBitrates(&src)
	for _, c := range d.Chapters {
		src.Chapters = append(src.Chapters, library.Chapter{Start: max(0, ticks(c.Start)), Name: lookup(c.Tags, "title")})
	}
	return src
}

// playingTime is the end of the picture or the sound, whichever is later. The
// container's own figure counts subtitles too, which can outlast the film.
func playingTime(d *facts.Document) library.Ticks {
	whole := ticks(d.Format.Duration)
	var end library.Ticks
	for _, s := range d.Streams {
		if s.Type != "video" && s.Type != "audio" || s.Disposition["attached_pic"] == 1 {
			continue
		}
		length := clock(lookup(s.Tags, "DURATION"))
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
