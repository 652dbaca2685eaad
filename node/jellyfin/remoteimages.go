package jellyfin

import (
	"context"
	"errors"
	"fmt"
	"os"

	"sett/node/jellyfin/dto"
	"sett/node/library"
	"sett/node/metadata"
	"sett/node/store"
	"sett/streaming/image"
)

var remoteImageRoutes = []Route{
	{Method: "GET", Path: "/Items/:itemId/RemoteImages", Access: Admin, Do: (*API).remoteImages},
	{Method: "GET", Path: "/Items/:itemId/RemoteImages/Providers", Access: Admin, Do: (*API).remoteImageProviders},
	{Method: "POST", Path: "/Items/:itemId/RemoteImages/Download", Access: Admin, Do: (*API).downloadRemoteImage},
}

func (a *API) pictureProviders(k library.Kind) []dto.ImageProviderInfo {
	out := []dto.ImageProviderInfo{}
	if a.Facts == nil {
		return out
	}
	for _, p := range a.Facts.PictureProviders(k) {
		out = append(out, dto.ImageProviderInfo{Name: providerName(p.Provider), SupportedImages: p.Kinds})
	}
	return out
}

func (a *API) remoteImageProviders(c *call) error {
	card, err := c.looked()
	if err != nil {
		return err
	}
	return c.json(a.pictureProviders(card.Kind))
}

// remoteImages lists what providers have. They are asked in one language, so
// includeAllLanguages changes nothing.
func (a *API) remoteImages(c *call) error {
	card, err := c.looked()
	if err != nil {
		return err
	}
	out := dto.RemoteImageResult{Images: []dto.RemoteImageInfo{}, Providers: []string{}}
	for _, p := range a.pictureProviders(card.Kind) {
		out.Providers = append(out.Providers, p.Name)
	}
	if len(out.Providers) == 0 {
		return c.json(out)
	}
	ctx, cancel := context.WithTimeout(c.Request().Context(), patience)
	defer cancel()
	list, err := a.Facts.Pictures(ctx, card.ID)
	if err != nil && !unasked(err) && !errors.Is(err, store.ErrNotFound) {
		return a.factsError(err)
	}
	kind := imageKind(c.q.str("type"))
	for _, p := range list {
		if (kind == "" || p.Kind == kind) && isProvider(p.Provider, c.q.str("providername")) {
			out.Images = append(out.Images, dto.NewRemoteImageInfo(providerName(p.Provider), p.URL, p.Kind, p.Width, p.Height))
		}
	}
	out.TotalRecordCount = len(out.Images)
	begin := min(max(0, c.q.integer("startindex", 0)), len(out.Images))
	out.Images = out.Images[begin:]
	if n := c.q.integer("limit", 0); n > 0 && n < len(out.Images) {
		out.Images = out.Images[:n]
	}
	return c.json(out)
}

// downloadRemoteImage makes a picture of a provider the owner's own. Only an address that
// remoteImages listed is asked for.
func (a *API) downloadRemoteImage(c *call) error {
	item, err := c.edited()
	if err != nil {
		return err
	}
	kind, ok := editableKind(c.q.str("type"))
	if !ok {
		return badRequest("An item has no picture of the kind %q.", c.q.str("type"))
	}
	url := c.q.str("imageurl")
	if url == "" {
		return badRequest("imageUrl must say which picture.")
	}
	if a.Facts == nil {
		return a.factsError(metadata.ErrNoProvider)
	}
	if a.UploadDir == "" {
		return unavailable("This server has no folder to keep pictures in.")
	}
	ctx, cancel := context.WithTimeout(c.Request().Context(), patience)
	defer cancel()
	path, err := a.Facts.FetchPicture(ctx, item.ID, url)
	if err != nil {
		return a.factsError(err)
	}
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("read a fetched picture: %w", err)
	}
	defer f.Close()
	up, err := a.keepUpload(ctx, f, image.Size{MaxWidth: 3840, MaxHeight: 3840})
	if err != nil {
		return err
	}
	if err := a.giveImage(ctx, item.ID, kind, up); err != nil {
		return err
	}
	return c.done()
}
