package jellyfin

import (
	"encoding/json"
	"errors"
	"strings"
	"time"

	"sett/node/jellyfin/dto"
	"sett/node/library"
	"sett/node/store"
)

var editRoutes = []Route{
	{Method: "POST", Path: "/Items/:itemId", Access: Admin, Do: (*API).editItem},
	{Method: "GET", Path: "/Items/:itemId/MetadataEditor", Access: Admin, Do: (*API).metadataEditor},
	{Method: "POST", Path: "/Items/:itemId/Refresh", Access: Admin, Do: (*API).refreshItem},
	{Method: "POST", Path: "/Items/:itemId/ContentType", Access: Admin, Do: (*API).setContentType},
}

// edited is the item of the path, as people see it. A genre or a person that so far was
// only a name on other items becomes an item of its own.
func (c *call) edited() (*library.Item, error) {
	v, err := c.viewer()
	if err != nil {
		return nil, err
	}
	id, err := c.itemID("itemId")
	if err != nil {
		return nil, err
	}
	card, err := c.visible(v, id)
	if err != nil {
		return nil, err
	}
	it, err := c.api.Store.Item(id)
	if !errors.Is(err, store.ErrNotFound) {
		return it, err
	}
	if !card.Kind.IsEntity() {
		return nil, errNotFound
	}
	it = itemOfCard(card)
	it.SortName, it.Added = card.Name, time.Now().UTC()
	return it, c.api.Store.Apply(c.Request().Context(), library.Put(it))
}

// itemEdit is the part of a BaseItemDto that people may edit. A member that is not sent
// leaves things as they are; one that is null empties the field.
type itemEdit struct {
	raw map[string]json.RawMessage // by lower-case name
	err error
}

// into reads a member into v; ok is false when it was not sent.
func (e *itemEdit) into(name string, v any) bool {
	raw, ok := e.raw[strings.ToLower(name)]
	if !ok || e.err != nil {
		return false
	}
	if err := json.Unmarshal(raw, v); err != nil {
		e.err = badRequest("%s cannot be read: %v.", name, err)
		return false
	}
	return true
}

func (a *API) editItem(c *call) error {
	item, err := c.edited()
	if err != nil {
		return err
	}
	var sent map[string]json.RawMessage
	if err := c.body(&sent); err != nil {
		return err
	}
	in := itemEdit{raw: make(map[string]json.RawMessage, len(sent))}
	for name, raw := range sent {
		in.raw[strings.ToLower(name)] = raw
	}
	err = a.Store.Edit(c.Request().Context(), item.ID, func(now *library.Item, e *library.Edit) error {
		want := *now
		in.texts(&want)
		in.numbers(&want)
		in.lists(&want)
		if in.err != nil {
			return in.err
		}
		if want.Name == "" {
			return badRequest("An item needs a name.")
		}
		if err := e.SetChanged(now, &want, library.EditableFields()...); err != nil {
			return err
		}
		return in.locks(&want, e)
	})
	if err != nil {
		return err
	}
	return c.done()
}

func (e *itemEdit) texts(it *library.Item) {
	for name, to := range map[string]*string{
		"Name": &it.Name, "Overview": &it.Overview, "OfficialRating": &it.OfficialRating, "Status": &it.Status,
	} {
		e.text(name, to)
	}
	e.text("OriginalTitle", &it.OriginalName)
	before := it.SortName
	if e.text("ForcedSortName", &it.SortName); it.SortName == "" || it.SortName == before {
		it.SortName = before
		e.text("SortName", &it.SortName)
	}
	if it.SortName == "" {
		it.SortName = it.Name
	}
	var taglines []string
	if e.into("Taglines", &taglines) {
		it.Tagline = ""
		if len(taglines) > 0 {
			it.Tagline = taglines[0]
		}
	}
}

func (e *itemEdit) text(name string, to *string) {
	var s *string
	if !e.into(name, &s) {
		return
	}
	*to = ""
	if s != nil {
		*to = strings.TrimSpace(*s)
	}
}

func (e *itemEdit) numbers(it *library.Item) {
	rate := func(name string, to *float32, most float32) {
		var f *float32
		if e.into(name, &f) {
			*to = 0
			if f != nil {
				*to = min(max(0, *f), most)
			}
		}
	}
	rate("CommunityRating", &it.CommunityRating, 10)
	rate("CriticRating", &it.CriticRating, 100)
	var n *dto.Int
	if e.into("ProductionYear", &n) {
		it.Year = 0
		if n != nil {
			it.Year = int(min(max(0, *n), 9999))
		}
	}
	e.number("IndexNumber", &it.Index)
	e.number("IndexNumberEnd", &it.IndexEnd)
	e.number("ParentIndexNumber", &it.ParentIndex)
	var ticks *dto.Int
	if e.into("RunTimeTicks", &ticks) && ticks != nil && *ticks > 0 {
		it.Runtime = library.Ticks(*ticks)
	}
	e.date("PremiereDate", &it.Premiered)
	e.date("EndDate", &it.Ended)
	added := it.Added
	if e.date("DateCreated", &it.Added); it.Added.IsZero() {
		it.Added = added
	}
}

func (e *itemEdit) number(name string, to *library.Number) {
	var n *dto.Int
	if !e.into(name, &n) {
		return
	}
	*to = 0
	if n != nil && *n >= 0 && *n < 1<<30 {
		*to = library.Num(int(*n))
	}
}

// date reads a date. Clients send back what they were sent, cut to tenths of microseconds:
// that is no change.
func (e *itemEdit) date(name string, to *time.Time) {
	var t *dto.Time
	if !e.into(name, &t) {
		return
	}
	var sent time.Time
	if t != nil {
		sent = time.Time(*t).UTC()
	}
	if diff := to.Sub(sent); diff <= -time.Microsecond || diff >= time.Microsecond {
		*to = sent
	}
}

const maxListed = 2000 // names in one list of an edited item

func (e *itemEdit) lists(it *library.Item) {
	for name, to := range map[string]*[]string{"Genres": &it.Genres, "Tags": &it.Tags} {
		var l []string
		if e.into(name, &l) {
			*to = tidy(l)
		}
	}
	for name, to := range map[string]*[]string{"Studios": &it.Studios, "ArtistItems": &it.Artists, "AlbumArtists": &it.AlbumArtists} {
		var l []struct{ Name string }
		if e.into(name, &l) {
			names := make([]string, len(l))
			for i := range l {
				names[i] = l[i].Name
			}
			*to = tidy(names)
		}
	}
	var people []struct{ Name, Type, Role string }
	if e.into("People", &people) {
		it.People = nil
		for _, p := range people[:min(len(people), maxListed)] {
			if p.Name = strings.TrimSpace(p.Name); p.Name != "" {
				it.People = append(it.People, library.Credit{Name: p.Name, Type: p.Type, Role: p.Role})
			}
		}
	}
	var ids map[string]*string
	if e.into("ProviderIds", &ids) {
		it.Providers = make(map[string]string, len(ids))
		for k, v := range ids {
			if v != nil && *v != "" && len(it.Providers) < 100 {
				it.Providers[k] = strings.TrimSpace(*v)
			}
		}
	}
}

func tidy(l []string) []string {
	var out []string
	seen := map[string]bool{}
	for _, s := range l {
		if s = strings.TrimSpace(s); s != "" && !seen[s] && len(out) < maxListed {
			seen[s] = true
			out = append(out, s)
		}
	}
	return out
}

func (e *itemEdit) locks(it *library.Item, edit *library.Edit) error {
	locks, all := edit.Locks, edit.LockAll
	e.into("LockedFields", &locks)
	e.into("LockData", &all)
	if e.err != nil {
		return e.err
	}
	return edit.Lock(it, all, locks)
}

// refreshItem looks at an item's files again. With "replace all" the owner's unlocked
// edits go; his pictures only when pictures are to be replaced too.
func (a *API) refreshItem(c *call) error {
	item, err := c.edited()
	if err != nil {
		return err
	}
	fields, images := c.q.flag("replaceallmetadata", false), c.q.flag("replaceallimages", false)
	if fields || images {
		var gone []library.Image
		err := a.Store.Edit(c.Request().Context(), item.ID, func(_ *library.Item, e *library.Edit) error {
			if fields {
				e.Forget()
			}
			if images {
				gone = e.Images
				e.ForgetImages()
			}
			return nil
		})
		if err != nil {
			return err
		}
		for _, im := range gone {
			a.dropUpload(im.Tag)
		}
	}
	if a.RefreshItem != nil {
		a.RefreshItem(item.ID, fields)
	}
	a.Rescan()
	return c.done()
}

// setContentType says what a library is for. Its folders are looked at again.
func (a *API) setContentType(c *call) error {
	item, err := c.edited()
	if err != nil {
		return err
	}
	if item.Kind != library.CollectionFolder {
		return badRequest("Only a library has a content type.")
	}
	kind := library.Collection(strings.ToLower(c.q.str("contenttype")))
	known := kind == library.Mixed
	for _, t := range contentTypes() {
		known = known || string(kind) == t.Value
	}
	if !known {
		return badRequest("%q is no content type.", kind)
	}
	err = a.Store.Edit(c.Request().Context(), item.ID, func(now *library.Item, e *library.Edit) error {
		want := *now
		want.Collection = kind
		return e.SetChanged(now, &want, "Collection")
	})
	if err != nil {
		return err
	}
	return c.done()
}
