package supervise

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

var errBoom = errors.New("boom")

// journal collects what a Group reports. Groups report from many goroutines.
type journal struct{ lines chan string }

func newJournal() *journal { return &journal{make(chan string, 1000)} }

func (j *journal) report(name string, err error) {
	if err == nil {
		j.lines <- name + " starts"
		return
	}
	first, _, _ := strings.Cut(err.Error(), "\n")
	j.lines <- name + ": " + first
}

func (j *journal) all() string {
	close(j.lines)
	var out []string
	for l := range j.lines {
		out = append(out, l)
	}
	return strings.Join(out, "; ")
}

func waits(ctx context.Context) error {
	<-ctx.Done()
	return ctx.Err()
}

func TestKeepOutlivesFailureMustDoesNot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start, tries := time.Now(), 0
		g := New(t.Context(), func(string, error) {})
		g.Keep("tailnet", func(context.Context) error { tries++; return errBoom })
		g.Must("lan", func(ctx context.Context) error {
			select {
			case <-time.After(10 * time.Second):
				return errBoom
			case <-ctx.Done():
				return ctx.Err()
			}
		})
		err := g.Wait()
		if !errors.Is(err, errBoom) || !strings.HasPrefix(err.Error(), "lan: ") {
			t.Fatal(err)
		}
		if d := time.Since(start); tries != 4 || d != 10*time.Second { // at 0, 1, 3 and 7 s
			t.Fatal(tries, d)
		}
	})
}

func TestTheEndOfTheContextIsNoFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		j := newJournal()
		g := New(ctx, j.report)
		g.Must("lan", waits)
		g.Keep("tailnet", waits)
		synctest.Wait()
		cancel()
		if err := g.Wait(); err != nil {
			t.Fatal(err)
		}
		if got := j.all(); strings.Contains(got, ":") {
			t.Errorf("reported %s", got)
		}
	})
}

func TestAPartThatFailsWhileEveryoneStopsIsHeard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		g := New(ctx, func(string, error) {})
		g.Must("store", func(ctx context.Context) error { <-ctx.Done(); return errBoom })
		cancel()
		if err := g.Wait(); !errors.Is(err, errBoom) {
			t.Fatal(err)
		}
	})
}

func TestReturningNilIsStoppingByItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := New(t.Context(), func(string, error) {})
		g.Must("lan", func(context.Context) error { return nil })
		if err := g.Wait(); !errors.Is(err, ErrStopped) {
			t.Fatal(err)
		}
	})
}

func TestAPanicIsTheErrorOfItsPartOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		j := newJournal()
		g := New(ctx, j.report)
		g.Keep("discovery", func(context.Context) error { panic("nil map") })
		g.Must("lan", waits)
		if err := g.Wait(); err != nil && !errors.Is(err, context.DeadlineExceeded) {
			t.Fatal(err)
		}
		if got := j.all(); strings.Count(got, "discovery: panic: nil map") != 2 {
			t.Errorf("reported %s", got)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		g := New(t.Context(), func(string, error) {})
		g.Must("store", func(context.Context) error { panic("nil map") })
		if err := g.Wait(); err == nil || !strings.Contains(err.Error(), "nil map") || !strings.Contains(err.Error(), "supervise_test.go") {
			t.Fatalf("the panic's place is lost: %v", err)
		}
	})
}

func TestADeadlineOfTheGroupIsNoFailureEither(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		g := New(ctx, func(string, error) {})
		g.Must("lan", waits)
		if err := g.Wait(); err != nil {
			t.Fatal(err)
		}
	})
}

func TestTheWaitGrowsToAMinuteAndALongRunResetsIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		start := time.Now()
		var at []time.Duration
		g := New(ctx, func(string, error) {})
		g.Keep("tailnet", func(context.Context) error {
			at = append(at, time.Since(start))
			switch len(at) {
			case 9:
				time.Sleep(2 * time.Minute) // a good run
			case 11:
				cancel()
			}
			return errBoom
		})
		if err := g.Wait(); err != nil {
			t.Fatal(err)
		}
		var waits []int
		for i := 1; i < len(at); i++ {
			waits = append(waits, int((at[i]-at[i-1])/time.Second))
		}
		want := []int{1, 2, 4, 8, 16, 32, 60, 60, 121, 2}
		for i := range want {
			if waits[i] != want[i] {
				t.Fatalf("waits are %v, want %v", waits, want)
			}
		}
	})
}

func TestNothingOfAGroupRunsAfterWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // fails when a goroutine of it is left
		ctx, cancel := context.WithCancel(t.Context())
		g := New(ctx, func(string, error) {})
		for range 20 {
			g.Keep("part", func(context.Context) error { return errBoom })
		}
		time.Sleep(90 * time.Second)
		cancel()
		if err := g.Wait(); err != nil {
			t.Fatal(err)
		}
	})
}
