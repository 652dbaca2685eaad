// Package nfo reads NFO files: the XML that Kodi and its relatives keep beside
// media, in every state real tools leave it in.
//
// What it accepts: one root or several (episodes of one file), any case of tags,
// a bare URL, XML with a URL behind it, any encoding, entities nobody declared, tags
// left open, markup inside texts, rubbish before and after. What it never does:
// expand entities a file declares, fetch anything, or use memory that grows beyond
// a small multiple of [MaxSize].
//
// It reports what the file says. Whether that wins over tags and file names is
// node/scan's business; writing NFO files is nobody's.
package nfo
