package isom

import (
	"encoding/binary"
	"math"
	"strconv"
	"unicode/utf16"

	"sett/streaming/probe/bitstream"
	"sett/streaming/probe/facts"
	"sett/streaming/probe/tag"
)

// names are ffprobe's of the items in user data.
var names = map[string]string{
	"\xa9ART": "artist", "\xa9alb": "album", "\xa9cmt": "comment", "\xa9com": "comment", "\xa9cpy": "copyright", "\xa9day": "date",
	"\xa9gen": "genre", "\xa9grp": "grouping", "\xa9lyr": "lyrics", "\xa9nam": "title", "\xa9too": "encoder", "\xa9swr": "encoder",
	"\xa9wrt": "composer", "\xa9inf": "comment", "\xa9trk": "track", "\xa9dir": "director", "\xa9prd": "producer",
	"aART": "album_artist", "cpil": "compilation", "cprt": "copyright", "desc": "description", "disk": "disc", "ldes": "synopsis",
	"soaa": "sort_album_artist", "soal": "sort_album", "soar": "sort_artist", "soco": "sort_composer", "sonm": "sort_name",
	"sosn": "sort_show", "stik": "media_type", "trkn": "track", "tven": "episode_id", "tves": "episode_sort", "tvnn": "network",
	"tvsh": "show", "tvsn": "season_number", "gnre": "genre", "pgap": "gapless_playback", "rtng": "rating", "catg": "category",
	"keyw": "keywords",
}

// userData reads the user data of the movie, or of a track.
func (f *file) userData(b box, t *track) error {
	return children(f.r, b.at, b.end(), func(b box) error {
		switch {
		case b.kind == "meta":
			return f.meta(b, t)
		case b.kind == "chpl" && t == nil:
			return f.neroChapters(b)
		case b.kind == "name" && t != nil:
			buf, err := f.small(b)
			if name := zero(buf); err == nil && name != "" {
				t.s.Tags["title"] = name
			}
			return err
		case b.kind == "kind" && t != nil:
			buf, err := f.small(b)
			if err == nil && len(buf) > 4 {
				t.role(buf[4:])
			}
			return err
		case b.kind[0] == 0xa9 && t == nil && names[b.kind] != "":
			buf, err := f.small(b)
			if err != nil || len(buf) < 4 {
				return err
			}
			n := int(binary.BigEndian.Uint16(buf))
			if lang := binary.BigEndian.Uint16(buf[2:]); n <= len(buf)-4 && lang >= 0x400 {
				f.doc.Format.Tags[names[b.kind]] = zero(buf[4 : 4+n])
				return nil
			}
			return facts.Unsure("old user data %q", b.kind)
		}
		return nil
	})
}

// roles are what DASH calls ffprobe's dispositions.
var roles = map[string]string{"forced-subtitle": "forced", "commentary": "comment", "dub": "dub", "caption": "captions", "description": "descriptions"}

// role reads what a track is for.
func (t *track) role(b []byte) {
	if scheme := zero(b); scheme == "urn:mpeg:dash:role:2011" && len(b) > len(scheme)+1 {
		if flag := roles[zero(b[len(scheme)+1:])]; flag != "" {
			t.s.SetFlag(flag)
		}
	}
}

// meta reads a metadata box, in iTunes' manner or in QuickTime's, which numbers its
// keys.
func (f *file) meta(b box, t *track) error {
	head, err := f.r.Peek(b.at, 8)
	if err != nil || len(head) < 8 || b.size < 8 {
		return err
	}
	at := b.at
	if string(head[4:8]) != "hdlr" {
		at += 4
	}
	f.keys = nil
	return children(f.r, at, b.end(), func(b box) error {
		switch b.kind {
		case "keys":
			buf, err := f.small(b)
			if err != nil || len(buf) < 8 {
				return err
			}
			f.keys = []string{}
			split(buf[8:], func(_ string, body []byte) { f.keys = append(f.keys, string(body)) })
		case "ilst":
			return children(f.r, b.at, b.end(), func(b box) error { return f.item(b, t) })
		}
		return nil
	})
}

func (f *file) item(b box, t *track) error {
	if b.kind == "covr" && t == nil {
		return f.covers(b)
	}
	if b.size > maxSmall {
		return nil
	}
	buf, err := f.small(b)
	if err != nil {
		return err
	}
	key := names[b.kind]
	if f.keys != nil {
		if n := int(binary.BigEndian.Uint32([]byte(b.kind))); n >= 1 && n <= len(f.keys) {
			key = f.keys[n-1]
		}
	}
	var data []byte
	split(buf, func(kind string, body []byte) {
		switch {
		case kind == "data" && data == nil && len(body) >= 8:
			data = body
		case kind == "name" && b.kind == "----" && len(body) > 4:
			key = string(body[4:])
		}
	})
	if key == "" || data == nil {
		return nil
	}
	into := f.doc.Format.Tags
	if t != nil {
		into = t.s.Tags
	}
	if v := value(b.kind, data); v != "" {
		into[key] = v
	}
	return nil
}

// value words an item's data.
func value(kind string, data []byte) string {
	form, body := binary.BigEndian.Uint32(data)&0xffffff, data[8:]
	switch kind {
	case "trkn", "disk":
		if len(body) < 6 {
			return ""
		}
		n, of := binary.BigEndian.Uint16(body[2:]), binary.BigEndian.Uint16(body[4:])
		if of == 0 {
			return strconv.Itoa(int(n))
		}
		return strconv.Itoa(int(n)) + "/" + strconv.Itoa(int(of))
	case "gnre":
		if len(body) < 2 {
			return ""
		}
		return tag.Genre(int(binary.BigEndian.Uint16(body)) - 1)
	case "tves", "tvsn":
		if len(body) < 4 {
			return ""
		}
		return strconv.Itoa(int(body[3]))
	case "cpil", "pgap", "rtng", "stik":
		if len(body) < 1 {
			return ""
		}
		return strconv.Itoa(int(body[0]))
	}
	switch form {
	case 2:
		return wide(body)
	case 21:
		return whole(body)
	case 23:
		if len(body) >= 4 {
			return strconv.FormatFloat(float64(math.Float32frombits(binary.BigEndian.Uint32(body))), 'f', 6, 32)
		}
	case 0, 1:
		return zero(body)
	}
	return ""
}

func wide(b []byte) string {
	var u []uint16
	for ; len(b) >= 2; b = b[2:] {
		c := binary.BigEndian.Uint16(b)
		if c == 0 {
			break
		}
		u = append(u, c)
	}
	return string(utf16.Decode(u))
}

func whole(b []byte) string {
	if len(b) == 0 || len(b) > 8 {
		return ""
	}
	n := int64(int8(b[0]))
	for _, c := range b[1:] {
		n = n<<8 | int64(c)
	}
	return strconv.FormatInt(n, 10)
}

func (f *file) covers(b box) error {
	return children(f.r, b.at, b.end(), func(b box) error {
		if b.kind != "data" || b.size < 16 {
			return nil
		}
		s := &facts.Stream{TimeBase: "1/90000"}
		f.doc.Add(s)
		return bitstream.Picture(f.r, b.at+8, b.size-8, s)
	})
}

// neroChapters reads the list of chapters in user data.
func (f *file) neroChapters(b box) error {
	buf, err := f.small(b)
	if err != nil || len(buf) < 5 {
		return err
	}
	c := cursor{b: buf}
	version := c.u8()
	c.take(3)
	if version != 0 {
		c.take(4)
	}
	for range c.u8() {
		start := c.u64()
		name := string(c.take(c.u8()))
		if c.short {
			break
		}
		f.nero = append(f.nero, chapter(start, 1e7, name))
	}
	return nil
}

func chapter(start, scale int64, name string) facts.Chapter {
	c := facts.Chapter{Start: facts.Seconds(facts.Rescale(start, 1e6, scale), 1e6)}
	if name != "" {
		c.Tags = map[string]string{"title": name}
	}
	return c
}
