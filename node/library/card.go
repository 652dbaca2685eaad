package library

import "time"

// Ref names an entity of a [Names] table: a genre, studio, tag, person or artist
// by its role and name. Refs keep a Card small; they are stable for the life of
// the table and mean nothing outside the process.
type Ref uint32

// Role is what a name is to an item.
type Role uint8

// The roles a name can have.
const (
	RoleNone Role = iota
	RoleGenre
	RoleStudio
	RoleTag
	RoleActor
	RoleGuest
	RoleDirector
	RoleWriter
	RoleProducer
	RoleComposer
	RoleCrew // any other credit
	RoleArtist
	RoleAlbumArtist
	RoleAudioLanguage // ISO 639-2, of a stream
	RoleSubtitleLanguage
)

// Card is the part of an Item that stays in memory. Cards are immutable once in a
// Snapshot; a pointer to one may be kept as long as one likes.
type Card struct {
	ID, Library, Parent, Series, Season, Album ID

	Kind        Kind
	Name        string
	Original    string // the original name, when it differs
	Sort        string // folded sort key: compare bytewise
	Collection  Collection
	Year        int16
	Index       Number
	IndexEnd    Number
	ParentIndex Number
	Premiered   int64 // Unix seconds, 0 unknown
	Ended       int64
	Added       int64
	Modified    int64
	Runtime     Ticks
	Bitrate     int64
	Rating      float32
	Critic      float32
	Official    string
	Status      string
	Container   string
	Width       int16
	Height      int16
	Flags       Flags
	Images      []ImageTag // one for each picture
	Links       []Ref
	Providers   []string // "imdb:tt0000001", folded, for look-ups
	Path        string
	List        *List // of playlists and box sets only
}

// Flags are yes/no facts that queries filter on.
type Flags uint32

// The flags of a card.
const (
	HasSubtitles Flags = 1 << iota
	HasTrailer
	HasLyrics
	Is3D
	IsHDR
	IsUnplayable // listed honestly, but nothing can play it
	HasOverview
	IsLocked // some field is kept as the owner wants it
	HasSpecialFeature
	HasThemeSong
	HasThemeVideo
	// The bits from extraShift are an ExtraKind.
)

// ImageTag says that an item has a picture, without its file.
type ImageTag struct {
	Kind     ImageKind
	Tag      string
	Blurhash string
	Aspect   float32 // width / height, 0: unknown
}

// Image returns the tag of the nth picture of a kind, "" if there is none.
func (c *Card) Image(kind ImageKind, n int) string {
	for _, im := range c.Images {
		if im.Kind == kind {
			if n == 0 {
				return im.Tag
			}
			n--
		}
	}
	return ""
}

// Date converts one of a card's dates; the zero time means unknown.
func Date(unix int64) time.Time {
	if unix == 0 {
		return time.Time{}
	}
	return time.Unix(unix, 0).UTC()
}
