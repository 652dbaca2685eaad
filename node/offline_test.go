package node_test

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"sett/lan/lantest"
)

func TestWithoutARouteAndWithDeafDNSTheNodeIsHealthyWithinASecondAndPlays(t *testing.T) {
	bin, media := binary(t), demo(t)
	lantest.Inside(t, func(t *testing.T, _ *lantest.Lab, here *lantest.Namespace) {
		// A resolver that takes every question and never answers.
		deaf, err := net.ListenPacket("udp4", "127.0.0.1:53")
		if err != nil {
			t.Fatal(err)
		}
		defer deaf.Close()
		dir := t.TempDir()
		cmd := exec.Command(bin, "serve", "--data-dir", filepath.Join(dir, "data"), "--cache-dir", filepath.Join(dir, "cache"), "--media", media, "--tailnet")
		cmd.Env = append(os.Environ(), "RES_OPTIONS=timeout:30")
		out := &lockedBuffer{}
		cmd.Stdout, cmd.Stderr = out, out
		begun := time.Now()
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		defer stopProcess(t, cmd, out)
		app := newClient(t, "http://127.0.0.1:8096", "tv")
		app.http.Timeout = time.Second
		eventually(t, "/health", time.Second, func() bool {
			resp, err := app.http.Get(app.base + "/health")
			if err != nil {
				return false
			}
			resp.Body.Close()
			return resp.StatusCode == 200
		})
		t.Logf("healthy %v after the process started", time.Since(begun).Round(time.Millisecond))
		app.http.Timeout = 30 * time.Second
		app.do("POST", "/Startup/Sett", map[string]string{"Code": codeFrom(t, out), "Name": ownerName, "Password": ownerPass}, 204)
		app.signIn(ownerName, ownerPass)
		playsDirectly(t, app, app.find("Movie", "First Light"))
	})
}
