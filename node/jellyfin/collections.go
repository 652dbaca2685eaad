package jellyfin

import (
	"slices"
	"time"

	"sett/node/library"
)

var collectionRoutes = []Route{
	{Method: "POST", Path: "/Collections", Access: User, Do: (*API).createCollection},
	{Method: "POST", Path: "/Collections/:collectionId/Items", Access: User, Do: (*API).addToCollection},
	{Method: "DELETE", Path: "/Collections/:collectionId/Items", Access: User, Do: (*API).removeFromCollection},
	{Method: "GET", Path: "/Items/:itemId/Collections", Access: User, Do: (*API).collectionsOf},
}

const maxCollection = 5_000 // items

// mayCollect refuses people without the right to make and change collections.
func (c *call) mayCollect() error {
	if c.who.Admin() || c.who.User.MayCollect() && !c.who.User.ID.IsZero() {
		return nil
	}
	return errForbidden
}

func (a *API) createCollection(c *call) error {
	if err := c.mayCollect(); err != nil {
		return err
	}
	name := c.q.str("name")
	if err := listName(name); err != nil {
		return err
	}
	v, err := c.viewer()
	if err != nil {
		return err
	}
	it := &library.Item{
		ID: randomID(), Kind: library.BoxSet, Name: name, SortName: name, Added: time.Now().UTC(),
		Members: c.members(v, nil, c.q.ids("ids")),
	}
	if err := a.Store.Apply(c.Request().Context(), library.Put(it)); err != nil {
		return err
	}
	return c.json(map[string]string{"Id": it.ID.String()})
}

// members adds those items to a collection that the person sees and that are not in it.
func (c *call) members(v library.Viewer, have []library.Member, ids []library.ID) []library.Member {
	out := slices.Clone(have)
	for _, id := range ids {
		card, ok := c.view.Visible(v, id)
		in := slices.ContainsFunc(out, func(m library.Member) bool { return m.Item == id })
		if !ok || in || card.List != nil || card.Kind == library.CollectionFolder || len(out) >= maxCollection {
			continue
		}
		out = append(out, library.Member{Item: id})
	}
	return out
}

func (c *call) editCollection(change func(library.Viewer, *library.Item)) error {
	id, err := c.itemID("collectionId")
	if err != nil {
		return err
	}
	v, err := c.viewer()
	if err != nil {
		return err
	}
	card, err := c.visible(v, id)
	if err != nil || card.Kind != library.BoxSet {
		return errNotFound
	}
	if err := c.mayCollect(); err != nil {
		return err
	}
	err = c.api.Store.Update(c.Request().Context(), id, func(it *library.Item) error {
		change(v, it)
		return nil
	})
	if err != nil {
		return err
	}
	return c.done()
}

func (a *API) addToCollection(c *call) error {
	return c.editCollection(func(v library.Viewer, it *library.Item) {
		it.Members = c.members(v, it.Members, c.q.ids("ids"))
	})
}

func (a *API) removeFromCollection(c *call) error {
	gone := c.q.ids("ids")
	return c.editCollection(func(_ library.Viewer, it *library.Item) {
		it.Members = slices.DeleteFunc(slices.Clone(it.Members), func(m library.Member) bool { return slices.Contains(gone, m.Item) })
	})
}

func (a *API) collectionsOf(c *call) error {
	v, err := c.viewer()
	if err != nil {
		return err
	}
	id, err := c.known()
	if err != nil {
		return err
	}
	cards := c.view.Collections(v, id)
	total, start := len(cards), min(max(0, c.q.integer("startindex", 0)), len(cards))
	cards = cards[start:]
	if n := limit(c.q); n > 0 && n < len(cards) {
		cards = cards[:n]
	}
	return c.page(library.Page{Cards: cards, Total: total}, start, c.wants(v))
}
