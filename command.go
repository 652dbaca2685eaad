package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"sett/node"
	"sett/node/config"
	"sett/node/control"
)

// version is set when a release is built (-ldflags "-X main.version=…").
var version = "dev"

// usage makes a wrong number of arguments a wrong use of the command line.
func usage(rule cobra.PositionalArgs) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if err := rule(c, args); err != nil {
			return usageError{fmt.Errorf("%w; see %s --help", err, c.CommandPath())}
		}
		return nil
	}
}

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version", Args: usage(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			_, err := fmt.Fprintf(c.OutOrStdout(), "sett %s %s %s/%s%s\n", version, runtime.Version(), runtime.GOOS, runtime.GOARCH, revision())
			return err
		},
	}
}

func revision() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return " (" + s.Value + ")"
		}
	}
	return ""
}

func serveCommand() *cobra.Command {
	var file string
	c := &cobra.Command{
		Use: "serve", Short: "Run the node", Args: usage(cobra.NoArgs),
		Long: `Run the node until it is told to stop (Ctrl-C, SIGTERM).

The first start prints an address with a one-time code: whoever opens it makes
the owner's account. Settings come from sett.yaml, SETT_* environment variables
and the flags below, each over the one before; docs/settings.md lists them all.`,
		Example: "  sett serve --media /mnt/films\n  sett serve --config /etc/sett.yaml",
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, err := loadConfig(c, file)
			if err != nil {
				return err
			}
			limitMemory()
			n, err := node.Open(c.Context(), cfg, c.OutOrStdout(), logger(cfg, c.ErrOrStderr()))
			if err != nil {
				return err
			}
			return n.Run(c.Context())
		},
	}
	configFlags(c, &file)
	return c
}

// limitMemory keeps the tunnel's unbounded buffers in check, and the collector on
// its toes, where nobody set anything: this runs beside other things on a NAS.
func limitMemory() {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(384 << 20)
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(40)
	}
}

func configFlags(c *cobra.Command, file *string) {
	c.Flags().StringVarP(file, "config", "c", "", "settings file (default: sett.yaml in the usual places)")
	config.AddFlags(c.Flags())
}

func loadConfig(c *cobra.Command, file string) (config.Config, error) {
	return config.Load(config.Sources{File: file, Env: os.Environ(), Flags: c.Flags()})
}

func logger(cfg config.Config, w io.Writer) *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(cfg.Log.Level)) // checked by config
	opts := &slog.HandlerOptions{Level: level}
	if cfg.Log.Format == "json" {
		return slog.New(slog.NewJSONHandler(w, opts))
	}
	return slog.New(slog.NewTextHandler(w, opts))
}

// withNode calls do with a client of the running node, or of the data directory
// when no node runs.
func withNode(c *cobra.Command, file string, do func(context.Context, *control.Client) error) error {
	cfg, err := loadConfig(c, file)
	if err != nil {
		return err
	}
	ctx := c.Context()
	running, err := control.Dial(ctx, cfg.DataDir)
	if err == nil {
		return do(ctx, running)
	}
	if !errors.Is(err, control.ErrNotRunning) {
		return err
	}
	quiet := cfg
	quiet.Log.Level = "warn"
	off, err := node.OpenOffline(ctx, cfg, logger(quiet, c.ErrOrStderr()))
	if err != nil {
		return err
	}
	defer off.Close()
	return do(ctx, off.Control())
}

// healthCommand is what a container's health check runs.
func healthCommand() *cobra.Command {
	var file string
	c := &cobra.Command{
		Use: "health", Short: "Ask the running node whether it is well", Args: usage(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, err := loadConfig(c, file)
			if err != nil {
				return err
			}
			ctx, cancel := context.WithTimeout(c.Context(), 4*time.Second)
			defer cancel()
			req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://127.0.0.1:"+strconv.Itoa(cfg.HTTPPort)+"/health", nil)
			if err != nil {
				return err
			}
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				return fmt.Errorf("the node does not answer: %w", err)
			}
			defer resp.Body.Close()
			if resp.StatusCode != http.StatusOK {
				return fmt.Errorf("the node is not well: %s", resp.Status)
			}
			_, err = io.Copy(c.OutOrStdout(), io.LimitReader(resp.Body, 256))
			return err
		},
	}
	configFlags(c, &file)
	return c
}
