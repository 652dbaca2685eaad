package node_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// scratch is a folder for what all tests of one run share.
var scratch string

func TestMain(m *testing.M) {
	for _, kv := range os.Environ() { // settings of whoever runs the tests
		if name, _, _ := strings.Cut(kv, "="); strings.HasPrefix(name, "SETT_") {
			_ = os.Unsetenv(name)
		}
	}
	dir, err := os.MkdirTemp("", "sett-node-test-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	scratch = dir
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

var built = sync.OnceValues(func() (string, error) {
	path := filepath.Join(scratch, "sett")
	out, err := exec.Command("go", "build", "-o", path, "..").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("building sett: %w\n%s", err, out)
	}
	return path, nil
})

// binary is the program, built once.
func binary(t testing.TB) string {
	t.Helper()
	path, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

var codePattern = regexp.MustCompile(`setup code ([0-9A-Za-z-]+)`)

// codeFrom reads the setup code a node printed.
func codeFrom(t testing.TB, out *lockedBuffer) string {
	t.Helper()
	var code string
	eventually(t, "the setup code on the console", 10*time.Second, func() bool {
		if m := codePattern.FindStringSubmatch(out.String()); m != nil {
			code = m[1]
		}
		return code != ""
	})
	return code
}

// stopProcess ends a node as an operator does, and demands that it takes less than
// the five seconds it promises.
func stopProcess(t testing.TB, cmd *exec.Cmd, out *lockedBuffer) {
	t.Helper()
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	_ = cmd.Process.Signal(syscall.SIGTERM)
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("the node ended with %v:\n%s", err, out.String())
		}
	case <-time.After(5 * time.Second):
		_ = cmd.Process.Kill()
		t.Errorf("the node did not end within 5 s of SIGTERM:\n%s", out.String())
	}
}
