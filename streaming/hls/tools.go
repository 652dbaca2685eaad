package hls

import (
	"context"

	"sett/streaming/ffmpeg"
)

// detect finds out what ffmpeg can do here, once, while the node starts.
func (m *Manager) detect(ctx context.Context) {
	defer m.alive.Done()
	defer close(m.detected)
	tools, err := ffmpeg.Find(ctx)
	if err != nil {
		if ctx.Err() == nil {
			m.o.Logger.Warn("what ffmpeg can do is not known", "err", err)
		}
		return
	}
	m.tools = tools
}

// able takes out of a Spec what this machine's ffmpeg cannot do. A film in colours
// that look pale is better than none.
func (m *Manager) able(ctx context.Context, spec *Spec) error {
	if spec.Job.Video.Action != ffmpeg.Encode && spec.Fallback.Action != ffmpeg.Encode {
		return nil
	}
	select {
	case <-m.detected:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	if m.tools == nil {
		return nil
	}
	for _, v := range [...]*ffmpeg.Video{&spec.Job.Video, &spec.Fallback} {
		if v.ToneMap && !m.tools.HasFilter("zscale") {
			m.o.Logger.Warn("colours of HDR films stay pale: this ffmpeg has no zscale filter")
			v.ToneMap = false
		}
	}
	return nil
}
