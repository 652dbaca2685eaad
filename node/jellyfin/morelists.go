package jellyfin

import (
	"slices"

	"sett/node/account"
	"sett/node/jellyfin/dto"
	"sett/node/library"
)

var moreListRoutes = []Route{
	{Method: "GET", Path: "/Trailers", Access: User, Do: (*API).trailers},
	{Method: "GET", Path: "/Movies/Recommendations", Access: User, Do: (*API).recommendations},
}

// configuration is what the person that a call is for set for themselves.
func (c *call) configuration(v library.Viewer) account.Configuration {
	u, err := c.api.Accounts.User(v.User)
	if err != nil {
		return account.Configuration{}
	}
	return u.Configuration
}

func parseIDs(list []string) []library.ID {
	var out []library.ID
	for _, s := range list {
		if id, err := library.ParseID(s); err == nil {
			out = append(out, id)
		}
	}
	return out
}

// latestPlayed is whether the newest items are to be played ones: as asked, else what the
// person set.
func (c *call) latestPlayed(v library.Viewer) *bool {
	if b := c.q.flagPtr("isplayed"); b != nil {
		return b
	}
	if c.configuration(v).HidePlayedInLatest {
		return new(bool)
	}
	return nil
}

func (c *call) latestExcludes(v library.Viewer) []library.ID {
	return parseIDs(c.configuration(v).LatestItemsExcludes)
}

// ownViews puts libraries in the person's order and leaves out those they do not want to
// see, unless asked for all.
func (c *call) ownViews(v library.Viewer, cards []*library.Card) []*library.Card {
	conf := c.configuration(v)
	if !c.q.flag("includehidden", false) {
		not := parseIDs(conf.MyMediaExcludes)
		cards = slices.DeleteFunc(cards, func(card *library.Card) bool { return slices.Contains(not, card.ID) })
	}
	order := parseIDs(conf.OrderedViews)
	place := func(card *library.Card) int {
		if i := slices.Index(order, card.ID); i >= 0 {
			return i
		}
		return len(order)
	}
	slices.SortStableFunc(cards, func(a, b *library.Card) int { return place(a) - place(b) })
	return cards
}

// playingNow is what the person plays on some device, when the caller wants it left out.
func (c *call) playingNow() []library.ID {
	if !c.q.flag("excludeactivesessions", false) {
		return nil
	}
	s := c.api.sessions
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []library.ID
	for _, one := range s.byID {
		if one.playing != nil && one.who.User.ID == c.who.User.ID {
			out = append(out, one.playing.ID)
		}
	}
	return out
}

func idsOfCards(cards []*library.Card) []library.ID {
	out := make([]library.ID, len(cards))
	for i, card := range cards {
		out[i] = card.ID
	}
	return out
}

// persons lists people: all, those of one item, or those with some sort of credit.
func (a *API) persons(c *call) error {
	v, err := c.viewer()
	if err != nil {
		return err
	}
	q := c.itemQuery(v)
	q.Recursive = true
	start, most := q.Start, q.Limit
	not, in := c.q.list("excludepersontypes"), c.q.id("appearsinitemid")
	if len(not) == 0 && in.IsZero() {
		return c.page(c.view.Entities(library.Person, q), start, c.wants(v))
	}
	q.Start, q.Limit = 0, 0
	if !in.IsZero() {
		if _, err := c.visible(v, in); err != nil {
			return err
		}
	}
	cards := c.view.Entities(library.Person, q).Cards
	if !in.IsZero() {
		cards = slices.DeleteFunc(cards, func(card *library.Card) bool {
			return c.view.Find(library.Query{Viewer: v, IDs: []library.ID{in}, Persons: []string{card.Name}, Limit: -1}).Total == 0
		})
	}
	if len(not) > 0 {
		types := slices.DeleteFunc(library.CreditTypes(), func(t string) bool {
			return slices.ContainsFunc(not, func(n string) bool { return library.Fold(n) == library.Fold(t) })
		})
		q.PersonTypes = types
		kept := map[library.ID]bool{}
		for _, card := range c.view.Entities(library.Person, q).Cards {
			kept[card.ID] = true
		}
		cards = slices.DeleteFunc(cards, func(card *library.Card) bool { return !kept[card.ID] })
	}
	total := len(cards)
	start = min(start, total)
	cards = cards[start:]
	if most != 0 {
		cards = cards[:min(max(0, most), len(cards))]
	}
	return c.page(library.Page{Cards: cards, Total: total}, start, c.wants(v))
}

// searchSorts leaves out the sorts of things that a search is not for.
func (c *call) searchSorts(q *library.Query) {
	for name, kinds := range map[string][]library.Kind{
		"includepeople": {library.Person}, "includegenres": {library.Genre, library.MusicGenre},
		"includestudios": {library.Studio}, "includeartists": {library.MusicArtist},
	} {
		if !c.q.flag(name, true) {
			q.ExcludeKinds = append(q.ExcludeKinds, kinds...)
		}
	}
	if !c.q.flag("includemedia", true) {
		q.Kinds = append(q.Kinds, library.Person, library.Genre, library.MusicGenre, library.Studio, library.MusicArtist)
	}
}

func (a *API) trailers(c *call) error {
	v, err := c.viewer()
	if err != nil {
		return err
	}
	q := c.itemQuery(v)
	q.Kinds, q.Recursive = []library.Kind{library.Trailer}, true
	return c.page(c.view.Find(q), q.Start, c.wants(v))
}

// specialFeatures, localTrailers and themes are what lies beside an item.
func (a *API) specialFeatures(c *call) error {
	return a.extras(c, func(k library.ExtraKind) bool { return k.IsSpecialFeature() })
}

func (a *API) localTrailers(c *call) error {
	return a.extras(c, func(k library.ExtraKind) bool { return k == library.TrailerExtra })
}

func (a *API) extras(c *call, which func(library.ExtraKind) bool) error {
	v, id, err := c.knownTo()
	if err != nil {
		return err
	}
	cards := slices.DeleteFunc(c.view.Extras(v, id), func(card *library.Card) bool { return !which(card.Extra()) })
	w := c.wants(v)
	w.fields = dto.AllFields
	return c.list(cards, w)
}

func (c *call) knownTo() (library.Viewer, library.ID, error) {
	v, err := c.viewer()
	if err != nil {
		return v, library.ID{}, err
	}
	id, err := c.known()
	return v, id, err
}

type themeResult struct {
	Items            rawItems
	TotalRecordCount int
	StartIndex       int
	OwnerID          string `json:"OwnerId"`
}

type rawItems []byte

// MarshalJSON implements json.Marshaler.
func (r rawItems) MarshalJSON() ([]byte, error) { return r, nil }

func (a *API) themes(c *call) error {
	v, id, err := c.knownTo()
	if err != nil {
		return err
	}
	w := c.wants(v)
	of := func(kinds ...library.ExtraKind) (themeResult, error) {
		cards := c.view.Extras(v, id, kinds...)
		if len(kinds) == 0 {
			cards = nil
		}
		body, err := c.appendItems(nil, cards, w)
		return themeResult{Items: body, TotalRecordCount: len(cards), OwnerID: id.String()}, err
	}
	songs, err1 := of(library.ThemeSong)
	videos, err2 := of(library.ThemeVideo)
	none, err3 := of()
	for _, err := range [...]error{err1, err2, err3} {
		if err != nil {
			return err
		}
	}
	return c.json(struct{ ThemeVideosResult, ThemeSongsResult, SoundtrackSongsResult themeResult }{videos, songs, none})
}

// recommendation is a RecommendationDto.
type recommendation struct {
	Items              rawItems
	RecommendationType string
	BaselineItemName   string
	CategoryID         string `json:"CategoryId"`
}

// recommendations lists films like those the person watched last, a row for each.
func (a *API) recommendations(c *call) error {
	v, err := c.viewer()
	if err != nil {
		return err
	}
	rows, each := bounded(c.q.integer("categorylimit", 5), 1, 20), bounded(c.q.integer("itemlimit", 8), 1, 50)
	parent := c.q.id("parentid")
	seen := c.view.Find(library.Query{
		Viewer: v, Parent: parent, Recursive: true, Kinds: []library.Kind{library.Movie}, IsPlayed: new(true), Limit: rows,
		Sort: []library.Sort{{By: library.SortDatePlayed, Desc: true}},
	}).Cards
	out := []recommendation{}
	w := c.wants(v)
	for _, base := range seen {
		cards := c.view.Similar(base.ID, v, []library.Kind{library.Movie}, each)
		if len(cards) == 0 {
			continue
		}
		body, err := c.appendItems(nil, cards, w)
		if err != nil {
			return err
		}
		out = append(out, recommendation{body, "SimilarToRecentlyPlayed", base.Name, base.ID.String()})
	}
	return c.json(out)
}
