package ffmpeg

import (
	"strings"
	"testing"
)

func TestSoftwarePassesTheTestEncode(t *testing.T) {
	tools, err := Find(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := tools.Try(t.Context(), Encoder{}, H264); err != nil {
		t.Error(err)
	}
}

// Machines that have the hardware prove here that it works; others that its absence
// is found out, quickly and with a reason.
func TestHardwareThatIsNotThereIsNotUsed(t *testing.T) {
	tools, err := Find(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	there := map[Encoder]bool{}
	for _, e := range candidates() {
		there[e] = true
	}
	for _, e := range []Encoder{
		{Kind: NVENC}, {Kind: QSV, Device: "/dev/dri/renderD128"}, {Kind: VAAPI, Device: "/dev/dri/renderD128"},
		{Kind: VideoToolbox}, {Kind: RKMPP}, {Kind: V4L2},
	} {
		if there[e] {
			t.Logf("%v is here: %v", e, tools.Try(t.Context(), e, H264))
			continue
		}
		err := tools.Try(t.Context(), e, H264)
		if err == nil {
			t.Errorf("%v works without its device", e)
		} else if !strings.Contains(err.Error(), "test of") && !strings.Contains(err.Error(), "no h264_") {
			t.Errorf("%v: %v", e, err)
		}
		t.Logf("%v: %v", e, err)
	}
	failed := tools.FindHardware(t.Context())
	for codec, e := range tools.Hardware {
		if !there[e] {
			t.Errorf("%s by %v", codec, e)
		}
	}
	if len(there) == 0 && (len(failed) > 0 || len(tools.Hardware) > 0) {
		t.Errorf("nothing is there: %v, %v", tools.Hardware, failed)
	}
}
