package hls

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"sett/streaming/ffmpeg"
)

func TestADeletedFilmIsSaidToBeGone(t *testing.T) {
	m := manager(t, Options{Ahead: 5})
	path := filepath.Join(t.TempDir(), "film.mkv")
	b, err := os.ReadFile(filepath.Join(clips, "long.mkv"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	other := open(t, m, "other", film("film.mkv", nil))
	s := open(t, m, "a", film("long.mkv", func(j *ffmpeg.Job) { j.Input = path }))
	fetch(t, s, 0)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	fetch(t, s, 4) // the child has it open, and goes on
	if _, err := s.Segment(t.Context(), 35); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a seek in a deleted film: %v", err)
	}
	fetch(t, other, 2)
}

func TestAFullDiskIsSaidToBeFull(t *testing.T) {
	if runtime.GOOS != "linux" || os.Geteuid() != 0 {
		t.Skip("a small disk takes root on Linux to mount")
	}
	dir := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", dir).CombinedOutput(); err != nil {
		t.Skipf("a small disk cannot be mounted here: %v %s", err, out)
	}
	t.Cleanup(func() {
		if out, err := exec.Command("umount", dir).CombinedOutput(); err != nil {
			t.Errorf("%v %s", err, out)
		}
	})
	m := manager(t, Options{Dir: filepath.Join(dir, "segments"), Reserve: 64 << 10})
	ballast := filepath.Join(dir, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 3900<<10), 0o600); err != nil {
		t.Fatal(err)
	}
	s := open(t, m, "a", film("film.mkv", func(j *ffmpeg.Job) { j.Video.Width, j.Video.MaxRate = 0, 0 }))
	var err error
	for n := range 4 {
		r, failed := s.Segment(t.Context(), n)
		if err = failed; err != nil {
			break
		}
		r.Close()
	}
	if !errors.Is(err, ErrFull) || !errors.Is(err, ErrConversion) {
		t.Errorf("got %v", err)
	}
	fetch(t, open(t, m, "copied", copying("film.mkv", nil)), 2) // needs no disk
	m.Close("a")
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	fetch(t, open(t, m, "b", film("film.mkv", nil)), 0)
}

func TestAKilledChildOfOneLeavesTheOthersAlone(t *testing.T) {
	needProc(t)
	m := manager(t, Options{Ahead: 5})
	a, b := open(t, m, "a", film("long.mkv", nil)), open(t, m, "b", film("long.mkv", nil))
	fetch(t, a, 0)
	fetch(t, b, 0)
	for _, s := range []*Session{a, b} {
		eventually(t, "held", func() bool { _, _, _, pid := s.peek(); return pid > 0 && stopped(pid) })
	}
	_, _, _, pid := a.peek()
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	fetch(t, b, 7)
	fetch(t, a, 7)
	if _, _, started, _ := b.peek(); started != 1 {
		t.Errorf("the other one needed %d runs", started)
	}
}

func TestFiftyAbandonedSessionsLeaveNothing(t *testing.T) {
	needProc(t)
	if testing.Short() {
		t.Skip("a short run abandons no fifty sessions")
	}
	m := manager(t, Options{MaxSessions: 64, Idle: 4 * time.Second, Ahead: 5})
	before := runtime.NumGoroutine()
	var wg sync.WaitGroup
	gate := make(chan struct{}, 6)
	for i := range 50 {
		wg.Go(func() {
			gate <- struct{}{}
			defer func() { <-gate }()
			spec := film("long.mkv", nil)
			switch i % 3 {
			case 1:
				spec = copying("film.mkv", nil)
			case 2:
				spec = directStream("film.mp4", nil)
			}
			ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
			defer cancel()
			s, err := m.Open(ctx, fmt.Sprint("viewer ", i), spec)
			if err != nil {
				t.Error(err)
				return
			}
			r, err := s.Segment(ctx, i%4)
			if err != nil {
				t.Error(err)
				return
			}
			r.Close()
		})
	}
	wg.Wait()
	kept := open(t, m, "one who stays", copying("film.mkv", nil))
	end := time.Now().Add(40 * time.Second)
	for m.Sessions() > 1 {
		kept.Touch()
		if time.Now().After(end) {
			t.Fatalf("%d sessions are still open", m.Sessions())
		}
		time.Sleep(20 * time.Millisecond)
	}
	fetch(t, kept, 1)
	eventually(t, "all children reaped", func() bool { return len(children()) == 0 })
	eventually(t, "all segments deleted", func() bool { left, err := os.ReadDir(m.o.Dir); return err == nil && len(left) == 0 })
	eventually(t, "all goroutines ended", func() bool { return runtime.NumGoroutine() <= before })
	open := 0
	fds, _ := filepath.Glob("/proc/self/fd/*")
	for _, fd := range fds {
		if to, _ := os.Readlink(fd); strings.HasPrefix(to, clips) {
			open++
		}
	}
	if open > 2 { // the films kept open for copying
		t.Errorf("%d handles of films are open", open)
	}
}
