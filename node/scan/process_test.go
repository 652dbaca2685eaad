//go:build unix

package scan

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"sett/node/library"
)

func TestAKillInMidScanLosesNothing(t *testing.T) {
	dir := t.TempDir()
	h := &house{t: t, root: filepath.Join(dir, "media")}
	for i := range 40 {
		h.add(fmt.Sprintf("Films/Film %02d (2000)/Film %02d (2000).mkv", i, i), "a.mkv")
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childEnv+"="+dir)
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	must(t, cmd.Process.Kill())
	_ = cmd.Wait()
	if err != nil || line != "some facts are known\n" {
		t.Fatalf("the other process said %q, %v", line, err)
	}
	h.open(filepath.Join(dir, "store"), films())
	probes := h.countProbes()
	known, ids := 0, make(map[string]library.ID)
	for _, it := range h.items(library.Movie) {
		ids[it.Path] = it.ID
		if len(it.Sources[0].Streams) > 0 {
			known++
		}
	}
	if known == 0 || known == 40 {
		t.Fatalf("the kill came at no good time: %d of 40 are known", known)
	}
	h.now()
	if probes() != 40-known {
		t.Errorf("%d files were known and %d of 40 were probed", known, probes())
	}
	films := h.items(library.Movie)
	for _, it := range films {
		if len(it.Sources[0].Streams) == 0 || ids[it.Path] != it.ID || !it.Added.Equal(day) {
			t.Errorf("%s was %s and is %+v", it.Path, ids[it.Path], it)
		}
	}
	if len(films) != 40 {
		t.Errorf("%d films", len(films))
	}
}

func TestAFolderThatCannotBeReadKeepsWhatWasInIt(t *testing.T) {
	if os.Geteuid() == 0 {
		asNobody(t)
		return
	}
	h := newHouse(t, films(), shows())
	h.add("Films/Open/Open.mkv", "a.mkv")
	h.add("Films/Locked/Locked.mkv", "b.mkv")
	h.add("Shows/The Show/Season 1/The Show S01E01.mkv", "a.mkv")
	h.add("Shows/The Show/Season 2/The Show S02E01.mkv", "b.mkv")
	h.now()
	want := append(h.list(filmKinds...), h.list(showKinds...)...)
	for _, d := range []string{"Films/Locked", "Shows/The Show/Season 2"} {
		must(t, os.Chmod(h.path(d), 0))
		t.Cleanup(func() { _ = os.Chmod(h.path(d), 0o755) })
	}
	h.add("Shows/The Show/Season 1/The Show S01E02.mkv", "c.mp4")
	h.now()
	h.want(append(filmKinds, showKinds...), append(want, "Episode Episode 2 1#2 in Season 1 [Shows/The Show/Season 1/The Show S01E02.mkv]")...)
	p := h.scan.Problems()
	if len(p) != 2 || !strings.Contains(p[0].Text, "cannot be read (permission denied); what was in it is kept") {
		t.Errorf("problems are %+v", p)
	}
	must(t, os.Chmod(h.path("Films/Locked"), 0o755))
	must(t, os.Chmod(h.path("Films/Locked/Locked.mkv"), 0))
	must(t, os.Chtimes(h.path("Films/Locked/Locked.mkv"), day.Add(time.Hour), day.Add(time.Hour)))
	h.now()
	if src := h.one(library.Movie, "Locked").Sources[0]; !strings.Contains(src.Problem, "permission denied") {
		t.Errorf("a file that must not be read is %+v", src)
	}
	must(t, os.Chmod(h.path("Films/Locked/Locked.mkv"), 0o644))
	h.now()
	if src := h.one(library.Movie, "Locked").Sources[0]; src.Problem != "" || len(src.Streams) != 2 {
		t.Errorf("a file that may be read again is %+v", src)
	}
}

// asNobody runs the test again as a user whom permissions bind.
func asNobody(t *testing.T) {
	t.Helper()
	dir := t.TempDir()
	must(t, os.Chmod(filepath.Dir(dir), 0o755))
	bin, tmp := filepath.Join(dir, "test"), filepath.Join(dir, "tmp")
	must(t, os.Mkdir(tmp, 0o777))
	must(t, os.Chmod(tmp, 0o777))
	from, err := os.Open(os.Args[0])
	must(t, err)
	defer from.Close()
	to, err := os.OpenFile(bin, os.O_CREATE|os.O_WRONLY, 0o755)
	must(t, err)
	_, err = io.Copy(to, from)
	must(t, err)
	must(t, to.Close())
	cmd := exec.Command(bin, "-test.run", "^"+t.Name()+"$", "-test.v")
	cmd.Dir, cmd.Env = tmp, append(os.Environ(), "TMPDIR="+tmp, "HOME="+tmp)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: "+t.Name()) {
		t.Fatalf("as another user: %v\n%s", err, out)
	}
}
