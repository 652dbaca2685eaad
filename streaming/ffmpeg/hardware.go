package ffmpeg

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"time"
)

// Hardware is a kind of video encoder in silicon; "" is none.
type Hardware string

// The kinds, in the order in which they are preferred.
const (
	NVENC        Hardware = "nvenc"
	QSV          Hardware = "qsv"
	VAAPI        Hardware = "vaapi"
	VideoToolbox Hardware = "videotoolbox"
	RKMPP        Hardware = "rkmpp"
	V4L2         Hardware = "v4l2m2m"
)

// Encoder is what encodes a picture; the zero Encoder is software.
type Encoder struct {
	Kind   Hardware
	Device string // of QSV and VAAPI: /dev/dri/renderD128 and the like
}

func (e Encoder) String() string {
	switch {
	case e.Kind == "":
		return "software"
	case e.Device == "":
		return string(e.Kind)
	}
	return string(e.Kind) + " on " + e.Device
}

// devices lists the files, as patterns, one of which a kind needs. VideoToolbox is
// part of a system instead.
var devices = map[Hardware][]string{
	NVENC: {"/dev/nvidia[0-9]*", "/dev/dxg"},
	QSV:   {"/dev/dri/renderD*"},
	VAAPI: {"/dev/dri/renderD*"},
	RKMPP: {"/dev/mpp_service"},
	V4L2:  {"/dev/video1[0-9]"},
}

var renderNode = regexp.MustCompile(`^/dev/dri/renderD[0-9]{1,4}$`)

func (e Encoder) check() error {
	switch e.Kind {
	case "", NVENC, VideoToolbox, RKMPP, V4L2:
		if e.Device != "" {
			return errors.New("a device for an encoder that takes none")
		}
	case QSV, VAAPI:
		if !renderNode.MatchString(e.Device) {
			return errors.New("no device of the encoder")
		}
	default:
		return fmt.Errorf("an unknown encoder %q", e.Kind)
	}
	return nil
}

// candidates lists what this machine may have, going by its device files.
func candidates() []Encoder {
	var list []Encoder
	for _, kind := range [...]Hardware{NVENC, QSV, VAAPI, VideoToolbox, RKMPP, V4L2} {
		if kind == VideoToolbox {
			if runtime.GOOS == "darwin" {
				list = append(list, Encoder{Kind: kind})
			}
			continue
		}
		var found []string
		for _, pattern := range devices[kind] {
			files, _ := filepath.Glob(pattern)
			found = append(found, files...)
		}
		switch {
		case len(found) == 0:
		case kind == QSV, kind == VAAPI:
			for _, f := range found {
				list = append(list, Encoder{Kind: kind, Device: f})
			}
		default:
			list = append(list, Encoder{Kind: kind})
		}
	}
	return list
}

// testTime is how long a test encode may take; a driver may hang for ever.
const testTime = 10 * time.Second

// FindHardware fills in Hardware: for each codec the first encoder that proves by
// encoding that it works. What failed, and why, is returned to be told to people.
func (t *Tools) FindHardware(ctx context.Context) map[Encoder]error {
	failed := make(map[Encoder]error)
	best := make(map[Codec]Encoder)
	for _, e := range candidates() {
		for _, codec := range [...]Codec{H264, HEVC} {
			if _, have := best[codec]; have {
				continue
			}
			if err := t.Try(ctx, e, codec); err != nil {
				failed[e] = err
				continue
			}
			best[codec] = e
		}
	}
	t.Hardware = best
	return failed
}

// Try encodes half a second of a test picture, as a film would be.
func (t *Tools) Try(ctx context.Context, e Encoder, codec Codec) error {
	v := Video{Action: Encode, Codec: codec, MaxRate: 1_000_000, Encoder: e}
	if err := v.check(); err != nil {
		return fmt.Errorf("%w: %w", ErrJob, err)
	}
	if name := v.encoderName(); !t.HasEncoder(name) {
		return fmt.Errorf("this ffmpeg has no %s", name)
	}
	ctx, cancel := context.WithTimeout(ctx, testTime)
	defer cancel()
	args := append([]string{"-hide_banner", "-nostdin", "-loglevel", "error"}, e.open()...)
	args = append(args, "-f", "lavfi", "-i", "testsrc2=s=640x360:d=0.5:r=24", "-vf", "settb=1/90000,"+e.upload(), "-force_key_frames", "0.25")
	args = append(append(args, v.encoder()...), "-f", "null", "-")
	if _, err := Output(ctx, t.FFmpeg, args, 1<<16); err != nil {
		return fmt.Errorf("test of %s: %w", v.encoderName(), err)
	}
	return nil
}

// open is what stands before the inputs.
func (e Encoder) open() []string {
	switch e.Kind {
	case VAAPI:
		return []string{"-init_hw_device", "vaapi=hw:" + e.Device, "-filter_hw_device", "hw"}
	case QSV:
		return []string{"-init_hw_device", "vaapi=va:" + e.Device, "-init_hw_device", "qsv=hw@va", "-filter_hw_device", "hw"}
	}
	return nil
}

// upload is the end of the filters: the form of picture the encoder takes.
func (e Encoder) upload() string {
	switch e.Kind {
	case VAAPI:
		return "format=nv12,hwupload"
	case QSV:
		return "format=nv12,hwupload=extra_hw_frames=64"
	case VideoToolbox, RKMPP, V4L2:
		return "format=nv12"
	}
	return "format=yuv420p"
}

func (v *Video) encoderName() string {
	if v.Encoder.Kind == "" {
		return videoEncoders[v.Codec]
	}
	return string(v.Codec) + "_" + string(v.Encoder.Kind)
}

// usualRate is for hardware that wants to be told a bit rate.
const usualRate = 6_000_000

// hardware is what an encoder in silicon is told.
func (v *Video) hardware() []string {
	args := []string{"-c:v", v.encoderName()}
	switch v.Encoder.Kind {
	case NVENC:
		args = append(args, "-preset", "p4", "-rc", "vbr", "-forced-idr", "1", "-no-scenecut", "1", "-spatial-aq", "1")
	case QSV:
		args = append(args, "-preset", "veryfast", "-forced_idr", "1", "-look_ahead", "0")
	case VAAPI:
		args = append(args, "-rc_mode", "VBR", "-bf", "0", "-idr_interval", "0")
	case VideoToolbox:
		args = append(args, "-allow_sw", "0", "-prio_speed", "1")
	case RKMPP:
		args = append(args, "-rc_mode", "VBR")
	case V4L2:
		args = append(args, "-num_capture_buffers", "16")
	}
	if v.Codec == HEVC {
		args = append(args, "-tag:v", "hvc1")
	} else if v.Encoder.Kind != V4L2 {
		args = append(args, "-profile:v", profiles[v.profile()])
	}
	rate, peak := v.Bitrate, v.MaxRate
	if rate == 0 {
		rate = peak
	}
	if rate == 0 {
		rate = usualRate
	}
	if peak == 0 {
		peak = 2 * rate
	}
	return append(args, "-b:v", strconv.FormatInt(rate, 10), "-maxrate", strconv.FormatInt(peak, 10), "-bufsize", strconv.FormatInt(2*peak, 10))
}
