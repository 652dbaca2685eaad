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
type Item struct {
	ID      ID
	Kind    Kind
	Library ID // the CollectionFolder it is in; its own ID for one of those
	Parent  ID // the folder that lists it
	Series  ID // of seasons and episodes
	Season  ID // of episodes
	Album   ID // of tracks

	Collection Collection // of a CollectionFolder
	Roots      []string   // of a CollectionFolder: absolute folder paths

	Name         string
	OriginalName string // in the language of its making, when different
	SortName     string // what it sorts by; derived from Name when a source gives none
	Year         int    // 0: unknown
	Premiered    time.Time
	Ended        time.Time
	Added        time.Time // when the library first saw it
	Modified     time.Time // newest modification of its files
	Index        Number    // episode, track
	IndexEnd     Number    // last episode of a multi-episode file
	ParentIndex  Number    // season, disc; of a Season its own Index holds the number
	Runtime      Ticks

	Overview        string
	Tagline         string
	OfficialRating  string
	CommunityRating float32 // 0–10, 0: none
	CriticRating    float32 // 0–100, 0: none
	Status          string  // of a Series: "Continuing", "Ended" or ""
	Genres          []string
	Studios         []string
	Tags            []string
	People          []Credit
	Artists         []string
	AlbumArtists    []string
	Providers       map[string]string // "Imdb" → "tt0000001"
	Trailers        []string          // remote trailers, URLs
	ReplayGain      *float64          // dB, track gain of tracks, album gain of albums

	Path    string   // the file or folder; "" for what exists only in other items
	Images  []Image  // best first within each kind
	Sources []Source // playable versions, the item's own first
	// Fingerprint names the main file's content, independent of its path.
	Fingerprint string
}

// Credit is one person's part in an item.
type Credit struct {
	Name string
	Type string // "Actor", "Director", "Writer", "Producer", "GuestStar", "Composer", …
	Role string // the character, of actors
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
	Kind     ImageKind
	Path     string // picture file, or the media file it is embedded in
	Embedded bool   // it is the attached picture with stream index Stream of Path
	Stream   int
	Width    int
	Height   int
	Tag      string // changes when the bytes do; part of URLs that are cached for ever
	Blurhash string // "" until computed
	Modified time.Time
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
