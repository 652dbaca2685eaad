// Package image makes the pictures clients ask for: an item's picture in the size
// that fits the screen, a frame of a film, and a plain letter poster where there is
// nothing. Results are kept in a cache; see package cache.
//
// It reads JPEG, PNG, WebP and GIF and writes JPEG, or PNG where the picture has
// holes in it. Which picture belongs to an item is not its business.
package image
