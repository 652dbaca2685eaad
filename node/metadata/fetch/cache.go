package fetch

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// cache keeps answers, one file each: a line of JSON about it, then the body. The zero
// cache keeps nothing.
type cache struct{ dir string }

// entry is a kept answer.
type entry struct {
	URL      string
	ETag     string    `json:",omitempty"`
	Modified string    `json:",omitempty"`
	Fetched  time.Time // or last confirmed
	body     []byte
}

func (c cache) path(url string) string {
	sum := sha256.Sum256([]byte(url))
	name := hex.EncodeToString(sum[:16])
	return filepath.Join(c.dir, name[:2], name)
}

func (c cache) read(url string) (entry, bool) {
	if c.dir == "" {
		return entry{}, false
	}
	b, err := os.ReadFile(c.path(url))
	if err != nil {
		return entry{}, false
	}
	head, body, ok := bytes.Cut(b, []byte("\n"))
	var e entry
	if !ok || json.Unmarshal(head, &e) != nil || e.URL != url {
		return entry{}, false
	}
	e.body = body
	return e, true
}

func (c cache) write(url string, e entry) error {
	if c.dir == "" {
		return nil
	}
	head, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("keep an answer: %w", err)
	}
	return writeFile(c.path(url), slices.Concat(head, []byte("\n"), e.body))
}

func (c cache) remove(url string) {
	if c.dir != "" {
		os.Remove(c.path(url))
	}
}

// writeFile makes a file whole or not at all.
func writeFile(path string, b []byte) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make the folder of a kept answer: %w", err)
	}
	f, err := os.CreateTemp(dir, ".new-*")
	if err != nil {
		return fmt.Errorf("keep an answer: %w", err)
	}
	_, err = f.Write(b)
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
		return fmt.Errorf("keep an answer: %w", err)
	}
	return nil
}

// Trim removes the oldest files below a folder until at most most bytes are left.
func Trim(dir string, most int64) error {
	type file struct {
		path string
		size int64
		mod  time.Time
	}
	var files []file
	var sum int64
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return nil
		}
		if fi, err := d.Info(); err == nil {
			files = append(files, file{path, fi.Size(), fi.ModTime()})
			sum += fi.Size()
		}
		return nil
	})
	slices.SortFunc(files, func(a, b file) int { return cmp.Or(a.mod.Compare(b.mod), cmp.Compare(a.path, b.path)) })
	for _, f := range files {
		if sum <= most {
			break
		}
		if os.Remove(f.path) == nil {
			sum -= f.size
		}
	}
	return err
}
