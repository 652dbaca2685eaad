package store

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dgraph-io/badger/v4"
	"go.uber.org/goleak"

	"sett/node/library"
)

func TestMain(m *testing.M) {
	if reopenedAsChild() {
		return
	}
	goleak.VerifyTestMain(m)
}

func open(t testing.TB, dir string, opt Options) *Store {
	t.Helper()
	s, err := Open(context.Background(), dir, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func apply(t testing.TB, s *Store, changes ...library.Change) {
	t.Helper()
	if err := s.Apply(context.Background(), changes...); err != nil {
		t.Fatal(err)
	}
}

func film(name string) *library.Item {
	lib := library.NewID("films")
	return &library.Item{
		ID: library.NewID("film", name), Kind: library.Movie, Library: lib, Parent: lib, Name: name, Year: 1999,
		Genres: []string{"Action", "Drama"}, Added: time.Unix(1700000000, 0).UTC(), Path: "/films/" + name + ".mkv",
		People:    []library.Credit{{Name: "Somebody " + name, Type: "Actor", Role: "X"}},
		Images:    []library.Image{{Kind: library.Primary, Tag: "t" + name, Width: 1000, Height: 1500, Blurhash: "LEHV6nWB2yk8pyo0adR*.7kCMdnj"}},
		Providers: map[string]string{"Imdb": "tt1"},
		Sources:   []library.Source{{Container: "mkv", Bitrate: 5e6, Runtime: library.TicksOf(time.Hour), Streams: []library.Stream{{Kind: library.StreamVideo, Width: 1920, Height: 1080}}}},
	}
}

func TestItComesBackAsItWasAfterReopening(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, Options{})
	apply(t, s, library.Put(film("Heat")), library.Put(film("Ronin")))
	apply(t, s, library.Remove(film("Ronin").ID))
	id := s.ServerID()
	before, _ := s.View().Card(film("Heat").ID)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, dir, Options{})
	if s.ServerID() != id || len(id) != 32 {
		t.Errorf("server id %q became %q", id, s.ServerID())
	}
	if n := s.View().Len(); n != 1 {
		t.Fatalf("%d items, want 1", n)
	}
	after, ok := s.View().Card(film("Heat").ID)
	if !ok {
		t.Fatal("Heat is gone")
	}
	sameCard(t, after, before)
	got, err := s.Item(film("Heat").ID)
	if err != nil {
		t.Fatal(err)
	}
	if got.People[0].Role != "X" || got.Sources[0].Streams[0].Width != 1920 || !got.Added.Equal(film("Heat").Added) {
		t.Errorf("item came back as %+v", got)
	}
	if _, err := s.Item(film("Ronin").ID); !errors.Is(err, ErrNotFound) {
		t.Errorf("a removed item reads as %v", err)
	}
}

func TestASecondNodeIsTurnedAway(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, Options{})
	if _, err := Open(context.Background(), dir, Options{}); !errors.Is(err, ErrLocked) {
		t.Errorf("got %v", err)
	}
	apply(t, s, library.Put(film("still works")))
}

func TestANewerSchemaIsRefused(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, Options{})
	if err := s.setMeta("schema", []byte{99}); err != nil {
		t.Fatal(err)
	}
	s.Close()
	_, err := Open(context.Background(), dir, Options{})
	if !errors.Is(err, ErrNewer) || !strings.Contains(err.Error(), "schema 99") {
		t.Errorf("got %v", err)
	}
}

func TestAfterCloseEverythingSaysClosed(t *testing.T) {
	s := open(t, t.TempDir(), Options{Render: rendered})
	sub, _ := s.Subscribe()
	if err := errors.Join(s.Close(), s.Close()); err != nil {
		t.Fatal(err)
	}
	id := film("x").ID
	_, item := s.Item(id)
	_, update := s.UpdateUserData(context.Background(), id, id, func(u library.UserData) library.UserData { return u })
	_, get := TableOf[int](s, "t").Get("k")
	for what, err := range map[string]error{
		"Item": item, "UpdateUserData": update, "Get": get,
		"Apply": s.Apply(context.Background(), library.Put(film("x"))),
		"Wire":  s.Wire([]library.ID{id}, func(int, []byte) error { return nil }),
		"Put":   TableOf[int](s, "t").Put(context.Background(), "k", 1),
	} {
		if !errors.Is(err, ErrClosed) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, open := <-sub; open {
		t.Error("the subscription goes on")
	}
	if err := s.Run(context.Background()); err != nil {
		t.Errorf("Run: %v", err)
	}
}

func TestCardsOfAnotherFormatAreMadeAnew(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, Options{})
	apply(t, s, library.Put(film("Heat")), library.Put(film("Ronin")))
	want, _ := s.View().Card(film("Heat").ID)
	err := s.db.Update(func(txn *badger.Txn) error {
		return txn.Set(idKey(prefixCard, want.ID), []byte{250, 1, 2, 3})
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	for range 2 {
		s = open(t, dir, Options{})
		got, ok := s.View().Card(want.ID)
		if !ok {
			t.Fatal("the card is gone")
		}
		sameCard(t, got, want)
		s.Close()
	}
}

func TestWireRecordsAreAlwaysOfTheCurrentRenderVersion(t *testing.T) {
	dir := t.TempDir()
	render := func(v string) Options {
		return Options{RenderVersion: v, Render: func(it *library.Item) []byte { return []byte(v + " " + it.Name) }}
	}
	ids := []library.ID{film("Heat").ID, film("gone").ID, film("Ronin").ID}
	check := func(s *Store, v string) {
		t.Helper()
		want := []string{v + " Heat", "", v + " Ronin"}
		n := 0
		err := s.Wire(ids, func(i int, wire []byte) error {
			if n++; string(wire) != want[i] || (wire == nil) != (i == 1) {
				t.Errorf("record %d is %q, want %q", i, wire, want[i])
			}
			return nil
		})
		if err != nil || n != 3 {
			t.Errorf("%d records, %v", n, err)
		}
	}
	s := open(t, dir, render("one"))
	apply(t, s, library.Put(film("Heat")), library.Put(film("Ronin")))
	check(s, "one")
	s.Close()
	s = open(t, dir, render("two"))
	check(s, "two") // before anything was rewritten
	if err := s.renderAll(context.Background()); err != nil {
		t.Fatal(err)
	}
	check(s, "two")
	err := s.db.View(func(txn *badger.Txn) error {
		for _, i := range []int{0, 2} {
			if !s.freshIn(txn, idKey(prefixWire, ids[i])) {
				t.Errorf("record %d was not rewritten", i)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestPlayStateOutlivesItsItem(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, Options{})
	user, other := library.NewID("a"), library.NewID("b")
	apply(t, s, library.Put(film("Heat")))
	play(t, s, user, film("Heat").ID, 7)
	play(t, s, other, film("Heat").ID, 8)
	likes, audio := true, 2
	full := library.UserData{
		Position: 1, PlayCount: 2, Played: true, Favorite: true, Likes: &likes, Rating: 7.5,
		LastPlayed: time.Unix(1700000000, 123456789).UTC(), AudioIndex: &audio,
	}
	if _, err := s.UpdateUserData(context.Background(), user, film("Ronin").ID, func(library.UserData) library.UserData { return full }); err != nil {
		t.Fatal(err)
	}
	apply(t, s, library.Remove(film("Heat").ID))
	apply(t, s, library.Put(film("Heat")))
	s.Close()
	s = open(t, dir, Options{})
	if got := s.State(user).Get(film("Heat").ID).Position; got != 7 {
		t.Errorf("position %d", got)
	}
	if got := s.State(user).Get(film("Ronin").ID); !reflect.DeepEqual(got, full) {
		t.Errorf("got %+v", got)
	}
	if err := s.DropUser(context.Background(), user); err != nil {
		t.Fatal(err)
	}
	s.Close()
	s = open(t, dir, Options{})
	if s.State(user).Len() != 0 || s.State(other).Get(film("Heat").ID).Position != 8 {
		t.Error("dropping one person is not what happened")
	}
}

func TestTablesKeepWhatTheyAreGiven(t *testing.T) {
	type account struct{ Name string }
	ctx := context.Background()
	dir := t.TempDir()
	s := open(t, dir, Options{})
	tab, longer := TableOf[account](s, "account"), TableOf[account](s, "accounts")
	for _, k := range []string{"b", "a", "c"} {
		if err := tab.Put(ctx, k, account{"name " + k}); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(longer.Put(ctx, "z", account{"z"}), tab.Delete(ctx, "c"), tab.Delete(ctx, "never")); err != nil {
		t.Fatal(err)
	}
	got, err := tab.Update(ctx, "a", func(v account, ok bool) (account, error) {
		if !ok {
			t.Error("a is not there")
		}
		return account{v.Name + "!"}, nil
	})
	if err != nil || got.Name != "name a!" {
		t.Errorf("%+v, %v", got, err)
	}
	refused := errors.New("refused")
	if _, err := tab.Update(ctx, "b", func(account, bool) (account, error) { return account{}, refused }); !errors.Is(err, refused) {
		t.Errorf("got %v", err)
	}
	s.Close()
	s = open(t, dir, Options{})
	tab = TableOf[account](s, "account")
	var all []string
	if err := tab.Each(func(k string, v account) error { all = append(all, k+"="+v.Name); return nil }); err != nil {
		t.Fatal(err)
	}
	if strings.Join(all, ",") != "a=name a!,b=name b" {
		t.Errorf("%q", all)
	}
	if _, err := tab.Get("c"); !errors.Is(err, ErrNotFound) {
		t.Errorf("c: %v", err)
	}
}

func TestSlowSubscribersGetSeveralStepsAsOne(t *testing.T) {
	s := open(t, t.TempDir(), Options{})
	sub, cancel := s.Subscribe()
	apply(t, s, library.Put(film("a")), library.Put(film("b")))
	apply(t, s, library.Remove(film("b").ID), library.Put(film("a")), library.Put(film("c")))
	set := <-sub
	if len(set.Added) != 2 || len(set.Updated)+len(set.Removed) != 0 || set.Generation != s.View().Generation() {
		t.Errorf("got %+v", set)
	}
	cancel()
	cancel()
	apply(t, s, library.Put(film("d")))
	if _, open := <-sub; open {
		t.Error("still subscribed")
	}
}

func TestReadersAndWritersDoNotDisturbEachOther(t *testing.T) {
	s := open(t, t.TempDir(), Options{Render: rendered, RenderVersion: "1"})
	ctx, cancel := context.WithCancel(context.Background())
	user := library.NewID("u")
	var writers, readers sync.WaitGroup
	readers.Go(func() { s.Run(ctx) })
	for r := range 3 {
		readers.Go(func() {
			for ctx.Err() == nil {
				v := s.View()
				q := library.Query{Viewer: library.Viewer{State: s.State(user)}, Limit: 20, Search: []string{"", "film", "fil"}[r]}
				page := v.Find(q)
				var ids []library.ID
				for _, c := range page.Cards {
					ids = append(ids, c.ID)
				}
				if err := s.Wire(ids, func(int, []byte) error { return nil }); err != nil {
					t.Error(err)
				}
				v.Resume(library.ResumeQuery{Viewer: q.Viewer})
				v.Entities(library.Genre, q)
			}
		})
	}
	const each = 40
	counter := TableOf[int](s, "counter")
	for w := range 3 {
		writers.Go(func() {
			for i := range each {
				name := fmt.Sprint("film ", w, i)
				if err := s.Apply(ctx, library.Put(film(name))); err != nil {
					t.Error(err)
				}
				_, err := s.UpdateUserData(ctx, user, film("shared").ID, func(u library.UserData) library.UserData { u.PlayCount++; return u })
				_, err2 := counter.Update(ctx, "n", func(n int, _ bool) (int, error) { return n + 1, nil })
				if err := errors.Join(err, err2); err != nil {
					t.Error(err)
				}
			}
		})
	}
	writers.Wait()
	cancel()
	readers.Wait()
	n, _ := counter.Get("n")
	if got := s.State(user).Get(film("shared").ID).PlayCount; got != 3*each || n != 3*each || s.View().Len() != 3*each {
		t.Errorf("%d plays, counter %d, %d items; want %d of each", got, n, s.View().Len(), 3*each)
	}
}
