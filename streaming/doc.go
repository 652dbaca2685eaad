// Package streaming is the parent of everything that knows what playing means:
// what is in a file (probe), which way to send it (decide), sending its own bytes
// (direct), running ffmpeg (ffmpeg), serving HLS (hls), and the pictures and
// subtitles that go with it (image, subtitle).
//
// Packages below it know files and formats. They know nothing of the HTTP API, of
// zones, people or the store, and import of ours only node/library and each other.
// It holds no code of its own.
package streaming
