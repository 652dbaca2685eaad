package node_test

import (
	"errors"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// refused runs the binary, which must end with a code and one sentence.
func refused(t *testing.T, code int, sentence string, env []string, args ...string) {
	t.Helper()
	cmd := exec.Command(binary(t), args...)
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != code {
		t.Fatalf("exit %v, want code %d:\n%s", err, code, out)
	}
	if !strings.Contains(string(out), sentence) {
		t.Errorf("said:\n%s\nwant: %s", out, sentence)
	}
}

func TestBadSettingsAreNamedWithTheirLineAndNothingStarts(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "sett.yaml")
	if err := os.WriteFile(file, []byte("data_dir: "+dir+"/data\nhttp_prot: 8096\nlog:\n  level: loud\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	refused(t, 2, file+":2", nil, "serve", "--config", file)
	refused(t, 2, "debug", nil, "serve", "--config", file) // the valid choices of log.level
	for _, args := range [][]string{{"serve", "--no-such-flag"}, {"bogus"}, {"user", "add"}, {"serve", "extra"}} {
		refused(t, 2, "--help", nil, args...)
	}
	if _, err := os.Stat(filepath.Join(dir, "data")); err == nil {
		t.Error("a data directory was made though nothing should start")
	}
}

func TestATakenPortIsNamed(t *testing.T) {
	ln, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	port := strconv.Itoa(ln.Addr().(*net.TCPAddr).Port)
	dir := t.TempDir()
	refused(t, 1, "port "+port+" is already in use", nil, "serve", "--data-dir", filepath.Join(dir, "d"), "--cache-dir", filepath.Join(dir, "c"), "--http-port", port)
}

func TestASecondNodeOnTheSameDataIsRefused(t *testing.T) {
	cfg := settings(t, t.TempDir(), demo(t))
	start(t, cfg)
	refused(t, 1, "already uses "+cfg.DataDir, nil, "serve", "--data-dir", cfg.DataDir, "--cache-dir", t.TempDir(), "--http-port", "0")
}

func TestAMissingMediaFolderIsNamedAndTheNodeRuns(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "unplugged")
	n := start(t, settings(t, t.TempDir(), missing))
	n.setUp(t)
	eventually(t, "a sentence about the folder", 10*time.Second, func() bool { return strings.Contains(n.Log.String(), missing) })
	newClient(t, n.URL, "x").signIn(ownerName, ownerPass)
}

func TestACorruptFilmIsListedHonestly(t *testing.T) {
	media := t.TempDir()
	folder := filepath.Join(media, "Films", "Broken (2001)")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "Broken (2001).mkv"), []byte(strings.Repeat("no film at all ", 5000)), 0o644); err != nil {
		t.Fatal(err)
	}
	n := start(t, settings(t, t.TempDir(), media))
	n.setUp(t)
	app := newClient(t, n.URL, "x")
	app.signIn(ownerName, ownerPass)
	var l items
	eventually(t, "the film in the library", 20*time.Second, func() bool {
		app.get("/Items?recursive=true&includeItemTypes=Movie", &l)
		return len(l.Items) == 1
	})
	eventually(t, "the answer that it cannot be played", 20*time.Second, func() bool {
		var info struct{ ErrorCode string }
		app.post("/Items/"+l.Items[0].Id+"/PlaybackInfo", map[string]any{"DeviceProfile": limitedDevice}, &info)
		return info.ErrorCode == "NoCompatibleStream"
	})
	eventually(t, "a sentence in the log", 10*time.Second, func() bool { return strings.Contains(n.Log.String(), "Broken (2001).mkv") })
}

func TestWithoutFFmpegTheNodeSaysSoAndFilmsPlayAsTheyAre(t *testing.T) {
	bin, media := binary(t), demo(t)
	t.Setenv("PATH", t.TempDir())
	p := launch(t, bin, t.TempDir(), "--media", media)
	if !strings.Contains(p.out.String(), "ffmpeg is not installed") {
		t.Errorf("the console says:\n%s", p.out.String())
	}
	p.setUp(t)
	var l items
	eventually(t, "the films, by name", 20*time.Second, func() bool {
		p.app.get("/Items?recursive=true&includeItemTypes=Movie&sortBy=SortName&fields=MediaSources", &l)
		return len(l.Items) == 2 && len(l.Items[0].MediaSources) == 1
	})
	src := l.Items[0].MediaSources[0]
	want, err := os.ReadFile(src.Path)
	if err != nil {
		t.Fatal(err)
	}
	if got := p.app.do("GET", "/Videos/"+l.Items[0].Id+"/stream?static=true", nil, 200); len(got) != len(want) {
		t.Errorf("%d bytes of %d", len(got), len(want))
	}
	msg := p.app.do("GET", "/Videos/"+l.Items[1].Id+"/master.m3u8?videoCodec=h264&audioCodec=aac", nil, http.StatusServiceUnavailable)
	if !strings.Contains(string(msg), "no ffmpeg") {
		t.Errorf("a conversion answers %s", msg)
	}
}

func TestAFullDiskLosesNothing(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root can mount the small disk this needs")
	}
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=96m"); err != nil {
		t.Skipf("no small disk can be mounted here: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	p := launch(t, binary(t), dir, "--media", demo(t), "--cache-dir", t.TempDir())
	p.setUp(t)
	film := p.app.find("Movie", "First Light")
	pos := film.RunTimeTicks / 2
	report := func(at int64) int {
		resp, err := p.app.http.Do(p.app.request("POST", "/Sessions/Playing/Progress", map[string]any{"ItemId": film.Id, "PositionTicks": at}))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return resp.StatusCode
	}
	if code := report(pos); code != 204 {
		t.Fatalf("a report before the disk is full: %d", code)
	}
	fill := filepath.Join(dir, "fill")
	f, err := os.Create(fill)
	if err != nil {
		t.Fatal(err)
	}
	block := make([]byte, 1<<20)
	for err == nil {
		_, err = f.Write(block)
	}
	f.Close()
	acknowledged, full := pos, false
	for i := range int64(2000) {
		code := report(pos + i*1e5)
		if full = code == http.StatusInsufficientStorage; full {
			break
		}
		if code != 204 {
			t.Fatalf("a report on a full disk: %d", code)
		}
		acknowledged = pos + i*1e5
	}
	if !full {
		t.Fatal("no report was refused for want of space: the test shows nothing")
	}
	var it item
	p.app.get("/Items/"+film.Id, &it)
	if it.UserData.PlaybackPositionTicks != acknowledged {
		t.Errorf("position %d, acknowledged was %d", it.UserData.PlaybackPositionTicks, acknowledged)
	}
	if err := os.Remove(fill); err != nil {
		t.Fatal(err)
	}
	eventually(t, "reports are taken again when there is room", 20*time.Second, func() bool { return report(pos) == 204 })
}
