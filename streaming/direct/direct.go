// Package direct sends a file's own bytes: ranges, HEAD, validators, the right
// media type, and on plain HTTP without copying them through the process.
//
// Who may have the file, and which file it is, is decided before it is opened.
package direct

import (
	"fmt"
	"io"
	"mime"
	"net/http"
	"os"
	"strings"
)

// Meta describes the file to the client. Zero values are worked out from the file.
type Meta struct {
	MIME     string // see [MIME]; "" is application/octet-stream
	ETag     string // quoted; "" for one made of size and time of change
	Download string // name to save it under, "" to show it
}

// Serve answers r with the file, which the caller opened and will close. The
// answer covers single, suffix and several ranges, If-Range, If-None-Match and
// HEAD; a range that cannot be had is 416.
//
// The writer is unwrapped down to one that can take a file from the kernel, so
// that middleware in between does not cost the zero-copy path. Headers must be set
// before, and nothing be written to w.
func Serve(w http.ResponseWriter, r *http.Request, f *os.File, meta Meta) error {
	fi, err := f.Stat()
	if err != nil {
		return fmt.Errorf("serve %s: %w", f.Name(), err)
	}
	if !fi.Mode().IsRegular() {
		return fmt.Errorf("serve %s: not a regular file", f.Name())
	}
	if meta.MIME == "" {
		meta.MIME = "application/octet-stream"
	}
	if meta.ETag == "" {
		meta.ETag = ETag(fi)
	}
	h := w.Header()
	h.Set("Content-Type", meta.MIME)
	h.Set("ETag", meta.ETag)
	if meta.Download != "" {
		h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": meta.Download}))
	}
	http.ServeContent(unwrap(w), r, "", fi.ModTime(), f)
	return nil
}

// ETag names a file's content by its size and time of change.
func ETag(fi os.FileInfo) string {
	return fmt.Sprintf("\"%x-%x\"", fi.ModTime().UnixNano(), fi.Size())
}

// unwrap finds the first writer that can be handed a file. Echo's, for one, cannot.
func unwrap(w http.ResponseWriter) http.ResponseWriter {
	for inner := w; ; {
		if _, ok := inner.(io.ReaderFrom); ok {
			return inner
		}
		u, ok := inner.(interface{ Unwrap() http.ResponseWriter })
		if !ok {
			return w
		}
		inner = u.Unwrap()
	}
}

// types are the media types of containers: with a picture, and with sound only.
var types = map[string][2]string{
	"mp4":  {"video/mp4", "audio/mp4"},
	"m4v":  {"video/mp4", "audio/mp4"},
	"m4a":  {"video/mp4", "audio/mp4"},
	"m4b":  {"video/mp4", "audio/mp4"},
	"mov":  {"video/quicktime", "audio/mp4"},
	"qt":   {"video/quicktime", "audio/mp4"},
	"3gp":  {"video/3gpp", "audio/3gpp"},
	"3g2":  {"video/3gpp2", "audio/3gpp2"},
	"mkv":  {"video/x-matroska", "audio/x-matroska"},
	"mka":  {"video/x-matroska", "audio/x-matroska"},
	"webm": {"video/webm", "audio/webm"},
	"ts":   {"video/mp2t", "video/mp2t"},
	"m2ts": {"video/mp2t", "video/mp2t"},
	"mts":  {"video/mp2t", "video/mp2t"},
	"mpeg": {"video/mpeg", "audio/mpeg"},
	"mpg":  {"video/mpeg", "audio/mpeg"},
	"vob":  {"video/mpeg", "audio/mpeg"},
	"avi":  {"video/x-msvideo", "video/x-msvideo"},
	"asf":  {"video/x-ms-asf", "audio/x-ms-wma"},
	"wmv":  {"video/x-ms-wmv", "audio/x-ms-wma"},
	"wma":  {"video/x-ms-wmv", "audio/x-ms-wma"},
	"flv":  {"video/x-flv", "video/x-flv"},
	"ogv":  {"video/ogg", "audio/ogg"},
	"ogg":  {"video/ogg", "audio/ogg"},
	"oga":  {"video/ogg", "audio/ogg"},
	"opus": {"audio/ogg", "audio/ogg"},
	"mp3":  {"audio/mpeg", "audio/mpeg"},
	"flac": {"audio/flac", "audio/flac"},
	"wav":  {"audio/wav", "audio/wav"},
	"aac":  {"audio/aac", "audio/aac"},
	"ac3":  {"audio/ac3", "audio/ac3"},
	"eac3": {"audio/eac3", "audio/eac3"},
	"dts":  {"audio/vnd.dts", "audio/vnd.dts"},
	"aiff": {"audio/aiff", "audio/aiff"},
	"aif":  {"audio/aiff", "audio/aiff"},
	"ape":  {"audio/x-ape", "audio/x-ape"},
	"wv":   {"audio/x-wavpack", "audio/x-wavpack"},
	"dsf":  {"audio/x-dsf", "audio/x-dsf"},
	"jpg":  {"image/jpeg", "image/jpeg"},
	"jpeg": {"image/jpeg", "image/jpeg"},
	"png":  {"image/png", "image/png"},
	"webp": {"image/webp", "image/webp"},
	"gif":  {"image/gif", "image/gif"},
}

// MIME is the media type of a container. It takes a list of names for one family,
// as ffprobe and some clients' URLs have it ("mov,mp4,m4a,3gp,3g2,mj2"): that is
// mp4 where mp4 is among them, else the first it knows.
func MIME(container string, soundOnly bool) string {
	kind := 0
	if soundOnly {
		kind = 1
	}
	found := ""
	for name := range strings.SplitSeq(strings.ToLower(container), ",") {
		name = strings.TrimPrefix(strings.TrimSpace(name), ".")
		if name == "matroska" {
			name = "mkv"
		}
		t, ok := types[name]
		if ok && (found == "" || name == "mp4") {
			found = t[kind]
		}
	}
	if found == "" {
		return "application/octet-stream"
	}
	return found
}
