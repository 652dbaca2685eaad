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

// worker is a program that works for ever, and how its state is found: "" before it
// began, "gone" after it ended.
func worker(t *testing.T) (args []string, state func() string) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("the state of a process is read from /proc")
	}
	name, seen := filepath.Base(t.TempDir())+t.Name(), false
	return []string{"-c", "while :; do :; done", name}, func() string {
		dirs, _ := filepath.Glob("/proc/[0-9]*")
		for _, dir := range dirs {
			line, _ := os.ReadFile(filepath.Join(dir, "cmdline"))
			stat, err := os.ReadFile(filepath.Join(dir, "stat"))
			if err == nil && strings.HasPrefix(string(line), "/bin/sh\x00") && strings.Contains(string(line), name) {
				seen = true
				_, rest, _ := strings.Cut(string(stat), ") ")
				return rest[:1]
			}
		}
		if seen {
			return "gone"
		}
		return ""
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
