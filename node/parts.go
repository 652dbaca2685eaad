package node

import (
	"context"
	"log/slog"
	"net/netip"
	"path/filepath"
	"runtime"
	"sync"

	"sett/lan"
	"sett/node/account"
	"sett/node/config"
	"sett/node/control"
	"sett/node/library"
	"sett/node/metadata"
	"sett/node/origin"
	"sett/node/preview"
	"sett/node/scan"
	"sett/node/store"
	"sett/streaming/decide"
	"sett/tunnel/tailnet"
)

// parts remembers how each supervised part fares. The zero value is ready.
type parts struct {
	mu  sync.Mutex
	err map[string]error
}

// report logs the first of each failure: a part that fails again the same way every
// minute does not fill the disk.
func (p *parts) report(log *slog.Logger) func(string, error) {
	return func(name string, err error) {
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.err == nil {
			p.err = map[string]error{}
		}
		last := p.err[name]
		if err == nil {
			return // started, which says nothing yet
		}
		p.err[name] = err
		if last == nil || last.Error() != err.Error() {
			log.Warn("a part of the node stopped and will be started again", "part", name, "err", err)
		}
	}
}

func accountOptions(cfg config.Config, s *store.Store, log *slog.Logger) account.Options {
	return account.Options{People: cfg.Tailnet.People, Log: log.With("part", "account"), LibraryID: func(name string) (library.ID, bool) {
		for _, card := range s.View().Libraries(library.Viewer{}) {
			if library.Fold(card.Name) == library.Fold(name) {
				return card.ID, true
			}
		}
		return library.ID{}, false
	}}
}

func libraries(cfg config.Config) []scan.Library {
	var out []scan.Library
	for _, l := range cfg.Libraries {
		out = append(out, scan.Library{Name: l.Name, Kind: l.Kind, Paths: l.Paths})
	}
	return out
}

// picturesDir keeps pictures that providers gave: kept with the data, because a
// provider may be gone tomorrow.
func picturesDir(cfg config.Config) string { return filepath.Join(cfg.DataDir, "pictures") }

// newFetcher asks online providers in the background, if the owner chose any.
func (n *Node) newFetcher() *metadata.Fetcher {
	c := n.cfg.Metadata
	return metadata.New(metadata.Options{
		Store: n.store, Providers: metadata.Providers{Enabled: c.Providers, TMDBKey: c.TMDBKey.Reveal, Language: c.Language},
		CacheDir: n.cfg.CacheDir, Pictures: picturesDir(n.cfg), Online: func() bool { return c.Online }, Log: n.log.With("part", "metadata"),
	})
}

// newPreviews prepares trickplay pictures and media segments while nobody plays.
func (n *Node) newPreviews() *preview.Previews {
	c := n.cfg.Previews
	return preview.New(preview.Options{
		Store: n.store, Trickplay: c.Trickplay, Segments: c.Segments, Quota: int64(c.TrickplayGB) << 30,
		SheetDir: filepath.Join(n.cfg.DataDir, "trickplay"), CacheDir: n.cfg.CacheDir, Log: n.log.With("part", "previews"),
		Busy: func() bool {
			_, scanning := n.scanner.Progress()
			return scanning || n.api.Playing() || n.streams.Stats().Conversions > 0
		},
	})
}

// conversions is how many may run at once: as set, else one for every two cores.
func conversions(set int) int {
	if set > 0 {
		return set
	}
	return max(1, runtime.NumCPU()/2)
}

// refreshItem reads an item anew: its files, and what providers know of it.
func (n *Node) refreshItem(id library.ID, replace bool) {
	if replace {
		if err := n.facts.Forget(context.Background(), id); err != nil {
			n.log.Warn("what providers said of an item could not be forgotten", "err", err)
		}
	}
	n.facts.Enqueue(id)
	n.scanner.Request()
}

func (n *Node) newTailnet() *tailnet.Tunnel {
	c := n.cfg.Tailnet
	return tailnet.New(tailnet.Config{
		Hostname: c.Hostname, AuthKey: c.AuthKey.Reveal(), ControlURL: c.ControlURL, StateDir: c.StateDir, Tags: c.Tags,
		HTTPPorts: []uint16{80, 8096}, CapabilityName: c.Capability, LogUpload: c.LogUpload,
		OnLink: onLink(n.network), OnStatus: n.announceTunnel,
	}, n.log.With("part", "tailnet"))
}

// onLink lets the tailnet tell that a peer is at home, without importing lan.
func onLink(n *lan.Network) func(addr netip.Addr) bool {
	return func(addr netip.Addr) bool {
		_, ok := n.AddressFor(addr)
		return ok
	}
}

// limits are what a road allows where nobody set anything: all of it at home, what a
// relay can carry over a relay, and the person's own limit away from home.
func limits(at origin.Origin, u account.User) decide.Limits {
	if at.Zone.AtHome() {
		return decide.Limits{}
	}
	var l decide.Limits
	if u.MaxBitrate > 0 {
		l.MaxBitrate = int64(u.MaxBitrate)
	}
	p, err := at.Peer()
	if err != nil || p.Path == nil {
		return l
	}
	switch p.Path().Kind {
	case origin.PathLAN:
		return decide.Limits{}
	case origin.PathDERP:
		l.MaxBitrate = lower(l.MaxBitrate, derpBitrate)
	}
	return l
}

// derpBitrate is what relays carry without stalling, as people report it.
const derpBitrate = 4_000_000

func lower(a, b int64) int64 {
	if a == 0 || b < a {
		return b
	}
	return a
}

func progressOf(s *scan.Scanner) func() control.Progress {
	return func() control.Progress {
		st := s.State()
		return control.Progress{Percent: st.Percent(), Folder: st.Folder, Files: st.Found + st.Read, PerSecond: st.PerSecond, Remaining: st.Remaining}
	}
}
