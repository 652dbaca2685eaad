package jellyfin

import (
	"strings"

	"sett/node/library"
)

// itemQuery reads the parameters of /Items, which a dozen other routes share.
func (c *call) itemQuery(v library.Viewer) library.Query {
	lq := library.Query{Viewer: v}
	for _, p := range itemParams {
		if p.Read != nil {
			p.Read(c.q, &lq)
		}
	}
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
