package hls

import (
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"sett/streaming/ffmpeg"
)

// directStreams copy the picture and encode the sound.
var directStreams = []struct {
	name, source string
	change       func(*Spec)
}{
	{"mkv to ts", "film.mkv", nil},
	{"mkv to mp4", "film.mkv", func(s *Spec) { s.Job.Container = ffmpeg.MP4 }},
	{"mp4 to ts", "film.mp4", nil},
	{"mp4 to mp4", "film.mp4", func(s *Spec) { s.Job.Container = ffmpeg.MP4 }},
	{"ts to mp4", "film.ts", func(s *Spec) { s.Job.Container = ffmpeg.MP4 }},
	{"ts to ts", "film.ts", nil},
	{"late to mp4", "late.mkv", func(s *Spec) { s.Job.Container = ffmpeg.MP4 }},
	{"open gop to ts", "opengop.mkv", nil},
	{"sound of another file", "film.mkv", func(s *Spec) { s.Job.Audio.Path = filepath.Join(clips, "film.mp4") }},
	{"copied sound of another file", "film.mkv", func(s *Spec) {
		s.Job.Audio = ffmpeg.Audio{Action: ffmpeg.Copy, Path: filepath.Join(clips, "film.mp4"), Index: 1, Codec: ffmpeg.AC3}
	}},
}

func directStream(source string, change func(*Spec)) Spec {
	return copying(source, func(s *Spec) {
		s.Job.Audio = ffmpeg.Audio{Action: ffmpeg.Encode, Index: 1, Codec: ffmpeg.AAC, Channels: 2, Bitrate: 128_000}
		if change != nil {
			change(s)
		}
	})
}

// makeOdd makes clips that begin late and with open groups of pictures.
func makeOdd(t *testing.T) {
	t.Helper()
	for name, args := range map[string]string{
		"late.mkv":    "-itsoffset 0.7 -i film.mkv -map 0:0 -map 0:1 -c copy",
		"opengop.mkv": "-i film.mkv -map 0:0 -map 0:1 -c:v libx264 -preset ultrafast -bf 3 -b_strategy 0 -g 36 -x264-params open-gop=1:scenecut=0 -c:a copy",
	} {
		if _, err := os.Stat(filepath.Join(clips, name)); err == nil {
			continue
		}
		cmd := exec.Command("ffmpeg", append(append([]string{"-y", "-v", "error"}, strings.Fields(args)...), name)...)
		cmd.Dir = clips
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
}

func TestACopiedPictureWithEncodedSoundJoinsWhateverTheOrder(t *testing.T) {
	makeOdd(t)
	for i, v := range directStreams {
		t.Run(v.name, func(t *testing.T) {
			if testing.Short() && i != 1 && i != 4 {
				t.Skip("a short run tries MKV to MP4 and TS to MP4 only")
			}
			m := manager(t, Options{})
			spec := directStream(v.source, v.change)
			s := open(t, m, "in order", spec)
			if s.InProcess() || s.spec.Job.Cuts == nil {
				t.Fatalf("not a direct stream: %+v", s.spec.Job)
			}
			n := s.spec.Job.Segments()
			var order []int
			for i := range n {
				order = append(order, i)
			}
			want := judge(t, whole(t, s, order))
			checkDirect(t, s, v.source, want)
			orders := map[string][]int{"at random": rand.Perm(n), "reversed": nil}
			for i := range n {
				orders["reversed"] = append(orders["reversed"], n-1-i)
			}
			for id, order := range orders {
				t.Logf("%s: %v", id, order)
				got := judge(t, whole(t, open(t, m, id, spec), order))
				if len(got) != len(want) {
					t.Errorf("%s: %d packets, in order there are %d", id, len(got), len(want))
					continue
				}
				for i := range got {
					if got[i].stream != want[i].stream || math.Abs(got[i].pts-want[i].pts) > 0.002 {
						t.Errorf("%s: packet %d is %+v, in order it is %+v", id, i, got[i], want[i])
						break
					}
				}
			}
		})
	}
}

// checkDirect compares a direct stream with its source: as many pictures, sound
// and picture as far apart, and each segment where the playlist says.
func checkDirect(t *testing.T, s *Session, source string, got []packet) {
	t.Helper()
	src := packetsOf(t, filepath.Join(clips, source), false)
	for stream := range 2 {
		first, last, gap, count := span(got, stream)
		_, _, _, wanted := span(src, stream)
		if stream == 0 && count != wanted {
			t.Errorf("%d pictures of %d", count, wanted)
		}
		if first0, _, _, _ := span(src, stream); first0 > 0.5 && first0 < 1 {
			first = 1 + first0 // what begins late gets silence before
		}
		if last-first < 19.7 || last-first > 20.2 || gap > 0.15 {
			t.Errorf("stream %d: %d packets from %f to %f, widest step %f", stream, count, first, last, gap)
		}
	}
	video, _, _, _ := span(got, 0)
	audio, _, _, _ := span(got, 1)
	video0, _, _, _ := span(src, 0)
	audio0, _, _, _ := span(src, 1)
	if s.spec.Job.Audio.Action == ffmpeg.Encode {
		// The encoder puts silence first, as long as its delay; it says so in MP4
		// only, and players skip it there.
		audio += 1024. / 48000
	}
	if s.spec.Job.Audio.Path == "" && source != "late.mkv" {
		if skew := (video - audio) - (video0 - audio0); math.Abs(skew) > 0.020 {
			t.Errorf("sound and picture are %f s apart, in the source %f s", video-audio, video0-audio0)
		}
	}
	slack := 0.
	if source == "film.ts" {
		slack = 0.020 // where its clock begins depends on the sounds that are used
	}
	base := ffmpeg.Offset * 1.0
	if s.spec.Job.Container == ffmpeg.TS {
		base += 1.4 // the muxer's own
	}
	for n := range s.spec.Job.Segments() {
		b := fetch(t, s, n)
		if s.spec.Job.Container == ffmpeg.MP4 {
			b = append(append([]byte{}, s.init...), b...)
		}
		start, length := s.spec.Job.Span(n)
		key := firstPicture(t, b)
		if off := key - base - start.Seconds(); n > 0 && math.Abs(off) > 0.002+slack {
			t.Errorf("segment %d begins at %f, the playlist says %f for %f s", n, key-base, start.Seconds(), length.Seconds())
		}
	}
}

// firstPicture is the time of the first picture in the order of the file, which
// must be a key frame.
func firstPicture(t *testing.T, b []byte) float64 {
	t.Helper()
	path := filepath.Join(t.TempDir(), "one")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("ffprobe", "-v", "error", "-select_streams", "v:0", "-show_entries", "packet=pts_time,flags", "-of", "csv=p=0", path).Output()
	if err != nil {
		t.Fatal(err)
	}
	f := strings.Split(strings.SplitN(string(out), "\n", 2)[0], ",")
	if len(f) < 2 || !strings.HasPrefix(f[1], "K") {
		t.Errorf("does not begin with a key frame: %v", f)
		return 0
	}
	return atof(f[0])
}
