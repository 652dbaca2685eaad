package lantest

import (
	"io"
	"net"
	"os/exec"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestTheHouseIsWiredAsItsPictureSays(t *testing.T) {
	Inside(t, func(t *testing.T, lab *Lab, here *Namespace) {
		h := lab.House(here)
		ln, err := net.Listen("tcp", ":7000") // everywhere: reachability, not policy
		if err != nil {
			t.Fatal(err)
		}
		defer ln.Close()
		for _, c := range []struct {
			ns         *Namespace
			to, source string
		}{
			{h.TV, "192.168.1.10:7000", "192.168.1.20"},
			{h.TV, "[2001:db8:1::10]:7000", "2001:db8:1::20"},
			{h.Stranger, "192.168.1.10:7000", "203.0.113.10"},
			{h.Stranger, "[2001:db8:1::10]:7000", "2001:db8:f::10"},
			{h.Friend, "10.8.0.1:7000", "10.8.0.2"},
			{h.Friend, "192.168.1.10:7000", "10.8.0.2"},
		} {
			conn, err := c.ns.Dial(c.to, 5*time.Second)
			if err != nil {
				t.Errorf("%s → %s: %v", c.ns.Name, c.to, err)
				continue
			}
			got, err := ln.Accept()
			if err != nil {
				t.Fatal(err)
			}
			if host, _, _ := net.SplitHostPort(got.RemoteAddr().String()); host != c.source {
				t.Errorf("%s → %s came from %s", c.ns.Name, c.to, host)
			}
			conn.Close()
			got.Close()
		}
	})
}

func TestProgramsRunInsideANamespace(t *testing.T) {
	lab := New(t)
	a, b := lab.Namespace("a"), lab.Namespace("b")
	lab.Cable(a, "left", b, "right")
	a.Addr("left", "10.1.1.1/24")
	if out := a.Exec("ip", "-brief", "addr", "show", "dev", "left"); !strings.Contains(out, "10.1.1.1/24") {
		t.Errorf("ip says %q", out)
	}
	cmd := exec.Command("cat", "/proc/self/net/dev")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Start(cmd); err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(out)
	if err != nil || !strings.Contains(string(text), "right:") || strings.Contains(string(text), "left:") {
		t.Errorf("b sees %s, %v", text, err)
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	b.Unplug("right")
	if out := a.Exec("ip", "-brief", "link"); strings.Contains(out, "left") {
		t.Error("a cable has one end")
	}
}
