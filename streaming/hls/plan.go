package hls

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"sett/node/library"
	"sett/streaming/ffmpeg"
	"sett/streaming/remux"
)

// plan is how a Spec is served.
type plan struct {
	spec Spec          // what is done, which may be more than what was asked
	out  *remux.Output // copies everything in process; nil: ffmpeg works
	src  *source       // of out, held
}

func (p *plan) release() {
	if p.src != nil {
		p.src.release()
		p.src = nil
	}
}

// scanWait is how long the first player of a film without an index waits for one.
// What takes longer goes on in the background, for the next time.
const scanWait = 3 * time.Second

// Lengths of segments where a Spec leaves it to us: players wait for a whole one
// before they begin or go on after a seek, and making one is quick only when it is
// copied.
const (
	copiedLength  = 6 * library.Ticks(1e7)
	encodedLength = 3 * library.Ticks(1e7)
	longFilm      = 12 * 3600 * library.Ticks(1e7) // too many short ones
)

// gridded is the job with the grid left to us filled in.
func gridded(j ffmpeg.Job) ffmpeg.Job {
	switch {
	case j.Segment != 0:
	case j.Video.Action == ffmpeg.Encode && j.Runtime < longFilm:
		j.Segment, j.Quick = encodedLength, true
	default:
		j.Segment = copiedLength
	}
	return j
}

// prepare finds the cheapest way to serve a Spec. Copying needs the film's index;
// without one the picture is encoded, if the Spec says into what.
func (m *Manager) prepare(ctx context.Context, spec Spec) (plan, error) {
	ungridded := spec.Job
	spec.Job = gridded(spec.Job)
	job := &spec.Job
	if err := job.Check(); err != nil {
		return plan{}, err
	}
	if err := m.able(ctx, &spec); err != nil {
		return plan{}, err
	}
	picture := job.Video.Action == ffmpeg.Copy
	if !picture && !(job.Video.Action == ffmpeg.Omit && job.Audio.Action == ffmpeg.Copy) {
		return plan{spec: spec}, nil
	}
	var p plan
	err := errors.New("the sound is in a file of its own")
	if picture || job.Audio.Path == "" {
		p, err = m.copied(ctx, spec)
	}
	switch {
	case err == nil:
		return p, nil
	case !m.outwitted(err):
		return plan{}, err
	case !picture:
		m.stats.byFFmpeg.Add(1)
		return plan{spec: spec}, nil
	case spec.Fallback.Action != ffmpeg.Encode:
		return plan{}, fmt.Errorf("%w: %w", ErrNeedsIndex, err)
	}
	m.stats.encoded.Add(1)
	m.o.Logger.Info("the picture cannot be copied and is encoded", "path", job.Input, "why", err)
	ungridded.Video = spec.Fallback
	*job, spec.Fallback, spec.Codecs = gridded(ungridded), ffmpeg.Video{}, ""
	return plan{spec: spec}, job.Check()
}

// outwitted reports whether an error of copying in process is one that ffmpeg may
// get around.
func (m *Manager) outwitted(err error) bool {
	var gone *fs.PathError
	switch {
	case errors.Is(err, ErrClosed), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded),
		errors.As(err, &gone):
		return false
	}
	return true
}

// copied plans for a copied picture, or copied sound where there is no picture.
func (m *Manager) copied(ctx context.Context, spec Spec) (plan, error) {
	src := library.Source{Path: spec.Job.Input}
	if spec.Source != nil {
		src = *spec.Source
	}
	x, err := m.files.get(ctx, spec.Job.Input, src)
	if err != nil {
		return plan{}, err
	}
	p := plan{spec: spec, src: x}
	if err := m.index(ctx, &p); err != nil {
		p.release()
		return plan{}, err
	}
	if p.out == nil {
		p.release()
	}
	return p, nil
}

// index fills in what the film's index tells: everything to copy in process, or
// else where ffmpeg has to cut.
func (m *Manager) index(ctx context.Context, p *plan) error {
	job := &p.spec.Job
	o := remux.Options{Video: remux.None, Audio: remux.None, VideoTag: p.spec.VideoTag, Target: job.Segment}
	if job.Container == ffmpeg.TS {
		o.Container = remux.TS
	}
	if job.Video.Action == ffmpeg.Copy {
		o.Video = job.Video.Index
	}
	if job.Audio.Action == ffmpeg.Copy {
		o.Audio = job.Audio.Index
	}
	if job.Audio.Action != ffmpeg.Encode && job.Audio.Path == "" {
		out, err := m.output(ctx, p.src, o)
		if err == nil {
			m.stats.copied.Add(1)
			p.out, job.Cuts, p.spec.Codecs = out, cutsOf(out), named(p.spec.Codecs, out.Codecs())
			return nil
		}
		if o.Video == remux.None || !errors.Is(err, remux.ErrUnsupported) && !errors.Is(err, remux.ErrDamaged) {
			return err
		}
		m.o.Logger.Info("ffmpeg copies what cannot be copied in process", "path", job.Input, "why", err)
	}
	if job.Video.Action != ffmpeg.Copy {
		return remux.ErrUnsupported
	}
	o.Audio = remux.None
	out, err := m.output(ctx, p.src, o)
	if err != nil {
		return err
	}
	m.stats.byFFmpeg.Add(1)
	job.Cuts = cutsOf(out)
	if job.Format == "ts" {
		// Its clock begins anywhere, and it depends on the streams used where that is
		// taken to be: ffmpeg and we need not agree to the millisecond.
		o.Target = 1
		if all, err := p.src.file.Output(ctx, o); err == nil {
			job.Cuts.Orders = between(job.Cuts.Starts, all.Segments())
		}
	}
	if sound := soundName(job.Audio); p.spec.Codecs == "" && out.Codecs() != "" && (sound != "" || job.Audio.Action == ffmpeg.Omit) {
		p.spec.Codecs = strings.TrimSuffix(out.Codecs()+","+sound, ",")
	}
	return job.Check()
}

// output plans a copy, with a scan before it where the file needs one. Who has no
// ffmpeg to turn to waits until it is done.
func (m *Manager) output(ctx context.Context, x *source, o remux.Options) (*remux.Output, error) {
	out, err := x.file.Output(ctx, o)
	if !errors.Is(err, remux.ErrNeedsScan) {
		return out, err
	}
	wait := m.o.ScanWait
	if _, err := ffmpeg.Look("ffmpeg"); err != nil {
		wait = time.Hour
	}
	if err := x.scanned(ctx, wait); err != nil {
		return nil, err
	}
	return x.file.Output(ctx, o)
}

func cutsOf(out *remux.Output) *ffmpeg.Cuts {
	list := out.Segments()
	c := &ffmpeg.Cuts{Starts: make([]library.Ticks, len(list))}
	for n, s := range list {
		c.Starts[n], c.End = s.Start, s.Start+s.Duration
	}
	return c
}

// between orders each cut halfway from the key frame before it. keys are all key
// frames of the film, which include the starts.
func between(starts []library.Ticks, keys []remux.Segment) []library.Ticks {
	orders := make([]library.Ticks, len(starts))
	k := 0
	for n, start := range starts {
		for k < len(keys) && keys[k].Start < start {
			k++
		}
		orders[n] = start
		if k > 0 {
			orders[n] = (keys[k-1].Start + start) / 2
		}
	}
	return orders
}

func named(asked, found string) string {
	if asked != "" {
		return asked
	}
	return found
}
