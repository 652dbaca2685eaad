package naming

import (
	"strings"
	"testing"
	"time"
)

func TestLongNamesAreReadInBoundedTime(t *testing.T) {
	const length = 4096 // the longest path most systems allow
	for _, unit := range []string{"[", "[]", "[a]", "(", "{a-b}", "[tmdb-", "s1", "s01e01", "1x", "1 - ", "2013-", "20", " 2013", "e1-", "tt1234567", "-", ".", "part ", "第1", "É", "a.b", "season 1 ", "[2013"} {
		name := strings.Repeat(unit, length/len(unit))
		began := time.Now()
		const rounds = 5
		for range rounds {
			Video(name + ".mkv")
			Episode("x/"+name+".mkv", EpisodeOptions{Series: name})
			Season(name, name)
			Series(name)
			Book(name)
			Subtitle("x", "x."+name+".srt")
			Films(name, []string{name + "cd1.avi", name + "cd2.avi"})
		}
		if took := time.Since(began) / rounds; took > time.Second {
			t.Errorf("%q repeated: %v", unit, took)
		}
	}
}
