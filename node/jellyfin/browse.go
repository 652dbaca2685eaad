package jellyfin

import (
	"net/url"

	"sett/node/jellyfin/dto"
	"sett/node/library"
)

var browseRoutes = []Route{
	{Method: "GET", Path: "/Genres", Access: User, Do: (*API).genres},
	{Method: "GET", Path: "/Genres/:name", Access: User, Do: entityByName(library.Genre)},
	{Method: "GET", Path: "/MusicGenres", Access: User, Do: entities(library.MusicGenre)},
	{Method: "GET", Path: "/MusicGenres/:name", Access: User, Do: entityByName(library.MusicGenre)},
	{Method: "GET", Path: "/Studios", Access: User, Do: entities(library.Studio)},
	{Method: "GET", Path: "/Studios/:name", Access: User, Do: entityByName(library.Studio)},
	{Method: "GET", Path: "/Persons", Access: User, Do: (*API).persons},
	{Method: "GET", Path: "/Persons/:name", Access: User, Do: entityByName(library.Person)},
	{Method: "GET", Path: "/Years", Access: User, Do: entities(library.Year)},
	{Method: "GET", Path: "/Artists", Access: User, Do: entities(library.MusicArtist)},
	{Method: "GET", Path: "/Artists/AlbumArtists", Access: User, Do: (*API).albumArtists},
	{Method: "GET", Path: "/Artists/:name", Access: User, Do: entityByName(library.MusicArtist)},
}

// genres lists film genres, or music genres when asked below a music library.
func (a *API) genres(c *call) error {
	kind := library.Genre
	if p, ok := c.view.Card(c.q.id("parentid")); ok && p.Collection == library.Music {
		kind = library.MusicGenre
	}
	return entities(kind)(a, c)
}

func entities(kind library.Kind) func(*API, *call) error {
	return func(a *API, c *call) error {
		v, err := c.viewer()
		if err != nil {
			return err
		}
		q := c.itemQuery(v)
		q.Recursive = true
		return c.page(c.view.Entities(kind, q), q.Start, c.wants(v))
	}
}

func (a *API) albumArtists(c *call) error {
	v, err := c.viewer()
	if err != nil {
		return err
	}
	q := c.itemQuery(v)
	q.Recursive = true
	return c.page(c.view.AlbumArtists(q), q.Start, c.wants(v))
}

func entityByName(kind library.Kind) func(*API, *call) error {
	return func(a *API, c *call) error {
		v, err := c.viewer()
		if err != nil {
			return err
		}
		name := c.Param("name")
		if c.Request().URL.RawPath != "" { // then the router hands parameters out as they were sent
			if plain, err := url.PathUnescape(name); err == nil {
				name = plain
			}
		}
		card, ok := c.view.EntityByName(v, kind, name)
		if !ok {
			return errNotFound
		}
		w := c.wants(v)
		w.fields = dto.AllFields
		return c.one(card, w)
	}
}
