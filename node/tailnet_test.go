package node_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"tailscale.com/tsnet"

	"sett/node/config"
	"sett/tunnel/tunneltest"
)

// onTailnet is a client on another device of the tailnet.
func onTailnet(t *testing.T, dev *tsnet.Server, name string) *client {
	c := newClient(t, "http://sett", name)
	c.http = dev.HTTPClient()
	c.http.Timeout = 60 * time.Second
	return c
}

func TestAFilmPlaysOverTheTailnetForWhomTheNetworkKnows(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	lab := tunneltest.NewLab(t)
	grandmas := lab.Peer(ctx, "tablet")
	strangers := lab.Peer(ctx, "stranger")
	tv := lab.Peer(ctx, "tv")
	lab.Tag(ctx, tv, "tag:tv")

	dir := t.TempDir()
	cfg := settings(t, dir, demo(t))
	cfg.Tailnet = config.Tailnet{
		Enabled: true, Hostname: "sett", ControlURL: lab.URL, AuthKey: config.Secret(lab.AuthKey),
		StateDir: filepath.Join(dir, "data", "tailnet"), Capability: cfg.Tailnet.Capability,
		People: map[string]string{lab.Login(ctx, grandmas): "Grandma"},
	}
	n := start(t, cfg)
	n.setUp(t)
	home := newClient(t, n.URL, "desk")
	home.signIn(ownerName, ownerPass)
	home.do("POST", "/Users/New", map[string]string{"Name": "Grandma", "Password": "only at home"}, 200)

	tablet := onTailnet(t, grandmas, "tablet")
	eventually(t, "the node on the tailnet", 60*time.Second, func() bool {
		resp, err := tablet.http.Get("http://sett/System/Info/Public")
		if err != nil {
			return false
		}
		resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	})

	t.Run("she is offered first, without a password, and gets in with none", func(t *testing.T) {
		var users []struct {
			Name        string
			HasPassword bool
		}
		tablet.get("/Users/Public", &users)
		if len(users) != 1 || users[0].Name != "Grandma" || users[0].HasPassword {
			t.Fatalf("offered to sign in: %+v", users)
		}
		tablet.signIn("Grandma", "")
	})
	t.Run("the film plays directly and by HLS", func(t *testing.T) {
		tablet.t = t
		film := tablet.find("Movie", "First Light")
		playsDirectly(t, tablet, film)
		playsByHLS(t, tablet, tablet.find("Movie", "Second Winter"))
	})
	t.Run("a code she asks for approves itself", func(t *testing.T) {
		fresh := onTailnet(t, grandmas, "new-tablet")
		var q struct {
			Secret        string
			Authenticated bool
		}
		fresh.post("/QuickConnect/Initiate", nil, &q)
		fresh.get("/QuickConnect/Connect?secret="+q.Secret, &q)
		if !q.Authenticated {
			t.Fatal("the code waits for somebody to approve it")
		}
	})
	for name, dev := range map[string]*tsnet.Server{"an unmapped person": strangers, "a tagged device": tv} {
		t.Run(name+" gets nothing", func(t *testing.T) {
			refusedOnTailnet(t, onTailnet(t, dev, name), tablet.user)
		})
	}
	t.Run("at home her name needs her password", func(t *testing.T) {
		c := newClient(t, n.URL, "desk")
		c.do("POST", "/Users/AuthenticateByName", map[string]string{"Username": "Grandma", "Pw": ""}, 401)
		c.signIn("Grandma", "only at home")
	})
}

// refusedOnTailnet tries what Grandma may do, and every way to claim to be her.
func refusedOnTailnet(t *testing.T, c *client, grandma string) {
	t.Helper()
	var users []json.RawMessage
	c.get("/Users/Public", &users)
	if len(users) != 0 {
		t.Errorf("a stranger is told names: %s", users)
	}
	for _, header := range []string{"", "Tailscale-User-Login", "Remote-User", "X-Forwarded-User", "X-Forwarded-For"} {
		req := c.request("POST", "/Users/AuthenticateByName", map[string]string{"Username": "Grandma", "Pw": ""})
		if header != "" {
			req.Header.Set(header, "Grandma")
		}
		resp, err := c.http.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusUnauthorized && resp.StatusCode != http.StatusTooManyRequests {
			t.Errorf("signing in with header %q: status %d", header, resp.StatusCode)
		}
	}
	for _, path := range []string{"/UserViews", "/Items?recursive=true", fmt.Sprintf("/Users/%s/Views", grandma), "/Users/Me", "/Sessions"} {
		c.do("GET", path, nil, 401)
	}
}
