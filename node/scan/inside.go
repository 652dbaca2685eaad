package scan

import (
	"cmp"
	"context"
	"runtime"
	"time"

	"golang.org/x/sync/errgroup"

	"sett/node/library"
)

const (
	// saveEvery is how much work a kill may lose.
	saveEvery = 5 * time.Second
	// namesAtOnce is how long a first scan publishes names as it meets them. What it
	// meets later is read at once where that is quick.
	namesAtOnce = 100 * time.Millisecond
	// namesBy is how long people may have to wait for names while files are being read.
	// When it would be longer, names are shown, some at a time.
	namesBy      = time.Minute
	namesAtATime = 500
	namesEvery   = 100 * time.Millisecond
)

// reading is lookInside under way.
type reading struct {
	p     *pass
	g     *errgroup.Group
	ctx   context.Context
	slots chan struct{}
	next  int  // the job to begin
	named int  // the next job to show the names of, once reading is slow
	slow  bool // people would wait long
	began time.Time
	tick  *time.Ticker
}

// lookInside reads the facts of all files that need it.
func (p *pass) lookInside() error {
	p.looking = true
	p.s.progress.reading()
	r := &reading{p: p, began: time.Now(), slots: make(chan struct{}, runtime.NumCPU()), tick: time.NewTicker(namesEvery)}
	defer r.tick.Stop()
	r.g, r.ctx = errgroup.WithContext(p.ctx)
	p.saved = r.began
	atLeast := 2 * r.began.Sub(p.start) // so that many changes do not leave us walking for ever
	for r.next < len(p.jobs) {
		if r.ctx.Err() != nil {
			break
		}
		if time.Since(r.began) > atLeast && p.yield() {
			p.result.cut = true
			break
		}
		j := p.jobs[r.next]
		p.jobs[r.next] = nil // what is done with is let go of
		r.next++
		if err := r.begin(j); err != nil {
			return cmp.Or(r.g.Wait(), err)
		}
	}
	for i := range p.jobs[r.next:] { // cut off: at least their names
		if err := p.jobs[r.next+i].name(); err != nil {
			return cmp.Or(r.g.Wait(), err)
		}
	}
	if err := r.g.Wait(); err != nil {
		return err
	}
	return p.ctx.Err()
}

// wholeUnit is up to how many files a unit is read by one worker at one go.
const wholeUnit = 100

// begin hands a job to the workers: as a whole, or, so that one long series neither waits
// for a single worker nor shows nothing meanwhile, its stacks one by one.
func (r *reading) begin(j *job) error {
	if j.u.files() > wholeUnit {
		return r.pieces(j)
	}
	if err := r.slot(); err != nil {
		return err
	}
	r.g.Go(func() error {
		defer func() { <-r.slots }()
		return j.end(j.guarded(func() error { return r.whole(j) }))
	})
	return nil
}

// whole reads the files of a unit while it is built.
func (r *reading) whole(j *job) error {
	if err := r.ctx.Err(); err != nil {
		return err
	}
	j.load()
	n := 0
	j.look = func(s stack) *fact {
		r.p.s.progress.at(s)
		f := j.inside(r.ctx, s)
		if n++; n > j.unnamed && j.unnamed > 0 {
			r.p.s.progress.more(1)
		}
		r.p.s.progress.read()
		return f
	}
	err := j.finish()
	if n < j.unnamed {
		r.p.s.progress.more(n - j.unnamed)
	}
	j.unnamed, j.look = 0, nil
	if ctx := r.ctx.Err(); ctx != nil {
		return ctx
	}
	return err
}

// pieces hands the stacks of a job to the workers.
func (r *reading) pieces(j *job) error {
	var items []*library.Item
	err := j.guarded(func() (err error) {
		j.load()
		items, err = j.build(false)
		return err
	})
	if err != nil {
		return err
	}
	if j.unnamed > 0 {
		j.p.s.progress.more(len(j.need) - j.unnamed)
		j.unnamed = 0
	}
	need := j.need
	j.left, j.sentAt = len(need), time.Now()
	j.sent = make(map[library.ID]*library.Item)
	if j.hasRow() {
		for _, it := range items {
			j.sent[it.ID] = it
		}
	}
	if len(need) == 0 {
		return j.end(j.guarded(j.finish))
	}
	for _, s := range need {
		if err := r.slot(); err != nil {
			return err
		}
		r.g.Go(func() error {
			defer func() { <-r.slots }()
			return r.one(j, s)
		})
	}
	return nil
}

// slot waits for a free worker. When that goes on for long, it shows the names of what
// is not read yet.
func (r *reading) slot() error {
	for {
		select {
		case r.slots <- struct{}{}:
			return nil
		case <-r.ctx.Done():
			return r.ctx.Err()
		case <-r.tick.C:
			if err := r.nameSome(); err != nil {
				return err
			}
		}
	}
}

// nameSome publishes the names of some units that wait, if all would wait long.
func (r *reading) nameSome() error {
	st := r.p.s.State()
	if !r.slow {
		quick := st.Remaining > 0 && st.Remaining < namesBy
		r.slow = time.Since(r.began) > time.Second && !quick
	}
	if !r.slow {
		return nil
	}
	r.named = max(r.named, r.next)
	for n := 0; n < namesAtATime && r.named < len(r.p.jobs); n++ {
		if err := r.p.jobs[r.named].name(); err != nil {
			return err
		}
		r.named++
	}
	return nil
}

// name publishes the names of a unit that was left for later.
func (j *job) name() error {
	if j.unnamed == 0 || j.p.ctx.Err() != nil {
		return nil
	}
	return j.guarded(j.publishNames)
}

func (r *reading) one(j *job, s stack) error {
	return j.end(j.guarded(func() error {
		if err := r.ctx.Err(); err != nil {
			return err
		}
		r.p.s.progress.at(s)
		f := j.inside(r.ctx, s)
		r.p.s.progress.read()
		if err := r.ctx.Err(); err != nil {
			return err
		}
		return j.done(s, f)
	}))
}

// hasRow reports whether something of the unit was published.
func (j *job) hasRow() bool {
	j.p.mu.Lock()
	defer j.p.mu.Unlock()
	return j.u.root.rows.units[j.u.key()] != nil
}
