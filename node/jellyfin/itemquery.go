package jellyfin

import (
	"strings"

	"sett/node/library"
)

// itemQuery reads the parameters of /Items, which a dozen other routes share.
func (c *call) itemQuery(v library.Viewer) library.Query {
	q := c.q
	lq := library.Query{
		Viewer: v, IDs: q.ids("ids"), Parent: q.id("parentid"), Recursive: q.flag("recursive", false),
		Exclude: q.ids("excludeitemids"), Kinds: q.kinds("includeitemtypes"), ExcludeKinds: q.kinds("excludeitemtypes"),
		Search: q.str("searchterm"), NameStartsWith: q.str("namestartswith"),
		NameLess: q.str("namelessthan"), NameFrom: q.str("namestartswithorgreater"),
		Genres: q.pipes("genres"), Studios: q.pipes("studios"), Tags: q.pipes("tags"), Official: q.pipes("officialratings"),
		GenreIDs: q.ids("genreids"), StudioIDs: q.ids("studioids"), PersonIDs: q.ids("personids"),
		PersonTypes: q.list("persontypes"), ArtistIDs: q.ids("artistids"), AlbumArtistIDs: q.ids("albumartistids"),
		ContributingArtistIDs: q.ids("contributingartistids"), AlbumIDs: q.ids("albumids"),
		SeriesIDs: q.ids("seriesids"), Years: q.ints("years"), Containers: q.list("containers"),
		IsPlayed: q.flagPtr("isplayed"), IsFavorite: q.flagPtr("isfavorite"),
		HasSubtitles: q.flagPtr("hassubtitles"), HasTrailer: q.flagPtr("hastrailer"), HasOverview: q.flagPtr("hasoverview"),
		IsHD: q.flagPtr("ishd"), Is4K: q.flagPtr("is4k"), Is3D: q.flagPtr("is3d"),
		MinRating: q.float("mincommunityrating"), MinCritic: q.float("mincriticrating"),
		MinPremiered: q.time("minpremieredate"), MaxPremiered: q.time("maxpremieredate"),
		Index: q.intPtr("indexnumber"), ParentIndex: q.intPtr("parentindexnumber"), IsMissing: q.flagPtr("ismissing"),
		Start: max(0, q.integer("startindex", 0)), Limit: limit(q),
		Sort: sorts(q.list("sortby"), q.list("sortorder")),
	}
	if p := q.str("person"); p != "" {
		lq.Persons = []string{p}
	}
	for _, m := range q.list("mediatypes") {
		lq.Media = append(lq.Media, library.MediaType(title(m)))
	}
	for _, f := range [...]string{"imdb", "tmdb", "tvdb"} {
		if has := q.flagPtr("has" + f + "id"); has != nil && *has {
			lq.Providers = append(lq.Providers, f)
		}
	}
	applyFilters(&lq, q.list("filters"))
	return lq
}

// limit maps the API's idea (absent: all, 0: only the count) to the query's.
func limit(q params) int {
	switch n := q.integer("limit", -1); {
	case n < 0:
		return 0
	case n == 0:
		return -1
	default:
		return n
	}
}

func applyFilters(lq *library.Query, names []string) {
	yes, no := true, false
	for _, f := range names {
		switch strings.ToLower(f) {
		case "isfolder":
			lq.IsFolder = &yes
		case "isnotfolder":
			lq.IsFolder = &no
		case "isplayed":
			lq.IsPlayed = &yes
		case "isunplayed":
			lq.IsPlayed = &no
		case "isfavorite", "isfavoriteorlikes":
			lq.IsFavorite = &yes
		case "isresumable":
			lq.IsResumable = &yes
		case "likes":
			lq.IsLiked = &yes
		case "dislikes":
			lq.IsLiked = &no
		}
	}
}

func sorts(by, order []string) []library.Sort {
	var out []library.Sort
	for i, b := range by {
		desc := false
		if len(order) > 0 {
			desc = strings.HasPrefix(strings.ToLower(order[min(i, len(order)-1)]), "desc")
		}
		if by, ok := library.ParseSortBy(b); ok {
			out = append(out, library.Sort{By: by, Desc: desc})
		}
	}
	return out
}

func title(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + strings.ToLower(s[1:])
}

// imageKind reads a picture kind in any case.
func imageKind(s string) library.ImageKind {
	for _, k := range [...]library.ImageKind{
		library.Primary, library.Backdrop, library.Logo, library.Thumb, library.Banner, library.Art, library.Disc,
		library.ChapterPic, library.Profile,
	} {
		if strings.EqualFold(string(k), s) {
			return k
		}
	}
	return library.ImageKind(s)
}
