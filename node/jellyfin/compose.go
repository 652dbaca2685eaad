package jellyfin

import (
	"net/http"

	"sett/node/jellyfin/dto"
	"sett/node/library"
)

// want is what a caller asked to see of each item.
type want struct {
	viewer     library.Viewer
	fields     dto.Fields
	userData   bool
	images     bool
	imageLimit int // pictures of one kind, 0: all
	imageKinds map[library.ImageKind]bool
	playlist   func(i int) string // entry id of the ith item of a playlist
	childCount func(i int) int    // what the ith entry of a list stands for, when not all that is in it
}

// wants reads the parameters that every item list shares.
func (c *call) wants(v library.Viewer) want {
	w := want{
		viewer: v, fields: dto.ParseFields(c.q.list("fields")),
		userData: c.q.flag("enableuserdata", true), images: c.q.flag("enableimages", true),
		imageLimit: c.q.integer("imagetypelimit", 0),
	}
	for _, k := range c.q.list("enableimagetypes") {
		if w.imageKinds == nil {
			w.imageKinds = map[library.ImageKind]bool{}
		}
		w.imageKinds[imageKind(k)] = true
	}
	return w
}

// page answers with a list of items.
func (c *call) page(p library.Page, start int, w want) error {
	if len(p.Cards) > maxInMemory && !wantsCamelCase(c.Request().Header.Get("Accept")) {
		return c.longPage(p, start, w)
	}
	body := append(make([]byte, 0, 4096+2048*min(len(p.Cards), maxInMemory)), `{"Items":`...)
	body, err := c.appendItems(body, p.Cards, w)
	if err != nil {
		return err
	}
	return c.raw(appendPageEnd(body, p, start))
}

// maxInMemory is how many items an answer holds before it is sent in pieces: a
// client that asks for a whole library must not cost its size in memory.
const maxInMemory = 500

func appendPageEnd(body []byte, p library.Page, start int) []byte {
	body = append(body, `,"TotalRecordCount":`...)
	body = appendInt(body, int64(p.Total))
	body = append(body, `,"StartIndex":`...)
	body = appendInt(body, int64(start))
	return append(body, '}')
}

// from is w for the part of a list that begins at an index.
func (w want) from(at int) want {
	playlist, count := w.playlist, w.childCount
	if playlist != nil {
		w.playlist = func(i int) string { return playlist(at + i) }
	}
	if count != nil {
		w.childCount = func(i int) int { return count(at + i) }
	}
	return w
}

func (c *call) longPage(p library.Page, start int, w want) error {
	h := c.Response().Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	c.Response().WriteHeader(http.StatusOK)
	buf := []byte(`{"Items":[`)
	for at := 0; at < len(p.Cards); at += maxInMemory {
		end := min(at+maxInMemory, len(p.Cards))
		part, err := c.appendItems(nil, p.Cards[at:end], w.from(at))
		if err != nil {
			return c.api.breakOff(c, err)
		}
		if at > 0 {
			buf = append(buf, ',')
		}
		buf = append(buf, part[1:len(part)-1]...)
		if _, err := c.Response().Writer.Write(buf); err != nil {
			return nil // the client has gone
		}
		buf = buf[:0]
	}
	_, _ = c.Response().Writer.Write(appendPageEnd(append(buf, ']'), p, start))
	return nil
}

// list answers with a bare array of items.
func (c *call) list(cards []*library.Card, w want) error {
	body, err := c.appendItems(nil, cards, w)
	if err != nil {
		return err
	}
	return c.raw(body)
}

// one answers with a single item.
func (c *call) one(card *library.Card, w want) error {
	body, err := c.appendItems(nil, []*library.Card{card}, w)
	if err != nil {
		return err
	}
	return c.raw(body[1 : len(body)-1])
}

// appendItems writes a JSON array of items: the stored fragments of each, and what
// belongs to its relatives and to the viewer.
func (c *call) appendItems(dst []byte, cards []*library.Card, w want) ([]byte, error) {
	ids := make([]library.ID, len(cards))
	for i, card := range cards {
		ids[i] = card.ID
	}
	dst = append(dst, '[')
	err := c.api.Store.Wire(ids, func(i int, record []byte) error {
		if i > 0 {
			dst = append(dst, ',')
		}
		if record == nil {
			record = dto.Render(itemOfCard(cards[i]))
		}
		dst = append(dst, '{')
		from := len(dst)
		dst = dto.AppendFragments(dst, record, w.fields)
		dst = c.markSegments(dst, from, cards[i], w)
		dst = c.appendLive(dst, cards[i], w, i)
		dst = append(dst, '}')
		return nil
	})
	c.grant(ids...)
	return append(dst, ']'), err
}

// appendLive writes the members that are not the item's own.
func (c *call) appendLive(dst []byte, card *library.Card, w want, i int) []byte {
	dst = appendStringMember(dst, "ServerId", c.api.Store.ServerID())
	if w.images {
		dst = c.appendImages(dst, card, w)
	} else {
		dst = append(dst, `,"ImageTags":{},"BackdropImageTags":[]`...)
	}
	dst = c.appendRelatives(dst, card, w)
	if w.userData && !w.viewer.User.IsZero() {
		dst = append(dst, `,"UserData":`...)
		d := userData(c.view, card, w.viewer)
		dst = appendUserData(dst, &d)
	}
	if card.Kind.IsFolder() {
		dst = c.appendCounts(dst, card, w, i)
	}
	if w.fields&dto.FieldCanDownload != 0 {
		dst = appendMember(dst, "CanDownload", boolText(!card.Kind.IsFolder() && c.who.User.MayDownload()))
	}
	if w.fields&dto.FieldCanDelete != 0 {
		dst = appendMember(dst, "CanDelete", boolText(c.mayDelete(card) == nil))
	}
	if w.fields&dto.FieldPlayAccess != 0 {
		dst = append(dst, `,"PlayAccess":"Full"`...)
	}
	dst = c.appendTrickplay(dst, card, w)
	if w.playlist != nil {
		dst = appendStringMember(dst, "PlaylistItemId", w.playlist(i))
	}
	return dst
}

func (c *call) appendCounts(dst []byte, card *library.Card, w want, i int) []byte {
	switch {
	case w.childCount != nil && w.childCount(i) > 0:
		dst = append(dst, `,"ChildCount":`...)
		dst = appendInt(dst, int64(w.childCount(i)))
	case w.fields&dto.FieldChildCount != 0, card.Kind == library.CollectionFolder, card.Kind == library.Season, card.Kind == library.MusicAlbum, card.List != nil:
		dst = append(dst, `,"ChildCount":`...)
		dst = appendInt(dst, int64(c.view.ChildCount(w.viewer, card.ID)))
	}
	if w.fields&dto.FieldRecursiveItemCount != 0 {
		dst = append(dst, `,"RecursiveItemCount":`...)
		dst = appendInt(dst, int64(c.view.RecursiveCount(w.viewer, card.ID)))
	}
	return dst
}

func (c *call) appendImages(dst []byte, card *library.Card, w want) []byte {
	shown := func(k library.ImageKind) bool { return w.imageKinds == nil || w.imageKinds[k] }
	dst = append(dst, `,"ImageTags":{`...)
	tag := func(kind library.ImageKind, tag string) {
		if dst[len(dst)-1] != '{' {
			dst = append(dst, ',')
		}
		dst = append(appendString(dst, string(kind)), ':')
		dst = appendString(dst, tag)
	}
	for i, im := range card.Images {
		if im.Kind != library.Backdrop && shown(im.Kind) && firstOfKind(card.Images, i) {
			tag(im.Kind, im.Tag)
		}
	}
	if card.Image(library.Primary, 0) == "" && shown(library.Primary) {
		if t := drawnTag(card); t != "" {
			tag(library.Primary, t)
		}
	}
	dst = append(dst, `},"BackdropImageTags":`...)
	if shown(library.Backdrop) {
		dst = appendTags(dst, card, library.Backdrop, w.imageLimit)
	} else {
		dst = append(dst, "[]"...)
	}
	return c.appendBlurhashes(dst, card)
}

func firstOfKind(images []library.ImageTag, i int) bool {
	for _, earlier := range images[:i] {
		if earlier.Kind == images[i].Kind {
			return false
		}
	}
	return true
}

func appendTags(dst []byte, card *library.Card, kind library.ImageKind, limit int) []byte {
	dst = append(dst, '[')
	for n := 0; limit <= 0 || n < limit; n++ {
		tag := card.Image(kind, n)
		if tag == "" {
			break
		}
		if n > 0 {
			dst = append(dst, ',')
		}
		dst = appendString(dst, tag)
	}
	return append(dst, ']')
}

// blurhash is what is known of a picture, by whoever knows it.
func (a *API) blurhash(im library.ImageTag) string {
	if im.Blurhash != "" || a.Hashes == nil {
		return im.Blurhash
	}
	return a.Hashes.Get(im.Tag)
}

// hashKinds are all that decoders generated from the API's document insist on.
var hashKinds = [...]string{
	"Primary", "Backdrop", "Thumb", "Logo", "Banner", "Art", "Disc", "Box", "BoxRear", "Chapter", "Menu", "Profile", "Screenshot",
}

func (c *call) appendBlurhashes(dst []byte, card *library.Card) []byte {
	dst = append(dst, `,"ImageBlurHashes":{`...)
	for i, kind := range hashKinds {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(appendString(dst, kind), ':', '{')
		for _, im := range card.Images {
			hash := c.api.blurhash(im)
			if string(im.Kind) != kind || hash == "" {
				continue
			}
			if dst[len(dst)-1] != '{' {
				dst = append(dst, ',')
			}
			dst = append(appendString(dst, im.Tag), ':')
			dst = appendString(dst, hash)
		}
		dst = append(dst, '}')
	}
	return append(dst, '}')
}

// appendRelatives writes what an item borrows from its series, season or album.
func (c *call) appendRelatives(dst []byte, card *library.Card, w want) []byte {
	if s, ok := c.relative(card.Series); ok {
		dst = appendStringMember(dst, "SeriesName", s.Name)
		dst = appendTag(dst, "SeriesPrimaryImageTag", s.Image(library.Primary, 0))
		dst = c.appendParentImages(dst, card, s, w)
	}
	if s, ok := c.relative(card.Season); ok {
		dst = appendStringMember(dst, "SeasonName", s.Name)
	}
	if al, ok := c.relative(card.Album); ok {
		dst = appendStringMember(dst, "Album", al.Name)
		dst = appendTag(dst, "AlbumPrimaryImageTag", al.Image(library.Primary, 0))
		dst = c.appendParentImages(dst, card, al, w)
	}
	return dst
}

func (c *call) relative(id library.ID) (*library.Card, bool) {
	if id.IsZero() {
		return nil, false
	}
	return c.view.Card(id)
}

func (c *call) appendParentImages(dst []byte, card, parent *library.Card, w want) []byte {
	if !w.images {
		return dst
	}
	id := parent.ID.String()
	if card.Image(library.Backdrop, 0) == "" && parent.Image(library.Backdrop, 0) != "" {
		dst = appendStringMember(dst, "ParentBackdropItemId", id)
		dst = append(dst, `,"ParentBackdropImageTags":`...)
		dst = appendTags(dst, parent, library.Backdrop, w.imageLimit)
	}
	for _, k := range [...]library.ImageKind{library.Logo, library.Thumb, library.Art} {
		if tag := parent.Image(k, 0); tag != "" && card.Image(k, 0) == "" {
			dst = appendStringMember(dst, "Parent"+string(k)+"ItemId", id)
			dst = appendStringMember(dst, "Parent"+string(k)+"ImageTag", tag)
		}
	}
	return dst
}

// userData is the wire shape of what the viewer did with an item.
func userData(view *library.Snapshot, card *library.Card, v library.Viewer) dto.UserData {
	var u library.UserData
	if v.State != nil {
		u = v.State.Get(card.ID)
	}
	d := dto.UserData{
		Position: int64(u.Position), PlayCount: u.PlayCount, IsFavorite: u.Favorite, Likes: u.Likes, Played: u.Played,
		Key: card.ID.String(), ItemID: card.ID.String(),
	}
	if !u.LastPlayed.IsZero() {
		d.LastPlayedDate = dto.Ptr(dto.Time(u.LastPlayed))
	}
	if u.Rating != 0 {
		d.Rating = &u.Rating
	}
	if card.Kind.IsFolder() {
		folderData(&d, view, card, v)
		return d
	}
	if u.Position > 0 && card.Runtime > 0 {
		d.PlayedPercentage = dto.Ptr(float64(u.Position) / float64(card.Runtime) * 100)
	}
	return d
}

func folderData(d *dto.UserData, view *library.Snapshot, card *library.Card, v library.Viewer) {
	switch card.Kind {
	case library.Series, library.Season, library.MusicAlbum, library.BoxSet:
	default:
		return
	}
	d.UnplayedCount = dto.Ptr(view.UnplayedCount(v, card.ID))
	d.Played = view.Played(v, card)
	d.PlayedPercentage = dto.Ptr(view.PlayedPercent(v, card.ID))
}

// itemOfCard is the record of an item that exists only through others: a genre, a
// studio, a person.
func itemOfCard(card *library.Card) *library.Item {
	return &library.Item{ID: card.ID, Kind: card.Kind, Name: card.Name, SortName: card.Sort, Collection: card.Collection}
}
