package library

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"
)

var (
	filmsLib = NewID("films")
	showsLib = NewID("shows")
	musicLib = NewID("music")
)

var (
	firsts  = []string{"Silent", "Broken", "Golden", "Last", "Hidden", "Burning", "Lonely", "Crimson", "Distant", "Frozen", "Wild", "Empty", "Secret"}
	seconds = []string{"River", "Mountain", "Promise", "Empire", "Garden", "Station", "Letter", "Harbour", "Mirror", "Winter", "Kingdom", "Shadow", "Voyage", "Orchard", "Signal", "Compass", "Lantern"}
)

func titleOf(i int) string {
	return fmt.Sprintf("The %s %s of %s %d", firsts[i%len(firsts)], seconds[i/13%len(seconds)],
		strconv.FormatInt(int64(i%4093)*7919+46656, 36), i%9)
}

// makeItems makes about n items: half of it episodes, a sixth tracks, the rest films.
func makeItems(n int) []*Item {
	day := time.Unix(1600000000, 0).UTC()
	items := []*Item{
		{ID: filmsLib, Kind: CollectionFolder, Library: filmsLib, Name: "Films", Collection: Movies},
		{ID: showsLib, Kind: CollectionFolder, Library: showsLib, Name: "Shows", Collection: TVShows},
		{ID: musicLib, Kind: CollectionFolder, Library: musicLib, Name: "Music", Collection: Music},
	}
	for i := range n {
		it := &Item{
			ID: NewID("item", strconv.Itoa(i)), Name: titleOf(i), Year: 1950 + i%75,
			Added: day.Add(time.Duration(i*7919%n) * time.Minute), Premiered: day.AddDate(-i%60, 0, i%365),
			Genres: []string{fmt.Sprintf("Genre %d", i%23), fmt.Sprintf("Genre %d", i%7)}, Tags: []string{fmt.Sprintf("tag%d", i%11)},
			CommunityRating: float32(i%100) / 10, OfficialRating: []string{"PG", "R", "G", "12", ""}[i%5],
			Runtime: TicksOf(time.Duration(20+i%90) * time.Minute), Studios: []string{fmt.Sprintf("Studio %d", i%41)},
			Path: fmt.Sprintf("/media/%d.mkv", i), Overview: "x",
			Sources: []Source{{Container: []string{"mkv", "mp4"}[i%2], Bitrate: int64(i%50) * 1e5, Streams: []Stream{{Kind: StreamVideo, Width: []int{720, 1920, 3840}[i%3], Height: 1080}}}},
		}
		items = append(items, place(it, i)...)
	}
	return items
}

// place puts the ith item into its library, with the folders it is the first in.
func place(it *Item, i int) []*Item {
	var items []*Item
	switch {
	case i%2 == 0:
		show, season := i/200, i/2%100/10
		series, seasonID := NewID("series", strconv.Itoa(show)), NewID("season", strconv.Itoa(show), strconv.Itoa(season))
		if i%200 == 0 {
			items = append(items, &Item{ID: series, Kind: Series, Library: showsLib, Parent: showsLib, Name: titleOf(show * 31), Genres: it.Genres, Year: it.Year})
		}
		if i%20 == 0 {
			items = append(items, &Item{ID: seasonID, Kind: Season, Library: showsLib, Parent: series, Series: series, Name: fmt.Sprintf("Season %d", season), Index: Num(season)})
		}
		it.Kind, it.Library, it.Parent, it.Series, it.Season = Episode, showsLib, seasonID, series, seasonID
		it.ParentIndex, it.Index = Num(season), Num(i/2%10+1)
		it.People = []Credit{{Name: fmt.Sprintf("Guest %d", i%20000), Type: "GuestStar"}}
	case i%3 == 0:
		album, artist := NewID("album", strconv.Itoa(i/60)), fmt.Sprintf("Ärtist %d", i/600)
		if i%60 < 6 {
			items = append(items, &Item{ID: album, Kind: MusicAlbum, Library: musicLib, Parent: musicLib, Name: titleOf(i * 17), AlbumArtists: []string{artist}, Genres: it.Genres})
		}
		it.Kind, it.Library, it.Parent, it.Album = Audio, musicLib, album, album
		it.Artists, it.AlbumArtists = []string{artist, fmt.Sprintf("Guest %d", i%77)}, []string{artist}
		it.ParentIndex, it.Index = Num(1), Num(i/6%10+1)
	default:
		it.Kind, it.Library, it.Parent = Movie, filmsLib, filmsLib
		it.People = []Credit{{Name: fmt.Sprintf("Actor %d", i%9000), Type: "Actor"}, {Name: fmt.Sprintf("Director %d", i%900), Type: "Director"}}
		it.Providers = map[string]string{"Imdb": fmt.Sprintf("tt%07d", i)}
	}
	return append(items, it)
}

func snapshotOf(items []*Item) *Snapshot {
	names := NewNames()
	return NewSnapshot(names, cardsFor(names, items))
}

func cardsFor(names *Names, items []*Item) []*Card {
	cards := make([]*Card, len(items))
	for i, it := range items {
		c := CardOf(it, names)
		cards[i] = &c
	}
	return cards
}

// watch marks some of the items played, begun and liked.
func watch(items []*Item, share int, rnd *rand.Rand) *State {
	st := NewState()
	when := time.Unix(1700000000, 0).UTC()
	for _, it := range items {
		if it.Kind.Media() == MediaUnknown || rnd.IntN(share) != 0 {
			continue
		}
		u := UserData{Played: true, PlayCount: 1 + rnd.IntN(3), LastPlayed: when.Add(time.Duration(rnd.IntN(1e6)) * time.Second)}
		switch rnd.IntN(4) {
		case 0:
			u.Played, u.Position = false, 1e9
		case 1:
			u.Favorite = true
		case 2:
			likes := rnd.IntN(2) == 0
			u.Likes = &likes
		}
		st.Set(it.ID, u)
	}
	return st
}
