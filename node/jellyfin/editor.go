package jellyfin

import "sett/node/library"

// nameValue is a NameValuePair.
type nameValue struct{ Name, Value string }

func contentTypes() []nameValue {
	return []nameValue{
		{"Films", string(library.Movies)}, {"Shows", string(library.TVShows)}, {"Music", string(library.Music)},
		{"Music videos", string(library.MusicVideos)}, {"Home videos", string(library.HomeVideos)},
		{"Photos", string(library.Photos)}, {"Books", string(library.Books)},
	}
}

// parentalRating is a ParentalRating.
type parentalRating struct {
	Name        string
	Value       int
	RatingScore struct {
		Score int `json:"score"`
	}
}

func parentalRatings() []parentalRating {
	out := []parentalRating{}
	for _, r := range library.RatingNames() {
		p := parentalRating{Name: r.Name, Value: r.Age}
		p.RatingScore.Score = r.Age
		out = append(out, p)
	}
	return out
}

type externalID struct{ Name, Key, Type string }

// externalIDs are the providers whose ids an item of a kind may have.
func externalIDs(k library.Kind) []externalID {
	switch k {
	case library.Movie, library.Person, library.BoxSet:
		return []externalID{{"IMDb", "Imdb", k.String()}, {"TheMovieDb", "Tmdb", k.String()}}
	case library.Audio, library.MusicAlbum, library.MusicArtist:
		return []externalID{
			{"MusicBrainz", "MusicBrainzAlbum", "Album"}, {"MusicBrainz", "MusicBrainzAlbumArtist", "AlbumArtist"},
			{"MusicBrainz", "MusicBrainzArtist", "Artist"}, {"MusicBrainz", "MusicBrainzReleaseGroup", "ReleaseGroup"},
			{"MusicBrainz", "MusicBrainzTrack", "Track"},
		}
	case library.Series, library.Season, library.Episode:
		return []externalID{
			{"IMDb", "Imdb", k.String()}, {"TheMovieDb", "Tmdb", k.String()}, {"TheTVDB", "Tvdb", k.String()}, {"TVmaze", "TvMaze", k.String()},
		}
	}
	return []externalID{}
}

func (a *API) metadataEditor(c *call) error {
	item, err := c.edited()
	if err != nil {
		return err
	}
	answer := struct {
		ParentalRatingOptions []parentalRating
		Countries             []country
		Cultures              []culture
		ExternalIdInfos       []externalID
		ContentType           string `json:",omitempty"`
		ContentTypeOptions    []nameValue
	}{parentalRatings(), countries(), cultures(), externalIDs(item.Kind), string(item.Collection), []nameValue{}}
	if item.Kind == library.CollectionFolder {
		answer.ContentTypeOptions = contentTypes()
	}
	return c.json(answer)
}
