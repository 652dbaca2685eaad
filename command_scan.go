package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"sett/node/control"
)

func scanCommand() *cobra.Command {
	var file string
	c := &cobra.Command{
		Use: "scan", Short: "Look for new, changed and removed files now", Args: usage(cobra.NoArgs),
		Long: "Scan the libraries and print what was found. A running node does the work if there is one.",
		RunE: func(c *cobra.Command, _ []string) error {
			return withNode(c, file, func(ctx context.Context, n *control.Client) error {
				text, err := scanShowing(ctx, n, c.ErrOrStderr())
				if err != nil {
					return err
				}
				_, err = fmt.Fprintln(c.OutOrStdout(), text)
				return err
			})
		},
	}
	configFlags(c, &file)
	return c
}

// scanShowing scans, with a progress bar when w is a terminal.
func scanShowing(ctx context.Context, n *control.Client, w io.Writer) (string, error) {
	var text string
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		err := n.Call(ctx, "POST", "/scan", nil, &text)
		return text, err
	}
	ended := make(chan error, 1)
	go func() { ended <- n.Call(ctx, "POST", "/scan", nil, &text) }()
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case err := <-ended:
			fmt.Fprint(w, "\r\x1b[K")
			return text, err
		case <-tick.C:
			var p control.Progress
			if n.Call(ctx, "GET", "/scan", nil, &p) == nil {
				fmt.Fprint(w, "\r\x1b[K"+bar(p))
			}
		}
	}
}

// bar is one line: how far, how fast, how long, where.
func bar(p control.Progress) string {
	const width = 24
	full := min(max(int(p.Percent*width/100), 0), width)
	line := fmt.Sprintf("[%s%s] %3.0f %%  %d files", strings.Repeat("#", full), strings.Repeat(".", width-full), p.Percent, p.Files)
	if p.PerSecond > 0 {
		line += fmt.Sprintf(", %.0f/s", p.PerSecond)
	}
	if p.Remaining > 0 {
		line += ", " + p.Remaining.Round(time.Second).String() + " left"
	}
	folder := []rune(p.Folder)
	if len(folder) > 30 {
		folder = append([]rune("…"), folder[len(folder)-29:]...)
	}
	return line + "  " + string(folder)
}
