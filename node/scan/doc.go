// Package scan turns media folders into the library: it walks them, reads names,
// side files, pictures, NFO files, tags and the facts inside each file, and keeps the
// store in step, once at start and then as the disk changes.
//
// What belongs here: what wins when sources disagree, which files make up one item,
// what an item is called for ever. What may not come in: reading a name (node/naming),
// an NFO (node/scan/nfo) or a media file (streaming/probe), keeping records
// (node/store), the network: a scan never waits for anything but the disk.
//
// The unit of work is a folder with what belongs to it: a film's folder with its
// extras, an album with its discs, a whole series. What a unit comes to depends on its
// files alone, so a unit whose names, sizes and times are as remembered is passed over
// after one look at its folder. The remembered rows are the ledger.
//
// A pass has four steps. It walks all roots and publishes the changed units by name
// alone, so that they can be browsed at once. Then it takes out what is gone. Then it
// looks into the files, a few at a time, and publishes each unit again with the facts. In
// the end it gathers what comes of many units: collections and playlists. A pass that ends
// early leaves units without a final row; the next pass does those. Of a first scan, in
// which nothing can have moved, only the first units are published by name: what is quick
// to read is read at once, and names are shown when that takes long.
//
// Of sources that disagree the NFO wins over tags inside the file, those over pictures and
// names. What the owner edits lies over all that in the store and is never seen here.
//
// An item keeps its id for ever: see idOf. Extras belong to their owner (library.Item's
// Extra and Parent) and are in no list. What the owner does to a gathered collection or
// playlist stays: each is compared with what it was made of the last time.
//
// Folders are opened by path and not through os.Root: people link other disks into
// their media folders, which os.Root forbids. Loops of links are broken here.
package scan
