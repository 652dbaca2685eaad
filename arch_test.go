package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "sett/"

// rules: a package under from may not depend, even indirectly, on anything under not.
var rules = []struct{ from, not, why string }{
	{"lan", module + "tunnel", "home discovery must never ride a tunnel"},
	{"tunnel", module + "lan", "a tunnel must never reach home discovery"},
	{"streaming", module + "node/jellyfin", "playback knows files, not HTTP APIs"},
	{"streaming", module + "node/store", "playback is given what it plays"},
	{"streaming", module + "node/origin", "zones reach playback only as Limits"},
	{"streaming", module + "node/account", "playback does not know people"},
	{"node/library", module, "the library is pure"},
	{"node/library", "github.com/", "the library is standard library only"},
	{"node/library", "golang.org/", "the library is standard library only"},
	{"node/origin", module, "everyone may ask where a connection came from"},
	{"node/origin", "github.com/", "the origin is standard library only"},
	{"node/naming", module + "node/store", "names are read without I/O"},
	{"node/jellyfin", module + "tunnel", "the API sees an Origin, never a road"},
	{"node/jellyfin", module + "lan", "the API sees an Origin, never a road"},
	{"node/account", module + "node/jellyfin", "who may sign in does not depend on the API"},
	{"node/store", module + "node/jellyfin", "the store keeps bytes it does not understand"},
	{"lan", "github.com/labstack/echo", "echo stays in node"},
	{"streaming", "github.com/labstack/echo", "echo stays in node"},
	{"tunnel", "github.com/labstack/echo", "echo stays in node"},
}

// homes maps a heavy dependency to the only packages that may import it.
var homes = map[string][]string{
	"tailscale.com":               {"tunnel/tailnet", "tunnel/tunneltest"},
	"golang.zx2c4.com/wireguard":  {"tunnel/wireguard"},
	"github.com/dgraph-io/badger": {"node/store"},
}

type listed struct {
	ImportPath    string
	Imports, Deps []string
}

// allowed lists all of ours that a tree may depend on.
var allowed = map[string][]string{
	"streaming":   {"streaming", "node/library"},
	"node/naming": {"node/naming", "node/library"},
	"lan":         {"lan", "node/origin"},
	"tunnel":      {"tunnel", "node/origin"},
	"node/store":  {"node/store", "node/library"},
}

func checkAllowed(t *testing.T, rel string, deps []string) {
	t.Helper()
	for tree, list := range allowed {
		if !under(rel, tree) {
			continue
		}
		for _, d := range deps {
			ours, ok := strings.CutPrefix(d, module)
			if ok && !slices.ContainsFunc(list, func(a string) bool { return under(ours, a) }) {
				t.Errorf("%s depends on %s; of ours it may have only %s", rel, ours, strings.Join(list, ", "))
			}
		}
	}
}

func TestImportsPointOneWay(t *testing.T) {
	matched := make([]bool, len(rules))
	for _, p := range packages(t) {
		rel := strings.TrimPrefix(p.ImportPath, module)
		checkAllowed(t, rel, p.Deps)
		for i, r := range rules {
			if !under(rel, r.from) {
				continue
			}
			matched[i] = true
			for _, d := range p.Deps {
				if strings.HasPrefix(d, r.not) && !under(strings.TrimPrefix(d, module), r.from) {
					t.Errorf("%s depends on %s: %s", rel, d, r.why)
				}
			}
		}
		for _, d := range p.Imports {
			checkHome(t, rel, d)
		}
		if rel != "sett" && slices.Contains(p.Imports, module+"node") {
			t.Errorf("%s imports the composition root; only main may", rel)
		}
	}
	for i, ok := range matched {
		if !ok {
			t.Errorf("a rule names %q, which no longer exists", rules[i].from)
		}
	}
}

func checkHome(t *testing.T, pkg, dep string) {
	t.Helper()
	for prefix, allowed := range homes {
		if under(dep, prefix) && !slices.Contains(allowed, pkg) {
			t.Errorf("%s imports %s; only %s may", pkg, dep, strings.Join(allowed, " and "))
		}
	}
}

func packages(t *testing.T) []listed {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports,Deps", "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	var all []listed
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		err := dec.Decode(&p)
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

func under(path, dir string) bool {
	return path == dir || strings.HasPrefix(path, strings.TrimSuffix(dir, "/")+"/")
}
