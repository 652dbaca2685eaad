package jellyfin

import (
	"fmt"
	"io"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"

	"sett/node/library"
	"sett/streaming/ffmpeg"
	"sett/streaming/hls"
)

var hlsRoutes = []Route{
	{Method: "GET", Path: "/Videos/:itemId/master.m3u8", Access: Granted, Do: masterPlaylist(false)},
	{Method: "GET", Path: "/Videos/:itemId/main.m3u8", Access: Granted, Do: mediaPlaylist(false)},
	{Method: "GET", Path: "/Videos/:itemId/hls1/:playlistId/:segment", Access: Granted, Do: segment(false)},
	{Method: "GET", Path: "/Audio/:itemId/master.m3u8", Access: Granted, Do: masterPlaylist(true)},
	{Method: "GET", Path: "/Audio/:itemId/main.m3u8", Access: Granted, Do: mediaPlaylist(true)},
	{Method: "GET", Path: "/Audio/:itemId/hls1/:playlistId/:segment", Access: Granted, Do: segment(true)},
	{Method: "DELETE", Path: "/Videos/ActiveEncodings", Access: User, Do: (*API).stopEncoding},
}

func masterPlaylist(audioOnly bool) func(*API, *call) error {
	return func(a *API, c *call) error {
		cv, err := c.conversion(c.segments(audioOnly))
		if err != nil {
			return err
		}
		s, err := a.openSession(c.Request().Context(), cv)
		if err != nil {
			return err
		}
		cv.spec = s.Spec()
		a.sessions.converting(c, cv)
		return c.m3u8(s.Master("main.m3u8?"+c.Request().URL.RawQuery, c.variants(cv), c.renditions(cv.src, s)))
	}
}

func mediaPlaylist(audioOnly bool) func(*API, *call) error {
	return func(a *API, c *call) error {
		cv, err := c.conversion(c.segments(audioOnly))
		if err != nil {
			return err
		}
		s, err := a.openSession(c.Request().Context(), cv)
		if err != nil {
			return err
		}
		query := c.Request().URL.RawQuery
		ext := segmentExt(s.Spec().Job.Container)
		return c.m3u8(s.Playlist(func(n int, start, length library.Ticks) string {
			uri := fmt.Sprintf("hls1/main/%d.%s?%s", n, ext, query)
			if n == hls.InitSegment {
				return uri
			}
			return fmt.Sprintf("%s&runtimeTicks=%d&actualSegmentLengthTicks=%d", uri, start, length)
		}))
	}
}

func segmentExt(container ffmpeg.Container) string {
	if container == ffmpeg.MP4 {
		return "mp4"
	}
	return "ts"
}

func (c *call) m3u8(text []byte) error {
	c.Response().Header().Set("Cache-Control", "no-store")
	return c.Blob(http.StatusOK, hls.PlaylistType, text)
}

func segment(audioOnly bool) func(*API, *call) error {
	return func(a *API, c *call) error {
		name := c.Param("segment")
		n, err := strconv.Atoi(strings.TrimSuffix(name, path.Ext(name)))
		if err != nil || n < hls.InitSegment {
			return errNotFound
		}
		cv, err := c.conversion(c.segments(audioOnly))
		if err != nil {
			return err
		}
		s, err := a.joinSession(c.Request().Context(), cv)
		if err != nil {
			return err
		}
		h := c.Response().Header()
		h.Set("Content-Type", s.MediaType())
		h.Set("Cache-Control", "no-store")
		if n == hls.InitSegment {
			b, err := s.Init(c.Request().Context())
			if err != nil {
				return conversionError(err)
			}
			return c.Blob(http.StatusOK, s.MediaType(), b)
		}
		f, err := s.Segment(c.Request().Context(), n)
		if err != nil {
			return conversionError(err)
		}
		defer f.Close()
		return c.sendSegment(f)
	}
}

// sendSegment sends a file by sendfile; a segment that is being cut writes itself,
// in larger pieces than a copy would.
func (c *call) sendSegment(f io.ReadSeeker) error {
	w, req := c.Response().Writer, c.Request()
	cut, ok := f.(interface {
		io.WriterTo
		Size() int64
	})
	if !ok || req.Header.Get("Range") != "" || req.Method == http.MethodHead {
		http.ServeContent(w, req, "", time.Time{}, f)
		return nil
	}
	w.Header().Set("Content-Length", strconv.FormatInt(cut.Size(), 10))
	w.Header().Set("Accept-Ranges", "bytes")
	w.WriteHeader(http.StatusOK)
	if _, err := cut.WriteTo(w); err != nil {
		return c.api.breakOff(c, err)
	}
	return nil
}

// stopEncoding ends the caller's conversion when the player leaves it.
func (a *API) stopEncoding(c *call) error {
	if s := c.q.str("playsessionid"); s != "" {
		a.Streams.Close(playKey(c, s))
	}
	return c.done()
}

// breakOff ends a response whose beginning is already sent, in the way that tells
// the client it is not whole.
func (a *API) breakOff(c *call, err error) error {
	if c.Request().Context().Err() != nil {
		return nil // the player has gone
	}
	a.Log.Warn("a conversion broke off", "err", err)
	// A deadline in the past makes the closing chunk fail, so the connection breaks
	// instead of ending as if the film were over.
	return http.NewResponseController(c.Response().Writer).SetWriteDeadline(time.Unix(1, 0))
}
