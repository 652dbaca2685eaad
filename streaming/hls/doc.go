// Package hls serves one source as HTTP Live Streaming (RFC 8216): playlists that
// list the whole runtime from the start, and segments made when somebody asks. It
// also sends conversions as one file, for players that know no playlists.
//
// # Three kinds of session
//
// Where nothing needs encoding, package remux cuts segments out of the film's file
// as they are sent: no child, nothing on disk, any order. Where the picture can be
// copied and the sound cannot, ffmpeg does both, cutting at the key frames that the
// film's index names. Where the picture must be encoded, ffmpeg cuts on a grid.
// [Manager.Open] takes the first of these that works: a film without an index is
// scanned, in the background if that takes long, and a picture that cannot be cut
// is encoded. A session does not change its kind while it lives. [Stats] counts.
//
// # The grid
//
// A copied picture has segments of about 6 s, from key frame to key frame, with
// their true lengths in the playlist. An encoded one has a segment of 1 s, one of
// 2 s and then segments of 3 s, each from a key frame made for it: a player waits
// for a whole one before it begins, and again after each seek.
//
// A segment comes out the same, in its time stamps and its share of the sound,
// whichever run of ffmpeg made it: a viewer may jump about, and pieces of several
// runs still join without a seam. How a run achieves that is told in package
// ffmpeg at its argument builder. Every time stamp is [ffmpeg.Offset] seconds late
// (ffmpeg's MPEG-TS adds 1.4 s of its own), which players take from the first
// segment, and subtitles from [Session.Clock].
//
// # A session with ffmpeg
//
// A [Session] belongs to one play session id and one [Spec]; further qualities of
// the same viewing have ids that begin with it ([VariantID]). It has at most one
// run of ffmpeg. A segment on disk is served from there; one that the run will
// reach soon is waited for; for any other the run is replaced by one that starts
// there. A run that gets far ahead of the reader is stopped (SIGSTOP) until the
// reader follows. A run that dies is started once more, without the hardware if it
// used any. A session nobody asks anything of is closed, and sooner when another
// waits for its place. FFmpeg does not notice that the disk is full, so we do.
//
// What to convert is decided elsewhere, and URLs are the caller's: the package
// speaks no HTTP.
package hls
