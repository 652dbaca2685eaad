package library

import "testing"

func TestAStreamKnowsItsDynamicRange(t *testing.T) {
	dovi := func(profile, compatibility int) *DolbyVision {
		return &DolbyVision{Profile: profile, RPU: true, BL: true, BLCompatibility: compatibility}
	}
	for _, c := range []struct {
		stream Stream
		kind   VideoRangeType
		wide   VideoRange
		title  string
	}{
		{Stream{}, RangeTypeSDR, RangeSDR, ""},
		{Stream{ColorTransfer: "bt709"}, RangeTypeSDR, RangeSDR, ""},
		{Stream{ColorTransfer: "SMPTE2084"}, RangeHDR10, RangeHDR, ""},
		{Stream{ColorTransfer: "smpte2084", HDR10Plus: true}, RangeHDR10Plus, RangeHDR, ""},
		{Stream{ColorTransfer: "arib-std-b67"}, RangeHLG, RangeHDR, ""},
		{Stream{DolbyVision: dovi(5, 0)}, RangeDOVI, RangeHDR, "Dolby Vision Profile 5"},
		{Stream{DolbyVision: dovi(7, 6)}, RangeDOVIWithEL, RangeHDR, "Dolby Vision Profile 7.6 (HDR10)"},
		{Stream{DolbyVision: dovi(7, 6), HDR10Plus: true}, RangeDOVIWithELHDR10Plus, RangeHDR, "Dolby Vision Profile 7.6 (HDR10)"},
		{Stream{DolbyVision: dovi(8, 1)}, RangeDOVIWithHDR10, RangeHDR, "Dolby Vision Profile 8.1 (HDR10)"},
		{Stream{DolbyVision: dovi(8, 1), HDR10Plus: true}, RangeDOVIWithHDR10Plus, RangeHDR, "Dolby Vision Profile 8.1 (HDR10)"},
		{Stream{DolbyVision: dovi(8, 2)}, RangeDOVIWithSDR, RangeSDR, "Dolby Vision Profile 8.2 (SDR)"},
		{Stream{DolbyVision: dovi(8, 4)}, RangeDOVIWithHLG, RangeHDR, "Dolby Vision Profile 8.4 (HLG)"},
		{Stream{DolbyVision: dovi(8, 0)}, RangeDOVIInvalid, RangeHDR, "Dolby Vision Profile 8"},
		{Stream{DolbyVision: dovi(10, 0)}, RangeDOVI, RangeHDR, "Dolby Vision Profile 10"},
		{Stream{DolbyVision: dovi(10, 4)}, RangeDOVIWithHLG, RangeHDR, "Dolby Vision Profile 10.4 (HLG)"},
		{Stream{DolbyVision: &DolbyVision{Profile: 8, BLCompatibility: 1}, ColorTransfer: "smpte2084"}, RangeHDR10, RangeHDR, ""},
	} {
		c.stream.Kind = StreamVideo
		if k, w, title := c.stream.VideoRangeType(), c.stream.VideoRange(), c.stream.DolbyVisionTitle(); k != c.kind || w != c.wide || title != c.title {
			t.Errorf("%+v is %s, %s, %q; want %s, %s, %q", c.stream, k, w, title, c.kind, c.wide, c.title)
		}
	}
	if k := (Stream{Kind: StreamAudio}).VideoRangeType(); k != RangeTypeUnknown {
		t.Errorf("sound has range %s", k)
	}
}
