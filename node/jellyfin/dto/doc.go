// Package dto holds the wire shapes of the Jellyfin HTTP API: only what we send
// or read, written by hand, with the codecs for its dates, numbers and ids.
//
// Nothing here decides anything. Items leave as fragments (see [Render]): the part
// of an item's JSON that is the same for everyone is made once, when the item is
// stored, and a response is those bytes with the caller's part spliced in.
package dto
