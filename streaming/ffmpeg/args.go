package ffmpeg

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Offset is added to every time stamp, in seconds: encoders start before the
// beginning, and a segment cannot say "minus 83 ms".
const Offset = 1

// preroll is how far before its first segment a run begins. What it makes of that
// time goes into a segment that is thrown away, by which the first one kept comes
// out exactly as if the run had begun at the start of the film: encoder delays
// have settled, and sound is cut where it always is.
const preroll = 0.25

// coarse is how much earlier to seek in containers without an index, where a seek
// lands anywhere and the next keyframe may be far off; and where a bitmap subtitle
// may have begun to show before.
const coarse = 10

// clockSlack is how late a file's clock may begin, in seconds, for a seek to still
// come early enough.
const clockSlack = 1

// cutSlack is how much before a key frame the cut is ordered, in seconds: more than
// the rounding of any container's clock, less than a picture lasts.
const cutSlack = 0.0015

var videoEncoders = map[Codec]string{H264: "libx264", HEVC: "libx265"}

var profiles = map[string]string{
	"baseline": "baseline", "constrained baseline": "baseline", "main": "main", "high": "high", "constrained high": "high",
}

// audioEncoders: frame is the number of samples in a packet. Packets of every run
// must lie on one grid, or a player would hear the seam between two runs.
var audioEncoders = map[Codec]struct {
	name    string
	frame   int
	bitrate int64 // per channel
}{
	AAC:  {"aac", 1024, 96_000},
	MP3:  {"libmp3lame", 1152, 96_000},
	AC3:  {"ac3", 1536, 96_000},
	EAC3: {"eac3", 1536, 80_000},
	Opus: {"libopus", 960, 64_000},
	FLAC: {"flac", 4608, 0},
}

// SegmentName is the file of segment n in the child's working folder.
func (j *Job) SegmentName(n int) string {
	if j.Container == MP4 {
		return strconv.Itoa(n) + ".mp4"
	}
	return strconv.Itoa(n) + ".ts"
}

// Args is the command line that makes the segments from number first to the end.
// Segment first-1 comes too and is to be thrown away. The child writes them to its
// working folder and says "name,start,end" on its standard output as it ends each
// one, just before it closes the file.
func (j *Job) Args(first int) ([]string, error) {
	if err := j.Check(); err != nil {
		return nil, err
	}
	if first < 0 || first >= j.Segments() {
		return nil, fmt.Errorf("%w: segment %d of %d", ErrJob, first, j.Segments())
	}
	start := max(0, j.start(first).Seconds()-preroll)
	args := []string{"-hide_banner", "-nostdin", "-loglevel", "error", "-copyts"}
	if j.zeroed() {
		args = append(args, "-start_at_zero")
	}
	args = append(args, j.Video.Encoder.open()...)
	args = append(args, j.input(j.Input, start)...)
	sound := 0
	if j.Audio.Action != Omit && j.Audio.Path != "" {
		args = append(args, j.input(j.Audio.Path, start)...)
		sound = 1
	}
	args = append(args, j.videoArgs(first, start)...)
	args = append(args, j.audioArgs(sound, start)...)
	args = append(args, "-sn", "-dn", "-map_metadata", "-1", "-map_chapters", "-1", "-max_muxing_queue_size", "4096")
	return append(args, j.output(first)...), nil
}

// zeroed reports whether time 0 is where the file begins. Cuts are on the file's
// own clock, which in transport streams begins anywhere and is taken to begin at 0.
func (j *Job) zeroed() bool { return j.Cuts == nil || j.transport() }

func (j *Job) transport() bool {
	switch j.Format {
	case "ts", "mpeg", "vob", "wtv":
		return true
	}
	return false
}

func (j *Job) input(path string, start float64) []string {
	args := []string{"-fflags", "+genpts"}
	if start > 0 && j.Cuts != nil {
		// A seek is relative to where the file says it begins, which need not be 0.
		// Sound is cut where it should be by its own filter.
		args = append(args, "-noaccurate_seek")
		start = max(0.001, start-clockSlack)
	}
	if start > 0 {
		args = append(args, "-ss", seconds(max(0, start-j.early())))
	}
	return append(append(args, Guard()...), "-i", File(path))
}

func (j *Job) early() float64 {
	switch {
	case j.transport(),
		j.Video.Action == Encode && j.Video.BurnIn.Kind == BitmapSubtitle:
		return coarse
	}
	return 0
}

func (j *Job) videoArgs(first int, start float64) []string {
	v := &j.Video
	stream := fmt.Sprintf("0:%d", v.Index)
	switch v.Action {
	case Omit:
		return []string{"-vn"}
	case Copy:
		args := []string{"-map", stream, "-c:v", "copy"}
		if v.Codec == HEVC && j.Container == MP4 {
			args = append(args, "-tag:v", "hvc1") // what Apple's players ask for
		}
		return args
	}
	var args []string
	if v.BurnIn.Kind == BitmapSubtitle {
		args = append(args, "-filter_complex", fmt.Sprintf(
			"[0:%d][%s]scale2ref=w=iw:h=ow/mdar[s][v];[v][s]overlay=x=(W-w)/2:y=H-h:eof_action=pass,%s[out]",
			v.BurnIn.Index, stream, j.videoFilter(start)), "-map", "[out]")
	} else {
		args = append(args, "-map", stream, "-vf", j.videoFilter(start))
	}
	args = append(args, "-fps_mode", "vfr", "-enc_time_base", "-1")
	if cuts := j.cuts(first, 0); cuts != "" {
		args = append(args, "-force_key_frames", cuts)
	}
	return append(args, v.encoder()...)
}

func (v *Video) encoder() []string {
	if v.Encoder.Kind != "" {
		return v.hardware()
	}
	args := []string{"-c:v", v.encoderName(), "-preset", "veryfast", "-pix_fmt", "yuv420p", "-forced-idr", "1"}
	if v.Codec == H264 {
		args = append(args, "-profile:v", profiles[v.profile()])
		if v.Level > 0 {
			args = append(args, "-level:v", fmt.Sprintf("%d.%d", v.Level/10, v.Level%10))
		}
		var params []string
		if v.FrameRate > 0 {
			// Time stamps stay the source's; this is what the headers say of it.
			params = append(params, "force-cfr=1")
		}
		if v.InBand {
			params = append(params, "repeat-headers=1")
		}
		if len(params) > 0 {
			args = append(args, "-x264-params", strings.Join(params, ":"))
		}
	} else {
		args = append(args, "-tag:v", "hvc1", "-x265-params", "log-level=error:open-gop=0:repeat-headers=1")
	}
	if v.Bitrate > 0 {
		args = append(args, "-b:v", strconv.FormatInt(v.Bitrate, 10))
	} else {
		args = append(args, "-crf", "23")
	}
	if v.MaxRate > 0 {
		args = append(args, "-maxrate", strconv.FormatInt(v.MaxRate, 10), "-bufsize", strconv.FormatInt(2*v.MaxRate, 10))
	}
	return args
}

// videoFilter makes upright, square-pixelled pictures that fit the box, with time
// stamps fine enough to cut at whole seconds.
func (j *Job) videoFilter(start float64) string {
	v := &j.Video
	var f []string
	if j.early() > 0 && start > 0 {
		f = append(f, "trim=start="+seconds(start))
	}
	if v.Deinterlace {
		f = append(f, "yadif=deint=interlaced")
	}
	if v.ToneMap {
		f = append(f, "zscale=t=linear:npl=100,format=gbrpf32le,zscale=p=bt709,tonemap=tonemap=hable:desat=0,zscale=t=bt709:m=bt709:r=tv")
	}
	if v.BurnIn.Kind == TextSubtitle {
		f = append(f, "subtitles=f="+v.BurnIn.Name())
	}
	fit := "iw*sar"
	if v.Width > 0 {
		fit = fmt.Sprintf("min(%s,%d)", fit, v.Width)
	}
	if v.Height > 0 {
		fit = fmt.Sprintf("min(%s,%d*dar)", fit, v.Height)
	}
	// The largest even size: the encoder takes no odd one.
	f = append(f, fmt.Sprintf("scale=w='max(2,trunc(%s/2)*2)':h='max(2,trunc(%s/dar/2+0.001)*2)'", fit, fit), "setsar=1")
	f = append(f, "settb=1/90000", v.Encoder.upload())
	return strings.Join(f, ",")
}

func (j *Job) audioArgs(input int, start float64) []string {
	a := &j.Audio
	stream := fmt.Sprintf("%d:%d", input, a.Index)
	switch a.Action {
	case Omit:
		return []string{"-an"}
	case Copy:
		args := []string{"-map", stream, "-c:a", "copy", "-copypriorss", "0"}
		if a.Codec == AAC && j.Container == MP4 {
			// From TS or ADTS files; passes others through.
			args = append(args, "-bsf:a", "aac_adtstoasc")
		}
		return args
	}
	enc := audioEncoders[a.Codec]
	rate := a.SampleRateOut()
	// The first whole packet after the start, counting packets from time 0.
	firstPTS := int64(math.Ceil(start*float64(rate)/float64(enc.frame))) * int64(enc.frame)
	args := []string{
		"-map", stream, "-c:a", enc.name,
		// Two filters, for the second counts in samples of what it gets. A hole in the
		// sound of 20 ms is filled, or all that follows would come early, and come
		// otherwise from a run that begins after the hole.
		"-af", fmt.Sprintf("aresample=%d,aresample=async=1:min_hard_comp=0.02:first_pts=%d", rate, firstPTS) + a.shape(),
	}
	return append(args, a.encoder()...)
}

// shape is filters behind the others, each after a comma. They look back no further
// than the preroll, so segments stay the same in every run.
func (a *Audio) shape() string {
	out := ""
	if a.Downmix {
		// Dialogue is in the centre, which the usual mix lowers by 3 dB. Channels that
		// a layout lacks are left out.
		out += ",pan=stereo|FL<FL+1.2*FC+0.5*SL+0.5*BL+0.3*BC+0.2*LFE|FR<FR+1.2*FC+0.5*SR+0.5*BR+0.3*BC+0.2*LFE"
	}
	if a.Even {
		out += ",acompressor=threshold=0.06:ratio=4:attack=5:release=100:makeup=3,alimiter=limit=0.9:attack=5:release=50"
	}
	return out
}

// encoder is what the encoder of the sound is told, but for its name and the rate.
func (a *Audio) encoder() []string {
	enc := audioEncoders[a.Codec]
	var args []string
	if a.Channels > 0 {
		args = append(args, "-ac", strconv.Itoa(a.Channels))
	}
	bitrate := a.Bitrate
	if bitrate == 0 {
		bitrate = enc.bitrate * int64(max(a.Channels, 2))
	}
	if bitrate > 0 {
		args = append(args, "-b:a", strconv.FormatInt(bitrate, 10))
	}
	if a.Codec == FLAC || a.Codec == Opus {
		args = append(args, "-strict", "-2") // in MP4 older FFmpegs call them experimental
	}
	if a.Codec == FLAC {
		args = append(args, "-frame_size", strconv.Itoa(enc.frame))
	}
	return args
}

// cuts lists the beginnings of the segments from first on, but for the film's own.
func (j *Job) cuts(first int, offset float64) string {
	var at []string
	for n := max(first, 1); n < j.Segments(); n++ {
		at = append(at, seconds(j.order(n)+offset))
	}
	return strings.Join(at, ",")
}

// order is the time after which to cut at the next key frame.
func (j *Job) order(n int) float64 {
	switch {
	case j.Cuts == nil:
		return j.start(n).Seconds()
	case j.Cuts.Orders == nil:
		return j.Cuts.Starts[n].Seconds() - cutSlack
	}
	return j.Cuts.Orders[n].Seconds()
}

func (j *Job) output(first int) []string {
	args := []string{"-avoid_negative_ts", "disabled", "-output_ts_offset", strconv.Itoa(Offset), "-f", "segment"}
	pattern := "%d.ts"
	if j.Container == MP4 {
		// Every segment is a whole file of one fragment; its head is the init segment.
		args = append(args, "-segment_format", "mp4", "-segment_format_options",
			"movflags=+delay_moov+frag_custom+frag_discont+default_base_moof:use_editlist=0:avoid_negative_ts=disabled:strict=-2")
		pattern = "%d.mp4"
	} else {
		args = append(args, "-segment_format", "mpegts", "-individual_header_trailer", "0")
	}
	cuts := j.cuts(first, Offset)
	if cuts == "" {
		cuts = seconds(maxRuntime.Seconds() * 2) // one segment: never cut
	}
	return append(args,
		"-segment_times", cuts, "-segment_start_number", strconv.Itoa(max(0, first-1)), "-write_empty_segments", "1",
		"-segment_list", "pipe:1", "-segment_list_type", "csv", pattern)
}

// seconds is exact to 100 ns, which is what a tick is.
func seconds(f float64) string {
	return strconv.FormatFloat(math.Round(f*1e7)/1e7, 'f', -1, 64)
}
