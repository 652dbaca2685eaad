package fetch

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestOnlyTheInternetIsPublic(t *testing.T) {
	for addr, want := range map[string]bool{
		"93.184.216.34": true, "1.1.1.1": true, "2606:4700::1111": true, "64:ff9b::101:101": true, "::ffff:1.1.1.1": true, "2002:101:101::1": true,
		"127.0.0.1": false, "127.9.9.9": false, "0.0.0.0": false, "0.1.2.3": false, "10.1.2.3": false, "172.16.0.1": false, "172.31.255.255": false,
		"192.168.1.1": false, "169.254.169.254": false, "169.254.1.1": false, "100.64.0.1": false, "100.100.100.200": false, "100.127.255.255": false,
		"192.0.0.192": false, "192.0.2.1": false, "198.18.0.1": false, "198.51.100.1": false, "203.0.113.9": false, "224.0.0.1": false, "240.0.0.1": false,
		"255.255.255.255": false, "::": false, "::1": false, "::ffff:127.0.0.1": false, "::ffff:10.0.0.1": false, "fe80::1": false, "fe80::1%eth0": false,
		"fc00::1": false, "fd00:ec2::254": false, "fd7a:115c:a1e0::1": false, "ff02::1": false, "2001:db8::1": false, "2001::1": false,
		"64:ff9b::a00:1": false, "64:ff9b::7f00:1": false, "2002:a00:1::1": false, "64:ff9b:1::1": false, "::7f00:1": false, "fec0::1": false,
	} {
		if got := Public(netip.MustParseAddr(addr)); got != want {
			t.Errorf("%s is public: %v", addr, got)
		}
	}
	for address, want := range map[string]bool{"1.1.1.1:443": true, "1.1.1.1:80": false, "1.1.1.1:53": false, "[2606:4700::1111]:443": true, "[::1]:443": false, "x": false} {
		if err := checkAddress(address); (err == nil) != want {
			t.Errorf("%s: %v", address, err)
		}
	}
}

// answers is a transport that answers at once, from memory.
type answers func(*http.Request) *http.Response

func (f answers) RoundTrip(r *http.Request) (*http.Response, error) {
	resp := f(r)
	resp.Request = r
	return resp, nil
}

func say(code int, body string, header ...string) *http.Response {
	h := http.Header{}
	for i := 0; i+1 < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	return &http.Response{StatusCode: code, Header: h, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body))}
}

func inMemory(opt Options, f answers) *Client {
	opt.Hosts = []string{"x.example"}
	c := New(opt)
	c.http.Transport = f
	return c
}

func TestRequestsKeepTheProvidersPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var at []time.Duration
		begun := time.Now()
		c := inMemory(Options{Every: time.Second}, func(*http.Request) *http.Response {
			at = append(at, time.Since(begun))
			return say(200, `{}`)
		})
		for range 4 {
			if err := c.JSON(context.Background(), "https://x.example/a", &struct{}{}); err != nil {
				t.Fatal(err)
			}
		}
		for i, d := range at {
			if d != time.Duration(i)*time.Second {
				t.Errorf("requests came at %v", at)
				break
			}
		}
		ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
		defer cancel()
		var busy *Busy
		if err := c.JSON(ctx, "https://x.example/a", &struct{}{}); !errors.As(err, &busy) || len(at) != 4 {
			t.Errorf("whoever cannot wait is told %v", err)
		}
	})
}

func TestRetryAfterIsHonouredToTheSecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var at []time.Duration
		begun := time.Now()
		c := inMemory(Options{Every: time.Millisecond, Burst: 10}, func(*http.Request) *http.Response {
			at = append(at, time.Since(begun))
			switch len(at) {
			case 1:
				return say(429, "", "Retry-After", "17")
			case 2:
				return say(503, "", "Retry-After", begun.Add(40*time.Second).UTC().Format(http.TimeFormat))
			}
			return say(200, `{}`)
		})
		if err := c.JSON(context.Background(), "https://x.example/a", &struct{}{}); err != nil {
			t.Fatal(err)
		}
		if len(at) != 3 || at[1] != 17*time.Second || at[2] != 40*time.Second {
			t.Errorf("requests came at %v", at)
		}
	})
}

func TestFailuresAreAnsweredByLongerAndLongerWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var at []time.Time
		fail := true
		c := inMemory(Options{Every: time.Millisecond, Burst: 10}, func(*http.Request) *http.Response {
			at = append(at, time.Now())
			if fail {
				return say(503, "")
			}
			return say(200, `{}`)
		})
		var busy *Busy
		for range 6 {
			err := c.JSON(context.Background(), "https://x.example/a", &struct{}{})
			if !errors.As(err, &busy) {
				t.Fatal(err)
			}
			if st := c.Status(); !st.Paused.Equal(busy.Until) || st.Problem == "" {
				t.Fatalf("status %+v", st)
			}
			time.Sleep(time.Until(busy.Until))
		}
		last := time.Duration(0)
		for i := 1; i < len(at); i++ {
			gap := at[i].Sub(at[i-1])
			if gap < last || gap > 5*time.Minute {
				t.Fatalf("request %d came %v after the one before, which had waited %v", i, gap, last)
			}
			last = gap
		}
		if last != 5*time.Minute || at[1].Sub(at[0]) != 2*time.Second {
			t.Errorf("the waits end at %v", last)
		}
		fail = false
		if err := c.JSON(context.Background(), "https://x.example/a", &struct{}{}); err != nil || c.Status().Problem != "" {
			t.Error(err, c.Status())
		}
	})
}

func TestANewDayHasANewBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		c := inMemory(Options{Every: time.Millisecond, PerDay: 1}, func(*http.Request) *http.Response { n++; return say(200, `{}`) })
		ask := func() error { return c.JSON(context.Background(), "https://x.example/a", &struct{}{}) }
		if err := ask(); err != nil {
			t.Fatal(err)
		}
		var busy *Busy
		if err := ask(); !errors.As(err, &busy) {
			t.Fatal(err)
		}
		time.Sleep(24 * time.Hour)
		if err := ask(); err != nil || n != 2 {
			t.Error(err, n)
		}
	})
}
