package jellyfin

import (
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/labstack/echo/v4"

	"sett/node/library"
	"sett/streaming/direct"
)

var streamRoutes = []Route{
	{Method: "GET", Path: "/Videos/:itemId/stream", Access: Granted, Do: stream(false)},
	{Method: "GET", Path: "/Videos/:itemId/stream.:container", Access: Granted, Do: stream(false)},
	{Method: "GET", Path: "/Audio/:itemId/stream", Access: Granted, Do: stream(true)},
	{Method: "GET", Path: "/Audio/:itemId/stream.:container", Access: Granted, Do: stream(true)},
	{Method: "GET", Path: "/Audio/:itemId/universal", Access: Granted, Do: (*API).universal},
	{Method: "GET", Path: "/Audio/:itemId/universal.:container", Access: Granted, Do: (*API).universal},
	{Method: "GET", Path: "/Items/:itemId/File", Access: Granted, Do: (*API).file},
	{Method: "GET", Path: "/Items/:itemId/Download", Access: User, Do: (*API).download},
}

// stream sends the original bytes, or a conversion when the URL asks for codecs or
// another container.
func stream(audioOnly bool) func(*API, *call) error {
	return func(a *API, c *call) error {
		asked := c.Param("container")
		if asked == "" {
			asked = c.q.str("container")
		}
		if c.q.flag("static", false) {
			return a.file(c)
		}
		_, src, err := c.streamed()
		if err != nil {
			return err
		}
		t, known := oneFile(asked, audioOnly)
		if !c.q.has("videocodec") && !c.q.has("audiocodec") && (!known || ownContainer(asked, src)) {
			return a.serveFile(c, src, "")
		}
		return a.progressive(c, t)
	}
}

// file sends the original bytes.
func (a *API) file(c *call) error {
	_, src, err := c.streamed()
	if err != nil {
		return err
	}
	return a.serveFile(c, src, "")
}

func (a *API) download(c *call) error {
	if !c.who.User.MayDownload() && !c.who.Admin() {
		return errForbidden
	}
	_, src, err := c.streamed()
	if err != nil {
		return err
	}
	return a.serveFile(c, src, filepath.Base(src.Path))
}

// serveFile sends the file of a source; saveAs names it as a download.
func (a *API) serveFile(c *call, src *library.Source, saveAs string) error {
	f, err := openMedia(src.Path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		a.Log.Warn("a file of the library is gone; a scan will notice", "path", src.Path)
		return echo.NewHTTPError(http.StatusNotFound, "The file is not there any more. If its disk is unplugged, connect it again.")
	case errors.Is(err, fs.ErrPermission):
		a.Log.Error("a file of the library may not be read; give the node's user the right to", "path", src.Path)
		return unavailable("The server may not read this file. Its log says which.")
	case err != nil:
		return err
	}
	defer f.Close()
	return direct.Serve(c.Response().Writer, c.Request(), f, direct.Meta{
		MIME: direct.MIME(src.Container, onlySound(src)), Download: saveAs,
	})
}

// openMedia opens a file of a library: a regular one, never a pipe or a device that
// took its place.
func openMedia(path string) (*os.File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fs.ErrNotExist
	}
	return os.Open(path)
}

func onlySound(src *library.Source) bool {
	_, video := src.First(library.StreamVideo)
	return !video
}

// universal lets a music player name what it takes and have the server choose:
// the file itself, or a conversion by playlist or as one stream.
func (a *API) universal(c *call) error {
	_, src, err := c.streamed()
	if err != nil {
		return err
	}
	if takes(c.q.list("container"), src) && c.withinBitrate(src) {
		return a.serveFile(c, src, "")
	}
	if c.q.str("transcodingprotocol") == "hls" {
		return masterPlaylist(true)(a, c)
	}
	t, _ := oneFile(c.q.str("transcodingcontainer"), true)
	return a.progressive(c, t)
}

// takes matches "mp3,m4a|aac,webm|opus" against a source: a container, or a
// container with the codecs it may hold.
func takes(list []string, src *library.Source) bool {
	audio, ok := src.First(library.StreamAudio)
	if !ok {
		return false
	}
	for _, entry := range list {
		container, codecs, restricted := strings.Cut(strings.ToLower(entry), "|")
		if !sameContainer(container, src.Container) {
			continue
		}
		if !restricted {
			return true
		}
		for codec := range strings.SplitSeq(codecs, "|") {
			if codec == audio.Codec {
				return true
			}
		}
	}
	return false
}

func sameContainer(asked, have string) bool {
	for c := range strings.SplitSeq(have, ",") {
		if c == asked || asked == "m4a" && (c == "mp4" || c == "mov") || asked == "oga" && c == "ogg" {
			return true
		}
	}
	return false
}

func (c *call) withinBitrate(src *library.Source) bool {
	limit, ok := c.q.number("maxstreamingbitrate")
	return !ok || limit <= 0 || src.Bitrate == 0 || src.Bitrate <= limit
}
