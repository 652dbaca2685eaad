package library

import "time"

// Ticks is a length of time in units of 100 ns, the clients' unit.
type Ticks int64

// TicksOf converts a duration.
func TicksOf(d time.Duration) Ticks { return Ticks(d / 100) }

// Duration converts back.
func (t Ticks) Duration() time.Duration { return time.Duration(t) * 100 }

// Seconds is the length in seconds.
func (t Ticks) Seconds() float64 { return float64(t) / 1e7 }

// Number is an optional ordinal: a season, episode, track or disc number. The
// zero Number is "none"; season 0 and track 0 exist and are not it.
type Number int32

// Num is the Number for n, n ≥ 0.
func Num(n int) Number { return Number(n + 1) }

// Get returns the ordinal and whether there is one.
func (n Number) Get() (int, bool) { return int(n) - 1, n > 0 }

// Item is the full record of one thing in the library, as stored. It holds only
// facts about the thing itself; what belongs to a person is [UserData], and what
// follows from its relatives (a series' name on its episodes) is looked up.
//
// The numbers in the tags are its stored form: a new field takes a new number, and the
// number of a field that goes is never used again.
type Item struct {
	ID      ID   `cbor:"1,keyasint,omitzero"`
	Kind    Kind `cbor:"2,keyasint,omitzero"`
	Library ID   `cbor:"3,keyasint,omitzero"` // the CollectionFolder it is in; its own ID for one of those
	Parent  ID   `cbor:"4,keyasint,omitzero"` // the folder that lists it
	Series  ID   `cbor:"5,keyasint,omitzero"` // of seasons and episodes
	Season  ID   `cbor:"6,keyasint,omitzero"` // of episodes
	Album   ID   `cbor:"7,keyasint,omitzero"` // of tracks

	Collection Collection `cbor:"8,keyasint,omitzero"` // of a CollectionFolder
	Roots      []string   `cbor:"9,keyasint,omitzero"` // of a CollectionFolder: absolute folder paths

	Name         string    `cbor:"10,keyasint,omitzero"`
	OriginalName string    `cbor:"11,keyasint,omitzero"` // in the language of its making, when different
	SortName     string    `cbor:"12,keyasint,omitzero"` // what it sorts by; derived from Name when a source gives none
	Year         int       `cbor:"13,keyasint,omitzero"` // 0: unknown
	Premiered    time.Time `cbor:"14,keyasint,omitzero"`
	Ended        time.Time `cbor:"15,keyasint,omitzero"`
	Added        time.Time `cbor:"16,keyasint,omitzero"` // when the library first saw it
	Modified     time.Time `cbor:"17,keyasint,omitzero"` // newest modification of its files
	Index        Number    `cbor:"18,keyasint,omitzero"` // episode, track
	IndexEnd     Number    `cbor:"19,keyasint,omitzero"` // last episode of a multi-episode file
	ParentIndex  Number    `cbor:"20,keyasint,omitzero"` // season, disc; of a Season its own Index holds the number
	Runtime      Ticks     `cbor:"21,keyasint,omitzero"`

	Overview        string            `cbor:"22,keyasint,omitzero"`
	Tagline         string            `cbor:"23,keyasint,omitzero"`
	OfficialRating  string            `cbor:"24,keyasint,omitzero"`
	CommunityRating float32           `cbor:"25,keyasint,omitzero"` // 0–10, 0: none
	CriticRating    float32           `cbor:"26,keyasint,omitzero"` // 0–100, 0: none
	Status          string            `cbor:"27,keyasint,omitzero"` // of a Series: "Continuing", "Ended" or ""
	Genres          []string          `cbor:"28,keyasint,omitzero"`
	Studios         []string          `cbor:"29,keyasint,omitzero"`
	Tags            []string          `cbor:"30,keyasint,omitzero"`
	People          []Credit          `cbor:"31,keyasint,omitzero"`
	Artists         []string          `cbor:"32,keyasint,omitzero"`
	AlbumArtists    []string          `cbor:"33,keyasint,omitzero"`
	Providers       map[string]string `cbor:"34,keyasint,omitzero"` // "Imdb" → "tt0000001"
	Trailers        []string          `cbor:"35,keyasint,omitzero"` // remote trailers, URLs
	ReplayGain      *float64          `cbor:"36,keyasint,omitzero"` // dB, track gain of tracks, album gain of albums

	Path    string   `cbor:"37,keyasint,omitzero"` // the file or folder; "" for what exists only in other items
	Images  []Image  `cbor:"38,keyasint,omitzero"` // best first within each kind
	Sources []Source `cbor:"39,keyasint,omitzero"` // playable versions, the item's own first
	// Fingerprint names the main file's content, independent of its path.
	Fingerprint string `cbor:"40,keyasint,omitzero"`

	// Locked names the fields that the owner has set; nothing else may change them.
	Locked []string `cbor:"41,keyasint,omitzero"`
	// Online says which fields come from which provider of facts.
	Online []Provenance `cbor:"42,keyasint,omitzero"`
	// Locks are the fields the owner locked, by the clients' names; LockAll locks every one.
	Locks   []string `cbor:"66,keyasint,omitzero"`
	LockAll bool     `cbor:"60,keyasint,omitzero"`

	// Of playlists and box sets.
	Members   []Member  `cbor:"61,keyasint,omitzero"`
	Owner     ID        `cbor:"62,keyasint,omitzero"` // whose playlist; zero: the household's
	Public    bool      `cbor:"63,keyasint,omitzero"` // everybody sees it
	Shares    []Share   `cbor:"64,keyasint,omitzero"`
	ListMedia MediaType `cbor:"65,keyasint,omitzero"` // what a playlist is for

	// Found by scans. The numbers from 80 are theirs.
	Extra      ExtraKind   `cbor:"80,keyasint,omitzero"` // what it is to its Parent
	Extras     ExtraCounts `cbor:"81,keyasint,omitzero"` // how many of those it has
	Sets       []Set       `cbor:"82,keyasint,omitzero"` // the collections its files say it is in
	Lyrics     string      `cbor:"83,keyasint,omitzero"` // of tracks: the text inside the file
	Embedded   *Embedded   `cbor:"84,keyasint,omitzero"` // what a video says of itself
	Photo      *PhotoInfo  `cbor:"85,keyasint,omitzero"`
	Format3D   string      `cbor:"86,keyasint,omitzero"` // the clients' Video3DFormat, "" for flat
	Airs       Airing      `cbor:"87,keyasint,omitzero"` // of specials
	BookSeries string      `cbor:"88,keyasint,omitzero"` // of books: the series they are in
}

// Provenance says that some facts of an item come from an online provider.
type Provenance struct {
	Provider string   `cbor:"1,keyasint,omitzero"` // "tmdb", "tvmaze", "musicbrainz"
	ID       string   `cbor:"2,keyasint,omitzero"` // of the thing, in the provider's form
	Fields   []string `cbor:"3,keyasint,omitzero"` // names of Item's fields; pictures as "Images.Primary"
}

// Credit is one person's part in an item.
type Credit struct {
	Name string `cbor:"1,keyasint,omitzero"`
	Type string `cbor:"2,keyasint,omitzero"` // "Actor", "Director", "Writer", "Producer", "GuestStar", "Composer", …
	Role string `cbor:"3,keyasint,omitzero"` // the character, of actors
}

// ImageKind is the clients' ImageType.
type ImageKind string

// The kinds of picture an item may have.
const (
	Primary    ImageKind = "Primary"
	Backdrop   ImageKind = "Backdrop"
	Logo       ImageKind = "Logo"
	Thumb      ImageKind = "Thumb"
	Banner     ImageKind = "Banner"
	Art        ImageKind = "Art"
	Disc       ImageKind = "Disc"
	ChapterPic ImageKind = "Chapter"
	Profile    ImageKind = "Profile"
)

// Image is one picture of an item.
type Image struct {
	Kind     ImageKind `cbor:"1,keyasint,omitzero"`
	Path     string    `cbor:"2,keyasint,omitzero"` // picture file, or the media file it is embedded in
	Embedded bool      `cbor:"3,keyasint,omitzero"` // it is the attached picture with stream index Stream of Path
	Stream   int       `cbor:"4,keyasint,omitzero"`
	Width    int       `cbor:"5,keyasint,omitzero"`
	Height   int       `cbor:"6,keyasint,omitzero"`
	Tag      string    `cbor:"7,keyasint,omitzero"` // changes when the bytes do; part of URLs that are cached for ever
	Blurhash string    `cbor:"8,keyasint,omitzero"` // "" until computed
	Modified time.Time `cbor:"9,keyasint,omitzero"`
}

// Image returns the nth picture of a kind.
func (it *Item) Image(kind ImageKind, n int) (Image, bool) {
	for _, im := range it.Images {
		if im.Kind != kind {
			continue
		}
		if n == 0 {
			return im, true
		}
		n--
	}
	return Image{}, false
}

// Source returns the version with the given id, or the item's own when id is zero.
func (it *Item) Source(id ID) (Source, bool) {
	for _, s := range it.Sources {
		if id.IsZero() || s.ID == id {
			return s, true
		}
	}
	return Source{}, false
}
