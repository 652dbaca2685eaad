package naming

// Format3D is how the two pictures of a stereoscopic film are packed. Its text is
// the clients' Video3DFormat.
type Format3D string

// The packings names can tell.
const (
	Flat              Format3D = ""
	HalfSideBySide    Format3D = "HalfSideBySide"
	FullSideBySide    Format3D = "FullSideBySide"
	HalfTopAndBottom  Format3D = "HalfTopAndBottom"
	FullTopAndBottom  Format3D = "FullTopAndBottom"
	MultiView         Format3D = "MVC"
	unnamed3D         Format3D = HalfSideBySide // "3d" alone: by far the usual packing
	maxFormat3DTagLen          = 6
)

var formats3D = map[string]Format3D{
	"sbs": HalfSideBySide, "hsbs": HalfSideBySide, "h-sbs": HalfSideBySide, "halfsbs": HalfSideBySide,
	"fsbs": FullSideBySide, "sbs3d": HalfSideBySide, "tab": HalfTopAndBottom, "htab": HalfTopAndBottom,
	"ftab": FullTopAndBottom, "hou": HalfTopAndBottom, "ou": HalfTopAndBottom, "mvc": MultiView,
}

// format3D looks for "3d" and a packing after it; of the packings only MVC, HSBS,
// FSBS and HTAB say enough alone. name is folded.
func format3D(name string) (f Format3D) {
	seen := false
	words(name, func(a, b int) bool {
		if b-a > maxFormat3DTagLen {
			return true
		}
		w := name[a:b]
		if w == "3d" && a > 0 {
			seen = true
			return true
		}
		if v, ok := formats3D[w]; ok && a > 0 && (seen || len(w) > 3 || w == "mvc") {
			if b-a == 3 && a > 1 && name[a-1] == '-' && name[a-2] == 'f' { // "f-sbs"
				v = FullSideBySide
			}
			f = v
			return false
		}
		return true
	})
	if f == Flat && seen {
		f = unnamed3D
	}
	return f
}
