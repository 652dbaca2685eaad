package metadata_test

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"sett/lan/lantest"
	"sett/node/metadata"
	"sett/node/metadata/fetch/fetchtest"
)

// packets are the counters of the namespace that move when somebody resolves or connects,
// reachable or not.
func packets(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile("/proc/thread-self/net/snmp")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	var names []string
	for line := range strings.Lines(string(b)) {
		f := strings.Fields(line)
		if len(names) == 0 || names[0] != f[0] {
			names = f
			continue
		}
		for i, name := range names {
			switch f[0] + name {
			case "Ip:OutRequests", "Ip:OutNoRoutes", "Tcp:ActiveOpens", "Udp:OutDatagrams":
				out = append(out, f[0]+name+"="+f[i])
			}
		}
	}
	return strings.Join(out, " ")
}

func TestOfflineNoPacketLeavesTheMachine(t *testing.T) {
	lantest.Inside(t, func(t *testing.T, _ *lantest.Lab, here *lantest.Namespace) {
		here.Exec("ip", "route", "add", "local", "default", "dev", "lo") // every attempt is a packet, refused at once
		look := func(online bool, ok func(before string) bool) {
			r := newRig(t, fetchtest.World(key), func(o *metadata.Options) {
				o.Dial, o.RootCAs = nil, nil // the real thing
				o.Online = func() bool { return online }
			})
			r.put(shelf()...)
			before := packets(t)
			stop := r.run()
			ctx, cancel := context.WithTimeout(context.Background(), 500*time.Millisecond)
			defer cancel()
			if _, err := r.Identify(ctx, filmID, metadata.Query{}); err == nil {
				t.Error("somebody answered")
			}
			r.Enqueue(filmID, showID, albumID)
			if !ok(before) {
				t.Errorf("online %v: from %s to %s", online, before, packets(t))
			}
			stop()
		}
		look(false, func(before string) bool {
			time.Sleep(300 * time.Millisecond) // time for a packet that must not come
			return packets(t) == before
		})
		look(true, func(before string) bool { // the counters do count
			for deadline := time.Now().Add(5 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
				if packets(t) != before {
					return true
				}
			}
			return false
		})
	})
}
