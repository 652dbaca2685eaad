package codec

import "sett/streaming/remux/media"

// Name is the track's RFC 6381 name in a sample entry of the given tag, "" where
// the configuration does not tell.
func Name(t *media.Track, tag string) string {
	join := func(rest string) string {
		if rest == "" {
			return ""
		}
		return tag + "." + rest
	}
	switch t.Codec {
	case "h264":
		return join(avcName(t.Config))
	case "hevc":
		if tag == "dvh1" || tag == "dvhe" {
			return join(dolbyName(t.Boxes))
		}
		return join(hevcName(t.Config))
	case "av1":
		return av1Name(t.Config)
	case "vp9":
		return vp9Name(t.Config)
	case "aac":
		if a, ok := ParseASC(t.Config); ok {
			return a.name()
		}
		return "mp4a.40.2"
	case "mp3":
		return "mp4a.40.34"
	case "ac3":
		return "ac-3"
	case "eac3":
		return "ec-3"
	case "opus":
		return "Opus"
	case "flac":
		return "fLaC"
	case "alac":
		return "alac"
	}
	return ""
}

// dolbyName finds the Dolby Vision record among a sample entry's boxes: profile
// and level, "05.06".
func dolbyName(boxes []byte) string {
	for len(boxes) >= 8 {
		n := int(boxes[0])<<24 | int(boxes[1])<<16 | int(boxes[2])<<8 | int(boxes[3])
		if n < 8 || n > len(boxes) {
			return ""
		}
		if kind := string(boxes[4:8]); (kind == "dvcC" || kind == "dvvC") && n >= 12 {
			b := boxes[10:]
			profile, level := b[0]>>1, b[0]&1<<5|b[1]>>3
			return string([]byte{'0' + profile/10, '0' + profile%10, '.', '0' + level/10, '0' + level%10})
		}
		boxes = boxes[n:]
	}
	return ""
}

// Decodable reports whether the configuration has the parameter sets without which
// H.264 and HEVC cannot be decoded. Other codecs need none.
func Decodable(t *media.Track) bool {
	switch t.Codec {
	case "h264":
		sets, _, ok := AVCC(t.Config)
		return ok && sets.Complete(t.Codec)
	case "hevc":
		sets, _, ok := HVCC(t.Config)
		return ok && sets.Complete(t.Codec)
	}
	return true
}
