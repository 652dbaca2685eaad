package jellyfin

import (
	"sett/node/library"
)

// user is the person a call is for: the caller, or the one named by userId when
// that is the caller or the caller administers the node.
func (c *call) user() (library.ID, error) {
	asked := c.q.id("userid")
	if p := c.Param("userId"); p != "" {
		id, err := library.ParseID(p)
		if err != nil {
			return library.ID{}, errNotFound
		}
		asked = id
	}
	if asked.IsZero() || asked == c.who.User.ID {
		return c.who.User.ID, nil
	}
	if !c.who.Admin() {
		return library.ID{}, errForbidden
	}
	if _, err := c.api.Accounts.User(asked); err != nil {
		return library.ID{}, errNotFound
	}
	return asked, nil
}

// viewer is what the person the call is for may see and has watched.
func (c *call) viewer() (library.Viewer, error) {
	id, err := c.user()
	if err != nil {
		return library.Viewer{}, err
	}
	return c.viewerOf(id)
}

func (c *call) viewerOf(id library.ID) (library.Viewer, error) {
	if id.IsZero() { // an API key belongs to nobody and sees everything
		return library.Viewer{}, nil
	}
	if _, err := c.api.Accounts.User(id); err != nil {
		return library.Viewer{}, errNotFound
	}
	return c.api.viewerFor(id), nil
}

// viewerFor is what a person may see and has watched; of somebody who is gone, nothing.
func (a *API) viewerFor(id library.ID) library.Viewer {
	u, err := a.Accounts.User(id)
	if err != nil {
		return library.Viewer{User: id, Libraries: map[library.ID]bool{}}
	}
	return library.Viewer{User: id, State: a.Store.State(id), Libraries: u.LibrarySet(), Rights: u.Rights()}
}

// itemID reads a path parameter as an item's id.
func (c *call) itemID(name string) (library.ID, error) {
	id, err := library.ParseID(c.Param(name))
	if err != nil {
		return library.ID{}, errNotFound
	}
	return id, nil
}

// visible returns the card of an item if the viewer may know of it.
func (c *call) visible(v library.Viewer, id library.ID) (*library.Card, error) {
	if card, ok := c.view.Visible(v, id); ok {
		return card, nil
	}
	if card, ok := c.view.EntityByID(v, id); ok {
		return card, nil
	}
	return nil, errNotFound
}

// open returns the full record of an item that the caller may play or look at: they
// are signed in and may see it, or their address was handed it a while ago.
func (c *call) open(id library.ID) (*library.Item, error) {
	if c.who.Zero() {
		if !c.api.Accounts.Grants.Allows(c.at, id) {
			return nil, errUnauthorised
		}
		return c.api.Store.Item(id)
	}
	v, err := c.viewerOf(c.who.User.ID)
	if err != nil {
		return nil, err
	}
	if _, err := c.visible(v, id); err != nil {
		return nil, err
	}
	return c.api.Store.Item(id)
}

// grant remembers that the caller was handed items, for clients that fetch their
// streams, subtitles and images without a token.
func (c *call) grant(ids ...library.ID) {
	if !c.who.Zero() {
		c.api.Accounts.Grants.Give(c.at, c.who.TokenHash, ids...)
	}
}
