package node_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// program is the real binary, running.
type program struct {
	*exec.Cmd
	out  *lockedBuffer
	app  *client
	dir  string
	exit chan error
}

var portPattern = regexp.MustCompile(`http://127\.0\.0\.1:(\d+)`)

// launch starts the binary on a free port in dir.
func launch(t testing.TB, bin, dir string, args ...string) *program {
	t.Helper()
	p := &program{out: &lockedBuffer{}, dir: dir, exit: make(chan error, 1)}
	p.Cmd = exec.Command(bin, append([]string{"serve", "--data-dir", filepath.Join(dir, "data"), "--cache-dir", filepath.Join(dir, "cache"), "--http-port", "0", "--discovery=false"}, args...)...)
	p.Stdout, p.Stderr = p.out, p.out
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { p.exit <- p.Wait() }()
	t.Cleanup(func() { _ = p.Process.Kill() })
	var port string
	eventually(t, "the address on the console", 10*time.Second, func() bool {
		if m := portPattern.FindStringSubmatch(p.out.String()); m != nil {
			port = m[1]
		}
		return port != ""
	})
	p.app = newClient(t, "http://127.0.0.1:"+port, "phone")
	return p
}

func (p *program) setUp(t testing.TB) {
	t.Helper()
	p.app.do("POST", "/Startup/Sett", map[string]string{"Code": codeFrom(t, p.out), "Name": ownerName, "Password": ownerPass}, 204)
	p.app.signIn(ownerName, ownerPass)
}

// convert starts a conversion and returns once its first segment is there.
func (p *program) convert(t testing.TB) {
	t.Helper()
	film := p.app.find("Movie", "Second Winter")
	src, _ := p.app.playbackInfo(film)
	dir := src.TranscodingUrl[:strings.LastIndex(src.TranscodingUrl, "/")+1]
	_, query, _ := strings.Cut(src.TranscodingUrl, "?")
	p.app.do("GET", dir+"hls1/main/0.ts?"+query, nil, 200)
}

// children are the processes that work in the node's cache.
func (p *program) children() []string {
	var out []string
	dirs, _ := filepath.Glob("/proc/[0-9]*/cwd")
	for _, d := range dirs {
		if cwd, err := os.Readlink(d); err == nil && strings.HasPrefix(cwd, filepath.Join(p.dir, "cache")) {
			cmdline, _ := os.ReadFile(filepath.Join(filepath.Dir(d), "cmdline"))
			if len(cmdline) > 0 { // not a zombie
				out = append(out, strings.ReplaceAll(string(cmdline), "\x00", " "))
			}
		}
	}
	return out
}

func TestSIGTERMEndsTheNodeWithEveryChildWithinFiveSeconds(t *testing.T) {
	p := launch(t, binary(t), t.TempDir(), "--media", demo(t))
	p.setUp(t)
	p.convert(t)
	if len(p.children()) == 0 {
		t.Fatal("no conversion runs: the test shows nothing")
	}
	begun := time.Now()
	_ = p.Process.Signal(syscall.SIGTERM)
	select {
	case err := <-p.exit:
		if err != nil {
			t.Errorf("exit: %v\n%s", err, p.out.String())
		}
	case <-time.After(5 * time.Second):
		t.Fatalf("still running after 5 s:\n%s", p.out.String())
	}
	t.Logf("ended in %v", time.Since(begun).Round(time.Millisecond))
	if left := p.children(); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}

func TestKill9LosesNoAcknowledgedPositionAndLeavesNoChild(t *testing.T) {
	bin, dir := binary(t), t.TempDir()
	p := launch(t, bin, dir, "--media", demo(t))
	p.setUp(t)
	film := p.app.find("Movie", "First Light")
	p.convert(t)
	var last int64
	for i := range 25 {
		pos := film.RunTimeTicks/10 + int64(i)*1e7
		p.app.do("POST", "/Sessions/Playing/Progress", map[string]any{"ItemId": film.Id, "PositionTicks": pos}, 204)
		last = pos
	}
	_ = p.Process.Kill()
	<-p.exit
	eventually(t, "the kernel ends the children of a killed node", 3*time.Second, func() bool { return len(p.children()) == 0 })

	again := launch(t, bin, dir, "--media", demo(t))
	again.app.token = p.app.token
	var it item
	again.app.get("/Items/"+film.Id, &it)
	if it.UserData.PlaybackPositionTicks != last {
		t.Errorf("position %d after kill -9, acknowledged was %d", it.UserData.PlaybackPositionTicks, last)
	}
	_ = again.Process.Signal(syscall.SIGTERM)
	<-again.exit
}

func TestTheCommandLineWorksOnARunningNodeAndOnAStoppedOne(t *testing.T) {
	bin, dir := binary(t), t.TempDir()
	run := func(stdin string, args ...string) string {
		t.Helper()
		cmd := exec.Command(bin, append(args, "--data-dir", filepath.Join(dir, "data"), "--cache-dir", filepath.Join(dir, "cache"), "--media", demo(t))...)
		cmd.Stdin = strings.NewReader(stdin)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("sett %q: %v\n%s", args, err, out)
		}
		return string(out)
	}
	run("top secret\n", "user", "add", "Ada", "--admin", "--password-file", "-")
	if out := run("", "user", "list"); !strings.Contains(out, "Ada") || !strings.Contains(out, "admin") {
		t.Fatalf("list on a stopped node:\n%s", out)
	}
	p := launch(t, bin, dir, "--media", demo(t))
	if strings.Contains(p.out.String(), "setup code") {
		t.Error("a node with an owner offers setup")
	}
	p.app.signIn("Ada", "top secret")
	run("bob's secret\n", "user", "add", "Bob", "--password-file", "-")
	newClient(t, p.app.base, "tv").signIn("Bob", "bob's secret")
	run("another\n", "user", "passwd", "Bob", "--password-file", "-")
	newClient(t, p.app.base, "tv").do("POST", "/Users/AuthenticateByName", map[string]string{"Username": "Bob", "Pw": "bob's secret"}, 401)
	run("", "user", "remove", "Bob")
	if out := run("", "user", "list"); strings.Contains(out, "Bob") {
		t.Errorf("Bob is still listed:\n%s", out)
	}
	if out := run("", "scan"); strings.TrimSpace(out) == "" {
		t.Error("scan says nothing of what it did")
	}
	if out, err := exec.Command(bin, "version").Output(); err != nil || !strings.HasPrefix(string(out), "sett ") {
		t.Errorf("version: %v %s", err, out)
	}
	_ = p.Process.Signal(syscall.SIGTERM)
	<-p.exit
}
