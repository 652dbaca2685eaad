package ffmpeg_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"sett/streaming/ffmpeg"
)

// worker is a program that writes its number to a file and works for ever.
func worker(t *testing.T) (args []string, state func() string) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("the state of a process is read from /proc")
	}
	file := filepath.Join(t.TempDir(), "pid")
	return []string{"-c", "echo $$ > \"$0\"; while :; do :; done", file}, func() string {
		pid, err := os.ReadFile(file)
		if err != nil || len(pid) < 2 {
			return ""
		}
		stat, err := os.ReadFile("/proc/" + strings.TrimSpace(string(pid)) + "/stat")
		if err != nil {
			return "gone"
		}
		_, rest, _ := strings.Cut(string(stat), ") ")
		return rest[:1]
	}
}

func soon(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !ok(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("waited too long for ", what)
		}
	}
}

func TestQuietWorkStandsStillWhileTheMachineIsNeeded(t *testing.T) {
	args, state := worker(t)
	var busy atomic.Bool
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	done := make(chan error, 1)
	go func() {
		_, err := ffmpeg.Quiet{Busy: busy.Load}.Run(ctx, "/bin/sh", args, nil, 1<<10)
		done <- err
	}()
	soon(t, "it to work", func() bool { return state() == "R" })
	busy.Store(true)
	soon(t, "it to stand still", func() bool { return state() == "T" })
	busy.Store(false)
	soon(t, "it to go on", func() bool { return state() == "R" })
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if s := state(); s != "gone" {
		t.Errorf("it is in state %q after its end", s)
	}
}

func TestQuietWorkIsGivenUpWhenTheMachineIsNeededForLong(t *testing.T) {
	args, state := worker(t)
	_, err := ffmpeg.Quiet{Busy: func() bool { return true }, Patience: time.Millisecond}.Run(t.Context(), "/bin/sh", args, nil, 1<<10)
	if !errors.Is(err, ffmpeg.ErrHeld) {
		t.Errorf("%v", err)
	}
	if s := state(); s != "gone" && s != "" {
		t.Errorf("it is in state %q after it was given up", s)
	}
}

func TestQuietWorkTakesItsInputAndItsWordsAreBounded(t *testing.T) {
	out, err := ffmpeg.Quiet{}.Run(t.Context(), "/bin/cat", nil, strings.NewReader("some words"), 100)
	if err != nil || string(out) != "some words" {
		t.Errorf("%q, %v", out, err)
	}
	if _, err := (ffmpeg.Quiet{}).Run(t.Context(), "/bin/cat", nil, strings.NewReader("some words"), 4); !errors.Is(err, ffmpeg.ErrTooMuch) {
		t.Errorf("%v", err)
	}
}
