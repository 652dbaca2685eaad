package library

import "strings"

// Kind is what an item is. Its String is the name the clients' API uses.
type Kind uint8

const (
	KindUnknown      Kind = iota
	CollectionFolder      // a library: the root of one or more media folders
	Folder                // a plain folder inside one
	Movie
	Series
	Season
	Episode
	MusicArtist
	MusicAlbum
	Audio
	MusicVideo
	Video // home video, or anything that is only a video
	Trailer
	Photo
	PhotoAlbum
	AudioBook
	Book
	BoxSet
	Playlist
	Person
	Genre
	MusicGenre
	Studio
	Year
	kindCount
)

var kindNames = [kindCount]string{
	"", "CollectionFolder", "Folder", "Movie", "Series", "Season", "Episode", "MusicArtist",
	"MusicAlbum", "Audio", "MusicVideo", "Video", "Trailer", "Photo", "PhotoAlbum", "AudioBook",
	"Book", "BoxSet", "Playlist", "Person", "Genre", "MusicGenre", "Studio", "Year",
}

// String is "" for KindUnknown and for numbers that are no kind.
func (k Kind) String() string {
	if k >= kindCount {
		return ""
	}
	return kindNames[k]
}

// ParseKind reads a kind's name in any case; ok is false for names it does not know.
func ParseKind(s string) (k Kind, ok bool) {
	for i, n := range kindNames {
		if i > 0 && strings.EqualFold(n, s) {
			return Kind(i), true
		}
	}
	return KindUnknown, false
}

// IsFolder reports whether items of the kind contain others.
func (k Kind) IsFolder() bool {
	switch k {
	case CollectionFolder, Folder, Series, Season, MusicArtist, MusicAlbum, PhotoAlbum, BoxSet, Playlist:
		return true
	}
	return false
}

// MediaType is the coarse sort of media: "Video", "Audio", "Photo", "Book", or ""
// for folders and names.
type MediaType string

// The media types clients know.
const (
	MediaUnknown MediaType = ""
	MediaVideo   MediaType = "Video"
	MediaAudio   MediaType = "Audio"
	MediaPhoto   MediaType = "Photo"
	MediaBook    MediaType = "Book"
)

// Media returns the media type of items of the kind.
func (k Kind) Media() MediaType {
	switch k {
	case Movie, Episode, MusicVideo, Video, Trailer:
		return MediaVideo
	case Audio, AudioBook:
		return MediaAudio
	case Photo:
		return MediaPhoto
	case Book:
		return MediaBook
	}
	return MediaUnknown
}

// Collection is what a library is for. Its text is the clients' CollectionType.
type Collection string

// The collections a library can be.
const (
	Movies      Collection = "movies"
	TVShows     Collection = "tvshows"
	Music       Collection = "music"
	MusicVideos Collection = "musicvideos"
	HomeVideos  Collection = "homevideos"
	Photos      Collection = "photos"
	Books       Collection = "books"
	BoxSets     Collection = "boxsets"
	Playlists   Collection = "playlists"
	Mixed       Collection = ""
)
