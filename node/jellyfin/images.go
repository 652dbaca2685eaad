package jellyfin

import (
	"errors"
	"io/fs"
	"net/http"
	"strconv"
	"time"

	"sett/node/library"
	"sett/node/store"
	"sett/streaming/image"
)

var imageRoutes = []Route{
	{Method: "GET", Path: "/Items/:itemId/Images/:imageType", Access: Granted, Do: (*API).itemImage},
	{Method: "GET", Path: "/Items/:itemId/Images/:imageType/:imageIndex", Access: Granted, Do: (*API).itemImage, Also: []string{
		"/Items/:itemId/Images/:imageType/:imageIndex/:tag/:format/:maxWidth/:maxHeight/:percentPlayed/:unplayedCount"}},
	{Method: "GET", Path: "/UserImage", Access: Granted, Do: (*API).userImage},
	{Method: "GET", Path: "/Users/:userId/Images/:imageType", Access: Granted, Do: (*API).userImage, Also: []string{"/Users/:userId/Images/:imageType/:imageIndex"}},
}

// pictures lets a request through that may look at pictures: somebody signed in, or
// the address of somebody who is.
func (c *call) pictures() error {
	if c.who.Zero() && !c.api.Accounts.Grants.AllowsImages(c.at) {
		return errUnauthorised
	}
	return nil
}

func (a *API) itemImage(c *call) error {
	if err := c.pictures(); err != nil {
		return err
	}
	id, err := c.itemID("itemId")
	if err != nil {
		return err
	}
	item, err := a.pictured(c, id)
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(c.Param("imageIndex"))
	if err != nil {
		n = c.q.integer("imageindex", 0)
	}
	// Pictures made from the film itself need more than an address somebody uses.
	mayDraw := !c.who.Zero() || a.Accounts.Grants.Allows(c.at, id)
	if imageKind(c.Param("imageType")) == library.ChapterPic {
		if !mayDraw {
			return errUnauthorised
		}
		return a.chapterImage(c, item, n)
	}
	kind := imageKind(c.Param("imageType"))
	im, ok := item.Image(kind, n)
	if !ok && kind == library.Primary && n == 0 && mayDraw {
		return a.sendDrawn(c, item)
	}
	if !ok {
		return errNotFound
	}
	return a.sendImage(c, im)
}

// pictured is the item whose picture is asked for: as far as the caller may know of it,
// or any for an address that somebody signed in uses.
func (a *API) pictured(c *call, id library.ID) (*library.Item, error) {
	var v library.Viewer
	if !c.who.Zero() {
		var err error
		if v, err = c.viewerOf(c.who.User.ID); err != nil {
			return nil, err
		}
	}
	card, err := c.visible(v, id)
	if err != nil {
		return nil, err
	}
	item, err := a.Store.Item(id)
	if errors.Is(err, store.ErrNotFound) { // it exists only through others
		return itemOfCard(card), nil
	}
	return item, err
}

// sendImage answers with a picture in the size that was asked for.
func (a *API) sendImage(c *call, im library.Image) error {
	p, err := a.Images.Picture(c.Request().Context(), im, c.imageOptions())
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return errNotFound
	case errors.Is(err, image.ErrNotPicture), errors.Is(err, image.ErrTooLarge):
		a.Log.Warn("a picture cannot be shown", "path", im.Path, "err", err)
		return errNotFound
	case err != nil:
		return err
	}
	defer p.Close()
	h := c.Response().Header()
	h.Set("Content-Type", p.MIME)
	h.Set("ETag", p.ETag)
	h.Set("Vary", "Accept")
	h.Set("Cache-Control", "private, no-cache")
	if tag := c.q.str("tag"); tag != "" && tag == im.Tag {
		h.Set("Cache-Control", "private, max-age=31536000, immutable")
	}
	http.ServeContent(c.Response().Writer, c.Request(), "", time.Time{}, p)
	return nil
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// maxSide bounds what a request can make us compute.
const maxSide = 8192

func (c *call) imageOptions() image.Options {
	side := func(name string) int {
		n, err := strconv.Atoi(c.Param(name))
		if err != nil {
			n = c.q.integer(name, 0)
		}
		return min(max(0, n), maxSide)
	}
	o := image.Options{Size: image.Size{
		Width: side("width"), Height: side("height"), FillWidth: side("fillwidth"), FillHeight: side("fillheight"),
		MaxWidth: max(side("maxwidth"), side("maxWidth")), MaxHeight: max(side("maxheight"), side("maxHeight")),
	}}
	o.Format = image.ParseFormat(first(c.Param("format"), c.q.str("format")))
	o.WebP = image.AcceptsWebP(c.Request().Header.Get("Accept"))
	o.Blur = min(max(0, c.q.integer("blur", 0)), 100)
	o.Background = image.ParseBackground(c.q.str("backgroundcolor"))
	if q := c.q.integer("quality", 0); q >= 1 && q <= 100 {
		o.Quality = q
	}
	return o
}
