package dto

import "sett/node/library"

// Found is the part of an Item that only some kinds have.
type Found struct {
	ExtraType         string `json:",omitempty"`
	Video3DFormat     string `json:",omitempty"`
	HasLyrics         *bool  `json:",omitempty"`
	AirsBeforeSeason  *int   `json:"AirsBeforeSeasonNumber,omitempty"`
	AirsBeforeEpisode *int   `json:"AirsBeforeEpisodeNumber,omitempty"`
	AirsAfterSeason   *int   `json:"AirsAfterSeasonNumber,omitempty"`

	CameraMake   string   `json:",omitempty"`
	CameraModel  string   `json:",omitempty"`
	Software     string   `json:",omitempty"`
	Exposure     *float64 `json:"ExposureTime,omitempty"` // seconds
	FocalLength  *float64 `json:",omitempty"`             // millimetres
	Orientation  string   `json:"ImageOrientation,omitempty"`
	Aperture     *float64 `json:",omitempty"`
	Latitude     *float64 `json:",omitempty"`
	Longitude    *float64 `json:",omitempty"`
	Altitude     *float64 `json:",omitempty"`
	ISOSpeed     *int     `json:"IsoSpeedRating,omitempty"`
	SeriesOfBook string   `json:"SeriesName,omitempty"` // of books; an episode's is its series' and comes from there
}

// orientations are the clients' names of EXIF's eight.
var orientations = [...]string{
	"", "TopLeft", "TopRight", "BottomRight", "BottomLeft", "LeftTop", "RightTop", "RightBottom", "LeftBottom",
}

// found fills in what scans find of some kinds.
func (d *Item) found(it *library.Item) {
	d.ExtraType, d.Video3DFormat = it.Extra.String(), it.Format3D
	d.LocalTrailerCount, d.SpecialFeatureCnt = it.Extras.Trailers, it.Extras.SpecialFeatures
	d.AirsBeforeSeason, d.AirsBeforeEpisode, d.AirsAfterSeason =
		number(it.Airs.BeforeSeason), number(it.Airs.BeforeEpisode), number(it.Airs.AfterSeason)
	d.SeriesOfBook = it.BookSeries
	if it.Kind == library.Audio {
		lyrics := it.Lyrics != ""
		if len(it.Sources) > 0 {
			_, beside := it.Sources[0].First(library.StreamSubtitle)
			lyrics = lyrics || beside
		}
		d.HasLyrics = &lyrics
	}
	if p := it.Photo; p != nil {
		d.photo(p)
	}
}

func (d *Item) photo(p *library.PhotoInfo) {
	d.Width, d.Height = nonZero(p.Width), nonZero(p.Height)
	d.CameraMake, d.CameraModel, d.Software = p.Make, p.Model, p.Software
	d.Exposure, d.FocalLength, d.Aperture = nonZero(p.Exposure), nonZero(p.FocalLength), nonZero(p.Aperture)
	d.Latitude, d.Longitude, d.Altitude, d.ISOSpeed = p.Latitude, p.Longitude, p.Altitude, nonZero(p.ISO)
	if p.Orientation > 0 && p.Orientation < len(orientations) {
		d.Orientation = orientations[p.Orientation]
	}
}
