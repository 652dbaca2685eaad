package fetch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"sett/node/metadata/provider"
)

// freshFor is how long a kept answer is used without asking.
const freshFor = 24 * time.Hour

// JSON reads the answer of a URL into v. provider.ErrNotFound, ErrBadKey, ErrOffline and
// *Busy are the errors to expect.
func (c *Client) JSON(ctx context.Context, url string, v any) error {
	kept, ok := c.cache.read(url)
	if ok && time.Since(kept.Fetched) < freshFor && json.Unmarshal(kept.body, v) == nil {
		return nil
	}
	var got answer
	err := c.try(ctx, func() error {
		var err error
		if got, err = c.get(ctx, url, "application/json", maxJSON, kept); err != nil {
			return err
		}
		if got.unchanged {
			got.body = kept.body
		}
		if err := json.Unmarshal(got.body, v); err != nil {
			c.cache.remove(url)
			kept = entry{}
			return &failure{err: fmt.Errorf("what came is no JSON: %w", err)}
		}
		return nil
	})
	var busy *Busy
	if errors.As(err, &busy) && ok && json.Unmarshal(kept.body, v) == nil {
		return nil // old news are better than none
	}
	if err != nil {
		return err
	}
	if err := c.cache.write(url, got.entry()); err != nil {
		c.opt.Log.Debug("an answer could not be kept", "provider", c.opt.Name, "err", err)
	}
	return nil
}

// failure is an error that may pass: the request is tried again.
type failure struct {
	err  error
	wait time.Duration // 0: as the client thinks fit
}

func (f *failure) Error() string { return f.err.Error() }
func (f *failure) Unwrap() error { return f.err }

// try makes a request up to a few times.
func (c *Client) try(ctx context.Context, request func() error) error {
	for n := 1; ; n++ {
		if err := c.admit(ctx); err != nil {
			return err
		}
		err := request()
		var f *failure
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.As(err, &f):
			c.failed(f.err, f.wait)
		case err == nil, errors.Is(err, provider.ErrNotFound):
			c.succeeded()
			return err
		default:
			return err
		}
		if n == attempts {
			return c.busy()
		}
	}
}

// answer is what came back.
type answer struct {
	url, etag, modified string
	body                []byte
	unchanged           bool
}

func (a answer) entry() entry {
	return entry{URL: a.url, ETag: a.etag, Modified: a.modified, Fetched: time.Now(), body: a.body}
}

// get makes one request.
func (c *Client) get(ctx context.Context, url, accept string, most int64, kept entry) (answer, error) {
	ctx, cancel := context.WithTimeout(ctx, c.opt.Timeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return answer{}, fmt.Errorf("%w: %v", ErrForbidden, plain(err))
	}
	if err := c.allowed(r); err != nil {
		return answer{}, err
	}
	r.Header.Set("Accept", accept)
	r.Header.Set("User-Agent", c.opt.UserAgent)
	if kept.ETag != "" {
		r.Header.Set("If-None-Match", kept.ETag)
	} else if kept.Modified != "" {
		r.Header.Set("If-Modified-Since", kept.Modified)
	}
	if c.opt.Sign != nil {
		c.opt.Sign(r)
	}
	resp, err := c.http.Do(r)
	if err != nil {
		if errors.Is(err, ErrForbidden) {
			return answer{}, plain(err)
		}
		return answer{}, &failure{err: plain(err)}
	}
	defer resp.Body.Close()
	if err := c.judge(resp); err != nil {
		return answer{}, err
	}
	a := answer{url: url, etag: resp.Header.Get("ETag"), modified: resp.Header.Get("Last-Modified")}
	if resp.StatusCode == http.StatusNotModified {
		a.etag, a.modified, a.unchanged = kept.ETag, kept.Modified, true
		return a, nil
	}
	a.body, err = bounded(resp, most)
	return a, err
}

// judge turns a status into an error.
func (c *Client) judge(resp *http.Response) error {
	code := resp.StatusCode
	switch {
	case code == http.StatusOK, code == http.StatusNotModified && resp.Request.Header.Get("If-None-Match")+resp.Request.Header.Get("If-Modified-Since") != "":
		return nil
	case code == http.StatusNotFound, code == http.StatusGone:
		return provider.ErrNotFound
	case code == http.StatusUnauthorized:
		return c.refused()
	case code == http.StatusTooManyRequests, code == http.StatusRequestTimeout, code >= 500:
		return &failure{fmt.Errorf("it answers %d", code), retryAfter(resp.Header.Get("Retry-After"))}
	}
	return fmt.Errorf("%w: it answers %d", ErrAnswer, code)
}

// retryAfter reads seconds or a date; 0 for neither.
func retryAfter(s string) time.Duration {
	if n, err := strconv.Atoi(s); err == nil && n >= 0 {
		return min(time.Duration(min(n, 1<<30))*time.Second, maxWait)
	}
	if t, err := http.ParseTime(s); err == nil {
		return max(0, time.Until(t))
	}
	return 0
}

// bounded reads a body of at most most bytes.
func bounded(resp *http.Response, most int64) ([]byte, error) {
	if resp.ContentLength > most {
		return nil, fmt.Errorf("%w: %d bytes", ErrTooLarge, resp.ContentLength)
	}
	b, err := io.ReadAll(io.LimitReader(resp.Body, most+1))
	if int64(len(b)) > most {
		return nil, fmt.Errorf("%w: over %d bytes", ErrTooLarge, most)
	}
	if err != nil {
		return nil, &failure{err: fmt.Errorf("the answer breaks off: %w", plain(err))}
	}
	return b, nil
}
