package mp4

import (
	"bytes"
	"encoding/binary"

	"sett/streaming/remux/codec"
	"sett/streaming/remux/media"
)

// entryCodecs maps sample entries to ffprobe's names.
var entryCodecs = map[string]string{
	"avc1": "h264", "avc3": "h264", "hvc1": "hevc", "hev1": "hevc", "dvh1": "hevc", "dvhe": "hevc", "dva1": "h264", "dvav": "h264",
	"av01": "av1", "dav1": "av1", "vp09": "vp9",
	"mp4a": "aac", "ac-3": "ac3", "ec-3": "eac3", "Opus": "opus", "fLaC": "flac", "alac": "alac", ".mp3": "mp3",
	"mp4v": "mpeg4", "vp08": "vp8", "dtsc": "dts", "dtse": "dts", "dtsh": "dts", "dtsl": "dts", "mlpa": "truehd",
}

// readDescriptions takes the sample entry that the track's samples use.
func (x *Index) readDescriptions(t *track) error {
	b, ok := find(t.stbl, "stsd")
	if !ok {
		t.Problem = "a track without descriptions"
		return nil
	}
	if b.size > 1<<20 {
		return media.Damaged("descriptions of %d bytes", b.size)
	}
	buf, err := x.f.load(b)
	if err != nil || len(buf) < 8 {
		return err
	}
	t.entries = int(binary.BigEndian.Uint32(buf[4:]))
	t.sampleEntry = 1
	first := true
	split(buf[8:], func(kind string, _, body []byte) {
		if !first {
			return
		}
		first = false
		t.Codec = entryCodecs[kind]
		switch {
		case kind == "encv" || kind == "enca":
			t.Problem = "encrypted"
		case t.Codec == "":
			t.Problem = "sample entry " + kind
		case t.Kind == media.Video:
			t.readVideo(body)
		default:
			t.readAudio(kind, body)
		}
	})
	return nil
}

func (t *track) readVideo(body []byte) {
	if len(body) < 78 {
		t.Problem = "a short sample entry"
		return
	}
	t.Width, t.Height = int(binary.BigEndian.Uint16(body[24:])), int(binary.BigEndian.Uint16(body[26:]))
	split(body[78:], func(kind string, whole, body []byte) {
		switch kind {
		case "avcC", "hvcC", "av1C", "vpcC":
			t.Config = body
		case "colr":
			if len(body) >= 10 && string(body[:4]) == "nclc" { // QuickTime's, without the range
				whole = append([]byte{0, 0, 0, 19, 'c', 'o', 'l', 'r', 'n', 'c', 'l', 'x'}, body[4:10]...)
				whole = append(whole, 0)
			}
			t.Boxes = append(t.Boxes, whole...)
		case "pasp", "clap", "mdcv", "clli", "dvcC", "dvvC", "dvwC", "amve", "SmDm", "CoLL", "st3d", "sv3d":
			t.Boxes = append(t.Boxes, whole...)
		}
	})
	want := map[string]bool{"h264": true, "hevc": true, "av1": true, "vp9": true}
	if want[t.Codec] && t.Config == nil {
		t.Problem = "no decoder configuration"
	}
}

func (t *track) readAudio(entry string, body []byte) {
	if len(body) < 28 {
		t.Problem = "a short sample entry"
		return
	}
	version := binary.BigEndian.Uint16(body[8:])
	t.Channels, t.BitDepth = int(binary.BigEndian.Uint16(body[16:])), int(binary.BigEndian.Uint16(body[18:]))
	t.SampleRate = int(binary.BigEndian.Uint16(body[24:]))
	rest := body[28:]
	switch { // QuickTime's longer entries
	case version == 1 && len(rest) >= 16:
		rest = rest[16:]
	case version == 2 && len(rest) >= 36:
		t.Channels = int(binary.BigEndian.Uint32(rest[12:]))
		rest = rest[36:]
	}
	t.audioBoxes(entry, rest, 0)
	if t.Problem == "" {
		t.checkAudio(entry)
	}
}

func (t *track) audioBoxes(entry string, rest []byte, depth int) {
	split(rest, func(kind string, whole, body []byte) {
		switch kind {
		case "wave":
			if depth < 2 {
				t.audioBoxes(entry, body, depth+1)
			}
		case "esds":
			t.readESDS(body)
		case "dac3", "dec3", "dOps", "dfLa":
			t.Config = body
		case "alac":
			if len(body) >= 28 {
				t.Config = body
			}
		}
	})
}

// checkAudio completes what the configuration knows better than the entry.
func (t *track) checkAudio(entry string) {
	switch t.Codec {
	case "aac":
		a, ok := codec.ParseASC(t.Config)
		if !ok {
			t.Problem = "an AAC configuration that cannot be read"
			return
		}
		t.SampleRate = a.SampleRate
		if a.Channels > 0 {
			t.Channels = a.Channels
		}
	case "flac":
		f, ok := codec.ParseDfLa(t.Config)
		if !ok {
			t.Problem = "a FLAC configuration that cannot be read"
			return
		}
		t.SampleRate, t.Channels, t.BitDepth = f.SampleRate, f.Channels, f.BitDepth
	case "alac":
		if len(t.Config) < 28 {
			t.Problem = "no ALAC configuration"
			return
		}
		if a, ok := codec.ParseALAC(t.Config[4:]); ok {
			t.SampleRate, t.Channels, t.BitDepth = a.SampleRate, a.Channels, a.BitDepth
		}
	case "opus":
		t.SampleRate = 48000
		fallthrough
	case "ac3", "eac3":
		if len(t.Config) == 0 {
			t.Problem = "no decoder configuration"
		}
	}
	if t.SampleRate == 0 {
		t.SampleRate = int(t.Timescale)
	}
}

// readESDS takes the object type and the decoder's configuration.
func (t *track) readESDS(body []byte) {
	if len(body) < 4 {
		return
	}
	c := cursor{b: body[4:]}
	for !c.short && len(c.b) > 0 {
		tag := c.u8()
		size := 0
		for range 4 {
			n := c.u8()
			size = size<<7 | n&127
			if n < 128 {
				break
			}
		}
		switch tag {
		case 3:
			c.u16()
			flags := c.u8()
			if flags&0x80 != 0 {
				c.u16()
			}
			if flags&0x40 != 0 {
				c.take(c.u8())
			}
			if flags&0x20 != 0 {
				c.u16()
			}
		case 4:
			t.objectType(c.u8())
			c.take(12)
		case 5:
			if b := c.take(size); !c.short {
				t.Config = bytes.Clone(b)
			}
			return
		default:
			c.take(size)
		}
	}
}

func (t *track) objectType(n int) {
	switch n {
	case 0x40, 0x66, 0x67, 0x68:
		t.Codec = "aac"
	case 0x69, 0x6b:
		t.Codec = "mp3"
	case 0xa5:
		t.Codec = "ac3"
	case 0xa6:
		t.Codec = "eac3"
	case 0xa9:
		t.Codec = "dts"
	case 0xad:
		t.Codec = "opus"
	default:
		t.Codec = ""
		t.Problem = "an unknown kind of MPEG-4 sound"
	}
}
