package ffmpeg

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"
)

// ErrKilled is the error of a process that [Process.Kill] or [Process.Stop] ended.
var ErrKilled = errors.New("stopped by the node")

// Error says why a child failed.
type Error struct {
	Program string // base name
	State   string // "exit status 1", "signal: killed"
	Reason  string // its last words, "" when it had none
}

func (e *Error) Error() string {
	if e.Reason == "" {
		return fmt.Sprintf("%s ended with %s", e.Program, e.State)
	}
	return fmt.Sprintf("%s ended with %s: %s", e.Program, e.State, e.Reason)
}

// Options of one child.
type Options struct {
	Dir    string    // working directory, "" for ours
	Stdin  io.Reader // nil: empty
	Stdout io.Writer // nil: discarded
	Nice   int       // 0: [DefaultNice]
	Idle   bool      // the disk is for others first, where the system can tell

	// The rest is kept where the system can: on Linux.
	ReadOnly bool  // no file but those below Dir may be changed
	Memory   int64 // bytes of its own, 0: [DefaultMemory], negative: no limit
}

// DefaultMemory is ample for a film in 4K, and keeps a runaway from taking the
// machine down.
const DefaultMemory = 4 << 30

// Further bounds of every child: open files, seconds of CPU, bytes in one file of
// one that is ReadOnly.
const (
	maxFiles = 512
	maxCPU   = 48 * 3600
	maxFile  = 2 << 30
)

// DefaultNice keeps conversion from starving the node and the rest of the machine.
const DefaultNice = 10

// Process is one running child: in a process group of its own, below the node's
// priority, and on Linux killed by the kernel when the node dies.
type Process struct {
	name   string
	cmd    *exec.Cmd
	stderr tail
	done   chan struct{}
	err    error // valid once done is closed

	mu     sync.Mutex
	killed bool
	paused bool
	exited bool
}

// Start runs a program. The caller must see to it that the process ends, by Stop
// or Kill or by itself, and may wait for it on Done.
func Start(path string, args []string, o Options) (*Process, error) {
	p := &Process{name: path[strings.LastIndexByte(path, '/')+1:], done: make(chan struct{})}
	p.cmd = exec.Command(path, args...) //nolint:noctx // its owner ends it: see Stop and Kill
	p.cmd.Dir = o.Dir
	p.cmd.Stdin = o.Stdin
	p.cmd.Stdout = o.Stdout
	p.cmd.Stderr = &p.stderr
	p.cmd.Env = environment()
	p.cmd.SysProcAttr = sysProcAttr()
	// A grandchild that keeps our pipes open must not keep Wait.
	p.cmd.WaitDelay = 2 * time.Second
	if o.Nice == 0 {
		o.Nice = DefaultNice
	}
	if o.Memory == 0 {
		o.Memory = DefaultMemory
	}
	started := make(chan error, 1)
	go p.onThread(func() { p.run(&o, started) })
	if err := <-started; err != nil {
		if errors.Is(err, exec.ErrNotFound) || errors.Is(err, os.ErrNotExist) {
			return nil, fmt.Errorf("start %s: %w (%v)", p.name, ErrNotInstalled, err)
		}
		return nil, fmt.Errorf("start %s: %w", p.name, err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.exited {
		confineChild(p.cmd.Process.Pid, &o)
	}
	return p, nil
}

// onThread calls f on a thread that ends with it. The process's first thread never
// ends, so it is passed over.
func (p *Process) onThread(f func()) {
	runtime.LockOSThread()
	if !firstThread() {
		f()
		return // still locked: the thread ends
	}
	elsewhere := make(chan struct{})
	go func() {
		runtime.LockOSThread()
		close(elsewhere)
		f()
	}()
	<-elsewhere
	runtime.UnlockOSThread()
}

// run starts the child and waits for it on one thread: the kernel's death signal is
// tied to the thread that forked, and what the child may not do is taken from that
// thread first.
func (p *Process) run(o *Options, started chan<- error) {
	defer close(p.done)
	if err := confineThread(o); err != nil {
		started <- err
		return
	}
	if err := p.cmd.Start(); err != nil {
		started <- err
		return
	}
	// A child that is gone already needs no priority.
	_ = syscall.Setpriority(syscall.PRIO_PROCESS, p.cmd.Process.Pid, o.Nice)
	if o.Idle {
		idleDisk(p.cmd.Process.Pid)
	}
	started <- nil
	err := p.cmd.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.exited = true
	switch {
	case p.killed:
		p.err = ErrKilled
	case err != nil:
		p.err = &Error{Program: p.name, State: err.Error(), Reason: p.stderr.reason()}
	}
}

// Pid is the process id, which is also its process group.
func (p *Process) Pid() int { return p.cmd.Process.Pid }

// Done is closed once the process has ended and was reaped.
func (p *Process) Done() <-chan struct{} { return p.done }

// Wait returns when the process was reaped: nil after a clean exit, [ErrKilled]
// after Stop or Kill, else an [*Error].
func (p *Process) Wait() error {
	<-p.done
	return p.err
}

// Stderr returns the end of what the process said.
func (p *Process) Stderr() string { return p.stderr.String() }

// Abort ends the process and its group at once, without waiting for the end.
func (p *Process) Abort() { p.signal(syscall.SIGKILL, func() { p.killed = true }) }

// Kill ends the process and its group at once and returns when it was reaped.
func (p *Process) Kill() {
	p.Abort()
	<-p.done
}

// Stop asks the process to finish, kills it after grace, and returns when it was
// reaped.
func (p *Process) Stop(grace time.Duration) {
	p.signal(syscall.SIGTERM, func() { p.killed = true })
	p.Resume() // a stopped process would not hear it
	t := time.NewTimer(grace)
	defer t.Stop()
	select {
	case <-p.done:
	case <-t.C:
		p.Kill()
	}
}

// Pause stops the process where it is until Resume; it keeps its memory and files.
func (p *Process) Pause() { p.signal(syscall.SIGSTOP, func() { p.paused = true }) }

// Resume continues a paused process.
func (p *Process) Resume() { p.signal(syscall.SIGCONT, func() { p.paused = false }) }

// Paused reports whether the process is held by Pause.
func (p *Process) Paused() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.paused
}

// signal reaches the whole group, unless the process has been reaped: its number
// may be somebody else's by then.
func (p *Process) signal(sig syscall.Signal, note func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.exited {
		return
	}
	note()
	_ = syscall.Kill(-p.cmd.Process.Pid, sig)
}

// ErrTooMuch is returned by [Output] for a program that says more than allowed.
var ErrTooMuch = errors.New("more output than allowed")

// Output runs a program to its end and returns what it wrote, at most limit bytes.
// When ctx ends first the program is killed and ctx's error returned.
func Output(ctx context.Context, path string, args []string, limit int) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	out := &bounded{limit: limit}
	p, err := Start(path, args, Options{Stdout: out})
	if err != nil {
		return nil, err
	}
	select {
	case <-p.Done():
	case <-ctx.Done():
		p.Kill()
		return nil, fmt.Errorf("%s: %w", p.name, context.Cause(ctx))
	}
	if out.over {
		return nil, fmt.Errorf("%s: %w", p.name, ErrTooMuch)
	}
	return out.buf, p.err
}

// environment is what children get: enough to find libraries and speak English,
// none of the node's secrets.
func environment() []string {
	env := []string{"LC_ALL=C.UTF-8", "AV_LOG_FORCE_NOCOLOR=1"}
	for _, k := range []string{"PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "XDG_RUNTIME_DIR", "LIBVA_DRIVER_NAME", "FONTCONFIG_PATH", "FONTCONFIG_FILE"} {
		if v, ok := os.LookupEnv(k); ok {
			env = append(env, k+"="+v)
		}
	}
	return env
}
