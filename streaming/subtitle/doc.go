// Package subtitle reads text subtitles, embedded or beside the film, in whatever
// format and character set, and writes them in the format a client asks for.
//
// A [Track] is a list of cues whose text knows three marks, <i>, <b> and <u>;
// everything else a format can say (places, colours, karaoke) is lost in
// conversion, which is why a client that can show a format gets it unconverted.
// Bitmap subtitles are not handled here: they are burnt in.
package subtitle
