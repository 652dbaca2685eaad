package hls

import "sync/atomic"

// Stats says what a Manager does now and how it came to.
type Stats struct {
	Sessions    int // open
	Conversions int // children's owners: sessions with ffmpeg, and streams

	// Of all sessions that asked for a copy: how many were copied in process, how
	// many by ffmpeg since that was needed for the sound or defeated copying in
	// process, and how many had their picture encoded for want of an index.
	Copied, CopiedByFFmpeg, Encoded uint64
}

type counters struct{ copied, byFFmpeg, encoded atomic.Uint64 }

// Stats counts.
func (m *Manager) Stats() Stats {
	st := Stats{Copied: m.stats.copied.Load(), CopiedByFFmpeg: m.stats.byFFmpeg.Load(), Encoded: m.stats.encoded.Load()}
	m.mu.Lock()
	defer m.mu.Unlock()
	st.Sessions, st.Conversions = len(m.sessions), len(m.pipes)
	for _, s := range m.sessions {
		if !s.InProcess() {
			st.Conversions++
		}
	}
	return st
}
