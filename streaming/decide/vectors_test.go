package decide

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sett/node/library"
)

// vector is one case of the compatibility vectors; see their README.
type vector struct {
	Selection, Device, Media string
	PlayMethod               *string
	TranscodeReasons         []string
	TranscodeMode, Protocol  string
}

func TestEveryCompatibilityVectorIsExact(t *testing.T) {
	dir := os.Getenv("PLAYBACK_VECTORS")
	if dir == "" {
		t.Skip("PLAYBACK_VECTORS is not set: no folder of playback vectors to compare with")
	}
	var cases []vector
	readJSON(t, filepath.Join(dir, "cases.json"), &cases)
	if len(cases) == 0 {
		t.Fatal("no cases in the folder")
	}
	for _, c := range cases {
		t.Run(c.Selection+"/"+c.Device+"/"+c.Media, func(t *testing.T) {
			var dev Device
			readJSON(t, filepath.Join(dir, "DeviceProfile-"+c.Device+".json"), &dev)
			src, sel := readMedia(t, filepath.Join(dir, "MediaSourceInfo-"+c.Media+".json"), c.Selection)
			c.check(t, Decide(src, dev, sel, Limits{NoSubtitleExtraction: true}))
		})
	}
}

func (c vector) check(t *testing.T, p Plan) {
	t.Helper()
	want := slices.Sorted(slices.Values(c.TranscodeReasons))
	if got := slices.Sorted(slices.Values(p.Reasons.List())); !slices.Equal(got, want) {
		t.Errorf("reasons are %v, want %v", got, want)
	}
	if c.PlayMethod == nil {
		if p.Method != None {
			t.Errorf("method is %v, want none", p.Method)
		}
		return
	}
	if *c.PlayMethod == "DirectPlay" {
		if p.Method != DirectPlay {
			t.Errorf("method is %v, want DirectPlay", p.Method)
		}
		return
	}
	if p.Method.String() != c.TranscodeMode {
		t.Errorf("mode is %v, want %v", p.Method, c.TranscodeMode)
	}
	got := string(p.Protocol)
	if p.Protocol == HLS {
		got = "HLS." + p.Container
	}
	if got != c.Protocol {
		t.Errorf("protocol is %s, want %s", got, c.Protocol)
	}
}

func readJSON(t *testing.T, path string, into any) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, into); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}

// wireMedia is the API's shape of a source, as far as a decision looks at it.
type wireMedia struct {
	Container                                           string
	Bitrate                                             int64
	DefaultAudioStreamIndex, DefaultSubtitleStreamIndex *int
	MediaStreams                                        []wireStream
}

type wireStream struct {
	Type                                              any // a name, or a number in older files
	Index, Width, Height, BitDepth, RefFrames         int
	Channels, SampleRate, Rotation                    int
	BitRate                                           int64
	Codec, CodecTag, Profile, Language, ColorTransfer string
	Path                                              string
	Level, AverageFrameRate, RealFrameRate            float64
	IsDefault, IsForced, IsExternal, IsInterlaced     bool
	IsAVC, IsAnamorphic                               *bool
	DvProfile                                         *int
	DvLevel, DvBlSignalCompatibilityId                int
	RpuPresentFlag, ElPresentFlag, BlPresentFlag      int
	Hdr10PlusPresentFlag                              bool
}

func readMedia(t *testing.T, path, selection string) (library.Source, Selection) {
	t.Helper()
	var m wireMedia
	readJSON(t, path, &m)
	src := library.Source{Container: m.Container, Bitrate: m.Bitrate}
	for _, s := range m.MediaStreams {
		src.Streams = append(src.Streams, s.stream())
	}
	sel := Selection{DefaultAudio: m.DefaultAudioStreamIndex, DefaultSubtitle: m.DefaultSubtitleStreamIndex, Media: VideoItem}
	n := len(src.Streams)
	audio, last := 1, n-1
	if strings.HasPrefix(selection, "second-last") {
		audio = n - 2
	}
	if selection != "default" && n > 0 {
		sel.Audio, sel.Subtitle = &audio, &last
	}
	return src, sel
}

func (w wireStream) stream() library.Stream {
	s := library.Stream{
		Index: w.Index, Codec: w.Codec, CodecTag: w.CodecTag, Profile: w.Profile, Level: w.Level, Language: w.Language,
		Default: w.IsDefault, Forced: w.IsForced, External: w.IsExternal, Path: w.Path, BitRate: w.BitRate,
		Width: w.Width, Height: w.Height, AvgFrameRate: w.AverageFrameRate, RealFrameRate: w.RealFrameRate,
		BitDepth: w.BitDepth, RefFrames: w.RefFrames, Interlaced: w.IsInterlaced, AVC: w.IsAVC, Anamorphic: w.IsAnamorphic,
		Rotation: w.Rotation, ColorTransfer: w.ColorTransfer, HDR10Plus: w.Hdr10PlusPresentFlag,
		Channels: w.Channels, SampleRate: w.SampleRate,
	}
	switch w.Type {
	case "Video", 1.0:
		s.Kind = library.StreamVideo
	case "Subtitle", 2.0:
		s.Kind = library.StreamSubtitle
	case "Audio", nil, 0.0:
		s.Kind = library.StreamAudio
	}
	if w.DvProfile != nil {
		s.DolbyVision = &library.DolbyVision{
			Profile: *w.DvProfile, Level: w.DvLevel, BLCompatibility: w.DvBlSignalCompatibilityId,
			RPU: w.RpuPresentFlag == 1, EL: w.ElPresentFlag == 1, BL: w.BlPresentFlag == 1,
		}
	}
	return s
}
