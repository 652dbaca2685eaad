package mpegts

import (
	"context"
	"errors"
	"io"
	"sync"

	"sett/streaming/remux/codec"
	"sett/streaming/remux/media"
)

// Index is an opened recording.
type Index struct {
	r            io.ReaderAt
	size         int64
	stride, lead int
	tracks       []*source

	mu   sync.Mutex
	scan *scan // nil until Scan
}

// source is an elementary stream.
type source struct {
	media.Track
	pid int
}

// searched is how far into the file the tables are looked for.
const searched = 8 << 20

// Open reads the tables of a recording. It closes nothing; r must stay readable.
func Open(ctx context.Context, r io.ReaderAt, size int64) (*Index, error) {
	head := make([]byte, 204*8)
	n, err := r.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	x := &Index{r: r, size: size}
	ok := false
	if x.stride, x.lead, ok = strideOf(head[:n]); !ok {
		return nil, media.Damaged("no transport packets")
	}
	return x, x.readTables(ctx)
}

func (x *Index) stream(pos int64) *stream {
	return &stream{r: x.r, stride: x.stride, lead: x.lead, pos: pos}
}

// readTables finds the program map.
func (x *Index) readTables(ctx context.Context) error {
	s := x.stream(0)
	var pat, pmt section
	mapPID := -1
	var p packet
	for n := 0; s.pos < searched; n++ {
		if err := checked(ctx, n); err != nil {
			return err
		}
		if err := s.next(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return err
		}
		switch p.pid {
		case patPID:
			if b := pat.add(&p); b != nil && mapPID < 0 {
				var err error
				if mapPID, err = onlyProgram(b); err != nil {
					return err
				}
			}
		case mapPID:
			if b := pmt.add(&p); b != nil && b[0] == 2 {
				x.readMap(b)
				return nil
			}
		}
	}
	return media.Damaged("no program map")
}

// onlyProgram is the place of the one program's map.
func onlyProgram(b []byte) (int, error) {
	pid := -1
	for b = b[8:]; len(b) >= 4; b = b[4:] {
		if b[0] == 0 && b[1] == 0 {
			continue // the network's table
		}
		if pid >= 0 {
			return 0, media.Unsupported("several programs")
		}
		pid = int(b[2]&31)<<8 | int(b[3])
	}
	return pid, nil
}

func (x *Index) readMap(b []byte) {
	if len(b) < 12 {
		return
	}
	skip := 12 + int(b[10]&15)<<8 + int(b[11])
	for b = b[min(skip, len(b)):]; len(b) >= 5; {
		n := int(b[3]&15)<<8 | int(b[4])
		if 5+n > len(b) {
			return
		}
		t := &source{pid: int(b[1]&31)<<8 | int(b[2])}
		t.Index, t.ID, t.Timescale = len(x.tracks), uint64(t.pid), clockRate
		t.identify(b[0], b[5:5+n])
		x.tracks = append(x.tracks, t)
		b = b[5+n:]
	}
}

// identify tells the codec by the stream's type and descriptors.
func (t *source) identify(kind byte, desc []byte) {
	switch kind {
	case typeH264:
		t.Kind, t.Codec = media.Video, "h264"
	case typeHEVC:
		t.Kind, t.Codec = media.Video, "hevc"
	case typeMPEG1, typeMPEG2:
		t.Kind, t.Codec = media.Video, "mpeg2video"
	case typeAAC:
		t.Kind, t.Codec = media.Audio, "aac"
	case typeLATM:
		t.Kind, t.Problem = media.Audio, "AAC in LATM"
	case typeMP3, typeMP3LSF:
		t.Kind, t.Codec = media.Audio, "mp3" // or mp2: the frames tell
	case typeAC3:
		t.Kind, t.Codec = media.Audio, "ac3"
	case typeEAC3, 0x84, 0xa1:
		t.Kind, t.Codec = media.Audio, "eac3"
	case 0x80, 0x82, 0x83, 0x85, 0x86, 0xa2:
		t.Kind, t.Problem = media.Audio, "sound of type "+string("0123456789abcdef"[kind>>4])+string("0123456789abcdef"[kind&15])
	}
	for len(desc) >= 2 && 2+int(desc[1]) <= len(desc) {
		body := desc[2 : 2+int(desc[1])]
		t.describe(desc[0], body, kind == typePrivate)
		desc = desc[2+int(desc[1]):]
	}
	if t.Codec == "mpeg2video" {
		t.Problem = "MPEG-2 pictures"
	}
}

func (t *source) describe(tag byte, body []byte, private bool) {
	switch {
	case tag == 10 && len(body) >= 3 && body[0] > ' ':
		t.Language = string(body[:3])
	case private && (tag == 0x6a || tag == 5 && string(body) == "AC-3"):
		t.Kind, t.Codec = media.Audio, "ac3"
	case private && (tag == 0x7a || tag == 5 && string(body) == "EAC3"):
		t.Kind, t.Codec = media.Audio, "eac3"
	case private && tag == 5 && string(body) == "HEVC":
		t.Kind, t.Codec = media.Video, "hevc"
	case private && (tag == 0x7b || tag == 5 && len(body) == 4 && string(body[:3]) == "DTS"):
		t.Kind, t.Codec, t.Problem = media.Audio, "dts", "DTS"
	case private && tag == 5 && string(body) == "Opus":
		t.Kind, t.Codec, t.Problem = media.Audio, "opus", "Opus in MPEG-TS"
	}
}

// Tracks lists the tracks in the program map's order.
func (x *Index) Tracks() []media.Track {
	x.mu.Lock()
	defer x.mu.Unlock()
	list := make([]media.Track, len(x.tracks))
	for i, t := range x.tracks {
		list[i] = t.Track
	}
	return list
}

// frame is one packet of sound in an elementary stream.
type frame struct {
	head int // bytes before the payload, to leave out
	size int // bytes in all
}

// parseFrame reads the head of the frame of sound at the beginning of b. A size of
// 0 says that there is none; more, that b is too short to tell.
func (t *source) parseFrame(b []byte) (f frame, more bool) {
	switch t.Codec {
	case "aac":
		if h, size, _, ok := codec.ParseADTS(b); ok {
			return frame{h, size}, false
		}
		return f, len(b) < codec.ADTSHeader
	case "mp3":
		if m, ok := codec.ParseMP3(b); ok {
			return frame{0, m.Size}, false
		}
		return f, len(b) < 4
	}
	first, ok := codec.ParseAC3(b)
	if !ok || first.Dependent || first.Enhanced != (t.Codec == "eac3") {
		return f, len(b) < 8
	}
	f.size = first.Size
	for samples := first.Samples; first.Enhanced; {
		if f.size+8 > len(b) {
			return f, true
		}
		next, ok := codec.ParseAC3(b[f.size:])
		if !ok || !next.Dependent && samples >= 1536 {
			break
		}
		if !next.Dependent {
			samples += next.Samples
		}
		f.size += next.Size
	}
	return f, false
}

// configure completes the track by its first frame.
func (t *source) configure(b []byte) bool {
	switch t.Codec {
	case "aac":
		_, _, asc, ok := codec.ParseADTS(b)
		a, parsed := codec.ParseASC(asc)
		t.Config, t.SampleRate, t.Channels, t.Frame = asc, a.SampleRate, a.Channels, int64(a.Frame)
		t.Timescale = int64(a.SampleRate)
		return ok && parsed
	case "mp3":
		m, ok := codec.ParseMP3(b)
		t.SampleRate, t.Channels, t.Frame, t.Timescale = m.SampleRate, m.Channels, int64(m.Samples), int64(m.SampleRate)
		return ok
	}
	make := codec.MakeDAC3
	if t.Codec == "eac3" {
		make = codec.MakeDEC3
	}
	body, a, ok := make(b)
	t.Config, t.SampleRate, t.Channels, t.Frame, t.Timescale = body, a.SampleRate, a.Channels, int64(a.Samples), int64(a.SampleRate)
	return ok && a.SampleRate > 0
}
