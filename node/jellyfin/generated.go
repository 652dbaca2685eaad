package jellyfin

import (
	"errors"
	"io/fs"
	"net/http"
	"strconv"
	"time"

	"sett/node/library"
	"sett/streaming/image"
)

// Pictures for what has none, the last word after every other source: a frame of the
// film for what is played, a collage for what holds things with pictures, else a plain
// letter on a colour. They are made when somebody looks, and kept in the cache.

// drawn says what is made for a kind, and in which shape.
func drawn(k library.Kind) (shape image.Shape, ok bool) {
	switch k {
	case library.Movie, library.Series, library.BoxSet, library.Book:
		return image.Poster, true
	case library.Episode, library.Video, library.MusicVideo, library.Trailer, library.CollectionFolder:
		return image.Wide, true
	case library.MusicAlbum, library.MusicArtist, library.Playlist, library.AudioBook, library.PhotoAlbum:
		return image.Square, true
	}
	return 0, false
}

// drawnTag names the picture that would be made for a card; it changes when the card's
// name or files do. "" for kinds that get none.
func drawnTag(card *library.Card) string {
	if _, ok := drawn(card.Kind); !ok {
		return ""
	}
	return library.NewID("drawn", card.ID.String(), card.Name, strconv.FormatInt(card.Modified, 10)).String()[:16]
}

// sendDrawn answers with a picture made for an item that has none of its own.
func (a *API) sendDrawn(c *call, item *library.Item) error {
	shape, ok := drawn(item.Kind)
	if !ok {
		return errNotFound
	}
	p, err := a.draw(c, item, shape)
	if err != nil {
		return err
	}
	defer p.Close()
	h := c.Response().Header()
	h.Set("Content-Type", p.MIME)
	h.Set("ETag", p.ETag)
	h.Set("Cache-Control", "private, max-age=3600")
	http.ServeContent(c.Response().Writer, c.Request(), "", time.Time{}, p)
	return nil
}

func (a *API) draw(c *call, item *library.Item, shape image.Shape) (*image.Picture, error) {
	ctx, o := c.Request().Context(), c.imageOptions()
	if shape == image.Wide && len(item.Sources) > 0 && item.Sources[0].Problem == "" && item.Runtime > 0 && a.FFmpeg() == nil {
		p, err := a.Images.Frame(ctx, item.Sources[0].Path, item.Runtime.Duration()/5, o)
		if err == nil || ctx.Err() != nil {
			return p, err
		}
	}
	if of := a.picturesIn(c, item); len(of) > 0 {
		p, err := a.Images.Collage(ctx, of, shape, o)
		if !errors.Is(err, image.ErrNotPicture) && !errors.Is(err, fs.ErrNotExist) {
			return p, err
		}
	}
	return a.Images.Letter(ctx, item.Name, shape, o)
}

const collageOf = 4

// picturesIn are pictures of what is in a folder, as far as the caller may know of it.
// A caller without a token is shown none: the address says nothing of rights.
func (a *API) picturesIn(c *call, item *library.Item) []library.Image {
	if !item.Kind.IsFolder() || c.who.Zero() {
		return nil
	}
	v, err := c.viewerOf(c.who.User.ID)
	if err != nil {
		return nil
	}
	var out []library.Image
	for _, child := range c.view.Children(v, item.ID) {
		if child.Image(library.Primary, 0) == "" {
			continue
		}
		it, err := a.Store.Item(child.ID)
		if err != nil {
			continue
		}
		if im, ok := it.Image(library.Primary, 0); ok {
			out = append(out, im)
		}
		if len(out) == collageOf {
			break
		}
	}
	return out
}
