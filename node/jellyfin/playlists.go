package jellyfin

import (
	"slices"
	"time"

	"sett/node/jellyfin/dto"
	"sett/node/library"
)

var playlistRoutes = []Route{
	{Method: "POST", Path: "/Playlists", Access: User, Do: (*API).createPlaylist},
	{Method: "GET", Path: "/Playlists/:playlistId", Access: User, Do: (*API).getPlaylist},
	{Method: "POST", Path: "/Playlists/:playlistId", Access: User, Do: (*API).updatePlaylist},
	{Method: "GET", Path: "/Playlists/:playlistId/Items", Access: User, Do: (*API).playlistItems},
	{Method: "POST", Path: "/Playlists/:playlistId/Items", Access: User, Do: (*API).addToPlaylist},
	{Method: "DELETE", Path: "/Playlists/:playlistId/Items", Access: User, Do: (*API).removeFromPlaylist},
	{Method: "POST", Path: "/Playlists/:playlistId/Items/:itemId/Move/:newIndex", Access: User, Do: (*API).movePlaylistItem},
}

const (
	maxPlaylist = 10_000 // entries
	maxListName = 300    // bytes
)

// playlist returns the playlist of the path as the caller sees it.
func (c *call) playlist() (*library.Item, library.Viewer, error) {
	v, err := c.viewer()
	if err != nil {
		return nil, v, err
	}
	id, err := c.itemID("playlistId")
	if err != nil {
		return nil, v, err
	}
	card, err := c.visible(v, id)
	if err != nil {
		return nil, v, err
	}
	if card.Kind != library.Playlist {
		return nil, v, errNotFound
	}
	it, err := c.api.Store.Item(id)
	return it, v, err
}

// mayEdit reports whether the caller may change a playlist that they see. The household's
// own, found in media folders, are the administrators'.
func (c *call) mayEdit(it *library.Item) bool {
	return it.MayEdit(c.who.User.ID) || it.Owner.IsZero() && c.who.Admin()
}

// editPlaylist changes the playlist of the path in one durable step.
func (c *call) editPlaylist(change func(library.Viewer, *library.Item) error) error {
	it, v, err := c.playlist()
	if err != nil {
		return err
	}
	err = c.api.Store.Update(c.Request().Context(), it.ID, func(now *library.Item) error {
		if !c.mayEdit(now) {
			return errForbidden
		}
		nameEntries(now)
		return change(v, now)
	})
	if err != nil {
		return err
	}
	return c.done()
}

// nameEntries gives entries that a scan found the names clients change them by.
func nameEntries(it *library.Item) {
	it.Members = slices.Clone(it.Members)
	for i := range it.Members {
		if m := &it.Members[i]; m.Entry.IsZero() {
			m.Entry = library.NewID("entry", it.ID.String(), m.Item.String(), string(rune(i)))
		}
	}
}

// playlistIn is the body of making and of changing a playlist.
type playlistIn struct {
	Name      string
	Ids       []dto.ID
	UserID    dto.ID `json:"UserId"`
	MediaType string
	Users     []playlistUser
	IsPublic  *bool
}

type playlistUser struct {
	UserID  dto.ID `json:"UserId"`
	CanEdit bool
}

func (in *playlistIn) ids() []library.ID {
	out := make([]library.ID, len(in.Ids))
	for i, id := range in.Ids {
		out[i] = library.ID(id)
	}
	return out
}

func sharesOf(users []playlistUser, owner library.ID) []library.Share {
	var out []library.Share
	for _, u := range users {
		if id := library.ID(u.UserID); !id.IsZero() && id != owner {
			out = append(out, library.Share{User: id, Edit: u.CanEdit})
		}
	}
	return out
}

func listName(name string) error {
	if name == "" || len(name) > maxListName {
		return badRequest("A list needs a name of 1 to %d characters.", maxListName)
	}
	return nil
}

func (a *API) createPlaylist(c *call) error {
	var in playlistIn
	if err := c.body(&in); err != nil {
		return err
	}
	if in.Name == "" {
		in.Name = c.q.str("name")
	}
	if in.MediaType == "" {
		in.MediaType = c.q.str("mediatype")
	}
	if err := listName(in.Name); err != nil {
		return err
	}
	v, err := c.viewer()
	if err != nil {
		return err
	}
	if v.User.IsZero() {
		return badRequest("This token belongs to no person, who could own a playlist.")
	}
	it := &library.Item{
		ID: randomID(), Kind: library.Playlist, Name: in.Name, SortName: in.Name, Added: time.Now().UTC(), Owner: v.User,
		Public: in.IsPublic != nil && *in.IsPublic, Shares: sharesOf(in.Users, v.User), ListMedia: library.MediaType(title(in.MediaType)),
	}
	it.Members, err = c.entries(v, append(c.q.ids("ids"), in.ids()...))
	if err != nil {
		return err
	}
	if it.ListMedia == library.MediaUnknown {
		it.ListMedia = c.mediaOf(it.Members)
	}
	if err := a.Store.Apply(c.Request().Context(), library.Put(it)); err != nil {
		return err
	}
	return c.json(map[string]string{"Id": it.ID.String()})
}

// mediaOf is what a playlist is for when nobody says: what it begins with.
func (c *call) mediaOf(members []library.Member) library.MediaType {
	for _, m := range members {
		if card, ok := c.view.Card(m.Item); ok && card.Kind.Media() != library.MediaUnknown {
			return card.Kind.Media()
		}
	}
	return library.MediaUnknown
}

// entries makes playlist entries of those ids the person may see. A folder stands for
// what can be played in it.
// maxFolders is how many folders one request may add the contents of.
const maxFolders = 200

func (c *call) entries(v library.Viewer, ids []library.ID) ([]library.Member, error) {
	if len(ids) > maxPlaylist {
		return nil, tooLong()
	}
	var out []library.Member
	folders, leaf := 0, false
	for _, id := range ids {
		card, err := c.visible(v, id)
		if err != nil {
			continue
		}
		cards := []*library.Card{card}
		if card.Kind.IsFolder() {
			if folders++; folders > maxFolders { // each is a look through the library
				return nil, tooLong()
			}
			q := library.Query{Viewer: v, Parent: id, Recursive: true, IsFolder: &leaf, Limit: maxPlaylist, Sort: []library.Sort{
				{By: library.SortSeriesSortName}, {By: library.SortAlbum}, {By: library.SortDefault}}}
			if card.List != nil {
				cards, _ = c.view.Members(v, id)
			} else {
				cards = c.view.Find(q).Cards
			}
		}
		for _, card := range cards {
			if card.Kind.Media() != library.MediaUnknown {
				out = append(out, library.Member{Item: card.ID, Entry: randomID()})
			}
		}
		if len(out) > maxPlaylist {
			return nil, tooLong()
		}
	}
	return out, nil
}

func tooLong() error { return badRequest("A playlist holds at most %d entries.", maxPlaylist) }

func (a *API) getPlaylist(c *call) error {
	it, v, err := c.playlist()
	if err != nil {
		return err
	}
	cards, _ := c.view.Members(v, it.ID)
	ids := []string{}
	for _, card := range cards {
		ids = append(ids, card.ID.String())
	}
	return c.json(struct {
		OpenAccess bool
		Shares     []playlistUser
		ItemIds    []string
	}{it.Public, c.sharesSeen(it), ids})
}

func (a *API) updatePlaylist(c *call) error {
	var in playlistIn
	if err := c.body(&in); err != nil {
		return err
	}
	return c.editPlaylist(func(v library.Viewer, it *library.Item) error {
		if in.Name != "" {
			if err := listName(in.Name); err != nil {
				return err
			}
			it.Name, it.SortName = in.Name, in.Name
		}
		if in.Ids != nil {
			members, err := c.entries(v, in.ids())
			if err != nil {
				return err
			}
			it.Members = members
		}
		if (in.Users != nil || in.IsPublic != nil) && it.Owner != c.who.User.ID {
			return errForbidden
		}
		if in.Users != nil {
			it.Shares = sharesOf(in.Users, it.Owner)
		}
		if in.IsPublic != nil {
			it.Public = *in.IsPublic
		}
		return nil
	})
}

func (a *API) playlistItems(c *call) error {
	it, v, err := c.playlist()
	if err != nil {
		return err
	}
	nameEntries(it)
	cards, at := c.view.Members(v, it.ID)
	total := len(cards)
	start := min(max(0, c.q.integer("startindex", 0)), total)
	end := total
	if n := limit(c.q); n > 0 {
		end = min(total, start+n)
	} else if n < 0 {
		end = start
	}
	w := c.wants(v)
	w.playlist = func(i int) string {
		if n := at[start+i]; n < len(it.Members) { // the list may be younger than the view
			return it.Members[n].Entry.String()
		}
		return ""
	}
	return c.page(library.Page{Cards: cards[start:end], Total: total}, start, w)
}

func (a *API) addToPlaylist(c *call) error {
	return c.editPlaylist(func(v library.Viewer, it *library.Item) error {
		more, err := c.entries(v, c.q.ids("ids"))
		if err != nil {
			return err
		}
		if len(it.Members)+len(more) > maxPlaylist {
			return tooLong()
		}
		at := min(max(0, c.q.integer("position", len(it.Members))), len(it.Members))
		it.Members = slices.Insert(it.Members, at, more...)
		return nil
	})
}

func (a *API) removeFromPlaylist(c *call) error {
	gone := c.q.ids("entryids")
	return c.editPlaylist(func(_ library.Viewer, it *library.Item) error {
		it.Members = slices.DeleteFunc(it.Members, func(m library.Member) bool { return slices.Contains(gone, m.Entry) })
		return nil
	})
}

// movePlaylistItem moves an entry to a place among those the caller sees.
func (a *API) movePlaylistItem(c *call) error {
	entry, err := c.itemID("itemId")
	if err != nil {
		return err
	}
	to := params{"to": {c.Param("newIndex")}}.integer("to", -1)
	return c.editPlaylist(func(v library.Viewer, it *library.Item) error {
		from := slices.IndexFunc(it.Members, func(m library.Member) bool { return m.Entry == entry })
		var seen []int
		for i, m := range it.Members {
			if _, ok := c.view.Visible(v, m.Item); ok {
				seen = append(seen, i)
			}
		}
		if from < 0 || to < 0 || to >= len(seen) {
			return errNotFound
		}
		moved := it.Members[from]
		it.Members = slices.Insert(slices.Delete(it.Members, from, from+1), seen[to], moved)
		return nil
	})
}

// dropPlaylists deletes the playlists of a person who is gone: nobody could see them.
func (a *API) dropPlaylists(c *call, owner library.ID) error {
	var gone []library.Change
	for _, card := range c.view.Find(library.Query{Kinds: []library.Kind{library.Playlist}}).Cards {
		if card.List != nil && card.List.Owner == owner {
			gone = append(gone, library.Remove(card.ID))
		}
	}
	return a.Store.Apply(c.Request().Context(), gone...)
}
