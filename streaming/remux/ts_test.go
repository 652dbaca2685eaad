package remux_test

import (
	"bytes"
	"errors"
	"math"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"sett/streaming/remux"
)

// frames decodes a file's picture and hashes every frame, in the order shown.
func frames(t *testing.T, path string) []string {
	t.Helper()
	return md5s(t, "-i", path, "-map", "0:v", "-fps_mode", "passthrough", "-enc_time_base", "-1", "-f", "framemd5", "-")
}

// bare hashes every packet of a file's sound without ADTS headers.
func bare(t *testing.T, path string) []string {
	t.Helper()
	args := []string{"-i", path, "-map", "0:a:0", "-c", "copy"}
	if strings.HasSuffix(path, "ts") {
		codec, err := exec.Command("ffprobe", "-v", "error", "-select_streams", "a:0", "-show_entries", "stream=codec_name", "-of", "csv=p=0", path).Output()
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(string(codec), "aac") {
			args = append(args, "-bsf:a", "aac_adtstoasc")
		}
	}
	return md5s(t, append(args, "-f", "framemd5", "-")...)
}

func md5s(t *testing.T, args ...string) []string {
	t.Helper()
	out, err := exec.Command("ffmpeg", append([]string{"-v", "fatal", "-copyts"}, args...)...).Output()
	if err != nil {
		t.Fatal(args, err)
	}
	var list []string
	for line := range strings.Lines(string(out)) {
		if f := strings.Split(line, ","); !strings.HasPrefix(line, "#") && len(f) >= 6 {
			list = append(list, strings.TrimSpace(f[5]))
		}
	}
	if len(list) == 0 {
		t.Fatal(args, "no frames")
	}
	return list
}

// TestTransportStreamsCarryTheSameFrames does for MPEG-TS what
// TestEveryFilmComesOutAsItIs does for MP4. The payload has another form there, so
// pictures are compared decoded.
func TestTransportStreamsCarryTheSameFrames(t *testing.T) {
	for _, name := range []string{
		"h264-aac.mp4", "h264-aac.mkv", "noedit.mp4", "negative.mp4", "late.mp4", "longgop.mkv", "opengop.mkv", "opengop.mp4",
		"nob.mkv", "vfr.mkv", "vfr.mp4", "hevc-eac3.mp4", "hevc-ac3.mkv", "hev1.mp4", "aac44.mkv", "music.m4a",
	} {
		t.Run(name, func(t *testing.T) {
			opts := remux.Options{Container: remux.TS, Audio: 1}
			if strings.HasPrefix(name, "music") {
				opts.Video, opts.Audio = remux.None, 0
			}
			o := output(t, open(t, name), opts)
			film := whole(t, o)
			counters(t, film)
			path := save(t, film, "film.ts")
			decode(t, path)
			got, want := packets(t, path), packets(t, clip(t, name))
			for stream, w := range want {
				times(t, got[stream], w, 0)
			}
			if opts.Video >= 0 && !slices.Equal(frames(t, path), frames(t, clip(t, name))) {
				t.Error("the pictures are not the source's")
			}
			if !slices.Equal(bare(t, path), bare(t, clip(t, name))) {
				t.Error("the sound is not the source's")
			}
		})
	}
}

// times compares times alone. The source's zero is at a time of its own.
func times(t *testing.T, got, want []packet, zero float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%d packets of %d", len(got), len(want))
		return
	}
	for i, bad := 0, 0; i < len(got) && bad < 5; i++ {
		if off := got[i].pts - (want[i].pts - zero) - remux.Offset.Seconds(); math.Abs(off) > 0.00105 {
			t.Errorf("packet %d is at %f, and in the source at %f: %f off", i, got[i].pts, want[i].pts, off)
			bad++
		}
		if i > 0 && got[i].dts <= got[i-1].dts {
			t.Errorf("packet %d is decoded at %f, after one at %f", i, got[i].dts, got[i-1].dts)
			bad++
		}
	}
}

// counters checks that transport packets are whole, and counted without a jump.
func counters(t *testing.T, film []byte) {
	t.Helper()
	next := map[int]byte{}
	for at := 0; at < len(film); at += 188 {
		p := film[at:]
		if len(p) < 188 || p[0] != 0x47 {
			t.Fatalf("no transport packet at %d", at)
		}
		pid := int(p[1]&31)<<8 | int(p[2])
		if pid < 0x100 || pid == 0x1000 {
			continue
		}
		if want, ok := next[pid]; ok && p[3]&15 != want {
			t.Fatalf("stream %#x counts %d where %d comes, at %d", pid, p[3]&15, want, at)
		}
		next[pid] = (p[3] + 1) & 15
	}
	if bytes.Count(film[:188], []byte{0x47, 0x40, 0}) != 1 {
		t.Error("the first packet is no table")
	}
}

// TestRecordingsComeOutAsTheyAre reads MPEG-TS, and writes both containers.
func TestRecordingsComeOutAsTheyAre(t *testing.T) {
	for _, name := range []string{"h264-aac.ts", "opengop.ts", "hevc-ac3.ts", "hevc-eac3.m2ts", "mp3.ts", "wrap.ts", "music.ts"} {
		for suffix, container := range map[string]remux.Container{"film.mp4": remux.MP4, "film.ts": remux.TS} {
			t.Run(name+"/"+suffix, func(t *testing.T) {
				f := open(t, name)
				opts := remux.Options{Container: container, Audio: 1, Target: 4e7}
				if strings.HasPrefix(name, "music") {
					opts.Video, opts.Audio = remux.None, 0
				}
				if _, err := f.Output(t.Context(), opts); !errors.Is(err, remux.ErrNeedsScan) {
					t.Fatalf("before a scan: %v", err)
				}
				if err := f.Scan(t.Context()); err != nil {
					t.Fatal(err)
				}
				o := output(t, f, opts)
				path := save(t, whole(t, o), suffix)
				decode(t, path)
				got, want := packets(t, path), packets(t, clip(t, name))
				zero := want[0][0].pts
				for _, list := range want {
					zero = min(zero, list[0].pts)
				}
				for stream, w := range want {
					times(t, got[stream], w, zero)
				}
				if opts.Video >= 0 && !slices.Equal(frames(t, path), frames(t, clip(t, name))) {
					t.Error("the pictures are not the source's")
				}
				if !slices.Equal(bare(t, path), bare(t, clip(t, name))) {
					t.Error("the sound is not the source's")
				}
				if off := o.Segments()[len(o.Segments())-1]; math.Abs((off.Start+off.Duration).Seconds()-(end(want[0])-zero)) > 0.042 {
					t.Errorf("ends at %f, and the source at %f", (off.Start + off.Duration).Seconds(), end(want[0])-zero)
				}
			})
		}
	}
}
