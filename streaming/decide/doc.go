// Package decide answers one question: how does this device get to play this
// source? [Decide] is pure. It sees a [library.Source], what the client says of
// itself ([Device]), what was asked ([Selection]) and what we grant ([Limits]);
// it returns a [Plan] that says for each stream whether it is copied or encoded,
// into what, and why.
//
// The rule behind every choice is copy before convert: the file as it is; else
// its streams copied into another container; else the picture copied and the
// sound encoded; else everything encoded.
//
// Clients of the Jellyfin API act on the outcome in detail: they print the
// reasons, retry with flags cleared, and read numbers back out of the
// transcoding URL. So what is reported follows what such clients know from
// other servers, down to which of several failing profiles is named.
//
// What may not live here: I/O, HTTP, zones, processes, clocks. The words for a
// Dolby Vision or HDR stream are methods of [library.Stream], because the wire
// shape needs them too.
package decide
