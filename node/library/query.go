package library

import "time"

// Viewer is the person a query is answered for: what they may see, and what they
// have watched. The zero Viewer sees everything and has watched nothing.
type Viewer struct {
	User      ID
	State     *State      // nil: nothing watched
	Libraries map[ID]bool // nil: all
	Rights    *Rights     // limits inside them; nil: none
}

// SortBy is one order. The names are the clients' ItemSortBy, so that parsing is
// a table look-up.
type SortBy string

// Sort is one key of an order.
type Sort struct {
	By   SortBy
	Desc bool
}

// Query selects, orders and pages cards. Zero fields do not restrict; restrictions
// add up. Lists of the same field are alternatives.
type Query struct {
	Viewer Viewer

	IDs       []ID // exactly these, in this order unless Sort is set
	Parent    ID   // below this folder; of an entity, what has it
	Recursive bool // at any depth, not only directly below
	Exclude   []ID
	NotIn     []ID // libraries not to look in

	Kinds        []Kind
	ExcludeKinds []Kind
	Media        []MediaType
	IsFolder     *bool

	Search         string // every word, folded; ranked when Sort is empty; forgives typos if nothing matches
	NameStartsWith string
	NameLess       string // sort name < this
	NameFrom       string // sort name ≥ this

	Genres, Studios, Tags, Official []string
	GenreIDs, StudioIDs, PersonIDs  []ID
	PersonTypes                     []string // with persons: in such a credit; alone: any such credit
	Persons                         []string
	ArtistIDs                       []ID // artist or album artist
	AlbumArtistIDs                  []ID
	ContributingArtistIDs           []ID // artist but not album artist
	AlbumIDs                        []ID
	SeriesIDs                       []ID
	Years                           []int
	Containers                      []string
	Providers                       []string // any id with these providers ("imdb"), or this id ("imdb:tt1")

	IsPlayed    *bool
	IsFavorite  *bool
	IsResumable *bool
	IsLiked     *bool

	HasSubtitles                                   *bool
	HasTrailer                                     *bool
	HasSpecialFeature, HasThemeSong, HasThemeVideo *bool
	HasOverview                                    *bool
	IsHD, Is4K                                     *bool
	Is3D                                           *bool
	MinRating                                      float32
	MinCritic                                      float32

	MinPremiered, MaxPremiered time.Time
	MinAdded                   time.Time
	Index                      *int
	ParentIndex                *int
	IsMissing                  *bool

	// Artists, Albums: by name. Without…: artists that must not be of it.
	Artists, Albums         []string
	WithoutArtistIDs        []ID
	AudioLanguages          []string // ISO 639-2
	SubtitleLanguages       []string
	SeriesStatus            []string
	VideoTypes              []string // "VideoFile", "Iso", "Dvd", "BluRay"
	Images                  []ImageKind
	NoProviders             []string // no id with any of these providers
	HasRating               *bool    // an official one
	MinAge, MaxAge          *int     // of the official rating; what has none passes neither
	MinWidth, MaxWidth      int
	MinHeight, MaxHeight    int
	IsLocked                *bool
	MinModified, MinTouched time.Time // the second: changed, or played by the viewer
	CollapseSets            bool      // box sets in the place of their members

	Sort  []Sort
	Seed  uint64 // of the Random order
	Start int
	Limit int // 0: no limit; negative: count only
}

// Page is the answer to a Query.
type Page struct {
	Cards []*Card
	Total int // matches before Start and Limit
}
