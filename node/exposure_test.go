package node_test

import (
	"io"
	"net"
	"testing"
	"time"

	"sett/lan/lantest"
)

func TestOnlyTheHomeNetworkReachesTheNode(t *testing.T) {
	media := demo(t)
	lantest.Inside(t, func(t *testing.T, lab *lantest.Lab, here *lantest.Namespace) {
		house := lab.House(here)
		here.Settle()
		cfg := settings(t, t.TempDir(), media)
		cfg.HTTPPort, cfg.Discovery = 8096, true
		start(t, cfg)

		request := "GET /System/Info/Public HTTP/1.1\r\nHost: 192.168.1.10\r\nConnection: close\r\n\r\n"
		if got := talk(t, house.TV, "192.168.1.10:8096", request); len(got) < 12 || got[:12] != "HTTP/1.1 200" {
			t.Fatalf("the TV at home got %q", got)
		}
		for name, ns := range map[string]*lantest.Namespace{"a stranger behind a port forward": house.Stranger, "a friend on the machine's own VPN": house.Friend} {
			if got := talk(t, ns, "192.168.1.10:8096", request); got != "" {
				t.Errorf("%s got %q", name, got)
			}
		}
		if !answered(t, house.TV, "192.168.1.10:7359", 10*time.Second) {
			t.Error("discovery does not answer the TV at home")
		}
		for name, ns := range map[string]*lantest.Namespace{"a stranger": house.Stranger, "a friend on the VPN": house.Friend} {
			if answered(t, ns, "192.168.1.10:7359", time.Second) {
				t.Errorf("discovery answers %s", name)
			}
		}
	})
}

// talk sends a request and returns what comes back before the connection ends.
func talk(t *testing.T, from *lantest.Namespace, to, request string) string {
	t.Helper()
	conn, err := from.Dial(to, 3*time.Second)
	if err != nil {
		return ""
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
	if _, err := io.WriteString(conn, request); err != nil {
		return ""
	}
	b, _ := io.ReadAll(io.LimitReader(conn, 1<<20))
	return string(b)
}

// answered asks the discovery question until something comes back or time is up.
func answered(t *testing.T, from *lantest.Namespace, to string, within time.Duration) bool {
	t.Helper()
	sock := from.UDP("0.0.0.0:0")
	addr, err := net.ResolveUDPAddr("udp4", to)
	if err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 2048)
	for deadline := time.Now().Add(within); time.Now().Before(deadline); {
		if _, err := sock.WriteToUDP([]byte("who is JellyfinServer?"), addr); err != nil {
			return false
		}
		_ = sock.SetReadDeadline(time.Now().Add(300 * time.Millisecond))
		if n, _, err := sock.ReadFromUDP(buf); err == nil && n > 0 {
			return true
		}
	}
	return false
}
