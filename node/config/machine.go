package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// machine is what defaults depend on.
type machine struct {
	vars      map[string]string
	home      string
	wd        string
	hostname  string // "" in a container, whose host name says nothing
	root      bool
	container bool
}

func thisMachine(environ []string) machine {
	m := machine{vars: map[string]string{}, root: os.Geteuid() == 0}
	for _, e := range environ {
		if k, v, ok := strings.Cut(e, "="); ok {
			m.vars[k] = v
		}
	}
	m.home = m.vars["HOME"]
	m.wd, _ = os.Getwd()
	m.container = m.vars["container"] != "" || exists("/.dockerenv") || exists("/run/.containerenv")
	if !m.container {
		m.hostname, _ = os.Hostname()
	}
	return m
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func (m machine) dataDir() string {
	return m.dir("/var/lib/sett", "data", "XDG_DATA_HOME", ".local/share")
}

func (m machine) cacheDir() string {
	return m.dir("/var/cache/sett", "cache", "XDG_CACHE_HOME", ".cache")
}

func (m machine) dir(system, local, xdg, below string) string {
	switch {
	case m.container:
		return filepath.Join(m.wd, local)
	case m.root:
		return system
	case filepath.IsAbs(m.vars[xdg]):
		return filepath.Join(m.vars[xdg], "sett")
	case m.home != "":
		return filepath.Join(m.home, below, "sett")
	}
	return ""
}

// Places lists where the settings file is looked for, in order, when none is named.
func Places(environ []string) []string { return thisMachine(environ).places() }

func (m machine) places() []string {
	out := []string{filepath.Join(m.wd, "sett.yaml")}
	switch {
	case filepath.IsAbs(m.vars["XDG_CONFIG_HOME"]):
		out = append(out, filepath.Join(m.vars["XDG_CONFIG_HOME"], "sett", "sett.yaml"))
	case m.home != "":
		out = append(out, filepath.Join(m.home, ".config", "sett", "sett.yaml"))
	}
	return append(out, "/etc/sett/sett.yaml")
}

// open reads the settings file: the named one, which must exist, or the first
// found, if any.
func (m machine) open(path string) (string, []byte, error) {
	named := or(path, m.vars[FileEnv])
	places := []string{named}
	if named == "" {
		places = m.places()
	}
	for _, p := range places {
		abs := p
		if !filepath.IsAbs(p) {
			abs = filepath.Join(m.wd, p)
		}
		data, err := os.ReadFile(abs)
		if err == nil {
			return abs, data, nil
		}
		if named != "" || !errors.Is(err, fs.ErrNotExist) {
			return "", nil, fmt.Errorf("reading the settings file: %w", err)
		}
	}
	return "", nil, nil
}
