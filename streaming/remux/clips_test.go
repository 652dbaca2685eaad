package remux_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

// clips is where TestMain puts the media.
var clips string

const (
	x264 = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p"
	x265 = "-c:v libx265 -preset ultrafast -pix_fmt yuv420p -x265-params log-level=none:keyint=48:min-keyint=48:bframes=3"
)

// recipes are what ffmpeg is told to make each clip: its inputs are a picture of
// 24000/1001 pictures a second and a tone, of 13 s, unless the recipe has its own.
var recipes = []struct{ name, args string }{
	{"h264-aac.mp4", x264 + " -bf 3 -b_strategy 0 -g 48 -c:a aac"},
	{"h264-aac.mkv", x264 + " -bf 3 -b_strategy 0 -g 48 -c:a aac"},
	{"fast.mp4", "-i h264-aac.mp4 -c copy -movflags +faststart"},
	{"negative.mp4", "-i h264-aac.mp4 -c copy -movflags +negative_cts_offsets"},
	{"noedit.mp4", "-i h264-aac.mp4 -c copy -use_editlist 0"},
	{"fragmented.mp4", "-i h264-aac.mp4 -c copy -movflags +frag_keyframe+empty_moov+default_base_moof"},
	{"dash.mp4", "-i h264-aac.mp4 -c copy -movflags +dash+delay_moov+global_sidx -frag_duration 1500000"},
	{"quicktime.mov", "-i h264-aac.mp4 -c copy"},
	{"late.mp4", "-itsoffset 0.52 -i h264-aac.mp4 -i h264-aac.mp4 -map 0:v -map 1:a -c copy"},
	{"longgop.mkv", x264 + " -bf 2 -g 240 -c:a ac3"},
	{"opengop.mp4", x264 + " -bf 3 -b_strategy 0 -g 36 -x264-params open-gop=1:scenecut=0 -c:a aac"},
	{"opengop.mkv", "-i opengop.mp4 -c copy"},
	{"nob.mkv", x264 + " -bf 0 -g 50 -c:a libmp3lame"},
	{"vfr.mkv", "-vf select='not(mod(n\\,5)*mod(n\\,7))',setpts='PTS+0.013*mod(N\\,3)/TB' -fps_mode vfr " + x264 + " -bf 2 -g 20 -c:a eac3"},
	{"vfr.mp4", "-i vfr.mkv -c copy"},
	{"hevc-eac3.mp4", x265 + ":open-gop=0 -tag:v hvc1 -c:a eac3"},
	{"hevc-ac3.mkv", x265 + ":open-gop=1 -c:a ac3 -ac 6"},
	{"hev1.mp4", "-i hevc-ac3.mkv -c copy -tag:v hev1"},
	{"vp9-opus.webm", "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 48 -c:a libopus"},
	{"vp9-opus.mp4", "-i vp9-opus.webm -c copy -strict -2"},
	{"av1-opus.mkv", "-c:v libaom-av1 -cpu-used 8 -usage realtime -g 48 -c:a libopus"},
	{"av1-opus.mp4", "-i av1-opus.mkv -c copy -strict -2"},
	{"h264-flac.mkv", x264 + " -g 48 -c:a flac"},
	{"h264-flac.mp4", "-i h264-flac.mkv -c copy -strict -2"},
	{"h264-alac.mp4", x264 + " -g 48 -c:a alac"},
	{"h264-alac.mkv", "-i h264-alac.mp4 -c copy"},
	{"h264-mp3.mp4", x264 + " -g 48 -c:a libmp3lame"},
	{"aac44.mkv", x264 + " -g 48 -c:a aac -ar 44100"},
	{"music.m4a", "-vn -c:a aac"},
	{"music.mka", "-vn -c:a libopus"},
	{"shortsound.mkv", "-i h264-aac.mkv -t 5.3 -i h264-aac.mkv -map 0:v -map 1:a -c copy"},
	{"shortsound.mp4", "-i h264-aac.mp4 -t 5.3 -i h264-aac.mp4 -map 0:v -map 1:a -c copy"},
	{"latesound.mkv", "-i h264-aac.mkv -itsoffset 5.123 -i h264-aac.mkv -map 0:v -map 1:a -c copy"},
	{"latepicture.mkv", "-itsoffset 1.7 -i h264-aac.mkv -i h264-aac.mkv -map 0:v -map 1:a -c copy"},
	{"hole.mkv", "-af aselect='lt(t\\,4)+gt(t\\,6.51)' " + x264 + " -g 48 -c:a aac"},
	{"hole.mp4", "-i hole.mkv -c copy"},
	{"h264-aac.ts", "-i h264-aac.mp4 -c copy"},
	{"opengop.ts", "-i opengop.mp4 -c copy"},
	{"hevc-ac3.ts", "-i hevc-ac3.mkv -c copy"},
	{"hevc-eac3.m2ts", "-i hevc-eac3.mp4 -c copy -mpegts_m2ts_mode 1 -f mpegts"},
	{"mp3.ts", "-i nob.mkv -c copy"},
	{"wrap.ts", "-i h264-aac.mp4 -c copy -output_ts_offset 95440 -mpegts_copyts 1"},
	{"music.ts", "-i music.m4a -c copy"},
	{"noindex.mkv", "-i h264-aac.mkv -c copy -cues_to_front 0 -live 1"},
}

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "remux-clips-")
	if err == nil {
		clips = dir
		err = makeClips(dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	_ = os.RemoveAll(dir)
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func makeClips(dir string) error {
	for _, r := range recipes {
		args := []string{"-y", "-loglevel", "error", "-nostdin"}
		if !strings.Contains(r.args, "-i ") {
			args = append(args, "-f", "lavfi", "-i", "testsrc2=s=160x90:d=13:r=24000/1001",
				"-f", "lavfi", "-i", "sine=d=13:f=440:b=4:r=48000", "-map", "0", "-map", "1")
		}
		args = append(append(args, strings.Fields(r.args)...), r.name)
		cmd := exec.Command("ffmpeg", args...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("make %s: %w\n%s", r.name, err, out)
		}
	}
	return nil
}

func clip(t testing.TB, name string) string {
	t.Helper()
	path := filepath.Join(clips, name)
	if _, err := os.Stat(path); err != nil {
		t.Fatal(err)
	}
	return path
}
