package jellyfin

import (
	"sett/node/jellyfin/dto"
	"sett/node/library"
)

var viewRoutes = []Route{
	{Method: "GET", Path: "/UserViews", Access: User, Do: (*API).userViews, Also: []string{"/Users/:userId/Views"}},
	{Method: "GET", Path: "/UserViews/GroupingOptions", Access: User, Do: (*API).groupingOptions, Also: []string{"/Users/:userId/GroupingOptions"}},
	{Method: "GET", Path: "/Library/MediaFolders", Access: User, Do: (*API).userViews},
	{Method: "POST", Path: "/Library/Refresh", Access: Admin, Do: (*API).refreshLibrary},
}

// userViews lists the libraries the person may see.
func (a *API) userViews(c *call) error {
	v, err := c.viewer()
	if err != nil {
		return err
	}
	cards := c.ownViews(v, append(c.view.Libraries(v), c.view.Shelves(v)...))
	w := c.wants(v)
	w.fields |= dto.AllFields &^ dto.FieldMediaSources &^ dto.FieldPath
	return c.page(library.Page{Cards: cards, Total: len(cards)}, 0, w)
}

func (a *API) groupingOptions(c *call) error {
	v, err := c.viewer()
	if err != nil {
		return err
	}
	out := []dto.NameID{}
	for _, card := range c.view.Libraries(v) {
		out = append(out, dto.NameID{Name: card.Name, ID: card.ID.String()})
	}
	return c.json(out)
}

func (a *API) refreshLibrary(c *call) error {
	a.Rescan()
	return c.done()
}
