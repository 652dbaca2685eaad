package jellyfin

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"sett/node/account"
	"sett/node/jellyfin/dto"
	"sett/node/library"
	"sett/node/origin"
	"sett/node/store"
)

// BenchmarkPage is a page of a hundred films with user data, from request to JSON, for a
// person with a limit on ratings.
func BenchmarkPage(b *testing.B) {
	for _, n := range []int{10_000, 100_000} {
		api, token := benchAPI(b, n)
		for name, query := range map[string]string{
			"name":     "includeItemTypes=Movie&sortBy=SortName",
			"unplayed": "includeItemTypes=Movie&isPlayed=false&genres=Genre+3&sortBy=DateCreated&sortOrder=Descending",
			"played":   "includeItemTypes=Movie&sortBy=DatePlayed,SortName&sortOrder=Descending,Ascending",
			"search":   "searchTerm=film+77",
		} {
			b.Run(fmt.Sprintf("%s/%dk", name, n/1000), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					req := httptest.NewRequest("GET", "/Items?recursive=true&limit=100&"+query, nil)
					req = req.WithContext(origin.With(req.Context(), at(origin.LAN)))
					req.Header.Set("Authorization", `MediaBrowser Token="`+token+`"`)
					w := httptest.NewRecorder()
					if api.ServeHTTP(w, req); w.Code != 200 {
						b.Fatal(w.Code, w.Body)
					}
				}
			})
		}
	}
}

func benchAPI(b *testing.B, n int) (*API, string) {
	b.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	b.Cleanup(cancel)
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	s, err := store.Open(ctx, b.TempDir(), store.Options{Render: dto.Render, RenderVersion: dto.RenderVersion})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close() })
	people, err := account.Open(ctx, s, account.Options{Log: log})
	if err != nil {
		b.Fatal(err)
	}
	api := New(ctx, Options{Store: s, Accounts: people, Log: log, ScanProgress: func() (float64, bool) { return 0, false }})
	lib := library.NewID("films")
	changes := []library.Change{library.Put(&library.Item{ID: lib, Kind: library.CollectionFolder, Library: lib, Name: "Films"})}
	for i := range n {
		id := library.NewID("film", strconv.Itoa(i))
		changes = append(changes, library.Put(&library.Item{
			ID: id, Kind: library.Movie, Library: lib, Parent: lib, Name: fmt.Sprintf("Film %d", i*7919%n), Year: 1950 + i%70, OfficialRating: []string{"PG", "R", "12"}[i%3],
			Genres: []string{fmt.Sprintf("Genre %d", i%23)}, Overview: "Somebody wants something and does not get it until the end.", Added: time.Unix(int64(1e9+i*1000), 0),
			Sources: []library.Source{{ID: id, Path: "/x.mkv", Container: "mkv", Streams: []library.Stream{{Kind: library.StreamVideo, Codec: "h264", Width: 1920, Height: 1080}}}},
		}))
	}
	if err := s.Apply(ctx, changes...); err != nil {
		b.Fatal(err)
	}
	u, err := people.Add(ctx, account.NewUser{Name: "Bench", Password: "a password"})
	if err != nil {
		b.Fatal(err)
	}
	if _, err := people.Update(ctx, u.ID, func(u *account.User) error { u.MaxRating = dto.Ptr(13); return nil }); err != nil {
		b.Fatal(err)
	}
	for i := range 1000 {
		id := library.NewID("film", strconv.Itoa(i*7%n))
		if _, err := s.UpdateUserData(ctx, u.ID, id, func(d library.UserData) library.UserData {
			d.Played, d.LastPlayed = true, time.Unix(int64(1.7e9)+int64(i), 0)
			return d
		}); err != nil {
			b.Fatal(err)
		}
	}
	token, _, err := people.Authenticate(ctx, "Bench", "a password", account.Device{ID: "b"}, at(origin.LAN))
	if err != nil {
		b.Fatal(err)
	}
	s.View().Warm()
	return api, token
}
