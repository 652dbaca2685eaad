package library

import (
	"slices"
	"strings"
	"time"
)

// details are the restrictions few queries have.
func (m *matcher) details() {
	q := m.q
	m.named(q.Artists, RoleArtist, nil)
	m.named(q.AudioLanguages, RoleAudioLanguage, nil)
	m.named(q.SubtitleLanguages, RoleSubtitleLanguage, nil)
	if ids := q.WithoutArtistIDs; len(ids) > 0 {
		not := m.s.entitySet(m.keys(ids)...).only(func(r Role) bool { return r.class() == RoleArtist })
		m.add(func(c *Card) bool { return !not.holds(c) })
	}
	if len(q.NotIn) > 0 {
		m.add(func(c *Card) bool { return !slices.Contains(q.NotIn, c.Library) })
	}
	if len(q.Albums) > 0 {
		m.add(func(c *Card) bool {
			album, ok := m.s.Card(c.Album)
			return ok && foldedIn(q.Albums, album.Name)
		})
	}
	if len(q.SeriesStatus) > 0 {
		m.add(func(c *Card) bool { return c.Status != "" && containsFold(q.SeriesStatus, c.Status) })
	}
	if len(q.VideoTypes) > 0 {
		m.add(func(c *Card) bool {
			return c.Kind.Media() == MediaVideo && containsFold(q.VideoTypes, videoType(c.Container))
		})
	}
	if len(q.Images) > 0 {
		m.add(func(c *Card) bool {
			return slices.ContainsFunc(q.Images, func(k ImageKind) bool { return c.Image(k, 0) != "" })
		})
	}
	if len(q.NoProviders) > 0 {
		m.add(func(c *Card) bool { return !hasProvider(c, q.NoProviders) })
	}
	m.flag(q.IsLocked, IsLocked)
	m.flag(q.HasSpecialFeature, HasSpecialFeature)
	m.flag(q.HasThemeSong, HasThemeSong)
	m.flag(q.HasThemeVideo, HasThemeVideo)
	m.ratings()
	m.sizes()
	m.changes()
}

func foldedIn(list []string, name string) bool {
	name = Fold(name)
	return slices.ContainsFunc(list, func(l string) bool { return Fold(l) == name })
}

// videoType is the clients' VideoType of a container.
func videoType(container string) string {
	switch strings.ToLower(container) {
	case "iso", "img":
		return "Iso"
	case "dvd", "ifo", "vob":
		return "Dvd"
	case "bluray", "bdmv":
		return "BluRay"
	}
	return "VideoFile"
}

func (m *matcher) ratings() {
	q := m.q
	if q.HasRating != nil {
		m.add(func(c *Card) bool { return (c.Official != "") == *q.HasRating })
	}
	if q.MinAge == nil && q.MaxAge == nil {
		return
	}
	m.add(func(c *Card) bool {
		age := RatingAge(c.Official)
		return age >= 0 && (q.MinAge == nil || age >= *q.MinAge) && (q.MaxAge == nil || age <= *q.MaxAge)
	})
}

func (m *matcher) sizes() {
	between := func(low, high int, of func(*Card) int16) {
		if low > 0 {
			m.add(func(c *Card) bool { return int(of(c)) >= low })
		}
		if high > 0 {
			m.add(func(c *Card) bool { n := int(of(c)); return n > 0 && n <= high })
		}
	}
	between(m.q.MinWidth, m.q.MaxWidth, func(c *Card) int16 { return c.Width })
	between(m.q.MinHeight, m.q.MaxHeight, func(c *Card) int16 { return c.Height })
}

func (m *matcher) changes() {
	q := m.q
	changed := func(c *Card, since time.Time) bool { return max(c.Modified, c.Added) >= since.Unix() }
	if !q.MinModified.IsZero() {
		m.add(func(c *Card) bool { return changed(c, q.MinModified) })
	}
	if !q.MinTouched.IsZero() {
		m.add(func(c *Card) bool {
			return changed(c, q.MinTouched) || !q.Viewer.State.Get(c.ID).LastPlayed.Before(q.MinTouched)
		})
	}
}
