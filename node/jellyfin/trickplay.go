package jellyfin

import (
	"errors"
	"io/fs"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"sett/node/jellyfin/dto"
	"sett/node/library"
	"sett/streaming/direct"
	"sett/streaming/image"
	"sett/streaming/trickplay"
)

var trickplayRoutes = []Route{
	{Method: "GET", Path: "/Videos/:itemId/Trickplay/:width/tiles.m3u8", Access: Granted, Do: (*API).trickplayPlaylist},
	{Method: "GET", Path: "/Videos/:itemId/Trickplay/:width/:sheet", Access: Granted, Do: (*API).trickplaySheet},
}

// trickplayInfo is a TrickplayInfoDto. A tile is one sheet, of so many pictures
// across and down.
type trickplayInfo struct {
	Width, Height, TileWidth, TileHeight, ThumbnailCount int
	Interval                                             int64 // ms
	Bandwidth                                            int
}

// appendTrickplay writes which sheets there are: nothing where there are none, as
// clients do not expect an empty map.
func (c *call) appendTrickplay(dst []byte, card *library.Card, w want) []byte {
	if w.fields&dto.FieldTrickplay == 0 || card.Kind.Media() != library.MediaVideo {
		return dst
	}
	sets := c.api.Previews.Trickplay(card.ID)
	if len(sets) == 0 {
		return dst
	}
	sources := map[string]map[string]trickplayInfo{}
	for _, s := range sets {
		source := s.Source.String()
		if sources[source] == nil {
			sources[source] = map[string]trickplayInfo{}
		}
		sources[source][strconv.Itoa(s.Width)] = trickplayInfo{
			s.Width, s.Height, s.Columns, s.Rows, s.Count, s.Interval.Milliseconds(), s.Bandwidth,
		}
	}
	dst = append(dst, `,"Trickplay":`...)
	return append(dst, dto.Marshal(sources)...)
}

// trickplaySet is the set that a path names by item and width, and the query by
// source.
func (c *call) trickplaySet() (trickplay.Set, error) {
	id, err := c.itemID("itemId")
	if err != nil {
		return trickplay.Set{}, err
	}
	item, err := c.open(id)
	if err != nil {
		return trickplay.Set{}, err
	}
	source := c.q.id("mediasourceid")
	if source.IsZero() {
		source = id
	}
	width, err := strconv.Atoi(c.Param("width"))
	if err != nil {
		return trickplay.Set{}, errNotFound
	}
	for _, s := range c.api.Previews.Trickplay(item.ID) {
		if s.Source == source && s.Width == width {
			return s, nil
		}
	}
	return trickplay.Set{}, errNotFound
}

func (a *API) trickplaySheet(c *call) error {
	set, err := c.trickplaySet()
	if err != nil {
		return err
	}
	number, ok := strings.CutSuffix(strings.ToLower(c.Param("sheet")), ".jpg")
	n, err := strconv.Atoi(number)
	if !ok || err != nil {
		return errNotFound
	}
	f, err := a.Previews.Sheet(set, n)
	if errors.Is(err, fs.ErrNotExist) {
		return errNotFound
	}
	if err != nil {
		return err
	}
	defer f.Close()
	c.Response().Header().Set("Cache-Control", "private, max-age=3600")
	return direct.Serve(c.Response().Writer, c.Request(), f, direct.Meta{MIME: "image/jpeg"})
}

// trickplayPlaylist is for players that take their pictures from a playlist (Roku).
func (a *API) trickplayPlaylist(c *call) error {
	set, err := c.trickplaySet()
	if err != nil {
		return err
	}
	query := "?MediaSourceId=" + set.Source.String()
	if c.auth.Token != "" {
		query += "&ApiKey=" + url.QueryEscape(c.auth.Token)
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	return c.Blob(http.StatusOK, "application/vnd.apple.mpegurl", set.Playlist(query))
}

// chapterImage answers with a frame of a chapter, made when it is first asked for.
func (a *API) chapterImage(c *call, item *library.Item, n int) error {
	if len(item.Sources) == 0 {
		return errNotFound
	}
	src := &item.Sources[0]
	tag := dto.ChapterTag(src, n)
	if tag == "" || src.Problem != "" {
		return errNotFound
	}
	p, err := a.Images.Frame(c.Request().Context(), src.Path, chapterFrame(src, n), c.imageOptions())
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return errNotFound
	case errors.Is(err, image.ErrNotPicture), errors.Is(err, image.ErrTooLarge):
		return errNotFound
	case err != nil:
		return conversionError(err)
	}
	defer p.Close()
	h := c.Response().Header()
	h.Set("Content-Type", p.MIME)
	h.Set("ETag", p.ETag)
	h.Set("Cache-Control", "private, no-cache")
	if c.q.str("tag") == tag {
		h.Set("Cache-Control", "private, max-age=31536000, immutable")
	}
	http.ServeContent(c.Response().Writer, c.Request(), "", time.Time{}, p)
	return nil
}

// intoChapter is how far into a chapter its picture lies: the first frames are
// often black, or still the scene before.
const intoChapter = 5 * time.Second

func chapterFrame(src *library.Source, n int) time.Duration {
	start, end := src.Chapters[n].Start, src.Runtime
	if n+1 < len(src.Chapters) {
		end = src.Chapters[n+1].Start
	}
	return start.Duration() + min(intoChapter, max(0, (end-start).Duration()/2))
}

// Playing reports whether somebody plays at this moment. Work that can wait should.
func (a *API) Playing() bool {
	a.sessions.mu.Lock()
	defer a.sessions.mu.Unlock()
	now := time.Now()
	for _, one := range a.sessions.byID {
		if one.playing != nil && !one.state.IsPaused && now.Sub(one.checkIn) < playingLife {
			return true
		}
	}
	return false
}
