package jellyfin

import (
	"bytes"
	"strings"

	"sett/node/jellyfin/dto"
	"sett/node/library"
)

var segmentRoutes = []Route{
	{Method: "GET", Path: "/MediaSegments/:itemId", Access: User, Do: (*API).mediaSegments},
}

// mediaSegment is a MediaSegmentDto.
type mediaSegment struct {
	ID         string `json:"Id"`
	ItemID     string `json:"ItemId"`
	Type       string
	StartTicks int64
	EndTicks   int64
}

// mediaSegments lists the parts of an item that people may want to skip.
func (a *API) mediaSegments(c *call) error {
	id, err := c.known()
	if err != nil {
		return err
	}
	item, err := a.Store.Item(id)
	if err != nil {
		return err
	}
	found, err := a.Previews.Segments(item)
	if err != nil {
		return err
	}
	wanted := map[string]bool{}
	for _, k := range c.q.list("includesegmenttypes") {
		wanted[strings.ToLower(k)] = true
	}
	list := []mediaSegment{}
	for _, s := range found {
		if len(wanted) > 0 && !wanted[strings.ToLower(string(s.Kind))] {
			continue
		}
		name := library.NewID("segment", id.String(), string(s.Kind), s.Start.Duration().String())
		list = append(list, mediaSegment{name.String(), id.String(), string(s.Kind), int64(s.Start), int64(s.End)})
	}
	return c.json(map[string]any{"Items": list, "TotalRecordCount": len(list), "StartIndex": 0})
}

// markSegments says of an item's own source that it has segments, in the members
// that begin at from: they are kept as made from the item alone, which does not know.
// The text looked for cannot be part of a string, since its quotes would be escaped.
func (c *call) markSegments(dst []byte, from int, card *library.Card, w want) []byte {
	if w.fields&dto.FieldMediaSources == 0 || !c.api.Previews.HasSegments(card.ID) {
		return dst
	}
	no, yes := []byte(`,"HasSegments":false`), []byte(`,"HasSegments":true`)
	at := bytes.Index(dst[from:], no)
	if at < 0 {
		return dst
	}
	at += from
	rest := at + copy(dst[at:], yes)
	return append(dst[:rest], dst[at+len(no):]...)
}
