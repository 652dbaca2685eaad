package library

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// CardOf makes the card of an item. The names it has go into the table.
func CardOf(it *Item, names *Names) Card {
	c := Card{
		ID: it.ID, Library: it.Library, Parent: it.Parent,
		Series: it.Series, Season: it.Season, Album: it.Album,
		Kind: it.Kind, Name: it.Name, Sort: sortOf(it),
		Collection: Collection(names.shared(string(it.Collection))),
		Year:       clamp16(it.Year), Index: it.Index, IndexEnd: it.IndexEnd, ParentIndex: it.ParentIndex,
		Premiered: unix(it.Premiered), Ended: unix(it.Ended), Added: unix(it.Added), Modified: unix(it.Modified),
		Runtime: it.Runtime, Rating: it.CommunityRating, Critic: it.CriticRating,
		Official: names.shared(it.OfficialRating), Status: names.shared(it.Status), Path: it.Path,
	}
	if it.OriginalName != it.Name {
		c.Original = it.OriginalName
	}
	if it.Kind == CollectionFolder && c.Library.IsZero() {
		c.Library = it.ID
	}
	c.addMedia(it, names)
	c.addImages(it)
	c.Links = linksOf(it, names)
	c.List = listOf(it)
	c.Flags |= it.Extras.flags() | Flags(it.Extra)<<extraShift
	if it.Lyrics != "" {
		c.Flags |= HasLyrics
	}
	if it.Photo != nil {
		c.Width, c.Height = clamp16(it.Photo.Width), clamp16(it.Photo.Height)
	}
	if it.LockAll || len(it.Locked) > 0 {
		c.Flags |= IsLocked
	}
	for provider, id := range it.Providers {
		c.Providers = append(c.Providers, Fold(provider)+":"+Fold(id))
	}
	slices.Sort(c.Providers)
	return c
}

func unix(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}

func clamp16(n int) int16 { return int16(max(0, min(n, 1<<15-1))) }

// sortOf is the sort key of an item. Episodes, seasons and tracks sort by their numbers
// first, because clients that ask for SortName expect them in the order of the numbers.
func sortOf(it *Item) string {
	name := it.SortName
	if name == "" {
		name = it.Name
	}
	key := SortKey(name)
	switch it.Kind {
	case Season:
		if n, ok := it.Index.Get(); ok {
			return fmt.Sprintf("%04d %s", n, key)
		}
	case Episode, Audio, AudioBook:
		n, hasNumber := it.Index.Get()
		p, hasParent := it.ParentIndex.Get()
		switch {
		case hasNumber && hasParent:
			return fmt.Sprintf("%04d %04d %s", p, n, key)
		case hasNumber:
			return fmt.Sprintf("%04d %04d %s", 0, n, key)
		}
	}
	return key
}

func (c *Card) addMedia(it *Item, names *Names) {
	if len(it.Trailers) > 0 {
		c.Flags |= HasTrailer
	}
	if it.Overview != "" {
		c.Flags |= HasOverview
	}
	if len(it.Sources) == 0 {
		return
	}
	src := &it.Sources[0]
	c.Container = names.shared(src.Container)
	c.Bitrate = src.Bitrate
	if c.Runtime == 0 {
		c.Runtime = src.Runtime
	}
	if src.Problem != "" {
		c.Flags |= IsUnplayable
	}
	for i := range it.Sources {
		c.addStreams(it.Sources[i].Streams)
	}
	for _, tag := range it.Tags {
		if is3D(tag) {
			c.Flags |= Is3D
		}
	}
}

func (c *Card) addStreams(streams []Stream) {
	for i := range streams {
		st := &streams[i]
		switch st.Kind {
		case StreamSubtitle:
			c.Flags |= HasSubtitles
		case StreamVideo:
			if w := clamp16(st.Width); w > c.Width {
				c.Width, c.Height = w, clamp16(st.Height)
			}
			if st.DolbyVision != nil || st.HDR10Plus || st.ColorTransfer == "smpte2084" || st.ColorTransfer == "arib-std-b67" {
				c.Flags |= IsHDR
			}
		}
		if c.Kind == Audio && st.Kind == StreamSubtitle {
			c.Flags |= HasLyrics
		}
	}
}

// is3D knows the usual tags of films for two eyes.
func is3D(tag string) bool {
	switch Fold(tag) {
	case "3d", "hsbs", "fsbs", "htab", "ftab", "sbs", "tab", "mvc":
		return true
	}
	return false
}

func (c *Card) addImages(it *Item) {
	if len(it.Images) == 0 {
		return
	}
	c.Images = make([]ImageTag, 0, len(it.Images))
	for i := range it.Images {
		im := &it.Images[i]
		if im.Kind == ChapterPic {
			continue
		}
		t := ImageTag{Kind: im.Kind, Tag: im.Tag, Blurhash: im.Blurhash}
		if im.Height > 0 {
			t.Aspect = float32(im.Width) / float32(im.Height)
		}
		c.Images = append(c.Images, t)
	}
}

func linksOf(it *Item, names *Names) []Ref {
	n := len(it.Genres) + len(it.Studios) + len(it.Tags) + len(it.People) + len(it.Artists) + len(it.AlbumArtists)
	if n == 0 && len(it.Sources) == 0 {
		return nil
	}
	links := make([]Ref, 0, n)
	add := func(role Role, name string) {
		if name = strings.TrimSpace(name); name == "" {
			return
		}
		if r := names.Ref(role, name); !slices.Contains(links, r) {
			links = append(links, r)
		}
	}
	each := func(role Role, list []string) {
		for _, name := range list {
			add(role, name)
		}
	}
	each(RoleGenre, it.Genres)
	each(RoleStudio, it.Studios)
	each(RoleTag, it.Tags)
	for _, p := range it.People {
		add(RoleOf(p.Type), p.Name)
	}
	each(RoleArtist, it.Artists)
	each(RoleAlbumArtist, it.AlbumArtists)
	for i := range it.Sources {
		for _, st := range it.Sources[i].Streams {
			switch st.Kind {
			case StreamAudio:
				add(RoleAudioLanguage, st.Language)
			case StreamSubtitle:
				add(RoleSubtitleLanguage, st.Language)
			}
		}
	}
	return links
}
