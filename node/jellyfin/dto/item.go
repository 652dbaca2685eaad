package dto

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"

	"sett/node/library"
)

// Item is the part of a BaseItemDto that follows from the stored item alone and is
// the same for every caller. What depends on relatives or on the caller is spliced
// in later.
type Item struct {
	Name               string
	OriginalTitle      string `json:",omitempty"`
	ID                 string `json:"Id"`
	Etag               string `json:",omitempty"`
	DateCreated        *Time  `json:",omitempty"`
	DateLastMediaAdded *Time  `json:",omitempty"`
	HasSubtitles       bool   `json:",omitempty"`
	Container          string `json:",omitempty"`
	SortName           string
	PremiereDate       *Time         `json:",omitempty"`
	ExternalURLs       []ExternalURL `json:"ExternalUrls"`
	MediaSources       []MediaSource `json:",omitempty"`
	MediaStreams       []MediaStream `json:",omitempty"`
	CriticRating       *float32      `json:",omitempty"`
	ProductionLocs     []string      `json:"ProductionLocations"`
	Path               string        `json:",omitempty"`
	OfficialRating     string        `json:",omitempty"`
	Overview           string        `json:",omitempty"`
	Taglines           []string
	Genres             []string
	CommunityRating    *float32 `json:",omitempty"`
	RunTimeTicks       *int64   `json:",omitempty"`
	ProductionYear     *int     `json:",omitempty"`
	IndexNumber        *int     `json:",omitempty"`
	IndexNumberEnd     *int     `json:",omitempty"`
	ParentIndexNumber  *int     `json:",omitempty"`
	RemoteTrailers     []MediaURL
	ProviderIDs        map[string]string `json:"ProviderIds"`
	IsHD               *bool             `json:",omitempty"`
	IsFolder           bool
	ParentID           string `json:"ParentId,omitempty"`
	Type               string
	People             []Person
	Studios            []NameID
	GenreItems         []NameID
	LocalTrailerCount  int
	SeriesID           string `json:"SeriesId,omitempty"`
	SeasonID           string `json:"SeasonId,omitempty"`
	SpecialFeatureCnt  int    `json:"SpecialFeatureCount"`
	DisplayPrefsID     string `json:"DisplayPreferencesId"`
	Status             string `json:",omitempty"`
	Tags               []string
	AspectRatio        *float64 `json:"PrimaryImageAspectRatio,omitempty"`
	Artists            []string `json:",omitempty"`
	ArtistItems        []NameID `json:",omitempty"`
	AlbumID            string   `json:"AlbumId,omitempty"`
	AlbumArtist        string   `json:",omitempty"`
	AlbumArtists       []NameID `json:",omitempty"`
	CollectionType     string   `json:",omitempty"`
	VideoType          string   `json:",omitempty"`
	PartCount          *int     `json:",omitempty"`
	MediaSourceCount   *int     `json:",omitempty"`
	Chapters           []Chapter
	LocationType       string
	MediaType          string
	EndDate            *Time    `json:",omitempty"`
	LockedFields       []string `json:",omitempty"`
	LockData           bool
	Width              *int     `json:",omitempty"`
	Height             *int     `json:",omitempty"`
	NormalizationGain  *float64 `json:",omitempty"`
	EnableSourceShow   bool     `json:"EnableMediaSourceDisplay"`
	Found
	IsMovie  *bool `json:",omitempty"`
	IsSeries *bool `json:",omitempty"`
}

// NameID names another item.
type NameID struct {
	Name string
	ID   string `json:"Id"`
}

// Person is one credit.
type Person struct {
	Name string
	ID   string `json:"Id"`
	Role string `json:",omitempty"`
	Type string
}

// ExternalURL and MediaURL are links people may open.
type ExternalURL struct{ Name, URL string }

// MediaURL is a trailer somewhere else.
type MediaURL struct {
	URL  string `json:"Url"`
	Name string `json:",omitempty"`
}

// Chapter is a named position.
type Chapter struct {
	Start     int64 `json:"StartPositionTicks"`
	Name      string
	ImageTag  string `json:",omitempty"`
	ImageDate Time   `json:"ImageDateModified"`
}

// NewItem is the wire shape of it.
func NewItem(it *library.Item) Item {
	d := Item{
		Name: it.Name, OriginalTitle: it.OriginalName, ID: it.ID.String(),
		DateCreated: date(it.Added), SortName: it.SortName,
		PremiereDate: date(it.Premiered), EndDate: date(it.Ended),
		ExternalURLs: []ExternalURL{}, ProductionLocs: []string{}, Taglines: []string{}, RemoteTrailers: []MediaURL{},
		Path: it.Path, OfficialRating: it.OfficialRating, Overview: it.Overview,
		Genres: orEmpty(it.Genres), Tags: orEmpty(it.Tags),
		CommunityRating: nonZero(it.CommunityRating), CriticRating: nonZero(it.CriticRating),
		RunTimeTicks: nonZero(int64(it.Runtime)), ProductionYear: nonZero(it.Year),
		IndexNumber: number(it.Index), IndexNumberEnd: number(it.IndexEnd), ParentIndexNumber: number(it.ParentIndex),
		ProviderIDs: it.Providers, IsFolder: it.Kind.IsFolder(), Type: it.Kind.String(),
		ParentID: idOrNone(it.Parent), SeriesID: idOrNone(it.Series), SeasonID: idOrNone(it.Season), AlbumID: idOrNone(it.Album),
		People: people(it.People), Studios: named(library.Studio, it.Studios), GenreItems: named(genreKind(it.Kind), it.Genres),
		DisplayPrefsID: it.ID.String(), Status: it.Status, CollectionType: string(it.Collection),
		Chapters: []Chapter{}, LocationType: "FileSystem", MediaType: string(it.Kind.Media()),
		NormalizationGain: it.ReplayGain, EnableSourceShow: true,
	}
	d.Etag = etag(it)
	d.LockedFields, d.LockData = it.Locks, it.LockAll
	if it.Kind == library.Playlist {
		d.MediaType = string(it.ListMedia)
	}
	if d.MediaType == "" {
		d.MediaType = "Unknown"
	}
	if it.Path == "" && !it.Kind.IsFolder() {
		d.LocationType = "Virtual"
	}
	if d.ProviderIDs == nil {
		d.ProviderIDs = map[string]string{}
	}
	if it.Tagline != "" {
		d.Taglines = []string{it.Tagline}
	}
	for _, u := range it.Trailers {
		d.RemoteTrailers = append(d.RemoteTrailers, MediaURL{URL: u})
	}
	d.music(it)
	d.playable(it)
	d.found(it)
	if im, ok := it.Image(library.Primary, 0); ok && im.Height > 0 {
		d.AspectRatio = Ptr(math.Round(float64(im.Width)/float64(im.Height)*10000) / 10000)
	}
	return d
}

// music fills what clients of songs and albums read without asking whether it is there.
func (d *Item) music(it *library.Item) {
	switch it.Kind {
	case library.Audio, library.MusicAlbum, library.MusicVideo, library.AudioBook:
	default:
		return
	}
	d.Artists, d.ArtistItems = orEmpty(it.Artists), named(library.MusicArtist, it.Artists)
	d.AlbumArtists = named(library.MusicArtist, it.AlbumArtists)
	d.AlbumArtist = strings.Join(it.AlbumArtists, ", ")
}

func (d *Item) playable(it *library.Item) {
	if len(it.Sources) == 0 {
		return
	}
	main := it.Sources[0]
	d.Container = main.Container
	d.MediaSourceCount = Ptr(len(it.Sources))
	if len(main.Parts) > 0 {
		d.PartCount = Ptr(len(main.Parts) + 1)
	}
	for i := range it.Sources {
		d.MediaSources = append(d.MediaSources, NewMediaSource(&it.Sources[i]))
	}
	d.MediaStreams = d.MediaSources[0].MediaStreams
	for _, s := range main.Streams {
		d.HasSubtitles = d.HasSubtitles || s.Kind == library.StreamSubtitle
	}
	for i, c := range main.Chapters {
		d.Chapters = append(d.Chapters, Chapter{Start: int64(c.Start), Name: c.Name, ImageTag: ChapterTag(&main, i), ImageDate: Time(it.Modified)})
	}
	if v, ok := main.First(library.StreamVideo); ok && it.Kind.Media() == library.MediaVideo {
		d.VideoType = "VideoFile"
		d.Width, d.Height = nonZero(v.Width), nonZero(v.Height)
		d.IsHD = Ptr(v.Height >= 720 || v.Width >= 1280)
	}
}

// ChapterTag is the tag of a chapter's picture, "" where there can be none. It
// changes when the file does.
func ChapterTag(src *library.Source, n int) string {
	if _, ok := src.First(library.StreamVideo); !ok || n < 0 || n >= len(src.Chapters) {
		return ""
	}
	return library.NewID("chapter", src.Path, src.Modified.String(), fmt.Sprint(n, src.Chapters[n].Start)).String()
}

// etag changes whenever anything of the stored item does.
func etag(it *library.Item) string {
	return library.NewID(it.ID.String(), it.Modified.String(), it.Name, it.Overview, it.Fingerprint, fmt.Sprint(it.Locks, it.Locked, it.Members)).String()
}

func genreKind(k library.Kind) library.Kind {
	switch k {
	case library.Audio, library.MusicAlbum, library.MusicArtist, library.MusicVideo:
		return library.MusicGenre
	}
	return library.Genre
}

func named(kind library.Kind, names []string) []NameID {
	out := make([]NameID, 0, len(names))
	for _, n := range names {
		out = append(out, NameID{n, library.EntityID(kind, n).String()})
	}
	return out
}

func people(cs []library.Credit) []Person {
	out := make([]Person, 0, len(cs))
	for _, c := range cs {
		out = append(out, Person{Name: c.Name, ID: library.EntityID(library.Person, c.Name).String(), Role: c.Role, Type: c.Type})
	}
	return out
}

func orEmpty(l []string) []string {
	if l == nil {
		return []string{}
	}
	return l
}

func idOrNone(id library.ID) string {
	if id.IsZero() {
		return ""
	}
	return id.String()
}

// Marshal is json.Marshal for shapes that cannot fail.
func Marshal(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic("dto: shape that cannot be marshalled: " + err.Error())
	}
	return b
}
