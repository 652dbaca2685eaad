package jellyfin

import (
	"slices"

	"sett/node/library"
)

var showRoutes = []Route{
	{Method: "GET", Path: "/Shows/NextUp", Access: User, Do: (*API).nextUp},
	{Method: "GET", Path: "/Shows/Upcoming", Access: User, Do: (*API).upcoming},
	{Method: "GET", Path: "/Shows/:seriesId/Seasons", Access: User, Do: (*API).seasons},
	{Method: "GET", Path: "/Shows/:seriesId/Episodes", Access: User, Do: (*API).episodes},
}

func (a *API) nextUp(c *call) error {
	v, err := c.viewer()
	if err != nil {
		return err
	}
	start := max(0, c.q.integer("startindex", 0))
	page := c.view.NextUp(library.NextUpQuery{
		Viewer: v, Series: c.q.id("seriesid"), Parent: c.q.id("parentid"), Resumable: c.q.flag("enableresumable", true),
		Rewatch: c.q.flag("enablerewatching", false), SkipFirst: c.q.flag("disablefirstepisode", false),
		Cutoff: c.q.time("nextupdatecutoff"), Start: start, Limit: limit(c.q),
	})
	return c.page(page, start, c.wants(v))
}

// upcoming lists episodes that will be aired. Only files are known, so none are.
func (a *API) upcoming(c *call) error {
	v, err := c.viewer()
	if err != nil {
		return err
	}
	return c.page(library.Page{}, 0, c.wants(v))
}

func (a *API) seasons(c *call) error {
	v, series, err := c.series()
	if err != nil {
		return err
	}
	q := library.Query{
		Viewer: v, Parent: series, Kinds: []library.Kind{library.Season}, Sort: []library.Sort{{By: "IndexNumber"}},
	}
	page := c.view.Find(q)
	if special := c.q.flagPtr("isspecialseason"); special != nil {
		page.Cards = slices.DeleteFunc(page.Cards, func(card *library.Card) bool { return (card.Index == library.Num(0)) != *special })
	}
	if id := c.q.id("adjacentto"); !id.IsZero() {
		page.Cards = around(page.Cards, id)
	}
	page.Total = len(page.Cards)
	start := min(max(0, c.q.integer("startindex", 0)), page.Total)
	page.Cards = page.Cards[start:]
	if n := limit(c.q); n != 0 {
		page.Cards = page.Cards[:min(max(0, n), len(page.Cards))]
	}
	return c.page(page, start, c.wants(v))
}

func (a *API) episodes(c *call) error {
	v, series, err := c.series()
	if err != nil {
		return err
	}
	q := library.Query{
		Viewer: v, Parent: series, Recursive: true, Kinds: []library.Kind{library.Episode},
		Sort: []library.Sort{{By: "ParentIndexNumber"}, {By: "IndexNumber"}, {By: "SortName"}}, ParentIndex: c.q.intPtr("season"),
	}
	if id := c.q.id("seasonid"); !id.IsZero() {
		q.Parent = id
	}
	if by := sorts(c.q.list("sortby"), c.q.list("sortorder")); len(by) > 0 {
		q.Sort = by
	}
	cards := c.view.Find(q).Cards
	if id := c.q.id("startitemid"); !id.IsZero() {
		cards = from(cards, id)
	}
	if id := c.q.id("adjacentto"); !id.IsZero() {
		cards = around(cards, id)
	}
	start := max(0, c.q.integer("startindex", 0))
	return c.page(paged(cards, start, limit(c.q)), start, c.wants(v))
}

// paged cuts a page out of a whole list; the limit is a query's (0: none).
func paged(cards []*library.Card, start, limit int) library.Page {
	p := library.Page{Total: len(cards)}
	if start < len(cards) && limit >= 0 {
		p.Cards = cards[start:]
	}
	if limit > 0 && limit < len(p.Cards) {
		p.Cards = p.Cards[:limit]
	}
	return p
}

func (c *call) series() (library.Viewer, library.ID, error) {
	v, err := c.viewer()
	if err != nil {
		return v, library.ID{}, err
	}
	id, err := c.itemID("seriesId")
	if err != nil {
		return v, id, err
	}
	_, err = c.visible(v, id)
	return v, id, err
}

func from(cards []*library.Card, id library.ID) []*library.Card {
	for i, card := range cards {
		if card.ID == id {
			return cards[i:]
		}
	}
	return nil
}

func around(cards []*library.Card, id library.ID) []*library.Card {
	for i, card := range cards {
		if card.ID == id {
			return cards[max(0, i-1):min(len(cards), i+2)]
		}
	}
	return nil
}
