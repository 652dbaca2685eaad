package store

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"sett/node/library"
)

const childDir = "SETT_STORE_TEST_CHILD"

var (
	child   = library.NewID("user", "child")
	watched = library.NewID("film", "watched")
)

// reopenedAsChild runs, in a process the test below started, a loop that saves positions
// and prints each one that was acknowledged, until it is killed.
func reopenedAsChild() bool {
	dir := os.Getenv(childDir)
	if dir == "" {
		return false
	}
	s, err := Open(context.Background(), dir, Options{})
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	for pos := s.State(child).Get(watched).Position + 1; ; pos++ {
		_, err := s.UpdateUserData(context.Background(), child, watched, func(u library.UserData) library.UserData {
			u.Position = pos
			return u
		})
		if err == nil && pos%50 == 0 {
			err = s.Apply(context.Background(), library.Put(film(fmt.Sprint(pos))))
		}
		if err != nil {
			fmt.Println("error", err)
			os.Exit(1)
		}
		fmt.Println(int64(pos))
	}
}

func TestAKilledProcessLosesNothingItAcknowledged(t *testing.T) {
	dir := t.TempDir()
	for round := range 3 {
		last := killAfter(t, dir, 120+round*37)
		s, err := Open(context.Background(), dir, Options{})
		if err != nil {
			t.Fatal(err)
		}
		got := int64(s.State(child).Get(watched).Position)
		if got < last || got > last+1 {
			t.Errorf("round %d: acknowledged %d, found %d", round, last, got)
		}
		for pos := int64(50); pos < last; pos += 50 {
			if _, ok := s.View().Card(film(strconv.FormatInt(pos, 10)).ID); !ok {
				t.Errorf("round %d: the film of %d is gone", round, pos)
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// killAfter kills the child with SIGKILL once it has acknowledged n positions, and returns
// the last one it printed before it died.
func killAfter(t *testing.T, dir string, n int) int64 {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0])
	cmd.Env = append(os.Environ(), childDir+"="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var last int64
	lines := bufio.NewScanner(out)
	for i := 0; lines.Scan(); i++ {
		if strings.HasPrefix(lines.Text(), "error") {
			t.Fatal(lines.Text())
		}
		last, err = strconv.ParseInt(lines.Text(), 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		if i == n {
			cmd.Process.Kill() // and read on: what was printed was acknowledged
		}
	}
	if err := cmd.Wait(); err == nil {
		t.Fatal("the child ended by itself")
	}
	if last < int64(n) {
		t.Fatalf("the child acknowledged only %d", last)
	}
	return last
}
