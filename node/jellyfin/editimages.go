package jellyfin

import (
	"context"
	"os"
	"slices"
	"strconv"

	"sett/node/library"
	"sett/streaming/image"
)

var editImageRoutes = []Route{
	{Method: "GET", Path: "/Items/:itemId/Images", Access: Admin, Do: (*API).imageInfos},
	{Method: "POST", Path: "/Items/:itemId/Images/:imageType", Access: Admin, Do: (*API).setItemImage, Also: []string{"/Items/:itemId/Images/:imageType/:imageIndex"}},
	{Method: "DELETE", Path: "/Items/:itemId/Images/:imageType", Access: Admin, Do: (*API).dropItemImage, Also: []string{"/Items/:itemId/Images/:imageType/:imageIndex"}},
	{Method: "POST", Path: "/Items/:itemId/Images/:imageType/:imageIndex/Index", Access: Admin, Do: (*API).moveItemImage},
}

// imageInfo is an ImageInfo. Index is there for backdrops only, as clients expect.
type imageInfo struct {
	ImageType  string
	ImageIndex *int   `json:",omitempty"`
	ImageTag   string `json:",omitempty"`
	Path       string `json:",omitempty"`
	BlurHash   string `json:",omitempty"`
	Height     int    `json:",omitempty"`
	Width      int    `json:",omitempty"`
	Size       int64
}

func (a *API) imageInfos(c *call) error {
	item, err := c.edited()
	if err != nil {
		return err
	}
	out := []imageInfo{}
	at := map[library.ImageKind]int{}
	for _, im := range item.Images {
		if im.Kind == library.ChapterPic {
			continue
		}
		info := imageInfo{ImageType: string(im.Kind), ImageTag: im.Tag, Path: im.Path, BlurHash: im.Blurhash, Height: im.Height, Width: im.Width}
		if im.Kind == library.Backdrop {
			n := at[im.Kind]
			info.ImageIndex = &n
		}
		at[im.Kind]++
		if fi, err := os.Stat(im.Path); err == nil && !im.Embedded {
			info.Size = fi.Size()
		}
		out = append(out, info)
	}
	return c.json(out)
}

func (c *call) imageIndex() int {
	n, err := strconv.Atoi(c.Param("imageIndex"))
	if err != nil {
		n = c.q.integer("imageindex", 0)
	}
	return max(0, n)
}

func editableKind(name string) (library.ImageKind, bool) {
	k := imageKind(name)
	switch k {
	case library.Primary, library.Backdrop, library.Logo, library.Thumb, library.Banner, library.Art, library.Disc, library.Profile:
		return k, true
	}
	return "", false
}

const maxImages = 100 // of one item, given by the owner

// setItemImage takes a picture from the owner.
func (a *API) setItemImage(c *call) error {
	item, err := c.edited()
	if err != nil {
		return err
	}
	kind, ok := editableKind(c.Param("imageType"))
	if !ok {
		return badRequest("An item has no picture of the kind %q.", c.Param("imageType"))
	}
	up, err := a.upload(c, image.Size{MaxWidth: 3840, MaxHeight: 3840})
	if err != nil {
		return err
	}
	if err := a.giveImage(c.Request().Context(), item.ID, kind, up); err != nil {
		return err
	}
	return c.done()
}

// giveImage makes a kept upload one of an item's pictures, or throws it away. Of backdrops
// there may be many; of any other kind it takes the place of what was there.
func (a *API) giveImage(ctx context.Context, id library.ID, kind library.ImageKind, up library.Image) error {
	up.Kind = kind
	var replaced []library.Image
	err := a.Store.Edit(ctx, id, func(_ *library.Item, e *library.Edit) error {
		if len(e.Images) >= maxImages {
			return badRequest("An item keeps at most %d pictures of yours.", maxImages)
		}
		if kind != library.Backdrop {
			e.Images = slices.DeleteFunc(e.Images, func(im library.Image) bool {
				if im.Kind == kind {
					replaced = append(replaced, im)
				}
				return im.Kind == kind
			})
		}
		e.Images = append(e.Images, up)
		return nil
	})
	if err != nil {
		a.dropUpload(up.Tag)
		return err
	}
	for _, im := range replaced {
		a.dropUpload(im.Tag)
	}
	return nil
}

// dropItemImage takes a picture away: the owner's own for good, a found one from sight.
// No file in a media folder is touched.
func (a *API) dropItemImage(c *call) error {
	item, err := c.edited()
	if err != nil {
		return err
	}
	kind, n := imageKind(c.Param("imageType")), c.imageIndex()
	var gone library.Image
	own := false
	err = a.Store.Edit(c.Request().Context(), item.ID, func(now *library.Item, e *library.Edit) error {
		im, ok := now.Image(kind, n)
		if !ok {
			return errNotFound
		}
		gone = im
		i := slices.IndexFunc(e.Images, func(x library.Image) bool { return x.Tag == im.Tag })
		if own = i >= 0; own {
			e.Images = slices.Delete(e.Images, i, i+1)
		} else {
			e.Without = append(e.Without, library.Image{Kind: im.Kind, Path: im.Path, Stream: im.Stream})
		}
		return nil
	})
	if err != nil {
		return err
	}
	if own {
		a.dropUpload(gone.Tag)
	}
	return c.done()
}

func (a *API) moveItemImage(c *call) error {
	item, err := c.edited()
	if err != nil {
		return err
	}
	kind, from, to := imageKind(c.Param("imageType")), c.imageIndex(), c.q.integer("newindex", -1)
	err = a.Store.Edit(c.Request().Context(), item.ID, func(now *library.Item, e *library.Edit) error {
		var tags []string
		for _, im := range now.Images {
			if im.Kind == kind {
				tags = append(tags, im.Tag)
			}
		}
		if from >= len(tags) || to < 0 || to >= len(tags) {
			return errNotFound
		}
		tag := tags[from]
		tags = slices.Insert(slices.Delete(tags, from, from+1), to, tag)
		if e.Order == nil {
			e.Order = map[library.ImageKind][]string{}
		}
		e.Order[kind] = tags
		return nil
	})
	if err != nil {
		return err
	}
	return c.done()
}
