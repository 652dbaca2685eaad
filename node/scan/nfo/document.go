package nfo

import (
	"time"

	"sett/node/library"
)

// Root is the kind of thing an NFO describes, by its root element.
type Root string

// The roots this package knows.
const (
	Movie      Root = "movie"
	TVShow     Root = "tvshow"
	Season     Root = "season"
	Episode    Root = "episodedetails"
	MusicVideo Root = "musicvideo"
	Artist     Root = "artist"
	Album      Root = "album"
)

// Document is what one file says.
type Document struct {
	Items []Facts // one for each root element, in the file's order
	// Providers are ids found in URLs beside the XML; a file of URLs has nothing
	// else. They are already in the first of Items where that had none.
	Providers map[string]string
	Truncated bool // the file was longer than MaxSize and its end was not read
}

// Facts are what one root element says. Zero values are what it does not say; of
// repeated single values the last that is not empty counts.
type Facts struct {
	Root Root

	Title         string
	OriginalTitle string
	SortTitle     string
	ShowTitle     string // of an episode: its series
	Plot          string // also review, biography
	Outline       string
	Tagline       string
	Year          int
	Premiered     time.Time // also aired, releasedate, formed; UTC midnight
	Ended         time.Time // also disbanded
	Runtime       time.Duration
	Official      string  // mpaa, as written: "Rated PG-13", "Australia:M"
	Custom        string  // customrating
	Rating        float32 // 0–10, 0: none
	Critic        float32 // 0–100, 0: none
	UserRating    float32 // the owner's own, 0–10
	Status        string
	Language      string
	DisplayOrder  string
	AirDays       []string
	AirTime       string

	Genres    []string
	Tags      []string
	Styles    []string // of music; moods too
	Studios   []string // labels too
	Countries []string
	People    []Person
	Sets      []Set
	Providers map[string]string // "Imdb" → "tt0000001"
	Trailers  []string          // http(s) URLs
	Pictures  []Picture

	Season, Episode, EpisodeEnd         library.Number
	DisplaySeason, DisplayEpisode       library.Number
	AirsBeforeSeason, AirsBeforeEpisode library.Number
	AirsAfterSeason                     library.Number
	SeasonNames                         map[int]string // of a series

	Artists      []string
	AlbumArtists []string
	Album        string
	Track        library.Number
	Tracks       []Track // of an album

	Streams Streams

	Added      time.Time
	Watched    *bool // nil: not said
	PlayCount  int
	LastPlayed time.Time
	Resume     time.Duration

	Locked       bool
	LockedFields []string
}

// Person is one person's part.
type Person struct {
	Name  string
	Type  string // "Actor", "GuestStar", "Director", "Writer", …
	Role  string
	Order int // -1: not said
	Thumb string
}

// Set is a collection the item belongs to.
type Set struct {
	Name     string
	Overview string
	TMDB     string
}

// Picture is a picture the file points at. Path may be a URL or a path on the
// machine that wrote the file; nothing is fetched here.
type Picture struct {
	Kind   library.ImageKind
	Path   string
	Season library.Number // of a series: the season it is for
}

// Track is a line of an album's track list.
type Track struct {
	Position int
	Title    string
	Duration time.Duration
}

// Streams is the fileinfo a tool wrote: hints, for when the file cannot be probed.
type Streams struct {
	Video     []StreamInfo
	Audio     []StreamInfo
	Subtitles []StreamInfo
}

// StreamInfo describes one stream.
type StreamInfo struct {
	Codec         string
	Language      string
	Width, Height int
	Aspect        float64
	Channels      int
	Duration      time.Duration
	Format3D      string // as written: "HSBS", "left_right", …
}
