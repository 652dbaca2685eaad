package bitstream

import "sett/streaming/probe/facts"

// The names of ISO/IEC 23091-4's code points, as ffprobe writes them; "" where it
// calls them unknown or reserved.
var (
	primaries = [...]string{
		1: "bt709", 4: "bt470m", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 8: "film", 9: "bt2020",
		10: "smpte428", 11: "smpte431", 12: "smpte432", 22: "ebu3213",
	}
	transfers = [...]string{
		1: "bt709", 4: "bt470m", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 8: "linear", 9: "log100",
		10: "log316", 11: "iec61966-2-4", 12: "bt1361e", 13: "iec61966-2-1", 14: "bt2020-10", 15: "bt2020-12",
		16: "smpte2084", 17: "smpte428", 18: "arib-std-b67",
	}
	spaces = [...]string{
		0: "gbr", 1: "bt709", 4: "fcc", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 8: "ycgco",
		9: "bt2020nc", 10: "bt2020c", 11: "smpte2085", 12: "chroma-derived-nc", 13: "chroma-derived-c", 14: "ictcp",
	}
)

// Colour sets primaries, transfer and matrix by their code points.
func Colour(s *facts.Stream, prim, trans, matrix int) {
	s.Primaries, s.Transfer, s.Space = name(primaries[:], prim), name(transfers[:], trans), name(spaces[:], matrix)
}

// Range sets whether samples use all values.
func Range(s *facts.Stream, full bool) {
	s.Range = "tv"
	if full {
		s.Range = "pc"
	}
}

func name(list []string, i int) string {
	if i < 0 || i >= len(list) {
		return ""
	}
	return list[i]
}

// pixels names a planar format, little endian where it is deep. chroma is as H.264
// numbers it: 0 grey, 1 4:2:0, 2 4:2:2, 3 4:4:4.
func pixels(chroma, depth int) string {
	if chroma < 0 || chroma > 3 {
		return ""
	}
	f := [...]string{"gray", "yuv420p", "yuv422p", "yuv444p"}[chroma]
	switch depth {
	case 8:
		return f
	case 9, 10, 12, 14, 16:
		return f + [...]string{9: "9le", 10: "10le", 12: "12le", 14: "14le", 16: "16le"}[depth]
	}
	return ""
}

// aspects are the sample shapes that H.264 and HEVC number.
var sampleShapes = [...][2]int64{
	1: {1, 1}, {12, 11}, {10, 11}, {16, 11}, {40, 33}, {24, 11}, {20, 11}, {32, 11}, {80, 33}, {18, 11},
	{15, 11}, {64, 33}, {160, 99}, {4, 3}, {3, 2}, {2, 1},
}
