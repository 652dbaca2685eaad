package library

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

func BenchmarkPage(b *testing.B) {
	no, yes := false, true
	for _, n := range []int{10_000, 100_000} {
		items := makeItems(n)
		s := snapshotOf(items)
		v := Viewer{State: watch(items, 10, rand.New(rand.NewPCG(1, 2))), Libraries: map[ID]bool{filmsLib: true, showsLib: true, musicLib: true}}
		s.Warm()
		for name, q := range map[string]Query{
			"name":       {Kinds: []Kind{Movie}, Sort: []Sort{{By: SortSortName}}},
			"unplayed":   {Parent: filmsLib, Recursive: true, Kinds: []Kind{Movie}, IsPlayed: &no, Genres: []string{"Genre 3"}, Sort: []Sort{{By: SortSortName}}},
			"added":      {Parent: filmsLib, Recursive: true, Kinds: []Kind{Movie, Series}, IsPlayed: &no, Sort: []Sort{{SortDateCreated, true}, {SortSortName, true}}},
			"deep":       {Kinds: []Kind{Episode}, Sort: []Sort{{SortCommunityRating, true}, {SortSortName, false}}, Start: n / 3},
			"favourites": {IsFavorite: &yes, Sort: []Sort{{By: SortSortName}}},
			"played":     {Kinds: []Kind{Movie, Audio}, Sort: []Sort{{SortDatePlayed, true}, {SortSortName, false}}},
			"random":     {Kinds: []Kind{Audio}, Sort: []Sort{{By: SortRandom}}},
			"series":     {Kinds: []Kind{Series}, IsPlayed: &no},
			"letter":     {Kinds: []Kind{Movie}, NameStartsWith: "s"},
			"year":       {Years: []int{1977, 1999}, Kinds: []Kind{Movie}},
			"person":     {Persons: []string{"Actor 1"}},
			"hd":         {Kinds: []Kind{Movie}, IsHD: &yes},
		} {
			q.Viewer, q.Limit = v, 100
			b.Run(fmt.Sprintf("%s/%dk", name, n/1000), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					p := s.Find(q)
					for _, c := range p.Cards {
						v.State.Get(c.ID)
						if c.Kind.IsFolder() {
							s.UnplayedCount(v, c.ID)
						}
					}
				}
			})
		}
	}
}

func BenchmarkOther(b *testing.B) {
	items := makeItems(100_000)
	s := snapshotOf(items)
	v := Viewer{State: watch(items, 10, rand.New(rand.NewPCG(1, 2)))}
	s.Warm()
	run := func(name string, fn func(i int)) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				fn(i)
			}
		})
	}
	run("resume", func(int) { s.Resume(ResumeQuery{Viewer: v, Limit: 20}) })
	run("nextup", func(int) { s.NextUp(NextUpQuery{Viewer: v, Limit: 24}) })
	run("latest", func(int) { s.Latest(LatestQuery{Viewer: v, Parent: showsLib, Group: true, Limit: 20}) })
	run("similar", func(i int) { s.Similar(items[3+i*7%9000].ID, v, nil, 12) })
	run("suggestions", func(i int) { s.Suggestions(v, []Kind{Movie}, nil, uint64(i), 20) })
	run("genres", func(int) { s.Entities(Genre, Query{Viewer: v, Limit: 100}) })
	run("persons", func(int) { s.Entities(Person, Query{Viewer: v, Limit: 100}) })
	run("personsearch", func(int) { s.Entities(Person, Query{Viewer: v, Search: "actor 12", Limit: 24}) })
	run("filters", func(int) { s.Filters(Query{Viewer: v, Parent: filmsLib, Recursive: true}) })
	run("counts", func(int) { s.Counts(v) })
	run("progress+page", func(i int) {
		v.State.Set(items[i%len(items)].ID, UserData{Position: Ticks(i + 1)})
		s.Find(Query{Viewer: v, Kinds: []Kind{Movie}, IsPlayed: new(bool), Limit: 100})
	})
	extra := s
	run("next", func(i int) {
		it := *items[3+i%50000]
		it.Name += " again"
		c := CardOf(&it, s.NameTable())
		if i%500 == 0 {
			extra = s
		}
		extra, _ = extra.Next([]*Card{&c}, nil)
	})
	b.Run("build", func(b *testing.B) {
		names := NewNames()
		cards := cardsFor(names, items)
		for b.Loop() {
			NewSnapshot(names, slices.Clone(cards))
		}
	})
}

// BenchmarkSearch types titles letter by letter, some of them wrongly, and reports the
// 99th percentile.
func BenchmarkSearch(b *testing.B) {
	s := snapshotOf(makeItems(100_000))
	s.Warm()
	var typed []string
	for i := range 40 {
		title := titleOf(i * 2311)
		for n := 1; n <= len(title); n++ {
			typed = append(typed, title[:n])
		}
		if w := []byte(title); len(w) > 9 {
			w[6], w[7] = w[7], w[6]
			typed = append(typed, string(w), string(w[:9]))
		}
	}
	typed = append(typed, "mountian", "hidden kingdmo", "xylophone", "ärtist 12", "zzzz")
	var took []time.Duration
	for b.Loop() {
		for _, t := range typed {
			start := time.Now()
			s.Find(Query{Search: t, Limit: 24})
			took = append(took, time.Since(start))
		}
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
	b.ReportMetric(float64(took[len(took)-1].Microseconds()), "max-µs")
}

// BenchmarkRights is what the first query of a limited person costs after each change of
// the library.
func BenchmarkRights(b *testing.B) {
	s := snapshotOf(makeItems(100_000))
	s.Warm()
	age := 12
	v := Viewer{User: NewID("kid"), Rights: NewRights(Limits{MaxAge: &age, BlockedTags: []string{"tag3"}})}
	b.Run("profile", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			s.profile(v)
		}
	})
	b.Run("counts", func(b *testing.B) {
		nodes := s.eyes(&v).p.nodes
		for b.Loop() {
			s.buildTree(nodes)
		}
	})
	b.Run("visible", func(b *testing.B) {
		id := NewID("item", "77")
		for b.Loop() {
			s.Visible(v, id)
		}
	})
}
