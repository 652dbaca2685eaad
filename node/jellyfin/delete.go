package jellyfin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/labstack/echo/v4"

	"sett/node/library"
)

var deleteRoutes = []Route{
	{Method: "DELETE", Path: "/Items/:itemId", Access: User, Do: (*API).deleteItem},
	{Method: "DELETE", Path: "/Items", Access: User, Do: (*API).deleteItems},
}

func refused(format string, args ...any) error {
	return echo.NewHTTPError(http.StatusForbidden, fmt.Sprintf(format, args...))
}

func (a *API) deleteItem(c *call) error {
	id, err := c.itemID("itemId")
	if err != nil {
		return err
	}
	if err := a.remove(c, id); err != nil {
		return err
	}
	return c.done()
}

// deleteItems deletes several things. It asks for every right before it deletes the first.
func (a *API) deleteItems(c *call) error {
	ids := c.q.ids("ids")
	for _, id := range ids {
		if _, err := c.deletable(id); err != nil {
			return err
		}
	}
	for _, id := range ids {
		if err := a.remove(c, id); err != nil {
			return err
		}
	}
	return c.done()
}

// deletable returns the card of something the caller may delete.
func (c *call) deletable(id library.ID) (*library.Card, error) {
	v, err := c.viewerOf(c.who.User.ID)
	if err != nil {
		return nil, err
	}
	card, err := c.visible(v, id)
	if err != nil {
		return nil, err
	}
	if err := c.mayDelete(card); err != nil {
		return nil, err
	}
	return card, nil
}

// mayDelete says why the caller may not delete something, nil if they may. Media files
// take a right of their own, which not even administrators have by themselves, and a
// folder that keeps what is deleted.
func (c *call) mayDelete(card *library.Card) error {
	switch {
	case card.Kind == library.Playlist:
		if card.List != nil && (card.List.Owner == c.who.User.ID || card.List.Owner.IsZero() && c.who.Admin()) && !c.who.Zero() {
			return nil
		}
		return refused("Only its owner can delete a playlist.")
	case card.Kind == library.BoxSet:
		return c.mayCollect()
	case card.Kind.IsEntity() || card.Kind == library.CollectionFolder || card.Path == "":
		return refused("This is no file that could be deleted.")
	case !c.who.User.MayDelete(card.Library):
		return refused("You may not delete media files. An administrator can allow it in your policy.")
	case c.api.BinDir == "":
		return refused("Media files are not deleted over the network until the owner sets library.bin_dir, a folder that keeps what is deleted.")
	}
	return nil
}

func (a *API) remove(c *call, id library.ID) error {
	card, err := c.deletable(id)
	if err != nil {
		return err
	}
	if card.Kind == library.Playlist || card.Kind == library.BoxSet {
		return a.Store.Apply(c.Request().Context(), library.Remove(id))
	}
	item, err := a.Store.Item(id)
	if err != nil {
		return err
	}
	if err := c.aloneIn(item); err != nil {
		return err
	}
	if err := a.moveToBin(c.Request().Context(), item); err != nil {
		a.Log.Error("an item could not be moved to the bin", "item", id, "path", item.Path, "err", err)
		return unavailable("Nothing was deleted: the files could not be moved to the bin folder. The server's log says why.")
	}
	a.Log.Info("an item was moved to the bin", "name", item.Name, "path", item.Path, "by", c.who.User.Name)
	changes := []library.Change{library.Remove(id)}
	for _, below := range c.view.Find(library.Query{Parent: id, Recursive: true}).Cards {
		changes = append(changes, library.Remove(below.ID))
	}
	if err := a.Store.Apply(c.Request().Context(), changes...); err != nil {
		return err
	}
	a.Rescan()
	return nil
}

// aloneIn refuses to delete a folder that holds anything which is not the item's own,
// or which the caller may not know of: it would go with the folder.
func (c *call) aloneIn(it *library.Item) error {
	if !it.Kind.IsFolder() || it.Path == "" {
		return nil
	}
	v, err := c.viewer()
	if err != nil {
		return err
	}
	mine := map[library.ID]bool{it.ID: true}
	for _, below := range c.view.Find(library.Query{Viewer: v, Parent: it.ID, Recursive: true}).Cards {
		mine[below.ID] = true
	}
	alone := true
	c.view.Each(func(card *library.Card) bool {
		inside := card.Path == it.Path || isBelow(card.Path, it.Path)
		alone = mine[card.ID] || card.Path == "" || !inside
		return alone
	})
	if !alone {
		return echo.NewHTTPError(http.StatusConflict, "The folder holds other things too, so it is not deleted as a whole. Delete what is in it one by one.")
	}
	return nil
}

// binName is the file in a bin entry that says where its contents were.
const binName = "was-here.txt"

// moveToBin moves the files of an item into a folder of their own in the bin.
func (a *API) moveToBin(ctx context.Context, it *library.Item) error {
	root, err := a.rootOf(it)
	if err != nil {
		return err
	}
	paths := a.filesOf(it)
	entry := filepath.Join(a.BinDir, time.Now().UTC().Format("20060102-150405-")+it.ID.String()[:8])
	if err := os.MkdirAll(entry, 0o700); err != nil {
		return fmt.Errorf("make the bin folder: %w", err)
	}
	note := strings.Join(paths, "\n") + "\n"
	if err := os.WriteFile(filepath.Join(entry, binName), []byte(note), 0o600); err != nil {
		return fmt.Errorf("note what is in the bin: %w", err)
	}
	for _, p := range paths {
		rel, err := filepath.Rel(root, p)
		if err != nil || rel == "." || !filepath.IsLocal(rel) {
			return fmt.Errorf("%s is not below its library's folder", p)
		}
		if err := move(ctx, p, filepath.Join(entry, rel)); err != nil {
			return err
		}
	}
	return nil
}

// rootOf is the folder of the library that holds an item. The bin must be elsewhere, or
// the next scan would find there what was deleted.
func (a *API) rootOf(it *library.Item) (string, error) {
	lib, err := a.Store.Item(it.Library)
	if err != nil {
		return "", fmt.Errorf("find the library: %w", err)
	}
	for _, r := range lib.Roots {
		if isBelow(a.BinDir, r) {
			return "", fmt.Errorf("library.bin_dir %s is inside the media folder %s", a.BinDir, r)
		}
	}
	for _, r := range lib.Roots {
		if isBelow(it.Path, r) && filepath.Clean(it.Path) != filepath.Clean(r) {
			return r, nil
		}
	}
	return "", fmt.Errorf("%s is in no folder of its library", it.Path)
}

func isBelow(path, dir string) bool {
	rel, err := filepath.Rel(dir, path)
	return err == nil && filepath.IsLocal(rel)
}

// filesOf are the files to move: of a folder the folder, of a film its versions, parts,
// subtitles, and what beside it bears its name.
func (a *API) filesOf(it *library.Item) []string {
	if it.Kind.IsFolder() || len(it.Sources) == 0 {
		return []string{it.Path}
	}
	var out []string
	add := func(p string) {
		if p != "" && !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	for i := range it.Sources {
		src := &it.Sources[i]
		for _, p := range append([]string{src.Path}, src.Parts...) {
			add(p)
			for _, beside := range besides(p) {
				add(beside)
			}
		}
		for _, st := range src.Streams {
			if st.External {
				add(st.Path)
			}
		}
	}
	return slices.DeleteFunc(out, func(p string) bool { _, err := os.Lstat(p); return err != nil })
}

// besides are files that bear a media file's name: "Film.nfo", "Film-poster.jpg".
func besides(media string) []string {
	dir, name := filepath.Split(media)
	stem := strings.TrimSuffix(name, filepath.Ext(name))
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	var out []string
	for _, e := range entries {
		rest, ok := strings.CutPrefix(e.Name(), stem)
		if !ok || e.Name() == name || !e.Type().IsRegular() || rest == "" {
			continue
		}
		switch strings.ToLower(filepath.Ext(rest)) {
		case ".nfo", ".jpg", ".jpeg", ".png", ".webp", ".lrc", ".srt", ".vtt", ".ass", ".ssa", ".sub", ".idx", ".sup", ".xml":
			if rest[0] == '.' || rest[0] == '-' {
				out = append(out, filepath.Join(dir, e.Name()))
			}
		}
	}
	return out
}

// move renames, or copies and then removes when the bin is on another disk.
func move(ctx context.Context, from, to string) error {
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return fmt.Errorf("make a folder in the bin: %w", err)
	}
	err := os.Rename(from, to)
	if !errors.Is(err, syscall.EXDEV) {
		return err
	}
	if err := copyTree(ctx, from, to); err != nil {
		return errors.Join(err, os.RemoveAll(to))
	}
	return os.RemoveAll(from)
}

func copyTree(ctx context.Context, from, to string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, rel)
		switch {
		case d.IsDir():
			return os.MkdirAll(target, 0o700)
		case d.Type().IsRegular():
			return copyFile(ctx, path, target)
		}
		return fmt.Errorf("%s is no ordinary file", path)
	})
}

func copyFile(ctx context.Context, from, to string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	if _, err := io.Copy(out, contextReader{ctx, in}); err != nil {
		return err
	}
	return out.Sync()
}

// contextReader stops a long copy when its request ends.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (r contextReader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}
