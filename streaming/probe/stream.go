package probe

import (
	"context"
	"encoding/json"
	"math"
	"strconv"
	"strings"

	"sett/node/library"
	"sett/streaming/probe/facts"
)

// stream words one stream as the library does.
func streamOf(s *facts.Stream) library.Stream {
	st := library.Stream{
		Index: s.Index, Codec: s.Codec, CodecTag: fourCC(s.Tag), Profile: known(s.Profile),
		Level: float64(max(0, s.Level)), TimeBase: s.TimeBase,
		Language: languageOf(lookup(s.Tags, "language")), Title: title(s), Comment: lookup(s.Tags, "comment"),
		Default: s.Disposition["default"] == 1, Forced: s.Disposition["forced"] == 1,
		HearingI: s.Disposition["hearing_impaired"] == 1, BitRate: bitrate(s),
	}
	switch s.Type {
	case "video":
		st.Kind = library.StreamVideo
		if s.Disposition["attached_pic"] == 1 || s.Disposition["still_image"] == 1 {
			st.Kind = library.StreamImage
		}
		fillVideo(s, &st)
	case "audio":
		st.Kind = library.StreamAudio
		fillAudio(s, &st)
	case "subtitle":
		st.Kind = library.StreamSubtitle
	default:
		st.Kind = library.StreamData
	}
	return st
}

func fillVideo(s *facts.Stream, st *library.Stream) {
	st.Width, st.Height = s.Width, s.Height
	st.AvgFrameRate, st.RealFrameRate = ratio(s.AvgRate), ratio(s.RFrameRate)
	st.PixelFormat, st.BitDepth = s.PixFmt, bitDepth(s)
	st.RefFrames = s.Refs
	switch s.FieldOrder {
	case "tt", "bb", "tb", "bt":
		st.Interlaced = true
	}
	st.NalLength = s.NalLength
	switch s.IsAVC {
	case "true", "1":
		st.AVC = new(true)
	case "false", "0":
		st.AVC = new(false)
	}
	st.ColorRange, st.ColorSpace = known(s.Range), known(s.Space)
	st.ColorTransfer, st.ColorPrimaries = known(s.Transfer), known(s.Primaries)
	st.AspectRatio = aspect(s.DAR, s.Width, s.Height)
	if sar := colon(s.SAR); sar > 0 {
		// Encoders round: 1.01 is a square pixel.
		st.Anamorphic = new(math.Abs(sar-1) > 0.01)
	}
	if r, err := strconv.Atoi(lookup(s.Tags, "rotate")); err == nil {
		st.Rotation = quarter(-float64(r)) // the old tag counts clockwise
	}
	for _, d := range s.SideData {
		switch d.Type {
		case facts.SideMatrix:
			st.Rotation = quarter(d.Rotation)
		case facts.SideDolbyVision:
			st.DolbyVision = &library.DolbyVision{
				VersionMajor: d.DVMajor, VersionMinor: d.DVMinor, Profile: d.DVProfile, Level: d.DVLevel,
				RPU: d.RPU == 1, EL: d.EL == 1, BL: d.BL == 1, BLCompatibility: d.BLCompat,
			}
		case facts.SideHDR10Plus:
			st.HDR10Plus = true
		}
	}
}

func fillAudio(s *facts.Stream, st *library.Stream) {
	st.Channels, st.SampleRate = s.Channels, int(integer(s.SampleRate))
	st.Layout = layout(s.Layout, s.Channels)
	st.BitDepth = int(integer(s.RawBits))
	if st.BitDepth == 0 {
		st.BitDepth = s.SampleBits
	}
	switch {
	case strings.Contains(s.Profile, "Atmos"):
		st.Spatial = "DolbyAtmos"
	case strings.Contains(s.Profile, "DTS:X"):
		st.Spatial = "DTSX"
	}
}

func bitrate(s *facts.Stream) int64 {
	if n := integer(s.BitRate); n > 0 {
		return n
	}
	// What mkvmerge counted. Its newer tags carry the language.
	for _, name := range []string{"BPS", "BPS-eng"} {
		if n := integer(lookup(s.Tags, name)); n > 0 {
			return n
		}
	}
	if bytes, d := integer(lookup(s.Tags, "NUMBER_OF_BYTES")), clock(lookup(s.Tags, "DURATION")); bytes > 0 && d > 0 {
		return int64(float64(bytes) * 8 / d.Seconds())
	}
	return 0
}

// title is the stream's name; mp4 keeps it in handler_name, where muxers leave
// their own.
func title(s *facts.Stream) string {
	if t := lookup(s.Tags, "title"); t != "" {
		return t
	}
	switch h := lookup(s.Tags, "handler_name"); {
	case h == "", strings.HasSuffix(h, "Handler"), strings.HasSuffix(h, "Handle"), strings.Contains(h, "Apple"),
		strings.Contains(h, "GPAC"), strings.Contains(h, "ISO Media"), strings.Contains(h, "Mainconcept"):
		return ""
	default:
		return h
	}
}

func bitDepth(s *facts.Stream) int {
	if n := integer(s.RawBits); n > 0 {
		return int(n)
	}
	switch f := s.PixFmt; {
	case f == "":
		return 0
	case strings.Contains(f, "p10") || strings.Contains(f, "p010"):
		return 10
	case strings.Contains(f, "p12"):
		return 12
	default:
		return 8
	}
}

// fourCC drops tags that are numbers, as in Matroska ("[0][0][0][0]").
func fourCC(tag string) string {
	if strings.Contains(tag, "[") {
		return ""
	}
	return tag
}

func known(s string) string {
	if s == "unknown" || s == "-99" {
		return ""
	}
	return s
}

// quarter rounds an angle to 0, 90, 180 or 270.
func quarter(deg float64) int {
	if math.IsNaN(deg) || math.Abs(deg) > 1e6 {
		return 0
	}
	return (int(math.Round(deg/90))%4 + 4) % 4 * 90
}

// layout drops what clients do not tell apart: 5.1(side) is 5.1.
func layout(s string, channels int) string {
	s, _, _ = strings.Cut(s, "(")
	if s != "" && !strings.Contains(s, "channels") {
		return s
	}
	switch channels {
	case 1:
		return "mono"
	case 2:
		return "stereo"
	case 6:
		return "5.1"
	case 8:
		return "7.1"
	}
	return ""
}

func colon(s string) float64 { return ratio(strings.Replace(s, ":", "/", 1)) }

// aspects are the shapes films come in; a few lines cropped do not make another.
var aspects = [...]struct {
	value float64
	name  string
}{
	{16. / 9, "16:9"}, {4. / 3, "4:3"}, {1, "1:1"}, {5. / 4, "5:4"}, {1.85, "1.85:1"}, {2.35, "2.35:1"},
	{2.39, "2.39:1"}, {2.40, "2.40:1"}, {2, "2:1"}, {2.2, "2.20:1"}, {5. / 3, "5:3"}, {9. / 16, "9:16"}, {3. / 4, "3:4"},
}

// aspect is the shape of the picture as shown.
func aspect(dar string, width, height int) string {
	r := colon(dar)
	if r == 0 && height > 0 {
		r = float64(width) / float64(height)
	}
	best, off := "", 0.015
	for _, a := range aspects {
		if d := math.Abs(r-a.value) / a.value; d < off {
			best, off = a.name, d
		}
	}
	if best == "" && r > 0 {
		return strconv.FormatFloat(r, 'f', 2, 64) + ":1"
	}
	return best
}

// wantsFrame reports whether the picture may carry HDR10+, which only its frames
// tell.
func wantsFrame(d *facts.Document, src library.Source) bool {
	v, _ := src.First(library.StreamVideo)
	for _, s := range d.Streams {
		if s.Index == v.Index && s.FrameSeen {
			return false
		}
	}
	return v.ColorTransfer == "smpte2084" && (v.Codec == "hevc" || v.Codec == "av1" || v.Codec == "vp9")
}

// hdr10Plus looks at the first frame. Failing to is no fault of the file.
func hdr10Plus(ctx context.Context, path string, src *library.Source) {
	out, err := ffprobe(ctx, path, "-select_streams", "V:0", "-show_frames", "-read_intervals", "%+#1",
		"-show_entries", "frame=side_data_list")
	if err != nil {
		return
	}
	var d struct {
		Frames []struct {
			SideData []facts.SideData `json:"side_data_list"`
		} `json:"frames"`
	}
	if json.Unmarshal(out, &d) != nil {
		return
	}
	for i := range src.Streams {
		if src.Streams[i].Kind != library.StreamVideo {
			continue
		}
		for _, f := range d.Frames {
			for _, sd := range f.SideData {
				if strings.Contains(sd.Type, "SMPTE2094-40") {
					src.Streams[i].HDR10Plus = true
				}
			}
		}
		return
	}
}
