package jellyfin

import (
	"sett/node/account"
	"sett/node/library"
	"sett/streaming/image"
)

var avatarRoutes = []Route{
	{Method: "POST", Path: "/UserImage", Access: User, Do: (*API).setUserImage, Also: []string{
		"/Users/:userId/Images/:imageType", "/Users/:userId/Images/:imageType/:imageIndex"}},
	{Method: "DELETE", Path: "/UserImage", Access: User, Do: (*API).dropUserImage, Also: []string{
		"/Users/:userId/Images/:imageType", "/Users/:userId/Images/:imageType/:imageIndex"}},
}

// avatarSide bounds the pictures of people, in pixels.
const avatarSide = 800

// userImage sends the picture of a person. Who may know of the person may see it: the
// sign-in page shows it before anybody signed in.
func (a *API) userImage(c *call) error {
	if err := c.pictures(); err != nil {
		return err
	}
	id := c.q.id("userid")
	if p := c.Param("userId"); p != "" {
		id, _ = library.ParseID(p)
	}
	if id.IsZero() {
		id = c.who.User.ID
	}
	u, err := a.Accounts.User(id)
	if err != nil || u.ImageTag == "" {
		return errNotFound
	}
	path, ok := a.uploads().path(u.ImageTag)
	if !ok {
		return errNotFound
	}
	return a.sendImage(c, library.Image{Kind: library.Profile, Path: path, Tag: u.ImageTag})
}

func (a *API) setUserImage(c *call) error {
	id, err := c.user()
	if err != nil {
		return err
	}
	up, err := a.upload(c, image.Size{MaxWidth: avatarSide, MaxHeight: avatarSide})
	if err != nil {
		return err
	}
	return a.avatar(c, id, up.Tag)
}

func (a *API) dropUserImage(c *call) error {
	id, err := c.user()
	if err != nil {
		return err
	}
	return a.avatar(c, id, "")
}

// avatar stores the tag of a person's picture and throws the old one away.
func (a *API) avatar(c *call, id library.ID, tag string) error {
	old := ""
	_, err := a.Accounts.Update(c.Request().Context(), id, func(u *account.User) error {
		old, u.ImageTag = u.ImageTag, tag
		return nil
	})
	if err != nil {
		a.dropUpload(tag)
		return accountError(err)
	}
	if old != tag {
		a.dropUpload(old)
	}
	return c.done()
}
