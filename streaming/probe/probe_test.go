package probe

import (
	"context"
	"errors"
	"io/fs"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"sett/node/library"
	"sett/streaming/probe/facts"
)

const srt = "1\n00:00:01,000 --> 00:00:02,000\nHello\n"

const chapters = ";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=1000\ntitle=One\n" +
	"[CHAPTER]\nTIMEBASE=1/1000\nSTART=1000\nEND=3000\ntitle=Two\n"

func write(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// clip makes a media file with ffmpeg and returns its path.
func clip(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	cmd := exec.Command("ffmpeg", append(append([]string{"-y", "-loglevel", "error"}, args...), path)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("make %s: %v\n%s", name, err, out)
	}
	return path
}

func file(t *testing.T, path string) (library.Source, Tags) {
	t.Helper()
	src, tags, err := File(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	return src, tags
}

func TestItReadsAFilmWithChaptersSubtitlesAndFonts(t *testing.T) {
	dir := t.TempDir()
	sub, meta := write(t, dir, "s.srt", srt), write(t, dir, "ch.txt", chapters)
	path := clip(t, dir, "film: a %d 'b'.mkv",
		"-f", "lavfi", "-i", "testsrc2=s=320x180:d=3:r=24000/1001", "-f", "lavfi", "-i", "sine=d=3", "-i", sub, "-i", meta,
		"-map", "0", "-map", "1", "-map", "2", "-map_metadata", "3", "-c:v", "libx264", "-c:a", "ac3", "-ac", "6", "-c:s", "srt",
		"-metadata:s:a:0", "language=fra", "-metadata:s:a:0", "title=Commentaire", "-metadata:s:s:0", "language=de",
		"-disposition:a:0", "default+hearing_impaired", "-disposition:s:0", "forced",
		"-attach", sub, "-metadata:s:t", "mimetype=font/ttf", "-metadata:s:t", "filename=../../a.ttf")
	src, _ := file(t, path)

	if src.Container != "mkv" || src.Path != path || src.Size == 0 || src.Modified.IsZero() || src.Bitrate == 0 {
		t.Errorf("source: %+v", src)
	}
	if s := src.Runtime.Seconds(); s < 2.9 || s > 3.2 {
		t.Errorf("runtime is %v s, want about 3", s)
	}
	if len(src.Streams) != 3 {
		t.Fatalf("got %d streams, want 3: %+v", len(src.Streams), src.Streams)
	}
	v, a, s := src.Streams[0], src.Streams[1], src.Streams[2]
	if v.Kind != library.StreamVideo || v.Codec != "h264" || v.Width != 320 || v.Height != 180 || v.AspectRatio != "16:9" ||
		v.BitDepth != 8 || math.Abs(v.AvgFrameRate-23.976) > 0.01 || v.AVC == nil || !*v.AVC || v.NalLength != "4" ||
		v.Anamorphic == nil || *v.Anamorphic || v.Interlaced || v.Profile != "High" || v.Level == 0 || v.BitRate == 0 {
		t.Errorf("video: %+v", v)
	}
	if a.Kind != library.StreamAudio || a.Codec != "ac3" || a.Channels != 6 || a.Layout != "5.1" || a.Language != "fre" ||
		a.Title != "Commentaire" || !a.Default || !a.HearingI || a.SampleRate != 44100 || a.BitRate == 0 {
		t.Errorf("audio: %+v", a)
	}
	if s.Kind != library.StreamSubtitle || s.Codec != "subrip" || s.Language != "ger" || !s.Forced || !s.TextSubtitle() {
		t.Errorf("subtitle: %+v", s)
	}
	if len(src.Chapters) != 2 || src.Chapters[1].Name != "Two" || src.Chapters[1].Start != 1e7 {
		t.Errorf("chapters: %+v", src.Chapters)
	}
	if len(src.Attachments) != 1 || src.Attachments[0].FileName != "a.ttf" || src.Attachments[0].MIME != "font/ttf" || src.Attachments[0].Index != 3 {
		t.Errorf("attachments: %+v", src.Attachments)
	}
}

func TestItNormalisesContainers(t *testing.T) {
	dir := t.TempDir()
	first := clip(t, dir, "a.mp4", "-f", "lavfi", "-i", "testsrc2=s=64x64:d=1:r=25", "-f", "lavfi", "-i", "sine=d=1", "-c:v", "libx264", "-c:a", "aac")
	for name, want := range map[string]string{
		"b.mkv": "mkv", "b.mp4": "mp4", "b.m4v": "mp4", "b.mov": "mov", "b.ts": "ts", "b.m2ts": "ts", "b.avi": "avi", "b.flv": "flv", "b.3gp": "3gp",
	} {
		src, _ := file(t, clip(t, dir, name, "-i", first, "-c", "copy"))
		if src.Container != want {
			t.Errorf("%s is %q, want %q", name, src.Container, want)
		}
		if v, _ := src.First(library.StreamVideo); (want == "ts") != (v.NalLength == "0") {
			t.Errorf("%s: NAL length %q", name, v.NalLength)
		}
	}
	for name, want := range map[string]string{
		"b.mp3": "mp3", "b.flac": "flac", "b.ogg": "ogg", "b.m4a": "m4a", "b.wav": "wav", "b.aac": "aac", "b.wma": "asf", "b.webm": "webm", "b.mka": "mkv",
	} {
		args := []string{"-i", first, "-vn"}
		if want == "webm" {
			args = append(args, "-c:a", "libopus")
		}
		if src, _ := file(t, clip(t, dir, name, args...)); src.Container != want {
			t.Errorf("%s is %q, want %q", name, src.Container, want)
		}
	}
}

func TestItReadsMusicTagsAndCovers(t *testing.T) {
	dir := t.TempDir()
	cover := clip(t, dir, "cover.jpg", "-f", "lavfi", "-i", "testsrc2=s=64x64", "-frames:v", "1")
	tagged := []string{
		"-metadata", "title=The Song", "-metadata", "artist=A;B", "-metadata", "album_artist=AC/DC", "-metadata", "album=Record",
		"-metadata", "track=2/9", "-metadata", "disc=1/2", "-metadata", "date=2003-04-05", "-metadata", "genre=Rock;Blues",
		"-metadata", "composer=C", "-metadata", "REPLAYGAIN_TRACK_GAIN=-7.10 dB", "-metadata", "MUSICBRAINZ_ALBUMID=1234-5678",
	}
	for name, with := range map[string][]string{
		"a.flac": {"-i", cover, "-map", "0", "-map", "1", "-c:v", "copy", "-disposition:v", "attached_pic"},
		"a.mp3":  {"-i", cover, "-map", "0", "-map", "1", "-c:v", "copy", "-id3v2_version", "3"},
		"a.ogg":  {"-c:a", "libvorbis"},
	} {
		args := append(append([]string{"-f", "lavfi", "-i", "sine=d=2"}, with...), tagged...)
		src, tags := file(t, clip(t, dir, name, args...))
		if tags.Title != "The Song" || tags.Album != "Record" || len(tags.Artists) != 2 || tags.Artists[1] != "B" ||
			len(tags.AlbumArtists) != 1 || tags.AlbumArtists[0] != "AC/DC" || tags.Track != 2 || tags.TrackTotal != 9 ||
			tags.Disc != 1 || tags.Year != 2003 || len(tags.Genres) != 2 || len(tags.Composers) != 1 {
			t.Errorf("%s: tags %+v", name, tags)
		}
		if tags.TrackGain == nil || *tags.TrackGain != -7.1 || tags.Providers["MusicBrainzAlbum"] != "1234-5678" {
			t.Errorf("%s: gain %v, providers %v", name, tags.TrackGain, tags.Providers)
		}
		_, picture := src.First(library.StreamImage)
		if _, video := src.First(library.StreamVideo); video || picture == (name == "a.ogg") {
			t.Errorf("%s: its cover is no film: %+v", name, src.Streams)
		}
	}
}

func TestItReadsHowAPhoneWasHeld(t *testing.T) {
	dir := t.TempDir()
	flat := clip(t, dir, "a.mp4", "-f", "lavfi", "-i", "testsrc2=s=64x32:d=1:r=25", "-c:v", "libx264")
	// The oracle is ffmpeg itself, which turns the picture upright when it converts;
	// of a half turn it says nothing.
	for tag, turn := range map[string]string{"0": "", "90": "rotation:counterclockwise", "180": "", "270": "rotation:clockwise"} {
		path := clip(t, dir, "r"+tag+".mp4", "-i", flat, "-c", "copy", "-metadata:s:v", "rotate="+tag)
		src, _ := file(t, path)
		got := src.Streams[0].Rotation
		log, err := exec.Command("ffmpeg", "-v", "verbose", "-i", path, "-frames:v", "1", "-f", "null", "-").CombinedOutput()
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(log), turn) || strconv.Itoa(got) != tag {
			t.Errorf("rotation %s: we say %d° counter-clockwise; ffmpeg should say %q:\n%s", tag, got, turn, log)
		}
	}
}

func TestItReadsHDR(t *testing.T) {
	src, _ := file(t, clip(t, t.TempDir(), "a.mkv", "-f", "lavfi", "-i", "testsrc2=s=64x64:d=1:r=25", "-c:v", "libx265", "-x265-params", "log-level=error",
		"-pix_fmt", "yuv420p10le", "-color_trc", "smpte2084", "-colorspace", "bt2020nc", "-color_primaries", "bt2020"))
	v := src.Streams[0]
	if v.Codec != "hevc" || v.BitDepth != 10 || v.ColorTransfer != "smpte2084" || v.ColorPrimaries != "bt2020" || v.HDR10Plus {
		t.Errorf("video: %+v", v)
	}
}

func TestItSaysWhatIsWrongWithAFile(t *testing.T) {
	dir := t.TempDir()
	good, err := os.ReadFile(clip(t, dir, "a.mkv", "-f", "lavfi", "-i", "sine=d=1"))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"empty.mkv":    "",
		"text.mkv":     "this is no film",
		"cut.mkv":      string(good[:100]),
		"playlist.mkv": "#EXTM3U\n#EXTINF:3,\n/etc/passwd\n",
		"concat.mkv":   "ffconcat version 1.0\nfile a.mkv\n",
		"only.srt":     srt,
	} {
		_, _, err := File(t.Context(), write(t, dir, name, text))
		if !errors.Is(err, ErrNotMedia) {
			t.Errorf("%s: got %v, want ErrNotMedia", name, err)
		}
	}
	if _, _, err := File(t.Context(), filepath.Join(dir, "absent.mkv")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("absent file: got %v", err)
	}
	if _, _, err := File(t.Context(), dir); !errors.Is(err, ErrNotMedia) {
		t.Errorf("folder: got %v", err)
	}
}

func TestItSaysThatFFprobeIsMissing(t *testing.T) {
	path := write(t, t.TempDir(), "a.mkv", "x")
	t.Setenv("PATH", "")
	if _, _, err := File(t.Context(), path); !errors.Is(err, ErrNoFFprobe) {
		t.Errorf("got %v, want ErrNoFFprobe", err)
	}
}

func TestItStopsWhenNobodyWaits(t *testing.T) {
	path := write(t, t.TempDir(), "a.mkv", "x")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := File(ctx, path); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
}

func TestItReadsFilesBesideAFilm(t *testing.T) {
	dir := t.TempDir()
	got, err := Side(t.Context(), write(t, dir, "a.en.srt", srt))
	if err != nil || len(got) != 1 || got[0].Codec != "subrip" || !got[0].External || got[0].Path == "" {
		t.Errorf("subtitle: %+v, %v", got, err)
	}
	path := clip(t, dir, "a.mka", "-f", "lavfi", "-i", "sine=d=1", "-c:a", "aac", "-metadata:s:a", "language=eng")
	got, err = Side(t.Context(), path)
	if err != nil || len(got) != 1 || got[0].Kind != library.StreamAudio || got[0].Language != "eng" || got[0].Path != path {
		t.Errorf("audio: %+v, %v", got, err)
	}
}

func TestItReadsDolbyVisionAndOldRotationAsFFprobeTellsThem(t *testing.T) {
	s := facts.Stream{
		Type: "video", Codec: "hevc", Profile: "Main 10", Level: 153, Tags: map[string]string{"rotate": "90"},
		SideData: []facts.SideData{{Type: "DOVI configuration record", DVMajor: 1, DVProfile: 8, DVLevel: 6, RPU: 1, BL: 1, BLCompat: 1}},
	}
	got := streamOf(&s)
	if got.Rotation != 270 || got.DolbyVision == nil || got.DolbyVision.Profile != 8 || !got.DolbyVision.RPU || got.DolbyVision.EL || got.DolbyVision.BLCompatibility != 1 {
		t.Errorf("got %+v, %+v", got, got.DolbyVision)
	}
}

func TestLanguagesAreISO6392B(t *testing.T) {
	for in, want := range map[string]string{"": "", "und": "", "eng": "eng", "en": "eng", "FR": "fre", "fr-CA": "fre", "deu": "ger", "zh-Hant": "chi", "nonsense!": ""} {
		if got := languageOf(in); got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
	}
}

func FuzzDocument(f *testing.F) {
	f.Add("1/0", "-inf", "12:34", "00:99:1e999")
	f.Fuzz(func(t *testing.T, a, b, c, d string) {
		doc := facts.Document{Streams: []*facts.Stream{{
			Type: "video", AvgRate: a, Duration: b, DAR: c, SAR: a, Width: 1,
			Tags: map[string]string{"DURATION": d, "rotate": a, "language": b, "track": c, "r128_track_gain": a, "artist": d},
		}}}
		doc.Format.Duration = b
		if src := source(&doc, "x.mkv", 10); src.Runtime < 0 {
			t.Errorf("runtime %d", src.Runtime)
		}
		tagsOf(&doc)
	})
}
