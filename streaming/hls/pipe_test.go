package hls

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sett/streaming/ffmpeg"
)

func pipe(t *testing.T, m *Manager, id string, spec Spec, to ffmpeg.Muxer) *Pipe {
	t.Helper()
	p, err := m.Pipe(t.Context(), id, spec, to)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	return p
}

func TestAConversionComesAsOneFile(t *testing.T) {
	m := manager(t, Options{})
	for _, v := range []struct {
		to     ffmpeg.Muxer
		sound  ffmpeg.Codec
		silent bool // no picture
	}{
		{ffmpeg.ToMP4, ffmpeg.AAC, false}, {ffmpeg.ToTS, ffmpeg.MP3, false}, {ffmpeg.ToMatroska, ffmpeg.AC3, false},
		{ffmpeg.ToMP4, ffmpeg.AAC, true}, {ffmpeg.ToMP3, ffmpeg.MP3, true}, {ffmpeg.ToADTS, ffmpeg.AAC, true},
		{ffmpeg.ToOgg, ffmpeg.Opus, true}, {ffmpeg.ToFLAC, ffmpeg.FLAC, true}, {ffmpeg.ToWebM, ffmpeg.Opus, true},
	} {
		for _, start := range []float64{0, 12} {
			spec := film("film.mkv", func(j *ffmpeg.Job) {
				j.Audio.Codec = v.sound
				if v.silent {
					j.Video = ffmpeg.Video{}
				}
			})
			spec.Start = sec * 12
			if start == 0 {
				spec.Start = 0
			}
			p := pipe(t, m, "a", spec, v.to)
			b, err := io.ReadAll(p)
			if err != nil {
				t.Errorf("%s: %v", v.to, err)
			}
			_ = p.Close()
			var packets []packet
			if v.to == ffmpeg.ToMatroska || v.to == ffmpeg.ToFLAC { // no decoding times, or none that rise
				continue
			}
			packets = judge(t, b)
			for stream := range 2 {
				first, last, _, count := span(packets, stream)
				if stream == 1 && v.silent {
					continue
				}
				if length := last - first; count == 0 || math.Abs(length-(20-start)) > 0.2 {
					t.Errorf("%s with %s from %f: stream %d has %d packets over %f s", v.to, v.sound, start, stream, count, length)
				}
			}
		}
	}
}

func TestAStreamNobodyReadsIsNotMade(t *testing.T) {
	needProc(t)
	m := manager(t, Options{MaxSessions: 1})
	p := pipe(t, m, "a", film("long.mkv", nil), ffmpeg.ToTS)
	pid := p.child.Pid()
	eventually(t, "asleep", func() bool { return asleep(pid) })
	if _, err := m.Pipe(t.Context(), "b", film("long.mkv", nil), ffmpeg.ToTS); !errors.Is(err, ErrBusy) {
		t.Errorf("one too many: %v", err)
	}
	if m.Stats().Conversions != 1 {
		t.Errorf("%+v", m.Stats())
	}
	p.used.Store(time.Now().Add(-time.Hour).UnixNano()) // paused for long
	other, err := m.Pipe(t.Context(), "b", film("long.mkv", nil), ffmpeg.ToTS)
	for end := time.Now().Add(10 * time.Second); errors.Is(err, ErrBusy) && time.Now().Before(end); {
		other, err = m.Pipe(t.Context(), "b", film("long.mkv", nil), ffmpeg.ToTS)
	}
	if err != nil {
		t.Fatalf("one that makes way: %v", err)
	}
	_ = other.Close()
	q := pipe(t, m, "a", film("long.mkv", nil), ffmpeg.ToTS) // a seek of the same player
	if _, err := io.Copy(io.Discard, p); !errors.Is(err, ErrConversion) {
		t.Errorf("the old one: %v", err)
	}
	m.Close("a")
	if _, err := io.Copy(io.Discard, q); !errors.Is(err, ErrConversion) {
		t.Errorf("closed: %v", err)
	}
	eventually(t, "reaped", func() bool { return len(children()) == 0 })
}

func TestAStreamEndsWithItsRequestAndItsManager(t *testing.T) {
	m := New(Options{Dir: filepath.Join(t.TempDir(), "x"), Tools: tools})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- m.Run(ctx) }()
	eventually(t, "running", func() bool { m.mu.Lock(); defer m.mu.Unlock(); return m.running })
	gone, leave := context.WithCancel(t.Context())
	leave()
	if _, err := m.Pipe(gone, "a", film("long.mkv", nil), ffmpeg.ToTS); !errors.Is(err, context.Canceled) {
		t.Errorf("a request given up: %v", err)
	}
	p := pipe(t, m, "b", film("long.mkv", nil), ffmpeg.ToTS)
	cancel()
	select {
	case err := <-done:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("the manager waits for a stream that nobody reads")
	}
	if left := children(); len(left) > 0 {
		t.Errorf("children left behind: %v", left)
	}
	_ = p.Close()
}

func TestAStreamThatCannotBeSaysWhy(t *testing.T) {
	m := manager(t, Options{})
	if _, err := m.Pipe(t.Context(), "a", film("film.mkv", nil), ffmpeg.ToMP3); !errors.Is(err, ffmpeg.ErrJob) {
		t.Errorf("a picture in MP3: %v", err)
	}
	spec := film("film.mkv", func(j *ffmpeg.Job) { j.Audio.Index = 77 })
	var why *ffmpeg.Error
	if _, err := m.Pipe(t.Context(), "a", spec, ffmpeg.ToTS); !errors.Is(err, ErrConversion) || !errors.As(err, &why) {
		t.Errorf("no such stream: %v", err)
	}
	if m.Stats().Conversions != 0 {
		t.Errorf("%+v", m.Stats())
	}
}

func asleep(pid int) bool {
	b, _ := os.ReadFile(fmt.Sprintf("/proc/%d/wchan", pid))
	if strings.Contains(string(b), "pipe") {
		return true
	}
	b, _ = os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	_, rest, _ := strings.Cut(string(b), ") ")
	return strings.HasPrefix(rest, "S")
}
