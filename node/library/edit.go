package library

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
)

// Edit is what the owner changed about an item by hand. It lies over whatever scans and
// providers find, now and later: neither can take it back.
type Edit struct {
	Fields []string `cbor:"1,keyasint,omitzero"` // names of Item's fields that are as in Values
	Values Item     `cbor:"2,keyasint,omitzero"`

	// Locks are fields that the owner locked by name (the clients' MetadataField). What a
	// locked field was at that moment is kept among Fields.
	Locks   []string `cbor:"3,keyasint,omitzero"`
	LockAll bool     `cbor:"4,keyasint,omitzero"`

	Images  []Image                `cbor:"5,keyasint,omitzero"` // the owner's pictures
	Without []Image                `cbor:"6,keyasint,omitzero"` // found pictures not to show: Kind, Path and Stream count
	Order   map[ImageKind][]string `cbor:"7,keyasint,omitzero"` // tags, the first first
}

// EditableFields are the fields of an Item that an Edit may set.
func EditableFields() []string {
	return []string{
		"Name", "OriginalName", "SortName", "Year", "Premiered", "Ended", "Added", "Index", "IndexEnd", "ParentIndex",
		"Runtime", "Overview", "Tagline", "OfficialRating", "CommunityRating", "CriticRating", "Status", "Genres",
		"Studios", "Tags", "People", "Artists", "AlbumArtists", "Providers", "Collection",
	}
}

// FieldOfLock is the field of an Item that a lock's name stands for, "" for names that
// stand for nothing we keep.
func FieldOfLock(lock string) string {
	switch strings.ToLower(lock) {
	case "cast":
		return "People"
	case "genres":
		return "Genres"
	case "studios":
		return "Studios"
	case "tags":
		return "Tags"
	case "name":
		return "Name"
	case "overview":
		return "Overview"
	case "runtime":
		return "Runtime"
	case "officialrating":
		return "OfficialRating"
	}
	return ""
}

// IsZero reports an Edit that changes nothing.
func (e *Edit) IsZero() bool {
	return len(e.Fields)+len(e.Locks)+len(e.Images)+len(e.Without)+len(e.Order) == 0 && !e.LockAll
}

// Clone copies e deeply enough that the copy may be changed.
func (e *Edit) Clone() *Edit {
	c := *e
	c.Fields, c.Locks = slices.Clone(e.Fields), slices.Clone(e.Locks)
	c.Images, c.Without = slices.Clone(e.Images), slices.Clone(e.Without)
	c.Order = make(map[ImageKind][]string, len(e.Order))
	for k, v := range e.Order {
		c.Order[k] = v
	}
	return &c
}

// Set keeps a field as it is in an item. The field must be one of EditableFields.
func (e *Edit) Set(field string, from *Item) error {
	if !slices.Contains(EditableFields(), field) {
		return fmt.Errorf("%s is no field that can be edited", field)
	}
	copyField(&e.Values, from, field)
	if !slices.Contains(e.Fields, field) {
		e.Fields = append(e.Fields, field)
	}
	return nil
}

// SetChanged keeps those fields in which want differs from what an item is now.
func (e *Edit) SetChanged(now, want *Item, fields ...string) error {
	for _, f := range fields {
		if !sameField(now, want, f) {
			if err := e.Set(f, want); err != nil {
				return err
			}
		}
	}
	return nil
}

// Lock locks exactly the named fields, and keeps what they are in an item.
func (e *Edit) Lock(now *Item, all bool, locks []string) error {
	e.Locks, e.LockAll = nil, all
	for _, lock := range locks {
		f := FieldOfLock(lock)
		if f == "" {
			continue
		}
		e.Locks = append(e.Locks, lock)
		if err := e.keep(now, f); err != nil {
			return err
		}
	}
	if all {
		for _, f := range EditableFields() {
			if err := e.keep(now, f); err != nil {
				return err
			}
		}
	}
	return nil
}

func (e *Edit) keep(now *Item, field string) error {
	if slices.Contains(e.Fields, field) {
		return nil
	}
	return e.Set(field, now)
}

// Forget drops every edited field that is not locked.
func (e *Edit) Forget() {
	if e.LockAll {
		return
	}
	old := *e
	e.Fields, e.Values = nil, Item{}
	for _, lock := range e.Locks {
		if f := FieldOfLock(lock); slices.Contains(old.Fields, f) {
			e.Fields = append(e.Fields, f)
			copyField(&e.Values, &old.Values, f)
		}
	}
}

// ForgetImages drops everything about pictures.
func (e *Edit) ForgetImages() { e.Images, e.Without, e.Order = nil, nil, nil }

// Over returns an item with the edit over it; the item stays as it is.
func (e *Edit) Over(it *Item) *Item {
	out := *it
	for _, f := range e.Fields {
		copyField(&out, &e.Values, f)
	}
	if slices.Contains(e.Fields, "Name") && !slices.Contains(e.Fields, "SortName") {
		out.SortName = out.Name
	}
	out.Locked = nil
	for _, f := range append(slices.Clone(it.Locked), e.Fields...) {
		if !slices.Contains(out.Locked, f) {
			out.Locked = append(out.Locked, f)
		}
	}
	out.Locks, out.LockAll = e.Locks, e.LockAll
	out.Images = e.imagesOver(it.Images)
	return &out
}

// imagesOver puts the owner's pictures in the place of the found ones of their kind;
// backdrops come after the found ones.
func (e *Edit) imagesOver(found []Image) []Image {
	if len(e.Images)+len(e.Without)+len(e.Order) == 0 {
		return found
	}
	replaced := func(k ImageKind) bool {
		return k != Backdrop && slices.ContainsFunc(e.Images, func(im Image) bool { return im.Kind == k })
	}
	var out []Image
	for _, im := range found {
		gone := slices.ContainsFunc(e.Without, func(w Image) bool {
			return w.Kind == im.Kind && w.Path == im.Path && w.Stream == im.Stream
		})
		if !gone && !replaced(im.Kind) {
			out = append(out, im)
		}
	}
	out = append(out, e.Images...)
	return e.arrange(out)
}

func (e *Edit) rank(im Image) int {
	if i := slices.Index(e.Order[im.Kind], im.Tag); i >= 0 {
		return i
	}
	return len(e.Order[im.Kind])
}

// arrange puts pictures of one kind together, the kinds in the order they first come.
func (e *Edit) arrange(images []Image) []Image {
	var kinds []ImageKind
	for _, im := range images {
		if !slices.Contains(kinds, im.Kind) {
			kinds = append(kinds, im.Kind)
		}
	}
	out := make([]Image, 0, len(images))
	for _, k := range kinds {
		begin := len(out)
		for _, im := range images {
			if im.Kind == k {
				out = append(out, im)
			}
		}
		slices.SortStableFunc(out[begin:], func(a, b Image) int { return e.rank(a) - e.rank(b) })
	}
	return out
}

func copyField(to, from *Item, field string) {
	reflect.ValueOf(to).Elem().FieldByName(field).Set(reflect.ValueOf(from).Elem().FieldByName(field))
}

func sameField(a, b *Item, field string) bool {
	x, y := reflect.ValueOf(a).Elem().FieldByName(field), reflect.ValueOf(b).Elem().FieldByName(field)
	if k := x.Kind(); (k == reflect.Slice || k == reflect.Map) && x.Len() == 0 && y.Len() == 0 {
		return true
	}
	if t, ok := x.Interface().(time.Time); ok {
		return t.Equal(y.Interface().(time.Time))
	}
	return reflect.DeepEqual(x.Interface(), y.Interface())
}
