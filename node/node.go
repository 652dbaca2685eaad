package node

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"sett/lan"
	"sett/node/account"
	"sett/node/blurhash"
	"sett/node/config"
	"sett/node/guard"
	"sett/node/jellyfin"
	"sett/node/jellyfin/dto"
	"sett/node/metadata"
	"sett/node/preview"
	"sett/node/scan"
	"sett/node/store"
	"sett/node/supervise"
	"sett/streaming/cache"
	"sett/streaming/ffmpeg"
	"sett/streaming/hls"
	"sett/streaming/image"
	"sett/streaming/subtitle"
	"sett/tunnel/tailnet"
)

// Node is a built node. Make it with Open, then Run it.
type Node struct {
	cfg config.Config
	log *slog.Logger
	out io.Writer // where people read: addresses, codes

	store    *store.Store
	accounts *account.Accounts
	network  *lan.Network
	door     *lan.Door
	tailnet  *tailnet.Tunnel // nil when off
	streams  *hls.Manager
	scanner  *scan.Scanner
	facts    *metadata.Fetcher
	hashes   *blurhash.Hashes
	previews *preview.Previews
	api      *jellyfin.API
	guard    *guard.Guard
	handler  http.Handler
	webRoot  *os.Root // nil for the built-in client
	toolsErr error

	parts   parts
	started time.Time
	stopAPI context.CancelFunc
}

// Open builds a node: it takes the data directory and the port, and fails with one
// plain sentence when it cannot have them. Nothing else is waited for. The caller
// runs it or closes it.
func Open(ctx context.Context, cfg config.Config, out io.Writer, log *slog.Logger) (*Node, error) {
	n := &Node{cfg: cfg, log: log, out: out, started: time.Now()}
	if err := n.open(ctx); err != nil {
		n.Close()
		return nil, err
	}
	return n, nil
}

func (n *Node) open(ctx context.Context) error {
	var err error
	if n.store, err = OpenStore(ctx, n.cfg, n.log); err != nil {
		return err
	}
	if n.accounts, err = account.Open(ctx, n.store, accountOptions(n.cfg, n.store, n.log)); err != nil {
		return fmt.Errorf("reading the accounts: %w", err)
	}
	n.network, err = lan.NewNetwork(lan.Policy{
		Subnets: n.cfg.LAN.Subnets, Allow: n.cfg.LAN.Interfaces, Ignore: n.cfg.LAN.IgnoreInterfaces,
	}, n.log.With("part", "lan"))
	if err != nil {
		return fmt.Errorf("lan settings: %w", err)
	}
	n.door, err = lan.OpenDoor(ctx, lan.DoorConfig{
		Network: n.network, Port: uint16(n.cfg.HTTPPort), Setting: "http_port", Log: n.log.With("part", "door"),
	})
	if err != nil {
		return err
	}
	if n.cfg.Tailnet.Enabled {
		n.tailnet = n.newTailnet()
	}
	n.openStreaming()
	n.scanner = scan.New(scan.Options{
		Store: n.store, Libraries: libraries(n.cfg), Media: n.cfg.Media, Log: n.log.With("part", "scan"),
	})
	n.facts = n.newFetcher()
	n.previews = n.newPreviews()
	return n.openAPI()
}

func storeDir(cfg config.Config) string { return filepath.Join(cfg.DataDir, "store") }

// OpenStore opens the data directory for a node or for a command that works on it
// while no node runs.
func OpenStore(ctx context.Context, cfg config.Config, log *slog.Logger) (*store.Store, error) {
	if err := os.MkdirAll(cfg.DataDir, 0o700); err != nil {
		return nil, fmt.Errorf("the data directory %s cannot be made (%w); set data_dir to a folder this user may write", cfg.DataDir, err)
	}
	s, err := store.Open(ctx, storeDir(cfg), store.Options{
		Logger: log.With("part", "store"), RenderVersion: dto.RenderVersion,
		Render: dto.Render, Overlay: metadata.Overlay(picturesDir(cfg)),
	})
	switch {
	case errors.Is(err, store.ErrLocked):
		return nil, fmt.Errorf("another Sett node already uses %s; stop it, or set data_dir to another folder: %w", cfg.DataDir, err)
	case errors.Is(err, store.ErrFull):
		return nil, fmt.Errorf("the disk that holds %s is full; free some space and start again (nothing was lost): %w", cfg.DataDir, err)
	case err != nil:
		return nil, fmt.Errorf("opening the store in %s: %w", cfg.DataDir, err)
	}
	return s, nil
}

func (n *Node) openStreaming() {
	if n.toolsErr = findTools(n.cfg.Streaming.FFmpeg); n.toolsErr != nil {
		n.log.Warn("ffmpeg is not installed: films play only on devices that take them as they are, and new files cannot be read; install ffmpeg and start again", "err", n.toolsErr)
	}
	n.streams = hls.New(hls.Options{
		Dir: n.cfg.Streaming.SegmentDir, Logger: n.log.With("part", "hls"),
		MaxSessions: conversions(n.cfg.Streaming.MaxTranscodes), MaxCopies: n.cfg.Streaming.MaxSessions,
	})
}

// findTools looks for ffmpeg and ffprobe. A configured program, and the ffprobe
// beside it, come first on the path from then on.
func findTools(configured string) error {
	if configured != "" && filepath.Base(configured) != "ffmpeg" {
		return fmt.Errorf("streaming.ffmpeg must name a program called ffmpeg, with its ffprobe beside it, not %s: %w", configured, ffmpeg.ErrNotInstalled)
	}
	if strings.ContainsRune(configured, filepath.Separator) {
		if err := os.Setenv("PATH", filepath.Dir(configured)+string(filepath.ListSeparator)+os.Getenv("PATH")); err != nil {
			return err
		}
	}
	for _, name := range [...]string{"ffmpeg", "ffprobe"} {
		if _, err := ffmpeg.Look(name); err != nil {
			return err
		}
	}
	return nil
}

// What may be kept on disk of things that can be made again.
const (
	subtitleQuota = 256 << 20
	imageQuota    = 1 << 30
)

func (n *Node) openAPI() error {
	pictures, err := cache.Open(filepath.Join(n.cfg.CacheDir, "images"), imageQuota)
	if err != nil {
		return fmt.Errorf("the folder for resized pictures cannot be used: %w", err)
	}
	extracted, err := cache.Open(filepath.Join(n.cfg.CacheDir, "subtitles"), subtitleQuota)
	if err != nil {
		return fmt.Errorf("the folder for subtitles cannot be used: %w", err)
	}
	maker := image.NewMaker(pictures)
	if n.hashes, err = blurhash.Open(n.store, maker, n.log.With("part", "blurhash")); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	n.stopAPI = cancel
	n.api = jellyfin.New(ctx, jellyfin.Options{
		Store: n.store, Accounts: n.accounts, Streams: n.streams, Images: maker, Hashes: n.hashes, Previews: n.previews, Subtitles: subtitle.NewStore(extracted),
		Log: n.log.With("part", "api"), ServerName: n.cfg.Name, Version: n.cfg.ReportedVersion,
		LocalAddress: n.localAddress, Limits: limits, Rescan: n.scanner.Request,
		ScanProgress: n.scanner.Progress, RefreshItem: n.refreshItem, Facts: n.facts, BinDir: n.cfg.BinDir,
		UploadDir: filepath.Join(n.cfg.DataDir, "uploads"), Network: n.networkReport, FFmpeg: func() error { return n.toolsErr },
	})
	n.handler, err = n.newHandler()
	return err
}

// Run serves until ctx ends or a vital part fails. It returns within five seconds
// of ctx's end, when every part, child process and connection is gone.
func (n *Node) Run(ctx context.Context) error {
	defer n.Close()
	g := supervise.New(ctx, n.parts.report(n.log))
	g.Must("store", n.store.Run)
	g.Must("door", n.door.Run)
	g.Must("http", n.serveHome)
	g.Keep("accounts", n.accounts.Run)
	g.Keep("network", n.network.Run)
	g.Keep("api", n.api.Run)
	g.Keep("streams", n.streams.Run)
	g.Keep("control", n.serveControl)
	if n.cfg.Discovery {
		g.Keep("discovery", n.discovery)
	}
	if n.tailnet != nil {
		g.Keep("tailnet", n.serveTailnet)
	}
	g.Keep("scan", n.scanner.Run)
	g.Keep("metadata", n.facts.Run)
	g.Keep("blurhash", n.hashes.Run)
	if c := n.cfg.Previews; c.Trickplay || c.Segments {
		g.Keep("previews", n.previews.Run)
	}
	n.announce()
	return g.Wait()
}

// Close releases everything, in reverse order of Open. It is idempotent.
func (n *Node) Close() {
	if n.stopAPI != nil {
		n.stopAPI()
	}
	if n.tailnet != nil {
		_ = n.tailnet.Close()
	}
	if n.door != nil {
		_ = n.door.Close()
	}
	if n.webRoot != nil {
		_ = n.webRoot.Close()
	}
	if n.store != nil {
		if err := n.store.Close(); err != nil {
			n.log.Error("closing the store", "err", err)
		}
	}
}

// Port is the HTTP port at home.
func (n *Node) Port() uint16 { return n.door.Port() }

// SetupCode is the code that makes the owner's account, "" once there is one.
func (n *Node) SetupCode() string { return n.accounts.SetupCode() }
