package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"sett/node/control"
)

func userCommand() *cobra.Command {
	var file string
	c := &cobra.Command{Use: "user", Short: "Add, list and remove people, and set their passwords"}
	for _, sub := range []*cobra.Command{addUserCommand(&file), listUsersCommand(&file), passwordCommand(&file), removeUserCommand(&file)} {
		configFlags(sub, &file)
		c.AddCommand(sub)
	}
	return c
}

func addUserCommand(file *string) *cobra.Command {
	var admin bool
	var passwordFile string
	c := &cobra.Command{
		Use: "add NAME", Short: "Add a person", Args: usage(cobra.ExactArgs(1)),
		Long: `Add a person. The password is asked for at the terminal, or read from the first
line of --password-file ("-" for standard input). An empty password makes a
person who can only come in by a tunnel identity or Quick Connect.`,
		RunE: func(c *cobra.Command, args []string) error {
			pw, err := password(c, passwordFile)
			if err != nil {
				return err
			}
			return withNode(c, *file, func(ctx context.Context, n *control.Client) error {
				return n.Call(ctx, "POST", "/users", map[string]any{"Name": args[0], "Password": pw, "Admin": admin}, nil)
			})
		},
	}
	c.Flags().BoolVar(&admin, "admin", false, "let this person administer the node")
	passwordFlag(c, &passwordFile)
	return c
}

func passwordFlag(c *cobra.Command, to *string) {
	c.Flags().StringVar(to, "password-file", "", `file with the password, "-" for standard input`)
}

func listUsersCommand(file *string) *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List everybody", Args: usage(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			return withNode(c, *file, func(ctx context.Context, n *control.Client) error {
				var people []control.Person
				if err := n.Call(ctx, "GET", "/users", nil, &people); err != nil {
					return err
				}
				return printPeople(c.OutOrStdout(), people)
			})
		},
	}
}

func passwordCommand(file *string) *cobra.Command {
	var passwordFile string
	var none bool
	c := &cobra.Command{
		Use: "passwd NAME", Short: "Set a person's password; their devices must sign in again", Args: usage(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			pw, err := password(c, passwordFile)
			if err != nil {
				return err
			}
			if (pw == "") != none {
				return usageError{errors.New("an empty password takes it away: say --none and give an empty one to do that")}
			}
			return withNode(c, *file, func(ctx context.Context, n *control.Client) error {
				return n.Call(ctx, "PUT", "/users/"+url.PathEscape(args[0])+"/password", map[string]string{"Password": pw}, nil)
			})
		},
	}
	c.Flags().BoolVar(&none, "none", false, "take the password away: this person then comes in by a tunnel or Quick Connect only")
	passwordFlag(c, &passwordFile)
	return c
}

func removeUserCommand(file *string) *cobra.Command {
	return &cobra.Command{
		Use: "remove NAME", Short: "Remove a person, their devices and what they watched", Args: usage(cobra.ExactArgs(1)),
		RunE: func(c *cobra.Command, args []string) error {
			return withNode(c, *file, func(ctx context.Context, n *control.Client) error {
				return n.Call(ctx, "DELETE", "/users/"+url.PathEscape(args[0]), nil, nil)
			})
		},
	}
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
