package jellyfin

import (
	"errors"
	"io/fs"
	"net/http"
	"strconv"
	"strings"
	"time"

	"sett/node/library"
	"sett/streaming/direct"
	"sett/streaming/subtitle"
)

var subtitleRoutes = []Route{
	{Method: "GET", Path: "/Videos/:itemId/:mediaSourceId/Subtitles/:index/:startTicks/Stream.:format", Access: Granted, Do: (*API).subtitle},
	{Method: "GET", Path: "/Videos/:itemId/:mediaSourceId/Subtitles/:index/Stream.:format", Access: Granted, Do: (*API).subtitle},
	{Method: "GET", Path: "/Videos/:itemId/:mediaSourceId/Subtitles/:index/subtitles.m3u8", Access: Granted, Do: (*API).subtitlePlaylist},
	{Method: "GET", Path: "/Videos/:itemId/:mediaSourceId/Attachments/:index", Access: Granted, Do: (*API).attachment},
}

// named is the source that a path names by item and source.
func (c *call) named() (*library.Source, error) {
	id, err := c.itemID("itemId")
	if err != nil {
		return nil, err
	}
	item, err := c.open(id)
	if err != nil {
		return nil, err
	}
	srcID, err := c.itemID("mediaSourceId")
	if err != nil {
		return nil, err
	}
	src, ok := item.Source(srcID)
	if !ok {
		return nil, errNotFound
	}
	return &src, nil
}

func (a *API) subtitle(c *call) error {
	src, err := c.named()
	if err != nil {
		return err
	}
	index, err := strconv.Atoi(c.Param("index"))
	if err != nil {
		return errNotFound
	}
	format, ok := subtitle.ParseFormat(c.Param("format"))
	if !ok {
		return badRequest("Subtitles come as srt, vtt, ass, ttml or js, not as %q.", c.Param("format"))
	}
	req := subtitle.Request{Source: *src, Index: index, Format: format, Start: c.tick("startTicks", "startpositionticks"), End: c.tick("", "endpositionticks")}
	if format == subtitle.VTT && c.q.flag("copytimestamps", false) {
		return a.subtitlePiece(c, req)
	}
	b, err := a.Subtitles.Get(c.Request().Context(), req)
	if err != nil {
		return subtitleError(err)
	}
	c.Response().Header().Set("Cache-Control", "private, max-age=3600")
	return c.Blob(http.StatusOK, format.MIME(), b)
}

func subtitleError(err error) error {
	switch {
	case errors.Is(err, subtitle.ErrNoText), errors.Is(err, fs.ErrNotExist):
		return errNotFound
	case errors.Is(err, subtitle.ErrFormat), errors.Is(err, subtitle.ErrTooLarge):
		return unavailable("This subtitle cannot be read.")
	}
	return err
}

// tick reads a position from the path or the query; what is no position is zero.
func (c *call) tick(param, query string) time.Duration {
	text := ""
	if param != "" {
		text = c.Param(param)
	}
	if text == "" {
		text = c.q.str(query)
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 || n > int64(1<<62)/100 {
		return 0
	}
	return library.Ticks(n).Duration()
}

// attachmentMeta lets fonts and pictures through as what they say they are. Anything
// else inside a film is somebody's file that must not run where people sign in.
func attachmentMeta(mime string) direct.Meta {
	switch mime = strings.ToLower(mime); {
	case strings.HasPrefix(mime, "font/"), mime == "image/png", mime == "image/jpeg", mime == "image/webp",
		mime == "application/x-truetype-font", mime == "application/vnd.ms-opentype", mime == "application/font-sfnt":
		return direct.Meta{MIME: mime}
	}
	return direct.Meta{MIME: "application/octet-stream", Download: "attachment.bin"}
}

func (a *API) attachment(c *call) error {
	src, err := c.named()
	if err != nil {
		return err
	}
	index, err := strconv.Atoi(c.Param("index"))
	if err != nil {
		return errNotFound
	}
	var mime string
	found := false
	for _, at := range src.Attachments {
		if at.Index == index {
			mime, found = at.MIME, true
		}
	}
	if !found {
		return errNotFound
	}
	f, err := a.Subtitles.Attachment(c.Request().Context(), *src, index)
	if err != nil {
		return err
	}
	defer f.Close()
	return direct.Serve(c.Response().Writer, c.Request(), f, attachmentMeta(mime))
}
