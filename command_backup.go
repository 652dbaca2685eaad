package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"sett/node"
	"sett/node/control"
)

func backupCommand() *cobra.Command {
	var file string
	c := &cobra.Command{
		Use: "backup FILE", Short: "Write everything the node keeps to a file", Args: usage(cobra.ExactArgs(1)),
		Long: `Write people, what they watched, the library and every edit of it to FILE
("-" for standard output). The node may run meanwhile. Media files,
pictures and the tailnet identity are not in it.`,
		RunE: func(c *cobra.Command, args []string) error {
			return withNode(c, file, func(ctx context.Context, n *control.Client) error {
				if args[0] == "-" {
					return n.Read(ctx, "/backup", c.OutOrStdout())
				}
				return backupTo(ctx, n, args[0])
			})
		},
	}
	configFlags(c, &file)
	return c
}

// backupTo writes beside the file and renames: an older backup is lost only to a whole
// newer one.
func backupTo(ctx context.Context, n *control.Client, path string) error {
	f, err := os.OpenFile(path+".part", os.O_CREATE|os.O_TRUNC|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("the backup cannot be written: %w", err)
	}
	err = errors.Join(n.Read(ctx, "/backup", f), f.Sync(), verify(f), f.Close())
	if err != nil {
		return errors.Join(err, os.Remove(path+".part"))
	}
	return os.Rename(path+".part", path)
}

// verify reads back what was written: a backup that breaks off must not take the place
// of a whole one.
func verify(f *os.File) error {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	return node.VerifyBackup(f)
}

func restoreCommand() *cobra.Command {
	var file string
	c := &cobra.Command{
		Use: "restore FILE", Short: "Fill an empty data directory from a backup", Args: usage(cobra.ExactArgs(1)),
		Long: `Fill an empty data directory from a backup ("-" for standard input). Stop the node
first, and move the old data directory away: nothing is ever overwritten.`,
		RunE: func(c *cobra.Command, args []string) error {
			cfg, err := loadConfig(c, file)
			if err != nil {
				return err
			}
			if running, err := control.Dial(c.Context(), cfg.DataDir); err == nil && running != nil {
				return errors.New("a node runs on this data directory; stop it first")
			}
			from := c.InOrStdin()
			if args[0] != "-" {
				f, err := os.Open(args[0])
				if err != nil {
					return fmt.Errorf("the backup cannot be read: %w", err)
				}
				defer f.Close()
				from = f
			}
			return node.Restore(cfg, from, logger(cfg, c.ErrOrStderr()))
		},
	}
	configFlags(c, &file)
	return c
}
