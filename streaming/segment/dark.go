package segment

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"sett/node/library"
	"sett/streaming/ffmpeg"
)

// Rules of what a dark end of a film is.
const (
	maxCredits = 15 * time.Minute
	// dark is the percentage of a picture that must be black: the rest is names.
	dark = 82.0
	// leastDark with a silence where it begins, or longDark without, are credits.
	leastDark = 20 * time.Second
	longDark  = time.Minute
	// bright is how long pictures within the credits may be bright: stills, scenes
	// beside the names.
	bright = 12 * time.Second
	// afterwards is how long a scene after the credits may be for them to be found.
	afterwards = 45 * time.Second
	hush       = 6.0 // seconds between a silence and the dark
)

// frameLevel is a key frame of the end, and how much of it is black.
type frameLevel struct{ at, black float64 }

// Credits looks for the dark end of a film: ok is false where there is none to be
// sure of. Only key frames are decoded, and the sound of the last minutes.
func Credits(ctx context.Context, tools *ffmpeg.Tools, q ffmpeg.Quiet, src *library.Source) (s Segment, ok bool, err error) {
	v, has := src.First(library.StreamVideo)
	if !has || src.Runtime <= 0 {
		return s, false, nil
	}
	window := min(maxCredits, src.Runtime.Duration()/3)
	from := src.Runtime.Duration() - window
	frames, err := levels(ctx, tools, q, src, v, from)
	if err != nil {
		return s, false, err
	}
	start, end, found := darkEnd(frames, window.Seconds())
	if !found {
		return s, false, nil
	}
	if start.at-start.before > bright.Seconds() {
		return s, false, nil // too far between key frames to say where
	}
	if end-start.at < longDark.Seconds() {
		silent, err := silences(ctx, tools, q, src, from)
		if err != nil {
			return s, false, err
		}
		if !near(silent, start) {
			return s, false, nil
		}
	}
	s = Segment{Kind: Outro, Start: library.TicksOf(from) + ticks(start.at), End: library.TicksOf(from) + ticks(end), By: ByPicture}
	return ToEnd(s, src.Runtime), true, nil
}

// onset is the first dark key frame, and the last one that was not.
type onset struct{ before, at float64 }

// darkEnd finds where the darkness that lasts to the end begins: going back from the
// last dark picture until it has been bright for too long.
func darkEnd(frames []frameLevel, window float64) (start onset, end float64, ok bool) {
	last := len(frames) - 1
	for last >= 0 && frames[last].black < dark {
		last--
	}
	if last < 0 {
		return start, 0, false
	}
	end = window
	if last+1 < len(frames) {
		end = frames[last+1].at
	}
	if window-end > afterwards.Seconds() {
		return start, 0, false
	}
	first := last
	for i := last - 1; i >= 0 && frames[first].at-frames[i].at <= bright.Seconds(); i-- {
		if frames[i].black >= dark {
			first = i
		}
	}
	if first == 0 {
		return start, 0, false // all of it is dark: so is the film
	}
	start = onset{frames[first-1].at, frames[first].at}
	return start, end, end-start.at >= leastDark.Seconds()
}

func near(silent [][2]float64, o onset) bool {
	for _, s := range silent {
		if s[0] <= o.at+hush && s[1] >= o.before-hush {
			return true
		}
	}
	return false
}

const maxReport = 8 << 20

func levels(ctx context.Context, tools *ffmpeg.Tools, q ffmpeg.Quiet, src *library.Source, v library.Stream, from time.Duration) ([]frameLevel, error) {
	args := []string{"-hide_banner", "-nostdin", "-loglevel", "error", "-threads", "1", "-skip_frame", "nokey", "-ss", secs(from)}
	args = append(append(args, ffmpeg.Guard()...), "-i", ffmpeg.File(src.Path), "-map", "0:"+strconv.Itoa(v.Index), "-an", "-sn", "-dn",
		"-vf", "scale=160:90:flags=area,format=gray,blackframe=amount=0:threshold=40,metadata=mode=print:file=-", "-fps_mode", "passthrough", "-f", "null", "-")
	out, err := q.Run(ctx, tools.FFmpeg, args, nil, maxReport)
	if err != nil {
		return nil, fmt.Errorf("look at the end of %s: %w", filepath.Base(src.Path), err)
	}
	var frames []frameLevel
	at := 0.0
	for line := range reported(out) {
		if t, ok := value(line, "pts_time:"); ok {
			at = t
		}
		if b, ok := value(line, "lavfi.blackframe.pblack="); ok {
			frames = append(frames, frameLevel{at, b})
		}
	}
	return frames, nil
}

// silences are the stretches without sound, in seconds after from. A film without
// sound is silent throughout.
func silences(ctx context.Context, tools *ffmpeg.Tools, q ffmpeg.Quiet, src *library.Source, from time.Duration) ([][2]float64, error) {
	const ever = 1e9
	a, ok := audio(src)
	if !ok {
		return nil, nil
	}
	args := []string{"-hide_banner", "-nostdin", "-loglevel", "error", "-threads", "1", "-ss", secs(from)}
	args = append(append(args, ffmpeg.Guard()...), "-i", ffmpeg.File(src.Path), "-map", "0:"+strconv.Itoa(a.Index), "-vn", "-sn", "-dn",
		"-af", "silencedetect=noise=-50dB:d=0.4,ametadata=mode=print:file=-", "-f", "null", "-")
	out, err := q.Run(ctx, tools.FFmpeg, args, nil, maxReport)
	if err != nil {
		return nil, fmt.Errorf("listen to the end of %s: %w", filepath.Base(src.Path), err)
	}
	var list [][2]float64
	for line := range reported(out) {
		if t, ok := value(line, "lavfi.silence_start="); ok {
			list = append(list, [2]float64{t, ever})
		}
		if t, ok := value(line, "lavfi.silence_end="); ok && len(list) > 0 {
			list[len(list)-1][1] = t
		}
	}
	return list, nil
}

// reported gives the lines of a filter's report.
func reported(out []byte) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for sc := bufio.NewScanner(bytes.NewReader(out)); sc.Scan(); {
			if !yield(sc.Text()) {
				return
			}
		}
	}
}

// value reads the number after a name in a line.
func value(line, name string) (float64, bool) {
	_, rest, ok := strings.Cut(line, name)
	if !ok {
		return 0, false
	}
	text, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
	f, err := strconv.ParseFloat(text, 64)
	return f, err == nil
}
