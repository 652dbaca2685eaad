package lan

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// portOwner names the program that has a port bound ("jellyfin (pid 812)"). Other
// users' programs stay nameless unless we are root.
func portOwner(network string, port uint16) string {
	inodes := map[string]bool{}
	for _, table := range []string{network, network + "6"} {
		raw, err := os.ReadFile("/proc/self/net/" + table)
		if err != nil {
			continue
		}
		for _, inode := range boundInodes(string(raw), network == "tcp", port) {
			inodes["socket:["+inode+"]"] = true
		}
	}
	if len(inodes) == 0 {
		return ""
	}
	processes, _ := filepath.Glob("/proc/[0-9]*/fd")
	for _, dir := range processes {
		if holds(dir, inodes) {
			process := filepath.Dir(dir)
			name, _ := os.ReadFile(filepath.Join(process, "comm"))
			return fmt.Sprintf("%s (pid %s)", strings.TrimSpace(string(name)), filepath.Base(process))
		}
	}
	return ""
}

// boundInodes reads a socket table of the kernel: the inodes of sockets bound to
// port, only those that listen when listening is asked for.
func boundInodes(table string, listening bool, port uint16) []string {
	const stateListen = "0A"
	var out []string
	for line := range strings.Lines(table) {
		f := strings.Fields(line)
		if len(f) < 10 {
			continue
		}
		_, hex, _ := strings.Cut(f[1], ":")
		n, err := strconv.ParseUint(hex, 16, 16)
		if err != nil || uint16(n) != port || (listening && f[3] != stateListen) {
			continue
		}
		out = append(out, f[9])
	}
	return out
}

func holds(dir string, inodes map[string]bool) bool {
	fds, err := os.ReadDir(dir)
	if err != nil {
		return false
	}
	for _, fd := range fds {
		if target, err := os.Readlink(filepath.Join(dir, fd.Name())); err == nil && inodes[target] {
			return true
		}
	}
	return false
}
