package jellyfin

import (
	"errors"

	"sett/node/account"
	"sett/node/jellyfin/dto"
	"sett/node/library"
)

var userRoutes = []Route{
	{Method: "GET", Path: "/Users/Public", Access: Public, Do: (*API).publicUsers},
	{Method: "GET", Path: "/Users/Me", Access: User, Do: (*API).me},
	{Method: "GET", Path: "/Users/:userId", Access: User, Do: (*API).userByID},
	{Method: "GET", Path: "/Users", Access: User, Do: (*API).users},
	{Method: "POST", Path: "/Users/New", Access: Admin, Do: (*API).newUser},
	{Method: "DELETE", Path: "/Users/:userId", Access: Admin, Do: (*API).deleteUser},
	{Method: "POST", Path: "/Users/Password", Access: User, Do: (*API).changePassword, Also: []string{"/Users/:userId/Password"}},
	{Method: "POST", Path: "/Users/Configuration", Access: User, Do: (*API).configureUser, Also: []string{"/Users/:userId/Configuration"}},
}

func (a *API) publicUsers(c *call) error {
	out := []dto.User{}
	for _, u := range a.Accounts.PublicUsers(c.at) {
		d := a.userDTO(u.User, false)
		d.HasPassword, d.HasConfigured = u.NeedsPassword, u.NeedsPassword
		out = append(out, d)
	}
	return c.json(out)
}

func (a *API) me(c *call) error {
	if c.who.User.ID.IsZero() {
		return badRequest("This token belongs to no person.")
	}
	return c.json(a.userDTO(c.who.User, true))
}

func (a *API) userByID(c *call) error {
	id, err := library.ParseID(c.Param("userId"))
	if err != nil || id != c.who.User.ID && !c.who.Admin() {
		return errNotFound
	}
	u, err := a.Accounts.User(id)
	if err != nil {
		return errNotFound
	}
	return c.json(a.userDTO(u, true))
}

// users lists everybody to administrators, and only themselves to others.
func (a *API) users(c *call) error {
	out := []dto.User{}
	for _, u := range a.Accounts.Users() {
		if c.who.Admin() || u.ID == c.who.User.ID {
			out = append(out, a.userDTO(u, true))
		}
	}
	return c.json(out)
}

func (a *API) newUser(c *call) error {
	var in struct{ Name, Password string }
	if err := c.body(&in); err != nil {
		return err
	}
	u, err := a.Accounts.Add(c.Request().Context(), account.NewUser{Name: in.Name, Password: in.Password})
	if err != nil {
		return accountError(err)
	}
	return c.json(a.userDTO(u, true))
}

func (a *API) deleteUser(c *call) error {
	id, err := c.itemID("userId")
	if err != nil {
		return err
	}
	u, err := a.Accounts.User(id)
	if err != nil {
		return errNotFound
	}
	if err := a.Accounts.Remove(c.Request().Context(), id); err != nil {
		return accountError(err)
	}
	a.dropUpload(u.ImageTag)
	if err := a.dropPlaylists(c, id); err != nil {
		return err
	}
	return c.done()
}

func (a *API) changePassword(c *call) error {
	var in struct {
		CurrentPw, NewPw string
		ResetPassword    bool
	}
	if err := c.body(&in); err != nil {
		return err
	}
	id, err := c.user()
	if err != nil {
		return err
	}
	if id.IsZero() {
		return badRequest("This token belongs to no person.")
	}
	if id != c.who.User.ID { // an administrator sets somebody else's
		if err := a.Accounts.SetPassword(c.Request().Context(), id, in.NewPw); err != nil {
			return accountError(err)
		}
		return c.done()
	}
	if err := a.Accounts.CheckPassword(c.Request().Context(), id, in.CurrentPw, c.at); err != nil {
		return a.signInFailed(c, c.who.User.Name, err)
	}
	if err := a.Accounts.SetPasswordKeeping(c.Request().Context(), id, in.NewPw, c.who.TokenHash); err != nil {
		return accountError(err)
	}
	return c.done()
}

func (a *API) configureUser(c *call) error {
	id, err := c.user()
	if err != nil {
		return err
	}
	conf := dto.DefaultConfiguration()
	if err := c.body(&conf); err != nil {
		return err
	}
	if err := a.Accounts.Configure(id, configurationOf(conf)); err != nil {
		return accountError(err)
	}
	return c.done()
}

// accountError turns what the owner did wrong into one plain sentence.
func accountError(err error) error {
	var rule *account.RuleError
	if errors.As(err, &rule) {
		return badRequest("%s", rule.Error())
	}
	if errors.Is(err, account.ErrNoSuchUser) {
		return errNotFound
	}
	return err
}
