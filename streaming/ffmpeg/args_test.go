package ffmpeg

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sett/node/library"
)

var update = flag.Bool("update", false, "rewrite the golden files")

const sec = library.Ticks(1e7)

// film is the plain case: H.264 and AAC out of anything, in TS.
func film(change func(*Job)) Job {
	j := Job{
		Input: "/media/Film: a 'b' %d.mkv", Format: "mkv", Runtime: 20 * sec, Segment: 6 * sec,
		Video: Video{Action: Encode, Index: 0, Codec: H264, Width: 1280, Height: 720, MaxRate: 4_000_000, Level: 41, FrameRate: 24},
		Audio: Audio{Action: Encode, Index: 1, Codec: AAC, Channels: 2, Bitrate: 192_000},
	}
	if change != nil {
		change(&j)
	}
	return j
}

var goldens = []struct {
	name  string
	first int
	job   Job
}{
	{"ts_from_the_start", 0, film(nil)},
	{"ts_from_the_middle", 2, film(nil)},
	{"mp4_from_the_middle", 1, film(func(j *Job) { j.Container = MP4 })},
	{"audio_copied", 1, film(func(j *Job) { j.Audio = Audio{Action: Copy, Index: 2, Codec: AC3}; j.Video.Bitrate = 3_000_000 })},
	{"audio_beside_the_film", 1, film(func(j *Job) { j.Audio.Path, j.Audio.Index = "/media/Film.fr.mka", 0 })},
	{"audio_only", 1, film(func(j *Job) { j.Video = Video{}; j.Container = MP4 })},
	{"video_only", 0, film(func(j *Job) { j.Audio = Audio{} })},
	{"text_burnt_in", 1, film(func(j *Job) { j.Video.BurnIn = BurnIn{Kind: TextSubtitle, Path: "/cache/it's, [x].ass"} })},
	{"bitmap_burnt_in", 1, film(func(j *Job) { j.Video.BurnIn = BurnIn{Kind: BitmapSubtitle, Index: 3} })},
	{"from_a_broadcast", 2, film(func(j *Job) { j.Format = "ts"; j.Video.Deinterlace = true })},
	{"hdr", 0, film(func(j *Job) { j.Video.ToneMap = true })},
	{"picture_copied", 2, film(func(j *Job) { j.Video, j.Cuts = Video{Action: Copy, Codec: H264}, keys(nil) })},
	{"hevc_copied_to_mp4", 1, film(func(j *Job) { j.Video, j.Container, j.Cuts = Video{Action: Copy, Codec: HEVC}, MP4, keys(nil) })},
	{"broadcast_copied", 1, film(func(j *Job) {
		j.Format, j.Video = "ts", Video{Action: Copy, Codec: H264}
		j.Cuts = keys([]library.Ticks{0, 4 * sec, 10 * sec})
	})},
	{"quick_start", 0, film(func(j *Job) { j.Segment, j.Quick = 3*sec, true })},
	{"quick_from_the_second", 1, film(func(j *Job) { j.Segment, j.Quick = 3*sec, true })},
	{"downmixed_and_even", 1, film(func(j *Job) { j.Audio.Downmix, j.Audio.Even = true, true })},
	{"nvenc", 1, film(func(j *Job) { j.Video.Encoder = Encoder{Kind: NVENC} })},
	{"qsv", 1, film(func(j *Job) { j.Video.Encoder = Encoder{Kind: QSV, Device: "/dev/dri/renderD128"} })},
	{"vaapi", 1, film(func(j *Job) {
		j.Video.Encoder = Encoder{Kind: VAAPI, Device: "/dev/dri/renderD128"}
		j.Video.Deinterlace = true
	})},
	{"vaapi_hevc", 1, film(func(j *Job) {
		j.Video.Encoder = Encoder{Kind: VAAPI, Device: "/dev/dri/renderD128"}
		j.Video.Codec, j.Container, j.Video.MaxRate = HEVC, MP4, 0
	})},
	{"videotoolbox", 1, film(func(j *Job) { j.Video.Encoder = Encoder{Kind: VideoToolbox}; j.Video.Bitrate = 3_000_000 })},
	{"rkmpp", 1, film(func(j *Job) { j.Video.Encoder = Encoder{Kind: RKMPP} })},
	{"v4l2m2m", 1, film(func(j *Job) { j.Video.Encoder = Encoder{Kind: V4L2} })},
	{"opus", 1, film(func(j *Job) { j.Audio.Codec, j.Audio.SampleRate, j.Container = Opus, 44100, MP4 })},
}

func keys(orders []library.Ticks) *Cuts {
	return &Cuts{Starts: []library.Ticks{0, 5*sec + 5, 11 * sec}, End: 20 * sec, Orders: orders}
}

func TestArgumentsAreAsReviewed(t *testing.T) {
	for _, g := range goldens {
		args, err := g.job.Args(g.first)
		if err != nil {
			t.Errorf("%s: %v", g.name, err)
			continue
		}
		got := strings.Join(args, "\n") + "\n"
		path := filepath.Join("testdata", g.name+".args")
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s: got\n%s\nwant\n%s", g.name, got, want)
		}
	}
}

func TestEveryInputIsGuarded(t *testing.T) {
	for _, g := range goldens {
		args, err := g.job.Args(g.first)
		if err != nil {
			t.Fatal(err)
		}
		inputs, guards := 0, 0
		for i, a := range args {
			switch a {
			case "-i":
				inputs++
				if !strings.HasPrefix(args[i+1], "file:/") {
					t.Errorf("%s: input %q could name another protocol", g.name, args[i+1])
				}
			case "-protocol_whitelist":
				guards++
				if args[i+1] != "file" {
					t.Errorf("%s: protocols %q", g.name, args[i+1])
				}
			}
		}
		if inputs == 0 || inputs != guards {
			t.Errorf("%s: %d inputs, %d guarded", g.name, inputs, guards)
		}
	}
}

func TestImpossibleJobsAreRefused(t *testing.T) {
	for name, change := range map[string]func(*Job){
		"relative input":   func(j *Job) { j.Input = "film.mkv" },
		"option as input":  func(j *Job) { j.Input = "-i" },
		"unknown codec":    func(j *Job) { j.Video.Codec = "h264;rm" },
		"unknown sound":    func(j *Job) { j.Audio.Codec = "dts" },
		"unknown profile":  func(j *Job) { j.Video.Profile = "high -f" },
		"nothing":          func(j *Job) { j.Video, j.Audio = Video{}, Audio{} },
		"no runtime":       func(j *Job) { j.Runtime = 0 },
		"endless runtime":  func(j *Job) { j.Runtime = 100 * 3600 * sec },
		"tiny segments":    func(j *Job) { j.Segment = 1 },
		"negative stream":  func(j *Job) { j.Audio.Index = -1 },
		"odd subtitle":     func(j *Job) { j.Video.BurnIn = BurnIn{Kind: TextSubtitle, Path: "/x/y.exe"} },
		"relative sound":   func(j *Job) { j.Audio.Path = "a.mka" },
		"no cuts":          func(j *Job) { j.Video.Action, j.Cuts = Copy, &Cuts{} },
		"odd orders":       func(j *Job) { j.Video.Action, j.Cuts = Copy, keys([]library.Ticks{1}) },
		"cuts to encode":   func(j *Job) { j.Cuts = keys(nil) },
		"odd device":       func(j *Job) { j.Video.Encoder = Encoder{VAAPI, "/dev/dri/renderD128,x"} },
		"no device":        func(j *Job) { j.Video.Encoder = Encoder{Kind: QSV} },
		"odd encoder":      func(j *Job) { j.Video.Encoder = Encoder{Kind: "x"} },
		"too many speaker": func(j *Job) { j.Audio.Channels = 99 },
	} {
		j := film(change)
		if _, err := j.Args(0); !errors.Is(err, ErrJob) {
			t.Errorf("%s: got %v, want ErrJob", name, err)
		}
	}
	j := film(nil)
	for _, n := range []int{-1, j.Segments()} {
		if _, err := j.Args(n); !errors.Is(err, ErrJob) {
			t.Errorf("segment %d: got %v, want ErrJob", n, err)
		}
	}
}

func TestAQuickStartCutsTheFirstSegmentInTwo(t *testing.T) {
	j := film(func(j *Job) { j.Segment, j.Quick, j.Runtime = 3*sec, true, 10*sec })
	var got []library.Ticks
	for n := range j.Segments() {
		start, length := j.Span(n)
		got = append(got, start/sec, length/sec)
		for _, at := range []library.Ticks{start, start + length - 1} {
			if j.At(at) != n {
				t.Errorf("%d is in segment %d, want %d", at, j.At(at), n)
			}
		}
	}
	if want := []library.Ticks{0, 1, 1, 2, 3, 3, 6, 3, 9, 1}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	j.Runtime = 5 * sec
	if j.Segments() != 2 {
		t.Errorf("a short film has %d segments", j.Segments())
	}
}

func TestSegmentsCoverTheWholeRuntime(t *testing.T) {
	for runtime, want := range map[library.Ticks]int{1: 1, sec / 2: 1, 6 * sec: 1, 6*sec + 1: 1, 7 * sec: 2, 20 * sec: 4, 24 * sec: 4, 24*sec + sec/2: 4} {
		j := film(func(j *Job) { j.Runtime = runtime })
		if got := j.Segments(); got != want {
			t.Errorf("%v: %d segments, want %d", runtime.Duration(), got, want)
		}
		var sum library.Ticks
		for n := range j.Segments() {
			start, length := j.Span(n)
			if start != sum || length <= 0 {
				t.Errorf("%v: segment %d is at %d+%d, want at %d", runtime.Duration(), n, start, length, sum)
			}
			sum += length
		}
		if sum != runtime {
			t.Errorf("%v: segments cover %v", runtime.Duration(), sum.Duration())
		}
	}
}
