package jellyfin

import (
	"context"
	"errors"
	"strings"
	"time"

	"sett/node/jellyfin/dto"
	"sett/node/library"
	"sett/node/metadata"
)

// Here the owner says which thing an item is. What nobody can be asked about answers with
// an empty list: a node without providers is no broken node.
var identifyRoutes = []Route{
	{Method: "POST", Path: "/Items/RemoteSearch/Movie", Access: Admin, Do: searchFor(library.Movie)},
	{Method: "POST", Path: "/Items/RemoteSearch/Series", Access: Admin, Do: searchFor(library.Series)},
	{Method: "POST", Path: "/Items/RemoteSearch/Person", Access: Admin, Do: searchFor(library.Person)},
	{Method: "POST", Path: "/Items/RemoteSearch/MusicAlbum", Access: Admin, Do: searchFor(library.MusicAlbum)},
	{Method: "POST", Path: "/Items/RemoteSearch/MusicArtist", Access: Admin, Do: searchFor(library.MusicArtist)},
	{Method: "POST", Path: "/Items/RemoteSearch/MusicVideo", Access: Admin, Do: searchFor(library.MusicVideo)},
	{Method: "POST", Path: "/Items/RemoteSearch/Trailer", Access: Admin, Do: searchFor(library.Trailer)},
	{Method: "POST", Path: "/Items/RemoteSearch/Book", Access: Admin, Do: searchFor(library.Book)},
	{Method: "POST", Path: "/Items/RemoteSearch/BoxSet", Access: Admin, Do: searchFor(library.BoxSet)},
	{Method: "POST", Path: "/Items/RemoteSearch/Apply/:itemId", Access: Admin, Do: (*API).applySearch},
	{Method: "GET", Path: "/Items/:itemId/ExternalIdInfos", Access: Admin, Do: (*API).externalIDInfos},
	{Method: "GET", Path: "/Sett/Attributions", Access: User, Do: (*API).attributions},
}

// patience is how long somebody waits for providers, which have limits of their own.
const patience = 30 * time.Second

// maxTitle bounds, in bytes, what is sent to a provider.
const maxTitle = 500

// unasked reports that nobody was asked, because the owner chose it so.
func unasked(err error) bool {
	return errors.Is(err, metadata.ErrNoProvider) || errors.Is(err, metadata.ErrOffline)
}

// factsError is the answer to an error of a provider.
func (a *API) factsError(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, metadata.ErrOffline):
		return unavailable("This server is set to ask nobody on the internet.")
	case errors.Is(err, metadata.ErrNoProvider):
		return unavailable("No online provider that knows this is switched on in the settings.")
	case errors.Is(err, metadata.ErrLocked):
		return badRequest("This item is locked. Unlock it first.")
	case errors.Is(err, metadata.ErrNotFound):
		return errNotFound
	}
	a.Log.Warn("a provider of facts could not be asked", "err", err)
	return unavailable("The providers could not be asked just now; the server's log says why.")
}

// remoteQuery is the part of the clients' many RemoteSearchQuery shapes that says
// something.
type remoteQuery struct {
	SearchInfo struct {
		Name         string
		Year         dto.Int
		ProviderIDs  map[string]*string `json:"ProviderIds"`
		AlbumArtists []string
	}
	ItemID             dto.ID `json:"ItemId"`
	SearchProviderName string
}

func (in *remoteQuery) query(kind library.Kind) (metadata.Query, error) {
	q := metadata.Query{Kind: kind, Title: strings.TrimSpace(in.SearchInfo.Name), IDs: givenIDs(in.SearchInfo.ProviderIDs)}
	if y := in.SearchInfo.Year; y > 0 && y < 10000 {
		q.Year = int(y)
	}
	if len(in.SearchInfo.AlbumArtists) > 0 {
		q.Artist = in.SearchInfo.AlbumArtists[0]
	}
	if len(q.Title)+len(q.Artist) > maxTitle {
		return q, badRequest("A title has at most %d bytes.", maxTitle)
	}
	return q, nil
}

// givenIDs drops what clients send of ids that are not filled in.
func givenIDs(sent map[string]*string) map[string]string {
	ids := map[string]string{}
	for k, v := range sent {
		if v == nil || len(ids) >= 100 {
			continue
		}
		if id := strings.TrimSpace(*v); id != "" && len(id) <= 100 {
			ids[k] = id
		}
	}
	return ids
}

func searchFor(kind library.Kind) func(*API, *call) error {
	return func(a *API, c *call) error { return a.remoteSearch(c, kind) }
}

func (a *API) remoteSearch(c *call, kind library.Kind) error {
	var in remoteQuery
	if err := c.body(&in); err != nil {
		return err
	}
	q, err := in.query(kind)
	if err != nil {
		return err
	}
	out := []dto.RemoteSearchResult{}
	list, err := a.candidates(c, library.ID(in.ItemID), q)
	switch {
	case unasked(err):
		return c.json(out)
	case err != nil:
		return err
	}
	for _, cand := range list {
		if isProvider(cand.Provider, in.SearchProviderName) {
			out = append(out, searchResult(cand, kind))
		}
	}
	return c.json(out)
}

// candidates asks about an item; about one of another kind, or none, only what was typed
// counts.
func (a *API) candidates(c *call, id library.ID, q metadata.Query) ([]metadata.Candidate, error) {
	if a.Facts == nil {
		return nil, metadata.ErrNoProvider
	}
	ctx, cancel := context.WithTimeout(c.Request().Context(), patience)
	defer cancel()
	search := func() ([]metadata.Candidate, error) { return a.Facts.Search(ctx, q) }
	if !id.IsZero() {
		v, err := c.viewer()
		if err != nil {
			return nil, err
		}
		card, err := c.visible(v, id)
		if err != nil {
			return nil, err
		}
		if card.Kind == q.Kind {
			search = func() ([]metadata.Candidate, error) { return a.Facts.Identify(ctx, id, q) }
		}
	}
	list, err := search()
	if err != nil && !unasked(err) {
		err = a.factsError(err)
	}
	return list, err
}

// isProvider reports whether a provider is meant by a name that people or settings use;
// "" means every one.
func isProvider(provider, name string) bool {
	at, _ := metadata.AttributionOf(provider)
	return name == "" || strings.EqualFold(name, provider) || strings.EqualFold(name, at.Name)
}

// providerName is what people call a provider.
func providerName(provider string) string {
	if at, ok := metadata.AttributionOf(provider); ok {
		return at.Name
	}
	return provider
}

func searchResult(cand metadata.Candidate, kind library.Kind) dto.RemoteSearchResult {
	r := dto.NewRemoteSearchResult(cand.Title, metadata.IDKey(cand.Provider, kind), cand.ID, cand.Year)
	r.SearchProviderName, r.Overview, r.ImageURL = providerName(cand.Provider), cand.Overview, cand.Picture
	if cand.Artist != "" {
		artist := dto.NewRemoteSearchResult(cand.Artist, "", "", 0)
		r.AlbumArtist, r.Artists = &artist, []dto.RemoteSearchResult{artist}
	}
	return r
}

// applySearch makes an item what the owner chose. The owner's own pictures go only when
// the request says so: the client's box for it is ticked by default, the request of a
// program that knows no box has nothing.
func (a *API) applySearch(c *call) error {
	item, err := c.edited()
	if err != nil {
		return err
	}
	var in struct {
		ProviderIDs        map[string]*string `json:"ProviderIds"`
		SearchProviderName string
	}
	if err := c.body(&in); err != nil {
		return err
	}
	ids := givenIDs(in.ProviderIDs)
	if len(ids) == 0 {
		return badRequest("ProviderIds must say which thing it is.")
	}
	if a.Facts == nil {
		return a.factsError(metadata.ErrNoProvider)
	}
	ctx, cancel := context.WithTimeout(c.Request().Context(), patience)
	defer cancel()
	cand, err := a.chosen(ctx, item, in.SearchProviderName, ids)
	if err == nil {
		err = a.Facts.Apply(ctx, item.ID, cand)
	}
	if err != nil {
		return a.factsError(err)
	}
	if c.q.flag("replaceallimages", false) {
		if err := a.forgetImages(ctx, item.ID); err != nil {
			return err
		}
	}
	return c.done()
}

// chosen finds what a client sends back of a result: the provider's own id, or other ids
// that a provider finds it by.
func (a *API) chosen(ctx context.Context, item *library.Item, name string, ids map[string]string) (metadata.Candidate, error) {
	for _, at := range metadata.Attributions() {
		id := ids[metadata.IDKey(at.Provider, item.Kind)]
		if name != "" && id != "" && isProvider(at.Provider, name) {
			return metadata.Candidate{Provider: at.Provider, ID: id}, nil
		}
	}
	list, err := a.Facts.Identify(ctx, item.ID, metadata.Query{IDs: ids})
	if err != nil {
		return metadata.Candidate{}, err
	}
	for _, cand := range list {
		if cand.Exact {
			return cand, nil
		}
	}
	return metadata.Candidate{}, metadata.ErrNotFound
}

// forgetImages takes back all that the owner did to an item's pictures.
func (a *API) forgetImages(ctx context.Context, id library.ID) error {
	var gone []library.Image
	err := a.Store.Edit(ctx, id, func(_ *library.Item, e *library.Edit) error {
		gone = e.Images
		e.ForgetImages()
		return nil
	})
	if err != nil {
		return err
	}
	for _, im := range gone {
		a.dropUpload(im.Tag)
	}
	return nil
}

func (a *API) externalIDInfos(c *call) error {
	card, err := c.looked()
	if err != nil {
		return err
	}
	return c.json(externalIDs(card.Kind))
}

// looked is the card of the path's item.
func (c *call) looked() (*library.Card, error) {
	v, err := c.viewer()
	if err != nil {
		return nil, err
	}
	id, err := c.itemID("itemId")
	if err != nil {
		return nil, err
	}
	return c.visible(v, id)
}

// attributions are what providers want said wherever something of theirs may be shown,
// switched on or not: what they once said stays.
func (a *API) attributions(c *call) error {
	out := []dto.Attribution{}
	for _, at := range metadata.Attributions() {
		out = append(out, dto.Attribution{Name: at.Name, Text: at.Text, URL: at.URL, Licence: at.Licence})
	}
	return c.json(out)
}
