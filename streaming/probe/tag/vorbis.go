package tag

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strings"

	"sett/streaming/probe/facts"
)

var vorbisNames = map[string]string{
	"ALBUMARTIST": "album_artist", "TRACKNUMBER": "track", "DISCNUMBER": "disc", "DESCRIPTION": "comment",
}

const maxEncoded = 256 << 10 // bytes of a picture's text that are decoded

// Vorbis reads a comment header, without what Ogg puts before it. Pictures in it are
// taken where asked for.
func (s *Set) Vorbis(b []byte, pictures bool) error {
	take := func() ([]byte, bool) {
		if len(b) < 4 {
			return nil, false
		}
		n := int64(binary.LittleEndian.Uint32(b))
		if n > int64(len(b)-4) {
			return nil, false
		}
		out := b[4 : 4+n]
		b = b[4+n:]
		return out, true
	}
	if _, ok := take(); !ok || len(b) < 4 {
		return facts.Unsure("comments cut off")
	}
	count := binary.LittleEndian.Uint32(b)
	b = b[4:]
	for range min(count, 8*maxTags) {
		c, ok := take()
		if !ok {
			return nil // as ffprobe does
		}
		key, value, ok := strings.Cut(string(c[:min(len(c), maxText+maxEncoded)]), "=")
		if !ok || key == "" || len(s.Values) > maxTags {
			continue
		}
		if err := s.comment(strings.ToUpper(key), value, len(c), pictures); err != nil {
			return err
		}
	}
	return s.orderChapters()
}

func (s *Set) comment(key, value string, size int, pictures bool) error {
	switch {
	case key == "METADATA_BLOCK_PICTURE" && pictures:
		text := value[:min(len(value), maxEncoded)&^3]
		block, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return facts.Unsure("a picture whose text makes no sense")
		}
		return s.Block(memory(block), 0, int64(size)*3/4)
	case size > maxText || value == "":
		return nil
	}
	if strings.HasPrefix(key, "CHAPTER") && len(key) >= 10 && digits(key[7:10], 3) {
		s.Values[key] = value
		return nil
	}
	if n := vorbisNames[key]; n != "" {
		key = n
	}
	s.join(key, strings.ToValidUTF8(value, "\ufffd"))
	return nil
}

// orderChapters makes chapters of the comments that name them.
func (s *Set) orderChapters() error {
	for n := range 1000 {
		key := fmt.Sprintf("CHAPTER%03d", n)
		at, ok := s.Values[key]
		if !ok {
			if n > 0 {
				break
			}
			continue
		}
		var h, m, sec, ms int64
		if _, err := fmt.Sscanf(at, "%02d:%02d:%02d.%03d", &h, &m, &sec, &ms); err != nil {
			return facts.Unsure("a chapter at %q", at)
		}
		c := facts.Chapter{Start: facts.Seconds(((h*60+m)*60+sec)*1000+ms, 1000)}
		if title := s.Values[key+"NAME"]; title != "" {
			c.Tags = map[string]string{"title": title}
		}
		s.Chapters = append(s.Chapters, c)
		delete(s.Values, key)
		delete(s.Values, key+"NAME")
	}
	return nil
}

// Block reads the head of a FLAC picture block of the given size.
func (s *Set) Block(r *facts.Reader, at, size int64) error {
	if len(s.Pictures) >= maxPictures {
		return nil
	}
	end := at + size
	p := Picture{From: r}
	b, err := r.Bytes(at, 8)
	if err != nil {
		return err
	}
	p.Kind = int(binary.BigEndian.Uint32(b) & 0xff)
	at += 8 + int64(binary.BigEndian.Uint32(b[4:]))
	if b, err = r.Bytes(at, 4); err != nil {
		return err
	}
	n := int64(binary.BigEndian.Uint32(b))
	if n > maxText {
		return facts.Unsure("a picture with a long description")
	}
	if n > 0 {
		if b, err = r.Bytes(at+4, int(n)); err != nil {
			return err
		}
		p.Description = strings.ToValidUTF8(string(b), "\ufffd")
	}
	at += 4 + n + 16
	if b, err = r.Bytes(at, 4); err != nil {
		return err
	}
	p.At, p.Size = at+4, int64(binary.BigEndian.Uint32(b))
	if p.Size == 0 || p.Size > end-p.At+4 {
		return facts.Unsure("a picture that is cut off")
	}
	s.Pictures = append(s.Pictures, p)
	return nil
}
