package library

// Set is a collection that an item's files say it is in.
type Set struct {
	Name     string `cbor:"1,keyasint,omitzero"`
	Overview string `cbor:"2,keyasint,omitzero"`
	TMDB     string `cbor:"3,keyasint,omitzero"` // its id there
	Folder   string `cbor:"4,keyasint,omitzero"` // that holds its films, "" if none does
}

// Embedded is what a video file says of itself, kept apart because an NFO may say better
// and may go again.
type Embedded struct {
	Overview  string            `cbor:"1,keyasint,omitzero"`
	Year      int               `cbor:"2,keyasint,omitzero"`
	Genres    []string          `cbor:"3,keyasint,omitzero"`
	Artists   []string          `cbor:"4,keyasint,omitzero"`
	Title     string            `cbor:"5,keyasint,omitzero"` // of episodes and music videos; films' are mostly junk
	Album     string            `cbor:"6,keyasint,omitzero"`
	Providers map[string]string `cbor:"7,keyasint,omitzero"`
}

// Airing is where a special belongs among the episodes.
type Airing struct {
	BeforeSeason  Number `cbor:"1,keyasint,omitzero"`
	BeforeEpisode Number `cbor:"2,keyasint,omitzero"` // of BeforeSeason
	AfterSeason   Number `cbor:"3,keyasint,omitzero"`
}

// PhotoInfo is what a camera wrote into a photo. Zero values are what it did not write.
type PhotoInfo struct {
	Width       int      `cbor:"1,keyasint,omitzero"` // of the stored picture, before it is turned
	Height      int      `cbor:"2,keyasint,omitzero"`
	Orientation int      `cbor:"3,keyasint,omitzero"` // 1–8 as EXIF counts; 0: not said
	Make        string   `cbor:"4,keyasint,omitzero"`
	Model       string   `cbor:"5,keyasint,omitzero"`
	Software    string   `cbor:"6,keyasint,omitzero"`
	Exposure    float64  `cbor:"7,keyasint,omitzero"` // seconds
	Aperture    float64  `cbor:"8,keyasint,omitzero"` // f-number
	FocalLength float64  `cbor:"9,keyasint,omitzero"` // millimetres
	ISO         int      `cbor:"10,keyasint,omitzero"`
	Latitude    *float64 `cbor:"11,keyasint,omitzero"` // degrees, north positive
	Longitude   *float64 `cbor:"12,keyasint,omitzero"` // degrees, east positive
	Altitude    *float64 `cbor:"13,keyasint,omitzero"` // metres above the sea
}
