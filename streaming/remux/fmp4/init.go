package fmp4

import (
	"sett/streaming/remux/media"
)

// Out is a track as it is written.
type Out struct {
	*media.Track
	Tag string // sample entry: avc1, hvc1, mp4a, …
}

const upright = "\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x40\x00\x00\x00"

// Init makes an init segment. Track n has number n+1.
func Init(tracks []Out) []byte {
	w := &writer{b: make([]byte, 0, 2048)}
	w.box("ftyp", func() {
		w.text("iso6")
		w.u32(0)
		w.text("iso6mp41cmfc")
	})
	w.box("moov", func() {
		w.full("mvhd", 0, 0, func() {
			w.zeros(8)
			w.u32(1000)
			w.u32(0)
			w.u32(0x10000)
			w.u16(0x100)
			w.zeros(10)
			w.text(upright)
			w.zeros(24)
			w.u32(uint32(len(tracks) + 1))
		})
		for i, t := range tracks {
			w.box("trak", func() { w.track(i+1, t) })
		}
		w.box("mvex", func() {
			for i := range tracks {
				w.full("trex", 0, 0, func() {
					w.u32(uint32(i + 1))
					w.u32(1)
					w.zeros(12)
				})
			}
		})
	})
	return w.b
}

func (w *writer) track(id int, t Out) {
	w.full("tkhd", 0, 3, func() {
		w.zeros(8)
		w.u32(uint32(id))
		w.zeros(16)
		w.u16(0)
		w.u16(0)
		if t.Kind == media.Audio {
			w.u16(0x100)
		} else {
			w.u16(0)
		}
		w.u16(0)
		if len(t.Matrix) == 36 {
			w.bytes(t.Matrix...)
		} else {
			w.text(upright)
		}
		w.u32(uint32(t.Width) << 16)
		w.u32(uint32(t.Height) << 16)
	})
	w.box("mdia", func() {
		w.full("mdhd", 0, 0, func() {
			w.zeros(8)
			w.u32(uint32(t.Timescale))
			w.u32(0)
			w.u16(packLanguage(t.Language))
			w.u16(0)
		})
		w.handler(t.Kind)
		w.box("minf", func() { w.information(t) })
	})
}

func packLanguage(s string) int {
	if len(s) != 3 {
		s = "und"
	}
	v := 0
	for _, c := range []byte(s) {
		if c < 'a' || c > 'z' {
			return 0x55c4 // und
		}
		v = v<<5 | int(c-0x60)
	}
	return v
}

func (w *writer) handler(k media.Kind) {
	w.full("hdlr", 0, 0, func() {
		w.u32(0)
		if k == media.Video {
			w.text("vide")
		} else {
			w.text("soun")
		}
		w.zeros(13)
	})
}

func (w *writer) information(t Out) {
	if t.Kind == media.Video {
		w.full("vmhd", 0, 1, func() { w.zeros(8) })
	} else {
		w.full("smhd", 0, 0, func() { w.zeros(4) })
	}
	w.box("dinf", func() {
		w.full("dref", 0, 0, func() {
			w.u32(1)
			w.full("url ", 0, 1, func() {})
		})
	})
	w.box("stbl", func() {
		w.full("stsd", 0, 0, func() {
			w.u32(1)
			w.box(t.Tag, func() {
				if t.Kind == media.Video {
					w.video(t)
				} else {
					w.audio(t)
				}
			})
		})
		for _, kind := range []string{"stts", "stsc", "stco"} {
			w.full(kind, 0, 0, func() { w.u32(0) })
		}
		w.full("stsz", 0, 0, func() { w.zeros(8) })
	})
}

var configBoxes = map[string]string{
	"h264": "avcC", "hevc": "hvcC", "av1": "av1C", "vp9": "vpcC",
	"ac3": "dac3", "eac3": "dec3", "opus": "dOps", "flac": "dfLa", "alac": "alac",
}

func (w *writer) video(t Out) {
	w.zeros(6)
	w.u16(1)
	w.zeros(16)
	w.u16(t.Width)
	w.u16(t.Height)
	w.u32(0x480000)
	w.u32(0x480000)
	w.u32(0)
	w.u16(1)
	w.zeros(32)
	w.u16(24)
	w.u16(0xffff)
	w.box(configBoxes[t.Codec], func() { w.bytes(t.Config...) })
	w.bytes(t.Boxes...)
}

func (w *writer) audio(t Out) {
	w.zeros(6)
	w.u16(1)
	w.zeros(8)
	w.u16(t.Channels)
	w.u16(16)
	w.zeros(4)
	rate := t.SampleRate
	if rate > 0xffff {
		rate = 0 // does not fit; the configuration has it
	}
	w.u32(uint32(rate) << 16)
	switch t.Codec {
	case "aac":
		w.esds(0x40, t.Config)
	case "mp3":
		w.esds(0x6b, nil)
	default:
		w.box(configBoxes[t.Codec], func() { w.bytes(t.Config...) })
	}
}

// esds describes MPEG-4 sound. All its lengths fit in one byte.
func (w *writer) esds(object byte, config []byte) {
	inner := 13
	if config != nil {
		inner += 2 + len(config)
	}
	w.full("esds", 0, 0, func() {
		w.bytes(3, byte(3+2+inner+3), 0, 0, 0)
		w.bytes(4, byte(inner), object, 0x15)
		w.zeros(11)
		if config != nil {
			w.bytes(5, byte(len(config)))
			w.bytes(config...)
		}
		w.bytes(6, 1, 2)
	})
}
