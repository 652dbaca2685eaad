package tag

import (
	"bytes"
	"encoding/binary"
	"strconv"
	"strings"

	"sett/streaming/probe/facts"
)

// id3Names are ffprobe's of ID3v2's frames.
var id3Names = map[string]string{
	"TALB": "album", "TCOM": "composer", "TCON": "genre", "TCOP": "copyright", "TENC": "encoded_by", "TIT2": "title", "TLAN": "language",
	"TPE1": "artist", "TPE2": "album_artist", "TPE3": "performer", "TPOS": "disc", "TPUB": "publisher", "TRCK": "track", "TSSE": "encoder",
	"TCMP": "compilation", "TDRC": "date", "TDRL": "date", "TDEN": "creation_time", "TSOA": "album-sort", "TSOP": "artist-sort",
	"TSOT": "title-sort", "TIT1": "grouping",
	"TAL": "album", "TCO": "genre", "TCP": "compilation", "TT2": "title", "TEN": "encoded_by", "TP1": "artist", "TP2": "album_artist",
	"TP3": "performer", "TRK": "track", "USLT": "lyrics",
}

// severalValues are the frames of which all values are wanted; of others the first.
var severalValues = map[string]bool{
	"TPE1": true, "TPE2": true, "TCOM": true, "TCON": true, "TP1": true, "TP2": true, "TCM": true, "TCO": true,
}

// ID3v2 reads the tag at a position, and returns where it ends: at the same
// position where there is none.
func (s *Set) ID3v2(r *facts.Reader, pos int64) (end int64, err error) {
	h, err := r.Peek(pos, 10)
	if err != nil || len(h) < 10 || string(h[:3]) != "ID3" || h[3] == 0xff || h[4] == 0xff {
		return pos, err
	}
	version, flags, size := int(h[3]), h[5], syncsafe(h[6:])
	end = pos + 10 + size
	if flags&0x10 != 0 {
		end += 10
	}
	if version < 2 || version > 4 || end > r.Size() || size < 0 {
		return pos, facts.Unsure("an ID3 tag of version %d and %d bytes", version, size)
	}
	t := id3{set: s, r: r, version: version, from: pos + 10, to: pos + 10 + size, unsync: flags&0x80 != 0}
	if version == 2 && flags&0x40 != 0 {
		return pos, facts.Unsure("a compressed ID3 tag")
	}
	if t.unsync && version < 4 {
		b, err := r.Load(t.from, size)
		if err != nil {
			return pos, err
		}
		b = resync(b)
		t.r, t.from, t.to = memory(b), 0, int64(len(b))
	}
	if version > 2 && flags&0x40 != 0 {
		if err := t.skipExtended(); err != nil {
			return pos, err
		}
	}
	if err := t.frames(t.from, t.to, s); err != nil {
		return pos, err
	}
	s.mergeDate()
	return end, nil
}

// id3 is one tag being read.
type id3 struct {
	set      *Set
	r        *facts.Reader
	version  int
	from, to int64
	unsync   bool
}

func (t *id3) skipExtended() error {
	b, err := t.r.Bytes(t.from, 4)
	if err != nil {
		return err
	}
	if t.version == 4 {
		t.from += max(4, syncsafe(b))
	} else {
		t.from += 4 + int64(binary.BigEndian.Uint32(b))
	}
	return nil
}

// frames reads the frames between two positions into a set. Padding ends them.
func (t *id3) frames(at, end int64, into *Set) error {
	head := int64(10)
	if t.version == 2 {
		head = 6
	}
	for n := 0; at+head <= end && n < maxTags; n++ {
		h, err := t.r.Bytes(at, int(head))
		if err != nil {
			return err
		}
		if h[0] == 0 {
			return nil
		}
		name, size, flags := string(h[:4]), int64(0), 0
		switch t.version {
		case 2:
			name, size = string(h[:3]), int64(h[3])<<16|int64(h[4])<<8|int64(h[5])
		case 3:
			size, flags = int64(binary.BigEndian.Uint32(h[4:])), int(h[9])<<8
		default:
			size, flags = t.size4(h, at, end), int(h[9])
		}
		at += head
		if size < 0 || size > end-at || !frameName(name) {
			return nil // as players do: what comes after is no longer trusted
		}
		if err := t.frame(name, at, size, flags, into); err != nil {
			return err
		}
		at += size
	}
	return nil
}

// size4 reads a size of version 4, which some programs write as version 3 has it.
func (t *id3) size4(h []byte, at, end int64) int64 {
	safe, plain := syncsafe(h[4:]), int64(binary.BigEndian.Uint32(h[4:]))
	if safe == plain || safe < 0 {
		return plain
	}
	follows := func(size int64) bool {
		if at+10+size == end {
			return true
		}
		b, err := t.r.Peek(at+10+size, 4)
		return err == nil && len(b) == 4 && (frameName(string(b)) || b[0] == 0)
	}
	if !follows(safe) && follows(plain) {
		return plain
	}
	return safe
}

func frameName(name string) bool {
	for _, c := range []byte(name) {
		if (c < 'A' || c > 'Z') && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}

func (t *id3) frame(name string, at, size int64, flags int, into *Set) error {
	picture := name == "APIC" || name == "PIC"
	if name[0] != 'T' && !picture && name != "COMM" && name != "COM" && name != "USLT" && name != "ULT" && name != "CHAP" {
		return nil
	}
	r := t.r
	unsync := false
	if t.version == 4 {
		unsync = t.unsync || flags&2 != 0
		if flags&0x0c != 0 {
			return facts.Unsure("an ID3 frame compressed or encrypted")
		}
		if flags&1 != 0 && size >= 4 {
			at, size = at+4, size-4
		}
	} else if flags&0xc000 != 0 {
		return facts.Unsure("an ID3 frame compressed or encrypted")
	}
	if unsync {
		b, err := r.Load(at, size)
		if err != nil {
			return err
		}
		b = resync(b)
		r, at, size = memory(b), 0, int64(len(b))
	}
	if picture {
		return t.picture(r, at, size, into)
	}
	if size > maxText || size < 1 {
		return nil
	}
	b, err := r.Load(at, size)
	if err != nil {
		return err
	}
	switch {
	case name[0] == 'T':
		t.textFrame(name, b, into)
	case name == "CHAP":
		return t.chapter(b, into)
	default:
		t.remark(name, b, into)
	}
	return nil
}

func (t *id3) textFrame(name string, b []byte, into *Set) {
	value, rest := decode(b[0], b[1:])
	key := id3Names[name]
	switch {
	case name == "TXXX" || name == "TXX":
		key = value
		if value, rest = decode(b[0], rest); id3Names[key] != "" {
			key = id3Names[key] // as some programs write lyrics
		}
	case key == "":
		key = name
	}
	genre := name == "TCON" || name == "TCO"
	if genre {
		value = genreName(value)
	}
	for severalValues[name] && len(rest) > 0 {
		var more string
		if more, rest = decode(b[0], rest); more != "" {
			if genre {
				more = genreName(more)
			}
			value += ";" + more
		}
	}
	into.add(key, value)
}

// genreName turns "(17)" and "17" into a name.
func genreName(s string) string {
	n := strings.TrimPrefix(s, "(")
	end := 0
	for end < len(n) && n[end] >= '0' && n[end] <= '9' {
		end++
	}
	if end == 0 || len(n) < len(s) && (end == len(n) || n[end] != ')') {
		return s
	}
	if i, err := strconv.Atoi(n[:end]); err == nil && Genre(i) != "" {
		return Genre(i)
	}
	return s
}

// remark reads comments and lyrics, which have a language and a title.
func (t *id3) remark(name string, b []byte, into *Set) {
	if len(b) < 4 {
		return
	}
	lang := strings.TrimRight(string(b[1:4]), "\x00")
	title, rest := decode(b[0], b[4:])
	value, _ := decode(b[0], rest)
	if name == "COMM" || name == "COM" {
		if title == "" {
			title = "comment"
		}
		into.add(title, value)
		return
	}
	if title != "" {
		title += "-"
	}
	into.add("lyrics-"+title+lang, value)
}

func (t *id3) picture(r *facts.Reader, at, size int64, into *Set) error {
	if size < 8 || len(into.Pictures) >= maxPictures {
		return nil
	}
	b, err := r.Bytes(at, int(min(size, 2048)))
	if err != nil {
		return err
	}
	encoding, p := b[0], 1
	if t.version == 2 {
		p += 3
	} else {
		n := bytes.IndexByte(b[p:], 0)
		if n < 0 {
			return facts.Unsure("a picture without a type")
		}
		p += n + 1
	}
	if p+2 > len(b) {
		return facts.Unsure("a picture cut off")
	}
	kind := int(b[p])
	desc, rest := decode(encoding, b[p+1:])
	if len(rest) == 0 {
		return facts.Unsure("a picture with a long description")
	}
	head := int64(len(b) - len(rest))
	if kind >= len(kinds) {
		kind = 0
	}
	into.Pictures = append(into.Pictures, Picture{r, at + head, size - head, kind, desc})
	return nil
}

func (t *id3) chapter(b []byte, into *Set) error {
	n := bytes.IndexByte(b, 0)
	if n < 0 || len(b) < n+17 || len(into.Chapters) >= maxTags {
		return nil
	}
	start := int64(binary.BigEndian.Uint32(b[n+1:]))
	sub := &id3{r: memory(b), version: t.version}
	set := New()
	if err := sub.frames(int64(n+17), int64(len(b)), set); err != nil {
		return err
	}
	c := facts.Chapter{Start: facts.Seconds(start, 1000)}
	if title := set.Values["title"]; title != "" {
		c.Tags = map[string]string{"title": title}
	}
	into.Chapters = append(into.Chapters, c)
	return nil
}

// mergeDate puts version 3's year and day together.
func (s *Set) mergeDate() {
	take := func(names ...string) string {
		for _, n := range names {
			if v := s.Values[n]; digits(v, 4) {
				delete(s.Values, n)
				return v
			}
		}
		return ""
	}
	year := take("TYER", "TYE")
	if year == "" {
		return
	}
	if day := take("TDAT", "TDA"); day != "" {
		year += "-" + day[2:] + "-" + day[:2]
	}
	if k, ok := s.find("date"); ok {
		delete(s.Values, k)
	}
	s.Values["date"] = year
}

func syncsafe(b []byte) int64 {
	var v int64
	for _, c := range b[:4] {
		if c >= 128 {
			return -1
		}
		v = v<<7 | int64(c)
	}
	return v
}

// resync removes the zeros put in to keep decoders from seeing frames.
func resync(b []byte) []byte {
	out := b[:0:0]
	for i := 0; i < len(b); i++ {
		out = append(out, b[i])
		if b[i] == 0xff && i+1 < len(b) && b[i+1] == 0 {
			i++
		}
	}
	return out
}
