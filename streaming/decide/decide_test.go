package decide

import (
	"slices"
	"strings"
	"testing"

	"sett/node/library"
)

func yes() *bool    { b := true; return &b }
func at(n int) *int { return &n }
func film() library.Source {
	return library.Source{
		Container: "mkv", Bitrate: 6_000_000,
		Streams: []library.Stream{
			{Index: 0, Kind: library.StreamVideo, Codec: "h264", Profile: "High", Level: 40, BitDepth: 8, RefFrames: 4,
				Width: 1920, Height: 1080, AvgFrameRate: 24, BitRate: 5_400_000},
			{Index: 1, Kind: library.StreamAudio, Codec: "ac3", Channels: 6, SampleRate: 48000, BitRate: 448_000, Language: "eng", Default: true},
			{Index: 2, Kind: library.StreamAudio, Codec: "aac", Channels: 2, SampleRate: 48000, BitRate: 128_000, Language: "deu"},
			{Index: 3, Kind: library.StreamSubtitle, Codec: "subrip", Language: "eng"},
			{Index: 4, Kind: library.StreamSubtitle, Codec: "hdmv_pgs_subtitle", Language: "eng"},
			{Index: 5, Kind: library.StreamSubtitle, Codec: "ass", Language: "jpn"},
		},
	}
}

func song() library.Source {
	return library.Source{Container: "flac", Bitrate: 900_000, Streams: []library.Stream{
		{Index: 0, Kind: library.StreamAudio, Codec: "flac", Channels: 2, SampleRate: 44100, BitDepth: 16, BitRate: 900_000},
		{Index: 1, Kind: library.StreamImage, Codec: "mjpeg"},
	}}
}

// checkPlan holds of every plan there is.
func checkPlan(t *testing.T, p Plan) {
	t.Helper()
	switch {
	case p.Method == DirectPlay && p.Reasons != 0:
		t.Errorf("plays directly and gives reasons not to: %v", p.Reasons)
	case p.Method != DirectPlay && p.Reasons == 0:
		t.Errorf("%v without a reason", p.Method)
	case p.Method == Remux && (p.Video.Action == Encode || p.Audio.Action == Encode):
		t.Errorf("a remux encodes: %+v", p)
	case p.Method == DirectStream && (p.Video.Action != Copy || p.Audio.Action != Encode):
		t.Errorf("a direct stream does not copy the picture and encode the sound: %+v", p)
	case p.Sentence == "" || strings.Contains(p.Sentence, "  "):
		t.Errorf("badly said: %q", p.Sentence)
	}
	for _, track := range []Track{p.Video, p.Audio} {
		if track.Action == Encode && len(track.Codecs) == 0 {
			t.Errorf("encodes into nothing: %+v", track)
		}
	}
	if p.Subtitle.Delivery == DeliverEncode && p.Method != None && p.Video.Action == Copy {
		t.Errorf("draws subtitles into a copied picture: %+v", p)
	}
}

func TestItChoosesTheCheapestWayThatWorks(t *testing.T) {
	cases := []struct {
		name    string
		source  func(*library.Source)
		sel     Selection
		lim     Limits
		method  Method
		reasons string
		carrier string // container and protocol
	}{
		{name: "all supported", method: DirectPlay, carrier: "mkv http"},
		{name: "odd container", source: func(s *library.Source) {
			s.Container = "avi"
			s.Streams[0].Codec = "hevc"
			s.Streams[0].CodecTag = "hvc1"
		},
			method: Remux, reasons: "ContainerNotSupported", carrier: "mp4 hls"},
		{name: "h264 in avi has no presentation times to copy", source: func(s *library.Source) { s.Container = "avi" },
			method: Transcode, reasons: "ContainerNotSupported", carrier: "mp4 hls"},
		{name: "unknown sound", source: func(s *library.Source) { s.Streams[1].Codec = "dts" },
			method: DirectStream, reasons: "AudioCodecNotSupported", carrier: "ts hls"},
		{name: "unknown picture", source: func(s *library.Source) { s.Streams[0].Codec = "vc1" },
			method: Transcode, reasons: "VideoCodecNotSupported", carrier: "mp4 hls"},
		{name: "level too high", source: func(s *library.Source) { s.Streams[0].Level = 52 },
			method: Transcode, reasons: "VideoLevelNotSupported", carrier: "mp4 hls"},
		{name: "level unknown", source: func(s *library.Source) { s.Streams[0].Level = 0 }, method: DirectPlay, carrier: "mkv http"},
		{name: "the tag alone is only written anew", source: func(s *library.Source) { s.Streams[0].Codec = "hevc"; s.Streams[0].CodecTag = "hev1" },
			method: Remux, reasons: "VideoCodecTagNotSupported", carrier: "mp4 hls"},
		{name: "a required tag nobody knows", source: func(s *library.Source) { s.Streams[0].Codec = "hevc" },
			method: Remux, reasons: "VideoCodecTagNotSupported", carrier: "mp4 hls"},
		{name: "interlaced", source: func(s *library.Source) {
			s.Streams[0].Codec, s.Streams[0].CodecTag, s.Streams[0].Interlaced = "hevc", "hvc1", true
		}, method: Transcode, reasons: "InterlacedVideoNotSupported", carrier: "mp4 hls"},
		{name: "anamorphic", source: func(s *library.Source) {
			s.Streams[0].Codec, s.Streams[0].CodecTag, s.Streams[0].Anamorphic = "hevc", "hvc1", yes()
		}, method: Transcode, reasons: "AnamorphicVideoNotSupported", carrier: "mp4 hls"},
		{name: "HDR10+ is HDR10 to who asks for that", source: func(s *library.Source) {
			v := &s.Streams[0]
			v.Codec, v.CodecTag, v.ColorTransfer, v.HDR10Plus = "hevc", "hvc1", "smpte2084", true
		}, method: DirectPlay, carrier: "mkv http"},
		{name: "Dolby Vision without fallback", source: func(s *library.Source) {
			v := &s.Streams[0]
			v.Codec, v.CodecTag = "hevc", "hvc1"
			v.DolbyVision = &library.DolbyVision{Profile: 5, RPU: true, BL: true}
		}, method: Transcode, reasons: "VideoRangeTypeNotSupported", carrier: "mp4 hls"},
		{name: "second track asked for", sel: Selection{Audio: at(2)}, method: Remux, reasons: "SecondaryAudioNotSupported", carrier: "ts hls"},
		{name: "over the road's limit", lim: Limits{MaxBitrate: 3_000_000}, method: Transcode, reasons: "ContainerBitrateExceedsLimit", carrier: "mp4 hls"},
		{name: "over what the client asks", sel: Selection{MaxBitrate: 3_000_000}, method: Transcode, reasons: "ContainerBitrateExceedsLimit", carrier: "mp4 hls"},
		{name: "the client may ask for more than its profile", source: func(s *library.Source) { s.Bitrate = 30_000_000 },
			sel: Selection{MaxBitrate: 40_000_000}, method: DirectPlay, carrier: "mkv http"},
		{name: "direct play tried and failed", sel: Selection{NoDirectPlay: true}, method: Remux, reasons: "DirectPlayError", carrier: "mp4 hls"},
		{name: "no copying either", sel: Selection{NoDirectPlay: true, NoVideoCopy: true, NoAudioCopy: true},
			method: Transcode, reasons: "AudioCodecNotSupported,DirectPlayError", carrier: "ts hls"},
		{name: "nothing but direct play", source: func(s *library.Source) { s.Container = "avi" },
			sel: Selection{NoTranscoding: true, NoDirectStream: true}, method: None, reasons: "ContainerNotSupported", carrier: " http"},
		{name: "no conversion, but repacking will do", source: func(s *library.Source) { s.Container = "mov" },
			sel: Selection{NoTranscoding: true}, method: Remux, reasons: "ContainerNotSupported", carrier: "mp4 hls"},
		{name: "this person may not have the picture converted", source: func(s *library.Source) { s.Streams[0].Codec = "vc1" },
			lim: Limits{NoVideoEncode: true}, method: None, reasons: "VideoCodecNotSupported", carrier: " http"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			src := film()
			if c.source != nil {
				c.source(&src)
			}
			p := Decide(src, phone(t), c.sel, c.lim)
			checkPlan(t, p)
			carrier := p.Container + " " + string(p.Protocol)
			if p.Method != c.method || p.Reasons.String() != c.reasons || carrier != c.carrier {
				t.Errorf("%v in %q because of %q, want %v in %q because of %q\n%s",
					p.Method, carrier, p.Reasons, c.method, c.carrier, c.reasons, p.Sentence)
			}
		})
	}
}

func TestItStaysWithinTheLimits(t *testing.T) {
	p := Decide(film(), phone(t), Selection{}, Limits{MaxBitrate: 1_500_000, MaxChannels: 2})
	if p.Audio.Channels != 2 || p.Audio.Action != Encode {
		t.Errorf("sound is %+v, want two channels", p.Audio)
	}
	if total := p.Transcoding.VideoBitrate + p.Transcoding.AudioBitrate; total > 1_500_000 || p.Bitrate > 1_500_000 {
		t.Errorf("asks for %d, expects %d bits/s", total, p.Bitrate)
	}
	if p.Video.Width == 0 || p.Video.Width >= 1920 {
		t.Errorf("picture is %d wide; too much for the rate", p.Video.Width)
	}
	if p.Video.Level != 41 && p.Video.Level != 40 || !slices.Contains(p.Video.Profiles, "high") {
		t.Errorf("level %v, profiles %v are not the device's", p.Video.Level, p.Video.Profiles)
	}
}

func TestSurroundIsNotFoldedIntoACodecForTwo(t *testing.T) {
	dev := phone(t)
	dev.TranscodingProfiles[0].AudioCodec = "mp3,aac"
	src := film()
	src.Streams[1].Codec = "dts"
	p := Decide(src, dev, Selection{}, Limits{})
	if p.Audio.Codecs[0] != "aac" || p.Audio.Channels != 6 {
		t.Errorf("5.1 becomes %s with %d channels", p.Audio.Codecs[0], p.Audio.Channels)
	}
}

func TestATrackNobodyPickedMayGiveWayToAnother(t *testing.T) {
	src := film()
	src.Streams[1].Codec, src.Streams[2].Default = "dts", true
	dev := phone(t)
	dev.CodecProfiles = nil
	for _, c := range []struct {
		name  string
		sel   Selection
		index int
	}{
		{"nobody chose", Selection{}, 2},
		{"the client asks", Selection{Audio: at(1)}, 1},
		{"the person picked it", Selection{DefaultAudio: at(1), DefaultAudioChoice: ByPerson}, 1},
		{"their language is the only one", Selection{DefaultAudio: at(1), DefaultAudioChoice: ByLanguage}, 1},
		{"any default track will do", Selection{DefaultAudio: at(1), DefaultAudioChoice: ByDefaultFlag}, 2},
		{"an index that is not there", Selection{Audio: at(77)}, 1},
	} {
		if p := Decide(src, dev, c.sel, Limits{}); p.AudioIndex != c.index || p.Audio.Index != c.index {
			t.Errorf("%s: plays track %d, want %d", c.name, p.AudioIndex, c.index)
		}
	}
}

func TestMusicIsCopiedOrEncodedByItself(t *testing.T) {
	dev := phone(t)
	if p := Decide(song(), dev, Selection{}, Limits{}); p.Method != DirectPlay || p.Container != "flac" {
		t.Errorf("FLAC: %v %s, want direct play", p.Method, p.Container)
	}
	alac := song()
	alac.Container, alac.Streams[0].Codec = "m4a", "alac"
	p := Decide(alac, dev, Selection{}, Limits{})
	checkPlan(t, p)
	if p.Method != Transcode || p.Container != "mp3" || p.Audio.Bitrate != 128_000 || p.Reasons != ContainerNotSupported|AudioCodecNotSupported {
		t.Errorf("ALAC: %v into %s at %d because of %v", p.Method, p.Container, p.Audio.Bitrate, p.Reasons)
	}
	mp3 := song()
	mp3.Container, mp3.Streams[0].Codec = "mkv", "mp3"
	p = Decide(mp3, dev, Selection{}, Limits{})
	checkPlan(t, p)
	if p.Method != Remux || p.Audio.Action != Copy || p.Reasons != ContainerNotSupported {
		t.Errorf("MP3 in Matroska: %v because of %v", p.Method, p.Reasons)
	}
}

func TestItSaysWhyInWords(t *testing.T) {
	dts := film()
	dts.Streams[1].Codec = "dts"
	vp9 := film()
	vp9.Streams[0].Codec = "vp9"
	mov := film()
	mov.Container = "mov"
	for _, c := range []struct {
		src  library.Source
		lim  Limits
		want string
	}{
		{film(), Limits{}, "Plays the file as it is."},
		{dts, Limits{}, "Converts the sound because this device has no DTS."},
		{mov, Limits{}, "Repacks the file without converting it because this device does not open MOV files."},
		{vp9, Limits{}, "Converts the picture because this device has no VP9."},
		{film(), Limits{MaxBitrate: 2_500_000}, "Converts the picture and the sound because the file needs 6 Mbit/s and the limit is 2.5 Mbit/s."},
	} {
		if got := Decide(c.src, phone(t), Selection{}, c.lim).Sentence; got != c.want {
			t.Errorf("said %q, want %q", got, c.want)
		}
	}
}

func TestAnExternalTrackIsCopiedIntoOneFileButNotIntoSegments(t *testing.T) {
	src := film()
	src.Streams[1].External, src.Streams[1].Codec, src.Streams[1].Channels = true, "aac", 2
	dev := phone(t)
	if p := Decide(src, dev, Selection{Audio: at(1)}, Limits{}); p.Method != DirectStream || p.Reasons != AudioIsExternal {
		t.Errorf("HLS: %v because of %v", p.Method, p.Reasons)
	}
	for i := range dev.TranscodingProfiles {
		dev.TranscodingProfiles[i].Protocol = HTTP
	}
	if p := Decide(src, dev, Selection{Audio: at(1)}, Limits{}); p.Method != Remux {
		t.Errorf("one file: %v", p.Method)
	}
}

func TestAFileWithAProblemIsNotPlayedAndSaysWhich(t *testing.T) {
	src := film()
	src.Problem = "The file ends in the middle."
	if p := Decide(src, phone(t), Selection{}, Limits{}); p.Method != None || p.Sentence != src.Problem {
		t.Errorf("%v: %q", p.Method, p.Sentence)
	}
}
