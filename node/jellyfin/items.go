package jellyfin

import (
	"encoding/binary"
	"time"

	"sett/node/jellyfin/dto"
	"sett/node/library"
)

var itemRoutes = []Route{
	{Method: "GET", Path: "/Items", Access: User, Do: (*API).items, Also: []string{"/Users/:userId/Items"}},
	{Method: "GET", Path: "/Items/Latest", Access: User, Do: (*API).latest, Also: []string{"/Users/:userId/Items/Latest"}},
	{Method: "GET", Path: "/UserItems/Resume", Access: User, Do: (*API).resume, Also: []string{"/Users/:userId/Items/Resume"}},
	{Method: "GET", Path: "/Items/Suggestions", Access: User, Do: (*API).suggestions, Also: []string{"/Users/:userId/Suggestions"}},
	{Method: "GET", Path: "/Items/Counts", Access: User, Do: (*API).counts},
	{Method: "GET", Path: "/Items/Filters", Access: User, Do: (*API).filters},
	{Method: "GET", Path: "/Items/Filters2", Access: User, Do: (*API).filters2},
	{Method: "GET", Path: "/Items/Root", Access: User, Do: (*API).root, Also: []string{"/Users/:userId/Items/Root"}},
	{Method: "GET", Path: "/Items/:itemId", Access: User, Do: (*API).item, Also: []string{"/Users/:userId/Items/:itemId"}},
	{Method: "GET", Path: "/Items/:itemId/Similar", Access: User, Do: (*API).similar, Also: []string{
		"/Artists/:itemId/Similar", "/Albums/:itemId/Similar", "/Movies/:itemId/Similar", "/Shows/:itemId/Similar", "/Trailers/:itemId/Similar"}},
	{Method: "GET", Path: "/Items/:itemId/Ancestors", Access: User, Do: (*API).ancestors},
	{Method: "GET", Path: "/Items/:itemId/ThemeMedia", Access: User, Do: (*API).themes},
	{Method: "GET", Path: "/Items/:itemId/Intros", Access: User, Do: (*API).noItems, Also: []string{"/Users/:userId/Items/:itemId/Intros"}},
	{Method: "GET", Path: "/Items/:itemId/SpecialFeatures", Access: User, Do: (*API).specialFeatures, Also: []string{"/Users/:userId/Items/:itemId/SpecialFeatures"}},
	{Method: "GET", Path: "/Items/:itemId/LocalTrailers", Access: User, Do: (*API).localTrailers, Also: []string{"/Users/:userId/Items/:itemId/LocalTrailers"}},
	{Method: "GET", Path: "/Videos/:itemId/AdditionalParts", Access: User, Do: (*API).noItems},
	{Method: "GET", Path: "/Search/Hints", Access: User, Do: (*API).searchHints},
}

func (a *API) items(c *call) error {
	v, err := c.viewer()
	if err != nil {
		return err
	}
	q := c.itemQuery(v)
	switch { // asking for names through the list of things is an old habit of clients
	case len(q.Kinds) == 1 && q.Kinds[0].IsEntity() && len(q.IDs) == 0:
		return c.page(c.view.Entities(q.Kinds[0], q), q.Start, c.wants(v))
	case rootQuery(q):
		cards := append(c.view.Libraries(v), c.view.Shelves(v)...)
		return c.page(library.Page{Cards: cards, Total: len(cards)}, 0, c.wants(v))
	}
	if !q.Parent.IsZero() {
		if _, err := c.visible(v, q.Parent); err != nil {
			return c.page(library.Page{}, q.Start, c.wants(v))
		}
	}
	if id := c.q.id("adjacentto"); !id.IsZero() {
		q.Start, q.Limit = 0, 0
		cards := around(c.view.Find(q).Cards, id)
		return c.page(library.Page{Cards: cards, Total: len(cards)}, 0, c.wants(v))
	}
	return c.page(c.view.Find(q), q.Start, c.wants(v))
}

// rootQuery reports whether a query asks for the top of the tree.
func rootQuery(q library.Query) bool {
	return q.Parent.IsZero() && !q.Recursive && len(q.IDs) == 0 && q.Search == "" && len(q.Kinds) == 0 &&
		len(q.PersonIDs) == 0 && len(q.GenreIDs) == 0 && len(q.StudioIDs) == 0 && len(q.ArtistIDs) == 0 &&
		len(q.AlbumArtistIDs) == 0 && len(q.AlbumIDs) == 0 && len(q.Years) == 0 && q.IsFavorite == nil && q.IsPlayed == nil && q.IsResumable == nil
}

func (a *API) item(c *call) error {
	v, err := c.viewer()
	if err != nil {
		return err
	}
	id, err := c.itemID("itemId")
	if err != nil {
		return err
	}
	card, err := c.visible(v, id)
	if err != nil {
		return err
	}
	w := c.wants(v)
	w.fields = dto.AllFields
	return c.one(card, w)
}

const maxLatest = 500

func (a *API) latest(c *call) error {
	v, err := c.viewer()
	if err != nil {
		return err
	}
	latest := c.view.Latest(library.LatestQuery{
		Viewer: v, Parent: c.q.id("parentid"), Kinds: c.q.kinds("includeitemtypes"), IsPlayed: c.latestPlayed(v), Exclude: c.latestExcludes(v),
		Group: c.q.flag("groupitems", true), Limit: min(max(1, c.q.integer("limit", 20)), maxLatest),
	})
	cards := make([]*library.Card, len(latest))
	for i, l := range latest {
		cards[i] = l.Card
	}
	w := c.wants(v)
	w.childCount = func(i int) int { return latest[i].Count }
	return c.list(cards, w)
}

func (a *API) resume(c *call) error {
	v, err := c.viewer()
	if err != nil {
		return err
	}
	q := c.itemQuery(v)
	return c.page(c.view.Resume(library.ResumeQuery{
		Viewer: v, Parent: q.Parent, Kinds: q.Kinds, Not: q.ExcludeKinds, Media: q.Media, Exclude: append(q.Exclude, c.playingNow()...),
		Search: q.Search, Start: q.Start, Limit: q.Limit,
	}), q.Start, c.wants(v))
}

func (a *API) suggestions(c *call) error {
	v, err := c.viewer()
	if err != nil {
		return err
	}
	q := c.itemQuery(v)
	q.Kinds = c.q.kinds("type")
	if len(q.Kinds) == 0 {
		q.Kinds = c.q.kinds("includeitemtypes")
	}
	for _, m := range c.q.list("mediatype") {
		q.Media = append(q.Media, library.MediaType(title(m)))
	}
	seed := binary.BigEndian.Uint64(v.User[:8]) + uint64(time.Now().Unix()/3600) // the same for an hour: no jumping rows
	cards := c.view.Suggestions(v, q.Kinds, q.Media, seed, min(max(1, c.q.integer("limit", 20)), maxLatest))
	return c.page(library.Page{Cards: cards, Total: len(cards)}, 0, c.wants(v))
}

func (a *API) similar(c *call) error {
	v, err := c.viewer()
	if err != nil {
		return err
	}
	id, err := c.itemID("itemId")
	if err != nil {
		return err
	}
	card, err := c.visible(v, id)
	if err != nil {
		return err
	}
	cards := c.view.Similar(card.ID, v, c.q.kinds("includeitemtypes"), min(max(1, c.q.integer("limit", 12)), maxLatest))
	if not := c.q.ids("excludeartistids"); len(not) > 0 && len(cards) > 0 {
		cards = c.view.Find(library.Query{Viewer: v, IDs: idsOfCards(cards), WithoutArtistIDs: not}).Cards
	}
	return c.page(library.Page{Cards: cards, Total: len(cards)}, 0, c.wants(v))
}

func (a *API) ancestors(c *call) error {
	v, err := c.viewer()
	if err != nil {
		return err
	}
	id, err := c.itemID("itemId")
	if err != nil {
		return err
	}
	if _, err := c.visible(v, id); err != nil {
		return err
	}
	return c.list(c.view.Ancestors(v, id), c.wants(v))
}

// root is the folder above the libraries, which exists only in the API.
func (a *API) root(c *call) error {
	return c.json(map[string]any{
		"Id": library.NewID("root").String(), "ServerId": a.Store.ServerID(), "Name": "Media Folders", "Type": "UserRootFolder",
		"IsFolder": true, "MediaType": "Unknown", "ImageTags": map[string]string{}, "BackdropImageTags": []string{}, "LocationType": "FileSystem",
	})
}

func (a *API) counts(c *call) error {
	v, err := c.viewer()
	if err != nil {
		return err
	}
	n := c.view.Counts(v)
	if favourite := c.q.flagPtr("isfavorite"); favourite != nil {
		n = c.view.CountKinds(library.Query{Viewer: v, IsFavorite: favourite})
	}
	return c.json(dto.Counts{
		MovieCount: n[library.Movie], SeriesCount: n[library.Series], EpisodeCount: n[library.Episode], ArtistCount: n[library.MusicArtist],
		TrailerCount: n[library.Trailer], SongCount: n[library.Audio], AlbumCount: n[library.MusicAlbum],
		MusicVideoCount: n[library.MusicVideo], BoxSetCount: n[library.BoxSet], BookCount: n[library.Book] + n[library.AudioBook],
		ItemCount: sum(n),
	})
}

func sum(n library.KindCounts) int {
	total := 0
	for _, k := range n {
		total += k
	}
	return total
}

func (a *API) filters(c *call) error {
	v, err := c.viewer()
	if err != nil {
		return err
	}
	q := c.itemQuery(v)
	q.Recursive = true
	f := c.view.Filters(q)
	return c.json(dto.Filters{Genres: some(f.Genres), Tags: some(f.Tags), OfficialRatings: some(f.OfficialRatings), Years: some(f.Years)})
}

func (a *API) filters2(c *call) error {
	v, err := c.viewer()
	if err != nil {
		return err
	}
	q := c.itemQuery(v)
	q.Recursive = true
	f := c.view.Filters(q)
	genres := []dto.NameID{}
	for _, g := range f.Genres {
		genres = append(genres, dto.NameID{Name: g, ID: library.EntityID(library.Genre, g).String()})
	}
	return c.json(struct {
		Genres []dto.NameID
		Tags   []string
	}{genres, some(f.Tags)})
}

func some[T any](l []T) []T {
	if l == nil {
		return []T{}
	}
	return l
}

// noItems answers for lists that an item could have and ours have not.
func (a *API) noItems(c *call) error {
	if _, err := c.known(); err != nil {
		return err
	}
	return c.json(map[string]any{"Items": []struct{}{}, "TotalRecordCount": 0, "StartIndex": 0})
}

// known is the item of the path, if the caller may know of it.
func (c *call) known() (library.ID, error) {
	v, err := c.viewer()
	if err != nil {
		return library.ID{}, err
	}
	id, err := c.itemID("itemId")
	if err != nil {
		return library.ID{}, err
	}
	_, err = c.visible(v, id)
	return id, err
}
