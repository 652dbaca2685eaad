package web

import (
	"net/http"
	"os"
	"path"
	"time"
)

// directory is another client's files on disk. They are its own: it brings its own
// rules about scripts, if any.
type directory struct {
	root *os.Root
}

// serveFile implements source.
func (d directory) serveFile(w http.ResponseWriter, r *http.Request, name string) {
	f, info, err := d.open(name)
	if err != nil {
		// Missing, unreadable and leading out of the folder are the same to a caller.
		http.NotFound(w, r)
		return
	}
	defer f.Close()
	w.Header().Set("Content-Type", contentType(name))
	modified := info.ModTime()
	if modified.Unix() <= 0 {
		modified = time.Time{}
	}
	http.ServeContent(w, r, path.Base(name), modified, f)
}

func (d directory) open(name string) (*os.File, os.FileInfo, error) {
	f, err := d.root.Open(name)
	if err != nil {
		return nil, nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = os.ErrNotExist
	}
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	return f, info, nil
}
