package naming

import (
	"strings"

	"sett/node/library"
)

// ImageName is what the name of a picture file says.
type ImageName struct {
	Kind   library.ImageKind
	Rank   int            // among those of a kind and owner; the smallest comes first
	Season library.Number // of the season it belongs to: "season01-poster.jpg"
}

// ImageContext says where a picture lies and what it may belong to.
type ImageContext struct {
	Of   library.Kind // what is looked at
	Stem string       // its media file's name without extension, "" for folders
	// Shared folders hold several items: only names that begin with Stem count.
	Shared bool
}

// imageNames maps the name of a picture, or the part after "<stem>-". Rank is the
// position in the list of its kind.
var imageNames = buildImageNames(
	imageList{library.Primary, "poster folder cover default movie show jacket season artist album front poster-default"},
	imageList{library.Backdrop, "backdrop fanart background art"},
	imageList{library.Banner, "banner"},
	imageList{library.Logo, "logo clearlogo"},
	imageList{library.Thumb, "landscape thumb"},
	imageList{library.Disc, "disc cdart discart"},
	imageList{library.Art, "clearart"},
)

type imageList struct {
	kind  library.ImageKind
	names string
}

func buildImageNames(lists ...imageList) map[string]ImageName {
	m := make(map[string]ImageName)
	for _, l := range lists {
		for i, n := range strings.Fields(l.names) {
			m[n] = ImageName{Kind: l.kind, Rank: i * maxNumbered}
		}
	}
	return m
}

// maxNumbered bounds the n of "backdrop12.jpg".
const maxNumbered = 1000

// Image reads a picture's path. Pictures in "extrafanart" and "extrabackdrops" are
// backdrops whatever their name; for those pass the path with its folder.
func Image(path string, c ImageContext) (ImageName, bool) {
	dir, name := cut(path)
	stem, ext := splitExt(name)
	if class(ext)&clsPhoto == 0 || strings.HasPrefix(name, ".") {
		return ImageName{}, false
	}
	l := lower(stem)
	switch lower(base(dir)) {
	case "extrafanart", "extrabackdrops":
		n, _ := trailingNumber(l)
		return ImageName{Kind: library.Backdrop, Rank: 10*maxNumbered + n}, true
	}
	if c.Stem != "" {
		if im, ok := stemImage(l, lower(c.Stem), c.Of); ok {
			return im, true
		}
		if c.Shared {
			return ImageName{}, false
		}
	}
	if im, ok := seasonImage(l); ok {
		return im, c.Of == library.Series || c.Of == library.Season || c.Of == library.KindUnknown
	}
	return plainImage(l, c.Of)
}

// stemImage reads "<stem>.jpg" and "<stem>-poster.jpg".
func stemImage(l, stem string, of library.Kind) (ImageName, bool) {
	rest, ok := strings.CutPrefix(l, stem)
	if !ok {
		return ImageName{}, false
	}
	if rest == "" {
		return ImageName{Kind: library.Primary, Rank: 5}, true
	}
	if strings.IndexByte("-._ ", rest[0]) < 0 {
		return ImageName{}, false
	}
	im, ok := plainImage(rest[1:], of)
	if im.Kind == library.Thumb && of == library.Episode { // an episode's picture is its thumb
		im.Kind = library.Primary
	}
	return im, ok
}

// plainImage reads "poster", "fanart3", "backdrop-2".
func plainImage(l string, of library.Kind) (ImageName, bool) {
	if im, ok := imageNames[l]; ok {
		return fitting(im, l, of)
	}
	n, head := trailingNumber(l)
	if head == l {
		return ImageName{}, false
	}
	im, ok := imageNames[strings.TrimRight(head, "-_ ")]
	if !ok || im.Kind != library.Backdrop && im.Kind != library.Primary {
		return ImageName{}, false
	}
	im.Rank += min(n, maxNumbered-2) + 1
	return fitting(im, l, of)
}

// fitting drops names that mean something else for this kind of item.
func fitting(im ImageName, l string, of library.Kind) (ImageName, bool) {
	switch l {
	case "movie":
		return im, of == library.Movie || of == library.Video || of == library.KindUnknown
	case "show":
		return im, of == library.Series || of == library.KindUnknown
	case "artist":
		return im, of == library.MusicArtist || of == library.KindUnknown
	case "album", "front":
		return im, of == library.MusicAlbum || of == library.Audio || of == library.KindUnknown
	case "season":
		return im, of == library.Season || of == library.KindUnknown
	}
	return im, true
}

// seasonImage reads "season01-poster", "season-specials-banner", "season-all-fanart".
func seasonImage(l string) (ImageName, bool) {
	rest, ok := strings.CutPrefix(l, "season")
	if !ok || rest == "" {
		return ImageName{}, false
	}
	rest = strings.TrimLeft(rest, "-_ ")
	var im ImageName
	n, i, isNumber := number(rest, 0, 4)
	switch {
	case isNumber:
		im.Season, rest = library.Num(n), rest[i:]
	case strings.HasPrefix(rest, "specials"):
		im.Season, rest = library.Num(0), rest[len("specials"):]
	case strings.HasPrefix(rest, "all"):
		rest = rest[len("all"):]
	default:
		return im, false
	}
	rest = strings.TrimLeft(rest, "-_. ")
	if rest == "" {
		im.Kind = library.Primary
		return im, im.Season > 0
	}
	plain, ok := plainImage(rest, library.Season)
	im.Kind, im.Rank = plain.Kind, plain.Rank
	return im, ok
}

// trailingNumber splits "fanart12" into 12 and "fanart".
func trailingNumber(s string) (n int, head string) {
	i := len(s)
	for i > 0 && isDigit(s[i-1]) && len(s)-i < 6 {
		i--
	}
	n, _, _ = number(s, i, 6)
	return n, s[:i]
}
