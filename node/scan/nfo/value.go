package nfo

import (
	"math"
	"strconv"
	"strings"
	"time"

	"sett/node/library"
)

// dateLayouts are the forms dates are met in.
var dateLayouts = []string{
	"2006-01-02", "2006-01-02 15:04:05", time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04", "2006/01/02", "2006.01.02",
	"02.01.2006", "2006-1-2", "20060102", "2 January 2006", "January 2, 2006", "2 Jan 2006", "Jan 2, 2006", "2006-01", "2006",
}

// parseDate reads a date; times without a zone are taken as UTC.
func parseDate(s string) (time.Time, bool) {
	if len(s) < 4 || len(s) > 40 {
		return time.Time{}, false
	}
	for _, layout := range dateLayouts {
		if t, err := time.Parse(layout, s); err == nil && t.Year() >= 1000 {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

func integer(s string) (int, bool) {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	if err != nil {
		f := float(s) // "3.0"
		return int(f), f > 0 && f < 1e6 && f == math.Trunc(f)
	}
	return n, n > -1e9 && n < 1e9
}

// float reads a number with either decimal sign; 0 for anything else.
func float(s string) float64 {
	s = strings.TrimSpace(s)
	if strings.Count(s, ",") == 1 && !strings.Contains(s, ".") {
		s = strings.Replace(s, ",", ".", 1)
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
		return 0
	}
	return f
}

func yes(s string) bool {
	switch strings.ToLower(s) {
	case "true", "1", "yes":
		return true
	}
	return false
}

func setInt(to *int, s string) {
	if n, ok := integer(s); ok && n >= 0 {
		*to = n
	}
}

// setNumber takes ordinals; negative ones mean "none".
func setNumber(to *library.Number, s string) {
	if n, ok := integer(s); ok && n >= 0 && n < 1e6 {
		*to = library.Num(n)
	}
}

func setYear(to *int, s string) {
	if len(s) > 4 {
		s = s[:4]
	}
	if n, ok := integer(s); ok && n >= 1000 && n < 3000 {
		*to = n
	}
}

// setScore takes a score out of top. One beyond it out of 10 is taken for a
// percentage.
func setScore(to *float32, s string, top float64) {
	if i := strings.IndexByte(s, '/'); i > 0 { // "7.5/10"
		setScaled(to, float(s[:i]), float(s[i+1:]), top)
		return
	}
	v := float(s)
	if v > top && v <= 100 {
		v = v * top / 100
	}
	setScaled(to, v, top, top)
}

// setScaled converts a score out of max into one out of top.
func setScaled(to *float32, v, max, top float64) {
	if max <= 0 {
		max = 10
	}
	if v = v * top / max; v > 0 && v <= top {
		*to = float32(math.Round(v*100) / 100)
	}
}

func setDuration(to *time.Duration, d time.Duration) {
	if d > 0 {
		*to = d
	}
}

func setIfZero(to *time.Duration, d time.Duration) {
	if *to == 0 {
		*to = d
	}
}

func setIfEmpty(to *string, s string) {
	if *to == "" {
		*to = s
	}
}

// maxRuntime drops lengths that only a mistake can explain.
const maxRuntime = 1000 * time.Hour

// minutes reads a running time: "120", "120 min", "2h 5m", "1:45:00".
func minutes(s string) time.Duration {
	s = strings.ToLower(strings.TrimSpace(s))
	if strings.Contains(s, ":") {
		return clock(s)
	}
	total, n, digits := time.Duration(0), 0.0, false
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c >= '0' && c <= '9':
			j := i
			for j < len(s) && (s[j] >= '0' && s[j] <= '9' || s[j] == '.' || s[j] == ',') {
				j++
			}
			n, digits = float(s[i:j]), true
			i = j
			continue
		case digits && c == 'h':
			total += scaled(n, time.Hour)
			digits = false
		case digits && c == 'm':
			total += scaled(n, time.Minute)
			digits = false
		case digits && c == 's':
			total += scaled(n, time.Second)
			digits = false
		}
		i++
	}
	if digits {
		total += scaled(n, time.Minute)
	}
	return within(total)
}

func scaled(n float64, unit time.Duration) time.Duration {
	if n < 0 || n*float64(unit) > float64(maxRuntime) {
		return 0
	}
	return time.Duration(n * float64(unit))
}

func seconds(s string) time.Duration { return within(scaled(float(s), time.Second)) }

// clock reads "h:mm:ss" and "m:ss"; a number alone is seconds.
func clock(s string) time.Duration {
	total := time.Duration(0)
	parts := strings.Split(strings.TrimSpace(s), ":")
	if len(parts) > 3 {
		return 0
	}
	for _, p := range parts {
		total = total*60 + scaled(float(p), time.Second)
	}
	return within(total)
}

func within(d time.Duration) time.Duration {
	if d < 0 || d > maxRuntime {
		return 0
	}
	return d
}

func add(to *[]string, s string) {
	if s == "" || len(*to) >= maxList {
		return
	}
	if len(*to) < 200 {
		for _, have := range *to {
			if have == s {
				return
			}
		}
	}
	*to = append(*to, s)
}

func addSplit(to *[]string, s, sep string) {
	for _, v := range strings.Split(s, sep) {
		add(to, strings.TrimSpace(v))
	}
}

func addTo[T any](to *[]T, v T) {
	if len(*to) < maxList {
		*to = append(*to, v)
	}
}
