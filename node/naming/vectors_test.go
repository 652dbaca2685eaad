package naming

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sett/node/library"
)

// deliberate lists inputs of the vectors that are read otherwise on purpose, each
// with its reason. It is meant to stay empty.
var deliberate = map[string]string{}

// vector is one case: the keys of its JSON line.
type vector map[string]any

func (v vector) has(k string) bool { _, ok := v[k]; return ok }

func (v vector) str(k string) string { s, _ := v[k].(string); return s }

func (v vector) flag(k string) bool { b, _ := v[k].(bool); return b }

// num is the number under k, -1 for null and absent ones.
func (v vector) num(k string) int {
	if f, ok := v[k].(float64); ok {
		return int(f)
	}
	return -1
}

func TestEveryCaseOfTheNamingVectorsIsRead(t *testing.T) {
	dir := os.Getenv("NAMING_VECTORS")
	if dir == "" {
		t.Skip("NAMING_VECTORS is not set: no folder of naming cases to read")
	}
	f, err := os.Open(filepath.Join(dir, "cases.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	type total struct{ pass, all int }
	totals := map[string]*total{}
	sc := bufio.NewScanner(f)
	for sc.Scan() {
		var v vector
		if err := json.Unmarshal(sc.Bytes(), &v); err != nil {
			t.Fatalf("%s: %v", sc.Text(), err)
		}
		name := v.str("table") + "/" + v.str("case")
		if totals[name] == nil {
			totals[name] = &total{}
		}
		totals[name].all++
		if err := check(v); err != nil {
			if why, ok := deliberate[sc.Text()]; ok {
				t.Logf("differs on purpose (%s): %v", why, err)
				continue
			}
			t.Errorf("%v\n\t%s", err, sc.Text())
			continue
		}
		totals[name].pass++
	}
	if err := sc.Err(); err != nil {
		t.Fatal(err)
	}
	var names []string
	sum := total{}
	for n, tt := range totals {
		names = append(names, n)
		sum.pass += tt.pass
		sum.all += tt.all
	}
	slices.Sort(names)
	for _, n := range names {
		t.Logf("%3d of %3d  %s", totals[n].pass, totals[n].all, n)
	}
	t.Logf("%3d of %3d  in all", sum.pass, sum.all)
	if sum.all == 0 {
		t.Error("no cases")
	}
}

// check runs one case.
func check(v vector) error {
	switch table := v.str("table"); table {
	case "BookResolverTests":
		return checkBook(v)
	case "ExternalPathParserTests":
		return checkSidecar(v)
	case "MultiDiscAlbumTests":
		_, got := DiscFolder(v.str("path"))
		return same("disc folder", got, v.flag("result"))
	case "SeasonPathParserTests":
		return checkSeason(v)
	case "SeriesPathParserTest":
		return same("series", Series(v.str("path")).Raw, v.str("name"))
	case "SeriesResolverTests":
		return same("series", Series(v.str("path")).Title, v.str("name"))
	case "TvParserHelpersTest":
		return checkStatus(v)
	case "CleanDateTimeTests", "CleanStringTests":
		return checkClean(v)
	case "ExtraTests":
		return checkExtra(v)
	}
	if v.has("path") || v.has("filename") {
		return checkEpisode(v)
	}
	return fmt.Errorf("nobody knows how to check %s", v.str("table"))
}

func same[T comparable](what string, got, want T) error {
	if got != want {
		return fmt.Errorf("%s: got %v, want %v", what, got, want)
	}
	return nil
}

func sameNum(what string, got library.Number, want int) error {
	n, ok := got.Get()
	if !ok {
		n = -1
	}
	return same(what, n, want)
}

func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func checkBook(v vector) error {
	b := Book(v.str("input"))
	year := max(v.num("year"), 0)
	return first(same("title", b.Title, v.str("name")), same("series", b.Series, v.str("series")), same("year", b.Year, year),
		sameNum("index", b.Index, v.num("index")), sameNum("volume", b.Volume, v.num("volume")), sameNum("chapter", b.Chapter, v.num("chapter")))
}

func checkSidecar(v vector) error {
	stem := "MyVideo"
	switch v.str("case") {
	case "ParseFile_AudioExtensionsNotMatched_ReturnsNull":
		_, ok := SideAudio(stem, v.str("path"))
		return same("sound", ok, false)
	case "ParseFile_AudioExtensionsMatched_ReturnsPath":
		_, ok := SideAudio(stem, v.str("path"))
		return same("sound", ok, true)
	case "ParseFile_SubtitleExtensionsNotMatched_ReturnsNull":
		_, ok := Subtitle(stem, v.str("path"))
		return same("subtitle", ok, false)
	case "ParseFile_SubtitleExtensionsMatched_ReturnsPath":
		_, ok := Subtitle(stem, v.str("path"))
		return same("subtitle", ok, true)
	}
	s, ok := Subtitle(stem, stem+v.str("tokens")+".srt")
	return first(same("subtitle", ok, true), same("title", s.Title, v.str("title")), same("language", s.Language, v.str("language")),
		same("default", s.Default, v.flag("isDefault")), same("forced", s.Forced, v.flag("isForced")),
		same("hearing impaired", s.HearingImpaired, v.flag("isHearingImpaired")))
}

func checkSeason(v vector) error {
	read := Season
	if strings.Contains(v.str("case"), "Mixed") {
		read = SeasonIn
	}
	n, ok := read(v.str("path"), v.str("parentPath"))
	if !ok {
		n = -1
	}
	return first(same("season", n, v.num("seasonNumber")), same("is a season", ok, v.flag("isSeasonDirectory")))
}

func checkStatus(v vector) error {
	got, ok := SeriesStatus(v.str("statusString"))
	return first(same("status", got, strings.TrimPrefix(v.str("status"), "SeriesStatus.")), same("known", ok, v.str("status") != ""))
}

func checkClean(v vector) error {
	in := base(v.str("input"))
	if v.str("table") == "CleanDateTimeTests" {
		title, year := SplitYear(in)
		return first(same("title", title, v.str("expectedName")), same("year", year, max(v.num("expectedYear"), 0)))
	}
	got, changed := CleanName(in)
	if !v.has("expectedName") {
		return first(same("changed", changed, false), same("name", got, in))
	}
	return first(same("name", got, v.str("expectedName")), same("changed", changed, true))
}

func checkExtra(v vector) error {
	dir, want := v.str("dirName"), NoExtra
	for _, k := range []string{"type", "typicalType"} {
		if v.has(k) {
			want = ExtraKind(strings.TrimPrefix(v.str(k), "ExtraType."))
		}
	}
	ext := ".mkv"
	if want == ThemeSong {
		ext = ".mp3"
	}
	paths := []string{dir + "/300" + ext, "300/" + dir + "/something" + ext, "/data/Movies/300/" + dir + "/whoknows" + ext}
	if v.has("typicalType") { // the library's own folder has the name; paths are relative to it
		got, _ := Extra("300" + ext)
		if err := same("in the library's root", got, NoExtra); err != nil {
			return err
		}
		paths = []string{"300/" + dir + "/something" + ext}
	}
	for _, p := range paths {
		got, _ := Extra(p)
		if err := same(p, got, want); err != nil {
			return err
		}
	}
	return nil
}

// checkEpisode serves every table that asks a path for its episode.
func checkEpisode(v vector) error {
	o := EpisodeOptions{Folder: v.flag("isDirectory"), Absolute: strings.Contains(v.str("table"), "Absolute")}
	if v.has("filename") {
		return sameNum("last episode", Episode(v.str("filename"), o).EpisodeEnd, v.num("endingEpisodeNumber"))
	}
	e := Episode(v.str("path"), o)
	if v.str("table") == "SeasonNumberTests" {
		return sameNum("season", e.Season, v.num("expected"))
	}
	known := false
	num := func(key string, n library.Number) error {
		if !v.has(key) {
			return nil
		}
		known = true
		return sameNum(key, n, v.num(key))
	}
	day := func(key string, n int) error {
		if !v.has(key) {
			return nil
		}
		known = true
		return same(key, n, v.num(key))
	}
	series := func(key string) error {
		if !v.has(key) {
			return nil
		}
		known = true
		return same(key, lower(e.Series), lower(v.str(key)))
	}
	err := first(num("expected", e.Episode), num("episode", e.Episode), num("episodeNumber", e.Episode),
		num("season", e.Season), num("seasonNumber", e.Season), num("episodeEndNumber", e.Last()),
		day("year", e.Date.Year), day("month", e.Date.Month), day("day", e.Date.Day), series("name"), series("seriesName"))
	if err == nil && !known {
		return same("an episode", e.OK(), true)
	}
	return err
}
