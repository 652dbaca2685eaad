// Command sett is a private media node: films, shows and music of a household, at
// home and over a tunnel. See README.md.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

func main() {
	// A second signal kills at once: the first one's handler is gone by then.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	if err := rootCommand().ExecuteContext(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "sett:", err)
		os.Exit(exitCode(err))
	}
}

// exitCode is 2 for wrong settings and wrong use of the command line, 1 for the rest.
func exitCode(err error) int {
	var coded interface{ ExitCode() int }
	if errors.As(err, &coded) {
		return coded.ExitCode()
	}
	return 1
}

func rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "sett",
		Short: "A private media node for your home and your family",
		Long: `Sett turns folders of films, shows and music into a private streaming service:
for every Jellyfin app on the home network, and over a tailnet for family away
from home, without opening a port to the internet.`,
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return usageError{fmt.Errorf("%w; see %s --help", err, c.CommandPath())}
	})
	root.Args = func(c *cobra.Command, args []string) error { return usage(cobra.NoArgs)(c, args) }
	root.RunE = func(c *cobra.Command, _ []string) error { return c.Help() }
	root.AddCommand(serveCommand(), userCommand(), scanCommand(), backupCommand(), restoreCommand(), healthCommand(), versionCommand())
	return root
}

type usageError struct{ error }

func (usageError) ExitCode() int { return 2 }
