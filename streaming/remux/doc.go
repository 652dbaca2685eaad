// Package remux cuts films into HLS segments by copying their packets, in process:
// no child, nothing on disk, any segment in any order.
//
// # How
//
// A container's own index (MP4's sample tables, Matroska's cues) says where the key
// frames lie and when they are shown. From these come all segments at once, with
// their true lengths: each begins with a key frame and ends where the next begins.
// A segment is asked for by number; the heads of its packets are read then, a new
// head is written for them, and the payload is taken from the file as the reader
// of the segment reads. A file without an index is scanned once ([File.Scan]).
//
// # What is kept exact
//
// Packets are those of the file, each in exactly one segment, their bytes
// unchanged. Time stamps are the file's, after edit lists, codec delays and
// composition offsets, and all are [Offset] late, since segments cannot say "minus
// 21 ms". Matroska's whole milliseconds and MPEG-TS's one time stamp for several
// packets of sound are put on the sound's grid of packets, from wherever one looks;
// pictures get decoding times that fit their order. Sound belongs to the segment in
// whose time it begins (in Matroska and MPEG-TS as far as the order of the file
// shows), so it may end a packet after the picture or begin one before.
//
// # What is not done
//
// Anything that would need a guess, or more than copying, is refused with
// [ErrUnsupported] and a reason, and is for ffmpeg to do.
//
// Package media has what containers have in common; mp4, mkv and mpegts read them,
// fmp4 and mpegts write; codec reads parameter sets and frame heads.
package remux
