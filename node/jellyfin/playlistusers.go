package jellyfin

import (
	"slices"

	"sett/node/jellyfin/dto"
	"sett/node/library"
)

var playlistUserRoutes = []Route{
	{Method: "GET", Path: "/Playlists/:playlistId/Users", Access: User, Do: (*API).playlistUsers},
	{Method: "GET", Path: "/Playlists/:playlistId/Users/:userId", Access: User, Do: (*API).playlistUser},
	{Method: "POST", Path: "/Playlists/:playlistId/Users/:userId", Access: User, Do: (*API).sharePlaylist},
	{Method: "DELETE", Path: "/Playlists/:playlistId/Users/:userId", Access: User, Do: (*API).unsharePlaylist},
}

// sharesSeen are the people a playlist is shared with, as far as the caller may know:
// the owner knows all, others themselves.
func (c *call) sharesSeen(it *library.Item) []playlistUser {
	out := []playlistUser{}
	for _, s := range it.Shares {
		if it.Owner == c.who.User.ID || s.User == c.who.User.ID {
			out = append(out, playlistUser{dto.ID(s.User), s.Edit})
		}
	}
	return out
}

// sharedPlaylist is the playlist of the path and the person of the path. The playlist is
// looked up for the caller: naming somebody else takes no right here.
func (c *call) sharedPlaylist() (*library.Item, library.ID, error) {
	v, err := c.viewerOf(c.who.User.ID)
	if err != nil {
		return nil, library.ID{}, err
	}
	id, err := c.itemID("playlistId")
	if err != nil {
		return nil, id, err
	}
	card, err := c.visible(v, id)
	if err != nil || card.Kind != library.Playlist {
		return nil, id, errNotFound
	}
	it, err := c.api.Store.Item(id)
	if err != nil {
		return nil, id, err
	}
	user := library.ID{}
	if c.Param("userId") != "" {
		user, err = c.itemID("userId")
	}
	return it, user, err
}

func (a *API) playlistUsers(c *call) error {
	it, _, err := c.sharedPlaylist()
	if err != nil {
		return err
	}
	if it.Owner != c.who.User.ID {
		return errForbidden
	}
	return c.json(c.sharesSeen(it))
}

// playlistUser says what a person may do with a playlist; clients show their editing
// buttons by it.
func (a *API) playlistUser(c *call) error {
	it, user, err := c.sharedPlaylist()
	if err != nil {
		return err
	}
	switch {
	case user == c.who.User.ID && c.mayEdit(it), user == it.Owner:
		return c.json(playlistUser{dto.ID(user), true})
	case user != c.who.User.ID && it.Owner != c.who.User.ID:
		return errForbidden
	}
	i := slices.IndexFunc(it.Shares, func(s library.Share) bool { return s.User == user })
	if i < 0 {
		return errNotFound
	}
	return c.json(playlistUser{dto.ID(user), it.Shares[i].Edit})
}

func (a *API) sharePlaylist(c *call) error {
	var in struct{ CanEdit *bool }
	if err := c.body(&in); err != nil {
		return err
	}
	it, user, err := c.sharedPlaylist()
	if err != nil {
		return err
	}
	if it.Owner != c.who.User.ID {
		return errForbidden
	}
	if _, err := a.Accounts.User(user); err != nil || user == it.Owner {
		return errNotFound
	}
	return c.setShare(it.ID, func(shares []library.Share) []library.Share {
		return append(shares, library.Share{User: user, Edit: in.CanEdit != nil && *in.CanEdit})
	}, user)
}

// unsharePlaylist takes a person out: by the owner, or by themselves.
func (a *API) unsharePlaylist(c *call) error {
	it, user, err := c.sharedPlaylist()
	if err != nil {
		return err
	}
	if it.Owner != c.who.User.ID && user != c.who.User.ID {
		return errForbidden
	}
	return c.setShare(it.ID, func(shares []library.Share) []library.Share { return shares }, user)
}

// setShare takes a person out of the shares and lets change put them back.
func (c *call) setShare(id library.ID, change func([]library.Share) []library.Share, user library.ID) error {
	err := c.api.Store.Update(c.Request().Context(), id, func(it *library.Item) error {
		shares := slices.DeleteFunc(slices.Clone(it.Shares), func(s library.Share) bool { return s.User == user })
		it.Shares = change(shares)
		return nil
	})
	if err != nil {
		return err
	}
	return c.done()
}
