// Package image makes the pictures clients ask for: an item's picture in the size
// that fits the screen, a frame of a film, a collage of several, and a plain letter
// poster where there is nothing; it describes pictures for their placeholders and
// cleans those that people upload. Results are kept in a cache; see package cache.
//
// It reads JPEG, PNG, WebP and GIF and writes JPEG, or PNG where one can see through
// the picture. Which picture belongs to an item is not its business, nor who may
// see it.
//
// What a client wants painted onto a picture (how much was played, how many are
// left) it must paint itself: see docs/decisions/005-pictures-without-cgo.md.
package image
