// Package metadata knows what online providers say of library items. It keeps that in a
// table of the store, and [Overlay] lays it over items whenever those are read, so that a
// scan neither waits for it nor loses it. What the owner sets by hand is the store's
// (library.Edit); here it decides what is asked and what is left alone.
//
// What belongs here: which provider is asked, when, and which of its answers is believed;
// what wins when sources disagree. What may not come in: how a provider is reached
// (metadata/fetch) and what it answers (metadata/tmdb, tvmaze, musicbrainz); reading
// files (node/scan).
//
// Who wins, the first that says something: the owner's edits; NFO files; embedded tags;
// pictures beside the files; names of files and folders; online providers in the order of
// the settings; what is generated. The store lays the edits over everything; all the others
// but providers come from the scanner in one item, so online facts fill only what is empty
// there. There is one exception: when the owner himself says which thing an item is, its
// name, dates and ids come from that thing, unless he wrote or locked them.
//
// With no provider chosen, or offline, nothing here resolves a name or opens a
// connection.
package metadata
