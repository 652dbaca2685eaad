package decide

import (
	"testing"

	"sett/node/library"
)

func TestSubtitlesReachTheDeviceWithTheLeastConversion(t *testing.T) {
	subtitle := func(codec string) library.Stream {
		return library.Stream{Kind: library.StreamSubtitle, Codec: codec}
	}
	outside := func(codec, path string) library.Stream {
		return library.Stream{Kind: library.StreamSubtitle, Codec: codec, External: true, Path: path}
	}
	direct := Plan{Method: DirectPlay, Container: "mkv", Protocol: HTTP}
	segments := Plan{Method: Remux, Container: "mp4", Protocol: HLS}
	matroska := Plan{Method: Remux, Container: "mkv", Protocol: HTTP}
	external := func(f string) []SubtitleProfile { return []SubtitleProfile{{Format: f, Method: DeliverExternal}} }
	embed := func(f string) []SubtitleProfile {
		return []SubtitleProfile{{Format: f, Method: DeliverExternal}, {Format: f, Method: DeliverEmbed}}
	}
	mks := []SubtitleProfile{{Format: "vobsub", Container: "mks", Method: DeliverExternal}}
	for _, c := range []struct {
		name      string
		stream    library.Stream
		profiles  []SubtitleProfile
		noExtract bool
		plan      Plan
		delivery  Delivery
		format    string
	}{
		{"the device reads it inside", subtitle("subrip"), embed("srt"), false, direct, DeliverEmbed, "srt"},
		{"segments hold none", subtitle("subrip"), embed("srt"), false, segments, DeliverExternal, "srt"},
		{"Matroska holds it", subtitle("hdmv_pgs_subtitle"), embed("pgssub"), false, matroska, DeliverEmbed, "pgssub"},
		{"Matroska takes in a file from outside", outside("ass", "/a.ass"), embed("ass"), false, matroska, DeliverEmbed, "ass"},
		{"a file stays outside what is sent as it is", outside("srt", "/a.srt"), embed("srt"), false, direct, DeliverExternal, "srt"},
		{"text becomes another text", subtitle("subrip"), external("vtt"), false, segments, DeliverExternal, "vtt"},
		{"styled text does not", subtitle("ass"), external("vtt"), false, segments, DeliverEncode, "ass"},
		{"nor text styled", subtitle("subrip"), external("ass"), false, segments, DeliverEncode, "subrip"},
		{"pictures do not become text", subtitle("hdmv_pgs_subtitle"), external("srt"), false, segments, DeliverEncode, "hdmv_pgs_subtitle"},
		{"pictures the client draws", subtitle("hdmv_pgs_subtitle"), external("pgssub"), true, segments, DeliverExternal, "pgssub"},
		{"no extraction while converting", subtitle("subrip"), external("srt"), true, segments, DeliverEncode, "subrip"},
		{"extraction beside the file as it is", subtitle("subrip"), external("srt"), true, direct, DeliverExternal, "srt"},
		{"a file needs no extraction", outside("srt", "/a.srt"), external("srt"), true, segments, DeliverExternal, "srt"},
		{"VobSub in a Matroska of its own", subtitle("dvd_subtitle"), mks, true, segments, DeliverExternal, "vobsub"},
		{"VobSub as .mks", outside("vobsub", "/a.mks"), mks, true, segments, DeliverExternal, "vobsub"},
		{"VobSub as .idx is no Matroska", outside("vobsub", "/a.idx"), mks, true, segments, DeliverEncode, "vobsub"},
		{"in the playlist", subtitle("subrip"), []SubtitleProfile{{Format: "vtt", Method: DeliverHLS}}, false, segments, DeliverHLS, "vtt"},
		{"without a playlist there is none to be in", subtitle("subrip"), []SubtitleProfile{{Format: "vtt", Method: DeliverHLS}}, false, direct, DeliverEncode, "subrip"},
		{"a profile for another language", subtitle("subrip"), []SubtitleProfile{{Format: "srt", Method: DeliverExternal, Language: "fin"}}, false, direct, DeliverEncode, "subrip"},
		{"what needs no conversion comes first", subtitle("webvtt"), append(external("srt"), external("vtt")...), false, direct, DeliverExternal, "vtt"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, f := DeliverSubtitle(library.Source{Container: "mkv"}, c.stream, Device{SubtitleProfiles: c.profiles}, Limits{NoSubtitleExtraction: c.noExtract}, c.plan)
			if d != c.delivery || f != c.format {
				t.Errorf("delivered by %v as %q, want %v as %q", d, f, c.delivery, c.format)
			}
		})
	}
}

func TestASubtitleTheDeviceCannotShowIsDrawnIntoThePicture(t *testing.T) {
	p := Decide(film(), phone(t), Selection{Subtitle: at(5)}, Limits{})
	checkPlan(t, p)
	if p.Method != Transcode || p.Reasons != SubtitleCodecNotSupported || p.Subtitle.Delivery != DeliverEncode || p.SubtitleIndex != 5 {
		t.Errorf("%v because of %v, subtitle %+v", p.Method, p.Reasons, p.Subtitle)
	}
	p = Decide(film(), phone(t), Selection{Subtitle: at(5)}, Limits{NoVideoEncode: true})
	if p.Method != Remux || p.Subtitle.Delivery != DeliverDrop || p.Subtitle.Action != Absent {
		t.Errorf("with no right to convert the picture: %v, subtitle %+v", p.Method, p.Subtitle)
	}
}

func TestNoSubtitleMeansNoneEvenWhereThereIsADefault(t *testing.T) {
	p := Decide(film(), phone(t), Selection{Subtitle: at(-1), DefaultSubtitle: at(5)}, Limits{})
	if p.Method != DirectPlay || p.SubtitleIndex != -1 || p.Subtitle.Delivery != "" {
		t.Errorf("%v with subtitle %d, %+v", p.Method, p.SubtitleIndex, p.Subtitle)
	}
	p = Decide(film(), phone(t), Selection{DefaultSubtitle: at(3)}, Limits{})
	if p.Method != DirectPlay || p.SubtitleIndex != 3 || p.Subtitle.Delivery != DeliverExternal {
		t.Errorf("%v with subtitle %d, %+v", p.Method, p.SubtitleIndex, p.Subtitle)
	}
}

func TestSubtitlesAreDrawnInWhenAskedAlwaysAndThePictureIsEncodedAnyway(t *testing.T) {
	sel := Selection{Subtitle: at(3), AlwaysBurnIn: true}
	if p := Decide(film(), phone(t), sel, Limits{}); p.Method != DirectPlay || p.Subtitle.Delivery != DeliverExternal {
		t.Errorf("%v, subtitle %+v", p.Method, p.Subtitle)
	}
	p := Decide(film(), phone(t), sel, Limits{MaxBitrate: 2_000_000})
	if p.Method != Transcode || p.Subtitle.Delivery != DeliverEncode {
		t.Errorf("%v, subtitle %+v", p.Method, p.Subtitle)
	}
}
