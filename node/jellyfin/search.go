package jellyfin

import (
	"math"

	"sett/node/jellyfin/dto"
	"sett/node/library"
)

// searchHints is search-as-you-type over things and names.
func (a *API) searchHints(c *call) error {
	v, err := c.viewer()
	if err != nil {
		return err
	}
	q := c.itemQuery(v)
	q.Recursive = true
	if q.Search == "" {
		return badRequest("searchTerm is missing.")
	}
	var page library.Page
	if len(q.Kinds) == 1 && q.Kinds[0].IsEntity() {
		page = c.view.Entities(q.Kinds[0], q)
	} else {
		c.searchSorts(&q)
		page = c.view.Find(q)
	}
	hints := []dto.SearchHint{}
	for _, card := range page.Cards {
		c.grant(card.ID)
		hints = append(hints, c.hint(card, q.Search))
	}
	return c.json(struct {
		SearchHints      []dto.SearchHint
		TotalRecordCount int
	}{hints, page.Total})
}

func (c *call) hint(card *library.Card, term string) dto.SearchHint {
	h := dto.SearchHint{
		ItemID: card.ID.String(), ID: card.ID.String(), Name: card.Name, MatchedTerm: term, Type: card.Kind.String(),
		IsFolder: card.Kind.IsFolder(), MediaType: string(card.Kind.Media()), Artists: []string{}, Status: card.Status,
		PrimaryImageTag: card.Image(library.Primary, 0), ThumbImageTag: card.Image(library.Thumb, 0),
		BackdropImageTag: card.Image(library.Backdrop, 0),
	}
	if h.MediaType == "" {
		h.MediaType = "Unknown"
	}
	if h.BackdropImageTag != "" {
		h.BackdropItemID = h.ID
	}
	if n, ok := card.Index.Get(); ok {
		h.IndexNumber = &n
	}
	if n, ok := card.ParentIndex.Get(); ok {
		h.ParentIndexNumber = &n
	}
	if card.Year != 0 {
		h.ProductionYear = dto.Ptr(int(card.Year))
	}
	if card.Runtime != 0 {
		h.RunTimeTicks = dto.Ptr(int64(card.Runtime))
	}
	if s, ok := c.relative(card.Series); ok {
		h.Series = s.Name
	}
	if al, ok := c.relative(card.Album); ok {
		h.Album, h.AlbumID = al.Name, al.ID.String()
	}
	for _, im := range card.Images {
		if im.Kind == library.Primary && im.Aspect > 0 {
			h.PrimaryAspect = dto.Ptr(math.Round(float64(im.Aspect)*1e4) / 1e4)
			break
		}
	}
	return h
}
