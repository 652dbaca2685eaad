// Package exif reads what a camera wrote into a photo: when, where, with what, and how
// the picture must be turned.
//
// It reads the EXIF block of JPEG, TIFF (and the raw formats built on it), PNG, WebP and
// HEIF files. It does not decode pictures, and it trusts nothing: every offset, count and
// length is bounded, and a damaged block gives what was readable before the damage.
package exif
