package hls

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
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
