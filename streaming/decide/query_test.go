package decide

import (
	"strings"
	"testing"
)

func TestTheURLCarriesTheDecision(t *testing.T) {
	src := film()
	src.Streams[1].Codec, src.Streams[0].Profile = "dts", "Constrained Baseline"
	p := Decide(src, phone(t), Selection{Subtitle: at(3)}, Limits{})
	var parts []string
	for _, o := range p.Query() {
		parts = append(parts, o.Name+"="+o.Value)
	}
	got := strings.Join(parts, "&")
	want := "VideoCodec=h264&AudioCodec=aac,mp3&AudioStreamIndex=1&VideoBitrate=19360000&AudioBitrate=640000&MaxFramerate=24" +
		"&SegmentContainer=ts&MinSegments=2&TranscodingMaxAudioChannels=6&RequireAvc=false&EnableAudioVbrEncoding=true" +
		"&h264-level=40&h264-videobitdepth=8&h264-profile=high,main,baseline&TranscodeReasons=AudioCodecNotSupported,VideoProfileNotSupported"
	if got != want {
		t.Errorf("query is\n%s, want\n%s", got, want)
	}
	if q := Decide(film(), phone(t), Selection{}, Limits{}).Query(); q != nil {
		t.Errorf("direct play has a query: %v", q)
	}
}

func TestAProgressiveStreamStartsWhereAsked(t *testing.T) {
	dev := phone(t)
	dev.TranscodingProfiles = dev.TranscodingProfiles[:1]
	dev.TranscodingProfiles[0].Protocol = HTTP
	p := Decide(film(), dev, Selection{NoDirectPlay: true, StartTicks: 600_000_000}, Limits{})
	for _, o := range p.Query() {
		if o.Name == "StartTimeTicks" && o.Value == "600000000" {
			return
		}
	}
	t.Errorf("no start in %v", p.Query())
}

func TestReasonsHaveTheNamesAndBitsOfTheAPI(t *testing.T) {
	for reason, want := range map[Reasons]string{
		0: "", 1 << 0: "ContainerNotSupported", 1 << 5: "SecondaryAudioNotSupported", 1 << 18: "ContainerBitrateExceedsLimit",
		1 << 23: "DirectPlayError", 1 << 24: "VideoRangeTypeNotSupported", 1 << 26: "StreamCountExceedsLimit",
		1 << 27: "VideoRotationNotSupported", 1<<1 | 1<<2: "VideoCodecNotSupported,AudioCodecNotSupported",
	} {
		if reason.String() != want {
			t.Errorf("%b is %q, want %q", uint32(reason), reason, want)
		}
		if ParseReasons(want) != reason {
			t.Errorf("%q is not read back", want)
		}
	}
	if Reasons(0).List() == nil {
		t.Error("no reasons is nil, which clients read as a missing field")
	}
}
