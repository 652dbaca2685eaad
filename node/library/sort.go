package library

import "strings"

// The orders. A descending Sort is the exact reverse of the ascending one.
const (
	SortDefault              SortBy = "Default" // disc and track or season and episode, then name
	SortAiredEpisodeOrder    SortBy = "AiredEpisodeOrder"
	SortAlbum                SortBy = "Album"
	SortAlbumArtist          SortBy = "AlbumArtist"
	SortArtist               SortBy = "Artist"
	SortDateCreated          SortBy = "DateCreated"
	SortOfficialRating       SortBy = "OfficialRating" // by the age it is for
	SortDatePlayed           SortBy = "DatePlayed"
	SortPremiereDate         SortBy = "PremiereDate"
	SortStartDate            SortBy = "StartDate"
	SortSortName             SortBy = "SortName"
	SortName                 SortBy = "Name"
	SortRandom               SortBy = "Random" // by Query.Seed
	SortRuntime              SortBy = "Runtime"
	SortCommunityRating      SortBy = "CommunityRating"
	SortProductionYear       SortBy = "ProductionYear"
	SortPlayCount            SortBy = "PlayCount"
	SortCriticRating         SortBy = "CriticRating"
	SortIsFolder             SortBy = "IsFolder"   // folders first
	SortIsUnplayed           SortBy = "IsUnplayed" // unplayed first
	SortIsPlayed             SortBy = "IsPlayed"   // played first
	SortSeriesSortName       SortBy = "SeriesSortName"
	SortVideoBitRate         SortBy = "VideoBitRate"
	SortAirTime              SortBy = "AirTime"
	SortStudio               SortBy = "Studio"
	SortIsFavoriteOrLiked    SortBy = "IsFavoriteOrLiked" // favourites first
	SortDateLastContentAdded SortBy = "DateLastContentAdded"
	SortSeriesDatePlayed     SortBy = "SeriesDatePlayed"
	SortParentIndexNumber    SortBy = "ParentIndexNumber"
	SortIndexNumber          SortBy = "IndexNumber"
	SortSimilarityScore      SortBy = "SimilarityScore" // of Similar; elsewhere as SearchScore
	SortSearchScore          SortBy = "SearchScore"     // the rank of a Search; without one, the name
)

var sortNames = [...]SortBy{
	SortDefault, SortAiredEpisodeOrder, SortAlbum, SortAlbumArtist, SortArtist, SortDateCreated,
	SortOfficialRating, SortDatePlayed, SortPremiereDate, SortStartDate, SortSortName, SortName,
	SortRandom, SortRuntime, SortCommunityRating, SortProductionYear, SortPlayCount,
	SortCriticRating, SortIsFolder, SortIsUnplayed, SortIsPlayed, SortSeriesSortName,
	SortVideoBitRate, SortAirTime, SortStudio, SortIsFavoriteOrLiked, SortDateLastContentAdded,
	SortSeriesDatePlayed, SortParentIndexNumber, SortIndexNumber, SortSimilarityScore, SortSearchScore,
}

// ParseSortBy reads the name of an order in any case.
func ParseSortBy(s string) (SortBy, bool) {
	for _, n := range sortNames {
		if strings.EqualFold(string(n), s) {
			return n, true
		}
	}
	return "", false
}
