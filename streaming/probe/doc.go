// Package probe says what is in a media file: container, streams, chapters,
// attachments and embedded tags, as node/library words it.
//
// Most files are read in process: a reader is chosen by a file's first bytes, fills a
// facts.Document as ffprobe would, and says facts.ErrUnsure where it cannot tell all.
// Then ffprobe is asked, whose answer goes through the same translation. A test holds
// the readers to ffprobe's answers, field by field. What a file is called, where it
// belongs, its keyframes and how to play it are not this package's business.
package probe
