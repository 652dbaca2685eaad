package jellyfin

import (
	"slices"
	"strings"
	"time"

	"sett/node/library"
)

// itemParam is one query parameter of /Items, and of the dozen routes that list items in
// the same way. Exactly one of the last three says what becomes of it.
type itemParam struct {
	Name    string
	Read    func(q params, lq *library.Query)
	Where   string // the function that reads it
	Ignored string // why it changes nothing
}

const liveTV = "it is about live television, which there is none of"

// itemParams is every parameter of /Items in the API's document, and some older ones that
// clients still send.
var itemParams = slices.Concat(placeParams(), nameParams(), factParams(), shownParams())

func read(name string, fn func(q params, lq *library.Query)) itemParam {
	return itemParam{Name: name, Read: fn}
}

func where(name, fn string) itemParam { return itemParam{Name: name, Where: fn} }

func ignored(name, why string) itemParam { return itemParam{Name: name, Ignored: why} }

// flagParam reads a yes or no; the query's field stays nil without it.
func flagParam(name string, to func(*library.Query) **bool) itemParam {
	key := strings.ToLower(name)
	return read(name, func(q params, lq *library.Query) {
		if b := q.flagPtr(key); b != nil {
			*to(lq) = b
		}
	})
}

func idsParam(name string, to func(*library.Query) *[]library.ID) itemParam {
	key := strings.ToLower(name)
	return read(name, func(q params, lq *library.Query) { *to(lq) = q.ids(key) })
}

// placeParams say where to look, and for which things.
func placeParams() []itemParam {
	return []itemParam{
		where("userId", "call.user"),
		idsParam("ids", func(lq *library.Query) *[]library.ID { return &lq.IDs }),
		read("parentId", func(q params, lq *library.Query) { lq.Parent = q.id("parentid") }),
		read("recursive", func(q params, lq *library.Query) { lq.Recursive = q.flag("recursive", false) }),
		idsParam("excludeItemIds", func(lq *library.Query) *[]library.ID { return &lq.Exclude }),
		read("includeItemTypes", func(q params, lq *library.Query) { lq.Kinds = append(lq.Kinds, q.kinds("includeitemtypes")...) }),
		read("excludeItemTypes", func(q params, lq *library.Query) {
			lq.ExcludeKinds = append(lq.ExcludeKinds, q.kinds("excludeitemtypes")...)
		}),
		read("isMovie", kindParam("ismovie", library.Movie)),
		read("isSeries", kindParam("isseries", library.Series)),
		ignored("isNews", liveTV), ignored("isKids", liveTV), ignored("isSports", liveTV),
		read("mediaTypes", func(q params, lq *library.Query) {
			for _, m := range q.list("mediatypes") {
				lq.Media = append(lq.Media, library.MediaType(title(m)))
			}
		}),
		read("videoTypes", func(q params, lq *library.Query) { lq.VideoTypes = q.list("videotypes") }),
		read("locationTypes", func(q params, lq *library.Query) { onDisk(lq, q.list("locationtypes"), true) }),
		read("excludeLocationTypes", func(q params, lq *library.Query) { onDisk(lq, q.list("excludelocationtypes"), false) }),
		flagParam("isMissing", func(lq *library.Query) **bool { return &lq.IsMissing }),
		read("isUnaired", func(q params, lq *library.Query) {
			if q.flag("isunaired", false) { // nothing is in the library before it was aired
				lq.MinPremiered = time.Now()
			}
		}),
		read("isPlaceHolder", func(q params, lq *library.Query) {
			if q.flag("isplaceholder", false) {
				lq.IsMissing = new(true) // what is listed is there
			}
		}),
		read("collapseBoxSetItems", func(q params, lq *library.Query) { lq.CollapseSets = q.flag("collapseboxsetitems", false) }),
		where("adjacentTo", "API.items"),
		read("startIndex", func(q params, lq *library.Query) { lq.Start = max(0, q.integer("startindex", 0)) }),
		read("limit", func(q params, lq *library.Query) { lq.Limit = limit(q) }),
		read("sortBy", func(q params, lq *library.Query) { lq.Sort = sorts(q.list("sortby"), q.list("sortorder")) }),
		where("sortOrder", "sorts"),
	}
}

// kindParam asks for one kind only, or for all others.
func kindParam(key string, kind library.Kind) func(params, *library.Query) {
	return func(q params, lq *library.Query) {
		switch b := q.flagPtr(key); {
		case b == nil:
		case *b:
			lq.Kinds = append(lq.Kinds, kind)
		default:
			lq.ExcludeKinds = append(lq.ExcludeKinds, kind)
		}
	}
}

// onDisk: everything is in the file system, so a list of places has it or has not.
func onDisk(lq *library.Query, places []string, want bool) {
	if len(places) == 0 {
		return
	}
	has := false
	for _, p := range places {
		has = has || strings.EqualFold(p, "FileSystem")
	}
	if has != want {
		lq.IsMissing = new(true)
	}
}

// nameParams are about names: the thing's own and those it has.
func nameParams() []itemParam {
	pipes := func(name string, to func(*library.Query) *[]string) itemParam {
		key := strings.ToLower(name)
		return read(name, func(q params, lq *library.Query) { *to(lq) = q.pipes(key) })
	}
	list := func(name string, to func(*library.Query) *[]string) itemParam {
		key := strings.ToLower(name)
		return read(name, func(q params, lq *library.Query) { *to(lq) = q.list(key) })
	}
	return []itemParam{
		read("searchTerm", func(q params, lq *library.Query) { lq.Search = q.str("searchterm") }),
		read("nameStartsWith", func(q params, lq *library.Query) { lq.NameStartsWith = q.str("namestartswith") }),
		read("nameStartsWithOrGreater", func(q params, lq *library.Query) { lq.NameFrom = q.str("namestartswithorgreater") }),
		read("nameLessThan", func(q params, lq *library.Query) { lq.NameLess = q.str("namelessthan") }),
		pipes("genres", func(lq *library.Query) *[]string { return &lq.Genres }),
		pipes("studios", func(lq *library.Query) *[]string { return &lq.Studios }),
		pipes("tags", func(lq *library.Query) *[]string { return &lq.Tags }),
		pipes("officialRatings", func(lq *library.Query) *[]string { return &lq.Official }),
		pipes("artists", func(lq *library.Query) *[]string { return &lq.Artists }),
		pipes("albums", func(lq *library.Query) *[]string { return &lq.Albums }),
		read("person", func(q params, lq *library.Query) {
			if p := q.str("person"); p != "" {
				lq.Persons = []string{p}
			}
		}),
		list("personTypes", func(lq *library.Query) *[]string { return &lq.PersonTypes }),
		idsParam("personIds", func(lq *library.Query) *[]library.ID { return &lq.PersonIDs }),
		idsParam("genreIds", func(lq *library.Query) *[]library.ID { return &lq.GenreIDs }),
		idsParam("studioIds", func(lq *library.Query) *[]library.ID { return &lq.StudioIDs }),
		idsParam("artistIds", func(lq *library.Query) *[]library.ID { return &lq.ArtistIDs }),
		idsParam("albumArtistIds", func(lq *library.Query) *[]library.ID { return &lq.AlbumArtistIDs }),
		idsParam("contributingArtistIds", func(lq *library.Query) *[]library.ID { return &lq.ContributingArtistIDs }),
		idsParam("excludeArtistIds", func(lq *library.Query) *[]library.ID { return &lq.WithoutArtistIDs }),
		idsParam("albumIds", func(lq *library.Query) *[]library.ID { return &lq.AlbumIDs }),
		idsParam("seriesIds", func(lq *library.Query) *[]library.ID { return &lq.SeriesIDs }), // older
		list("containers", func(lq *library.Query) *[]string { return &lq.Containers }),       // older
		list("audioLanguages", func(lq *library.Query) *[]string { return &lq.AudioLanguages }),
		list("subtitleLanguages", func(lq *library.Query) *[]string { return &lq.SubtitleLanguages }),
		list("seriesStatus", func(lq *library.Query) *[]string { return &lq.SeriesStatus }),
	}
}

// factParams are about the thing and what the person did with it.
func factParams() []itemParam {
	return []itemParam{
		read("filters", func(q params, lq *library.Query) { applyFilters(lq, q.list("filters")) }),
		flagParam("isFavorite", func(lq *library.Query) **bool { return &lq.IsFavorite }),
		flagParam("isPlayed", func(lq *library.Query) **bool { return &lq.IsPlayed }),
		flagParam("isLocked", func(lq *library.Query) **bool { return &lq.IsLocked }),
		flagParam("hasSubtitles", func(lq *library.Query) **bool { return &lq.HasSubtitles }),
		flagParam("hasTrailer", func(lq *library.Query) **bool { return &lq.HasTrailer }),
		flagParam("hasOverview", func(lq *library.Query) **bool { return &lq.HasOverview }),
		flagParam("hasThemeSong", func(lq *library.Query) **bool { return &lq.HasThemeSong }),
		flagParam("hasThemeVideo", func(lq *library.Query) **bool { return &lq.HasThemeVideo }),
		flagParam("hasSpecialFeature", func(lq *library.Query) **bool { return &lq.HasSpecialFeature }),
		flagParam("hasParentalRating", func(lq *library.Query) **bool { return &lq.HasRating }),
		flagParam("hasOfficialRating", func(lq *library.Query) **bool { return &lq.HasRating }),
		read("hasImdbId", providerParam("imdb")), read("hasTmdbId", providerParam("tmdb")), read("hasTvdbId", providerParam("tvdb")),
		flagParam("isHd", func(lq *library.Query) **bool { return &lq.IsHD }),
		flagParam("is4K", func(lq *library.Query) **bool { return &lq.Is4K }),
		flagParam("is3D", func(lq *library.Query) **bool { return &lq.Is3D }),
		sizeParam("minWidth", func(lq *library.Query) *int { return &lq.MinWidth }),
		sizeParam("maxWidth", func(lq *library.Query) *int { return &lq.MaxWidth }),
		sizeParam("minHeight", func(lq *library.Query) *int { return &lq.MinHeight }),
		sizeParam("maxHeight", func(lq *library.Query) *int { return &lq.MaxHeight }),
		read("indexNumber", func(q params, lq *library.Query) { lq.Index = q.intPtr("indexnumber") }),
		read("parentIndexNumber", func(q params, lq *library.Query) { lq.ParentIndex = q.intPtr("parentindexnumber") }),
		read("years", func(q params, lq *library.Query) { lq.Years = q.ints("years") }),
		read("minCommunityRating", func(q params, lq *library.Query) { lq.MinRating = q.float("mincommunityrating") }),
		read("minCriticRating", func(q params, lq *library.Query) { lq.MinCritic = q.float("mincriticrating") }),
		read("minOfficialRating", func(q params, lq *library.Query) { lq.MinAge = ageParam(q.str("minofficialrating")) }),
		read("maxOfficialRating", func(q params, lq *library.Query) { lq.MaxAge = ageParam(q.str("maxofficialrating")) }),
		read("minPremiereDate", func(q params, lq *library.Query) {
			if t := q.time("minpremieredate"); t.After(lq.MinPremiered) {
				lq.MinPremiered = t
			}
		}),
		read("maxPremiereDate", func(q params, lq *library.Query) { lq.MaxPremiered = q.time("maxpremieredate") }),
		read("minDateLastSaved", func(q params, lq *library.Query) { lq.MinModified = q.time("mindatelastsaved") }),
		read("minDateLastSavedForUser", func(q params, lq *library.Query) { lq.MinTouched = q.time("mindatelastsavedforuser") }),
		read("imageTypes", func(q params, lq *library.Query) {
			for _, k := range q.list("imagetypes") {
				lq.Images = append(lq.Images, imageKind(k))
			}
		}),
	}
}

// ageParam is the age of an official rating; one that no system knows limits nothing.
func ageParam(rating string) *int {
	age := library.RatingAge(rating)
	if age < 0 {
		return nil
	}
	return &age
}

func providerParam(provider string) func(params, *library.Query) {
	key := "has" + provider + "id"
	return func(q params, lq *library.Query) {
		switch has := q.flagPtr(key); {
		case has == nil:
		case *has:
			lq.Providers = append(lq.Providers, provider)
		default:
			lq.NoProviders = append(lq.NoProviders, provider)
		}
	}
}

func sizeParam(name string, to func(*library.Query) *int) itemParam {
	key := strings.ToLower(name)
	return read(name, func(q params, lq *library.Query) { *to(lq) = max(0, q.integer(key, 0)) })
}

// shownParams are about what is sent of each item.
func shownParams() []itemParam {
	return []itemParam{
		where("fields", "call.wants"), where("enableUserData", "call.wants"), where("enableImages", "call.wants"),
		where("imageTypeLimit", "call.wants"), where("enableImageTypes", "call.wants"),
		ignored("enableTotalRecordCount", "the total costs nothing and is always sent"),
	}
}

// listParams are the parameters of the other lists that /Items has not, by where they are
// read or why they are not.
func listParams() []itemParam {
	return []itemParam{
		where("type", "API.suggestions"), where("mediaType", "API.suggestions"),
		where("groupItems", "API.latest"), where("excludeActiveSessions", "API.resume"),
		where("seriesId", "API.nextUp"), where("nextUpDateCutoff", "API.nextUp"), where("enableResumable", "API.nextUp"),
		where("enableRewatching", "API.nextUp"), where("disableFirstEpisode", "API.nextUp"),
		where("season", "API.episodes"), where("seasonId", "API.episodes"), where("startItemId", "API.episodes"),
		where("isSpecialSeason", "API.seasons"),
		where("excludePersonTypes", "API.persons"), where("appearsInItemId", "API.persons"),
		where("includePeople", "API.searchHints"), where("includeMedia", "API.searchHints"), where("includeGenres", "API.searchHints"),
		where("includeStudios", "API.searchHints"), where("includeArtists", "API.searchHints"),
		where("categoryLimit", "API.recommendations"), where("itemLimit", "API.recommendations"),
		where("itemId", "call.known"), where("playlistId", "call.playlist"),
		ignored("isAiring", liveTV),
		ignored("includeExternalContent", "there are no channels"),
		ignored("presetViews", "libraries have the form their kind has"),
		where("includeHidden", "API.userViews"),
	}
}
