package remux_test

import (
	"encoding/json"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"sett/node/library"
	"sett/streaming/remux"
)

// described is what ffprobe says of a file's streams, as far as players go by it.
func described(t *testing.T, path string) []map[string]any {
	t.Helper()
	out, err := exec.Command("ffprobe", "-v", "error", "-of", "json", "-show_entries",
		"stream=codec_name,profile,level,width,height,sample_aspect_ratio,pix_fmt,color_range,color_space,color_transfer,color_primaries,sample_rate,channels,channel_layout:stream_side_data", path).Output()
	if err != nil {
		t.Fatal(err)
	}
	var doc struct{ Streams []map[string]any }
	if err := json.Unmarshal(out, &doc); err != nil {
		t.Fatal(err)
	}
	for _, s := range doc.Streams {
		if s["channels"] != nil {
			delete(s, "side_data_list") // MP4 says there what kind of service Dolby's sound is
		}
	}
	return doc.Streams
}

// TestTheInitSegmentSaysWhatTheSourceSays compares pictures' shape, colours, light
// and turn, and the layout of sound.
func TestTheInitSegmentSaysWhatTheSourceSays(t *testing.T) {
	dir := t.TempDir()
	const hdr = "-c:v libx265 -preset ultrafast -pix_fmt yuv420p10le -color_primaries bt2020 -color_trc smpte2084 -colorspace bt2020nc " +
		"-x265-params log-level=none:keyint=12:hdr10=1:repeat-headers=0:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc:" +
		"master-display=G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,1):max-cll=1000,400"
	cases := map[string]string{
		"hdr.mkv":        hdr + " -c:a eac3 -ac 6",
		"hdr.mp4":        "-i hdr.mkv -map 0 -c copy -tag:v hvc1",
		"anamorphic.mkv": x264 + " -g 12 -aspect 16:9 -c:a ac3 -ac 2",
		"anamorphic.mp4": x264 + " -g 12 -aspect 16:9 -c:a libmp3lame -ac 1",
		"turned.mp4":     "-i anamorphic.mp4 -map 0 -c copy -metadata:s:v:0 rotate=90",
		"six.mkv":        x264 + " -g 12 -c:a aac -ac 6",
		"opus6.mkv":      x264 + " -g 12 -c:a libopus -ac 6 -mapping_family 1",
		"flac.mkv":       x264 + " -g 12 -c:a flac -ar 96000 -sample_fmt s32",
		"vp9.webm":       "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 12 -pix_fmt yuv420p -color_range pc -c:a libopus",
	}
	for _, name := range []string{"hdr.mkv", "hdr.mp4", "anamorphic.mkv", "anamorphic.mp4", "turned.mp4", "six.mkv", "opus6.mkv", "flac.mkv", "vp9.webm"} {
		args := strings.Fields("-y -v error")
		if !strings.Contains(cases[name], "-i ") {
			args = append(args, strings.Fields("-f lavfi -i testsrc2=s=96x64:d=2:r=12 -f lavfi -i sine=d=2:r=48000")...)
		}
		cmd := exec.Command("ffmpeg", append(append(args, strings.Fields(cases[name])...), name)...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("make %s: %v\n%s", name, err, out)
		}
		f, err := remux.Open(t.Context(), filepath.Join(dir, name), library.Source{})
		if err != nil {
			t.Fatal(err)
		}
		path := save(t, whole(t, output(t, f, remux.Options{Audio: 1})), "film.mp4")
		got, want := described(t, path), described(t, filepath.Join(dir, name))
		if !reflect.DeepEqual(got, want) {
			a, _ := json.MarshalIndent(got, "", " ")
			b, _ := json.MarshalIndent(want, "", " ")
			t.Errorf("%s comes out as %s\nand is %s", name, a, b)
		}
		_ = f.Close()
	}
}

// TestTheTagIsTheOneAskedFor names HEVC as different players want it.
func TestTheTagIsTheOneAskedFor(t *testing.T) {
	for _, name := range []string{"hevc-eac3.mp4", "hevc-ac3.mkv", "hev1.mp4"} {
		f := open(t, name)
		for tag, want := range map[string]string{"": "hvc1.1.6.L30.90", "hvc1": "hvc1.1.6.L30.90", "hev1": "hev1.1.6.L30.90"} {
			o := output(t, f, remux.Options{Audio: remux.None, VideoTag: tag})
			if o.Codecs() != want {
				t.Errorf("%s as %q is %s", name, tag, o.Codecs())
			}
			path := save(t, append(o.Init(), segment(t, o, 0)...), "film.mp4")
			out, err := exec.Command("ffprobe", "-v", "error", "-show_entries", "stream=codec_tag_string", "-of", "csv=p=0", path).Output()
			if err != nil || strings.TrimSpace(string(out)) != want[:4] {
				t.Errorf("%s as %q is tagged %s, %v", name, tag, out, err)
			}
		}
	}
}
