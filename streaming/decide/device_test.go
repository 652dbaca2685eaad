package decide

import (
	"encoding/json"
	"os"
	"reflect"
	"testing"

	"sett/node/library"
)

func phone(t *testing.T) Device {
	t.Helper()
	var d Device
	readJSON(t, "testdata/phone.json", &d)
	return d
}

func TestItReadsAProfileInAnyCaseWithNumbersAsText(t *testing.T) {
	d := phone(t)
	if d.Name != "A phone" || d.MaxStreamingBitrate != 20_000_000 || len(d.DirectPlayProfiles) != 2 {
		t.Errorf("read %q, %d bits/s, %d direct play profiles", d.Name, d.MaxStreamingBitrate, len(d.DirectPlayProfiles))
	}
	ts := d.TranscodingProfiles[0]
	if ts.Protocol != HLS || ts.MaxAudioChannels != 6 || ts.MinSegments != 2 || !ts.EnableAudioVbrEncoding || ts.Context != Streaming {
		t.Errorf("transcoding profile is %+v", ts)
	}
	if d.TranscodingProfiles[1].EnableAudioVbrEncoding {
		t.Error(`"false" was read as true`)
	}
	if c := d.CodecProfiles[0].Conditions[0]; c != (Condition{LessThanEqual, VideoLevel, "41", false}) {
		t.Errorf("condition is %+v", c)
	}
}

func TestItDropsWhatItDoesNotKnowAndKeepsTheRest(t *testing.T) {
	d := phone(t)
	if n := len(d.TranscodingProfiles); n != 3 {
		t.Errorf("%d transcoding profiles, want 3: DASH is dropped", n)
	}
	if n := len(d.CodecProfiles[0].Conditions); n != 2 {
		t.Errorf("%d conditions, want 2: the unknown ones are dropped", n)
	}
	if n := len(d.SubtitleProfiles); n != 2 {
		t.Errorf("%d subtitle profiles, want 2", n)
	}
}

func TestItFillsInTheDefaultsOfTheAPI(t *testing.T) {
	for in, want := range map[string]int64{`{}`: 8_000_000, `{"MaxStreamingBitrate":null}`: 0, `{"MaxStreamingBitrate":-5}`: 0} {
		var d Device
		if err := json.Unmarshal([]byte(in), &d); err != nil {
			t.Fatal(err)
		}
		if d.MaxStreamingBitrate != want {
			t.Errorf("%s gives %d, want %d", in, d.MaxStreamingBitrate, want)
		}
	}
	var d Device
	in := `{"CodecProfiles":[{"Type":2,"Conditions":[{"Condition":4,"Property":"24","Value":"SDR"}]}]}`
	if err := json.Unmarshal([]byte(in), &d); err != nil {
		t.Fatal(err)
	}
	if p := d.CodecProfiles[0]; p.Type != CodecAudio || p.Conditions[0] != (Condition{EqualsAny, VideoRangeType, "SDR", true}) {
		t.Errorf("enums by number give %+v", p)
	}
}

func TestItRefusesOnlyWhatIsNoObject(t *testing.T) {
	for _, in := range []string{`[]`, `"x"`, `12`, `{`, ``} {
		if json.Unmarshal([]byte(in), new(Device)) == nil {
			t.Errorf("%q was taken for a device", in)
		}
	}
}

func TestAProfileSurvivesBeingWrittenAndReadAgain(t *testing.T) {
	d := phone(t)
	b, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	var again Device
	if err := json.Unmarshal(b, &again); err != nil {
		t.Fatal(err)
	}
	again.ResponseProfiles = d.ResponseProfiles // empty and left out are the same
	if !reflect.DeepEqual(d, again) {
		t.Errorf("was %+v, is %+v", d, again)
	}
}

// FuzzDevice feeds the decoder anything and plans with what comes out: neither may
// panic, and what was read must be writable and read back the same.
func FuzzDevice(f *testing.F) {
	seed, err := os.ReadFile("testdata/phone.json")
	if err != nil {
		f.Fatal(err)
	}
	for _, s := range []string{
		string(seed), `{}`, `{"DirectPlayProfiles":[{}]}`, `{"TranscodingProfiles":[{"Type":1,"Container":","}]}`,
		`{"CodecProfiles":[{"Conditions":[{"Property":26,"Value":"|"}]}],"MaxStreamingBitrate":1e99}`,
		`{"TranscodingProfiles":[{"AudioCodec":",","Container":"x"},{"VideoCodec":"-h264","Type":"video","protocol":1}]}`,
	} {
		f.Add([]byte(s))
	}
	film, song := film(), song()
	f.Fuzz(func(t *testing.T, in []byte) {
		var d Device
		if json.Unmarshal(in, &d) != nil {
			return
		}
		b, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		var again Device
		if err := json.Unmarshal(b, &again); err != nil {
			t.Fatalf("written as %s: %v", b, err)
		}
		for _, src := range []library.Source{film, song, {}} {
			p := Decide(src, d, Selection{}, Limits{})
			if !reflect.DeepEqual(p, Decide(src, again, Selection{}, Limits{})) {
				t.Errorf("the plan changed when the profile was written and read again: %s", b)
			}
			checkPlan(t, p)
		}
	})
}
