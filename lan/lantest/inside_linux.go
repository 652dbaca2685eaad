package lantest

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// insideEnv names the test that a child process runs in its own namespace.
const insideEnv = "LANTEST_INSIDE"

// Inside runs f in a process of its own whose network namespace is fresh: loopback
// up and nothing else. All of that process, goroutines included, is the machine
// here, so code under test needs no changes; further machines come from lab.
// The calling test is run again in the child, up to this call. It needs root or
// permission to make user namespaces, and is skipped with the reason without.
func Inside(t *testing.T, f func(t *testing.T, lab *Lab, here *Namespace)) {
	t.Helper()
	if os.Getenv(insideEnv) == t.Name() {
		lab := New(t)
		here := lab.Here()
		here.Name = "inside"
		here.prepare()
		f(t, lab, here)
		return
	}
	cmd := child(t)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	runtime.LockOSThread() // Pdeathsig watches the thread that started the child
	defer runtime.UnlockOSThread()
	err := cmd.Run()
	var exit *exec.ExitError
	switch {
	case err != nil && !errors.As(err, &exit):
		t.Skipf("a network namespace cannot be made here (needs root): %v", err)
	case err != nil:
		t.Fatalf("inside the namespace: %v\n%s", err, out.String())
	case strings.Contains(out.String(), "--- SKIP: "+t.Name()+" "):
		t.Skipf("inside the namespace:\n%s", out.String())
	case !strings.Contains(out.String(), "--- PASS: "+t.Name()+" "):
		t.Fatalf("the test did not run inside the namespace:\n%s", out.String())
	}
	if testing.Verbose() {
		t.Logf("inside the namespace:\n%s", out.String())
	}
}

// child is this test binary, about to run the test alone in a new namespace.
func child(t *testing.T) *exec.Cmd {
	var pattern []string
	for _, level := range strings.Split(t.Name(), "/") {
		pattern = append(pattern, "^"+regexp.QuoteMeta(level)+"$")
	}
	args := []string{"-test.v", "-test.count=1", "-test.run=" + strings.Join(pattern, "/")}
	if deadline, ok := t.Deadline(); ok {
		// Ends before the parent does, so that its goroutines are seen.
		args = append(args, "-test.timeout="+(time.Until(deadline)*9/10).String())
	}
	cmd := exec.Command("/proc/self/exe", args...)
	cmd.Env = append(os.Environ(), insideEnv+"="+t.Name())
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: unix.CLONE_NEWNET, Pdeathsig: syscall.SIGKILL}
	if uid := os.Getuid(); uid != 0 {
		cmd.SysProcAttr.Cloneflags |= unix.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: uid, Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
	}
	return cmd
}
