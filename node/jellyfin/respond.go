package jellyfin

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"sett/node/jellyfin/dto"
	"sett/node/store"
)

// The errors handlers return; fail turns them into answers. What a caller may not
// know of is errNotFound, never errForbidden.
var (
	errNotFound     = echo.NewHTTPError(http.StatusNotFound)
	errUnauthorised = echo.NewHTTPError(http.StatusUnauthorized)
	errForbidden    = echo.NewHTTPError(http.StatusForbidden)
)

func badRequest(format string, args ...any) error {
	return echo.NewHTTPError(http.StatusBadRequest, fmt.Sprintf(format, args...))
}

func unavailable(format string, args ...any) error {
	return echo.NewHTTPError(http.StatusServiceUnavailable, fmt.Sprintf(format, args...))
}

// fail is the one place where errors become answers. Details of our own failures
// go to the log, not to the client.
func (a *API) fail(err error, ec echo.Context) {
	if ec.Response().Committed {
		return
	}
	status, msg := http.StatusInternalServerError, "Something went wrong in the server; its log says what."
	var he *echo.HTTPError
	switch {
	case errors.As(err, &he):
		status = he.Code
		msg, _ = he.Message.(string)
		if msg == http.StatusText(status) {
			msg = ""
		}
	case errors.Is(err, store.ErrNotFound):
		status, msg = http.StatusNotFound, ""
	case errors.Is(err, store.ErrFull):
		status, msg = http.StatusInsufficientStorage, "The server's disk is full; nothing was saved. Free some space and try again."
	case ec.Request().Context().Err() != nil:
		return // the client has gone
	}
	if status >= 500 && status != http.StatusServiceUnavailable && status != http.StatusInsufficientStorage {
		a.Log.Error("request failed", "method", ec.Request().Method, "route", ec.Path(), "err", err)
	}
	if msg == "" || ec.Request().Method == http.MethodHead {
		_ = ec.NoContent(status)
		return
	}
	_ = ec.JSON(status, map[string]string{"message": msg})
}

// json answers with v. Clients that ask for the CamelCase profile get it.
func (c *call) json(v any) error { return c.raw(dto.Marshal(v)) }

// raw answers with JSON made elsewhere.
func (c *call) raw(body []byte) error {
	if wantsCamelCase(c.Request().Header.Get("Accept")) {
		body = camelCase(body)
	}
	h := c.Response().Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	c.Response().WriteHeader(http.StatusOK)
	if c.Request().Method == http.MethodHead {
		return nil
	}
	_, err := c.Response().Writer.Write(body)
	return err
}

func (c *call) done() error { return c.NoContent(http.StatusNoContent) }

const maxBody = 1 << 20

// body reads a JSON request body into v; an empty body leaves v as it is.
func (c *call) body(v any) error {
	b, err := io.ReadAll(io.LimitReader(c.Request().Body, maxBody+1))
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return echo.NewHTTPError(http.StatusRequestEntityTooLarge)
	}
	if err != nil {
		return badRequest("The request's body could not be read.")
	}
	if len(b) > maxBody {
		return echo.NewHTTPError(http.StatusRequestEntityTooLarge)
	}
	if len(bytes.TrimSpace(b)) == 0 {
		return nil
	}
	if err := json.Unmarshal(b, v); err != nil {
		return badRequest("The request's body is not the JSON this call takes: %v.", err)
	}
	return nil
}

// wantsCamelCase reads the first JSON type of an Accept header: clients list the
// plain type and both profiles, best first.
func wantsCamelCase(accept string) bool {
	for entry := range strings.SplitSeq(strings.ToLower(accept), ",") {
		if kind, param, _ := strings.Cut(strings.TrimSpace(entry), ";"); strings.TrimSpace(kind) == "application/json" {
			return strings.Contains(strings.ReplaceAll(param, `"`, ""), "profile=camelcase")
		}
	}
	return false
}

// mapMembers hold maps, whose keys are data and no names.
var mapMembers = map[string]bool{
	"ImageTags": true, "ImageBlurHashes": true, "ProviderIds": true, "CustomPrefs": true, "Trickplay": true, "RequiredHttpHeaders": true,
}

// camelCase rewrites the names of a JSON document's members.
func camelCase(body []byte) []byte {
	out := make([]byte, 0, len(body))
	inString, start := false, 0
	depth, keep := 0, -1 // the names below depth keep are keys of a map
	for i := 0; i < len(body); i++ {
		b := body[i]
		out = append(out, b)
		switch {
		case !inString && b == '{':
			depth++
		case !inString && b == '}':
			if depth--; depth <= keep {
				keep = -1
			}
		case inString && b == '\\':
			i++
			out = append(out, body[i])
		case b == '"' && !inString:
			inString, start = true, len(out)
		case b == '"':
			inString = false
			if i+1 >= len(body) || body[i+1] != ':' || start >= len(out)-1 || keep >= 0 {
				continue
			}
			if mapMembers[string(out[start:len(out)-1])] {
				keep = depth
			}
			out[start] = lower(out[start])
		}
	}
	return out
}

func lower(b byte) byte {
	if 'A' <= b && b <= 'Z' {
		return b + 'a' - 'A'
	}
	return b
}

// slogWriter carries the router's own rare messages into our log.
type slogWriter struct{ log *slog.Logger }

func (w slogWriter) Write(p []byte) (int, error) {
	w.log.Warn("router", "msg", strings.TrimSpace(string(p)))
	return len(p), nil
}

// Browser pages on another origin may call the API: they must bring a token, which
// a foreign site does not have, and cookies are never used.
func allowOrigin(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Origin") == "" {
		return
	}
	w.Header().Set("Access-Control-Allow-Origin", "*")
	w.Header().Set("Access-Control-Expose-Headers", "Content-Length, Content-Range, Accept-Ranges, ETag")
}

func preflight(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	if r.Header.Get("Origin") == "" { // the guard takes away origins that are not allowed
		w.WriteHeader(http.StatusNoContent)
		return
	}
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Allow-Methods", "GET, HEAD, POST, DELETE, OPTIONS")
	h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type, Range, X-Emby-Authorization, X-Emby-Token, X-MediaBrowser-Token")
	h.Set("Access-Control-Max-Age", "86400")
	w.WriteHeader(http.StatusNoContent)
}
