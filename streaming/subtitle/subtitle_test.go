package subtitle

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"sett/node/library"
	"sett/streaming/cache"
)

const srt = "\ufeff1\r\n00:00:01,000 --> 00:00:02,500\r\n<i>Hello</i> & <font color=\"red\">you</font>\r\n2 < 3\r\n\r\n" +
	"2\r\n00:01:05,250 --> 00:01:07,000 X1:1\r\n{\\an8}Bye\r\n"

const vtt = "WEBVTT - title\n\nSTYLE\n::cue { color: red }\n\nNOTE a --> b\n\nid 1\n00:01.000 --> 00:02.500 line:0%\n" +
	"<v Ann><i>Hello</i> &amp; you\n2 &lt; 3\n\n01:05.250 --> 01:07.000\nBye\n"

const ass = "[Script Info]\nTitle: x\n\n[V4+ Styles]\nFormat: Name\nStyle: Default\n\n[Events]\n" +
	"Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n" +
	"Dialogue: 0,0:01:05.25,0:01:07.00,Default,,0,0,0,,Bye\n" +
	"Comment: 0,0:00:00.00,0:00:09.00,Default,,0,0,0,,not shown\n" +
	"Dialogue: 0,0:00:03.00,0:00:04.00,Default,,0,0,0,,{\\p1}m 0 0 l 9 9{\\p0}\n" +
	"Dialogue: 0,0:00:01.00,0:00:02.50,Default,,0,0,0,,{\\pos(1,2)\\i1}Hello{\\i0} & you\\N2 < 3\n"

const ttml = `<?xml version="1.0"?><tt xmlns="http://www.w3.org/ns/ttml"><body><div>
<p begin="00:00:01.000" end="00:00:02.500"><span>Hello</span> &amp; you<br/>2 &lt; 3</p>
<p begin="65.25s" dur="1750ms">Bye</p></div></body></tt>`

func TestAllFormatsAreReadAlike(t *testing.T) {
	for _, c := range []struct {
		name   string
		format Format
		text   string
		marks  bool
	}{{"srt", SRT, srt, true}, {"vtt", VTT, vtt, true}, {"ass", ASS, ass, true}, {"ttml", TTML, ttml, false}} {
		got, err := Parse(c.text, c.format)
		if err != nil || len(got.Cues) != 2 {
			t.Errorf("%s: %v, %+v", c.name, err, got)
			continue
		}
		hello := "<i>Hello</i> & you\n2 < 3"
		if !c.marks {
			hello = "Hello& you\n2 < 3"
		}
		want := []Cue{{time.Second, 2500 * time.Millisecond, hello}, {65250 * time.Millisecond, 67 * time.Second, "Bye"}}
		for i, w := range want {
			if strings.ReplaceAll(got.Cues[i].Text, "Hello &", "Hello&") != strings.ReplaceAll(w.Text, "Hello &", "Hello&") ||
				got.Cues[i].Start != w.Start || got.Cues[i].End != w.End {
				t.Errorf("%s: cue %d is %+v, want %+v", c.name, i, got.Cues[i], w)
			}
		}
	}
}

func track(t *testing.T) *Track {
	t.Helper()
	tr, err := Parse(srt, SRT)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

func written(t *testing.T, tr *Track, f Format, o Options) string {
	t.Helper()
	b, err := tr.Format(f, o)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestAllFormatsAreWritten(t *testing.T) {
	tr := track(t)
	for f, want := range map[Format][]string{
		SRT:  {"1\n00:00:01,000 --> 00:00:02,500\n<i>Hello</i> & you\n2 < 3\n\n2\n00:01:05,250 --> 00:01:07,000\nBye\n\n"},
		VTT:  {"WEBVTT\n\n00:00:01.000 --> 00:00:02.500\n<i>Hello</i> &amp; you\n2 &lt; 3\n\n"},
		ASS:  {"[V4+ Styles]", `Dialogue: 0,0:00:01.00,0:00:02.50,Default,,0,0,0,,{\i1}Hello{\i0} & you\N2 < 3` + "\n"},
		TTML: {`<p begin="00:00:01.000" end="00:00:02.500"><span tts:fontStyle="italic">Hello</span> &amp; you<br/>2 &lt; 3</p>`},
		JS:   {`{"TrackEvents":[{"Id":"1","Text":`, `"StartPositionTicks":10000000,"EndPositionTicks":25000000}`},
	} {
		got := written(t, tr, f, Options{})
		for _, w := range want {
			if !strings.Contains(got, w) {
				t.Errorf("%s: want %q in\n%s", f.MIME(), w, got)
			}
		}
	}
	if got := written(t, tr, VTT, Options{MPEGTS: 216000}); !strings.HasPrefix(got, "WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:216000,LOCAL:00:00:00.000\n\n") {
		t.Errorf("got %q", got)
	}
}

func TestWhatIsWrittenReadsBackAlike(t *testing.T) {
	tr := track(t)
	for _, f := range []Format{SRT, VTT, ASS} {
		back, err := Parse(written(t, tr, f, Options{}), f)
		if err != nil || len(back.Cues) != len(tr.Cues) {
			t.Errorf("%s: %v, %+v", f.MIME(), err, back)
			continue
		}
		for i := range tr.Cues {
			if back.Cues[i] != tr.Cues[i] {
				t.Errorf("%s: cue %d is %+v, was %+v", f.MIME(), i, back.Cues[i], tr.Cues[i])
			}
		}
	}
}

func TestATrackCanBeginLater(t *testing.T) {
	tr := track(t)
	got := tr.From(2*time.Second, 0).Cues
	if len(got) != 2 || got[0].Start != 0 || got[0].End != 500*time.Millisecond || got[1].Start != 63250*time.Millisecond {
		t.Errorf("from 2 s: %+v", got)
	}
	if got := tr.From(3*time.Second, 60*time.Second).Cues; len(got) != 0 {
		t.Errorf("between: %+v", got)
	}
	if tr.Cues[0].Start != time.Second {
		t.Error("the track itself changed")
	}
}

func TestDamagedFilesGiveWhatTheyHave(t *testing.T) {
	for name, text := range map[string]string{
		"no numbers":     "00:00:01,000 --> 00:00:02,000\nHi\n\n00:00:03,000 --> 00:00:04,000\nHo\n",
		"no empty line":  "1\n00:00:01,000 --> 00:00:02,000\nHi\n2\n00:00:03,000 --> 00:00:04,000\nHo\n",
		"points":         "1\n0:0:1.0 --> 0:0:2.0\nHi\n\n2\n0:0:3.0 --> 0:0:4.0\nHo",
		"a bad block":    "1\n00:00:01,000 --> 00:00:02,000\nHi\n\n9\nxx --> yy\n\n2\n00:00:03,000 --> 00:00:04,000\nHo\n",
		"out of order":   "2\n00:00:03,000 --> 00:00:04,000\nHo\n\n1\n00:00:01,000 --> 00:00:02,000\nHi\n",
		"backwards":      "1\n00:00:01,000 --> 00:00:02,000\nHi\n\n9\n00:00:05,000 --> 00:00:04,000\nno\n\n2\n00:00:03,000 --> 00:00:04,000\nHo\n",
		"old Mac":        "1\r00:00:01,000 --> 00:00:02,000\rHi\r\r2\r00:00:03,000 --> 00:00:04,000\rHo\r",
		"empty in front": "1\n00:00:01,000 --> 00:00:02,000\n\nHi\n\n2\n00:00:03,000 --> 00:00:04,000\nHo\n",
	} {
		got, err := Parse(text, SRT)
		if err != nil || len(got.Cues) != 2 || got.Cues[0].Text != "Hi" || got.Cues[1].Text != "Ho" {
			t.Errorf("%s: %v, %+v", name, err, got)
		}
	}
}

func TestCharacterSetsAreFound(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		enc  encoding.Encoding
		lang string
	}{
		"utf-8":              {"Größe", encoding.Nop, ""},
		"utf-16 marked":      {"Größe 1", unicode.UTF16(unicode.BigEndian, unicode.UseBOM), ""},
		"utf-16 plain":       {"1\n00:00:01,000 --> 00:00:02,000\nGröße\n", unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), ""},
		"utf-16 big":         {"1\n00:00:01,000 --> 00:00:02,000\nGröße\n", unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), ""},
		"western":            {"Die Größe des Gebäudes überrascht, voilà l’été", charmap.Windows1252, ""},
		"polish":             {"Zażółć gęślą jaźń", charmap.Windows1250, "pol"},
		"russian":            {"Съешь ещё этих мягких булок", charmap.Windows1251, "rus"},
		"russian, unnamed":   {"1\n00:00:01,000 --> 00:00:02,000\nСъешь ещё этих мягких французских булок\n", charmap.Windows1251, ""},
		"greek":              {"Καλημέρα", charmap.Windows1253, "gre"},
		"japanese":           {"こんにちは、元気ですか", japanese.ShiftJIS, "jpn"},
		"japanese, unnamed":  {"私の名前は田中です。今日はいい天気でした", japanese.ShiftJIS, ""},
		"japanese, euc":      {"こんにちは、元気ですか", japanese.EUCJP, "jpn"},
		"korean, unnamed":    {"안녕하세요 반갑습니다", korean.EUCKR, ""},
		"chinese, unnamed":   {"你好，今天天气很好，我们去公园吧", simplifiedchinese.GBK, ""},
		"utf-8 with its BOM": {"\ufeffGröße", encoding.Nop, ""},
	} {
		raw, err := c.enc.NewEncoder().Bytes([]byte(c.text))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := Decode(raw, c.lang); got != strings.TrimPrefix(c.text, "\ufeff") {
			t.Errorf("%s: %q, want %q", name, got, c.text)
		}
	}
}

func store(t *testing.T) *Store {
	t.Helper()
	c, err := cache.Open(t.TempDir(), 10<<20)
	if err != nil {
		t.Fatal(err)
	}
	return NewStore(c)
}

// film has two embedded text subtitles, a font, and a file beside it.
func film(t *testing.T) library.Source {
	t.Helper()
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	path := filepath.Join(dir, "it's a film: %d.mkv")
	in := func(name, text string) []string { return []string{"-i", write(name, text)} }
	args := []string{"-y", "-loglevel", "error", "-f", "lavfi", "-i", "sine=d=80"}
	args = append(append(args, in("a.srt", srt)...), in("b.ass", ass)...)
	args = append(args, "-map", "0", "-map", "1", "-map", "2", "-c:a", "flac", "-c:s", "copy",
		"-attach", write("font", "glyphs"), "-metadata:s:t", "mimetype=font/ttf", "-metadata:s:t", "filename=a.ttf", path)
	if out, err := exec.Command("ffmpeg", args...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	fi, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	beside := write("film.ru.srt", "")
	raw, err := charmap.Windows1251.NewEncoder().String("1\n00:00:01,000 --> 00:00:02,000\nПривет\n")
	if err != nil {
		t.Fatal(err)
	}
	write("film.ru.srt", raw)
	return library.Source{
		Path: path, Size: fi.Size(), Modified: fi.ModTime(),
		Streams: []library.Stream{
			{Index: 0, Kind: library.StreamAudio, Codec: "flac"},
			{Index: 1, Kind: library.StreamSubtitle, Codec: "subrip"},
			{Index: 2, Kind: library.StreamSubtitle, Codec: "ass"},
			{Index: 4, Kind: library.StreamSubtitle, Codec: "subrip", External: true, Path: beside, Language: "rus"},
			{Index: 5, Kind: library.StreamSubtitle, Codec: "hdmv_pgs_subtitle"},
		},
		Attachments: []library.Attachment{{Index: 3, FileName: "a.ttf"}},
	}
}

func TestEmbeddedSubtitlesAreTakenOutAndConverted(t *testing.T) {
	s, src := store(t), film(t)
	for _, c := range []struct {
		index  int
		format Format
		want   string
	}{
		{1, VTT, "00:00:01.000 --> 00:00:02.500\n<i>Hello</i> &amp; you\n2 &lt; 3\n\n00:01:05.250"},
		{1, SRT, "00:01:05,250 --> 00:01:07,000"},
		{2, ASS, `\pos(1,2)`},
		{2, JS, `"StartPositionTicks":652500000`},
		{4, VTT, "Привет"},
		{4, SRT, "Привет"},
	} {
		got, err := s.Get(t.Context(), Request{Source: src, Index: c.index, Format: c.format})
		if err != nil || !strings.Contains(string(got), c.want) {
			t.Errorf("stream %d as %s: %v, want %q in\n%s", c.index, c.format.MIME(), err, c.want, got)
		}
	}
	if err := os.Rename(src.Path, src.Path+".gone"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Get(t.Context(), Request{Source: src, Index: 2, Format: VTT}); err != nil {
		t.Errorf("the film was read again: %v", err)
	}
	path, err := s.File(t.Context(), src, 2)
	if err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(path); err != nil || !strings.Contains(string(b), "Dialogue") {
		t.Errorf("%v: %s", err, b)
	}
}

func TestWhatIsNoTextIsRefused(t *testing.T) {
	s, src := store(t), film(t)
	for _, index := range []int{0, 5, 99} {
		if _, err := s.Get(t.Context(), Request{Source: src, Index: index, Format: VTT}); !errors.Is(err, ErrNoText) {
			t.Errorf("stream %d: %v", index, err)
		}
	}
	if _, err := s.Get(t.Context(), Request{Source: src, Index: 1}); !errors.Is(err, ErrFormat) {
		t.Errorf("no format: %v", err)
	}
	big := filepath.Join(t.TempDir(), "big.srt")
	if err := os.WriteFile(big, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(big, maxSize+1); err != nil {
		t.Fatal(err)
	}
	src.Streams[3].Path = big
	if _, err := s.Get(t.Context(), Request{Source: src, Index: 4, Format: VTT}); !errors.Is(err, ErrTooLarge) {
		t.Errorf("huge: %v", err)
	}
}

func TestFontsAreTakenOut(t *testing.T) {
	s, src := store(t), film(t)
	f, err := s.Attachment(t.Context(), src, 3)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if b, _ := io.ReadAll(f); string(b) != "glyphs" {
		t.Errorf("got %q", b)
	}
	if _, err := s.Attachment(t.Context(), src, 1); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a stream that is no attachment: %v", err)
	}
}

func FuzzParse(f *testing.F) {
	for i, s := range []string{srt, vtt, ass, ttml} {
		f.Add(uint8(i), []byte(s))
	}
	f.Fuzz(func(t *testing.T, kind uint8, raw []byte) {
		text := Decode(raw, "")
		tr, err := Parse(text, Format(kind%4)+SRT)
		if err != nil {
			return
		}
		last := time.Duration(-1)
		for _, c := range tr.Cues {
			if c.Start < 0 || c.End <= c.Start || c.Text == "" || c.Start.Truncate(time.Microsecond) < last.Truncate(time.Microsecond) {
				t.Fatalf("cue %+v after %v", c, last)
			}
			last = c.Start
		}
		for _, out := range []Format{SRT, VTT, ASS, TTML, JS} {
			b, err := tr.Format(out, Options{})
			if err != nil {
				t.Fatal(err)
			}
			switch out {
			case JS:
				if !json.Valid(b) {
					t.Errorf("no JSON: %q", b)
				}
			case TTML:
				if err := xml.Unmarshal(b, new(struct{})); err != nil {
					t.Errorf("no XML: %v in %q", err, b)
				}
			case VTT:
				if n := strings.Count(string(b), "-->"); n != len(tr.Cues) {
					t.Errorf("%d cues became %d", len(tr.Cues), n)
				}
			}
		}
	})
}
