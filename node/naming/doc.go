// Package naming reads what the names of files and folders say: title, year,
// season, episode, date, part, version, kind of extra, provider ids, and what a
// side file is for.
//
// It is tables and parsing only. Nothing here opens a file, asks the clock or
// keeps state, and no function fails: a name that says nothing gives zero values.
// What wins when a name, a tag and an NFO disagree is node/scan's business.
//
// Paths may be absolute or relative, with either slash, but they should be given
// relative to the library's root: a library in a folder called "trailers" holds
// films, not trailers.
package naming
