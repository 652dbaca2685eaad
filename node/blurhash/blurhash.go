// Package blurhash keeps a blurhash for every picture of the library: the few letters
// from which clients paint a blur while the picture loads.
//
// The hashes live beside the items, keyed by the pictures' tags, so that making them in
// the background never rewrites an item. Making one picture's hash is streaming/image's
// work; putting them into answers is node/jellyfin's.
package blurhash

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"sett/node/library"
	"sett/node/store"
	"sett/streaming/image"
)

// perSecond bounds how many pictures are decoded, a few milliseconds each: this is
// the least urgent work of the node.
const perSecond = 20

// shards is how many rows the hashes are kept in, by the first byte of the item's id:
// one write for many hashes.
const shards = 256

// Hashes are the known hashes. Make them with Open; Get may be called at any time.
type Hashes struct {
	store *store.Store
	maker *image.Maker
	log   *slog.Logger
	table store.Table[map[string]string]

	mu    sync.RWMutex
	known map[string]string // picture tag → hash; "" for a picture that has none
}

// Open reads the hashes that are kept.
func Open(s *store.Store, m *image.Maker, log *slog.Logger) (*Hashes, error) {
	h := &Hashes{store: s, maker: m, log: log, table: store.TableOf[map[string]string](s, "blurhash"), known: map[string]string{}}
	err := h.table.Each(func(_ string, row map[string]string) error {
		maps.Copy(h.known, row)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading the blurhashes: %w", err)
	}
	return h, nil
}

// Get is the hash of the picture with a tag, "" while there is none.
func (h *Hashes) Get(tag string) string {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return h.known[tag]
}

// Run makes hashes for new pictures until ctx ends.
func (h *Hashes) Run(ctx context.Context) error {
	changed, stop := h.store.Subscribe()
	defer stop()
	pace := rate.NewLimiter(perSecond, 1)
	for {
		if err := h.pass(ctx, pace); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-changed:
		}
		settle := time.NewTimer(5 * time.Second) // changes come in bursts
		select {
		case <-ctx.Done():
			settle.Stop()
			return ctx.Err()
		case <-settle.C:
		}
	}
}

// pass makes what is missing and forgets what no picture has any more.
func (h *Hashes) pass(ctx context.Context, pace *rate.Limiter) error {
	var rows [shards][]*library.Card
	h.store.View().Each(func(c *library.Card) bool {
		if len(c.Images) > 0 {
			rows[c.ID[0]] = append(rows[c.ID[0]], c)
		}
		return true
	})
	for i, cards := range rows {
		if err := h.row(ctx, pace, i, cards); err != nil {
			return err
		}
	}
	return nil
}

func (h *Hashes) row(ctx context.Context, pace *rate.Limiter, i int, cards []*library.Card) error {
	row, fresh := map[string]string{}, false
	for _, c := range cards {
		for _, im := range c.Images {
			h.mu.RLock()
			hash, ok := h.known[im.Tag]
			h.mu.RUnlock()
			if !ok {
				if err := pace.Wait(ctx); err != nil {
					return err
				}
				hash, fresh = h.make(ctx, c.ID, im.Tag), true
			}
			row[im.Tag] = hash
		}
	}
	if err := ctx.Err(); err != nil || !fresh {
		return err
	}
	if err := h.table.Put(ctx, fmt.Sprintf("%02x", i), row); err != nil {
		return fmt.Errorf("keeping blurhashes: %w", err)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	maps.Copy(h.known, row)
	return nil
}

// make is "" for a picture that cannot be read: it is not tried again until it changes.
func (h *Hashes) make(ctx context.Context, id library.ID, tag string) string {
	item, err := h.store.Item(id)
	if err != nil {
		return ""
	}
	for _, im := range item.Images {
		if im.Tag != tag {
			continue
		}
		_, _, hash, err := h.maker.Describe(ctx, im)
		if err != nil {
			h.log.Debug("no blurhash for a picture", "path", im.Path, "err", err)
		}
		return hash
	}
	return ""
}
