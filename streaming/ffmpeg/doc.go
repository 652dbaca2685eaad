// Package ffmpeg runs FFmpeg's programs: it finds them, builds their arguments
// from enumerated values only, and supervises each child so that none outlives
// the node.
//
// Building arguments is pure and tested by golden files. What to convert is
// decided elsewhere; where segments go and who waits for them is package hls.
package ffmpeg
