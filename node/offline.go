package node

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"

	"sett/node/account"
	"sett/node/config"
	"sett/node/control"
	"sett/node/scan"
	"sett/node/store"
)

// Offline is a data directory opened by a command while no node runs.
type Offline struct {
	store *store.Store
	node  control.Node
}

// OpenOffline opens the data directory. It fails if a node uses it.
func OpenOffline(ctx context.Context, cfg config.Config, log *slog.Logger) (*Offline, error) {
	s, err := OpenStore(ctx, cfg, log)
	if err != nil {
		return nil, err
	}
	people, err := account.Open(ctx, s, accountOptions(cfg, s, log))
	if err != nil {
		s.Close()
		return nil, fmt.Errorf("reading the accounts: %w", err)
	}
	if err := findTools(cfg.Streaming.FFmpeg); err != nil {
		log.Warn("ffmpeg is not installed: files cannot be read", "err", err)
	}
	scanner := scan.New(scan.Options{Store: s, Libraries: libraries(cfg), Media: cfg.Media, Log: log})
	return &Offline{s, control.Node{Accounts: people, Scan: scanner.Now, Backup: s.Backup, Progress: progressOf(scanner)}}, nil
}

// Control returns a client that works on the opened directory.
func (o *Offline) Control() *control.Client { return control.Direct(control.Handler(o.node)) }

// Close releases the data directory.
func (o *Offline) Close() error { return o.store.Close() }

// Restore fills an empty data directory from a backup, while no node runs on it.
func Restore(cfg config.Config, r io.Reader, log *slog.Logger) error {
	if err := os.MkdirAll(cfg.DataDir, 0o700); err != nil {
		return fmt.Errorf("the data directory %s cannot be made: %w", cfg.DataDir, err)
	}
	return store.Restore(storeDir(cfg), r, log)
}

// VerifyBackup reads a backup to its end and says whether it is whole.
func VerifyBackup(r io.Reader) error { return store.VerifyBackup(r) }
