package mpegts

import (
	"strconv"
	"strings"

	"sett/streaming/probe/bitstream"
	"sett/streaming/probe/facts"
	"sett/streaming/remux/codec"
)

// describe reads what the stream's first units say, and reports whether they say
// all there is to know.
func (st *stream) describe() bool {
	s := st.s
	if st.undetermined {
		return true
	}
	fresh := *s
	ok := false
	switch s.Codec {
	case "h264":
		s.Type = "video"
		ok = bitstream.H264(s, nil, st.data) && s.FieldOrder == "progressive"
	case "hevc":
		s.Type = "video"
		ok = bitstream.HEVC(s, nil, st.data)
	case "mpeg2video":
		s.Type = "video"
		ok = bitstream.MPEG2(s, st.data)
	case "aac":
		ok = bitstream.ADTS(s, st.data)
		st.frame = 1024
		s.BitRate = facts.Int(adtsRate(st.data, rate(s)))
	case "ac3", "eac3":
		name := s.Codec
		ok = bitstream.AC3(s, st.data) && s.Codec == name
		st.frame = 1536
	case "mp2":
		m, found := bitstream.ParseMPEGAudio(st.data)
		if ok = found && m.Layer > 1; ok {
			m.Describe(s)
			st.frame = int64(m.Samples)
		}
	}
	if s.Type == "video" {
		s.RFrameRate = s.AvgRate
		num, den := fraction(s.AvgRate)
		ok = ok && num > 0
		st.frame = den * 90000 / max(num, 1)
	} else if ok {
		st.frame = st.frame * 90000 / rate(s)
	}
	if !ok {
		*s = fresh
	}
	return ok
}

func rate(s *facts.Stream) int64 {
	n, _ := strconv.ParseInt(s.SampleRate, 10, 64)
	return n
}

func fraction(s string) (num, den int64) {
	a, b, _ := strings.Cut(s, "/")
	num, _ = strconv.ParseInt(a, 10, 64)
	den, _ = strconv.ParseInt(b, 10, 64)
	return num, den
}

// adtsRate is the average rate of the frames at hand.
func adtsRate(b []byte, hz int64) int64 {
	var bytes, frames int64
	for {
		_, size, _, ok := codec.ParseADTS(b)
		if !ok || size > len(b) || size == 0 {
			break
		}
		bytes, frames, b = bytes+int64(size), frames+1, b[size:]
	}
	if frames == 0 {
		return 0
	}
	return bytes * 8 * hz / (frames * 1024)
}

// ending takes packets at the end, for their time stamps.
func (f *file) ending(p packet) (bool, error) {
	st := f.byPID[p.pid]
	if st == nil || !p.start || len(p.body) == 0 {
		return false, nil
	}
	if _, pts, ok := pes(p.body); ok {
		st.last = max(st.last, pts)
	}
	return false, nil
}

// times turns time stamps into starts and lengths.
func (f *file) times() error {
	begin, end := int64(noTime), int64(noTime)
	for _, st := range f.streams {
		if st.undetermined {
			continue
		}
		if st.first == noTime || st.last < st.first || st.last-st.first > 1<<32 {
			return facts.Unsure("time stamps that do not rise")
		}
		length := st.last + st.frame - st.first
		start := facts.Rescale(st.first, 1e6, 90000)
		st.s.Start = facts.Seconds(start, 1e6)
		st.s.Duration = facts.Seconds(length, 90000)
		if begin == noTime || start < begin {
			begin = start
		}
		end = max(end, start+facts.Rescale(length, 1e6, 90000))
	}
	if begin == noTime {
		return facts.Unsure("neither picture nor sound")
	}
	f.doc.Format.Start = facts.Seconds(begin, 1e6)
	f.doc.Format.Whole(end-begin, f.r.Size())
	return nil
}
