package hls

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"sett/streaming/ffmpeg"
)

func (s *Session) peek() (next, reader, started int, pid int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.run != nil {
		next, pid = s.run.next, s.run.child.Pid()
	}
	return next, s.reader, s.started, pid
}

func stopped(pid int) bool {
	b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	_, rest, _ := strings.Cut(string(b), ") ")
	return strings.HasPrefix(rest, "T")
}

func TestAChildFarAheadIsHeldUntilTheReaderFollows(t *testing.T) {
	needProc(t)
	m := manager(t, Options{Ahead: 6})
	s := open(t, m, "a", film("long.mkv", nil))
	fetch(t, s, 0)
	eventually(t, "held", func() bool { _, _, _, pid := s.peek(); return pid > 0 && stopped(pid) })
	next, _, _, pid := s.peek()
	if next < 7 || next > 8 {
		t.Errorf("held at segment %d, want just over 6", next)
	}
	for n := 1; n < 12; n++ { // the reader goes on; so must the same child
		fetch(t, s, n)
	}
	if _, _, started, again := s.peek(); started != 1 || again != pid {
		t.Errorf("%d runs, child %d then %d", started, pid, again)
	}
	eventually(t, "held again", func() bool { return stopped(pid) })
	m.Close("a")
	if left := children(); len(left) > 0 {
		t.Errorf("a held child was left behind: %v", left)
	}
}

func TestASeekRestartsAndAStepWaits(t *testing.T) {
	m := manager(t, Options{})
	s := open(t, m, "a", film("long.mkv", nil))
	fetch(t, s, 0)
	fetch(t, s, 3)
	if _, _, started, _ := s.peek(); started != 1 {
		t.Errorf("%d runs after a step ahead, want 1", started)
	}
	fetch(t, s, 35)
	fetch(t, s, 36)
	if _, _, started, _ := s.peek(); started != 2 {
		t.Errorf("%d runs after a seek, want 2", started)
	}
	fetch(t, s, 1)
	if _, _, started, _ := s.peek(); started != 2 {
		t.Errorf("%d runs after a look at what is on disk, want 2", started)
	}
}

func TestPlaybackBeginsWhereThePlayerWill(t *testing.T) {
	m := manager(t, Options{})
	spec := film("long.mkv", func(j *ffmpeg.Job) { j.Container = ffmpeg.MP4 })
	spec.Start = 100 * sec
	s := open(t, m, "a", spec)
	if _, err := s.Init(t.Context()); err != nil {
		t.Fatal(err)
	}
	fetch(t, s, 16)
	if _, _, started, _ := s.peek(); started != 1 {
		t.Errorf("%d runs, want 1", started)
	}
}

func TestTheNewestOfTwoRequestsWins(t *testing.T) {
	m := manager(t, Options{})
	s := open(t, m, "a", film("long.mkv", nil))
	first := make(chan error, 1)
	go func() {
		r, err := s.Segment(context.Background(), 30)
		if err == nil {
			r.Close()
		}
		first <- err
	}()
	eventually(t, "asked", func() bool { _, reader, _, pid := s.peek(); return reader == 30 && pid > 0 })
	fetch(t, s, 2)
	// It may have been served in time; it must not hang, nor take the child away.
	if err := <-first; err != nil && !errors.Is(err, ErrSuperseded) {
		t.Errorf("the older request: %v", err)
	}
	fetch(t, s, 3)
	if _, _, started, _ := s.peek(); started != 2 {
		t.Errorf("%d runs, want 2", started)
	}
}

func TestManyReadersAtOnceAreAllAnswered(t *testing.T) {
	m := manager(t, Options{})
	s := open(t, m, "a", film("film.mkv", nil))
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
			defer cancel()
			r, err := s.Segment(ctx, i%4)
			if err != nil {
				if !errors.Is(err, ErrSuperseded) {
					t.Errorf("segment %d: %v", i%4, err)
				}
				return
			}
			r.Close()
		})
	}
	wg.Wait()
}

func TestARequestGivenUpLeavesAtOnce(t *testing.T) {
	m := manager(t, Options{})
	s := open(t, m, "a", film("long.mkv", nil))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Segment(ctx, 5); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestADeadChildIsReplacedOnce(t *testing.T) {
	needProc(t)
	m := manager(t, Options{Ahead: 5})
	s := open(t, m, "a", film("long.mkv", nil))
	fetch(t, s, 0)
	eventually(t, "held", func() bool { _, _, _, pid := s.peek(); return pid > 0 && stopped(pid) })
	_, _, _, pid := s.peek()
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	eventually(t, "noticed", func() bool { _, _, _, pid := s.peek(); return pid == 0 })
	fetch(t, s, 9)
	if _, _, started, _ := s.peek(); started != 2 {
		t.Errorf("%d runs, want 2", started)
	}
}

func TestAHopelessSourceGivesItsReason(t *testing.T) {
	m := manager(t, Options{})
	broken := filepath.Join(t.TempDir(), "broken.mkv")
	if err := os.WriteFile(broken, []byte("no film"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := open(t, m, "a", film("film.mkv", func(j *ffmpeg.Job) { j.Input = broken }))
	_, err := s.Segment(t.Context(), 0)
	var why *ffmpeg.Error
	if !errors.Is(err, ErrConversion) || !errors.As(err, &why) || !strings.Contains(why.Reason, "Invalid data") {
		t.Errorf("got %v", err)
	}
	if _, _, started, _ := s.peek(); started != 2 {
		t.Errorf("%d attempts, want 2", started)
	}
	if _, again := s.Segment(t.Context(), 0); again != err {
		t.Errorf("asked again at once: %v", again)
	}
	if _, _, started, _ := s.peek(); started != 2 {
		t.Errorf("%d attempts after another request, want 2", started)
	}
}

func TestASourceShorterThanItSaysEnds(t *testing.T) {
	m := manager(t, Options{})
	spec := film("film.mkv", func(j *ffmpeg.Job) { j.Runtime = 60 * sec })
	s := open(t, m, "a", spec)
	fetch(t, s, 3)
	if _, err := s.Segment(t.Context(), 5); !errors.Is(err, ErrPastEnd) {
		t.Errorf("segment 5 of 4: %v", err)
	}
	if _, err := open(t, m, "b", spec).Segment(t.Context(), 8); !errors.Is(err, ErrPastEnd) {
		t.Errorf("first asked for segment 8 of 4: %v", err)
	}
}

func TestAnotherSpecReplacesTheSession(t *testing.T) {
	m := manager(t, Options{})
	spec := film("film.mkv", nil)
	a := open(t, m, "a", spec)
	spec.Start = 5 * sec
	if b := open(t, m, "a", spec); b != a {
		t.Error("the same spec made another session")
	}
	fetch(t, a, 0)
	b := open(t, m, "a", film("film.mkv", func(j *ffmpeg.Job) { j.Audio.Index = 2 }))
	if got, ok := m.Get("a"); b == a || !ok || got != b {
		t.Error("another spec did not replace the session")
	}
	if _, err := a.Segment(t.Context(), 0); !errors.Is(err, ErrClosed) {
		t.Errorf("the old session: %v", err)
	}
	if _, err := os.Stat(a.dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the old session's folder: %v", err)
	}
	fetch(t, b, 1)
}

func TestASessionNobodyUsesIsClosed(t *testing.T) {
	m := manager(t, Options{Idle: 300 * time.Millisecond})
	s := open(t, m, "a", film("long.mkv", nil))
	fetch(t, s, 0)
	for range 20 { // paused, but the player says it is there
		s.Touch()
		time.Sleep(30 * time.Millisecond)
	}
	if _, ok := m.Get("a"); !ok {
		t.Fatal("closed while in use")
	}
	eventually(t, "closed", func() bool { _, ok := m.Get("a"); return !ok })
	eventually(t, "reaped", func() bool { return len(children()) == 0 })
}

func TestOldSegmentsMakeRoom(t *testing.T) {
	m := manager(t, Options{MaxSessions: 1, Quota: 400 << 10, Ahead: 5})
	s := open(t, m, "a", film("long.mkv", nil))
	for n := range 30 {
		fetch(t, s, n)
		s.mu.Lock()
		bytes, kept := s.bytes, len(s.segments)
		s.mu.Unlock()
		if one := bytes / int64(kept); bytes > 400<<10+10*one {
			t.Fatalf("%d bytes on disk at segment %d", bytes, n)
		}
	}
	s.mu.Lock()
	_, have := s.segments[0]
	s.mu.Unlock()
	if have {
		t.Error("the first segment is still there; the quota did nothing")
	}
	fetch(t, s, 0) // and can be had again
}

func TestWhatACrashLeftIsCleaned(t *testing.T) {
	dir := t.TempDir()
	old := filepath.Join(dir, "session-7", "run-1")
	if err := os.MkdirAll(old, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(old, "0.ts"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	manager(t, Options{Dir: dir})
	if _, err := os.Stat(filepath.Dir(old)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

func TestASubtitleIsBurntInWhateverItsPath(t *testing.T) {
	m := manager(t, Options{})
	sub := filepath.Join(t.TempDir(), "it's [a], b;c:d.srt")
	if err := os.WriteFile(sub, []byte("1\n00:00:06,500 --> 00:00:11,500\nWWWWWWWWWWWW\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	plain := fetch(t, open(t, m, "plain", film("film.mkv", nil)), 1)
	burnt := fetch(t, open(t, m, "burnt", film("film.mkv", func(j *ffmpeg.Job) {
		j.Video.BurnIn = ffmpeg.BurnIn{Kind: ffmpeg.TextSubtitle, Path: sub}
	})), 1)
	judge(t, burnt)
	if string(plain) == string(burnt) {
		t.Error("the picture is the same with and without the subtitle")
	}
}

// captions is a PGS file with one white box, shown from 7 s to 11 s near the lower
// edge of a 160×90 screen.
func captions() []byte {
	var out []byte
	put := func(at float64, kind byte, body ...byte) {
		out = append(out, 'P', 'G')
		out = binary.BigEndian.AppendUint32(out, uint32(at*90000))
		out = append(out, 0, 0, 0, 0, kind, 0, byte(len(body)))
		out = append(out, body...)
	}
	const w, h = 60, 10
	var pixels []byte
	for range h {
		pixels = append(pixels, 0, 0x80|w, 1, 0, 0) // a run of colour 1, end of line
	}
	window := []byte{1, 0, 0, 50, 0, 70, 0, w, 0, h}
	put(7, 0x16, 0, 160, 0, 90, 0x10, 0, 0, 0x80, 0, 0, 1, 0, 0, 0, 0, 0, 50, 0, 70)
	put(7, 0x17, window...)
	put(7, 0x14, 0, 0, 1, 235, 128, 128, 255)
	put(7, 0x15, append([]byte{0, 0, 0, 0xc0, 0, 0, byte(len(pixels) + 4), 0, w, 0, h}, pixels...)...)
	put(7, 0x80)
	put(11, 0x16, 0, 160, 0, 90, 0x10, 0, 1, 0, 0, 0, 0)
	put(11, 0x17, window...)
	put(11, 0x80)
	return out
}

func TestABitmapSubtitleIsBurntIn(t *testing.T) {
	m := manager(t, Options{})
	dir := t.TempDir()
	sup, film2 := filepath.Join(dir, "a.sup"), filepath.Join(dir, "film.mkv")
	if err := os.WriteFile(sup, captions(), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("ffmpeg", "-loglevel", "error", "-f", "lavfi", "-i", "color=black:s=160x90:d=20:r=24", "-itsoffset", "7", "-i", sup,
		"-map", "0", "-map", "1", "-c:v", "libx264", "-preset", "ultrafast", "-c:s", "copy", film2)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	s := open(t, m, "a", film("film.mkv", func(j *ffmpeg.Job) {
		j.Input, j.Audio = film2, ffmpeg.Audio{}
		j.Video.Width, j.Video.BurnIn = 0, ffmpeg.BurnIn{Kind: ffmpeg.BitmapSubtitle, Index: 1}
	}))
	path := filepath.Join(dir, "1.ts")
	if err := os.WriteFile(path, fetch(t, s, 1), 0o600); err != nil {
		t.Fatal(err)
	}
	// The brightness of the place, at 6.5 s (before), 9 s (within) and 11.5 s (after).
	for at, bright := range map[string]bool{"0.5": false, "3": true, "5.5": false} {
		out, err := exec.Command("ffmpeg", "-v", "error", "-i", path, "-frames:v", "1",
			"-vf", "setpts=PTS-STARTPTS,select=gte(t\\,"+at+"),crop=40:6:60:72,scale=1:1,format=gray", "-f", "rawvideo", "-").Output()
		if err != nil || len(out) != 1 || (out[0] > 200) != bright {
			t.Errorf("%s s into the segment: %v, brightness %v, want bright: %v", at, err, out, bright)
		}
	}
}

func TestEveryConversionRuns(t *testing.T) {
	m := manager(t, Options{})
	hdr := filepath.Join(t.TempDir(), "hdr.mkv")
	cmd := exec.Command("ffmpeg", "-loglevel", "error", "-f", "lavfi", "-i", "testsrc2=s=160x90:d=8:r=24", "-f", "lavfi", "-i", "sine=d=8", "-ac", "6",
		"-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none", "-pix_fmt", "yuv420p10le", "-c:a", "flac",
		"-color_trc", "smpte2084", "-colorspace", "bt2020nc", "-color_primaries", "bt2020", hdr)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for name, change := range map[string]func(*ffmpeg.Job){
		"hevc":       func(j *ffmpeg.Job) { j.Video.Codec, j.Container = ffmpeg.HEVC, ffmpeg.MP4 },
		"hevc in ts": func(j *ffmpeg.Job) { j.Video.Codec = ffmpeg.HEVC },
		"baseline":   func(j *ffmpeg.Job) { j.Video.Profile, j.Video.Level, j.Video.Bitrate = "baseline", 30, 300_000 },
		"ac3":        func(j *ffmpeg.Job) { j.Audio.Codec, j.Audio.Channels = ffmpeg.AC3, 6 },
		"eac3":       func(j *ffmpeg.Job) { j.Audio.Codec, j.Audio.Channels, j.Container = ffmpeg.EAC3, 0, ffmpeg.MP4 },
		"flac":       func(j *ffmpeg.Job) { j.Audio.Codec, j.Container = ffmpeg.FLAC, ffmpeg.MP4 },
		"opus":       func(j *ffmpeg.Job) { j.Audio.Codec, j.Container = ffmpeg.Opus, ffmpeg.MP4 },
		"flac copied": func(j *ffmpeg.Job) {
			j.Audio, j.Container = ffmpeg.Audio{Action: ffmpeg.Copy, Index: 1, Codec: ffmpeg.FLAC}, ffmpeg.MP4
		},
		"tone mapped": func(j *ffmpeg.Job) { j.Video.ToneMap = true },
		"deinterlace": func(j *ffmpeg.Job) { j.Video.Deinterlace = true },
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, m, "x", film("film.mkv", func(j *ffmpeg.Job) { j.Input, j.Runtime = hdr, 8*sec; change(j) }))
			b := fetch(t, s, 1)
			if s.spec.Job.Container == ffmpeg.MP4 {
				head, err := s.Init(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				b = append(slices.Clone(head), b...)
			}
			packets := judge(t, b)
			for stream := range 2 {
				if first, last, _, count := span(packets, stream); count == 0 || last-first < 1.8 || last-first > 2.2 {
					t.Errorf("stream %d has %d packets from %f to %f", stream, count, first, last)
				}
			}
		})
	}
}

func FuzzHeadSize(f *testing.F) {
	f.Add([]byte("\x00\x00\x00\x10ftypisom\x00\x00\x00\x00\x00\x00\x00\x08moof"))
	f.Add([]byte("\x00\x00\x00\x01moov\x00\x00\x00\x00\x00\x00\x00\x10\x00\x00\x00\x08moof"))
	f.Fuzz(func(t *testing.T, b []byte) {
		n, err := headSize(strings.NewReader(string(b)))
		if err == nil && (n < 0 || n > int64(len(b))) {
			t.Errorf("head of %d in %d bytes", n, len(b))
		}
	})
}
