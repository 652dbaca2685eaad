package account

import (
	"slices"
	"strings"

	"sett/node/library"
)

// unratedKinds are the sorts of things that can be kept away while they have no rating.
var unratedKinds = map[string][]library.Kind{
	"Movie":   {library.Movie},
	"Trailer": {library.Trailer},
	"Series":  {library.Series, library.Season, library.Episode},
	"Music":   {library.MusicAlbum, library.Audio, library.MusicVideo},
	"Book":    {library.Book, library.AudioBook},
	"Other":   {library.Video, library.Photo},
}

// UnratedSorts keeps the names of BlockUnrated that mean something, in their own spelling.
func UnratedSorts(names []string) []string {
	var out []string
	for _, n := range names {
		for sort := range unratedKinds {
			if strings.EqualFold(n, sort) && !slices.Contains(out, sort) {
				out = append(out, sort)
			}
		}
	}
	slices.Sort(out)
	return out
}

// Rights are what the person may not see inside their libraries; nil for no limits. They
// hold for administrators too, who can lift them.
func (u User) Rights() *library.Rights {
	l := u.limits()
	return library.NewRights(library.Limits(l))
}

// MayDelete reports whether the person may delete media files of a library.
func (u User) MayDelete(from library.ID) bool {
	return u.Deletes || slices.Contains(u.DeletesFrom, from)
}

// MayCollect reports whether the person may make and change collections.
func (u User) MayCollect() bool { return u.Admin || u.Collects }

type limits library.Limits

func (u User) limits() limits {
	l := limits{MaxAge: u.MaxRating, BlockedTags: u.BlockedTags, AllowedTags: u.AllowedTags, Hidden: u.HiddenItems}
	for _, sort := range u.BlockUnrated {
		l.BlockUnrated = append(l.BlockUnrated, unratedKinds[sort]...)
	}
	return l
}

func (l limits) same(o limits) bool {
	age := (l.MaxAge == nil) == (o.MaxAge == nil) && (l.MaxAge == nil || *l.MaxAge == *o.MaxAge)
	return age && slices.Equal(l.BlockedTags, o.BlockedTags) && slices.Equal(l.AllowedTags, o.AllowedTags) &&
		slices.Equal(l.BlockUnrated, o.BlockUnrated) && slices.Equal(l.Hidden, o.Hidden)
}
