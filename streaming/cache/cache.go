// Package cache keeps files made from media (an extracted subtitle, a resized
// picture) on disk: each is made once, however many ask for it, and the least
// recently used go when a quota is reached. Everything in it can be made again.
//
// What the files hold is the business of those who make them.
package cache

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// Cache is one folder of files. Two Caches must not share one.
type Cache struct {
	dir   string
	quota int64

	mu      sync.Mutex
	entries map[string]*entry
	bytes   int64
	making  map[string]*making
	count   int // of files ever begun, for their temporary names
}

type entry struct {
	size int64
	used time.Time
}

// making is a file somebody waits for.
type making struct {
	waiting int
	cancel  context.CancelFunc
	done    chan struct{}
	err     error // valid once done is closed
}

// temporary is how the names of unfinished files begin.
const temporary = "new-"

// Open reads what an earlier process left in dir, which it makes if need be.
// Files over quota bytes in all are deleted, the least recently used first.
func Open(dir string, quota int64) (*Cache, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the cache folder: %w", err)
	}
	list, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("read the cache folder: %w", err)
	}
	c := &Cache{dir: dir, quota: quota, entries: make(map[string]*entry), making: make(map[string]*making)}
	for _, e := range list {
		fi, err := e.Info()
		switch {
		case err != nil || !fi.Mode().IsRegular():
		case strings.HasPrefix(e.Name(), temporary):
			_ = os.Remove(filepath.Join(dir, e.Name()))
		case len(e.Name()) == 2*sha256.Size:
			c.entries[e.Name()] = &entry{fi.Size(), fi.ModTime()}
			c.bytes += fi.Size()
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.shrinkLocked("")
	return c, nil
}

// File opens the file of a key, which fill writes to the given path when there is
// none yet; the caller closes it. The key must change when the result would. fill's
// context ends when nobody waits any more. Its error is returned as it is, and is
// not kept.
func (c *Cache) File(ctx context.Context, key string, fill func(ctx context.Context, path string) error) (*os.File, error) {
	sum := sha256.Sum256([]byte(key))
	name := hex.EncodeToString(sum[:])
	for {
		f, m, err := c.lookup(name, fill)
		if f != nil || err != nil {
			return f, err
		}
		select {
		case <-m.done:
			if m.err != nil && !(errors.Is(m.err, context.Canceled) && ctx.Err() == nil) {
				return nil, m.err
			}
		case <-ctx.Done():
			c.leave(m)
			return nil, context.Cause(ctx)
		}
	}
}

// lookup opens the file, or joins or begins its making.
func (c *Cache) lookup(name string, fill func(context.Context, string) error) (*os.File, *making, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.entries[name]; ok {
		f, err := os.Open(filepath.Join(c.dir, name))
		if err == nil {
			c.touchLocked(name, e)
			return f, nil, nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return nil, nil, fmt.Errorf("open a cached file: %w", err)
		}
		c.dropLocked(name) // somebody cleaned up by hand
	}
	if m, ok := c.making[name]; ok {
		m.waiting++
		return nil, m, nil
	}
	ctx, cancel := context.WithCancel(context.Background())
	m := &making{waiting: 1, cancel: cancel, done: make(chan struct{})}
	c.making[name] = m
	c.count++
	tmp := filepath.Join(c.dir, fmt.Sprintf("%s%d-%s", temporary, c.count, name[:8]))
	go c.fill(ctx, m, name, tmp, fill)
	return nil, m, nil
}

// leave ends the making when the last who waited for it goes.
func (c *Cache) leave(m *making) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if m.waiting--; m.waiting == 0 {
		m.cancel()
	}
}

// fill runs as long as somebody waits for it.
func (c *Cache) fill(ctx context.Context, m *making, name, tmp string, fill func(context.Context, string) error) {
	defer m.cancel()
	err := safely(ctx, tmp, fill)
	var size int64
	if err == nil {
		var fi fs.FileInfo
		if fi, err = os.Stat(tmp); err == nil {
			size, err = fi.Size(), os.Rename(tmp, filepath.Join(c.dir, name))
		}
	}
	if err != nil {
		_ = os.Remove(tmp)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if err == nil {
		c.entries[name] = &entry{size, time.Now()}
		c.bytes += size
		c.shrinkLocked(name)
	}
	m.err = err
	delete(c.making, name)
	close(m.done)
}

// safely keeps a parser's panic on one odd file from taking the node down.
func safely(ctx context.Context, path string, fill func(context.Context, string) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return fill(ctx, path)
}

// touchLocked notes use; on disk only now and then, for the next process.
func (c *Cache) touchLocked(name string, e *entry) {
	now := time.Now()
	if now.Sub(e.used) > time.Hour {
		_ = os.Chtimes(filepath.Join(c.dir, name), now, now)
	}
	e.used = now
}

func (c *Cache) dropLocked(name string) {
	c.bytes -= c.entries[name].size
	delete(c.entries, name)
	_ = os.Remove(filepath.Join(c.dir, name))
}

// shrinkLocked makes room, sparing the file just made. It goes well below the
// quota, so as not to search for the oldest at every file.
func (c *Cache) shrinkLocked(fresh string) {
	if c.bytes <= c.quota {
		return
	}
	names := make([]string, 0, len(c.entries))
	for name := range c.entries {
		if name != fresh {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, func(a, b string) int { return c.entries[a].used.Compare(c.entries[b].used) })
	for _, name := range names {
		if c.bytes <= c.quota/10*9 {
			return
		}
		c.dropLocked(name)
	}
}
