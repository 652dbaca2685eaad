package store

import (
	"encoding/binary"
	"errors"
	"math"
	"strings"

	"sett/node/library"
)

// cardFormat is the first byte of a card record. Records of another format are made anew
// from the items when the store opens.
const cardFormat = 2

var errCard = errors.New("unreadable card record")

// The optional fields of a card record, in the order they are written. A bit says that
// the field is there.
const (
	hasLibrary = 1 << iota
	hasParent
	parentIsLibrary
	hasSeries
	hasSeason
	hasAlbum
	hasOriginal
	hasCollection
	hasYear
	hasIndex
	hasIndexEnd
	hasParentIndex
	hasPremiered
	hasEnded
	hasAdded
	hasModified
	hasRuntime
	hasBitrate
	hasRating
	hasCritic
	hasOfficial
	hasStatus
	hasContainer
	hasSize
	hasFlags
	hasImages
	hasLinks
	hasProviders
	hasPath
	hasList
)

// cardWriter appends a record; the field bits come first and are filled in at the end.
type cardWriter struct {
	buf  []byte
	bits uint32
}

func appendCard(buf []byte, c *library.Card) []byte {
	w := cardWriter{buf: append(buf, cardFormat, byte(c.Kind), 0, 0, 0, 0)}
	at := len(buf) + 2
	w.text(c.Name)
	w.text(c.Sort)
	w.id(hasLibrary, c.Library)
	if c.Parent == c.Library && !c.Parent.IsZero() {
		w.bits |= parentIsLibrary
	} else {
		w.id(hasParent, c.Parent)
	}
	w.id(hasSeries, c.Series)
	w.id(hasSeason, c.Season)
	w.id(hasAlbum, c.Album)
	w.string(hasOriginal, c.Original)
	w.string(hasCollection, string(c.Collection))
	w.number(hasYear, int64(c.Year))
	w.number(hasIndex, int64(c.Index))
	w.number(hasIndexEnd, int64(c.IndexEnd))
	w.number(hasParentIndex, int64(c.ParentIndex))
	w.number(hasPremiered, c.Premiered)
	w.number(hasEnded, c.Ended)
	w.number(hasAdded, c.Added)
	w.number(hasModified, c.Modified)
	w.number(hasRuntime, int64(c.Runtime))
	w.number(hasBitrate, c.Bitrate)
	w.number(hasRating, int64(math.Float32bits(c.Rating)))
	w.number(hasCritic, int64(math.Float32bits(c.Critic)))
	w.string(hasOfficial, c.Official)
	w.string(hasStatus, c.Status)
	w.string(hasContainer, c.Container)
	w.number(hasSize, int64(c.Width)<<16|int64(c.Height))
	w.number(hasFlags, int64(c.Flags))
	w.lists(c)
	w.string(hasPath, c.Path)
	w.list(c.List)
	binary.LittleEndian.PutUint32(w.buf[at:], w.bits)
	return w.buf
}

func (w *cardWriter) text(s string) {
	w.buf = binary.AppendUvarint(w.buf, uint64(len(s)))
	w.buf = append(w.buf, s...)
}

func (w *cardWriter) string(bit uint32, s string) {
	if s != "" {
		w.bits |= bit
		w.text(s)
	}
}

func (w *cardWriter) id(bit uint32, id library.ID) {
	if !id.IsZero() {
		w.bits |= bit
		w.buf = append(w.buf, id[:]...)
	}
}

func (w *cardWriter) number(bit uint32, n int64) {
	if n != 0 {
		w.bits |= bit
		w.buf = binary.AppendVarint(w.buf, n)
	}
}

func (w *cardWriter) count(bit uint32, n int) bool {
	if n == 0 {
		return false
	}
	w.bits |= bit
	w.buf = binary.AppendUvarint(w.buf, uint64(n))
	return true
}

func (w *cardWriter) lists(c *library.Card) {
	if w.count(hasImages, len(c.Images)) {
		for _, im := range c.Images {
			w.text(string(im.Kind))
			w.text(im.Tag)
			w.text(im.Blurhash)
			w.buf = binary.LittleEndian.AppendUint32(w.buf, math.Float32bits(im.Aspect))
		}
	}
	if w.count(hasLinks, len(c.Links)) {
		for _, r := range c.Links {
			w.buf = binary.AppendUvarint(w.buf, uint64(r))
		}
	}
	if w.count(hasProviders, len(c.Providers)) {
		for _, p := range c.Providers {
			w.text(p)
		}
	}
}

// cardReader reads many records. It puts what they hold into a few large blocks, which is
// quicker and much smaller than a hundred thousand little ones.
type cardReader struct {
	cards  []library.Card
	images []library.ImageTag
	links  []library.Ref
	texts  []string
	chars  *strings.Builder
	common map[string]string // texts that repeat: containers, ratings, image kinds
}

func newCardReader() *cardReader {
	return &cardReader{chars: new(strings.Builder), common: make(map[string]string)}
}

// slab takes n fresh values from the front of a block.
func slab[T any](block *[]T, n, size int) []T {
	if len(*block) < n {
		*block = make([]T, max(n, size))
	}
	out := (*block)[:n:n]
	*block = (*block)[n:]
	return out
}

func (r *cardReader) read(id library.ID, rec []byte) (*library.Card, error) {
	if len(rec) < 6 || rec[0] != cardFormat {
		return nil, errCard
	}
	c := &slab(&r.cards, 1, 256)[0]
	f := fields{r: r, buf: rec[6:], bits: binary.LittleEndian.Uint32(rec[2:])}
	c.ID, c.Kind = id, library.Kind(rec[1])
	c.Name = f.text()
	c.Sort = f.text()
	f.id(hasLibrary, &c.Library)
	if f.bits&parentIsLibrary != 0 {
		c.Parent = c.Library
	}
	f.id(hasParent, &c.Parent)
	f.id(hasSeries, &c.Series)
	f.id(hasSeason, &c.Season)
	f.id(hasAlbum, &c.Album)
	c.Original = f.string(hasOriginal)
	c.Collection = library.Collection(f.shared(hasCollection))
	f.numbers(c)
	f.lists(c)
	c.Path = f.string(hasPath)
	c.List = f.list()
	if f.bad || c.Kind.String() == "" {
		return nil, errCard
	}
	return c, nil
}

// fields walks one record.
type fields struct {
	r    *cardReader
	buf  []byte
	bits uint32
	bad  bool
}

func (f *fields) numbers(c *library.Card) {
	c.Year = int16(f.number(hasYear))
	c.Index = library.Number(f.number(hasIndex))
	c.IndexEnd = library.Number(f.number(hasIndexEnd))
	c.ParentIndex = library.Number(f.number(hasParentIndex))
	c.Premiered = f.number(hasPremiered)
	c.Ended = f.number(hasEnded)
	c.Added = f.number(hasAdded)
	c.Modified = f.number(hasModified)
	c.Runtime = library.Ticks(f.number(hasRuntime))
	c.Bitrate = f.number(hasBitrate)
	c.Rating = math.Float32frombits(uint32(f.number(hasRating)))
	c.Critic = math.Float32frombits(uint32(f.number(hasCritic)))
	c.Official = f.shared(hasOfficial)
	c.Status = f.shared(hasStatus)
	c.Container = f.shared(hasContainer)
	size := f.number(hasSize)
	c.Width, c.Height = int16(size>>16), int16(size)
	c.Flags = library.Flags(f.number(hasFlags))
}

func (f *fields) lists(c *library.Card) {
	if n := f.count(hasImages); n > 0 {
		c.Images = slab(&f.r.images, n, 512)
		for i := range c.Images {
			im := &c.Images[i]
			im.Kind = library.ImageKind(f.commonText())
			im.Tag = f.text()
			im.Blurhash = f.text()
			if b := f.take(4); b != nil {
				im.Aspect = math.Float32frombits(binary.LittleEndian.Uint32(b))
			}
		}
	}
	if n := f.count(hasLinks); n > 0 {
		c.Links = slab(&f.r.links, n, 4096)
		for i := range c.Links {
			c.Links[i] = library.Ref(f.uvarint())
		}
	}
	if n := f.count(hasProviders); n > 0 {
		c.Providers = slab(&f.r.texts, n, 1024)
		for i := range c.Providers {
			c.Providers[i] = f.text()
		}
	}
}

func (f *fields) take(n int) []byte {
	if n < 0 || n > len(f.buf) {
		f.bad = true
		return nil
	}
	b := f.buf[:n]
	f.buf = f.buf[n:]
	return b
}

func (f *fields) uvarint() uint64 {
	v, n := binary.Uvarint(f.buf)
	if n <= 0 {
		f.bad = true
		return 0
	}
	f.buf = f.buf[n:]
	return v
}

func (f *fields) number(bit uint32) int64 {
	if f.bits&bit == 0 {
		return 0
	}
	v, n := binary.Varint(f.buf)
	if n <= 0 {
		f.bad = true
		return 0
	}
	f.buf = f.buf[n:]
	return v
}

func (f *fields) count(bit uint32) int {
	if f.bits&bit == 0 {
		return 0
	}
	n := f.uvarint()
	if n > uint64(len(f.buf)) { // each entry is a byte at least
		f.bad = true
		return 0
	}
	return int(n)
}

func (f *fields) id(bit uint32, id *library.ID) {
	if f.bits&bit == 0 {
		return
	}
	if b := f.take(idLen); b != nil {
		copy(id[:], b)
	}
}

// text copies a text into the reader's block of characters.
func (f *fields) text() string {
	b := f.take(int(min(f.uvarint(), math.MaxInt32)))
	if len(b) == 0 {
		return ""
	}
	chars := f.r.chars
	if chars.Cap()-chars.Len() < len(b) {
		chars = new(strings.Builder)
		chars.Grow(max(1<<18, len(b)))
		f.r.chars = chars
	}
	at := chars.Len()
	chars.Write(b)
	return chars.String()[at:]
}

func (f *fields) string(bit uint32) string {
	if f.bits&bit == 0 {
		return ""
	}
	return f.text()
}

func (f *fields) commonText() string {
	b := f.take(int(min(f.uvarint(), math.MaxInt32)))
	if s, ok := f.r.common[string(b)]; ok {
		return s
	}
	s := string(b)
	if len(f.r.common) < 4096 {
		f.r.common[s] = s
	}
	return s
}

func (f *fields) shared(bit uint32) string {
	if f.bits&bit == 0 {
		return ""
	}
	return f.commonText()
}
