package hls

import (
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"sett/streaming/ffmpeg"
)

// matrix is what films come as, beyond the clips of the other tests. Each has the
// picture first and one sound, and lasts 13 s.
var matrix = []struct {
	name, args string
	codec      ffmpeg.Codec
	ts         bool // also into MPEG-TS
}{
	{"hevc.mkv", "-c:v libx265 -preset ultrafast -x265-params log-level=none:keyint=48:min-keyint=48:bframes=3:open-gop=1 -c:a ac3", ffmpeg.HEVC, true},
	{"hevc.mp4", "-c:v libx265 -preset ultrafast -x265-params log-level=none:keyint=48:bframes=3 -tag:v hev1 -c:a aac", ffmpeg.HEVC, true},
	{"vp9.webm", "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -g 48 -c:a libopus", "vp9", false},
	{"av1.mkv", "-c:v libaom-av1 -cpu-used 8 -usage realtime -g 48 -c:a libopus", "av1", false},
	{"b.mp4", x264 + " -bf 3 -b_strategy 0 -g 48 -c:a aac", ffmpeg.H264, true},
	{"fragmented.mp4", "-i b.mp4 -c copy -movflags +frag_keyframe+empty_moov+default_base_moof", ffmpeg.H264, true},
	{"negative.mp4", "-i b.mp4 -c copy -movflags +negative_cts_offsets", ffmpeg.H264, true},
	{"opengop.mp4", x264 + " -bf 3 -b_strategy 0 -g 36 -x264-params open-gop=1:scenecut=0 -c:a aac", ffmpeg.H264, true},
	{"longgop.mkv", x264 + " -bf 2 -g 240 -c:a flac", ffmpeg.H264, true},
	{"vfr.mkv", "-vf select='not(mod(n\\,5)*mod(n\\,7))',setpts='PTS+0.013*mod(N\\,3)/TB' -fps_mode vfr " + x264 + " -bf 2 -g 20 -c:a eac3", ffmpeg.H264, true},
	{"live.mkv", "-i b.mp4 -c copy -cues_to_front 0 -live 1", ffmpeg.H264, true},
	{"hevc.m2ts", "-i hevc.mkv -c copy -mpegts_m2ts_mode 1 -f mpegts", ffmpeg.HEVC, true},
	{"wrap.ts", "-i b.mp4 -c copy -output_ts_offset 95435 -mpegts_copyts 1", ffmpeg.H264, true},
}

const x264 = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p"

func TestEveryKindOfFilmIsCopiedOrCutAlikeInEveryRun(t *testing.T) {
	if testing.Short() {
		t.Skip("a short run leaves out the matrix of films")
	}
	dir := t.TempDir()
	for _, f := range matrix {
		args := []string{"-y", "-v", "error", "-nostdin"}
		if !strings.Contains(f.args, "-i ") {
			args = append(args, "-f", "lavfi", "-i", "testsrc2=s=160x90:d=13:r=24000/1001", "-f", "lavfi", "-i", "sine=d=13:f=440:b=4:r=48000", "-map", "0", "-map", "1")
		}
		cmd := exec.Command("ffmpeg", append(append(args, strings.Fields(f.args)...), f.name)...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("make %s: %v\n%s", f.name, err, out)
		}
	}
	for _, f := range matrix {
		for _, c := range []ffmpeg.Container{ffmpeg.MP4, ffmpeg.TS} {
			if c == ffmpeg.TS && !f.ts {
				continue
			}
			t.Run(f.name+map[ffmpeg.Container]string{ffmpeg.MP4: " to mp4", ffmpeg.TS: " to ts"}[c], func(t *testing.T) {
				tryFilm(t, filepath.Join(dir, f.name), f.codec, c)
			})
		}
	}
}

func tryFilm(t *testing.T, path string, codec ffmpeg.Codec, c ffmpeg.Container) {
	t.Helper()
	m := manager(t, Options{})
	format := strings.TrimPrefix(filepath.Ext(path), ".")
	if format == "m2ts" {
		format = "ts"
	}
	spec := Spec{Job: ffmpeg.Job{
		Input: path, Format: format, Runtime: 13 * sec, Segment: 4 * sec, Container: c,
		Video: ffmpeg.Video{Action: ffmpeg.Copy, Codec: codec},
		Audio: ffmpeg.Audio{Action: ffmpeg.Encode, Index: 1, Codec: ffmpeg.AAC, Channels: 2},
	}}
	s, err := m.Open(t.Context(), "a", spec)
	if err != nil {
		t.Fatal(err)
	}
	n := s.spec.Job.Segments()
	var ahead, back []int
	for i := range n {
		ahead, back = append(ahead, i), append(back, n-1-i)
	}
	src := packetsOf(t, path, false)
	want := judge(t, whole(t, s, ahead))
	got := judge(t, whole(t, open(t, m, "b", spec), back))
	if len(got) != len(want) {
		t.Errorf("in reverse there are %d packets, in order %d", len(got), len(want))
	}
	for i := range min(len(got), len(want)) {
		if got[i].stream != want[i].stream || math.Abs(got[i].pts-want[i].pts) > 0.002 {
			t.Errorf("in reverse packet %d is %+v, in order %+v", i, got[i], want[i])
			break
		}
	}
	video0, _, _, pictures := span(src, 0)
	audio0, _, _, _ := span(src, 1)
	video, _, _, count := span(want, 0)
	audio, last, gap, _ := span(want, 1)
	if count != pictures {
		t.Errorf("%d pictures of %d", count, pictures)
	}
	if gap > 0.03 || last-audio < 12.8 || last-audio > 13.2 {
		t.Errorf("sound from %f to %f, widest step %f", audio, last, gap)
	}
	// The encoder's delay comes on top, which MP4 without edit lists cannot tell; and
	// the source may say a delay of its own as a time before 0.
	if skew := (video - (audio + 1024./48000)) - (video0 - max(audio0, min(video0, 0))); format != "ts" && math.Abs(skew) > 0.0215 {
		t.Errorf("sound and picture are %f s apart, in the source %f s", video-audio, video0-audio0)
	}
	if _, err := os.Stat(m.o.Dir); err != nil {
		t.Error(err)
	}
}
