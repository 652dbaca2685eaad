// Package jpeg reads JPEG pictures at a half, a quarter or an eighth of their size,
// which costs a fraction of reading them whole, and shows damaged ones as far as
// they go. The standard library does neither.
//
// As we speak it (ITU-T T.81, JFIF, Adobe's APP14): baseline, extended and
// progressive Huffman coding with 8 bits per sample; one, three or four components
// with any sampling factors; restart intervals; grey, YCbCr, RGB, CMYK and YCCK.
// Not spoken: arithmetic, lossless and hierarchical coding, 12 bits, and a height
// that follows the first scan (DNL).
//
// A block of 8×8 samples comes out as n×n by the inverse transform of its n×n
// lowest frequencies, which is what an ideal filter would leave.
//
// Writing JPEG is the standard library's business, EXIF our parent's.
package jpeg
