package naming

import "sett/node/library"

// NFONames lists the NFO files that may describe an item, the most specific first.
// stem is its media file's name without extension, "" for folders. Names are
// compared without regard to case.
func NFONames(of library.Kind, stem string) []string {
	var names []string
	if stem != "" {
		names = append(names, stem+".nfo")
	}
	switch of {
	case library.Movie:
		names = append(names, "movie.nfo", "VIDEO_TS.nfo")
	case library.Series:
		names = append(names, "tvshow.nfo")
	case library.Season:
		names = append(names, "season.nfo")
	case library.MusicArtist:
		names = append(names, "artist.nfo")
	case library.MusicAlbum:
		names = append(names, "album.nfo")
	case library.BoxSet:
		names = append(names, "collection.nfo", "set.nfo")
	}
	return names
}

// DiscLayout reports whether a folder's name is that of a disc's file system laid
// out on disk, and of which: "dvd", "bluray", "hddvd". What holds it is one film
// (or one season's disc), and nothing below it is an item.
func DiscLayout(folder string) (kind string, ok bool) {
	switch lower(base(folder)) {
	case "video_ts":
		return "dvd", true
	case "bdmv":
		return "bluray", true
	case "hvdvd_ts":
		return "hddvd", true
	}
	return "", false
}
