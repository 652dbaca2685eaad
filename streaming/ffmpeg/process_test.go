package ffmpeg

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// endless is an ffmpeg that works until somebody stops it.
var endless = []string{"-nostdin", "-loglevel", "error", "-re", "-f", "lavfi", "-i", "sine", "-f", "null", "-"}

func tool(t *testing.T) string {
	t.Helper()
	path, err := Look("ffmpeg")
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// state is the letter Linux shows for a process, "" when it is gone.
func state(t *testing.T, pid int) string {
	t.Helper()
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return ""
	}
	_, rest, _ := strings.Cut(string(b), ") ")
	return rest[:1]
}

func needProc(t *testing.T) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("reads /proc, which only Linux has")
	}
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not within 10 s: %s", what)
		}
	}
}

func TestItFindsWhatFFmpegCan(t *testing.T) {
	tools, err := Find(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if tools.Version == "" || !tools.HasEncoder("libx264") || !tools.HasEncoder("aac") || !tools.HasFilter("aresample") || tools.HasEncoder("nonsense") {
		t.Errorf("got %+v", tools)
	}
}

func TestItSaysThatFFmpegIsMissing(t *testing.T) {
	t.Setenv("PATH", "")
	if _, err := Find(t.Context()); !errors.Is(err, ErrNotInstalled) {
		t.Errorf("Find: got %v", err)
	}
	if _, err := Start("/nonexistent/ffmpeg", nil, Options{}); !errors.Is(err, ErrNotInstalled) {
		t.Errorf("Start: got %v", err)
	}
}

func TestAChildPausesResumesAndIsReaped(t *testing.T) {
	needProc(t)
	p, err := Start(tool(t), endless, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Kill()
	if pgid, err := syscall.Getpgid(p.Pid()); err != nil || pgid != p.Pid() {
		t.Errorf("group %d, %v; want its own", pgid, err)
	}
	if nice, err := syscall.Getpriority(syscall.PRIO_PROCESS, p.Pid()); err != nil || nice != 20-DefaultNice {
		t.Errorf("kernel priority %d, %v; want %d", nice, err, 20-DefaultNice)
	}
	p.Pause()
	eventually(t, "stopped", func() bool { return state(t, p.Pid()) == "T" })
	if !p.Paused() {
		t.Error("Paused is false")
	}
	p.Resume()
	eventually(t, "going on", func() bool { s := state(t, p.Pid()); return s == "S" || s == "R" })
	p.Pause()
	p.Stop(5 * time.Second)
	if err := p.Wait(); !errors.Is(err, ErrKilled) {
		t.Errorf("Wait: %v", err)
	}
	if s := state(t, p.Pid()); s != "" {
		t.Errorf("left behind in state %s", s)
	}
	p.Kill() // once more does nothing
	p.Stop(time.Second)
}

func TestAnOrphanDiesWithTheNode(t *testing.T) {
	needProc(t)
	if pidFile := os.Getenv("SETT_TEST_PIDFILE"); pidFile != "" {
		p, err := Start(tool(t), endless, Options{})
		if err != nil {
			t.Fatal(err)
		}
		p.Pause() // even one that is held
		if err := os.WriteFile(pidFile, fmt.Append(nil, p.Pid()), 0o600); err != nil {
			t.Fatal(err)
		}
		<-p.Done() // until killed from outside
		return
	}
	pidFile := filepath.Join(t.TempDir(), "pid")
	node := exec.Command(os.Args[0], "-test.run=^TestAnOrphanDiesWithTheNode$")
	node.Env = append(os.Environ(), "SETT_TEST_PIDFILE="+pidFile)
	if err := node.Start(); err != nil {
		t.Fatal(err)
	}
	var pid int
	eventually(t, "child started", func() bool {
		b, _ := os.ReadFile(pidFile)
		n, _ := fmt.Sscan(string(b), &pid)
		return n == 1
	})
	if err := node.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = node.Wait()
	eventually(t, "child gone", func() bool { s := state(t, pid); return s == "" || s == "Z" })
}

func TestAFailureCarriesItsReason(t *testing.T) {
	p, err := Start(tool(t), []string{"-nostdin", "-loglevel", "error", "-i", "file:/nonexistent.mkv", "-f", "null", "-"}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	var failed *Error
	if err := p.Wait(); !errors.As(err, &failed) || !strings.Contains(failed.Reason, "No such file") {
		t.Errorf("got %v", err)
	}
}

func TestOutputIsBoundedInSizeAndTime(t *testing.T) {
	noise := []string{"-nostdin", "-loglevel", "error", "-f", "lavfi", "-i", "sine", "-f", "wav", "pipe:1"}
	if _, err := Output(t.Context(), tool(t), noise, 1000); !errors.Is(err, ErrTooMuch) {
		t.Errorf("size: got %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := Output(ctx, tool(t), endless, 1000); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("time: got %v", err)
	}
}

func TestTheNodesSecretsStayWithIt(t *testing.T) {
	t.Setenv("SETT_TAILNET_AUTH_KEY", "tskey-secret")
	env, err := exec.LookPath("env")
	if err != nil {
		t.Skip("no env program to print the environment")
	}
	out, err := Output(t.Context(), env, nil, 1<<20)
	if err != nil || strings.Contains(string(out), "tskey-secret") || !strings.Contains(string(out), "PATH=") {
		t.Errorf("%v\n%s", err, out)
	}
}
