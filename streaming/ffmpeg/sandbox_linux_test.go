package ffmpeg

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestAChildIsConfined(t *testing.T) {
	p, err := Start(tool(t), endless, Options{Memory: 1 << 30, ReadOnly: true, Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Kill()
	read := func(name string) string {
		b, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", p.Pid(), name))
		if err != nil {
			t.Error(err)
		}
		return strings.Join(strings.Fields(string(b)), " ")
	}
	if s := read("status"); !strings.Contains(s, "NoNewPrivs: 1") {
		t.Error(s)
	}
	limits := read("limits")
	for _, want := range []string{"core file size 0 0", "data size 1073741824 1073741824", "open files 512 512", "cpu time 172800 172800", "file size 2147483648"} {
		if !strings.Contains(limits, want) {
			t.Errorf("no %q in %s", want, limits)
		}
	}
	if s := read("oom_score_adj"); s != "500" {
		t.Errorf("oom_score_adj %s", s)
	}
	prio, _, errno := unix.Syscall(unix.SYS_IOPRIO_GET, 1, uintptr(p.Pid()), 0)
	if errno != 0 || prio != 2<<13|7 {
		t.Errorf("io priority %#x, %v", prio, errno)
	}
}

func TestAChildChangesNothingButItsFolder(t *testing.T) {
	dir, other := t.TempDir(), t.TempDir()
	run := func(path string) error {
		p, err := Start(tool(t), []string{"-nostdin", "-v", "error", "-f", "lavfi", "-i", "sine=d=0.1", "-y", path}, Options{Dir: dir, ReadOnly: true})
		if err != nil {
			t.Fatal(err)
		}
		return p.Wait()
	}
	if err := run("in.wav"); err != nil {
		t.Errorf("in its folder: %v", err)
	}
	if errors.Is(probeLandlock(), errNoLandlock) {
		t.Skip("this kernel has no Landlock, so a child is not kept from writing elsewhere")
	}
	victim := filepath.Join(other, "film.wav")
	if err := os.WriteFile(victim, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{filepath.Join(other, "new.wav"), victim} {
		if err := run(path); err == nil {
			t.Errorf("%s was written", path)
		}
	}
	if b, err := os.ReadFile(victim); err != nil || string(b) != "precious" {
		t.Errorf("%q %v", b, err)
	}
}

func TestAChildHasNoNetwork(t *testing.T) {
	abi, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, unix.LANDLOCK_CREATE_RULESET_VERSION)
	if errno != 0 || abi < 4 {
		t.Skip("this kernel's Landlock does not know networks")
	}
	var lc net.ListenConfig
	l, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	args := []string{"-nostdin", "-v", "error", "-i", "tcp://" + l.Addr().String(), "-f", "null", "-"} // unguarded on purpose
	p, err := Start(tool(t), args, Options{Dir: t.TempDir(), ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Wait(); err == nil || !strings.Contains(err.Error(), "Permission denied") {
		t.Errorf("got %v", err)
	}
}

func probeLandlock() error {
	if _, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, unix.LANDLOCK_CREATE_RULESET_VERSION); errno != 0 {
		return errNoLandlock
	}
	return nil
}

// The bounds are the child's: no thread of the node keeps them.
func TestTheNodeItselfStaysFree(t *testing.T) {
	for range 3 {
		if _, err := Output(t.Context(), tool(t), []string{"-version"}, 1<<20); err != nil {
			t.Fatal(err)
		}
	}
	confined := func() bool {
		files, _ := filepath.Glob("/proc/self/task/*/status")
		for _, f := range files {
			b, _ := os.ReadFile(f)
			if strings.Contains(string(b), "NoNewPrivs:\t1") {
				return true
			}
		}
		return false
	}
	main, _ := os.ReadFile("/proc/self/status")
	if strings.Contains(string(main), "NoNewPrivs:\t1") {
		t.Skip("everything here runs without new privileges")
	}
	eventually(t, "the children's threads have ended", func() bool { return !confined() })
}
