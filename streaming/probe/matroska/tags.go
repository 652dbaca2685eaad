package matroska

import (
	"strings"

	"sett/streaming/probe/bitstream"
	"sett/streaming/probe/facts"
)

// tag is one of the file's tags, all of the same target.
type tag struct {
	track, other uint64 // ids of what it is about; both 0: the whole file
	kind         string
	values       map[string]string
}

const maxTagText = 1 << 16

func (f *file) tag(id uint32, b []byte) {
	if id != idTag || len(f.tags) > 4096 {
		return
	}
	t := tag{values: make(map[string]string)}
	each(b, func(id uint32, body []byte) {
		if id != idTargets {
			return
		}
		each(body, func(id uint32, body []byte) {
			switch id {
			case idTargetType:
				t.kind = text(body)
			case idTagTrackUID:
				t.track = number(body)
			case idTagChapterUID, idTagAttachmentUID:
				t.other = max(t.other, number(body))
			}
		})
	})
	each(b, func(id uint32, body []byte) {
		if id == idSimpleTag {
			t.simple(body, t.prefix(), 0)
		}
	})
	f.tags = append(f.tags, t)
}

// prefix is what the names of a tag begin with when it is about the whole file.
func (t *tag) prefix() string {
	if t.kind == "" || t.track != 0 || t.other != 0 {
		return ""
	}
	return t.kind + "/"
}

func (t *tag) simple(b []byte, prefix string, depth int) {
	name, value, lang, def := "", "", "", true
	each(b, func(id uint32, body []byte) {
		switch id {
		case idTagName:
			name = text(body)
		case idTagString:
			value = text(body[:min(len(body), maxTagText)])
		case idTagLanguage:
			lang = text(body)
		case idTagDefault:
			def = number(body) != 0
		}
	})
	if name == "" || len(name) > 512 || depth > 4 {
		return
	}
	if lang == "und" {
		lang = ""
	}
	key := prefix + name
	if def || lang == "" {
		t.set(key, value)
		t.children(b, key+"/", depth)
	}
	if lang != "" {
		t.set(key+"-"+lang, value)
		t.children(b, key+"-"+lang+"/", depth)
	}
}

func (t *tag) children(b []byte, prefix string, depth int) {
	each(b, func(id uint32, body []byte) {
		if id == idSimpleTag {
			t.simple(body, prefix, depth+1)
		}
	})
}

func (t *tag) set(key, value string) {
	switch strings.ToUpper(key) {
	case "LEAD_PERFORMER":
		key = "performer"
	case "PART_NUMBER":
		key = "track"
	}
	if len(t.values) < 1024 {
		t.values[strings.ToUpper(key)] = value
	}
}

// applyTags gives the tags to what they are about. Names differ in case only
// between taggers, and are one.
func (f *file) applyTags() {
	for _, t := range f.tags {
		into := f.doc.Format.Tags
		switch {
		case t.other != 0:
			continue
		case t.track != 0:
			if into = f.byUID(t.track); into == nil {
				continue
			}
		}
		for k, v := range t.values {
			replace(into, k, v)
		}
	}
}

func (f *file) byUID(uid uint64) map[string]string {
	for _, t := range f.tracks {
		if t.uid == uid {
			return t.s.Tags
		}
	}
	return nil
}

func replace(m map[string]string, key, value string) {
	if len(m) > 4096 {
		return
	}
	for k := range m {
		if strings.EqualFold(k, key) {
			delete(m, k)
		}
	}
	m[key] = value
}

// attachments reads the heads of attached files, and of pictures as much of them as
// tells their size. The files themselves are passed over.
func (f *file) attachments(e element) error {
	for at, n := e.at, 0; at < e.end(); n++ {
		c, ok, err := f.header(at)
		if err != nil {
			return err
		}
		if !ok || c.size < 0 || c.end() > e.end() || n > 4096 {
			return facts.Unsure("attachments that make no sense")
		}
		if c.id == idAttachedFile {
			if err := f.attachment(c); err != nil {
				return err
			}
		}
		at = c.end()
	}
	return nil
}

func (f *file) attachment(e element) error {
	var name, mime, desc string
	var data element
	for at := e.at; at < e.end(); {
		c, ok, err := f.header(at)
		if err != nil {
			return err
		}
		if !ok || c.size < 0 || c.end() > e.end() {
			return facts.Unsure("an attachment that makes no sense")
		}
		switch c.id {
		case idFileData:
			data = c
		case idFileName, idFileMIME, idFileDesc:
			b, err := f.r.Bytes(c.at, int(min(c.size, 4096)))
			if err != nil {
				return err
			}
			*map[uint32]*string{idFileName: &name, idFileMIME: &mime, idFileDesc: &desc}[c.id] = text(b)
		}
		at = c.end()
	}
	if name == "" || mime == "" || data.size <= 0 {
		return nil
	}
	s := &facts.Stream{Type: "attachment", Tags: map[string]string{"filename": name, "mimetype": mime}}
	s.TimeBase, s.RFrameRate, s.AvgRate = "1/90000", "0/0", "0/0"
	if desc != "" {
		s.Tags["title"] = desc
	}
	f.late = append(f.late, s)
	for _, kind := range []string{"image/gif", "image/jpeg", "image/png", "image/tiff"} {
		if strings.HasPrefix(mime, kind) {
			return bitstream.Picture(f.r, data.at, data.size, s)
		}
	}
	for _, a := range attachmentCodecs {
		if strings.HasPrefix(mime, a[0]) {
			s.Codec = a[1]
			break
		}
	}
	return nil
}

// attachmentCodecs are ffprobe's names of what is attached, by how its type begins.
var attachmentCodecs = [...][2]string{
	{"text/plain", "text"}, {"application/x-truetype-font", "ttf"}, {"application/x-font", "ttf"},
	{"application/vnd.ms-opentype", "otf"}, {"binary", "bin_data"},
}
