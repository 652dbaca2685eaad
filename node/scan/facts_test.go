package scan

import (
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"sett/node/library"
)

// ffmpeg makes a file below the media folder, from others in the folder of clips.
func (h *house) ffmpeg(rel string, args ...string) {
	h.t.Helper()
	must(h.t, os.MkdirAll(filepath.Dir(h.path(rel)), 0o755))
	cmd := exec.Command("ffmpeg", append(append([]string{"-nostdin", "-v", "error", "-y"}, args...), h.path(rel))...)
	cmd.Dir = clips
	if out, err := cmd.CombinedOutput(); err != nil {
		h.t.Fatalf("%v: %s", err, out)
	}
	must(h.t, os.Chtimes(h.path(rel), day, day))
}

func TestPicturesInsideVideosAreTheirsWhenNothingLiesBeside(t *testing.T) {
	h := newHouse(t, films(), shows())
	attach := []string{"-i", "a.mkv", "-c", "copy", "-attach", "poster.jpg", "-metadata:s:t", "mimetype=image/jpeg", "-metadata:s:t", "filename=cover.jpg"}
	h.ffmpeg("Films/Attached (2001)/Attached (2001).mkv", attach...)
	h.ffmpeg("Films/Beside (2002)/Beside (2002).mkv", attach...)
	h.add("Films/Beside (2002)/poster.jpg", "poster.jpg")
	h.ffmpeg("Films/Inside.mp4", "-i", "c.mp4", "-i", "poster.jpg", "-map", "0", "-map", "1", "-c", "copy", "-disposition:v:1", "attached_pic")
	h.ffmpeg("Shows/The Show/The Show S01E01.mkv", attach...)
	for range 2 {
		h.now()
		for _, it := range h.items(library.Movie, library.Episode) {
			im, ok := it.Image(library.Primary, 0)
			if want := it.Name != "Beside"; !ok || im.Embedded != want {
				t.Errorf("the picture of %s is %+v", it.Name, im)
			}
		}
		h.configure(films(), shows())
	}
}

func TestTagsOfVideosFillWhatNamesLeaveOpen(t *testing.T) {
	h := newHouse(t, films(), Library{Name: "Clips", Kind: library.MusicVideos, Paths: []string{"Clips"}})
	tags := []string{"-i", "c.mp4", "-c", "copy", "-metadata", "title=junk by somebody", "-metadata", "description=Told inside.",
		"-metadata", "genre=Drama", "-metadata", "date=1999", "-metadata", "artist=The Band"}
	h.ffmpeg("Films/Alpha.mp4", tags...)
	h.ffmpeg("Films/Beta (2002).mp4", tags...)
	h.write("Films/Beta (2002).nfo", []byte("<movie><plot>Told beside.</plot></movie>"))
	h.ffmpeg("Clips/x.mp4", tags...)
	for range 2 {
		h.now()
		alpha, beta, clip := h.one(library.Movie, "Alpha"), h.one(library.Movie, "Beta"), h.one(library.MusicVideo, "junk by somebody")
		if alpha.Overview != "Told inside." || alpha.Year != 1999 || len(alpha.Genres) != 1 || alpha.Genres[0] != "Drama" {
			t.Errorf("without an NFO it is %+v", alpha)
		}
		if beta.Overview != "Told beside." || beta.Year != 2002 {
			t.Errorf("with an NFO it is %+v", beta)
		}
		if len(clip.Artists) != 1 || clip.Artists[0] != "The Band" {
			t.Errorf("the clip is by %v", clip.Artists)
		}
		h.remove("Films/Beta (2002).nfo")
		h.now()
		if got := h.one(library.Movie, "Beta"); got.Overview != "Told inside." {
			t.Errorf("without its NFO it says %q", got.Overview)
		}
		h.write("Films/Beta (2002).nfo", []byte("<movie><plot>Told beside.</plot></movie>"))
	}
}

func TestSongsHaveTextsAndGain(t *testing.T) {
	h := newHouse(t, songs())
	h.ffmpeg("Music/A/B/1.flac", "-i", "one.flac", "-c", "copy", "-metadata", "LYRICS=la la", "-metadata", "REPLAYGAIN_TRACK_GAIN=-3.5 dB",
		"-metadata", "REPLAYGAIN_ALBUM_GAIN=-4 dB")
	h.add("Music/A/B/2.flac", "two.flac")
	h.write("Music/A/B/2.lrc", []byte("[00:00.00]la"))
	for range 2 {
		h.now()
		one, two, album := h.one(library.Audio, "First Song"), h.one(library.Audio, "Second Song"), h.one(library.MusicAlbum, "Blue")
		if one.Lyrics != "la la" || one.ReplayGain == nil || *one.ReplayGain != -3.5 || album.ReplayGain == nil || *album.ReplayGain != -4 {
			t.Errorf("the song is %+v, its album %+v", one, album)
		}
		for _, it := range []*library.Item{one, two} {
			if c, _ := h.store.View().Card(it.ID); c.Flags&library.HasLyrics == 0 {
				t.Errorf("%s has no text", it.Name)
			}
		}
		h.write("Music/A/B/3.lrc", []byte("something else")) // the unit is looked at again
	}
}

// withEXIF puts a block of EXIF into a JPEG: taken at a moment, lying on its side.
func withEXIF(jpeg []byte) []byte {
	le := binary.LittleEndian
	field := func(b []byte, tag, kind uint16, count, value uint32) []byte {
		return le.AppendUint32(le.AppendUint32(le.AppendUint16(le.AppendUint16(b, tag), kind), count), value)
	}
	b := le.AppendUint16([]byte("II*\x00\x08\x00\x00\x00"), 3)
	b = field(b, 0x0110, 2, 3, uint32('K')|uint32('1')<<8)
	b = field(b, 0x0112, 3, 1, 6)
	b = field(b, 0x0132, 2, 20, 8+2+3*12+4)
	b = append(append(b, 0, 0, 0, 0), "2019:08:07 06:05:04\x00"...)
	app := binary.BigEndian.AppendUint16([]byte{0xff, 0xe1}, uint16(len(b)+8))
	app = append(append(app, "Exif\x00\x00"...), b...)
	return append(append(append([]byte{}, jpeg[:2]...), app...), jpeg[2:]...)
}

func TestAPhotoIsWhatItsCameraSays(t *testing.T) {
	h := newHouse(t, Library{Name: "Photos", Kind: library.Photos, Paths: []string{"Photos"}})
	jpeg, err := os.ReadFile(filepath.Join(clips, "poster.jpg"))
	must(t, err)
	h.write("Photos/Trip/one.jpg", withEXIF(jpeg))
	h.add("Photos/Trip/plain.png", "fanart.png")
	for range 2 {
		h.now()
		one, plain := h.one(library.Photo, "one"), h.one(library.Photo, "plain")
		if want := time.Date(2019, 8, 7, 6, 5, 4, 0, time.UTC); !one.Premiered.Equal(want) || one.Year != 2019 {
			t.Errorf("taken %v", one.Premiered)
		}
		if p := one.Photo; p == nil || p.Model != "K1" || p.Orientation != 6 || p.Width != 40 || p.Height != 60 {
			t.Errorf("the photo is %+v", p)
		}
		if im := one.Images[0]; im.Width != 60 || im.Height != 40 {
			t.Errorf("as it is shown: %+v", im)
		}
		if p := plain.Photo; p == nil || p.Width != 60 || p.Height != 40 {
			t.Errorf("one without EXIF is %+v", p)
		}
		h.configure(Library{Name: "Photos", Kind: library.Photos, Paths: []string{"Photos"}})
		h.add("Photos/Trip/another.jpg", "poster.jpg")
	}
}
