package ffmpeg

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"
)

// ErrHeld is the error of a program that [Quiet] gave up because the machine was
// needed for too long. It is to be run again later.
var ErrHeld = errors.New("given up, for the machine is needed otherwise")

// Quiet runs programs whose results nobody waits for: at the lowest priority, and
// stopped in their tracks while the machine is needed otherwise.
type Quiet struct {
	Busy     func() bool   // whether it is needed; nil: never
	Patience time.Duration // how long a stopped program may keep its memory; 0: 30 s
}

const (
	quietNice = 19
	quietLook = 200 * time.Millisecond
)

// Run runs a program to its end and returns what it wrote, at most limit bytes. in
// is its standard input, nil for none. It may change no file, where the system can
// see to that. When ctx ends first the program is killed
// and ctx's error returned.
func (q Quiet) Run(ctx context.Context, path string, args []string, in io.Reader, limit int) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	out := &bounded{limit: limit}
	p, err := Start(path, args, Options{Stdin: in, Stdout: out, Nice: quietNice, Idle: true, ReadOnly: true})
	if err != nil {
		return nil, err
	}
	if err := q.watch(ctx, p); err != nil {
		p.Kill()
		return nil, fmt.Errorf("%s: %w", p.name, err)
	}
	if out.over {
		return nil, fmt.Errorf("%s: %w", p.name, ErrTooMuch)
	}
	return out.buf, p.err
}

// watch stops and continues the program until it ends.
func (q Quiet) watch(ctx context.Context, p *Process) error {
	tick := time.NewTicker(quietLook)
	defer tick.Stop()
	patience := q.Patience
	if patience <= 0 {
		patience = 30 * time.Second
	}
	var held time.Time
	for {
		select {
		case <-p.Done():
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		case now := <-tick.C:
			switch busy := q.Busy != nil && q.Busy(); {
			case busy && held.IsZero():
				held = now
				p.Pause()
			case busy && now.Sub(held) > patience:
				return ErrHeld
			case !busy && !held.IsZero():
				held = time.Time{}
				p.Resume()
			}
		}
	}
}
