package codec

import (
	"encoding/hex"
	"testing"

	"sett/streaming/remux/media"
)

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestNamesOfRFC6381 names configurations of all kinds.
func TestNamesOfRFC6381(t *testing.T) {
	hvcc := "01" + "22" + "20000000" + "b00000000000" + "99" + "f000fcfdfafa00000f00"
	dovi := []byte("\x00\x00\x00\x20dvcC\x01\x00\x0a\x35\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00")
	for _, c := range []struct {
		want, tag string
		track     media.Track
	}{
		{"avc1.640028", "avc1", media.Track{Codec: "h264", Config: unhex(t, "01640028ffe100")}},
		{"hvc1.2.4.H153.B0", "hvc1", media.Track{Codec: "hevc", Config: unhex(t, hvcc)}},
		{"dvh1.05.06", "dvh1", media.Track{Codec: "hevc", Config: unhex(t, hvcc), Boxes: dovi}},
		{"av01.0.08M.10", "av01", media.Track{Codec: "av1", Config: unhex(t, "81084c00")}},
		{"vp09.02.31.10", "vp09", media.Track{Codec: "vp9", Config: unhex(t, "01000000021fa2")}},
		{"mp4a.40.2", "mp4a", media.Track{Codec: "aac", Config: unhex(t, "1190")}},
		{"mp4a.40.5", "mp4a", media.Track{Codec: "aac", Config: unhex(t, "2b118800")}},
		{"ec-3", "ec-3", media.Track{Codec: "eac3"}},
		{"", "xxxx", media.Track{Codec: "theora"}},
	} {
		if got := Name(&c.track, c.tag); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

// TestConfigurationsAreReadBackAsWritten makes configurations from parameter sets.
func TestConfigurationsAreReadBackAsWritten(t *testing.T) {
	sps := unhex(t, "6764001facd9405005bb011000000300100000030300f1831960") // 1280×720, 4:2:0
	sets := ParameterSets{SPS: [][]byte{sps}, PPS: [][]byte{unhex(t, "68ebecb22c")}}
	b, ok := MakeAVCC(sets)
	back, size, read := AVCC(b)
	if !ok || !read || size != 4 || string(back.SPS[0]) != string(sps) || !back.Complete("h264") {
		t.Errorf("%x: %v %v %d", b, ok, read, size)
	}
	if s, ok := ParseAVCSPS(sps); !ok || s.Width != 1280 || s.Height != 720 || s.BitDepth != 8 {
		t.Errorf("%+v %v", s, ok)
	}
	if _, ok := MakeAVCC(ParameterSets{}); ok {
		t.Error("a configuration of nothing")
	}
}

// TestADTSHeadersAreReadBackAsWritten for every rate and layout that has one.
func TestADTSHeadersAreReadBackAsWritten(t *testing.T) {
	for rate := range aacRates {
		for channels := 1; channels < 8; channels++ {
			asc := []byte{2<<3 | byte(rate>>1), byte(rate<<7) | byte(channels<<3)}
			a, ok := ParseASC(asc)
			h, made := a.ADTS(500)
			head, size, back, read := ParseADTS(h[:])
			if !ok || !made || !read || head != 7 || size != 507 || string(back) != string(asc) {
				t.Errorf("rate %d, %d channels: %x becomes %x", rate, channels, asc, back)
			}
		}
	}
	if _, ok := (AAC{Core: 2, RateIndex: 3, ChannelCfg: 2}).ADTS(9000); ok {
		t.Error("a header for a packet that is too long")
	}
}

// TestOpusPacketsTellTheirLength has the configurations of RFC 6716.
func TestOpusPacketsTellTheirLength(t *testing.T) {
	for head, want := range map[string]int64{
		"\x00": 480, "\x18": 2880, "\x60": 480, "\x68": 960, "\x80": 120, "\x98": 960, "\x99": 1920, "\x9b\x03": 2880, "": 0, "\x9b": 0,
	} {
		if got := OpusSamples([]byte(head)); got != want {
			t.Errorf("%q: %d, want %d", head, got, want)
		}
	}
}

// FuzzHeads reads whatever it is given as everything there is.
func FuzzHeads(f *testing.F) {
	f.Add([]byte("\x0b\x77\x00\x00\x20\x40\x2f\x84"))
	f.Add([]byte("\x67\x64\x00\x1f\xac\xd9\x40\x50\x05\xbb\x01\x10"))
	f.Add([]byte("\xff\xf1\x4c\x80\x10\x00\xfc"))
	f.Fuzz(func(_ *testing.T, b []byte) {
		ParseAVCSPS(b)
		ParseHEVCSPS(b)
		AVCC(b)
		HVCC(b)
		ParseASC(b)
		ParseADTS(b)
		ParseAC3(b)
		MakeDEC3(b)
		MakeDOps(b)
		MakeDfLa(b)
		ParseALAC(b)
		ParseMP3(b)
		MakeVPCC(b, b)
		OpusSamples(b)
		for _, name := range []string{"h264", "hevc"} {
			var sets ParameterSets
			Units(b, func(nal []byte) bool {
				sets.Add(name, nal)
				RandomAccess(name, nal)
				return true
			})
			MakeAVCC(sets)
			MakeHVCC(sets)
			for size := range 5 {
				Prefixed(b, size, func([]byte) {})
			}
			Name(&media.Track{Codec: name, Config: b, Boxes: b}, "dvh1")
		}
	})
}
