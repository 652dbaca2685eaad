package hls

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"sett/streaming/ffmpeg"
)

// Pipe is a conversion that is one file, read while it is made. What is not read
// is not made: the child waits, with no more than the pipe's buffer ahead. It is
// for one goroutine, but for Close.
type Pipe struct {
	m     *Manager
	id    string
	dir   string // made only where needed
	child *ffmpeg.Process
	out   *os.File
	first []byte       // read already, to know that it works
	used  atomic.Int64 // when it was last read, in Unix nanoseconds
	once  sync.Once
}

// Pipe starts a conversion of the Spec from its Start on. It returns when the first
// bytes are there, so an error can still be told to the player. It takes the place
// of a conversion of the same id. The caller closes it.
func (m *Manager) Pipe(ctx context.Context, id string, spec Spec, to ffmpeg.Muxer) (*Pipe, error) {
	if !m.serving() {
		return nil, ErrClosed
	}
	spec.Job = gridded(spec.Job)
	if err := m.able(ctx, &spec); err != nil {
		return nil, err
	}
	p, err := m.pipe(ctx, id, spec, to)
	if e := spec.Job.Video.Encoder; errors.Is(err, ErrConversion) && e != (ffmpeg.Encoder{}) {
		m.o.Logger.Warn("hardware failed and software is tried", "encoder", e, "err", err)
		m.distrust(e)
		spec.Job.Video.Encoder = ffmpeg.Encoder{}
		p, err = m.pipe(ctx, id, spec, to)
	}
	return p, err
}

func (m *Manager) pipe(ctx context.Context, id string, spec Spec, to ffmpeg.Muxer) (*Pipe, error) {
	args, err := spec.Job.Stream(to, spec.Start)
	if err != nil {
		return nil, err
	}
	tool, err := ffmpeg.Look("ffmpeg")
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(spec.Job.Input); err != nil {
		return nil, fmt.Errorf("open a film: %w", err)
	}
	m.Close(id)
	p := &Pipe{m: m, id: id}
	p.used.Store(time.Now().UnixNano())
	if err := m.reserve(ctx, p); err != nil {
		return nil, err
	}
	if err := p.start(tool, args, &spec.Job); err != nil {
		p.Close()
		return nil, err
	}
	stop := context.AfterFunc(ctx, p.child.Abort) // else a child that says nothing keeps us
	defer stop()
	if err := p.probe(); err != nil {
		p.Close()
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		return nil, err
	}
	return p, nil
}

// reserve counts the pipe among the conversions.
func (m *Manager) reserve(ctx context.Context, p *Pipe) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.queueLocked(ctx, func() bool { return m.roomLocked(false, nil) }); err != nil {
		return err
	}
	m.count++
	p.dir = filepath.Join(m.o.Dir, "session-"+strconv.Itoa(m.count))
	m.pipes[p] = struct{}{}
	m.alive.Add(1)
	return nil
}

func (p *Pipe) start(tool string, args []string, job *ffmpeg.Job) error {
	burn := job.Video.BurnIn
	if burn.Kind == ffmpeg.TextSubtitle {
		if err := prepareDir(p.dir, burn); err != nil {
			return fmt.Errorf("%w: %w", ErrConversion, err)
		}
	}
	r, w, err := os.Pipe()
	if err != nil {
		return fmt.Errorf("%w: %w", ErrConversion, err)
	}
	dir := ""
	if burn.Kind == ffmpeg.TextSubtitle {
		dir = p.dir
	}
	child, err := ffmpeg.Start(tool, args, childOptions(job, dir, w))
	_ = w.Close()
	if err != nil {
		_ = r.Close()
		return fmt.Errorf("%w: %w", ErrConversion, err)
	}
	p.m.mu.Lock()
	p.child, p.out = child, r
	_, wanted := p.m.pipes[p]
	p.m.mu.Unlock()
	if !wanted { // closed in between, when there was nothing to end
		p.end()
		return ErrClosed
	}
	return nil
}

// probe waits for the first bytes.
func (p *Pipe) probe() error {
	buf := make([]byte, 32<<10)
	n, err := p.out.Read(buf)
	p.first = buf[:n]
	if n > 0 {
		return nil
	}
	if failed := p.child.Wait(); failed != nil {
		err = failed
	}
	return fmt.Errorf("%w: %w", ErrConversion, err)
}

// Read implements io.Reader. The end is io.EOF only if the conversion succeeded.
func (p *Pipe) Read(b []byte) (int, error) {
	p.used.Store(time.Now().UnixNano())
	if len(p.first) > 0 {
		n := copy(b, p.first)
		p.first = p.first[n:]
		return n, nil
	}
	n, err := p.out.Read(b)
	if err != nil && n == 0 {
		if failed := p.child.Wait(); failed != nil {
			return 0, fmt.Errorf("%w: %w", ErrConversion, failed)
		}
		return 0, io.EOF
	}
	return n, nil
}

// Close ends the conversion and returns when its child is reaped.
func (p *Pipe) Close() error {
	p.once.Do(func() {
		p.m.mu.Lock()
		begun := p.child != nil
		_, counted := p.m.pipes[p]
		delete(p.m.pipes, p)
		p.m.changedLocked()
		p.m.mu.Unlock()
		if begun {
			p.end()
		}
		if counted {
			p.m.alive.Done()
		}
	})
	return nil
}

func (p *Pipe) end() {
	p.child.Kill()
	_ = p.out.Close()
	_ = os.RemoveAll(p.dir)
}

// closePipes ends the pipes of an id, or all with "".
func (m *Manager) closePipes(id string) {
	m.mu.Lock()
	var all []*Pipe
	for p := range m.pipes {
		if id == "" || p.id == id {
			all = append(all, p)
		}
	}
	m.mu.Unlock()
	for _, p := range all {
		_ = p.Close()
	}
}

// A stream's player may pause, and says nothing meanwhile: it keeps its child for
// longer than a session would.
const (
	pipeStale = 5 * time.Minute // when another waits for its place
	pipeIdle  = time.Hour
)

// idlePipesLocked lists the streams that nobody has read for so long.
func (m *Manager) idlePipesLocked(now time.Time, long time.Duration) []*Pipe {
	var list []*Pipe
	for p := range m.pipes {
		if now.UnixNano()-p.used.Load() > int64(long) {
			list = append(list, p)
		}
	}
	return list
}

var _ io.ReadCloser = (*Pipe)(nil)
