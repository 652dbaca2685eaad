package node_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// script runs one of the scripts in testdata/clients with Node.
func script(t *testing.T, within time.Duration, name string, args ...string) {
	t.Helper()
	dir := filepath.Join("testdata", "clients")
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("Node is not installed: real clients cannot be driven")
	}
	if _, err := os.Stat(filepath.Join(dir, "node_modules")); err != nil {
		t.Skip("the clients' packages are not installed: run `make test`, or `npm ci` in node/testdata/clients")
	}
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", append([]string{name}, args...)...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
}

func TestTheRealSDKSignsInBrowsesPlaysAndResumes(t *testing.T) {
	n := start(t, settings(t, t.TempDir(), demo(t)))
	n.setUp(t)
	app := newClient(t, n.URL, "probe")
	app.signIn(ownerName, ownerPass)
	app.find("Movie", "First Light")
	app.find("Movie", "Second Winter")
	app.find("Audio", "Walk 2")
	script(t, time.Minute, "sdk.mjs", n.URL, ownerName, ownerPass)
}

func TestABrowserSignsInAndPlaysDirectlyAndByHLS(t *testing.T) {
	if _, err := exec.LookPath("chromium"); err != nil {
		t.Skip("Chromium is not installed: the web client cannot be opened")
	}
	n := start(t, settings(t, t.TempDir(), demo(t)))
	n.setUp(t)
	app := newClient(t, n.URL, "probe")
	app.signIn(ownerName, ownerPass)
	direct, hls := app.find("Movie", "First Light"), app.find("Movie", "Second Winter")
	shots := os.Getenv("SCREENSHOTS")
	if shots == "" {
		shots = t.TempDir()
	}
	script(t, 3*time.Minute, "browser.mjs", n.URL, ownerName, ownerPass, direct.Id, hls.Id, shots)
}
