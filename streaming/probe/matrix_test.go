package probe

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"

	"sett/streaming/probe/facts"
)

// sample is one file of the matrix that native readers and ffprobe must agree on.
type sample struct {
	name string
	args string // of ffmpeg; @name stands for another sample made before
	// tools says that ffprobe has to be asked, and why that is right.
	tool string
}

const (
	testV  = "-f lavfi -i testsrc2=s=192x108:r=25:d=1.2"
	testF  = "-f lavfi -i testsrc2=s=192x108:r=24000/1001:d=1.2"
	testA  = "-f lavfi -i sine=d=1.2:r=48000"
	testM  = "-f lavfi -i sine=d=2:r=44100"
	x264   = " -c:v libx264 -preset ultrafast -pix_fmt yuv420p"
	x265   = " -c:v libx265 -preset ultrafast -x265-params log-level=none"
	tagged = " -metadata title=Song -metadata artist=A;B -metadata album_artist=AC/DC -metadata album=Record -metadata track=2/9 -metadata disc=1/2" +
		" -metadata date=2003-04-05 -metadata genre=Rock -metadata composer=Komponist -metadata comment=Remark -metadata compilation=1" +
		" -metadata REPLAYGAIN_TRACK_GAIN=-7.10 -metadata MUSICBRAINZ_ALBUMID=1234-5678 -metadata lyrics=La"
)

// parts are made first; films are made of them.
var parts = []sample{
	{name: "cover.jpg", args: "-f lavfi -i testsrc2=s=64x48 -frames:v 1"},
	{name: "cover444.jpg", args: "-f lavfi -i testsrc2=s=64x48 -frames:v 1 -pix_fmt yuvj444p"},
	{name: "grey.jpg", args: "-f lavfi -i testsrc2=s=64x48 -frames:v 1 -pix_fmt gray"},
	{name: "cover.png", args: "-f lavfi -i testsrc2=s=64x48 -frames:v 1"},
	{name: "alpha.png", args: "-f lavfi -i testsrc2=s=64x48 -frames:v 1 -pix_fmt rgba"},
	{name: "base.mp4", args: testF + " " + testA + x264 + " -bf 2 -refs 3 -c:a aac -ac 2"},
	{name: "hevc.mp4", args: testV + " " + testA + x265 + " -pix_fmt yuv420p10le -color_trc smpte2084 -colorspace bt2020nc -color_primaries bt2020 -tag:v hvc1 -c:a eac3 -b:a 128k"},
	{name: "vfr.mp4", args: testV + x264 + " -vf select=not(eq(mod(n\\,7)\\,3)) -vsync vfr"},
	{name: "s.srt", args: ""}, {name: "ch.txt", args: ""},
}

var matrix = []sample{
	// MP4 and QuickTime.
	{name: "plain.mp4", args: "-i @base.mp4 -c copy -movflags +faststart -metadata title=Film -metadata show=Show -metadata season_number=2 -metadata episode_sort=5 -metadata description=Words"},
	{name: "a.m4v", args: "-i @base.mp4 -c copy"},
	{name: "a.mov", args: "-i @base.mp4 -c copy -metadata title=Film"},
	{name: "a.3gp", args: "-i @base.mp4 -c copy"},
	{name: "noedit.mp4", args: "-i @base.mp4 -c copy -use_editlist 0"},
	{name: "delay.mp4", args: "-i @base.mp4 -itsoffset 0.5 -i @base.mp4 -map 0:v -map 1:a -c copy"},
	{name: "chapters.mp4", args: "-i @base.mp4 -i @ch.txt -map 0 -map_metadata 1 -c copy"},
	{name: "chapters.m4b", args: "-i @base.mp4 -i @ch.txt -map 0:a -map_metadata 1 -c copy -f ipod"},
	{name: "sub.mp4", args: "-i @base.mp4 -i @s.srt -map 0 -map 1 -c copy -c:s mov_text -metadata:s:s:0 language=ger -metadata:s:a:0 language=fra -metadata:s:a:0 title=Commentary -disposition:s:0 forced"},
	{name: "rotated.mp4", args: "-i @base.mp4 -c copy -metadata:s:v rotate=90"},
	{name: "two-sounds.mp4", args: "-i @base.mp4 -map 0:v -map 0:a -map 0:a -c copy -disposition:a:1 0"},
	{name: "hdr10.mp4", args: "-i @hevc.mp4 -c copy -tag:v hvc1"},
	{name: "hev1.mp4", args: "-i @hevc.mp4 -c copy -tag:v hev1"},
	{name: "vfr.mp4", args: "-i @vfr.mp4 -c copy"},
	{name: "full.mp4", args: testV + x264 + " -color_range pc -vf scale=out_range=full -pix_fmt yuvj420p"},
	{name: "hi10.mp4", args: testV + " -c:v libx264 -preset ultrafast -pix_fmt yuv420p10le -colorspace bt709 -color_primaries bt709 -color_trc bt709"},
	{name: "hi422.mp4", args: testV + " -c:v libx264 -preset ultrafast -pix_fmt yuv422p"},
	{name: "hi444.mp4", args: testV + " -c:v libx264 -preset ultrafast -pix_fmt yuv444p"},
	{name: "baseline.mp4", args: testV + x264 + " -profile:v baseline -level 3.1"},
	{name: "main.mp4", args: testV + x264 + " -profile:v main -preset fast"},
	{name: "anamorphic.mp4", args: testV + x264 + " -vf setsar=16/11"},
	{name: "interlaced.mp4", args: testV + " -c:v libx264 -preset ultrafast -flags +ilme+ildct -x264-params tff=1"},
	{name: "interlaced-bff.mp4", args: testV + " -c:v libx264 -preset ultrafast -flags +ilme+ildct -x264-params bff=1"},
	{name: "av1.mp4", args: testV + " -c:v libaom-av1 -cpu-used 8 -b:v 100k"},
	{name: "vp9.mp4", args: testV + " -c:v libvpx-vp9 -deadline realtime -cpu-used 8"},
	{name: "mpeg4.mp4", args: testV + " -c:v mpeg4"},
	{name: "flac.mp4", args: testM + " -c:a flac -strict -2"},
	{name: "opus.mp4", args: testA + " -c:a libopus"},
	{name: "alac.m4a", args: testM + " -c:a alac -ac 2" + tagged},
	{name: "mp3.mp4", args: testM + " -c:a libmp3lame"},
	{name: "ac3.mp4", args: testA + " -c:a ac3 -ac 6"},
	{name: "surround.m4a", args: testA + " -c:a aac -ac 6"},
	{name: "pcm.mov", args: testA + " -c:a pcm_s16le -ac 1"},
	{name: "tagged.m4a", args: testM + " -i @cover.jpg -map 0 -map 1 -c:a aac -c:v copy -disposition:v attached_pic" + tagged},
	{name: "png.m4a", args: testM + " -i @cover.png -map 0 -map 1 -c:a aac -c:v copy -disposition:v attached_pic" + tagged},
	{name: "fragmented.mp4", args: "-i @base.mp4 -c copy -movflags frag_keyframe+empty_moov", tool: "its length is in its fragments"},

	// Matroska and WebM.
	{name: "a.mkv", args: "-i @base.mp4 -i @s.srt -i @ch.txt -map 0 -map 1 -map_metadata 2 -c copy -c:s srt -metadata:s:a:0 language=fra -metadata:s:a:0 title=Commentaire -metadata:s:s:0 language=ger -disposition:a:0 default+hearing_impaired -disposition:s:0 forced -attach @cover.jpg -metadata:s:t mimetype=image/jpeg -metadata:s:t filename=cover.jpg"},
	{name: "font.mkv", args: "-i @base.mp4 -c copy -attach @s.srt -metadata:s:t mimetype=font/ttf -metadata:s:t filename=a.ttf"},
	{name: "pngcover.mkv", args: "-i @base.mp4 -c copy -attach @alpha.png -metadata:s:t mimetype=image/png -metadata:s:t filename=cover.png"},
	{name: "ass.mkv", args: "-i @base.mp4 -i @s.srt -map 0 -map 1 -c copy -c:s ass"},
	{name: "hdr10.mkv", args: "-i @hevc.mp4 -c copy"},
	{name: "vfr.mkv", args: "-i @vfr.mp4 -c copy"},
	{name: "hlg.mkv", args: testV + x265 + " -pix_fmt yuv420p10le -color_trc arib-std-b67 -colorspace bt2020nc -color_primaries bt2020"},
	{name: "anamorphic.mkv", args: testV + x264 + " -vf setsar=16/11"},
	{name: "interlaced.mkv", args: testV + " -c:v libx264 -preset ultrafast -flags +ilme+ildct -x264-params tff=1"},
	{name: "full.mkv", args: testV + x264 + " -color_range pc -vf scale=out_range=full -pix_fmt yuvj420p"},
	{name: "hevc12.mkv", args: testV + x265 + " -pix_fmt yuv444p10le"},
	{name: "mpeg2.mkv", args: testV + " -c:v mpeg2video"},
	{name: "mpeg2i.mkv", args: testV + " -c:v mpeg2video -flags +ilme+ildct -top 1"},
	{name: "asp.mkv", args: testV + " -c:v mpeg4 -vtag XVID"},
	{name: "av1.mkv", args: testV + " -c:v libaom-av1 -cpu-used 8 -b:v 100k -pix_fmt yuv420p10le -color_trc smpte2084 -colorspace bt2020nc -color_primaries bt2020"},
	{name: "vp9.webm", args: testV + " " + testA + " -c:v libvpx-vp9 -deadline realtime -cpu-used 8 -c:a libopus"},
	{name: "vp9-2.webm", args: testV + " -c:v libvpx-vp9 -deadline realtime -cpu-used 8 -pix_fmt yuv420p10le -colorspace bt709"},
	{name: "vp8.webm", args: testV + " " + testA + " -c:v libvpx -deadline realtime -cpu-used 8 -c:a libvorbis -ac 2"},
	{name: "ac3.mkv", args: testA + " -c:a ac3 -ac 6"},
	{name: "ac3-21.mkv", args: testA + " -c:a ac3 -af aformat=channel_layouts=2.1"},
	{name: "ac3-40.mkv", args: testA + " -c:a ac3 -af aformat=channel_layouts=4.0"},
	{name: "eac3.mkv", args: testA + " -c:a eac3 -ac 6 -b:a 256k"},
	{name: "dts.mkv", args: testA + " -c:a dca -strict -2 -ac 6"},
	{name: "dts2.mkv", args: testA + " -c:a dca -strict -2 -ac 2"},
	{name: "truehd.mkv", args: testA + " -c:a truehd -strict -2 -ac 6"},
	{name: "truehd2.mkv", args: testA + " -c:a truehd -strict -2 -ac 2"},
	{name: "flac.mkv", args: testM + " -c:a flac -ac 2"},
	{name: "flac24.mka", args: testM + " -c:a flac -sample_fmt s32 -ac 6"},
	{name: "mp3.mkv", args: testM + " -c:a libmp3lame"},
	{name: "mp2.mkv", args: testM + " -c:a mp2"},
	{name: "vorbis.mka", args: testM + " -c:a libvorbis" + tagged},
	{name: "opus6.mka", args: testA + " -c:a libopus -ac 6"},
	{name: "alac.mka", args: testM + " -c:a alac"},
	{name: "pcm.mkv", args: testA + " -c:a pcm_s24le -ac 2"},
	{name: "pcmf.mkv", args: testA + " -c:a pcm_f32le -ac 2"},

	// Sound.
	{name: "a.flac", args: testM + " -i @cover.jpg -map 0 -map 1 -c:v copy -disposition:v attached_pic -metadata:s:v title=Front" + tagged},
	{name: "png.flac", args: testM + " -i @cover.png -map 0 -map 1 -c:v copy -disposition:v attached_pic" + tagged},
	{name: "grey.flac", args: testM + " -i @grey.jpg -map 0 -map 1 -c:v copy -disposition:v attached_pic -sample_fmt s32"},
	{name: "six.flac", args: testA + " -ac 6"},
	{name: "v23.mp3", args: testM + " -i @cover.jpg -map 0 -map 1 -c:v copy -id3v2_version 3 -metadata:s:v comment=Cover" + tagged},
	{name: "v24.mp3", args: testM + " -i @cover444.jpg -map 0 -map 1 -c:v copy -id3v2_version 4" + tagged},
	{name: "v1.mp3", args: testM + " -id3v2_version 0 -write_id3v1 1" + tagged},
	{name: "vbr.mp3", args: testM + " -q:a 4 -ac 2"},
	{name: "cbr.mp3", args: testM + " -b:a 128k -ac 2"},
	{name: "mono22.mp3", args: testM + " -b:a 64k -ac 1 -ar 22050"},
	{name: "cbr-plain.mp3", args: testM + " -b:a 128k -write_xing 0 -id3v2_version 3" + tagged},
	{name: "vbr-plain.mp3", args: testM + " -q:a 4 -write_xing 0", tool: "only all of its frames tell how long it is"},
	{name: "chapters.mp3", args: testM + " -i @ch.txt -map 0 -map_metadata 1"},
	{name: "a.ogg", args: testM + " -c:a libvorbis" + tagged},
	{name: "a.opus", args: testM + " -c:a libopus" + tagged},
	{name: "six.opus", args: testA + " -c:a libopus -ac 6"},
	{name: "flac.oga", args: testM + " -c:a flac", tool: "FLAC in Ogg is too rare to read"},
	{name: "a.wav", args: testM + tagged},
	{name: "six24.wav", args: testA + " -ac 6 -c:a pcm_s24le"},
	{name: "a.aac", args: testM + " -c:a aac", tool: "only all of its frames tell how long it is"},
	{name: "a.wma", args: testM, tool: "no reader for it"},
	{name: "a.flv", args: "-i @base.mp4 -c copy", tool: "no reader for it"},

	// AVI and transport streams.
	{name: "asp.avi", args: testV + " " + testA + " -c:v mpeg4 -vtag XVID -c:a libmp3lame -b:a 128k -metadata title=Film"},
	{name: "asp-ac3.avi", args: testV + " " + testA + " -c:v mpeg4 -vtag DX50 -c:a ac3 -bf 2"},
	{name: "h264.avi", args: "-i @base.mp4 -c:v copy -c:a libmp3lame", tool: "H.264 in AVI has times that only packets tell"},
	{name: "div3.avi", args: testV + " " + testA + " -c:v msmpeg4 -c:a libmp3lame"},
	{name: "silent.avi", args: testV + " -c:v mpeg4 -vtag XVID"},
	{name: "h264.ts", args: "-i @base.mp4 -c copy -metadata:s:a:0 language=ger"},
	{name: "h264.m2ts", args: "-i @base.mp4 -c:v copy -c:a ac3"},
	{name: "hevc.ts", args: "-i @hevc.mp4 -c copy"},
	{name: "mpeg2.ts", args: testV + " " + testA + " -c:v mpeg2video -c:a mp2 -b:a 192k"},
	{name: "mpeg2i.ts", args: testV + " " + testA + " -c:v mpeg2video -flags +ilme+ildct -top 1 -c:a ac3"},
	{name: "sound.ts", args: testA + " -c:a ac3"},
}

// samples is the folder of the matrix, made once for all tests.
var samples struct {
	dir string
	err error
}

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	if slices.Contains(os.Args, "-test.fuzzworker") {
		return m.Run()
	}
	dir := os.Getenv("PROBE_SAMPLES") // kept from an earlier run
	if dir == "" {
		made, err := os.MkdirTemp("", "probe")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(made)
		dir = made
	}
	samples.dir, samples.err = dir, makeSamples(dir)
	return m.Run()
}

func makeSamples(dir string) error {
	texts := map[string]string{"s.srt": srt, "ch.txt": chapters}
	for name, text := range texts {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	for _, list := range [][]sample{parts, matrix} {
		g, ctx := errgroup.WithContext(context.Background())
		g.SetLimit(2)
		for _, s := range list {
			g.Go(func() error { return s.make(ctx, dir) })
		}
		if err := g.Wait(); err != nil {
			return err
		}
	}
	return nil
}

func (s sample) path(dir string) string {
	for _, p := range parts {
		if p.name == s.name && p.args == s.args {
			return filepath.Join(dir, "part-"+s.name)
		}
	}
	return filepath.Join(dir, s.name)
}

func (s sample) make(ctx context.Context, dir string) error {
	path := s.path(dir)
	if _, err := os.Stat(path); err == nil || s.args == "" {
		return nil
	}
	args := []string{"-nostdin", "-y", "-loglevel", "error"}
	for _, a := range strings.Fields(s.args) {
		if name, ok := strings.CutPrefix(a, "@"); ok {
			if a = filepath.Join(dir, name); !strings.HasSuffix(name, ".srt") && !strings.HasSuffix(name, ".txt") {
				a = filepath.Join(dir, "part-"+name)
			}
		}
		args = append(args, a)
	}
	out, err := exec.CommandContext(ctx, "ffmpeg", append(args, "-threads", "1", path)...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("make %s: %w: %s", s.name, err, out)
	}
	return nil
}

// sampleDir is the folder of the matrix.
func sampleDir(t testing.TB) string {
	t.Helper()
	if samples.err != nil {
		t.Fatal(samples.err)
	}
	return samples.dir
}

// allowed are the differences from ffprobe that are meant.
var allowed = []struct{ file, field, why string }{
	{"", ".RefFrames", "ffprobe opens no decoder and says 1 of every film; the parameter set knows"},
	{"h264.ts", ".BitRate", "both average the rate of AAC over the frames they happen to look at"},
	{"sub.mp4", ".Streams[1].Title", "ffprobe 5 does not read the name of a track, which newer ones do"},
}

func isAllowed(file, difference string) bool {
	for _, a := range allowed {
		if strings.Contains(file, a.file) && strings.Contains(difference, a.field) {
			return true
		}
	}
	return false
}

func TestNativeReadersSayWhatFFprobeSays(t *testing.T) {
	dir := sampleDir(t)
	for _, s := range matrix {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			diffs, err := differences(t, s.path(dir))
			switch {
			case errors.Is(err, facts.ErrUnsure) && s.tool == "":
				t.Errorf("it asks ffprobe: %v", err)
			case errors.Is(err, facts.ErrUnsure):
			case err != nil:
				t.Error(err)
			case s.tool != "":
				t.Errorf("it does not ask ffprobe, though %s", s.tool)
			}
			for _, d := range diffs {
				if !isAllowed(s.name, d) {
					t.Error(d)
				}
			}
		})
	}
}
