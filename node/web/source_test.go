package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
)

// inputs is everything the build reads; the same list is in scripts/source.mjs.
var inputs = []string{"index.html", "package.json", "package-lock.json", "public", "src", "tsconfig.json", "vite.config.ts"}

// sourceHash is what scripts/source.mjs writes into dist/.source.
func sourceHash(tree fs.FS) (string, error) {
	var names []string
	for _, in := range inputs {
		err := fs.WalkDir(tree, in, func(name string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				names = append(names, name)
			}
			return err
		})
		if err != nil {
			return "", err
		}
	}
	slices.Sort(names)
	all := sha256.New()
	for _, name := range names {
		body, err := fs.ReadFile(tree, name)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(all, "%x  %s\n", sha256.Sum256(body), name)
	}
	return hex.EncodeToString(all.Sum(nil)) + "\n", nil
}

func TestDistIsBuiltFromTheseSources(t *testing.T) {
	want, err := sourceHash(os.DirFS("."))
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("dist/.source")
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Error("dist is older than its sources: run npm ci && npm run build in node/web and commit dist")
	}
}

func TestDistNamesAreStable(t *testing.T) {
	var names []string
	err := fs.WalkDir(os.DirFS("dist"), ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		".source", "app.webmanifest",
		"assets/hls.js", "assets/index.css", "assets/index.js", "assets/player.css", "assets/player.js",
		"icon.svg", "index.html",
	}
	if !slices.Equal(names, want) {
		t.Errorf("dist holds %v, want %v", names, want)
	}
}

func TestTheLockfileNamesNoRegistry(t *testing.T) {
	lock, err := os.ReadFile("package-lock.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{`"resolved"`, "registry.", ".tgz"} {
		if bytes.Contains(lock, []byte(bad)) {
			t.Errorf("package-lock.json holds %s", bad)
		}
	}
	if !strings.Contains(string(lock), `"integrity"`) {
		t.Error("package-lock.json pins no content")
	}
}
