// Package control is how the command line steers a node: a small HTTP API on a unix
// socket in the data directory, which only the node's own system user can open.
// When no node runs, the same handler is called in process on the opened store, so
// a command does the same thing either way.
//
// It is not for clients and never listens on a network.
package control

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"sett/node/account"
	"sett/node/library"
)

// SocketName is the socket in the data directory, in a folder that only its owner
// may enter: the socket is never open to others, not even for a moment.
const SocketName = "run/control.sock"

// Node is what the handler steers.
type Node struct {
	Accounts *account.Accounts
	// Scan runs a scan and returns when it has ended.
	Scan func(context.Context) (string, error)
	// Backup writes everything the node keeps.
	Backup func(context.Context, io.Writer) error
	// Progress says how far the running scan is.
	Progress func() Progress
}

// Progress is how far a scan is, for a progress bar.
type Progress struct {
	Percent   float64
	Folder    string
	Files     int // looked at so far
	PerSecond float64
	Remaining time.Duration // 0: unknown
}

// Person is one line of `sett user list`.
type Person struct {
	Name      string
	Admin     bool
	Disabled  bool
	Password  bool // has one
	LastLogin time.Time
}

// Handler answers the command line.
func Handler(n Node) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /users", func(w http.ResponseWriter, r *http.Request) {
		people := []Person{}
		for _, u := range n.Accounts.Users() {
			people = append(people, Person{u.Name, u.Admin, u.Disabled, u.HasPassword(), u.LastLogin})
		}
		answer(w, people, nil)
	})
	mux.HandleFunc("POST /users", func(w http.ResponseWriter, r *http.Request) {
		var in struct {
			Name, Password string
			Admin          bool
		}
		if !read(w, r, &in) {
			return
		}
		_, err := n.Accounts.Add(r.Context(), account.NewUser{Name: in.Name, Password: in.Password, Admin: in.Admin})
		answer(w, nil, err)
	})
	mux.HandleFunc("PUT /users/{name}/password", func(w http.ResponseWriter, r *http.Request) {
		var in struct{ Password string }
		if !read(w, r, &in) {
			return
		}
		byName(w, r, n, func(id library.ID) error { return n.Accounts.SetPassword(r.Context(), id, in.Password) })
	})
	mux.HandleFunc("DELETE /users/{name}", func(w http.ResponseWriter, r *http.Request) {
		byName(w, r, n, func(id library.ID) error { return n.Accounts.Remove(r.Context(), id) })
	})
	mux.HandleFunc("GET /backup", func(w http.ResponseWriter, r *http.Request) {
		if err := n.Backup(r.Context(), w); err != nil {
			_ = http.NewResponseController(w).SetWriteDeadline(time.Unix(1, 0)) // so that it cannot pass for whole
		}
	})
	mux.HandleFunc("GET /scan", func(w http.ResponseWriter, _ *http.Request) { answer(w, n.Progress(), nil) })
	mux.HandleFunc("POST /scan", func(w http.ResponseWriter, r *http.Request) {
		text, err := n.Scan(r.Context())
		answer(w, text, err)
	})
	return mux
}

func byName(w http.ResponseWriter, r *http.Request, n Node, do func(library.ID) error) {
	u, ok := n.Accounts.UserByName(r.PathValue("name"))
	if !ok {
		answer(w, nil, fmt.Errorf("there is nobody called %q; `sett user list` shows who there is", r.PathValue("name")))
		return
	}
	answer(w, nil, do(u.ID))
}

const maxBody = 64 << 10

func read(w http.ResponseWriter, r *http.Request, v any) bool {
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody)).Decode(v); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return false
	}
	return true
}

type reply struct {
	Error string          `json:",omitempty"`
	Value json.RawMessage `json:",omitempty"`
}

func answer(w http.ResponseWriter, v any, err error) {
	var out reply
	if err != nil {
		out.Error = err.Error()
	} else if v != nil {
		out.Value, _ = json.Marshal(v)
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(out)
}

// Listen opens the socket, replacing one that a killed node left behind. The caller
// holds the store's lock, so no other node can be using it.
func Listen(dataDir string) (net.Listener, error) {
	path := filepath.Join(dataDir, filepath.FromSlash(SocketName))
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("making the control socket's folder: %w", err)
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("removing the old control socket: %w", err)
	}
	var lc net.ListenConfig
	ln, err := lc.Listen(context.Background(), "unix", path)
	if err != nil {
		return nil, fmt.Errorf("opening the control socket: %w", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		ln.Close()
		return nil, fmt.Errorf("protecting the control socket: %w", err)
	}
	return ln, nil
}

// ErrNotRunning says that no node answers on the socket.
var ErrNotRunning = errors.New("no node is running on this data directory")

// Client talks to a Handler, over the socket or in process.
type Client struct {
	do func(*http.Request) (*http.Response, error)
}

// Dial returns a client of the node that runs on dataDir, or ErrNotRunning.
func Dial(ctx context.Context, dataDir string) (*Client, error) {
	path := filepath.Join(dataDir, filepath.FromSlash(SocketName))
	var d net.Dialer
	conn, err := d.DialContext(ctx, "unix", path)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED) {
		return nil, ErrNotRunning
	}
	if err != nil {
		return nil, fmt.Errorf("reaching the running node: %w", err)
	}
	conn.Close()
	tr := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return d.DialContext(ctx, "unix", path) }}
	return &Client{(&http.Client{Transport: tr}).Do}, nil
}

// Direct returns a client that calls h in process.
func Direct(h http.Handler) *Client {
	return &Client{func(r *http.Request) (*http.Response, error) {
		rec := &memory{status: http.StatusOK, header: http.Header{}}
		h.ServeHTTP(rec, r)
		return &http.Response{StatusCode: rec.status, Header: rec.header, Body: io.NopCloser(&rec.body)}, nil
	}}
}

// memory is a ResponseWriter that keeps the answer.
type memory struct {
	status int
	header http.Header
	body   bytes.Buffer
}

func (m *memory) Header() http.Header         { return m.header }
func (m *memory) WriteHeader(status int)      { m.status = status }
func (m *memory) Write(p []byte) (int, error) { return m.body.Write(p) }

// Read makes a request whose answer is bytes, and writes them to w.
func (c *Client) Read(ctx context.Context, path string, w io.Writer) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://sett"+path, nil)
	if err != nil {
		return fmt.Errorf("making the command: %w", err)
	}
	resp, err := c.do(req)
	if err != nil {
		return fmt.Errorf("reaching the running node: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("the node refused the command: %s", resp.Status)
	}
	if _, err := io.Copy(w, resp.Body); err != nil {
		return fmt.Errorf("the node broke off: %w", err)
	}
	return nil
}

// Call makes one request. in and out may be nil.
func (c *Client) Call(ctx context.Context, method, path string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return fmt.Errorf("encoding the command: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, method, "http://sett"+path, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("making the command: %w", err)
	}
	resp, err := c.do(req)
	if err != nil {
		return fmt.Errorf("reaching the running node: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(resp.Body, 1024))
		return fmt.Errorf("the node refused the command: %s", bytes.TrimSpace(text))
	}
	var r reply
	if err := json.NewDecoder(resp.Body).Decode(&r); err != nil {
		return fmt.Errorf("reading the node's answer: %w", err)
	}
	if r.Error != "" {
		return errors.New(r.Error)
	}
	if out == nil || len(r.Value) == 0 {
		return nil
	}
	return json.Unmarshal(r.Value, out)
}
