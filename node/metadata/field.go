package metadata

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"sett/node/library"
	"sett/node/metadata/provider"
	"sett/node/naming"
)

// field is one fact that can be laid over an item.
type field struct {
	name     string
	identity bool // says which thing it is: the owner's choice of a thing decides it
	empty    func(*library.Item) bool
	said     func(*provider.Facts) bool
	put      func(*library.Item, *provider.Facts)
}

// value is a field whose zero value says nothing.
func value[T comparable](name string, to func(*library.Item) *T, from func(*provider.Facts) *T) field {
	var none T
	return field{
		name:  name,
		empty: func(it *library.Item) bool { return *to(it) == none },
		said:  func(f *provider.Facts) bool { return *from(f) != none },
		put:   func(it *library.Item, f *provider.Facts) { *to(it) = *from(f) },
	}
}

func text(name string, to func(*library.Item) *string, from func(*provider.Facts) *string) field {
	return value(name, to, from)
}

func date(name string, to func(*library.Item) *time.Time, from func(*provider.Facts) *time.Time) field {
	return field{
		name:  name,
		empty: func(it *library.Item) bool { return to(it).IsZero() },
		said:  func(f *provider.Facts) bool { return !from(f).IsZero() },
		put:   func(it *library.Item, f *provider.Facts) { *to(it) = from(f).UTC() },
	}
}

func list[T any](name string, to func(*library.Item) *[]T, from func(*provider.Facts) *[]T) field {
	return field{
		name:  name,
		empty: func(it *library.Item) bool { return len(*to(it)) == 0 },
		said:  func(f *provider.Facts) bool { return len(*from(f)) > 0 },
		put:   func(it *library.Item, f *provider.Facts) { *to(it) = slices.Clone(*from(f)) },
	}
}

func identity(f field) field {
	f.identity = true
	return f
}

// fields are all facts but ids and pictures, which are laid over one by one.
var fields = []field{
	nameField(),
	identity(text("OriginalName", func(i *library.Item) *string { return &i.OriginalName }, func(f *provider.Facts) *string { return &f.OriginalName })),
	text("SortName", func(i *library.Item) *string { return &i.SortName }, func(f *provider.Facts) *string { return &f.SortName }),
	identity(value("Year", func(i *library.Item) *int { return &i.Year }, func(f *provider.Facts) *int { return &f.Year })),
	identity(date("Premiered", func(i *library.Item) *time.Time { return &i.Premiered }, func(f *provider.Facts) *time.Time { return &f.Premiered })),
	date("Ended", func(i *library.Item) *time.Time { return &i.Ended }, func(f *provider.Facts) *time.Time { return &f.Ended }),
	text("Overview", func(i *library.Item) *string { return &i.Overview }, func(f *provider.Facts) *string { return &f.Overview }),
	text("Tagline", func(i *library.Item) *string { return &i.Tagline }, func(f *provider.Facts) *string { return &f.Tagline }),
	text("OfficialRating", func(i *library.Item) *string { return &i.OfficialRating }, func(f *provider.Facts) *string { return &f.OfficialRating }),
	value("CommunityRating", func(i *library.Item) *float32 { return &i.CommunityRating }, func(f *provider.Facts) *float32 { return &f.CommunityRating }),
	value("CriticRating", func(i *library.Item) *float32 { return &i.CriticRating }, func(f *provider.Facts) *float32 { return &f.CriticRating }),
	text("Status", func(i *library.Item) *string { return &i.Status }, func(f *provider.Facts) *string { return &f.Status }),
	list("Genres", func(i *library.Item) *[]string { return &i.Genres }, func(f *provider.Facts) *[]string { return &f.Genres }),
	list("Studios", func(i *library.Item) *[]string { return &i.Studios }, func(f *provider.Facts) *[]string { return &f.Studios }),
	list("Tags", func(i *library.Item) *[]string { return &i.Tags }, func(f *provider.Facts) *[]string { return &f.Tags }),
	list("People", func(i *library.Item) *[]library.Credit { return &i.People }, func(f *provider.Facts) *[]library.Credit { return &f.People }),
	list("Artists", func(i *library.Item) *[]string { return &i.Artists }, func(f *provider.Facts) *[]string { return &f.Artists }),
	list("AlbumArtists", func(i *library.Item) *[]string { return &i.AlbumArtists }, func(f *provider.Facts) *[]string { return &f.AlbumArtists }),
	list("Trailers", func(i *library.Item) *[]string { return &i.Trailers }, func(f *provider.Facts) *[]string { return &f.Trailers }),
}

// nameField is the name, which counts as empty while it is only the number.
func nameField() field {
	f := text("Name", func(i *library.Item) *string { return &i.Name }, func(f *provider.Facts) *string { return &f.Name })
	f.empty = numbered
	return identity(f)
}

// numbered reports names that nobody gave: the scanner made them of the number or date.
func numbered(it *library.Item) bool {
	n, ok := it.Index.Get()
	switch {
	case it.Name == "":
		return true
	case it.Kind == library.Season && ok:
		return it.Name == fmt.Sprintf("Season %d", n) || n == 0 && it.Name == "Specials"
	case it.Kind == library.Episode && ok:
		end, _ := it.IndexEnd.Get()
		return it.Name == fmt.Sprintf("Episode %d", n) || it.Name == fmt.Sprintf("Episodes %d–%d", n, end)
	case it.Kind == library.Episode:
		return !it.Premiered.IsZero() && it.Name == it.Premiered.Format(time.DateOnly)
	}
	return false
}

// locks are the fields of an item that only the owner changes.
type locks struct {
	all   bool
	names []string
}

// locksOf are the fields that the files or the owner's edits keep from providers. An owner
// who locks an item as a whole keeps what it is: its pictures and trailers, which are no
// part of an edit, stay as long as nothing new is asked, so the fields are named here one
// by one.
func locksOf(it *library.Item, e *library.Edit) locks {
	l := locks{it.LockAll, slices.Concat(it.Locked, e.Fields)}
	for _, name := range e.Locks {
		if f := library.FieldOfLock(name); f != "" {
			l.names = append(l.names, f)
		}
	}
	if e.LockAll {
		l.names = append(l.names, library.EditableFields()...)
	}
	return l
}

func (l locks) has(name string) bool {
	group, _, _ := strings.Cut(name, ".")
	return l.all || slices.ContainsFunc(l.names, func(n string) bool {
		return n == name || n == group || n == "Cast" && name == "People" // the clients' word
	})
}

// overlay lays what providers say over an item where nothing is said yet and the owner's
// edit leaves room. The item given stays as it is.
func overlay(it *library.Item, r *record, e *library.Edit, pictures string) *library.Item {
	if len(r.Online) == 0 {
		return it
	}
	out := *it
	out.Providers, out.Images = maps.Clone(it.Providers), slices.Clone(it.Images)
	locked := locksOf(it, e)
	out.Online = nil
	for i, s := range r.Online {
		p := library.Provenance{Provider: s.Provider, ID: s.ID}
		chosen := r.Chosen && i == 0
		p.Fields = append(p.Fields, fill(&out, &s.Facts, locked, chosen)...)
		p.Fields = append(p.Fields, fillProviders(&out, s.Facts.Providers, locked, chosen)...)
		p.Fields = append(p.Fields, fillPictures(&out, s.Facts.Pictures, locked, pictures)...)
		if len(p.Fields) > 0 {
			out.Online = append(out.Online, p)
		}
	}
	if out.Name != it.Name && out.SortName == naming.SortName(it.Name) && !locked.has("SortName") {
		out.SortName = naming.SortName(out.Name)
	}
	return &out
}

// fill puts facts where there are none and returns the names of those fields.
func fill(it *library.Item, facts *provider.Facts, locked locks, chosen bool) []string {
	var filled []string
	for _, f := range fields {
		if f.said(facts) && !locked.has(f.name) && (f.empty(it) || chosen && f.identity) {
			f.put(it, facts)
			filled = append(filled, f.name)
		}
	}
	return filled
}

func fillProviders(it *library.Item, ids map[string]string, locked locks, chosen bool) []string {
	var filled []string
	for _, key := range slices.Sorted(maps.Keys(ids)) {
		if ids[key] == "" || locked.has("Providers") || it.Providers[key] != "" && !chosen {
			continue
		}
		if it.Providers == nil {
			it.Providers = make(map[string]string)
		}
		it.Providers[key] = ids[key]
		filled = append(filled, "Providers."+key)
	}
	return filled
}

// fillPictures adds fetched pictures of the kinds that the item has none of.
func fillPictures(it *library.Item, list []provider.Picture, locked locks, folder string) []string {
	var filled []string
	have := make(map[library.ImageKind]bool)
	for _, im := range it.Images {
		have[im.Kind] = true
	}
	for _, p := range list {
		name := "Images." + string(p.Kind)
		if p.File == "" || have[p.Kind] || locked.has(name) {
			continue
		}
		it.Images = append(it.Images, imageOf(p, folder))
		if !slices.Contains(filled, name) {
			filled = append(filled, name)
		}
	}
	return filled
}
