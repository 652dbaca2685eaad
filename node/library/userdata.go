package library

import "time"

// UserData is what one person has done with one item.
type UserData struct {
	Position      Ticks // where to resume; 0: at the start
	PlayCount     int
	Played        bool
	Favorite      bool
	Likes         *bool
	Rating        float64
	LastPlayed    time.Time
	AudioIndex    *int // last chosen streams
	SubtitleIndex *int
}

// IsZero reports whether the person never touched the item.
func (u UserData) IsZero() bool {
	return u.Position == 0 && u.PlayCount == 0 && !u.Played && !u.Favorite && u.Likes == nil &&
		u.Rating == 0 && u.LastPlayed.IsZero() && u.AudioIndex == nil && u.SubtitleIndex == nil
}

// Rules of resuming, as the clients expect them.
const (
	minResumePercent = 5
	maxResumePercent = 90
	minResumeRuntime = 300 * Ticks(1e7)
	nearEnd          = 1 * Ticks(1e7)
)

// Reached returns u after the person watched up to pos of something that lasts
// runtime (0: unknown). Under 5 % there is nothing to resume; over 90 %, or within
// a second of the end, or in anything shorter than five minutes, it counts as
// played. An audiobook may pass its own head and tail instead of percentages.
func (u UserData) Reached(pos, runtime Ticks, audiobook bool) UserData {
	if pos < 0 {
		pos = 0
	}
	done := func() UserData { u.Position, u.Played = 0, true; return u }
	if runtime <= 0 {
		return done()
	}
	if audiobook {
		const edge = 5 * 60 * Ticks(1e7)
		switch {
		case pos < edge:
			u.Position = 0
		case runtime-pos < edge:
			return done()
		default:
			u.Position = pos
		}
		return u
	}
	pct := float64(pos) / float64(runtime) * 100
	switch {
	case pct < minResumePercent:
		u.Position = 0
	case pct > maxResumePercent || pos >= runtime-nearEnd:
		return done()
	case runtime < minResumeRuntime:
		return done()
	default:
		u.Position = pos
	}
	return u
}
