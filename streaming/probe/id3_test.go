package probe

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"unicode/utf16"

	"sett/streaming/probe/facts"
)

// id3Tag makes a tag frame by frame, for what ffmpeg does not write.
type id3Tag struct {
	name    string
	version byte
	flags   byte
	frames  [][2]string // name, body
	better  bool        // we read more of it than ffprobe 5 does
}

func (t id3Tag) bytes() []byte {
	var body []byte
	for _, f := range t.frames {
		n := uint32(len(f[1]))
		body = append(body, f[0]...)
		switch t.version {
		case 2:
			body = append(body, byte(n>>16), byte(n>>8), byte(n))
		case 3:
			body = append(binary.BigEndian.AppendUint32(body, n), 0, 0)
		default:
			body = append(body, byte(n>>21&127), byte(n>>14&127), byte(n>>7&127), byte(n&127), 0, 0)
		}
		body = append(body, f[1]...)
	}
	if t.flags&0x80 != 0 && t.version < 4 {
		body = bytes.ReplaceAll(body, []byte{0xff}, []byte{0xff, 0})
	}
	body = append(body, make([]byte, 16)...)
	n := len(body)
	head := []byte{'I', 'D', '3', t.version, 0, t.flags, byte(n >> 21 & 127), byte(n >> 14 & 127), byte(n >> 7 & 127), byte(n & 127)}
	return append(head, body...)
}

// wide is a text in UTF-16 with a mark, ended.
func wide(s string) string {
	b := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return string(append(b, 0, 0))
}

var id3Samples = []id3Tag{
	{name: "old", version: 2, frames: [][2]string{{"TT2", "\x00Gr\xfc\xdfe"}, {"TP1", "\x00A"}, {"TAL", "\x01" + wide("Альбом")}, {"TRK", "\x002/9"}, {"TYE", "\x001999"}, {"TCO", "\x00(17)"}, {"COM", "\x00eng\x00Remark"}}},
	{name: "wide", version: 3, frames: [][2]string{{"TIT2", "\x01" + wide("Песня 🎵")}, {"TPE1", "\x01" + wide("ÿ")}, {"TYER", "\x001999"}, {"TDAT", "\x002412"}, {"TCON", "\x00(4)Eurodisco"}, {"TXXX", "\x01" + wide("MusicBrainz Album Id") + wide("1-2")}}},
	{name: "unsync", version: 3, flags: 0x80, better: true, frames: [][2]string{{"TIT2", "\x01" + wide("ÿÿ")}, {"TPE1", "\x00\xff\xe0"}, {"TALB", "\x00Z"}}},
	{name: "remarks", version: 4, frames: [][2]string{{"TIT2", "\x03Lied"}, {"COMM", "\x03eng\x00First"}, {"COMM", "\x03engiTunNORM\x00 0000"}, {"USLT", "\x03eng\x00La la"}, {"TDRC", "\x032001-02"}, {"TDOR", "\x031980"}, {"TPOS", "\x031/2"}, {"TCMP", "\x031"}, {"TSOT", "\x03Lied, Das"}, {"TPUB", "\x03Label"}}},
	{name: "genre", version: 4, frames: [][2]string{{"TIT2", "\x03Lied"}, {"TCON", "\x0317"}, {"TRCK", "\x037"}}},
	{name: "several", version: 4, better: true, frames: [][2]string{{"TIT2", "\x03Lied"}, {"TPE1", "\x03A\x00B\x00"}, {"TCON", "\x0317\x00Eigenes"}, {"TCOM", "\x03C\x00D"}}},
}

// withTag puts a tag before frames without any.
func withTag(t *testing.T, tag []byte) string {
	t.Helper()
	return joined(t, tag, frames(t), nil)
}

func frames(t *testing.T) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(sampleDir(t), "vbr.mp3"))
	if err != nil {
		t.Fatal(err)
	}
	n := 10 + int(b[6])<<21 + int(b[7])<<14 + int(b[8])<<7 + int(b[9])
	return b[n:]
}

func joined(t *testing.T, parts ...[]byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.mp3")
	if err := os.WriteFile(path, slices.Concat(parts...), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestTagsThatOtherProgramsWriteReadAsFFprobeReadsThem(t *testing.T) {
	for _, tag := range id3Samples {
		t.Run(tag.name, func(t *testing.T) {
			diffs, err := differences(t, withTag(t, tag.bytes()))
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range diffs {
				if !tag.better {
					t.Error(d)
				}
			}
		})
	}
}

func TestAllArtistsOfASongAreRead(t *testing.T) {
	for _, tag := range id3Samples {
		if tag.name != "several" {
			continue
		}
		_, tags := file(t, withTag(t, tag.bytes()))
		if !slices.Equal(tags.Artists, []string{"A", "B"}) || !slices.Equal(tags.Genres, []string{"Rock", "Eigenes"}) || !slices.Equal(tags.Composers, []string{"C", "D"}) {
			t.Errorf("%+v", tags)
		}
	}
}

func TestUnsynchronisedTagsAreReadAsWritten(t *testing.T) {
	for _, tag := range id3Samples {
		if tag.name != "unsync" {
			continue
		}
		_, tags := file(t, withTag(t, tag.bytes()))
		if tags.Title != "ÿÿ" || !slices.Equal(tags.Artists, []string{"ÿà"}) || tags.Album != "Z" {
			t.Errorf("%+v", tags)
		}
	}
}

func TestTagsAtTheEndCountForLess(t *testing.T) {
	item := func(key, value string) []byte {
		b := binary.LittleEndian.AppendUint32(nil, uint32(len(value)))
		return append(append(append(b, 0, 0, 0, 0), key+"\x00"...), value...)
	}
	items := append(item("Title", "From APE"), item("REPLAYGAIN_TRACK_GAIN", "-3.5 dB")...)
	foot := append([]byte("APETAGEX"), 0xd0, 7, 0, 0)
	foot = binary.LittleEndian.AppendUint32(foot, uint32(len(items)+32))
	foot = append(foot, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
	old := make([]byte, 128)
	copy(old, "TAG")
	copy(old[3:], "From ID3v1")
	old[127] = 17
	path := joined(t, id3Samples[4].bytes(), frames(t), items, foot, old)
	_, tags := file(t, path)
	if tags.Title != "Lied" || tags.TrackGain == nil || *tags.TrackGain != -3.5 {
		t.Errorf("%+v", tags)
	}
	if _, tags = file(t, joined(t, frames(t), old)); tags.Title != "From ID3v1" || !slices.Equal(tags.Genres, []string{"Rock"}) {
		t.Errorf("%+v", tags)
	}
}

func TestAnEncryptedTagIsLeftToFFprobe(t *testing.T) {
	b := id3Tag{version: 4, frames: [][2]string{{"TIT2", "\x03Lied"}}}.bytes()
	b[10+9] = 4
	if _, err := differences(t, withTag(t, b)); !errors.Is(err, facts.ErrUnsure) {
		t.Errorf("got %v", err)
	}
}
