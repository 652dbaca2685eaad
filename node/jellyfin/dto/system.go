package dto

// PublicSystemInfo is what anyone who can reach the node may know of it.
type PublicSystemInfo struct {
	LocalAddress           string
	ServerName             string
	Version                string
	ProductName            string
	OperatingSystem        string
	ID                     string `json:"Id"`
	StartupWizardCompleted bool
}

// SystemInfo is what signed-in people may know. Paths are not among it: no client
// needs them and they tell about the machine.
type SystemInfo struct {
	PublicSystemInfo
	OperatingSystemDisplayName string
	PackageName                string
	HasPendingRestart          bool
	IsShuttingDown             bool
	SupportsLibraryMonitor     bool
	WebSocketPortNumber        int
	CompletedInstallations     []struct{}
	CanSelfRestart             bool
	CanLaunchWebBrowser        bool
	ProgramDataPath            string
	WebPath                    string
	ItemsByNamePath            string
	CachePath                  string
	LogPath                    string
	InternalMetadataPath       string
	TranscodingTempPath        string
	CastReceiverApplications   []CastReceiver
	HasUpdateAvailable         bool
	EncoderLocation            string
	SystemArchitecture         string
}

// CastReceiver is an application a Chromecast can run.
type CastReceiver struct {
	ID   string `json:"Id"`
	Name string
}

// DisplayPreferences is a DisplayPreferencesDto.
type DisplayPreferences struct {
	ID                 string  `json:"Id"`
	ViewType           *string `json:",omitempty"`
	SortBy             string
	IndexBy            *string `json:",omitempty"`
	RememberIndexing   bool
	PrimaryImageHeight Int
	PrimaryImageWidth  Int
	CustomPrefs        map[string]*string
	ScrollDirection    string
	ShowBackdrop       bool
	RememberSorting    bool
	SortOrder          string
	ShowSidebar        bool
	Client             string
}

// DefaultDisplayPreferences is the answer for an id nobody saved yet.
func DefaultDisplayPreferences(id, client string) DisplayPreferences {
	return DisplayPreferences{
		ID: id, SortBy: "SortName", PrimaryImageHeight: 250, PrimaryImageWidth: 250, CustomPrefs: map[string]*string{},
		ScrollDirection: "Horizontal", ShowBackdrop: true, SortOrder: "Ascending", Client: client,
	}
}

// Branding is a BrandingOptionsDto.
type Branding struct {
	LoginDisclaimer     string
	CustomCSS           string `json:"CustomCss"`
	SplashscreenEnabled bool
}

// Endpoint says how the caller stands to the node.
type Endpoint struct{ IsLocal, IsInNetwork bool }

// Filters is a QueryFiltersLegacy.
type Filters struct {
	Genres, Tags, OfficialRatings []string
	Years                         []int
}

// SearchHint is one hit of search-as-you-type.
type SearchHint struct {
	ItemID            string `json:"ItemId"`
	ID                string `json:"Id"`
	Name              string
	MatchedTerm       string `json:",omitempty"`
	IndexNumber       *int   `json:",omitempty"`
	ProductionYear    *int   `json:",omitempty"`
	ParentIndexNumber *int   `json:",omitempty"`
	PrimaryImageTag   string `json:",omitempty"`
	ThumbImageTag     string `json:",omitempty"`
	BackdropImageTag  string `json:",omitempty"`
	BackdropItemID    string `json:"BackdropImageItemId,omitempty"`
	Type              string
	IsFolder          bool
	RunTimeTicks      *int64 `json:",omitempty"`
	MediaType         string
	Series            string `json:",omitempty"`
	Status            string `json:",omitempty"`
	Album             string `json:",omitempty"`
	AlbumID           string `json:"AlbumId,omitempty"`
	AlbumArtist       string `json:",omitempty"`
	Artists           []string
	PrimaryAspect     *float64 `json:"PrimaryImageAspectRatio,omitempty"`
}

// Counts is an ItemCounts.
type Counts struct {
	MovieCount, SeriesCount, EpisodeCount, ArtistCount, ProgramCount, TrailerCount, SongCount, AlbumCount,
	MusicVideoCount, BoxSetCount, BookCount, ItemCount int
}
