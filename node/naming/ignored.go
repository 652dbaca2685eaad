package naming

import "strings"

// ignoredNames are what NAS boxes, operating systems and other servers leave in
// media folders.
var ignoredNames = map[string]bool{
	"@eadir": true, "eadir": true, "#recycle": true, "@recycle": true, "#snapshot": true, "@tmp": true,
	"$recycle.bin": true, "system volume information": true, "recycler": true, "lost+found": true,
	"thumbs.db": true, "desktop.ini": true, "ehthumbs.db": true, "ps3_update": true, "ps3_vprm": true,
	"__macosx": true, "small.jpg": true, "albumart.jpg": true, "albumartsmall.jpg": true,
}

// unfinished ends the names of downloads that are still running.
var unfinished = []string{".!ut", ".!qb", ".part", ".partial", ".crdownload", ".aria2", ".tmp", ".bts", ".ytdl"}

// Ignored reports whether a file or folder name is nothing a library shows: hidden
// files, system folders, generated pictures, samples, running downloads.
func Ignored(name string) bool {
	name = base(name)
	if name == "" || name[0] == '.' || strings.HasPrefix(name, "~$") {
		return true
	}
	l := lower(name)
	if ignoredNames[l] || strings.HasSuffix(l, ".trickplay") {
		return true
	}
	for _, u := range unfinished {
		if strings.HasSuffix(l, u) {
			return true
		}
	}
	stem, ext := splitExt(l)
	return class(ext)&clsVideo != 0 && (stem == "sample" || strings.HasSuffix(stem, ".sample"))
}
