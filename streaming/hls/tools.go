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
	for e, err := range tools.FindHardware(ctx) {
		m.o.Logger.Warn("a hardware encoder is not used", "encoder", e, "err", err)
	}
	for codec, e := range tools.Hardware {
		m.o.Logger.Info("pictures are encoded by hardware", "codec", codec, "encoder", e)
	}
	m.tools = tools
}

// distrust stops using hardware that failed in the middle of a film.
// It may be called under a session's lock.
func (m *Manager) distrust(e ffmpeg.Encoder) {
	m.broken.Store(e, true)
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
		if e, ok := m.tools.Hardware[v.Codec]; ok && v.Action == ffmpeg.Encode && !m.distrusts(e) {
			v.Encoder = e
		}
	}
	return nil
}

func (m *Manager) distrusts(e ffmpeg.Encoder) bool {
	_, broken := m.broken.Load(e)
	return broken
}
