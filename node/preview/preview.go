// Package preview prepares, in the background, what makes looking around in films
// pleasant: trickplay pictures, and where intros and credits are. It decides what is
// due and remembers what was found; how it is found is in streaming/trickplay and
// streaming/segment, and how clients ask for it in node/jellyfin.
//
// One thing is done at a time, at the lowest priority, and nothing while somebody
// plays. All of it can be cut off at any time and goes on at the next start.
package preview

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"sett/node/library"
	"sett/node/store"
	"sett/streaming/cache"
	"sett/streaming/ffmpeg"
	"sett/streaming/segment"
	"sett/streaming/trickplay"
)

// Options say what a Previews works with.
type Options struct {
	Store     *store.Store
	Trickplay bool   // make trickplay pictures
	Segments  bool   // look for intros, credits and the like
	SheetDir  string // trickplay pictures: in the data folder, for they are dear to make
	CacheDir  string // fingerprints; may be emptied at any time
	Quota     int64  // bytes of trickplay pictures; 0: 10 GiB
	Log       *slog.Logger

	// Busy reports whether somebody plays; nil: nobody ever does. It is asked often.
	Busy func() bool
	// Settle is how long an item that changed is left alone, as files are still being
	// copied. 0: 1 min.
	Settle time.Duration
	Layout trickplay.Layout // zero: the usual
}

// Previews prepares and hands out. Safe for concurrent use.
type Previews struct {
	opt    Options
	table  store.Table[record]
	sheets atomic.Pointer[trickplay.Store] // nil until Run opened it

	mu    sync.RWMutex
	known map[library.ID]bool // items with segments

	// Of Run alone.
	tools  *ffmpeg.Tools
	quiet  ffmpeg.Quiet
	prints *cache.Cache
	listen bool // this ffmpeg can fingerprint
	full   bool // the quota is used up
}

const (
	defaultQuota  = 10 << 30
	defaultSettle = time.Minute
)

// New makes a Previews that has nothing to hand out until it runs.
func New(o Options) *Previews {
	if o.Quota <= 0 {
		o.Quota = defaultQuota
	}
	if o.Settle <= 0 {
		o.Settle = defaultSettle
	}
	if o.Layout == (trickplay.Layout{}) {
		o.Layout = trickplay.Usual()
	}
	if o.Busy == nil {
		o.Busy = func() bool { return false }
	}
	return &Previews{opt: o, table: store.TableOf[record](o.Store, "previews"), known: map[library.ID]bool{}}
}

// record is what is known of one item. Its key is the item's id.
type record struct {
	Sheets   map[string]attempt `json:",omitempty"` // by source id: what the last try came to
	Identity string             `json:",omitempty"` // of the file the segments are of
	Looked   string             `json:",omitempty"` // what was looked for, and in which company
	Dark     bool               `json:",omitempty"` // the end was looked at
	Segments []segment.Segment  `json:",omitempty"`
}

// attempt is a try that is not worth repeating with the same file.
type attempt struct{ Identity, Problem string }

// Identity changes when a source's file does.
func Identity(src *library.Source) string {
	return library.NewID("file", strconv.FormatInt(src.Size, 10), strconv.FormatInt(src.Modified.UnixNano(), 10)).String()[:16]
}

// Trickplay lists the finished sheets of an item.
func (p *Previews) Trickplay(item library.ID) []trickplay.Set {
	if p == nil {
		return nil
	}
	s := p.sheets.Load()
	if s == nil {
		return nil
	}
	return s.Of(item)
}

// Sheet opens one sheet; the caller closes it. The error is fs.ErrNotExist for one
// that is not there.
func (p *Previews) Sheet(set trickplay.Set, n int) (*os.File, error) {
	s := p.sheets.Load()
	if s == nil {
		return nil, fs.ErrNotExist
	}
	return s.Open(set, n)
}

// Segments are the parts of an item's main version, in the order of time.
func (p *Previews) Segments(it *library.Item) ([]segment.Segment, error) {
	if p == nil || len(it.Sources) == 0 || !p.HasSegments(it.ID) {
		return nil, nil
	}
	r, err := p.record(it.ID)
	if err != nil || r.Identity != Identity(&it.Sources[0]) {
		return nil, err
	}
	return r.Segments, nil
}

// HasSegments reports whether an item has segments, or had before its file changed.
func (p *Previews) HasSegments(item library.ID) bool {
	if p == nil {
		return false
	}
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.known[item]
}

// record reads what is known of an item; of one without a record, nothing.
func (p *Previews) record(id library.ID) (record, error) {
	r, err := p.table.Get(id.String())
	if errors.Is(err, store.ErrNotFound) {
		return record{}, nil
	}
	return r, err
}

// update changes what is known of an item.
func (p *Previews) update(ctx context.Context, id library.ID, change func(*record)) error {
	r, err := p.table.Update(ctx, id.String(), func(r record, _ bool) (record, error) {
		change(&r)
		return r, nil
	})
	if err != nil {
		return err
	}
	p.note(id, len(r.Segments) > 0)
	return nil
}

func (p *Previews) note(id library.ID, has bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if has {
		p.known[id] = true
	} else {
		delete(p.known, id)
	}
}

// forget drops all of an item that is gone.
func (p *Previews) forget(ctx context.Context, id library.ID) error {
	p.note(id, false)
	p.full = false
	return errors.Join(
		p.sheets.Load().Keep(id, func(trickplay.Set) bool { return false }),
		p.table.Delete(ctx, id.String()),
	)
}
