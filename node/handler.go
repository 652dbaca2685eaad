package node

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"

	"sett/node/guard"
	"sett/node/web"
)

// newHandler joins what the node answers, behind the guard. It is the same for
// every listener; what differs is the zone of the connection.
func (n *Node) newHandler() (http.Handler, error) {
	client, err := n.webClient()
	if err != nil {
		return nil, err
	}
	policy := ""
	if n.cfg.WebClientDir != "" || n.cfg.WebDevProxy != "" {
		policy = guard.HostedPolicy
	}
	host, _ := os.Hostname()
	n.guard = guard.New(guard.Options{
		Names: append([]string{n.cfg.Name, host}, n.cfg.ServerNames...), PublishedURL: n.cfg.PublishedURL,
		TunnelNames: n.tunnelNames, Origins: n.cfg.CORSOrigins, WebPolicy: policy, Log: n.log.With("part", "guard"),
	})
	return n.guard.Wrap(n.route(client)), nil
}

// webClient serves our own client, or the one the owner pointed at.
func (n *Node) webClient() (http.Handler, error) {
	var o web.Options
	var err error
	if n.cfg.WebClientDir != "" {
		if n.webRoot, err = os.OpenRoot(n.cfg.WebClientDir); err != nil {
			return nil, fmt.Errorf("web_client_dir cannot be opened: %w", err)
		}
		o.Dir = n.webRoot
	}
	if n.cfg.WebDevProxy != "" {
		if o.Dev, err = url.Parse(n.cfg.WebDevProxy); err != nil {
			return nil, fmt.Errorf("web_dev_proxy: %w", err)
		}
	}
	return web.Handler(o)
}

// route sends a request to the web client, to health, or to the API.
func (n *Node) route(client http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch path := r.URL.Path; {
		case path == "/":
			http.Redirect(w, r, "/web/", http.StatusFound)
		case path == "/web" || strings.HasPrefix(path, "/web/"):
			client.ServeHTTP(w, r)
		case strings.EqualFold(path, "/health"):
			n.health(w, r)
		default:
			n.api.ServeHTTP(w, r)
		}
	})
}

// health answers supervisors: one word, at once, whatever tunnels and scans do.
func (n *Node) health(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write([]byte("Healthy"))
}

// tunnelNames are the node's present names inside its tunnels.
func (n *Node) tunnelNames() []string {
	if n.tailnet == nil {
		return nil
	}
	st := n.tailnet.Status()
	if st.DNSName == "" {
		return nil
	}
	short, _, _ := strings.Cut(st.DNSName, ".")
	return []string{st.DNSName, short}
}
