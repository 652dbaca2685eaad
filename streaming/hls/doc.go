// Package hls serves one source as HTTP Live Streaming (RFC 8216): playlists that
// list the whole runtime from the start, and segments made when somebody asks.
//
// # The grid
//
// Segment n covers [n·L, (n+1)·L) of the source, L being 6 s. It begins with a
// keyframe and comes out the same, in its time stamps and its share of the sound,
// whichever run of ffmpeg made it: a viewer may jump about, and pieces of several
// runs still join without a seam. How a run achieves that is told in package
// ffmpeg at its argument builder. Every time stamp is [ffmpeg.Offset] seconds late
// (MPEG-TS adds 1.4 s of its own), which players take from the first segment.
//
// # A session
//
// A [Session] belongs to one play session id and one [Spec]. It has at most one
// run of ffmpeg. A segment on disk is served from there; one that the run will
// reach soon is waited for; for any other the run is replaced by one that starts
// there. A run that gets far ahead of the reader is stopped (SIGSTOP) until the
// reader follows. A run that dies is started once more. A session nobody asks
// anything of is closed.
//
// What to convert is decided elsewhere, and URLs are the caller's: the package
// speaks no HTTP.
package hls
