// Package metadata knows what is said of library items beside their files: what the owner
// set by hand, and what online providers say. It keeps both in a table of the store, and
// [Overlay] lays them over items whenever those are read, so that a scan neither waits
// for them nor loses them.
//
// What belongs here: which provider is asked, when, and which of its answers is believed;
// what wins when sources disagree. What may not come in: how a provider is reached
// (metadata/fetch) and what it answers (metadata/tmdb, tvmaze, musicbrainz); reading
// files (node/scan).
//
// Who wins, the first that says something: the owner's edits; NFO files; embedded tags;
// pictures beside the files; names of files and folders; online providers in the order of
// the settings; what is generated. All but the first and the last but one come from the
// scanner in one item, so online facts fill only what is empty there. There is one
// exception: when the owner himself says which thing an item is, its name, dates and ids
// come from that thing.
//
// With no provider chosen, or offline, nothing here resolves a name or opens a
// connection.
package metadata
