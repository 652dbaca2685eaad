package remux_test

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"sett/node/library"
	"sett/streaming/remux"
)

// TestASegmentIsReadFromAnywhere reads pieces of a segment, over HTTP and by hand.
func TestASegmentIsReadFromAnywhere(t *testing.T) {
	for _, name := range []string{"h264-aac.mp4", "h264-aac.mkv"} {
		o := output(t, open(t, name), remux.Options{Audio: 1})
		whole := segment(t, o, 1)
		r, err := o.Segment(t.Context(), 1)
		if err != nil {
			t.Fatal(err)
		}
		for range 200 {
			at := rand.IntN(len(whole))
			piece := make([]byte, rand.IntN(5000)+1)
			if _, err := r.Seek(int64(at), io.SeekStart); err != nil {
				t.Fatal(err)
			}
			n, err := io.ReadFull(r, piece)
			if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Fatal(err)
			}
			if !bytes.Equal(piece[:n], whole[at:at+n]) {
				t.Fatalf("%s: the %d bytes at %d are others", name, n, at)
			}
		}
		req := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		req.Header.Set("Range", "bytes=100-20000")
		rec := httptest.NewRecorder()
		http.ServeContent(rec, req, "", time.Time{}, r)
		if rec.Code != http.StatusPartialContent || !bytes.Equal(rec.Body.Bytes(), whole[100:min(20001, len(whole))]) {
			t.Errorf("%s: a range is answered with %d and %d bytes", name, rec.Code, rec.Body.Len())
		}
		var b bytes.Buffer
		if err := o.WriteSegment(t.Context(), &b, 1); err != nil || !bytes.Equal(b.Bytes(), whole) {
			t.Errorf("%s: WriteSegment gives %d bytes of %d, %v", name, b.Len(), len(whole), err)
		}
		_ = r.Close()
		if _, err := r.Read(make([]byte, 1)); !errors.Is(err, os.ErrClosed) {
			t.Errorf("after Close: %v", err)
		}
		_ = r.Close()
		for _, n := range []int{-1, len(o.Segments())} {
			if _, err := o.Segment(t.Context(), n); !errors.Is(err, remux.ErrNoSegment) {
				t.Errorf("segment %d: %v", n, err)
			}
		}
	}
}

// TestManyReadOneFileAtOnce shares a file between outputs and goroutines.
func TestManyReadOneFileAtOnce(t *testing.T) {
	for _, name := range []string{"fragmented.mp4", "noindex.mkv", "h264-aac.ts"} {
		f := open(t, name)
		var wg sync.WaitGroup
		for k := range 6 {
			wg.Go(func() {
				if err := f.Scan(t.Context()); err != nil {
					t.Error(err)
					return
				}
				o, err := f.Output(t.Context(), remux.Options{Audio: 1, Container: remux.Container(k % 2), Target: 4e7})
				if err != nil {
					t.Error(err)
					return
				}
				for n := range o.Segments() {
					if err := o.WriteSegment(t.Context(), io.Discard, n); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
	}
}

// TestAScanIsKeptForLater saves what a scan found and loads it into the file opened
// again, and into another.
func TestAScanIsKeptForLater(t *testing.T) {
	for _, name := range []string{"noindex.mkv", "hevc-ac3.ts"} {
		f := open(t, name)
		if b, err := f.SaveIndex(); b != nil || err != nil {
			t.Errorf("%s: before a scan there is an index of %d bytes, %v", name, len(b), err)
		}
		if err := f.Scan(t.Context()); err != nil {
			t.Fatal(err)
		}
		index, err := f.SaveIndex()
		if err != nil || len(index) == 0 {
			t.Fatal(len(index), err)
		}
		again := open(t, name)
		if err := again.LoadIndex(index); err != nil {
			t.Fatal(err)
		}
		opts := remux.Options{Audio: 1}
		if !bytes.Equal(whole(t, output(t, f, opts)), whole(t, output(t, again, opts))) {
			t.Errorf("%s: a loaded index gives another film", name)
		}
		for _, bad := range [][]byte{nil, []byte("nonsense"), index[:len(index)/2]} {
			if err := again.LoadIndex(bad); !errors.Is(err, remux.ErrDamaged) {
				t.Errorf("%s: a bad index: %v", name, err)
			}
		}
	}
}

// TestWhatCannotBeCopiedIsRefusedWithAReason has a case for each kind of refusal.
func TestWhatCannotBeCopiedIsRefusedWithAReason(t *testing.T) {
	dir := t.TempDir()
	odd := func(name, args string) string {
		path := filepath.Join(dir, name)
		cmd := exec.Command("ffmpeg", append(strings.Fields("-y -v error -f lavfi -i testsrc2=s=64x36:d=4:r=25 -f lavfi -i sine=d=4 -map 0 -map 1 "+args), path)...)
		cmd.Dir = clips
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return path
	}
	mpeg4 := odd("mpeg4.mp4", "-c:v mpeg4 -c:a aac")
	vorbis := odd("vorbis.mkv", x264+" -c:a libvorbis")
	mp2 := odd("mp2.ts", "-c:v mpeg2video -c:a mp2")
	trimmed := filepath.Join(dir, "trimmed.mp4")
	if out, err := exec.Command("ffmpeg", "-y", "-v", "error", "-ss", "1.4", "-i", clip(t, "h264-aac.mp4"), "-c", "copy", trimmed).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	stereo := library.Source{Streams: []library.Stream{
		{Index: 0, Kind: library.StreamVideo, Codec: "h264"}, {Index: 1, Kind: library.StreamAudio, Codec: "ac3"},
		{Index: 2, Kind: library.StreamAudio, Codec: "aac", External: true, Path: "/elsewhere.m4a"},
	}}
	for _, c := range []struct {
		what, path string
		src        library.Source
		opts       remux.Options
	}{
		{"a codec MP4 does not get here", mpeg4, library.Source{}, remux.Options{Audio: 1}},
		{"Vorbis", vorbis, library.Source{}, remux.Options{Audio: 1}},
		{"MPEG-2", mp2, library.Source{}, remux.Options{Audio: 1}},
		{"an edit list that hides the beginning", trimmed, library.Source{}, remux.Options{Audio: 1}},
		{"no such stream", clip(t, "h264-aac.mp4"), library.Source{}, remux.Options{Audio: 7}},
		{"sound as a picture", clip(t, "h264-aac.mp4"), library.Source{}, remux.Options{Video: 1, Audio: 1}},
		{"nothing", clip(t, "h264-aac.mp4"), library.Source{}, remux.Options{Video: remux.None, Audio: remux.None}},
		{"another codec than the library's", clip(t, "h264-aac.mp4"), stereo, remux.Options{Audio: 1}},
		{"sound from another file", clip(t, "h264-aac.mp4"), stereo, remux.Options{Audio: 2}},
		{"Opus in MPEG-TS", clip(t, "vp9-opus.webm"), library.Source{}, remux.Options{Video: remux.None, Audio: 1, Container: remux.TS}},
		{"VP9 in MPEG-TS", clip(t, "vp9-opus.webm"), library.Source{}, remux.Options{Audio: remux.None, Container: remux.TS}},
		{"H.264 as hvc1", clip(t, "h264-aac.mp4"), library.Source{}, remux.Options{Audio: 1, VideoTag: "hvc1"}},
	} {
		f, err := remux.Open(t.Context(), c.path, c.src)
		if err != nil {
			t.Errorf("%s: %v", c.what, err)
			continue
		}
		if err := f.Scan(t.Context()); err != nil && !errors.Is(err, remux.ErrUnsupported) {
			t.Errorf("%s: scan: %v", c.what, err)
		}
		if _, err = f.Output(t.Context(), c.opts); !errors.Is(err, remux.ErrUnsupported) {
			t.Errorf("%s: %v", c.what, err)
		}
		_ = f.Close()
	}
	if _, err := remux.Open(t.Context(), clip(t, "h264-aac.mp4"), library.Source{Parts: []string{"two"}}); !errors.Is(err, remux.ErrUnsupported) {
		t.Errorf("several files: %v", err)
	}
}

// TestABrokenFileIsSaidToBeBroken cuts files short and fills them with noise.
func TestABrokenFileIsSaidToBeBroken(t *testing.T) {
	for _, name := range []string{"h264-aac.mp4", "fast.mp4", "h264-aac.mkv", "h264-aac.ts", "fragmented.mp4"} {
		file, err := os.ReadFile(clip(t, name))
		if err != nil {
			t.Fatal(err)
		}
		for _, size := range []int{0, 3, 100, len(file) / 2, len(file) - 10} {
			path := save(t, file[:size], "cut")
			f, err := remux.Open(t.Context(), path, library.Source{})
			if err != nil {
				if !errors.Is(err, remux.ErrDamaged) && !errors.Is(err, remux.ErrUnsupported) {
					t.Errorf("%s cut at %d: %v", name, size, err)
				}
				continue
			}
			_ = f.Scan(t.Context())
			if o, err := f.Output(t.Context(), remux.Options{Audio: 1, Target: 4e7}); err == nil {
				for n := range o.Segments() {
					if err := o.WriteSegment(t.Context(), io.Discard, n); err != nil && !errors.Is(err, remux.ErrDamaged) {
						t.Errorf("%s cut at %d, segment %d: %v", name, size, n, err)
					}
				}
			} else if !errors.Is(err, remux.ErrDamaged) && !errors.Is(err, remux.ErrUnsupported) {
				t.Errorf("%s cut at %d: %v", name, size, err)
			}
			_ = f.Close()
		}
	}
}

// TestAFileThatShrinksWhileItIsRead is an error, and not a hang or a short answer.
func TestAFileThatShrinksWhileItIsRead(t *testing.T) {
	file, err := os.ReadFile(clip(t, "fast.mp4"))
	if err != nil {
		t.Fatal(err)
	}
	path := save(t, file, "film.mp4")
	f, err := remux.Open(t.Context(), path, library.Source{})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	o := output(t, f, remux.Options{Audio: 1})
	if err := os.Truncate(path, int64(len(file)/3)); err != nil {
		t.Fatal(err)
	}
	if err := o.WriteSegment(t.Context(), io.Discard, len(o.Segments())-1); !errors.Is(err, remux.ErrDamaged) {
		t.Error(err)
	}
}

// TestOpenGroupsOfPicturesAreToldOf asks of films that have them and films that have
// not.
func TestOpenGroupsOfPicturesAreToldOf(t *testing.T) {
	for name, want := range map[string]bool{"opengop.mp4": true, "opengop.mkv": true, "h264-aac.mkv": false, "h264-aac.mp4": false} {
		got, err := output(t, open(t, name), remux.Options{Audio: 1}).OpenGOP(t.Context())
		if err != nil || got != want {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
}

// TestEverySegmentStartsByItself decodes each segment with nothing but the init
// segment before it.
func TestEverySegmentStartsByItself(t *testing.T) {
	for _, name := range []string{"h264-aac.mp4", "h264-aac.mkv", "hevc-eac3.mp4", "vp9-opus.webm", "h264-aac.ts"} {
		f := open(t, name)
		if err := f.Scan(t.Context()); err != nil {
			t.Fatal(err)
		}
		o := output(t, f, remux.Options{Audio: 1})
		for n, s := range o.Segments() {
			path := save(t, append(bytes.Clone(o.Init()), segment(t, o, n)...), "one.mp4")
			decode(t, path)
			first := packets(t, path)[0][0]
			if off := first.pts - s.Start.Seconds() - remux.Offset.Seconds(); off > 0.15 || off < -0.001 {
				t.Errorf("%s: segment %d is said to begin at %f, and does at %f", name, n, s.Start.Seconds(), first.pts)
			}
		}
	}
}
