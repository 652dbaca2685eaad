// Package probe says what is in a media file: container, streams, chapters,
// attachments and embedded tags, as node/library words it.
//
// It asks ffprobe. Reading headers in process, and keyframes from a file's own
// index, will live here too. What a file is called, where it belongs and how to
// play it is not this package's business.
package probe
