package jellyfin

import (
	"errors"
	"slices"
	"time"

	"sett/node/jellyfin/dto"
	"sett/node/library"
	"sett/node/store"
)

var playlistRoutes = []Route{
	{Method: "POST", Path: "/Playlists", Access: User, Do: (*API).createPlaylist},
	{Method: "GET", Path: "/Playlists/:playlistId/Items", Access: User, Do: (*API).playlistItems},
	{Method: "POST", Path: "/Playlists/:playlistId/Items", Access: User, Do: (*API).addToPlaylist},
	{Method: "DELETE", Path: "/Playlists/:playlistId/Items", Access: User, Do: (*API).removeFromPlaylist},
	{Method: "POST", Path: "/Playlists/:playlistId/Items/:itemId/Move/:newIndex", Access: User, Do: (*API).movePlaylistItem},
	{Method: "DELETE", Path: "/Items/:itemId", Access: User, Do: (*API).deleteItem},
}

// playlist is a person's own list of items. The list itself is also an item of the
// library, so that it is found like any other.
type playlist struct {
	Owner   library.ID
	Media   string
	Entries []playlistEntry
}

type playlistEntry struct {
	ID   string // names the entry, since an item may come twice
	Item library.ID
}

const maxPlaylist = 10_000

func (a *API) playlists() store.Table[playlist] { return store.TableOf[playlist](a.Store, "playlists") }

// playlist returns a list the caller may change: their own.
func (c *call) playlist() (library.ID, playlist, error) {
	id, err := c.itemID("playlistId")
	if err != nil {
		return id, playlist{}, err
	}
	p, err := c.api.playlists().Get(id.String())
	if errors.Is(err, store.ErrNotFound) || err == nil && p.Owner != c.who.User.ID && !c.who.Admin() {
		return id, p, errNotFound
	}
	return id, p, err
}

func (a *API) createPlaylist(c *call) error {
	var in struct {
		Name      string
		Ids       []dto.ID
		MediaType string
	}
	if err := c.body(&in); err != nil {
		return err
	}
	if in.Name == "" {
		in.Name, in.MediaType = c.q.str("name"), c.q.str("mediatype")
	}
	if in.Name == "" || len(in.Name) > 300 {
		return badRequest("A playlist needs a name of 1 to 300 characters.")
	}
	v, err := c.viewer()
	if err != nil {
		return err
	}
	ids := c.q.ids("ids")
	for _, id := range in.Ids {
		ids = append(ids, library.ID(id))
	}
	p := playlist{Owner: v.User, Media: in.MediaType, Entries: c.entries(v, ids)}
	id := randomID()
	if err := a.playlists().Put(c.Request().Context(), id.String(), p); err != nil {
		return err
	}
	item := &library.Item{ID: id, Kind: library.Playlist, Library: id, Name: in.Name, SortName: in.Name, Added: time.Now()}
	if err := a.Store.Apply(c.Request().Context(), library.Change{Put: item}); err != nil {
		return err
	}
	return c.json(map[string]string{"Id": id.String()})
}

// entries makes list entries of those ids the person may see.
func (c *call) entries(v library.Viewer, ids []library.ID) []playlistEntry {
	var out []playlistEntry
	for _, id := range ids {
		if _, err := c.visible(v, id); err == nil {
			out = append(out, playlistEntry{randomID().String(), id})
		}
	}
	return out
}

func (a *API) playlistItems(c *call) error {
	_, p, err := c.playlist()
	if err != nil {
		return err
	}
	v, err := c.viewer()
	if err != nil {
		return err
	}
	var cards []*library.Card
	var entries []string
	for _, e := range p.Entries {
		if card, err := c.visible(v, e.Item); err == nil {
			cards, entries = append(cards, card), append(entries, e.ID)
		}
	}
	total := len(cards)
	start := min(max(0, c.q.integer("startindex", 0)), total)
	end := total
	if n := c.q.integer("limit", 0); n > 0 {
		end = min(total, start+n)
	}
	w := c.wants(v)
	w.playlist = func(i int) string { return entries[start+i] }
	return c.page(library.Page{Cards: cards[start:end], Total: total}, start, w)
}

// edit changes a list in one durable step.
func (c *call) edit(f func(*playlist) error) error {
	id, _, err := c.playlist()
	if err != nil {
		return err
	}
	_, err = c.api.playlists().Update(c.Request().Context(), id.String(), func(p playlist, ok bool) (playlist, error) {
		if !ok {
			return p, errNotFound // deleted a moment ago
		}
		err := f(&p)
		return p, err
	})
	if err != nil {
		return err
	}
	return c.done()
}

func (a *API) addToPlaylist(c *call) error {
	v, err := c.viewer()
	if err != nil {
		return err
	}
	more := c.entries(v, c.q.ids("ids"))
	return c.edit(func(p *playlist) error {
		if len(p.Entries)+len(more) > maxPlaylist {
			return badRequest("A playlist holds at most %d entries.", maxPlaylist)
		}
		p.Entries = append(p.Entries, more...)
		return nil
	})
}

func (a *API) removeFromPlaylist(c *call) error {
	gone := c.q.list("entryids")
	return c.edit(func(p *playlist) error {
		p.Entries = slices.DeleteFunc(p.Entries, func(e playlistEntry) bool { return slices.Contains(gone, e.ID) })
		return nil
	})
}

func (a *API) movePlaylistItem(c *call) error {
	entry := c.Param("itemId")
	to := params{"to": {c.Param("newIndex")}}.integer("to", -1)
	return c.edit(func(p *playlist) error {
		i := slices.IndexFunc(p.Entries, func(e playlistEntry) bool { return e.ID == entry })
		if i < 0 || to < 0 || to >= len(p.Entries) {
			return errNotFound
		}
		moved := p.Entries[i]
		p.Entries = slices.Insert(slices.Delete(p.Entries, i, i+1), to, moved)
		return nil
	})
}

// deleteItem deletes a playlist. Media files are not deleted over the API yet: that
// needs an explicit right and a bin folder.
func (a *API) deleteItem(c *call) error {
	id, err := c.itemID("itemId")
	if err != nil {
		return err
	}
	v, err := c.viewer()
	if err != nil {
		return err
	}
	p, err := a.playlists().Get(id.String())
	if errors.Is(err, store.ErrNotFound) {
		if _, err := c.visible(v, id); err != nil {
			return err
		}
		return errForbidden
	}
	if err != nil {
		return err
	}
	if p.Owner != v.User && !c.who.Admin() {
		return errNotFound
	}
	if err := a.Store.Apply(c.Request().Context(), library.Change{Remove: id}); err != nil {
		return err
	}
	if err := a.playlists().Delete(c.Request().Context(), id.String()); err != nil {
		return err
	}
	return c.done()
}
