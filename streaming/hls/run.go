package hls

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"sett/streaming/ffmpeg"
)

// run is one child making segments from number first on.
type run struct {
	s     *Session
	dir   string
	first int
	next  int // the segment it will complete next; guarded by s.mu
	child *ffmpeg.Process
	ended chan int // segments it says it has ended
}

// startLocked replaces the current run by one that starts at segment first.
func (s *Session) startLocked(first int) error {
	if s.run != nil {
		s.run.child.Abort() // its own goroutine reaps it
		s.run = nil
	}
	args, err := s.spec.Job.Args(first)
	if err != nil {
		return err
	}
	if _, err := os.Stat(s.spec.Job.Input); err != nil {
		return fmt.Errorf("open a film: %w", err) // deleted, or its disk is gone
	}
	s.started++
	r := &run{
		s: s, dir: filepath.Join(s.dir, "run-"+strconv.Itoa(s.started)), first: first, next: first,
		ended: make(chan int, s.spec.Job.Segments()+2), // never blocks: it says each number once
	}
	if err := prepareDir(r.dir, s.spec.Job.Video.BurnIn); err != nil {
		return conversionFailed(err)
	}
	if err := enough(r.dir, s.spare); err != nil {
		_ = os.RemoveAll(r.dir)
		return conversionFailed(err)
	}
	r.child, err = ffmpeg.Start(s.tool, args, childOptions(&s.spec.Job, r.dir, &listing{ended: r.ended}))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrConversion, err)
	}
	s.log.Debug("conversion started", "segment", first, "pid", r.child.Pid())
	s.run = r
	s.runs.Add(1)
	go r.follow()
	return nil
}

// conversionFailed wraps an error, with ErrFull where that is what it comes to.
func conversionFailed(err error) error {
	var said *ffmpeg.Error
	if errors.Is(err, ErrFull) || errors.Is(err, syscall.ENOSPC) || errors.As(err, &said) && strings.Contains(said.Reason, "No space left") {
		return fmt.Errorf("%w: %w: %w", ErrConversion, ErrFull, err)
	}
	return fmt.Errorf("%w: %w", ErrConversion, err)
}

// childOptions confine a child to its folder. Drivers of hardware map more memory
// than they use.
func childOptions(job *ffmpeg.Job, dir string, stdout io.Writer) ffmpeg.Options {
	o := ffmpeg.Options{Dir: dir, Stdout: stdout, ReadOnly: true}
	if job.Video.Encoder != (ffmpeg.Encoder{}) {
		o.Memory = -1
	}
	return o
}

// prepareDir makes a child's working folder, with a burnt-in subtitle under a name
// that needs no quoting.
func prepareDir(dir string, b ffmpeg.BurnIn) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if b.Kind != ffmpeg.TextSubtitle {
		return nil
	}
	return os.Symlink(b.Path, filepath.Join(dir, b.Name()))
}

// follow takes segments over as the child completes them, until it ends.
func (r *run) follow() {
	defer r.s.runs.Done()
	for {
		select {
		case n := <-r.ended:
			r.take(n, r.untilClosed(n))
		case <-r.child.Done():
			for len(r.ended) > 0 {
				n := <-r.ended
				r.take(n, r.untilClosed(n))
			}
			r.finish(r.child.Wait())
			return
		}
	}
}

// untilClosed waits for the moment between a segment's announcement and the next
// one's file, in which ffmpeg writes what is left and closes it. It is false when
// the child died in between.
func (r *run) untilClosed(n int) bool {
	next := filepath.Join(r.dir, r.s.spec.Job.SegmentName(n+1))
	for wait := time.Millisecond; ; wait = min(2*wait, 50*time.Millisecond) {
		if _, err := os.Lstat(next); err == nil {
			return true
		}
		var again <-chan time.Time
		r.s.mu.Lock()
		changed := r.s.changed
		if !r.child.Paused() { // else it is for a reader to let it go on
			again = time.After(wait)
		}
		r.s.mu.Unlock()
		select {
		case <-again:
		case <-changed:
		case <-r.child.Done():
			_, err := os.Lstat(next)
			return err == nil || r.child.Wait() == nil
		}
	}
}

// take files a complete segment, or drops one that the child left unfinished.
func (r *run) take(n int, complete bool) {
	path := filepath.Join(r.dir, r.s.spec.Job.SegmentName(n))
	if !complete || n < r.first { // the one before the first is preroll
		_ = os.Remove(path)
		return
	}
	s := r.s
	var seg segment
	var head []byte
	err := enough(s.dir, s.spare) // while it was written there was room, then
	if err == nil {
		seg, head, err = settle(path, s.spec.Job.Container)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.changedLocked()
	r.next = max(r.next, n+1)
	if err != nil {
		s.log.Warn("segment lost", "segment", n, "err", err)
		s.failure, s.failedAt = fmt.Errorf("segment %d: %w", n, conversionFailed(err)), time.Now()
		_ = os.Remove(path)
		r.child.Abort()
		return
	}
	if _, have := s.segments[n]; have || s.closed {
		_ = os.Remove(seg.path)
	} else {
		if s.init == nil {
			s.init = head
		}
		s.addLocked(n, seg)
	}
	if s.run == r {
		s.throttleLocked()
	}
}

// settle makes a segment ready to serve. One in MP4 is a whole file; its head is
// the init segment, and only the rest is kept.
func settle(path string, c ffmpeg.Container) (segment, []byte, error) {
	if c != ffmpeg.MP4 {
		fi, err := os.Stat(path)
		if err != nil {
			return segment{}, nil, err
		}
		return segment{path, fi.Size()}, nil, nil
	}
	return splitFile(path)
}

// finish notes how the child ended, unless it was replaced or the session is over.
func (r *run) finish(err error) {
	s := r.s
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.changedLocked()
	if s.run != r {
		_ = os.Remove(filepath.Join(r.dir, s.spec.Job.SegmentName(r.next)))
		return
	}
	s.run = nil
	if errors.Is(err, ffmpeg.ErrKilled) {
		return // by us, for a reason noted already
	}
	if err == nil {
		if r.next < s.spec.Job.Segments() {
			s.end = r.next
			s.log.Warn("source is shorter than its container says", "segments", r.next, "expected", s.spec.Job.Segments())
		}
		return
	}
	if e := s.spec.Job.Video.Encoder; e != (ffmpeg.Encoder{}) {
		// Whoever waits finds no run, and starts one in software.
		s.log.Warn("hardware failed and software goes on", "encoder", e, "segment", r.next, "err", err)
		s.spec.Job.Video.Encoder, s.spec.Job.Video.InBand = ffmpeg.Encoder{}, true
		s.wary(e)
		return
	}
	s.fails++
	s.log.Warn("conversion died", "segment", r.next, "attempt", s.fails, "err", err)
	if s.fails > 1 {
		s.failure, s.failedAt, s.fails = conversionFailed(err), time.Now(), 0
	}
}

// listing reads ffmpeg's list of segments, "12.ts,73.0,79.0" to a line.
type listing struct {
	ended chan<- int
	line  []byte
}

var errListing = errors.New("not a list of segments")

func (l *listing) Write(p []byte) (int, error) {
	l.line = append(l.line, p...)
	for {
		i := bytes.IndexByte(l.line, '\n')
		if i < 0 {
			if len(l.line) > 4096 {
				return 0, errListing
			}
			return len(p), nil
		}
		name, _, _ := strings.Cut(string(l.line[:i]), ".")
		l.line = l.line[i+1:]
		n, err := strconv.Atoi(name)
		if err != nil {
			return 0, errListing
		}
		select {
		case l.ended <- n:
		default:
			return 0, errListing
		}
	}
}
