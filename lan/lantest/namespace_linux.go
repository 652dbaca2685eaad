package lantest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// Lab is the set of namespaces of one test.
type Lab struct{ t testing.TB }

// Namespace is one machine: its own interfaces, addresses, routes and ports.
type Namespace struct {
	Name string
	t    testing.TB
	fd   int
}

// New returns an empty Lab, or skips the test when this process may not make
// network namespaces.
func New(t testing.TB) *Lab {
	t.Helper()
	fd, err := unshared()
	if err != nil {
		t.Skipf("network namespaces cannot be made here (needs root): %v", err)
	}
	unix.Close(fd)
	return &Lab{t: t}
}

// Namespace adds a machine with loopback up.
func (l *Lab) Namespace(name string) *Namespace {
	l.t.Helper()
	fd, err := unshared()
	if err != nil {
		l.t.Fatalf("namespace %s: %v", name, err)
	}
	ns := &Namespace{Name: name, t: l.t, fd: fd}
	l.t.Cleanup(func() { unix.Close(fd) })
	ns.prepare()
	return ns
}

// Here is the namespace the test runs in; see Inside. Never change it unless it
// was made for the test.
func (l *Lab) Here() *Namespace {
	l.t.Helper()
	fd, err := unix.Open("/proc/thread-self/ns/net", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		l.t.Fatalf("this namespace: %v", err)
	}
	l.t.Cleanup(func() { unix.Close(fd) })
	return &Namespace{Name: "here", t: l.t, fd: fd}
}

// prepare brings loopback up and makes IPv6 addresses usable at once.
func (ns *Namespace) prepare() {
	ns.t.Helper()
	for _, scope := range []string{"all", "default"} {
		ns.Sysctl("net/ipv6/conf/"+scope+"/accept_dad", "0")
	}
	ns.Up("lo")
}

// Do runs f on a thread inside the namespace and returns its error. Sockets made
// by f itself (not by goroutines it starts) belong to the namespace for good, as
// do processes it starts.
func (ns *Namespace) Do(f func() error) error {
	result := make(chan error)
	go func() {
		runtime.LockOSThread()
		home, err := unix.Open("/proc/thread-self/ns/net", unix.O_RDONLY|unix.O_CLOEXEC, 0)
		if err != nil {
			result <- err
			return // the locked thread ends with the goroutine
		}
		defer unix.Close(home)
		if err := unix.Setns(ns.fd, unix.CLONE_NEWNET); err != nil {
			result <- fmt.Errorf("entering namespace %s: %w", ns.Name, err)
			return
		}
		err = f()
		if back := unix.Setns(home, unix.CLONE_NEWNET); back == nil {
			runtime.UnlockOSThread()
		}
		result <- err
	}()
	return <-result
}

// Start starts a command inside the namespace; the caller waits for it.
func (ns *Namespace) Start(cmd *exec.Cmd) error { return ns.Do(cmd.Start) }

// Exec runs a command inside the namespace and returns its standard output; the
// test fails if the command does.
func (ns *Namespace) Exec(name string, args ...string) string {
	ns.t.Helper()
	var out, complaint strings.Builder
	cmd := exec.Command(name, args...)
	cmd.Stdout, cmd.Stderr = &out, &complaint
	if err := ns.Start(cmd); err != nil {
		ns.t.Fatalf("%s: starting %v: %v", ns.Name, cmd.Args, err)
	}
	if err := cmd.Wait(); err != nil {
		ns.t.Fatalf("%s: %v: %v\n%s", ns.Name, cmd.Args, err, complaint.String())
	}
	return out.String()
}

// Sysctl sets a kernel setting of the namespace: Sysctl("net/ipv4/ip_forward", "1").
// A setting this kernel does not have is left alone.
func (ns *Namespace) Sysctl(path, value string) {
	ns.t.Helper()
	err := ns.Do(func() error { return os.WriteFile("/proc/sys/"+path, []byte(value), 0) })
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		ns.t.Fatalf("%s: %s=%s: %v", ns.Name, path, value, err)
	}
}

// unshared makes a network namespace and returns a descriptor that keeps it.
func unshared() (int, error) {
	type made struct {
		fd  int
		err error
	}
	result := make(chan made)
	go func() {
		runtime.LockOSThread() // never unlocked: the changed thread must end
		if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
			result <- made{-1, err}
			return
		}
		fd, err := unix.Open("/proc/thread-self/ns/net", unix.O_RDONLY|unix.O_CLOEXEC, 0)
		result <- made{fd, err}
	}()
	m := <-result
	return m.fd, m.err
}
