// Package trickplay makes the small pictures that players show while somebody
// looks for a place in a film: one every few seconds, many to a sheet.
//
// Only key frames are decoded, and of these only the ones that are shown. Where the
// file's own index tells where they lie, nothing else of the film is read: the
// frames are handed to ffmpeg one after the other. Files without one are read by
// ffmpeg, which skips what is no key frame.
//
// Each sheet is made by itself, so that work that was cut off goes on where it was.
// [Store] keeps them. When they are made, and of what, is for others to say.
package trickplay
