package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"sett/node"
	"sett/node/config"
	"sett/node/control"
)

// version is set when a release is built (-ldflags "-X main.version=…").
var version = "dev"

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version", Args: cobra.NoArgs,
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
		Use: "serve", Short: "Run the node", Args: cobra.NoArgs,
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

// limitMemory keeps the tunnel's unbounded buffers in check where nobody set a limit.
func limitMemory() {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(384 << 20)
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

func scanCommand() *cobra.Command {
	var file string
	c := &cobra.Command{
		Use: "scan", Short: "Look for new, changed and removed files now", Args: cobra.NoArgs,
		Long: "Scan the libraries and print what was found. A running node does the work if there is one.",
		RunE: func(c *cobra.Command, _ []string) error {
			return withNode(c, file, func(ctx context.Context, n *control.Client) error {
				var text string
				if err := n.Call(ctx, "POST", "/scan", nil, &text); err != nil {
					return err
				}
				_, err := fmt.Fprintln(c.OutOrStdout(), text)
				return err
			})
		},
	}
	configFlags(c, &file)
	return c
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

func userCommand() *cobra.Command {
	var file string
	c := &cobra.Command{Use: "user", Short: "Add, list and remove people, and set their passwords"}
	add := func(sub *cobra.Command) {
		configFlags(sub, &file)
		c.AddCommand(sub)
	}
	var admin bool
	var passwordFile string
	addUser := &cobra.Command{
		Use: "add NAME", Short: "Add a person", Args: cobra.ExactArgs(1),
		Long: `Add a person. The password is asked for at the terminal, or read from the first
line of --password-file ("-" for standard input). An empty password makes a
person who can only come in by a tunnel identity or Quick Connect.`,
		RunE: func(c *cobra.Command, args []string) error {
			pw, err := password(c, passwordFile)
			if err != nil {
				return err
			}
			return withNode(c, file, func(ctx context.Context, n *control.Client) error {
				return n.Call(ctx, "POST", "/users", map[string]any{"Name": args[0], "Password": pw, "Admin": admin}, nil)
			})
		},
	}
	addUser.Flags().BoolVar(&admin, "admin", false, "let this person administer the node")
	addUser.Flags().StringVar(&passwordFile, "password-file", "", `file with the password, "-" for standard input`)
	add(addUser)
	add(&cobra.Command{
		Use: "list", Short: "List everybody", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return withNode(c, file, func(ctx context.Context, n *control.Client) error {
				var people []control.Person
				if err := n.Call(ctx, "GET", "/users", nil, &people); err != nil {
					return err
				}
				return printPeople(c.OutOrStdout(), people)
			})
		},
	})
	passwd := &cobra.Command{
		Use: "passwd NAME", Short: "Set a person's password", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			pw, err := password(c, passwordFile)
			if err != nil {
				return err
			}
			return withNode(c, file, func(ctx context.Context, n *control.Client) error {
				return n.Call(ctx, "PUT", "/users/"+pathEscape(args[0])+"/password", map[string]string{"Password": pw}, nil)
			})
		},
	}
	passwd.Flags().StringVar(&passwordFile, "password-file", "", `file with the password, "-" for standard input`)
	add(passwd)
	add(&cobra.Command{
		Use: "remove NAME", Short: "Remove a person, their devices and what they watched", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return withNode(c, file, func(ctx context.Context, n *control.Client) error {
				return n.Call(ctx, "DELETE", "/users/"+pathEscape(args[0]), nil, nil)
			})
		},
	})
	return c
}

func printPeople(w io.Writer, people []control.Person) error {
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintln(t, "NAME\tROLE\tPASSWORD\tLAST SIGN-IN")
	for _, p := range people {
		role, has, last := "member", "yes", "never"
		if p.Admin {
			role = "admin"
		}
		if p.Disabled {
			role += " (disabled)"
		}
		if !p.Password {
			has = "none"
		}
		if !p.LastLogin.IsZero() {
			last = p.LastLogin.Local().Format(time.DateTime)
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", p.Name, role, has, last)
	}
	return t.Flush()
}

// password reads a new password from a file, or from the terminal twice.
func password(c *cobra.Command, file string) (string, error) {
	if file == "-" {
		return firstLine(c.InOrStdin())
	}
	if file != "" {
		f, err := os.Open(file)
		if err != nil {
			return "", fmt.Errorf("reading the password: %w", err)
		}
		defer f.Close()
		return firstLine(f)
	}
	fd := int(os.Stdin.Fd())
	if !term.IsTerminal(fd) {
		return "", usageError{errors.New("there is no terminal to ask for the password at; give it with --password-file")}
	}
	ask := func(prompt string) (string, error) {
		fmt.Fprint(c.ErrOrStderr(), prompt)
		b, err := term.ReadPassword(fd)
		fmt.Fprintln(c.ErrOrStderr())
		return string(b), err
	}
	first, err := ask("Password: ")
	if err != nil {
		return "", fmt.Errorf("reading the password: %w", err)
	}
	second, err := ask("Again: ")
	if err != nil {
		return "", fmt.Errorf("reading the password: %w", err)
	}
	if first != second {
		return "", errors.New("the two passwords differ; nothing was changed")
	}
	return first, nil
}

func firstLine(r io.Reader) (string, error) {
	s := bufio.NewScanner(io.LimitReader(r, 4096))
	if !s.Scan() && s.Err() != nil {
		return "", fmt.Errorf("reading the password: %w", s.Err())
	}
	return strings.TrimRight(s.Text(), "\r"), nil
}
